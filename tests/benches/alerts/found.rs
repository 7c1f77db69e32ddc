//! What the hub says: its alerts as anybody reads them over the SQL door.

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
    /// Visits before, after, and the parts of the change: calendar, elsewhere, repeats, unexplained.
    pub reasons: Option<[f64; 6]>,
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

/// All alerts of the hub that were not taken back.
pub fn cases(door: &Door) -> Result<Vec<Case>> {
    let rows = door.query(
        "SELECT indikator, kalimat, keparahan, disampaikan, status, bukti, atribusi FROM mart.alert ORDER BY mulai, \
         peringatan_id",
    )?;
    let open = rows.iter().filter(|row| row["status"] != "closed");
    open.map(case).collect()
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

fn reasons(text: &str) -> Option<[f64; 6]> {
    let parts = serde_json::from_str::<Value>(text).ok()?;
    let parts = if parts["bagian"].is_object() {
        &parts["bagian"]
    } else {
        &parts
    };
    let visits = |name: &str| parts[name]["visits"].as_f64();
    Some([
        parts["before"].as_f64()?,
        parts["after"].as_f64()?,
        visits("calendar")?,
        visits("elsewhere")?,
        visits("repeats")?,
        visits("unexplained")?,
    ])
}
