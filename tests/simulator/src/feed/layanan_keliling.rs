//! `layanan_keliling`: the registry's bus in the villages, a workbook by month or week with dates in words and names of places.

use super::{
    Feed, Shipment, Timed, arrived, arriving,
    periods::{Period, months_and_weeks},
};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    dice::Dice,
    services::{
        shown, text, village,
        workbook::{self, Cell, Layout},
    },
};
use chrono::{Datelike, Days, NaiveDate};

const DATASET: &str = "layanan_keliling";
/// Services of the bus, with people served at one stop and the name that the list has.
const SERVED: [(&str, f64); 4] = [
    ("Perekaman KTP-el", 9.0),
    ("Pencetakan KTP-el", 16.0),
    ("Kartu identitas anak", 14.0),
    ("Aktivasi identitas kependudukan digital", 12.0),
];

/// The bus.
pub(crate) struct Bus;

impl Feed for Bus {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("jemput_bola_{}.xlsx", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(2, 10), move |world| {
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

fn sheet(world: &World, name: &str, period: Period) -> Result<Envelope> {
    let mut rows = Vec::new();
    for day in period.days().filter(|day| world.services.office.is_open(*day)) {
        for stop in 0..stops(world, day) {
            rows.extend(stop_rows(world, day, stop));
        }
    }
    let month = workbook::MONTHS
        .get(period.from.month0() as usize)
        .copied()
        .unwrap_or_default();
    let layout = Layout {
        sheet: "Rekap",
        titles: &[
            "PEMERINTAH KABUPATEN TRENGGALEK".to_owned(),
            format!(
                "REKAP PELAYANAN JEMPUT BOLA {} {}",
                month.to_uppercase(),
                period.from.year()
            ),
        ],
        headers: &[
            "No Kegiatan",
            "Hari Tanggal",
            "Kecamatan",
            "Desa/Kelurahan",
            "Jenis Pelayanan",
            "OPD",
            "Jumlah Dilayani",
            "Jumlah Petugas",
        ],
        signature: &[
            format!("Trenggalek, {}", workbook::date_words(period.to + Days::new(5))),
            "Kepala Bidang".to_owned(),
        ],
    };
    workbook::table(DATASET, name, &layout, &rows)
}

/// Stops of the bus on a day: one, or two in the whole regency on busy days.
fn stops(world: &World, day: NaiveDate) -> u64 {
    let mut dice = Dice::of(world.seed, [801, day_number(day), 0]);
    let whole = 1 + u64::from(dice.chance(0.5));
    if shown(world) > 0.5 {
        whole
    } else {
        u64::from(dice.chance(0.45))
    }
}

fn stop_rows(world: &World, day: NaiveDate, stop: u64) -> Vec<Vec<Cell>> {
    let mut dice = Dice::of(world.seed, [802, day_number(day), stop]);
    // Far kecamatan are visited more often.
    let places: Vec<_> = (0..)
        .zip(&world.regions.kecamatan)
        .map(|(i, k)| (i, 10 + k.distance_km))
        .collect();
    let place = dice.weighted(&places).unwrap_or(0usize);
    let village = village(world, place, &mut dice);
    let (Some(kecamatan), Some(home)) = (world.regions.kecamatan.get(place), world.regions.villages.get(village))
    else {
        return Vec::new();
    };
    let wet = (world.weather.rain(place, day) / 50.0).min(1.0);
    let staff = 3 + dice.below(4);
    let kind = if home.kind == "kelurahan" { "Kel." } else { "Desa" };
    (1..)
        .zip(SERVED)
        .map(|(number, (service, mean))| {
            let served = dice.poisson(mean * (1.0 - 0.6 * wet));
            let id = format!("JB-{}-{}{number}", day.format("%y%m%d"), stop + 1);
            vec![
                Cell::text(&id),
                Cell::text(workbook::date_words(day)),
                Cell::text(format!("Kec. {}", kecamatan.name)),
                // Names are typed by hand; a wrong one is found by the hub.
                Cell::text(text::typed(&format!("{kind} {}", home.name), 60, &id)),
                Cell::text(service),
                Cell::text("dukcapil"),
                Cell::text(format!("{served} orang")),
                Cell::Number(staff as f64),
            ]
        })
        .collect()
}
