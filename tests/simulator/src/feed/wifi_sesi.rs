//! `wifi_sesi`: accounting of the benches' access points, CSV under the attribute names of RADIUS. Octets are 32 bits
//! wide and wrap; old firmware sends no gigawords; a stop may be missing.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, months_and_days},
};
use crate::{
    Envelope, Result, World,
    services::{
        bench::{self, Bench, Record},
        text,
    },
};
use chrono::{Days, NaiveDate, TimeDelta, Timelike};
use std::collections::BTreeMap;

const DATASET: &str = "wifi_sesi";
const HEADERS: [&str; 12] = [
    "Event-Timestamp",
    "NAS-Identifier",
    "Acct-Session-Id",
    "Acct-Status-Type",
    "Calling-Station-Id",
    "Acct-Input-Octets",
    "Acct-Input-Gigawords",
    "Acct-Output-Octets",
    "Acct-Output-Gigawords",
    "Acct-Session-Time",
    "Acct-Terminate-Cause",
    "Acct-Delay-Time",
];

/// The access points.
pub(crate) struct Wifi;

impl Feed for Wifi {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("radacct_{}.csv", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 0), move |world| {
                Ok(sheet(&file, &records(world, period.from, period.to)))
            })
        };
        Ok(months_and_days(from, to).into_iter().map(shipment).collect())
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut minutes: BTreeMap<u32, Vec<(Bench, Record)>> = BTreeMap::new();
        for (bench, record) in records(world, day, day) {
            minutes
                .entry(record.at.num_seconds_from_midnight() / 300)
                .or_default()
                .push((bench, record));
        }
        let timed = |(minute, records): (u32, Vec<(Bench, Record)>)| {
            let at = chrono::NaiveTime::MIN + TimeDelta::seconds(i64::from(minute) * 300 + 299);
            Timed {
                at,
                envelope: sheet(&format!("radacct {at}"), &records),
            }
        };
        Ok(minutes.into_iter().map(timed).collect())
    }
}

/// Records of the days `from..=to` of all benches, by time.
pub(crate) fn records(world: &World, from: NaiveDate, to: NaiveDate) -> Vec<(Bench, Record)> {
    let mut all = Vec::new();
    for bench in bench::benches(world) {
        // Sessions of the evening before may end after midnight.
        for day in (Period {
            from: from - Days::new(1),
            to,
        })
        .days()
        {
            let share = world.stories.delivery(DATASET, &bench.id, day);
            for record in bench::sessions(world, &bench, day).into_iter().flatten() {
                let inside = (from..=to).contains(&record.at.date());
                if inside && text::arrives(share, &record.session) {
                    all.push((bench.clone(), record));
                }
            }
        }
    }
    all.sort_by(|a, b| (a.1.at, &a.0.id, &a.1.session, a.1.kind).cmp(&(b.1.at, &b.0.id, &b.1.session, b.1.kind)));
    all
}

fn sheet(name: &str, records: &[(Bench, Record)]) -> Envelope {
    let mut body = String::new();
    text::line(&mut body, ',', &HEADERS);
    for (bench, record) in records {
        let words = |octets: u64| {
            let gigawords = if bench.old_firmware {
                String::new()
            } else {
                (octets >> 32).to_string()
            };
            ((octets & 0xffff_ffff).to_string(), gigawords)
        };
        let ((input, input_giga), (output, output_giga)) = (words(record.input), words(record.output));
        let at = (record.at - TimeDelta::hours(7)).and_utc().timestamp().to_string();
        let bytes = record.device.to_be_bytes();
        let device = bytes[2..]
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<Vec<_>>()
            .join("-");
        let cause = record.cause.map_or_else(String::new, |cause| cause.to_string());
        let seconds = record.seconds.to_string();
        let cells = [
            at.as_str(),
            &bench.id,
            &record.session,
            record.kind,
            &device,
            &input,
            &input_giga,
            &output,
            &output_giga,
            &seconds,
            &cause,
            "0",
        ];
        text::line(&mut body, ',', &cells);
    }
    Envelope::csv(DATASET, name, body, records.len())
}
