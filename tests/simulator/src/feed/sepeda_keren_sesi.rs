//! `sepeda_keren_sesi`: who was there, a workbook by month or week filled in from paper lists.

use super::{
    Feed, Shipment, Timed, arrived, arriving,
    periods::{Period, months_and_weeks},
};
use crate::{
    Envelope, Result, World,
    services::{
        sepeda,
        workbook::{self, Cell, Layout},
    },
};
use chrono::NaiveDate;

const DATASET: &str = "sepeda_keren_sesi";

/// The lists of presence.
pub(crate) struct Meetings;

/// A line: class, day, member, presence, topic.
pub(crate) type Line = (String, NaiveDate, String, bool, &'static str);

impl Feed for Meetings {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("presensi_sepeda_keren_{}.xlsx", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(3, 9), move |world| {
                sheet(world, &file, period)
            })
        };
        // Weeks that are not over are left to their list.
        let weeks = months_and_weeks(from, to)
            .into_iter()
            .filter(|period| period.from < period.to);
        Ok(arrived(weeks.map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

/// Presence at the meetings on the days `from..=to`, by class and day; with the village's position.
pub(crate) fn presence(world: &World, from: NaiveDate, to: NaiveDate) -> Vec<(usize, Line)> {
    let mut all = Vec::new();
    for class in sepeda::around(world, from, to) {
        let members = class.members(world);
        for (meeting, day) in class.days().enumerate().filter(|(_, day)| (from..=to).contains(day)) {
            // A meeting on a holiday is dropped.
            if !world.services.office.is_open(day) {
                continue;
            }
            let topic = sepeda::TOPICS[meeting % sepeda::TOPICS.len()];
            for member in &members {
                all.push((
                    class.village,
                    (
                        class.id.clone(),
                        day,
                        member.id.clone(),
                        member.is_there(meeting),
                        topic,
                    ),
                ));
            }
        }
    }
    all
}

fn sheet(world: &World, name: &str, period: Period) -> Result<Envelope> {
    let row = |(_, (class, day, member, present, topic)): (usize, Line)| {
        vec![
            Cell::text(class),
            Cell::text(format!("Rabu, {}", workbook::date_words(day))),
            Cell::text(member),
            Cell::text(if present { "Hadir" } else { "Tidak hadir" }),
            Cell::text(topic),
        ]
    };
    let rows: Vec<_> = presence(world, period.from, period.to).into_iter().map(row).collect();
    let layout = Layout {
        sheet: "Presensi",
        titles: &[format!("PRESENSI SEPEDA KEREN {}", period.label())],
        headers: &["Kode Angkatan", "Hari Tanggal", "No Peserta", "Kehadiran", "Materi"],
        signature: &[],
    };
    workbook::table(DATASET, name, &layout, &rows)
}
