//! The series: those that the reference timings were made with where they lie beside the checkout, else our own.

use anyhow::{Context, Result, ensure};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use smartcenter_pipelines::detector::Series;
use std::{
    f64::consts::TAU,
    fmt::Write,
    path::{Path, PathBuf},
};

const SERIES: usize = 600;
const WEEKS: usize = 260;
const SEED: u64 = 2026;

/// Weekly counts of many units.
#[derive(Debug)]
pub struct Panel {
    pub series: Vec<Series>,
    /// Where they are from, for the report.
    pub source: &'static str,
}

impl Panel {
    /// Reads or draws them; the first `keep` of them.
    pub fn new(keep: usize) -> Result<Self> {
        let folder = std::env::var_os("SMARTCENTER_SHARED").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
            PathBuf::from,
        );
        let file = folder.join("oracle/perf/timing_series_600x260.csv");
        let (mut series, source) = match file.is_file() {
            true => (read(&file)?, "of the delivered reference timings"),
            false => (
                draw(),
                "drawn by the benchmark (those of the reference timings are not here)",
            ),
        };
        series.truncate(keep);
        Ok(Self { series, source })
    }

    /// Weeks of each.
    pub fn weeks(&self) -> usize {
        self.series.first().map_or(0, Series::len)
    }

    /// Writes them for R, a row for each week.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut text = String::from("week");
        for number in 1..=self.series.len() {
            write!(text, ",s{number}")?;
        }
        for week in 0..self.weeks() {
            write!(text, "\n{}", week + 1)?;
            for series in &self.series {
                write!(text, ",{}", series.observed[week])?;
            }
        }
        text.push('\n');
        std::fs::write(path, text).with_context(|| path.display().to_string())
    }
}

fn read(path: &Path) -> Result<Vec<Series>> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(WEEKS); reader.headers()?.len() - 1];
    for record in reader.records() {
        let record = record?;
        for (column, cell) in columns.iter_mut().zip(record.iter().skip(1)) {
            column.push(cell.parse().with_context(|| format!("{}: {cell:?}", path.display()))?);
        }
    }
    ensure!(
        columns.len() == SERIES,
        "{} has {} series",
        path.display(),
        columns.len()
    );
    Ok(columns.into_iter().map(|counts| Series::new(counts, 52)).collect())
}

/// Counts of 0.3 to 40 a week with a season, a slow trend, and more spread than Poisson.
fn draw() -> Vec<Series> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut unit = move || 1.0 - random.random::<f64>();
    let one = |_| {
        let level = 0.3 * (130.0_f64.ln() * unit()).exp();
        let (season, phase, trend, spread) = (0.6 * unit(), unit(), 0.003 * (unit() - 0.5), 0.5 * unit());
        let count = |week: usize| {
            let year = TAU * (week as f64 / 52.0 + phase);
            let normal = (-2.0 * unit().ln()).sqrt() * (TAU * unit()).cos();
            let mean = level * (season * year.sin() + trend * week as f64 + spread * normal).exp();
            poisson(mean, &mut unit)
        };
        Series::new((0..WEEKS).map(count).collect(), 52)
    };
    (0..SERIES).map(one).collect()
}

/// Products of uniforms, in portions small enough for exp.
fn poisson(mut mean: f64, unit: &mut impl FnMut() -> f64) -> f64 {
    let mut count = 0.0;
    while mean > 0.0 {
        let portion = mean.min(30.0);
        mean -= portion;
        let mut product = unit();
        while product > (-portion).exp() {
            count += 1.0;
            product *= unit();
        }
    }
    count
}
