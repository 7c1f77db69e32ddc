//! Letters of the villages (Petung Dadi): asked for by telephone or at the office, checked by the secretary, signed by
//! the head, sent. Steps are taken in working hours, so a letter of Friday evening waits until Monday.

use crate::{
    World,
    attendance::day_number,
    dice::Dice,
    services::{catalogue::Season, office::MPP_OPENED, shown},
};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};

/// Kind of letter, share of all, season, service of the catalogue, and what for.
pub(crate) const LETTERS: [(&str, u32, Season, &str, &str); 13] = [
    ("sktm", 170, Season::School, "DESA-SKTM", "Keringanan biaya sekolah"),
    ("pengantar_skck", 150, Season::Work, "DESA-SKCK", "Melamar pekerjaan"),
    ("domisili", 95, Season::School, "DESA-DOMISILI", "Pendaftaran sekolah"),
    ("usaha", 130, Season::Flat, "DESA-USAHA", "Pengajuan kredit usaha"),
    (
        "pengantar_ktp",
        90,
        Season::Flat,
        "DUKCAPIL-KTP-CETAK",
        "KTP rusak atau hilang",
    ),
    (
        "pengantar_kk",
        85,
        Season::School,
        "DUKCAPIL-KK",
        "Perubahan anggota keluarga",
    ),
    ("pengantar_nikah", 50, Season::Wedding, "KEC-NIKAH", "Menikah"),
    ("kelahiran", 55, Season::Flat, "DUKCAPIL-AKTA-LAHIR", "Akta kelahiran"),
    ("kematian", 40, Season::Flat, "DUKCAPIL-AKTA-MATI", "Akta kematian"),
    ("pindah", 35, Season::Flat, "DUKCAPIL-PINDAH", "Pindah alamat"),
    ("izin_keramaian", 30, Season::Wedding, "KEC-KERAMAIAN", "Hajatan"),
    ("ahli_waris", 25, Season::Flat, "DESA-AHLIWARIS", "Pembagian waris"),
    ("lainnya", 45, Season::Flat, "KEC-LEGALISASI", "Keperluan lain"),
];

/// Letters asked for on an ordinary day of the real size.
const A_DAY: f64 = 420.0;
/// The same when every village uses the application.
const A_DAY_WIDE: f64 = 1500.0;

