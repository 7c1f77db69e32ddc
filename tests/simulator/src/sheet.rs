//! Rows as files, in the habits of their senders: delimiters, headers and date forms differ between offices.

use crate::{attendance::Fate, dice::Dice, health::weekly::Cases, world::Report};
use chrono::NaiveDate;
use std::fmt::Write;

/// A payload ready to be pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Dataset it is for.
    pub dataset: &'static str,
    /// Name for people; a file name for history, a short label for live rows.
    pub name: String,
    /// Media type of the body.
    pub content_type: &'static str,
    /// The bytes.
    pub body: Vec<u8>,
    /// Rows in it.
    pub rows: u64,
}

impl Envelope {
    pub(crate) fn csv(dataset: &'static str, name: &str, body: String, rows: usize) -> Self {
        Self {
            dataset,
            name: name.into(),
            content_type: "text/csv; charset=utf-8",
            body: body.into_bytes(),
            rows: rows as u64,
        }
    }

    pub(crate) fn ndjson(dataset: &'static str, name: String, body: String, rows: usize) -> Self {
        Self {
            dataset,
            name,
            content_type: "application/x-ndjson",
            body: body.into_bytes(),
            rows: rows as u64,
        }
    }

    /// SHA-256 of the bytes in hexadecimal digits, as receipts have it.
    pub fn sha256(&self) -> String {
        use sha2::Digest;
        let mut text = String::with_capacity(64);
        for byte in sha2::Sha256::digest(&self.body) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// The idempotency key: dataset and half of the content's hash, so that a repeat of the same bytes is recognised by
    /// the hub whoever sends it again.
    pub fn idempotency_key(&self) -> String {
        let hash = self.sha256();
        format!("sim-{}-{}", self.dataset, &hash[..32])
    }
}

/// How an office writes its sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habit {
    delimiter: char,
    newline: &'static str,
    quote: bool,
    bom: bool,
    day_first: bool,
    headers: [&'static str; 10],
}

/// Column names as the contract has them.
const COLUMNS: [&str; 10] = [
    "tanggal",
    "npsn",
    "nama_sekolah",
    "jenjang",
    "kode_kecamatan",
    "terdaftar",
    "hadir",
    "sakit",
    "izin",
    "alpa",
];

impl Habit {
    /// Comma-separated, ISO dates, the contract's own column names.
    pub(crate) const PLAIN: Self = Self {
        delimiter: ',',
        newline: "\n",
        quote: false,
        bom: false,
        day_first: false,
        headers: COLUMNS,
    };

    /// The habit of the office of a kecamatan.
    pub fn of(kecamatan: &str) -> Self {
        match kecamatan.bytes().last().unwrap_or_default() % 4 {
            // Spreadsheet with Indonesian settings.
            0 => Self {
                delimiter: ';',
                newline: "\r\n",
                day_first: true,
                headers: [
                    "Tanggal",
                    "NPSN",
                    "Nama Sekolah",
                    "Jenjang",
                    "Kode Kecamatan",
                    "Jumlah Siswa",
                    "Hadir",
                    "Sakit",
                    "Izin",
                    "Alpa",
                ],
                ..Self::PLAIN
            },
            // Export of a school application: byte order mark, everything quoted, capitals.
            1 => Self {
                bom: true,
                quote: true,
                newline: "\r\n",
                headers: [
                    "TANGGAL",
                    "NPSN",
                    "NAMA SEKOLAH",
                    "JENJANG",
                    "KODE KECAMATAN",
                    "TERDAFTAR",
                    "HADIR",
                    "SAKIT",
                    "IZIN",
                    "ALPA",
                ],
                ..Self::PLAIN
            },
            2 => Self {
                delimiter: '\t',
                ..Self::PLAIN
            },
            _ => Self::PLAIN,
        }
    }

