//! `pegawai`: civil servants as the old personnel system prints them, fixed width with two lines of head (.prn).

use super::{
    Feed, Shipment, Timed, arrived, arriving,
    periods::{Period, months},
};
use crate::{
    Envelope, Result, World,
    dice::Dice,
    services::{
        institution, kecamatan_office, name_number, shown,
        staff::{self, Officer},
    },
};
use chrono::{Days, NaiveDate};
use std::{collections::HashSet, fmt::Write};

const DATASET: &str = "pegawai";

/// The personnel system.
pub(crate) struct Personnel;

/// Somebody with his place.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) officer: Officer,
    pub(crate) institution: String,
    /// `MPP`, `KEC-35.03.01`; empty at the institution's own office.
    pub(crate) place: String,
}

impl Feed for Personnel {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("PEG{}.prn", period.from.format("%y%m"));
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 8), move |world| {
                Ok(print(world, &file, period))
            })
        };
        Ok(arrived(months(from, to).into_iter().map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

/// Everybody in that year, each number once: those at counters first.
pub(crate) fn posts(world: &World, year: i32) -> Vec<Post> {
    let own: HashSet<String> = institution::employers(world, year).into_iter().collect();
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    // People keep their number when their office is split or merged, so they are drawn by its old id.
    let mut add = |root: &str, place: &str, number: usize| {
        let institution = institution::current(root, year);
        let officer = staff::officer(world.seed, root, place, number);
        // The regency employs only its own people; two persons cannot share a number.
        if own.contains(institution) && seen.insert(officer.nip.clone()) {
            all.push(Post {
                officer,
                institution: institution.to_owned(),
                place: place.to_owned(),
            });
        }
    };
    for site in &world.services.sites {
        for pool in &site.pools {
            for number in 0..staff::crew(pool.counters) {
                add(&pool.institution, &site.code, number);
            }
        }
    }
    let size = if shown(world) > 0.5 { 6 } else { 1 };
    let kecamatan = world
        .regions
        .kecamatan
        .iter()
        .map(|place| kecamatan_office(&place.name));
    for id in institution::ROOTS.iter().map(|id| (*id).to_owned()).chain(kecamatan) {
        for number in 0..staff::office_size(&id) * size {
            add(&id, "", number);
        }
    }
    all
}

/// State of a person on `day`.
pub(crate) fn state(officer: &Officer, day: NaiveDate) -> &'static str {
    let month = crate::attendance::day_number(day) / 30;
    let mut dice = Dice::of(name_number(&officer.nip), [861, month, 0]);
    if day >= staff::retires(officer) {
        "pensiun"
    } else if dice.chance(0.015) {
        "cuti"
    } else {
        "aktif"
    }
}

fn print(world: &World, name: &str, period: Period) -> Envelope {
    let written = (period.to + Days::new(1)).format("%Y%m%d080000").to_string();
    let mut body = String::from("DAFTAR PEGAWAI PEMERINTAH KABUPATEN TRENGGALEK\r\n");
    let head = line([
        "NIP", "NAMA", "UNIT", "TEMPAT", "JABATAN", "GOL", "JNS", "STATUS", "TMT", "CETAK",
    ]);
    body.push_str(&head);
    let posts = posts(world, chrono::Datelike::year(&period.to));
    for post in &posts {
        let officer = &post.officer;
        let (rank, job) = rank(officer, !post.place.is_empty());
        let started = officer.started.format("%d%m%Y").to_string();
        let title = if officer.class > 9 {
            ", S.Sos., M.Si."
        } else if officer.class > 6 {
            ", S.E."
        } else {
            ""
        };
        let full = format!("{}{title}", officer.name);
        body.push_str(&line([
            &officer.nip,
            &full,
            &post.institution,
            &post.place,
            job,
            rank,
            officer.kind,
            state(officer, period.to),
            &started,
            &written,
        ]));
    }
    Envelope {
        dataset: DATASET,
        name: name.to_owned(),
        content_type: "text/plain; charset=utf-8",
        body: body.into_bytes(),
        rows: posts.len() as u64,
    }
}

/// Columns begin at 1, 20, 61, 82, 103, 144, 151, 156, 165 and 174.
fn line(cells: [&str; 10]) -> String {
    let [nip, name, unit, place, job, rank, kind, state, started, written] = cells;
    let mut out = String::new();
    let _ = write!(
        out,
        "{nip:<18} {name:<40} {unit:<20} {place:<20} {job:<40} {rank:<6} {kind:<4} {state:<8} {started:<8} {written:<14}\r\n"
    );
    out
}

fn rank(officer: &Officer, at_counter: bool) -> (&'static str, &'static str) {
    const RANKS: [&str; 9] = [
        "II/b", "II/c", "II/d", "III/a", "III/b", "III/c", "III/d", "IV/a", "IV/b",
    ];
    let rank = match officer.kind {
        "pns" => RANKS[(officer.class as usize).saturating_sub(5).min(8)],
        _ if officer.class > 6 => "IX",
        _ => "VII",
    };
    let job = match (at_counter, officer.class) {
        (true, _) => "Petugas Pelayanan",
        (_, 0..=6) => "Pengadministrasi Perkantoran",
        (_, 7..=9) => "Analis Kebijakan Ahli Pertama",
        (_, 10..=11) => "Kepala Subbagian",
        _ => "Kepala Bidang",
    };
    (rank, job)
}
