//! What the hub says: its alerts as anybody reads them over the SQL door.

use crate::hub::Hub;
use anyhow::{Context, Result};
use chrono::NaiveDate;
use serde_json::Value;
use smartcenter_simulator::Door;

/// Something that was said, by the hub or by a simple rule.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// Slug of the indicator that it began with, and its sentence.
    pub indicator: String,
    pub sentence: String,
    /// At least `sedang`, and nobody asked not to hear of it.
    pub is_listed: bool,
    /// Told at once, and not only listed because the owner's budget of the day was used up.
    pub is_told: bool,
    /// What it consists of.
    pub episodes: Vec<Episode>,
    /// What was checked and found, in the words of the evidence.
    pub found: String,
    /// Why a service is used less or more.
    pub reasons: Option<Reasons>,
}

/// A change of the use of a service, as the alert splits it; visits.
#[derive(Debug, Clone)]
pub struct Reasons {
    pub family: String,
    /// First and last day since the episode began.
    pub days: (NaiveDate, NaiveDate),
    pub before: f64,
    /// Served elsewhere, repeats, unexplained.
    pub parts: [f64; 3],
}

/// Flagged days of one series.
#[derive(Debug, Clone)]
pub struct Episode {
    /// Slug of the indicator.
    pub indicator: String,
    pub unit: String,
    /// Code of the region, as deep as it is known.
    pub region: String,
    /// The flagged days; of a week or month its last one.
    pub days: Vec<NaiveDate>,
}

impl Case {
    /// The first flagged day.
    pub fn first(&self) -> Option<NaiveDate> {
        self.episodes
            .iter()
            .filter_map(|episode| episode.days.first())
            .min()
            .copied()
    }
}

/// All alerts of the hub, those that lapsed because nobody looked at them included. What the hub took back is left out: its
/// data were corrected, or it is part of another alert.
pub fn cases(hub: &Hub, door: &Door) -> Result<Vec<Case>> {
    let rows = door.query(
        "SELECT peringatan_id, indikator, kalimat, keparahan, disampaikan, status, bukti, atribusi FROM mart.alert \
         ORDER BY mulai, peringatan_id",
    )?;
    let mut all = Vec::new();
    for row in &rows {
        if row["status"] != "closed" || !is_taken_back(hub, row)? {
            all.push(case(row)?);
        }
    }
    Ok(all)
}

/// Whether the last thing that the hub did with a closed alert was to end it. One that lapsed has no such step of its own;
/// those of alerts that became part of it stand beside.
fn is_taken_back(hub: &Hub, row: &Value) -> Result<bool> {
    let id = row["peringatan_id"].as_str().context("an alert without id")?;
    let alert = hub.get(&format!("/api/v1/alerts/{id}"))?;
    let steps = alert["steps"].as_array().context("an alert without steps")?;
    let last = steps.iter().rfind(|step| step["alert"] == id);
    Ok(last.is_some_and(|step| ["merge", "withdraw"].iter().any(|deed| step["deed"] == *deed)))
}

fn case(row: &Value) -> Result<Case> {
    let text = |name: &str| row[name].as_str().unwrap_or_default();
    let evidence: Value = serde_json::from_str(text("bukti")).context("bukti of an alert is not JSON")?;
    let list = |name: &str| evidence[name].as_array().cloned().unwrap_or_default();
    let checked = list("checked");
    let found: Vec<_> = checked
        .iter()
        .filter(|checked| checked["found"] == true)
        .map(|checked| {
            let of = |name: &str| checked[name].as_str().unwrap_or_default().to_owned();
            of("what") + " " + &of("text")
        })
        .collect();
    Ok(Case {
        indicator: text("indikator").to_owned(),
        sentence: text("kalimat").to_owned(),
        is_listed: text("keparahan") != "info" && text("disampaikan") != "suppressed",
        is_told: text("keparahan") != "info" && text("disampaikan") == "now",
        episodes: list("episodes").iter().map(episode).collect::<Result<_>>()?,
        found: found.join("; "),
        reasons: reasons(text("atribusi")),
    })
}

fn episode(value: &Value) -> Result<Episode> {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let points = value["points"].as_array().context("an episode without points")?;
    let day = |point: &Value| -> Result<NaiveDate> { Ok(point["tanggal"].as_str().unwrap_or_default().parse()?) };
    let mut days: Vec<NaiveDate> = points.iter().map(day).collect::<Result<_>>()?;
    // The evidence has the newest points; the first day is told beside.
    days.push(text("from").parse()?);
    days.sort_unstable();
    days.dedup();
    Ok(Episode {
        indicator: text("indikator"),
        unit: text("unit"),
        region: text("wilayah"),
        days,
    })
}

fn reasons(text: &str) -> Option<Reasons> {
    let why = serde_json::from_str::<Value>(text).ok()?;
    let parts = &why["bagian"];
    let visits = |name: &str| parts[name]["visits"].as_f64();
    let day = |name: &str| why[name].as_str()?.parse().ok();
    Some(Reasons {
        family: why["rumpun"].as_str()?.to_owned(),
        days: (day("dari")?, day("sampai")?),
        before: parts["before"].as_f64()?,
        parts: [visits("elsewhere")?, visits("repeats")?, visits("unexplained")?],
    })
}
