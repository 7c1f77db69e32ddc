//! The two simple rules beside ours: ten children absent, and C2 on the share of ill pupils of a school as it is. Both
//! judge the values that the hub's own indicators have.

use super::found::{Case, Episode};
use anyhow::Result;
use chrono::NaiveDate;
use serde_json::Value;
use smartcenter_pipelines::detector::{ears, special::normal_quantile};
use smartcenter_simulator::Door;
use std::collections::BTreeMap;

/// Flagged days at most so many calendar days apart are one case: three school days and a weekend.
const GAP_DAYS: i64 = 5;
/// The slug whose series they judge; their cases go by it as well.
const SCHOOLS: &str = "absensi_sekolah";

/// A school's days with a score each.
#[derive(Debug, Clone)]
pub struct Scored {
    pub unit: String,
    pub region: String,
    /// Day and statistic, by day.
    pub days: Vec<(NaiveDate, f64)>,
}

/// The scores of C2 on raw shares: baseline of seven days, guard of two, no least deviation.
pub fn c2(door: &Door) -> Result<Vec<Scored>> {
    let rows = door.query(&format!(
        "SELECT unit, wilayah, tanggal, nilai, penyebut FROM mart.indikator_{SCHOOLS} ORDER BY unit, tanggal"
    ))?;
    let mut scored = Vec::new();
    for school in by_unit(&rows).values() {
        let share = |row: &&Value| {
            let (ill, of) = (row["nilai"].as_f64(), row["penyebut"].as_f64());
            ill.zip(of).map_or(f64::NAN, |(ill, of)| ill / of)
        };
        let shares: Vec<f64> = school.iter().map(share).collect();
        let judged = ears::rows(&shares, ears::Rule::C2, &ears::Ears::default())?;
        let days = judged
            .into_iter()
            .map(|(at, row)| Ok((day(school[at])?, row.statistic)));
        let days: Vec<_> = days.collect::<Result<_>>()?;
        scored.push(Scored {
            unit: text(school[0], "unit"),
            region: text(school[0], "wilayah"),
            days: days.into_iter().filter(|(_, z)| !z.is_nan()).collect(),
        });
    }
    Ok(scored)
}

/// The literal rule: 1 where ten or more children of a school are absent.
pub fn ten(door: &Door) -> Result<Vec<Scored>> {
    let rows = door.query(
        "SELECT unit, wilayah, tanggal FROM mart.indikator_absensi_10_murid WHERE aturan ORDER BY unit, tanggal",
    )?;
    let school = |days: &Vec<&Value>| {
        Ok(Scored {
            unit: text(days[0], "unit"),
            region: text(days[0], "wilayah"),
            days: days.iter().map(|row| Ok((day(row)?, 1.0))).collect::<Result<_>>()?,
        })
    };
    by_unit(&rows).values().map(school).collect()
}

/// The usual threshold of C2, alpha 0.001.
pub fn usual() -> f64 {
    normal_quantile(0.999)
}

/// One case for each run of days above a threshold.
pub fn cases(scored: &[Scored], threshold: f64) -> Vec<Case> {
    let mut all = Vec::new();
    for school in scored {
        let flagged: Vec<NaiveDate> = school
            .days
            .iter()
            .filter(|(_, score)| *score > threshold)
            .map(|(day, _)| *day)
            .collect();
        for days in flagged.chunk_by(|a, b| (*b - *a).num_days() <= GAP_DAYS) {
            all.push(Case {
                indicator: SCHOOLS.to_owned(),
                is_listed: true,
                is_told: true,
                episodes: vec![Episode {
                    indicator: SCHOOLS.to_owned(),
                    unit: school.unit.clone(),
                    region: school.region.clone(),
                    days: days.to_vec(),
                }],
                ..Case::default()
            });
        }
    }
    all
}

fn by_unit(rows: &[Value]) -> BTreeMap<&str, Vec<&Value>> {
    let mut all: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in rows {
        all.entry(row["unit"].as_str().unwrap_or_default())
            .or_default()
            .push(row);
    }
    all
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

fn day(row: &Value) -> Result<NaiveDate> {
    Ok(row["tanggal"].as_str().unwrap_or_default().parse()?)
}
