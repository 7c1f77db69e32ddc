//! A corrected file: what every office sends one day. Yesterday's numbers change at once, the history keeps both
//! versions, and the old file sent once more changes nothing.

use crate::{
    Result,
    attendance::Fate,
    door::{Answer, Door},
    sheet::{self, Envelope},
    world::{Report, World},
};
use chrono::NaiveDate;

/// Schools that have miscounted.
const SCHOOLS: usize = 3;
/// Pupils at each of them who were counted present and were ill.
const ILL: u32 = 4;

/// What the correction did, for a person who watches.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    /// The day.
    pub day: NaiveDate,
    /// Number of one of the schools.
    pub npsn: String,
    /// Ill pupils of all schools on that day before and after the correction, and after the old file came again.
    pub ill: [u64; 3],
    /// Versions that the history has of the schools' reports.
    pub versions: u64,
    /// What the hub said to the old file.
    pub again: Answer,
}

/// The old and the corrected file of `day`; none when too few schools reported.
fn files(world: &World, day: NaiveDate) -> Option<(String, Envelope, Envelope)> {
    let reports = world.reports(day, day);
    let reports = reports.filter(|report| report.fate == Fate::OnTime && report.counts.present > 10 * ILL);
    let old: Vec<Report<'_>> = reports.take(SCHOOLS).collect();
    let npsn = old.first()?.school.npsn.clone();
    let new: Vec<Report<'_>> = old
        .iter()
        .cloned()
        .map(|mut report| {
            report.counts.present -= ILL;
            report.counts.sick += ILL;
            report
        })
        .collect();
    let written = |hour: u32| format!("{day}T{hour:02}:00:00+07:00");
    let name = |kind: &str| format!("absensi_{kind}_{day}.csv");
    Some((
        npsn,
        sheet::dated_file(&name("awal"), world.seed, &old, &written(9)),
        sheet::dated_file(&name("koreksi"), world.seed, &new, &written(15)),
    ))
}

/// Sends the corrected file of `day`, then the old one; what came of it. None when there is nothing to correct.
pub(crate) fn correct(
    world: &World,
    day: NaiveDate,
    door: &Door,
    push: &mut dyn FnMut(&Envelope) -> Result<Answer>,
) -> Result<Option<Corrected>> {
    let Some((npsn, old, new)) = files(world, day) else {
        return Ok(None);
    };
    let number = |sql: &str| -> Result<u64> {
        let rows = door.query(sql)?;
        let value = rows.first().and_then(|row| row.get("n")?.as_u64());
        Ok(value.unwrap_or_default())
    };
    let ill = format!("SELECT coalesce(sum(sakit), 0) AS n FROM data.absensi_harian_sekolah WHERE tanggal = '{day}'");
    let before = number(&ill)?;
    if push(&new)?.replayed {
        // An earlier start has shown it.
        return Ok(None);
    }
    let after = number(&ill)?;
    let again = push(&old)?;
    Ok(Some(Corrected {
        ill: [before, after, number(&ill)?],
        versions: number(&format!(
            "SELECT count(*) AS n FROM history.absensi_harian_sekolah WHERE npsn = '{npsn}' AND tanggal = '{day}' \
             AND _op <> 'S'"
        ))?,
        again,
        day,
        npsn,
    }))
}
