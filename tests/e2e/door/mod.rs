//! The HTTP door as `interface.md` promises it, one file per subject.

mod boards;
mod contracts;
mod disk_full;
mod fixing;
mod keyed;
mod keys;
mod lifecycle;
mod lookup;
mod models;
mod personal;
mod policy;
mod push;
mod reach;
mod refusals;
mod rejects;
mod rows;
mod sql;

pub use contracts::contract;

use serde_json::{Value, json};

/// Two visits of made-up people (no real NIK starts with 99), in the columns of the contract `kunjungan`.
pub fn visits() -> Vec<Value> {
    vec![
        visit(1, "pkm-munjungan", "35.03.01"),
        visit(2, "pkm-watulimo", "35.03.02"),
    ]
}

/// One visit; everything in it follows from its number.
pub fn visit(n: u64, clinic: &str, region: &str) -> Value {
    json!({
        "nik": format!("99{n:014}"), "nama": format!("Orang Uji {n}"), "tanggal_lahir": "1990-05-17",
        "diagnosis": format!("A{:02}", n % 100), "faskes": clinic, "wilayah": region, "tanggal": "2026-03-02",
        "dilayani": "2026-03-02T08:15:00+07:00", "biaya": "12500.50", "jumlah": n % 100, "lama": 1.25, "baru": n.is_multiple_of(2),
    })
}
