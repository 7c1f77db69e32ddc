//! Reference codes as their owners send them: regions and their codes elsewhere, institutions, holidays, school calendar.

mod institutions;

pub(crate) use institutions::{institutions, successions};

use crate::{
    Error, Result,
    calendar::school_year,
    facts,
    sheet::{Envelope, Habit},
};
use chrono::NaiveDate;

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

pub(crate) fn regions() -> Result<Envelope> {
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

pub(crate) fn crosswalk() -> Result<Envelope> {
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

pub(crate) fn holidays() -> Result<Envelope> {
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

pub(crate) fn school_calendar() -> Result<Envelope> {
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

pub(crate) fn sheet<const N: usize>(
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
