//! Institutions of every kind and who took over from whom in the reorganisation of 2026.

use super::sheet;
use crate::{
    Envelope, Result,
    facts::{self, Row},
};

/// Ids under which contracts and keys know an institution, by its E-SAKIP number. A split keeps the id.
const IDS: [(&str, &str); 33] = [
    ("2", "setda"),
    ("3", "setwan"),
    ("4", "inspektorat"),
    ("5", "dikpora"),
    ("6", "dinkes"),
    ("7", "dpupr"),
    ("8", "dpkplh"),
    ("9", "satpolpp"),
    ("10", "dinsos"),
    ("11", "disperinaker"),
    ("12", "dispertapan"),
    ("13", "dukcapil"),
    ("14", "dpmd"),
    ("15", "dishub"),
    ("16", "kominfo"),
    ("17", "diskomidag"),
    ("18", "dpmptsp"),
    ("19", "disarpus"),
    ("20", "diskan"),
    ("21", "disparbud"),
    ("22", "bappeda"),
    ("23", "bpkad"),
    ("24", "bkd"),
    ("25", "bpbd"),
    ("26", "bakesbangpol"),
    ("42", "disnak"),
    ("43", "dikpora"),
    ("44", "dlh"),
    ("45", "dpkpp"),
    ("46", "disnakkan"),
    ("47", "dispora"),
    ("48", "bappeda"),
    ("49", "bpkad"),
];

/// Offices of ministries and of the province: code, name, id.
const VERTICAL: [(&str, &str, &str); 11] = [
    ("V-01", "Kepolisian Resor Trenggalek", "polres"),
    ("V-02", "Kejaksaan Negeri Trenggalek", "kejari"),
    ("V-03", "Kantor Pertanahan Kabupaten Trenggalek", "bpn"),
    ("V-04", "Kantor Kementerian Agama Kabupaten Trenggalek", "kemenag"),
    ("V-05", "Kantor Pelayanan Pajak (gerai Trenggalek)", "kpp"),
    ("V-06", "Badan Pusat Statistik Kabupaten Trenggalek", "bps"),
    ("V-07", "Pengadilan Agama Trenggalek", "pengadilan_agama"),
    ("V-08", "Pengadilan Negeri Trenggalek", "pengadilan_negeri"),
    ("V-09", "Kantor Bersama Samsat Trenggalek", "samsat"),
    (
        "V-10",
        "Cabang Dinas Pendidikan Provinsi Wilayah Trenggalek",
        "cabdindik",
    ),
    ("V-11", "Kantor Imigrasi (gerai Trenggalek)", "imigrasi"),
];

/// Partners: code, name, id.
const PARTNERS: [(&str, &str, &str); 8] = [
    ("M-01", "BPJS Kesehatan Cabang Trenggalek", "bpjs_kesehatan"),
    ("M-02", "BPJS Ketenagakerjaan Trenggalek", "bpjs_ketenagakerjaan"),
    ("M-03", "Bank Jatim Cabang Trenggalek", "bank_jatim"),
    ("M-04", "Perumda Air Minum Trenggalek", "pdam"),
    ("M-05", "PLN Unit Layanan Trenggalek", "pln"),
    ("M-06", "Kantor Pos Trenggalek", "pos"),
    ("M-07", "Baznas Kabupaten Trenggalek", "baznas"),
    ("M-08", "Taspen (gerai Trenggalek)", "taspen"),
];

/// Offices of the regency with predecessors, vertical offices, partners, and the 157 villages.
pub(crate) fn institutions() -> Result<Envelope> {
    let rows = facts::rows(facts::INSTITUTIONS)?;
    let offices = rows.iter().map(|row| {
        let code = row.get("esakip_opd_id");
        let [name, from, old] = ["name", "valid_from_year", "predecessor"].map(|column| row.get(column).to_owned());
        let place = kecamatan(&name)?;
        let id = if place.is_empty() {
            id(code).to_owned()
        } else {
            slug(&name)
        };
        Ok([
            code.to_owned(),
            name,
            id,
            "opd".into(),
            place,
            from,
            last_year(&rows, code),
            old,
        ])
    });
    let others = VERTICAL
        .map(|v| (v, "vertikal"))
        .into_iter()
        .chain(PARTNERS.map(|p| (p, "mitra")));
    let others = others.map(|((code, name, id), kind)| Ok(line([code, name, id, kind], "35.03")));
    let regions = facts::rows(facts::REGIONS)?;
    let villages = regions
        .iter()
        .filter(|row| row.get("level") == "desa_kelurahan")
        .map(|row| {
            let (code, kind) = (row.get("code"), row.get("type"));
            let title = if kind == "kelurahan" { "Kelurahan" } else { "Desa" };
            Ok(line(
                [
                    code,
                    &format!("{title} {}", row.get("name")),
                    &format!("desa-{code}"),
                    "desa",
                ],
                code,
            ))
        });
    let headers = [
        "kode",
        "nama",
        "id",
        "jenis",
        "kode_wilayah",
        "tahun_mulai",
        "tahun_selesai",
        "pendahulu",
    ];
    sheet("instansi", headers, offices.chain(others).chain(villages))
}

/// Pairs of old and new institution.
pub(crate) fn successions() -> Result<Envelope> {
    let rows = facts::rows(facts::INSTITUTIONS)?;
    let pairs = rows
        .iter()
        .filter(|row| !row.get("predecessor").is_empty())
        .flat_map(|row| {
            let text = row.get("predecessor");
            let kind = match text {
                _ if text.contains("split") => "pecah",
                _ if text.contains("rename") => "ganti_nama",
                _ => "gabung",
            };
            let (new, year) = (
                row.get("esakip_opd_id").to_owned(),
                row.get("valid_from_year").to_owned(),
            );
            codes(text).into_iter().map(move |old| {
                Ok([
                    old,
                    new.clone(),
                    kind.to_owned(),
                    format!("{year}-01-01"),
                    "Penataan perangkat daerah 2026".to_owned(),
                ])
            })
        });
    sheet(
        "suksesi_instansi",
        ["kode_lama", "kode_baru", "jenis", "berlaku", "dasar_hukum"],
        pairs,
    )
}

fn line([code, name, id, kind]: [&str; 4], place: &str) -> [String; 8] {
    [code, name, id, kind, place, "", "", ""].map(str::to_owned)
}

fn id(code: &str) -> &'static str {
    match code {
        "50" => "bkd",
        _ => IDS.iter().find(|(number, _)| *number == code).map_or("", |(_, id)| id),
    }
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// Code of the kecamatan that an office is of.
fn kecamatan(name: &str) -> Result<String> {
    let Some(place) = name.strip_prefix("Kecamatan ") else {
        return Ok(String::new());
    };
    let all = facts::kecamatan()?;
    Ok(all
        .into_iter()
        .find(|k| k.name == place)
        .map(|k| k.code)
        .unwrap_or_default())
}

/// Numbers in a note such as "42+20 (merge)".
fn codes(text: &str) -> Vec<String> {
    let numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty());
    numbers.map(str::to_owned).collect()
}

/// The year before the first institution that names `code` as its predecessor; empty while it exists.
fn last_year(rows: &[Row], code: &str) -> String {
    rows.iter()
        .filter(|row| codes(row.get("predecessor")).iter().any(|number| number == code))
        .filter_map(|row| row.get("valid_from_year").parse::<u32>().ok())
        .min()
        .map_or_else(String::new, |year| (year - 1).to_string())
}
