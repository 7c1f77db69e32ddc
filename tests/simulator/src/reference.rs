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

/// The decree that gives the region codes.
const REGIONS_DECREE: &str = "Kepmendagri 300.2.2-2430 Tahun 2025";

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

/// Region codes with the decree that gives them. All are older than it, so none begins with it: names of earlier years are
/// looked up in this list, too. None has ended.
pub(crate) fn regions() -> Result<Envelope> {
    let rows = facts::rows(facts::REGIONS)?;
    let lines = rows.iter().map(|row| {
        let of = |column: &str| row.get(column).to_owned();
        Ok([
            of("code"),
            of("name"),
            of("level"),
            of("parent_code"),
            of("type"),
            of("bps_code"),
            of("bps_status"),
            of("postal_code"),
            of("lat"),
            of("lon"),
            of("area_km2_geom"),
            String::new(),
            String::new(),
            REGIONS_DECREE.to_owned(),
        ])
    });
    sheet(
        "wilayah",
        [
            "kode",
            "nama",
            "tingkat",
            "kode_induk",
            "jenis",
            "kode_bps",
            "status_kode_bps",
            "kode_pos",
            "lintang",
            "bujur",
            "luas_km2",
            "berlaku_mulai",
            "berlaku_sampai",
            "dasar_hukum",
        ],
        lines,
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
