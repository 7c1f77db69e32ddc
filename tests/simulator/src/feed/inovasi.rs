//! `inovasi`: the register of innovations, a workbook that is sent again each quarter as a whole.

use super::{
    Feed, Shipment, Timed, arrived, arriving,
    periods::{Period, quarter_ends},
};
use crate::{
    Envelope, Result, World,
    dice::Dice,
    services::{
        institution,
        workbook::{self, Cell, Layout},
    },
};
use chrono::{Datelike, Days, NaiveDate};

const DATASET: &str = "inovasi";
/// Title, institution, digital, first day.
type Known = (&'static str, &'static str, bool, (i32, u32, u32));

/// Innovations that are public knowledge.
const KNOWN: [Known; 4] = [
    ("Petung Dadi", "kominfo", true, (2020, 7, 13)),
    ("Sepeda Keren", "dinsos", false, (2019, 11, 21)),
    ("Mal Pelayanan Publik", "dpmptsp", false, (2024, 8, 20)),
    ("Smart Bench", "kominfo", true, (2022, 3, 1)),
];
const WHAT: [&str; 8] = [
    "Layanan Antar Dokumen",
    "Kelas Orang Tua",
    "Kebun Gizi",
    "Pantau Stok",
    "Lapor Cepat",
    "Pasar Daring UMKM",
    "Sekolah Lapang",
    "Arsip Digital",
];

/// The register.
pub(crate) struct Register;

impl Feed for Register {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("register_inovasi_{}.xlsx", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(10, 13), move |world| {
                sheet(world, &file, period.to)
            })
        };
        Ok(arrived(quarter_ends(from, to).into_iter().map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

/// The register as of `day`.
fn sheet(world: &World, name: &str, day: NaiveDate) -> Result<Envelope> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (number, (title, office, digital, (year, month, date))) in (1..).zip(KNOWN) {
        let start = NaiveDate::from_ymd_opt(year, month, date).unwrap_or_default();
        let trial = start - Days::new(120);
        rows.push(row(
            (number, title, office),
            digital,
            (Some(trial), Some(start)),
            62.0 + f64::from(number) * 5.5,
        ));
    }
    for number in 0..46u64 {
        let mut dice = Dice::of(world.seed, [901, number, 0]);
        let root = institution::ROOTS[dice.below(institution::ROOTS.len())];
        let office = institution::current(root, day.year());
        let trial = NaiveDate::from_ymd_opt(2021, 1, 1).unwrap_or_default() + Days::new(dice.below(2400) as u64);
        let start = trial + Days::new(60 + dice.below(400) as u64);
        let title = format!("{} {}", WHAT[dice.below(WHAT.len())], office.to_uppercase());
        let known = trial <= day + Days::new(60);
        if known {
            let stage = (Some(trial).filter(|d| *d <= day), Some(start).filter(|d| *d <= day));
            rows.push(row(
                (number as u32 + 10, &title, office),
                dice.chance(0.55),
                stage,
                30.0 + 60.0 * dice.unit(),
            ));
        }
    }
    let layout = Layout {
        sheet: "Inovasi",
        titles: &[
            "REGISTER INOVASI DAERAH KABUPATEN TRENGGALEK".to_owned(),
            format!("Keadaan {}", workbook::date_words(day)),
        ],
        headers: &[
            "No Registrasi",
            "Nama Inovasi",
            "OPD/Inovator",
            "Jenis Inovasi",
            "Bentuk Inovasi",
            "Tahapan Inovasi",
            "Waktu Uji Coba",
            "Waktu Penerapan",
            "Tautan",
            "Manfaat",
            "Regulasi",
            "Skor Kematangan",
        ],
        signature: &[],
    };
    workbook::table(DATASET, name, &layout, &rows)
}

fn row(
    (number, title, office): (u32, &str, &str),
    digital: bool,
    (trial, start): (Option<NaiveDate>, Option<NaiveDate>),
    score: f64,
) -> Vec<Cell> {
    let stage = match (trial, start) {
        (_, Some(_)) => "implementasi",
        (Some(_), None) => "uji coba",
        (None, None) => "ide",
    };
    let day = |day: Option<NaiveDate>| Cell::text(day.map_or("belum".to_owned(), workbook::date_words));
    let form = ["pelayanan publik", "tata kelola", "pelayanan publik", "lain"][number as usize % 4];
    vec![
        Cell::text(format!("INO-{number:03}")),
        Cell::text(title),
        Cell::text(office),
        Cell::text(if digital { "digital" } else { "non digital" }),
        Cell::text(form),
        Cell::text(stage),
        day(trial),
        day(start),
        Cell::text(if digital {
            format!("https://inovasi.example/{number}")
        } else {
            "-".to_owned()
        }),
        Cell::text("Layanan lebih dekat dan lebih cepat bagi warga"),
        Cell::text(if number % 3 == 0 {
            "Keputusan Bupati"
        } else {
            "Keputusan Kepala Dinas"
        }),
        Cell::text(workbook::decimal(score, 2)),
    ]
}
