//! `pengaduan`: complaints of all channels, a JSON array of what changed in a period, as it stood at its end.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, moment, months_and_days},
};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    dice::Dice,
    services::{self, institution, name_number, opinion, shown, text},
};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::{Value, json};

const DATASET: &str = "pengaduan";
/// Days after which a complaint is closed, nearly always.
const LONGEST: u64 = 40;
/// Institution, complaints on an ordinary day of the real size, category, what people write.
const ABOUT: [(&str, f64, &str, &str); 14] = [
    (
        "dpupr",
        2.4,
        "Infrastruktur jalan",
        "Jalan berlubang di dekat jembatan, mohon diperbaiki",
    ),
    ("dpkplh", 1.1, "Sampah dan lingkungan", "Sampah menumpuk di tepi sungai"),
    (
        "dukcapil",
        1.5,
        "Administrasi kependudukan",
        "KTP belum jadi padahal sudah lewat waktunya",
    ),
    ("dinkes", 1.0, "Kesehatan", "Antrean di puskesmas terlalu lama"),
    (
        "dinsos",
        1.3,
        "Bantuan sosial",
        "Nama tidak lagi ada di daftar penerima",
    ),
    ("dikpora", 0.7, "Pendidikan", "Ada pungutan yang tidak jelas di sekolah"),
    (
        "polres",
        0.6,
        "Pelayanan kepolisian",
        "Loket SKCK tutup sebelum waktunya",
    ),
    ("bpkad", 0.4, "Pajak daerah", "Tagihan PBB tidak sesuai luas tanah"),
    (
        "bpjs_kesehatan",
        0.5,
        "Jaminan kesehatan",
        "Kartu tidak aktif padahal iuran dibayar",
    ),
    ("samsat", 0.3, "Pajak kendaraan", "Sistem sering gangguan"),
    ("dpmptsp", 0.4, "Perizinan", "Izin belum terbit sesuai janji"),
    ("dishub", 0.5, "Lampu jalan", "Lampu penerangan jalan mati"),
    ("pdam", 0.7, "Air minum", "Air mati sejak dua hari"),
    ("kominfo", 0.3, "Internet publik", "Wifi bangku tidak bisa dipakai"),
];

/// The list of complaints.
pub(crate) struct Complaints;

/// A complaint with the times of its steps.
#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub(crate) id: String,
    /// Position in [`ABOUT`].
    about: usize,
    channel: &'static str,
    /// Position of the village.
    pub(crate) village: usize,
    nik: String,
    pub(crate) at: NaiveDateTime,
    taken: NaiveDateTime,
    answered: Option<NaiveDateTime>,
    pub(crate) closed: Option<NaiveDateTime>,
    refused: bool,
}

impl Feed for Complaints {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("pengaduan_{}.json", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 7), move |world| {
                let end = moment(period.to + Days::new(1), 0, 0);
                let rows = complaints(world, period.from - Days::new(LONGEST), period.to)
                    .iter()
                    .filter(|c| c.moments().iter().any(|at| period.from <= at.date() && *at < end))
                    .map(|complaint| row(world, complaint, end))
                    .collect();
                Ok(array(&file, rows))
            })
        };
        Ok(months_and_days(from, to).into_iter().map(shipment).collect())
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut all = Vec::new();
        for complaint in complaints(world, day - Days::new(LONGEST), day) {
            for at in complaint.moments().into_iter().filter(|at| at.date() == day) {
                all.push(Timed {
                    at: at.time(),
                    envelope: array(&complaint.id, vec![row(world, &complaint, at)]),
                });
            }
        }
        all.sort_by(|a, b| (a.at, &a.envelope.name).cmp(&(b.at, &b.envelope.name)));
        Ok(all)
    }
}

