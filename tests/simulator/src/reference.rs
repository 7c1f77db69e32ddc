//! Reference codes as their owners send them: regions and their codes elsewhere, institutions, holidays, school calendar.

use crate::{
    Error, Result,
    calendar::school_year,
    facts::{self, Row},
    sheet::{Envelope, Habit},
};
use chrono::NaiveDate;

/// Names under which contracts and keys know an institution, by its E-SAKIP number. A split keeps the name.
const INSTITUTION_IDS: [(&str, &str); 5] = [
    ("2", "setda"),
    ("5", "dikpora"),
    ("43", "dikpora"),
    ("6", "dinkes"),
    ("16", "kominfo"),
];

/// The pushes of the reference datasets, in the order in which others refer to them.
pub fn envelopes() -> Result<Vec<Envelope>> {
    Ok(vec![
        regions()?,
        crosswalk()?,
        institutions()?,
        holidays()?,
        school_calendar()?,
    ])
}

fn regions() -> Result<Envelope> {
    copied(
        "wilayah",
        facts::REGIONS,
        [
            ("kode", "code"),
            ("nama", "name"),
            ("tingkat", "level"),
            ("kode_induk", "parent_code"),
            ("jenis", "type"),
            ("kode_bps", "bps_code"),
            ("status_kode_bps", "bps_status"),
            ("kode_pos", "postal_code"),
            ("lintang", "lat"),
            ("bujur", "lon"),
            ("luas_km2", "area_km2_geom"),
        ],
    )
}

fn crosswalk() -> Result<Envelope> {
    copied(
        "padanan_kecamatan",
        facts::CROSSWALK,
        [
            ("kode", "kemendagri_code"),
            ("nama", "name"),
            ("kode_bps", "bps_code"),
            ("kode_dapodik", "dapodik_code"),
            ("id_portal_vertikal", "satudata_portal_vertikal_id"),
            ("id_opd_esakip", "esakip_opd_id"),
        ],
    )
}

fn holidays() -> Result<Envelope> {
    copied(
        "hari_libur",
        facts::HOLIDAYS,
        [
            ("tanggal", "date"),
            ("nama", "name_id"),
            ("jenis", "kind"),
            ("hari", "weekday_id"),
            ("sumber", "source"),
        ],
    )
}

fn institutions() -> Result<Envelope> {
    let rows = facts::rows(facts::INSTITUTIONS)?;
    let lines = rows.iter().map(|row| {
        let code = row.get("esakip_opd_id");
        let id = INSTITUTION_IDS
            .iter()
            .find(|(number, _)| *number == code)
            .map_or("", |(_, id)| id);
        let [name, from, old] = ["name", "valid_from_year", "predecessor"].map(|column| row.get(column).to_owned());
        Ok([
            code.to_owned(),
            name,
            id.to_owned(),
            "opd".into(),
            from,
            last_year(&rows, code),
            old,
        ])
    });
    let headers = [
        "kode",
        "nama",
        "id",
        "jenis",
        "tahun_mulai",
        "tahun_selesai",
        "pendahulu",
    ];
    sheet("instansi", headers, lines)
}

/// The year before the first institution that names `code` as its predecessor; empty while it exists.
fn last_year(rows: &[Row], code: &str) -> String {
    rows.iter()
        .filter(|row| {
            row.get("predecessor")
                .split(|c: char| !c.is_ascii_digit())
                .any(|number| number == code)
        })
        .filter_map(|row| row.get("valid_from_year").parse::<u32>().ok())
        .min()
        .map_or_else(String::new, |year| (year - 1).to_string())
}

fn school_calendar() -> Result<Envelope> {
    let rows = facts::rows(facts::SCHOOL_EVENTS)?;
    let columns = ["dapodik_semester_id", "event", "start_date", "end_date", "status"];
    let lines = rows.iter().map(|row| {
        let [semester, event, from, to, status] = columns.map(|column| row.get(column).to_owned());
        // The months of fasting are listed under their own name; the day says which school year they fall into.
        let day: NaiveDate = from
            .parse()
            .map_err(|_| Error::facts(format!("{from:?} is not a date")))?;
        let year = school_year(day);
        Ok([format!("{year}/{}", year + 1), semester, event, from, to, status])
    });
    sheet(
        "kalender_pendidikan",
        [
            "tahun_ajaran",
            "semester_id",
            "kegiatan",
            "mulai",
            "selesai",
            "keterangan",
        ],
        lines,
    )
}

/// A fact file under other column names: pairs of ours and the file's.
fn copied<const N: usize>(dataset: &'static str, facts: &str, columns: [(&str, &str); N]) -> Result<Envelope> {
    let rows = facts::rows(facts)?;
    let lines = rows
        .iter()
        .map(|row| Ok(columns.map(|(_, theirs)| row.get(theirs).to_owned())));
    sheet(dataset, columns.map(|(ours, _)| ours), lines)
}

fn sheet<const N: usize>(
    dataset: &'static str,
    headers: [&str; N],
    lines: impl Iterator<Item = Result<[String; N]>>,
) -> Result<Envelope> {
    let mut body = String::new();
    Habit::PLAIN.line(&mut body, &headers);
    let mut rows = 0;
    for line in lines {
        Habit::PLAIN.line(&mut body, &line?);
        rows += 1;
    }
    Ok(Envelope::csv(dataset, &format!("{dataset}.csv"), body, rows))
}
