//! `lokasi_layanan`: where services are given: MPP, CPP, offices of kecamatan and villages, health centres.

use crate::{
    Envelope, Result, World,
    services::{kecamatan_office, text},
};

const DATASET: &str = "lokasi_layanan";
/// The village of the Gedung Galeri Gemilang, where MPP and CPP are; approximate coordinates.
const TOWN: (&str, &str, &str) = ("35.03.11", "-8.0503", "111.7139");

/// The file.
pub(crate) fn make(world: &World) -> Result<Envelope> {
    let mut rows: Vec<[String; 10]> = Vec::new();
    let mut add = |head: [&str; 5], desks: usize, (lat, lon): (String, String), hours: [&str; 2]| {
        let [code, name, kind, region, institution] = head.map(str::to_owned);
        let [open, close] = hours.map(str::to_owned);
        let desks = if desks == 0 { String::new() } else { desks.to_string() };
        rows.push([code, name, kind, region, institution, desks, lat, lon, open, close]);
    };
    for site in &world.services.sites {
        let Some(place) = site.kecamatan.and_then(|index| world.regions.kecamatan.get(index)) else {
            let name = if site.kind == "mpp" {
                "Mal Pelayanan Publik Trenggalek"
            } else {
                "Kafe Pelayanan Publik"
            };
            let at = (TOWN.1.to_owned(), TOWN.2.to_owned());
            add(
                [&site.code, name, site.kind, TOWN.0, "dpmptsp"],
                site.counters(),
                at,
                ["08:00", "15:00"],
            );
            continue;
        };
        let (office, name) = (
            kecamatan_office(&place.name),
            format!("Kantor Kecamatan {}", place.name),
        );
        let head = [site.code.as_str(), &name, "kecamatan", &place.code, &office];
        add(
            head,
            site.counters(),
            (String::new(), String::new()),
            ["07:30", "15:30"],
        );
    }
    let degrees = |place: (f64, f64)| (format!("{:.6}", place.0), format!("{:.6}", place.1));
    for village in &world.regions.villages {
        let kind = if village.kind == "kelurahan" {
            "Kelurahan"
        } else {
            "Desa"
        };
        let (code, name) = (
            format!("DESA-{}", village.code),
            format!("Kantor {kind} {}", village.name),
        );
        let office = format!("desa-{}", village.code);
        add(
            [&code, &name, "desa", &village.code, &office],
            0,
            degrees(village.place),
            ["07:30", "15:30"],
        );
    }
    for centre in &world.regions.centres {
        let region = world.regions.code(centre.kecamatan);
        add(
            [&centre.code, &centre.name, "puskesmas", region, "dinkes"],
            0,
            degrees(centre.place),
            ["07:30", "14:00"],
        );
    }
    let mut body = String::new();
    let headers = [
        "kode",
        "nama",
        "jenis",
        "kode_wilayah",
        "kode_instansi",
        "jumlah_loket",
        "lintang",
        "bujur",
        "jam_buka",
        "jam_tutup",
    ];
    text::line(&mut body, ',', &headers);
    for row in &rows {
        text::line(&mut body, ',', &row.each_ref().map(String::as_str));
    }
    Ok(Envelope::csv(DATASET, "lokasi_layanan.csv", body, rows.len()))
}