/// A request with the times of its steps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    pub(crate) id: String,
    /// Position in [`LETTERS`].
    pub(crate) kind: usize,
    /// Position of the village.
    pub(crate) village: usize,
    pub(crate) nik: String,
    pub(crate) asked: NaiveDateTime,
    pub(crate) checked: NaiveDateTime,
    /// How it ends: signed, or else the word of the state in which it stays after the check.
    pub(crate) end: End,
    pub(crate) signer: &'static str,
    pub(crate) channel: &'static str,
}

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Sent {
        signed: NaiveDateTime,
        sent: NaiveDateTime,
    },
    Returned(&'static str),
    Refused(&'static str),
    /// Handed to the kecamatan.
    Passed,
}

impl Letter {
    /// State, signing and sending as known at `moment`; and when the state was reached.
    pub(crate) fn state(&self, moment: NaiveDateTime) -> (&'static str, NaiveDateTime) {
        if moment < self.checked {
            return ("diajukan", self.asked);
        }
        match self.end {
            End::Sent { signed, .. } if moment < signed => ("diverifikasi", self.checked),
            End::Sent { signed, sent } if moment < sent => ("ditandatangani", signed),
            End::Sent { sent, .. } => ("dikirim", sent),
            End::Returned(_) => ("dikembalikan", self.checked),
            End::Refused(_) => ("ditolak", self.checked),
            End::Passed => ("ke_kecamatan", self.checked),
        }
    }

    /// The moments at which the state changed.
    pub(crate) fn moments(&self) -> Vec<NaiveDateTime> {
        let mut all = vec![self.asked, self.checked];
        if let End::Sent { signed, sent } = self.end {
            all.extend([signed, sent]);
        }
        all
    }
}

/// Share of its letters that a village writes with the application; some hardly use it. Grows over the years.
fn adoption(world: &World, village: usize, day: NaiveDate) -> f64 {
    let own = Dice::of(world.seed, [761, village as u64, 0]).unit();
    let years = (day - MPP_OPENED).num_days() as f64 / 365.25;
    (own.powf(0.6) * 1.3 + 0.06 * years).clamp(0.02, 1.4)
}

/// Requests that were made on `day` in all villages, by village.
pub(crate) fn letters(world: &World, day: NaiveDate) -> Vec<Letter> {
    let people: u32 = world.regions.villages.iter().map(|v| v.population).sum();
    let stories = world.stories.of(day);
    let a_day = if world.services.wide { A_DAY_WIDE } else { A_DAY };
    let office = &world.services.office;
    // The application is open at all times; most people use it when the office is open.
    let pressure = match day.weekday() {
        Weekday::Sun => 0.12,
        _ if !office.is_open(day) => 0.2,
        _ => office.pressure(day),
    };
    let weights: u32 = LETTERS.iter().map(|letter| letter.1).sum();
    let mut all = Vec::new();
    for (village, place) in world.regions.villages.iter().enumerate() {
        let common = a_day * super::share(place.population, people) * pressure * adoption(world, village, day);
        let code = world.regions.code(place.kecamatan);
        for (kind, (name, weight, season, ..)) in LETTERS.iter().enumerate() {
            let mean = common * f64::from(*weight) / f64::from(weights)
                * office.season(*season, day)
                * stories.demand(name, code, "DESA", day);
            let parts = [762 + kind as u64 * 1000, village as u64, day_number(day)];
            let mut dice = Dice::of(world.seed, parts);
            for number in 0..dice.poisson(mean) {
                let own = Dice::of(dice.bits(), [763, 0, 0]);
                // Villages are small: a small world shows twice as large a part of letters as of tickets.
                if own.clone().unit() < (2.0 * shown(world)).min(1.0) {
                    all.push(letter(world, (village, kind, number), day, own));
                }
            }
        }
    }
    all
}

fn letter(world: &World, (village, kind, number): (usize, usize, u32), day: NaiveDate, mut dice: Dice) -> Letter {
    let _ = dice.unit();
    let channel = dice
        .weighted(&[("aplikasi", 55), ("kantor_desa", 30), ("wa", 15)])
        .unwrap_or("aplikasi");
    let second = if channel == "kantor_desa" && world.services.office.is_open(day) {
        28_000 + dice.below(25_000)
    } else {
        23_000 + dice.below(55_000)
    };
    let asked = day.and_time(NaiveTime::MIN) + TimeDelta::seconds(second as i64);
    let slow = (0.5 * Dice::of(world.seed, [764, village as u64, 0]).normal()).exp();
    let mut hours =
        |median: f64| TimeDelta::seconds((median * 3600.0 * slow * (0.8 * dice.normal()).exp()) as i64 + 60);
    let (check, sign) = (hours(2.6), hours(3.4));
    let checked = worked(world, asked, check);
    let signed = worked(world, checked, sign);
    let name = LETTERS.get(kind).map_or("", |letter| letter.0);
    let passes = matches!(name, "sktm" | "pengantar_nikah" | "izin_keramaian" | "ahli_waris");
    let throw = dice.unit();
    let end = if throw < 0.05 {
        End::Returned(["KK tidak terbaca", "Foto KTP buram", "Keperluan belum jelas"][dice.below(3)])
    } else if throw < 0.065 {
        End::Refused(["Bukan warga desa", "Pemohon ganda"][dice.below(2)])
    } else if passes && throw < 0.15 {
        End::Passed
    } else {
        let sent = signed + TimeDelta::seconds(60 + dice.below(900) as i64);
        End::Sent { signed, sent }
    };
    let signer = if dice.chance(0.9) { "kades" } else { "sekdes" };
    let code = world.regions.villages.get(village).map_or("", |v| v.code.as_str());
    let citizen = world.citizen(village, (&(17..=75), None), day, &mut dice);
    Letter {
        id: format!(
            "PD-{}-{}-{:02}{number:02}",
            code.replace('.', ""),
            day.format("%y%m%d"),
            kind + 1
        ),
        kind,
        village,
        nik: citizen.map_or_else(String::new, |citizen| citizen.nik),
        asked,
        checked,
        end,
        signer,
        channel,
    }
}

/// The moment at which `work` of office time has passed since `from`: open days, 07.30 to 15.30.
fn worked(world: &World, from: NaiveDateTime, work: TimeDelta) -> NaiveDateTime {
    const OPEN: i64 = 27_000;
    const CLOSE: i64 = 55_800;
    let mut day = from.date();
    let mut at = i64::from(from.num_seconds_from_midnight());
    let mut left = work.num_seconds();
    for _ in 0..400 {
        if world.services.office.is_open(day) && at < CLOSE {
            let start = at.max(OPEN);
            if left <= CLOSE - start {
                return day.and_time(NaiveTime::MIN) + TimeDelta::seconds(start + left);
            }
            left -= CLOSE - start;
        }
        day = day + Days::new(1);
        at = 0;
    }
    from + work
}
