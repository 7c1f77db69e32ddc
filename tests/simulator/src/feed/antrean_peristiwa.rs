//! `antrean_peristiwa`: events of tickets. The MPP exports CSV with offsets, the tablets of the CPP send NDJSON in UTC, and
//! those of the kecamatan offices NDJSON through one service. After an outage a batch comes twice.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, months_and_days},
};
use crate::{
    Envelope, Result, World,
    services::{
        queue::Kind,
        text,
        ticket::{self, Event},
    },
};
use chrono::{NaiveDate, NaiveTime, Timelike};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write, ops::Range};

const DATASET: &str = "antrean_peristiwa";
const HEADERS: [&str; 18] = [
    "ID Peristiwa",
    "No Tiket",
    "Peristiwa",
    "Waktu",
    "Lokasi",
    "Loket",
    "Petugas",
    "Kanal",
    "Kode Layanan",
    "Kode Instansi",
    "Prioritas",
    "Slot Mulai",
    "NIK",
    "Kode Desa",
    "Hasil",
    "Dialihkan Ke",
    "Kunjungan Ke",
    "Versi Mesin",
];

/// The queue systems.
pub(crate) struct Queues;

/// A system with its sites, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Mall,
    Cafe,
    Districts,
}

impl System {
    const ALL: [Self; 3] = [Self::Mall, Self::Cafe, Self::Districts];

    fn label(self) -> &'static str {
        match self {
            Self::Mall => "mpp",
            Self::Cafe => "cpp",
            Self::Districts => "kecamatan",
        }
    }

    fn sites(self, world: &World) -> Range<usize> {
        match self {
            Self::Mall => 0..1,
            Self::Cafe => 1..2,
            Self::Districts => 2..world.services.sites.len(),
        }
    }

    fn envelope(self, world: &World, name: String, events: &[Event]) -> Envelope {
        match self {
            Self::Mall => {
                let mut body = String::new();
                text::line(&mut body, ',', &HEADERS);
                for event in events {
                    csv(world, event, &mut body);
                }
                Envelope::csv(DATASET, &name, body, events.len())
            }
            _ => {
                let mut body = String::new();
                for event in events {
                    let _ = writeln!(body, "{}", line(world, event));
                }
                Envelope::ndjson(DATASET, name, body, events.len())
            }
        }
    }
}

impl Feed for Queues {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let mut all = Vec::new();
        for period in months_and_days(from, to) {
            for system in System::ALL {
                let ending = if system == System::Mall { "csv" } else { "ndjson" };
                let name = format!("antrean_{}_{}.{ending}", system.label(), period.label());
                let file = name.clone();
                all.push(Shipment::new(DATASET, name, period.after(1, 1), move |world| {
                    Ok(system.envelope(world, file.clone(), &sent(world, system, period)))
                }));
            }
        }
        Ok(all)
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut all = Vec::new();
        for system in System::ALL {
            // What happens within a minute travels together.
            let mut minutes: BTreeMap<u32, Vec<Event>> = BTreeMap::new();
            for event in recorded(world, system, Period { from: day, to: day }) {
                minutes
                    .entry(event.at.num_seconds_from_midnight() / 60)
                    .or_default()
                    .push(event);
            }
            for (minute, events) in minutes {
                let at = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60 + 59, 0).unwrap_or(NaiveTime::MIN);
                let label = match events.as_slice() {
                    [one] => format!("{} {}", one.ticket, one.kind.as_str()),
                    many => format!("{} {} peristiwa", system.label(), many.len()),
                };
                all.push(Timed {
                    at,
                    envelope: system.envelope(world, label, &events),
                });
            }
        }
        all.sort_by_key(|timed| timed.at);
        Ok(all)
    }
}

/// Events of the period as far as the line let them through.
fn recorded(world: &World, system: System, period: Period) -> Vec<Event> {
    let mut all = Vec::new();
    for site in system.sites(world) {
        let code = world.services.sites.get(site).map_or("", |s| s.code.as_str());
        all.extend(
            ticket::events(world, site, period.from, period.to)
                .into_iter()
                .filter(|event| text::arrives(world.stories.delivery(DATASET, code, event.at.date()), &event.ticket)),
        );
    }
    all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    all
}

/// [`recorded`], with what was sent twice after an outage at the end.
fn sent(world: &World, system: System, period: Period) -> Vec<Event> {
    let mut all = recorded(world, system, period);
    let again: Vec<_> = all
        .iter()
        .filter(|event| {
            let code = world.services.sites.get(event.site).map_or("", |s| s.code.as_str());
            (9..12).contains(&event.at.hour()) && ticket::sent_twice(world.seed, code, event.at.date())
        })
        .cloned()
        .collect();
    all.extend(again);
    all
}

/// Codes of a row: site, service, institution, village.
fn codes<'a>(world: &'a World, event: &Event) -> [&'a str; 4] {
    let service = world.services.catalogue.get(event.service);
    let site = world.services.sites.get(event.site);
    let village = world.regions.villages.get(event.village);
    [
        site.map_or("", |s| &s.code),
        service.map_or("", |s| &s.code),
        service.map_or("", |s| &s.institution),
        // Who did not say who he is did not say where he lives.
        village.filter(|_| !event.nik.is_empty()).map_or("", |v| &v.code),
    ]
}

fn csv(world: &World, event: &Event, body: &mut String) {
    let [site, service, institution, village] = codes(world, event);
    let (at, slot) = (text::iso(event.at), event.slot.map_or_else(String::new, text::iso));
    let number = event.number.to_string();
    let cells = [
        event.id.as_str(),
        event.ticket.as_str(),
        event.kind.as_str(),
        at.as_str(),
        site,
        event.desk.as_str(),
        event.officer.as_str(),
        event.channel.as_str(),
        service,
        institution,
        event.priority,
        slot.as_str(),
        event.nik.as_str(),
        village,
        event.outcome,
        event.sent_on.as_str(),
        number.as_str(),
        "3.2",
    ];
    text::line(body, ',', &cells);
}

fn line(world: &World, event: &Event) -> Value {
    let [site, service, institution, village] = codes(world, event);
    text::object([
        ("event_id", json!(event.id)),
        ("ticket_id", json!(event.ticket)),
        ("event", json!(english(event.kind))),
        ("event_at", json!(text::utc(event.at))),
        ("site_id", json!(site)),
        ("counter_id", json!(event.desk)),
        ("operator_key", json!(event.officer)),
        ("channel", json!(event.channel.as_str())),
        ("service_id", json!(service)),
        ("agency_id", json!(institution)),
        ("priority", json!(event.priority)),
        ("slot_start", json!(event.slot.map(text::utc))),
        ("nik", json!(event.nik)),
        ("desa_code", json!(village)),
        ("outcome", json!(event.outcome)),
        ("transferred_to", json!(event.sent_on)),
        ("visit_number", json!(event.number)),
    ])
}

/// The words of the tablets' maker.
fn english(kind: Kind) -> &'static str {
    match kind {
        Kind::Booked => "booked",
        Kind::Present => "checked_in",
        Kind::Called => "called",
        Kind::Recalled => "recalled",
        Kind::Serving => "serving",
        Kind::Served => "served",
        Kind::Transferred => "transferred",
        Kind::NoShow => "no_show",
        Kind::Cancelled => "cancelled",
        Kind::Expired => "expired",
    }
}