    pub(crate) fn line<T: AsRef<str>>(self, out: &mut String, cells: &[T]) {
        for (i, cell) in cells.iter().map(AsRef::as_ref).enumerate() {
            if i > 0 {
                out.push(self.delimiter);
            }
            if self.quote || cell.contains([self.delimiter, '"', '\n']) {
                out.push('"');
                out.push_str(&cell.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(cell);
            }
        }
        out.push_str(self.newline);
    }

    fn day(self, day: NaiveDate) -> String {
        if self.day_first {
            day.format("%d/%m/%Y").to_string()
        } else {
            day.to_string()
        }
    }
}

/// A file of attendance reports. Those whose fate is [`Fate::Spoilt`] are typed wrongly.
pub(crate) fn attendance_file(name: &str, habit: Habit, seed: u64, reports: &[Report<'_>]) -> Envelope {
    let mut body = String::with_capacity(reports.len() * 80);
    if habit.bom {
        body.push('\u{feff}');
    }
    habit.line(&mut body, &habit.headers);
    for report in reports {
        habit.line(&mut body, &cells(report, habit, seed));
    }
    Envelope::csv("absensi_harian_sekolah", name, body, reports.len())
}

/// A file of reports that says when it was written.
pub(crate) fn dated_file(name: &str, seed: u64, reports: &[Report<'_>], written: &str) -> Envelope {
    let habit = Habit::PLAIN;
    let mut body = String::new();
    let headers: Vec<&str> = COLUMNS.iter().copied().chain(["diperbarui"]).collect();
    habit.line(&mut body, &headers);
    for report in reports {
        let mut cells = cells(report, habit, seed).to_vec();
        cells.push(written.to_owned());
        habit.line(&mut body, &cells);
    }
    Envelope::csv("absensi_harian_sekolah", name, body, reports.len())
}

/// A few reports as NDJSON, one object per line, as a school application sends them.
pub(crate) fn attendance_lines(seed: u64, reports: &[Report<'_>]) -> Envelope {
    let mut body = String::new();
    for report in reports {
        let cells = cells(report, Habit::PLAIN, seed);
        let object: serde_json::Map<_, _> = COLUMNS
            .iter()
            .zip(cells)
            .map(|(name, text)| {
                // Counts go as numbers where they are numbers; a spoilt one stays the text that was typed.
                let count = matches!(*name, "terdaftar" | "hadir" | "sakit" | "izin" | "alpa");
                let number = if count { text.parse::<i64>().ok() } else { None };
                (
                    (*name).to_owned(),
                    number.map_or(serde_json::Value::String(text), serde_json::Value::from),
                )
            })
            .collect();
        let _ = writeln!(body, "{}", serde_json::Value::Object(object));
    }
    let name = match reports {
        [one] => one.school.name.clone(),
        many => format!("{} sekolah", many.len()),
    };
    Envelope::ndjson("absensi_harian_sekolah", name, body, reports.len())
}

/// The weekly reports of health centres as NDJSON, zero reports included.
pub(crate) fn cases_lines(name: &str, cases: &[&Cases]) -> Envelope {
    let mut body = String::new();
    for case in cases {
        let line = serde_json::json!({
            "kode_penyakit": case.code,
            "nama_penyakit": case.name,
            "kode_wilayah": case.place,
            "periode_mulai": case.from,
            "periode_akhir": case.to,
            "jenis_periode": "minggu",
            "kasus": case.cases,
            "sumber": case.source,
        });
        let _ = writeln!(body, "{line}");
    }
    Envelope::ndjson("kasus_penyakit", name.into(), body, cases.len())
}

fn cells(report: &Report<'_>, habit: Habit, seed: u64) -> [String; 10] {
    let (school, counts) = (report.school, &report.counts);
    let mut cells = [
        habit.day(counts.day),
        school.npsn.clone(),
        school.name.clone(),
        school.kind.as_str().into(),
        school.kecamatan.clone(),
        counts.enrolled.to_string(),
        counts.present.to_string(),
        counts.sick.to_string(),
        counts.excused.to_string(),
        counts.unexcused.to_string(),
    ];
    if report.fate == Fate::Spoilt {
        spoil(
            &mut cells,
            &mut Dice::of(seed, [8, school.index, crate::attendance::day_number(counts.day)]),
        );
    }
    cells
}

/// The mistakes that offices make.
fn spoil(cells: &mut [String; 10], dice: &mut Dice) {
    match dice.below(7) {
        0 => cells[0] = "32/13/2026".into(),
        1 => {
            cells[1].pop();
        }
        2 => cells[6] = "semua".into(),
        3 => cells[5].clear(),
        4 => cells[7] = "-3".into(),
        5 => cells[3] = "Sekolah".into(),
        // The counts no longer add up to the enrolment.
        _ => cells[6].insert(0, '1'),
    }
}
