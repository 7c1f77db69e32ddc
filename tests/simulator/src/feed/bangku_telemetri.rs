//! `bangku_telemetri`: the benches' pulse by the hour, NDJSON. A bench without power or line sends nothing.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, moment, months_and_days},
};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    dice::Dice,
    services::{
        bench::{self, Bench},
        text,
    },
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::json;
use std::fmt::Write;

const DATASET: &str = "bangku_telemetri";

/// The pulse.
pub(crate) struct Pulse;

impl Feed for Pulse {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("telemetri_{}.ndjson", period.label());
            Shipment::new(DATASET, name.clone(), period.after(1, 0), move |world| {
                let (mut body, mut rows) = (String::new(), 0);
                for day in period.days() {
                    for hour in 0..24 {
                        rows += hour_lines(world, moment(day, hour, 0), &mut body);
                    }
                }
                Ok(Envelope::ndjson(DATASET, name.clone(), body, rows))
            })
        };
        Ok(months_and_days(from, to).into_iter().map(shipment).collect())
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let hour = |hour: u32| {
            let mut body = String::new();
            let rows = hour_lines(world, moment(day, hour, 0), &mut body);
            (rows > 0).then(|| Timed {
                at: NaiveTime::MIN + TimeDelta::minutes(i64::from(hour) * 60 + 1),
                envelope: Envelope::ndjson(DATASET, format!("telemetri {day} {hour:02}.00"), body, rows),
            })
        };
        Ok((0..24).filter_map(hour).collect())
    }
}

/// Appends what the benches sent at `at`; answers how many rows.
fn hour_lines(world: &World, at: NaiveDateTime, body: &mut String) -> usize {
    let mut rows = 0;
    for bench in bench::benches(world) {
        let share = world.stories.delivery(DATASET, &bench.id, at.date());
        let name = format!("{} {at}", bench.id);
        if at.date() >= bench.installed && bench::online(world, &bench, at) && text::arrives(share, &name) {
            let _ = writeln!(body, "{}", line(world, &bench, at));
            rows += 1;
        }
    }
    rows
}

fn line(world: &World, bench: &Bench, at: NaiveDateTime) -> serde_json::Value {
    let hour = at.time().signed_duration_since(NaiveTime::MIN).num_hours();
    let mut dice = Dice::of(
        world.seed,
        [
            841,
            bench.number as u64,
            day_number(at.date()) * 24 + hour.unsigned_abs(),
        ],
    );
    let sun = bench::sun(world, bench, at);
    let busy = if (7..22).contains(&hour) { 4.0 } else { 0.3 };
    let round = |value: f64| (value * 10.0).round() / 10.0;
    let second = bench.number as i64 * 7 % 60;
    json!({
        "bench_id": bench.id,
        "ts": text::utc(at + TimeDelta::seconds(second)),
        "battery_pct": round(bench::battery(world, bench, at)),
        "solar_w": round(sun + 2.0 * dice.unit()),
        "temp_c": round(25.0 + sun / 9.0 + 1.5 * dice.normal()),
        "uplink_kbps": (9000.0 * (0.5 * dice.normal()).exp()) as u32 + 300,
        "clients": dice.poisson(busy),
        "online": true,
    })
}
