//! Every pupil's code of the running school year, from two school applications: one writes words between bars, the
//! other letters between semicolons with Indonesian dates. Schools miss days, and one in fifty days comes late.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, months_and_days},
};
use crate::{
    Result, World, attendance,
    attendance::day_number,
    dice::Dice,
    pupil,
    school::{Reporting, School},
    table::Table,
};
use chrono::{NaiveDate, NaiveTime};

/// The feed.
pub(crate) struct PupilDays;

const DATASET: &str = "absensi_siswa";
const APPS: [&str; 2] = ["presensi", "hadirku"];

impl Feed for PupilDays {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let start = pupil::first_day(pupil::year(world)).max(from);
        let mut all = Vec::new();
        for period in months_and_days(start, to) {
            for (number, app) in APPS.iter().enumerate() {
                if !any(world, number, period) {
                    continue;
                }
                let name = format!("{app}_{}.csv", period.label());
                let title = name.clone();
                all.push(Shipment::new(
                    DATASET,
                    name,
                    period.after(0, 17 + number as u32),
                    move |world| {
                        let mut table = empty(number);
                        for day in period.days() {
                            for school in schools(world, number) {
                                rows(world, school, day, number, &mut table);
                            }
                        }
                        Ok(table.envelope(DATASET, &title))
                    },
                ));
            }
        }
        Ok(all)
    }

    /// A school's day comes in the morning.
    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut all = Vec::new();
        for number in 0..APPS.len() {
            for school in schools(world, number).filter(|s| reports(world, s, day)) {
                let mut table = empty(number);
                rows(world, school, day, number, &mut table);
                let second =
                    7 * 3600 + 1800 + Dice::of(world.seed, [75, school.index, day_number(day)]).below(5400) as u32;
                all.push(Timed {
                    at: NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or(NaiveTime::MIN),
                    envelope: table.envelope(DATASET, &school.name),
                });
            }
        }
        Ok(all)
    }
}

fn schools(world: &World, app: usize) -> impl Iterator<Item = &School> {
    let own = move |s: &&School| s.reporting == Reporting::Pupils && s.index as usize % APPS.len() == app;
    world.schools.iter().filter(own)
}

fn any(world: &World, app: usize, period: Period) -> bool {
    schools(world, app).any(|school| period.days().any(|day| reports(world, school, day)))
}

/// Whether the school's list of the day is ever sent.
pub(crate) fn reports(world: &World, school: &School, day: NaiveDate) -> bool {
    let share = 0.97 * world.stories.delivery(DATASET, &school.npsn, day);
    world.teaches(school, day) && Dice::of(world.seed, [74, school.index, day_number(day)]).unit() < share
}

fn empty(app: usize) -> Table {
    match app {
        0 => Table::new(
            '|',
            "\n",
            &[
                "tanggal",
                "npsn",
                "peserta_didik_id",
                "rombel",
                "kehadiran",
                "kode_kecamatan",
                "waktu",
            ],
        ),
        _ => Table::new(
            ';',
            "\r\n",
            &[
                "Tanggal",
                "Kode Sekolah",
                "ID Siswa",
                "Kelas",
                "Status",
                "Kd Kecamatan",
                "Waktu",
            ],
        )
        .marked(),
    }
}

fn rows(world: &World, school: &School, day: NaiveDate, app: usize, table: &mut Table) {
    if !reports(world, school, day) {
        return;
    }
    let Some(rolls) = world.pupils().rolls.get(&school.index) else {
        return;
    };
    let (date, time) = match app {
        0 => (day.to_string(), format!("{day} 07:30:00")),
        _ => (
            day.format("%d/%m/%Y").to_string(),
            day.format("%d/%m/%Y 07.45").to_string(),
        ),
    };
    for (class, seats) in attendance::seats(world, school, day) {
        let Some(roll) = rolls.iter().find(|roll| roll.class.name == class.name) else {
            continue;
        };
        for (seat, code) in pupil::codes(world, school, roll, &seats, day) {
            let letter = code.to_string();
            let told = if app == 0 { word(code) } else { letter.as_str() };
            let pupil = &roll.pupils[seat];
            table.row(&[
                &date,
                &school.npsn,
                &pupil.id,
                &class.name,
                told,
                &school.kecamatan,
                &time,
            ]);
        }
    }
}

fn word(code: char) -> &'static str {
    match code {
        'S' => "Sakit",
        'I' => "Izin",
        'A' => "Alpa",
        'T' => "Terlambat",
        'D' => "Dispensasi",
        _ => "Hadir",
    }
}
