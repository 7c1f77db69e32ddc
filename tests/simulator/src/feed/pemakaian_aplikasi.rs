//! `pemakaian_aplikasi`: real use of the applications by day and kecamatan, counted from what the other feeds send, CSV.

use super::{
    Feed, Shipment, Timed, arrived, arriving, penilaian_layanan,
    periods::{Period, months_and_days},
    permohonan_desa, sepeda_keren_sesi, skm_respons, wifi_sesi,
};
use crate::{
    Envelope, Result, World,
    regions::REGENCY,
    services::{letter::End, text, ticket},
};
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, HashSet};

const DATASET: &str = "pemakaian_aplikasi";

/// The counters of the applications.
pub(crate) struct Usage;

/// Day, application, event, kecamatan.
type Key = (NaiveDate, &'static str, &'static str, String);

#[derive(Debug, Default)]
struct Count {
    times: u64,
    users: HashSet<String>,
}

impl Feed for Usage {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("pemakaian_{}.csv", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 5), move |world| {
                Ok(sheet(world, &file, period))
            })
        };
        Ok(arrived(months_and_days(from, to).into_iter().map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        // A day is counted when it is over.
        arriving(self, world, day)
    }
}

fn sheet(world: &World, name: &str, period: Period) -> Envelope {
    let mut body = String::new();
    text::line(
        &mut body,
        ';',
        &[
            "Tanggal",
            "Nama Aplikasi",
            "Jenis Kejadian",
            "Kode Wilayah",
            "Jumlah Kejadian",
            "Jumlah Pengguna",
        ],
    );
    let counts = counts(world, period);
    for ((day, application, event, place), count) in &counts {
        let day = day.format("%d/%m/%Y").to_string();
        let users = (count.users.len() as u64).min(count.times).to_string();
        text::line(
            &mut body,
            ';',
            &[&day, application, event, place, &count.times.to_string(), &users],
        );
    }
    Envelope::csv(DATASET, name, body, counts.len())
}

fn counts(world: &World, period: Period) -> BTreeMap<Key, Count> {
    let (from, to) = (period.from, period.to);
    let mut all = BTreeMap::new();
    let mut add = |day: NaiveDate, what: (&'static str, &'static str), place: &str, user: String| {
        let count: &mut Count = all.entry((day, what.0, what.1, place.to_owned())).or_default();
        count.times += 1;
        count.users.insert(user);
    };
    let home = |village: usize| {
        let village = world.regions.villages.get(village);
        village.map_or(REGENCY, |v| world.regions.code(v.kecamatan))
    };
    let lives = ticket::everywhere(world, from, to);
    for (own, application) in lives.iter().zip(["mpp", "cpp"]) {
        for life in own {
            if life.served().is_some() {
                add(
                    life.visit.day,
                    (application, "tiket_dilayani"),
                    home(life.visit.village),
                    life.visit.matter.to_string(),
                );
            }
        }
    }
    for letter in permohonan_desa::arriving(world, from - Days::new(12), to) {
        if let End::Sent { sent, .. } = letter.end
            && (from..=to).contains(&sent.date())
        {
            let what = ("petung_dadi", "permohonan_selesai");
            add(sent.date(), what, home(letter.village), letter.nik);
        }
    }
    for response in skm_respons::responses_of(world, &lives, from, to) {
        if response.answers.iter().all(|answer| *answer > 0) {
            add(
                response.at.date(),
                ("skm_online", "respons_lengkap"),
                REGENCY,
                response.id,
            );
        }
    }
    for rating in penilaian_layanan::ratings_of(world, &lives, from, to) {
        add(
            rating.at.date(),
            ("penilaian", "penilaian_terkirim"),
            REGENCY,
            rating.device,
        );
    }
    for (bench, record) in wifi_sesi::records(world, from, to) {
        if record.kind == "Start" {
            add(
                record.at.date(),
                ("smart_bench", "sesi_wifi"),
                home(bench.village),
                record.device.to_string(),
            );
        }
    }
    for (village, (_, day, member, present, _)) in sepeda_keren_sesi::presence(world, from, to) {
        if present {
            add(day, ("sepeda_keren", "kunjungan_tercatat"), home(village), member);
        }
    }
    for complaint in super::pengaduan::complaints(world, from - Days::new(40), to) {
        let closed = complaint
            .closed
            .map(|at| at.date())
            .filter(|day| (from..=to).contains(day));
        if let Some(day) = closed {
            add(
                day,
                ("pengaduan", "pengaduan_selesai"),
                home(complaint.village),
                complaint.id,
            );
        }
    }
    all
}
