//! `smartcenter detect scan-stp`: cases of places and days, and the clusters among them.

use super::super::{Global, Outcome, code, output};
use super::{file::Rows, file::cell, progress};
use anyhow::{Context, anyhow, bail};
use chrono::NaiveDate;
use smartcenter_pipelines::detector::{
    params::Parameters,
    scan::{Cases, Cluster, Place, Scan, Window, scan},
};
use std::{collections::HashMap, io::Write};

/// Parameters with their defaults.
pub fn parameters() -> Vec<(&'static str, String)> {
    Scan::names()
}

/// Scans the file and prints a row for each cluster, the most likely first.
pub fn run(global: &Global, bytes: &[u8], file: &str, params: &[(&str, &str)]) -> Outcome {
    let params = Scan::from_pairs(params.iter().copied())?;
    let (window, start) = read(bytes, file)?;
    let progress = progress(1);
    let clusters = scan(&window, &params).with_context(|| file.to_owned())?;
    progress.finish_and_clear();
    let date = |cluster: &Cluster| start + chrono::Days::new(cluster.first_day as u64);
    let names = |cluster: &Cluster| -> Vec<&str> {
        cluster
            .members
            .iter()
            .map(|&place| window.places[place].name.as_str())
            .collect()
    };
    if global.json {
        let all: Vec<_> = clusters
            .iter()
            .map(|c| {
                serde_json::json!({
                    "date": date(c), "observed": c.cases, "expected": c.expected, "score": c.statistic, "p": c.p,
                    "recurrence_days": c.recurrence_days, "alarm": c.p <= params.alpha, "locations": names(c),
                })
            })
            .collect();
        output::json(&all)?;
        return Ok(code::OK);
    }
    let mut out = output::stdout();
    writeln!(
        out,
        "date,observed,expected,upper,score,alarm,p,recurrence_days,locations"
    )?;
    for c in &clusters {
        writeln!(
            out,
            "{},{},{},,{},{},{},{},{}",
            date(c),
            c.cases,
            c.expected,
            c.statistic,
            u8::from(c.p <= params.alpha),
            c.p,
            c.recurrence_days,
            cell(&names(c).join(" "))
        )?;
    }
    out.flush()?;
    Ok(code::OK)
}

/// The window from the first to the last date of the file; a place is where its first row says.
fn read(bytes: &[u8], file: &str) -> anyhow::Result<(Window, NaiveDate)> {
    let rows = Rows::read(bytes, file)?;
    let date = rows.need(&["date"])?;
    let (location, observed) = (rows.need(&["location"])?, rows.need(&["observed"])?);
    let (latitude, longitude) = (rows.need(&["latitude"])?, rows.need(&["longitude"])?);
    let population = rows.find(&["population"]);
    let mut dates = Vec::with_capacity(rows.len());
    for row in 0..rows.len() {
        let day: NaiveDate = rows
            .text(row, date)
            .parse()
            .map_err(|_| rows.fault(row, date, "is not a date such as 2026-07-13"))?;
        dates.push(day);
    }
    let (Some(&start), Some(&end)) = (dates.iter().min(), dates.iter().max()) else {
        bail!("{file} has no rows");
    };
    let day =
        |date: NaiveDate| usize::try_from((date - start).num_days()).map_err(|_| anyhow!("{file}: days run backwards"));
    let mut places: Vec<Place> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut cases = Vec::new();
    for (row, &now) in dates.iter().enumerate() {
        let name = rows.text(row, location);
        let place = match known.get(name) {
            Some(&place) => place,
            None => {
                places.push(Place {
                    name: name.to_owned(),
                    latitude: rows.number(row, latitude)?,
                    longitude: rows.number(row, longitude)?,
                    population: population.map_or(Ok(f64::NAN), |column| rows.number(row, column))?,
                });
                known.insert(name.to_owned(), places.len() - 1);
                places.len() - 1
            }
        };
        let count = rows.number(row, observed)?;
        let whole = count >= 0.0 && count.fract() == 0.0 && count <= f64::from(u32::MAX);
        if !whole && !count.is_nan() {
            return Err(rows.fault(row, observed, "is not a whole number of cases"));
        }
        if count > 0.0 {
            let day = day(now)?;
            cases.push(Cases {
                place,
                day,
                count: count as u32,
            });
        }
    }
    let days = day(end)? + 1;
    Ok((Window { places, cases, days }, start))
}
