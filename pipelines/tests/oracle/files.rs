//! The reference results, which lie beside the checkout and are not part of it.

pub use crate::shared::shared;
use smartcenter_pipelines::detector::Series;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// A CSV file in memory.
pub struct Table {
    pub name: String,
    columns: HashMap<String, usize>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    /// Reads a file of the oracle, unpacking `.gz`.
    pub fn oracle(name: &str) -> Option<Self> {
        Some(Self::read(&shared(&format!("oracle/{name}"))?))
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Self {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).unwrap();
        if path.extension().is_some_and(|e| e == "gz") {
            flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
        } else {
            std::io::BufReader::new(file).read_to_end(&mut bytes).unwrap();
        }
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let columns = reader
            .headers()
            .unwrap()
            .iter()
            .enumerate()
            .map(|(i, h)| (h.to_owned(), i))
            .collect();
        Self {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            columns,
            rows: reader.records().map(Result::unwrap).collect(),
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    pub fn text(&self, row: usize, column: &str) -> &str {
        let at = self
            .columns
            .get(column)
            .unwrap_or_else(|| panic!("{}: no column {column}", self.name));
        &self.rows[row][*at]
    }

    /// A number; NaN where the cell is empty.
    pub fn number(&self, row: usize, column: &str) -> f64 {
        let text = self.text(row, column);
        if text.is_empty() || text == "NA" {
            f64::NAN
        } else {
            text.trim()
                .parse()
                .unwrap_or_else(|_| panic!("{} row {row} {column}: {text}", self.name))
        }
    }

    pub fn index(&self, row: usize, column: &str) -> usize {
        self.text(row, column).parse().unwrap()
    }
}

/// The series of an input file, by name, in the order of the file.
pub fn inputs(dataset: &str, freq: usize) -> Option<Vec<(String, Series)>> {
    let table = Table::oracle(&format!("{dataset}__input.csv"))?;
    let mut all: Vec<(String, Series)> = Vec::new();
    for row in 0..table.len() {
        let name = table.text(row, "series").replace('-', ".");
        if all.last().is_none_or(|(last, _)| *last != name) {
            all.push((name, Series::new(Vec::new(), freq)));
        }
        let series = &mut all.last_mut().unwrap().1;
        series.observed.push(table.number(row, "observed"));
        if let Ok(date) = table.text(row, "epoch").parse() {
            series.dates.get_or_insert_default().push(date);
        }
    }
    Some(all)
}

/// Counts comparisons and keeps the faults, so that a test names all of them at once.
#[derive(Default)]
pub struct Tally {
    pub compared: usize,
    pub worst: f64,
    faults: Vec<String>,
}

impl Tally {
    /// Compares numbers at a relative tolerance; both missing is equal.
    pub fn number(&mut self, what: impl Fn() -> String, got: f64, want: f64, tolerance: f64) {
        self.compared += 1;
        if got.is_nan() && want.is_nan() {
            return;
        }
        let gap = (got - want).abs() / want.abs().max(1e-8);
        let gap = if got == want { 0.0 } else { gap };
        if gap <= tolerance {
            self.worst = self.worst.max(gap);
        } else {
            self.faults.push(format!("{}: {got} is not {want}", what()));
        }
    }

    pub fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: impl Fn() -> String, got: T, want: T) {
        self.compared += 1;
        if got != want {
            self.faults.push(format!("{}: {got:?} is not {want:?}", what()));
        }
    }

    /// Fails with the first faults, or says how much was compared.
    pub fn finish(self, name: &str) {
        let shown: Vec<_> = self.faults.iter().take(12).cloned().collect();
        assert!(
            self.faults.is_empty(),
            "{name}: {} of {} comparisons differ:\n{}",
            self.faults.len(),
            self.compared,
            shown.join("\n")
        );
        println!(
            "{name}: {} comparisons, largest relative difference {:.1e}",
            self.compared, self.worst
        );
    }
}
