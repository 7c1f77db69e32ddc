//! What is pushed: attendance rows, in bulk and one by one, and the folder that they lie in.

use crate::options::Options;
use anyhow::{Context, Result};
use chrono::{Days, NaiveDate, Utc};
use std::{fs, io::Write, os::unix::fs::PermissionsExt, path::Path};
use tempfile::TempDir;

/// The dataset: attendance without versions, since the peers keep none either.
pub const DATASET: &str = "absensi_bench";
/// Its contract, a file of the site.
pub const CONTRACT: &str = include_str!("absensi_bench.yaml");
/// The same rows as versions of a school's day.
pub const KEYED: &str = "absensi_harian_sekolah";
const SHIPPED: &str = include_str!("../../warehouse/contracts/dikpora/absensi_harian_sekolah.yaml");

/// Name of the contract file of [`KEYED`] in a site's folder.
pub const KEYED_FILE: &str = "absensi.yaml";
/// As soon as something changed, so that the merger's time can be measured.
pub const AT_ONCE: &str = "1s";

/// The shipped contract of [`KEYED`], with its own time between two merges.
pub fn keyed_contract(merge_interval: &str) -> String {
    let setting = "      - {property: versionColumn, value: diperbarui}\n";
    SHIPPED.replace(
        setting,
        &format!("{setting}      - {{property: mergeInterval, value: {merge_interval}}}\n"),
    )
}

/// Seed of all bulk rows.
const SEED: u64 = 2026;

/// A folder of one run. The peer may run as another user, who has to get through.
pub fn work_folder(options: &Options) -> Result<TempDir> {
    let folder = TempDir::with_prefix_in("smartcenter-bench-", &options.work)
        .with_context(|| format!("work folder in {}", options.work.display()))?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    Ok(folder)
}

/// The newest day of the rows: yesterday, inside the acceptance window of the contract.
pub fn newest_day() -> NaiveDate {
    Utc::now().date_naive() - Days::new(1)
}

/// Writes `rows` rows as CSV; its size in bytes.
pub fn write_csv(path: &Path, rows: u64) -> Result<u64> {
    let mut file = fs::File::create(path)?;
    smartcenter_simulator::attendance_csv_until(rows, SEED, newest_day(), &mut file)?;
    file.flush()?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// One made-up report of a school, the `number`-th.
#[derive(Debug, Clone)]
pub struct Line {
    /// Day of the report.
    pub day: NaiveDate,
    /// Number of the school, eight digits.
    pub npsn: String,
    /// Enrolled, present, sick, excused, unexcused.
    pub counts: [i32; 5],
}

/// The columns of a row.
pub const COLUMNS: &str = "tanggal,npsn,nama_sekolah,jenjang,kode_kecamatan,terdaftar,hadir,sakit,izin,alpa";
/// Name, kind and place of all schools that report one by one.
pub const SCHOOL: [&str; 3] = ["SD Simulasi", "SD", "35.03.01"];

impl Line {
    /// No two numbers below 30 billion have the same school and day.
    pub fn of(number: u64, newest: NaiveDate) -> Self {
        let (sick, excused, unexcused) = ((number % 7) as i32, (number % 5) as i32, (number % 3) as i32);
        let enrolled = 100 + (number % 211) as i32;
        Self {
            day: newest - Days::new(number % 300),
            npsn: format!("{:08}", number / 300 % 100_000_000),
            counts: [
                enrolled,
                enrolled - sick - excused - unexcused,
                sick,
                excused,
                unexcused,
            ],
        }
    }

    /// Appends itself as a line of CSV, in the order of [`COLUMNS`].
    pub fn write_csv(&self, out: &mut Vec<u8>) -> Result<()> {
        let Self {
            day,
            npsn,
            counts: [enrolled, present, sick, excused, unexcused],
        } = self;
        let [name, kind, place] = SCHOOL;
        writeln!(
            out,
            "{day},{npsn},{name},{kind},{place},{enrolled},{present},{sick},{excused},{unexcused}"
        )?;
        Ok(())
    }

    /// Appends itself as a line of NDJSON.
    pub fn write_ndjson(&self, out: &mut Vec<u8>) -> Result<()> {
        let Self {
            day,
            npsn,
            counts: [enrolled, present, sick, excused, unexcused],
        } = self;
        let [name, kind, place] = SCHOOL;
        writeln!(
            out,
            r#"{{"tanggal":"{day}","npsn":"{npsn}","nama_sekolah":"{name}","jenjang":"{kind}","kode_kecamatan":"{place}","terdaftar":{enrolled},"hadir":{present},"sakit":{sick},"izin":{excused},"alpa":{unexcused}}}"#
        )?;
        Ok(())
    }
}

/// What both sides must agree on: rows, and their counts added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Rows.
    pub rows: i64,
    /// Sum of `terdaftar`, `hadir`, `sakit`, `izin`, `alpa`.
    pub sums: [i64; 5],
}

impl Totals {
    /// Asks for them, of `table`; the columns are `rows_`, `a` to `e`.
    pub fn sql(table: &str) -> String {
        format!(
            "SELECT count(*) AS rows_, sum(terdaftar) AS a, sum(hadir) AS b, sum(sakit) AS c, sum(izin) AS d, \
             sum(alpa) AS e FROM {table}"
        )
    }

    /// Reads them from the row of an answer.
    pub fn of(row: &serde_json::Value) -> Self {
        let number = |name: &str| row[name].as_i64().unwrap_or_default();
        Self {
            rows: number("rows_"),
            sums: ["a", "b", "c", "d", "e"].map(number),
        }
    }

    /// Adds a row.
    pub fn add(&mut self, line: &Line) {
        self.rows += 1;
        for (sum, count) in self.sums.iter_mut().zip(line.counts) {
            *sum += i64::from(count);
        }
    }

    /// Adds other rows.
    pub fn add_all(&mut self, other: &Self) {
        self.rows += other.rows;
        for (sum, more) in self.sums.iter_mut().zip(other.sums) {
            *sum += more;
        }
    }
}
