//! Health facilities, their catchments and the list of diseases, as the health office keeps them.

use crate::{
    Envelope, Result, World,
    dice::Dice,
    health::disease::{Disease, Rule},
    table::Table,
};

/// Hospitals: name, kecamatan.
const HOSPITALS: [(&str, &str); 4] = [
    ("RSUD dr. Soedomo Trenggalek", "35.03.11"),
    ("RSUD Panggul", "35.03.01"),
    ("RS Budi Asih", "35.03.11"),
    ("RS Mardi Mulya", "35.03.11"),
];

/// Health centres, their branches (66 of them) and hospitals.
pub(super) fn facilities(world: &World) -> Result<Envelope> {
    let headers = [
        "kode",
        "nama",
        "jenis",
        "kode_registrasi",
        "kode_kecamatan",
        "kode_desa",
        "induk",
        "lintang",
        "bujur",
        "aktif",
    ];
    let mut table = Table::new(',', "\n", &headers);
    let regions = &world.regions;
    for (number, centre) in (1..).zip(&regions.centres) {
        // Seven digits of the kecamatan as the statistics office numbers it, kind, serial; made up behind P99.
        let registered = format!("P9903{:02}1{number:03}", centre.kecamatan + 1);
        table.row(&[
            centre.code.as_str(),
            &centre.name,
            "puskesmas",
            &registered,
            regions.code(centre.kecamatan),
            "",
            "",
            &format!("{:.6}", centre.place.0),
            &format!("{:.6}", centre.place.1),
            "ya",
        ]);
    }
    for (number, (centre, village)) in (1..).zip(branches(world)) {
        let village = &regions.villages[village];
        table.row(&[
            format!("PST-{number:02}").as_str(),
            &format!("Pustu {}", village.name),
            "pustu",
            "",
            regions.code(village.kecamatan),
            &village.code,
            &regions.centres[centre].code,
            &format!("{:.6}", village.place.0),
            &format!("{:.6}", village.place.1),
            "ya",
        ]);
    }
    for (number, (name, kecamatan)) in (1..).zip(HOSPITALS) {
        table.row(&[
            format!("RS-{number:02}").as_str(),
            name,
            "rumah_sakit",
            "",
            kecamatan,
            "",
            "",
            "",
            "",
            "ya",
        ]);
    }
    Ok(table.envelope("faskes", "faskes.csv"))
}

/// Three villages of each health centre have a branch.
fn branches(world: &World) -> Vec<(usize, usize)> {
    let all = (0..world.regions.centres.len()).flat_map(|centre| {
        let mut villages = world.regions.centres[centre].villages.clone();
        villages.sort_by_key(|v| Dice::of(0, [71, *v as u64, 0]).bits());
        villages.into_iter().take(3).map(move |village| (centre, village))
    });
    all.collect()
}

/// Who cares for which village, by names, as in the annex of a decree.
pub(super) fn catchments(world: &World) -> Result<Envelope> {
    let mut table = Table::new(
        ';',
        "\r\n",
        &["Kecamatan", "Desa/Kelurahan", "Puskesmas", "Mulai", "Sampai"],
    );
    let regions = &world.regions;
    for village in &regions.villages {
        let kind = if village.kind == "kelurahan" { "Kel." } else { "Desa" };
        table.row(&[
            regions.kecamatan[village.kecamatan].name.as_str(),
            &format!("{kind} {}", village.name),
            &regions.centres[village.centre].name,
            "1 Januari 2020",
            "",
        ]);
    }
    Ok(table.envelope("wilayah_kerja_puskesmas", "wilayah_kerja_puskesmas.csv"))
}

/// The diseases under watch with both generations of thresholds.
pub(super) fn diseases(_: &World) -> Result<Envelope> {
    let headers = [
        "slug",
        "nama",
        "kode_skdr",
        "icd10",
        "aturan_2025",
        "ambang_2025",
        "ambang_lama",
        "inkubasi_min_hari",
        "inkubasi_maks_hari",
        "wajib_klb",
    ];
    let mut table = Table::new(',', "\n", &headers);
    for disease in Disease::watched() {
        let (rule, threshold) = match disease.rule {
            Rule::Times(times) => ("kali_minggu_lalu", times.to_string()),
            Rule::AtLeast(count) => ("minimal", count.to_string()),
            Rule::Trend => ("tren", String::new()),
            Rule::None => ("tidak", String::new()),
        };
        let filled = |number: f64| {
            if number > 0.0 {
                number.to_string()
            } else {
                String::new()
            }
        };
        table.row(&[
            disease.slug,
            disease.name,
            disease.letter,
            disease.icd10,
            rule,
            &threshold,
            &filled(f64::from(disease.old_threshold)),
            &filled(disease.incubation.0),
            &filled(disease.incubation.1),
            if disease.notifiable { "ya" } else { "tidak" },
        ]);
    }
    Ok(table.envelope("penyakit", "penyakit.csv"))
}
