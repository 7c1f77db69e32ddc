//! Delimited text in the habit of a sender.

use crate::Envelope;

/// Rows on their way into a text.
#[derive(Debug)]
pub(crate) struct Table {
    delimiter: char,
    newline: &'static str,
    body: String,
    rows: usize,
}

impl Table {
    /// An empty table with its header.
    pub(crate) fn new(delimiter: char, newline: &'static str, headers: &[&str]) -> Self {
        let mut table = Self {
            delimiter,
            newline,
            body: String::new(),
            rows: 0,
        };
        table.write(headers);
        table
    }

    /// The same with a byte order mark in front, as spreadsheets leave it.
    pub(crate) fn marked(mut self) -> Self {
        self.body.insert(0, '\u{feff}');
        self
    }

    /// Adds a row.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        self.write(cells);
        self.rows += 1;
    }

    /// The text as a payload.
    pub(crate) fn envelope(self, dataset: &'static str, name: &str) -> Envelope {
        Envelope::csv(dataset, name, self.body, self.rows)
    }

    fn write<T: AsRef<str>>(&mut self, cells: &[T]) {
        for (position, cell) in cells.iter().map(AsRef::as_ref).enumerate() {
            if position > 0 {
                self.body.push(self.delimiter);
            }
            if cell.contains([self.delimiter, '"', '\n', '\r']) {
                self.body.push('"');
                self.body.push_str(&cell.replace('"', "\"\""));
                self.body.push('"');
            } else {
                self.body.push_str(cell);
            }
        }
        self.body.push_str(self.newline);
    }
}