impl Complaint {
    fn moments(&self) -> Vec<NaiveDateTime> {
        [Some(self.at), Some(self.taken), self.answered, self.closed]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// Complaints made on the days `from..=to`, by day.
pub(crate) fn complaints(world: &World, from: NaiveDate, to: NaiveDate) -> Vec<Complaint> {
    let share = (shown(world) * 2.5).min(1.0);
    let mut all = Vec::new();
    for day in (Period { from, to }).days() {
        for (about, (institution, mean, ..)) in ABOUT.iter().enumerate() {
            let mut dice = Dice::of(world.seed, [831, name_number(institution), day_number(day)]);
            // Whoever is less content complains sooner.
            let told = (-1.6 * world.stories.opinion(institution, "", day)).exp();
            for number in 0..dice.poisson(mean * share * told) {
                all.push(complaint(world, about, day, number, Dice::of(dice.bits(), [832, 0, 0])));
            }
        }
    }
    all
}

fn complaint(world: &World, about: usize, day: NaiveDate, number: u32, mut dice: Dice) -> Complaint {
    let institution = ABOUT.get(about).map_or("", |a| a.0);
    let kecamatan: Vec<_> = (0..)
        .zip(&world.regions.kecamatan)
        .map(|(i, k)| (i, k.population))
        .collect();
    let village = services::village(world, dice.weighted(&kecamatan).unwrap_or(0), &mut dice);
    let at = day.and_time(NaiveTime::MIN) + TimeDelta::seconds(21_600 + dice.below(57_600) as i64);
    let hours =
        |median: f64, dice: &mut Dice| TimeDelta::seconds((median * 3600.0 * (0.8 * dice.normal()).exp()) as i64);
    let slow = (-0.8 * opinion::level(world, institution, "", day)).exp();
    let taken = at + hours(5.0, &mut dice);
    let answered = dice
        .chance(0.94)
        .then(|| taken + hours(40.0 * slow, &mut dice).min(TimeDelta::days(20)));
    let closed = answered
        .filter(|_| dice.chance(0.9))
        .map(|at| at + hours(30.0, &mut dice).min(TimeDelta::days(15)));
    let citizen = dice
        .chance(0.6)
        .then(|| world.citizen(village, (&(17..=70), None), day, &mut dice))
        .flatten();
    Complaint {
        id: format!("ADU-{}-{:02}{number:02}", day.format("%y%m%d"), about + 1),
        about,
        channel: dice
            .weighted(&[
                ("lapor", 30),
                ("wa", 38),
                ("datang", 12),
                ("medsos", 14),
                ("telepon", 6),
            ])
            .unwrap_or("wa"),
        village,
        nik: citizen.map_or_else(String::new, |citizen| citizen.nik),
        at,
        taken,
        answered,
        closed,
        refused: dice.chance(0.05),
    }
}

/// The complaint as it stood at `moment`.
fn row(world: &World, complaint: &Complaint, moment: NaiveDateTime) -> Value {
    let past = |at: Option<NaiveDateTime>| at.filter(|at| *at <= moment);
    let (answered, closed) = (past(complaint.answered), past(complaint.closed));
    let (status, since) = match (past(Some(complaint.taken)), answered, closed) {
        (_, Some(at), _) if complaint.refused => ("ditolak", at),
        (_, _, Some(at)) => ("selesai", at),
        (_, Some(at), None) => ("ditanggapi", at),
        (Some(at), None, None) => ("diproses", at),
        (None, None, None) => ("baru", complaint.at),
    };
    let closed = closed.filter(|_| !complaint.refused);
    let (root, _, category, content) = ABOUT[complaint.about.min(ABOUT.len() - 1)];
    let institution = institution::current(root, complaint.at.year());
    let village = world.regions.villages.get(complaint.village);
    text::object([
        ("tracking_id", json!(complaint.id)),
        ("tanggal_pengaduan", json!(text::iso(complaint.at))),
        ("sumber", json!(complaint.channel)),
        ("kategori", json!(category)),
        ("disposisi", json!(institution)),
        ("desa_code", json!(village.map(|v| &v.code))),
        // Operators type the number in from what people write.
        ("nik", json!(text::typed(&complaint.nik, 120, &complaint.id))),
        ("isi_pengaduan", json!(content)),
        ("status_pengaduan", json!(status)),
        ("tanggal_tanggapan", json!(answered.map(text::iso))),
        ("tanggal_selesai", json!(closed.map(text::iso))),
        ("updated_at", json!(text::iso(since))),
    ])
}

fn array(name: &str, rows: Vec<Value>) -> Envelope {
    let count = rows.len() as u64;
    Envelope {
        dataset: DATASET,
        name: name.to_owned(),
        content_type: "application/json",
        body: format!("{}\n", Value::Array(rows)).into_bytes(),
        rows: count,
    }
}
