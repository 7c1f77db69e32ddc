//! Aligned tables for people.

use super::output::harmless;
use std::io::{self, Write};

/// A table on its way to a terminal. Cells are made harmless when they are added.
#[derive(Debug, Default)]
pub struct Table {
    heads: Vec<String>,
    /// Columns whose cells stand at the right, as numbers do.
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these heads; one that starts with `>` stands at the right.
    pub fn new(heads: &[&str]) -> Self {
        let right = heads.iter().map(|head| head.starts_with('>')).collect();
        let heads = heads
            .iter()
            .map(|head| harmless(head.strip_prefix('>').unwrap_or(head)))
            .collect();
        Self {
            heads,
            right,
            rows: Vec::new(),
        }
    }

    /// A table with these heads, told apart from their alignment.
    pub fn aligned(heads: impl IntoIterator<Item = (String, bool)>) -> Self {
        let (heads, right) = heads.into_iter().map(|(head, right)| (harmless(&head), right)).unzip();
        Self {
            heads,
            right,
            rows: Vec::new(),
        }
    }

    /// Adds a row; one that is too short is filled with empty cells.
    pub fn add<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut row: Vec<String> = cells.into_iter().map(|cell| harmless(cell.as_ref())).collect();
        row.resize(self.heads.len(), String::new());
        self.rows.push(row);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Writes heads, a rule and the rows.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let widths: Vec<usize> = (0..self.heads.len())
            .map(|i| {
                self.rows
                    .iter()
                    .chain([&self.heads])
                    .map(|row| row[i].chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        self.line(out, &self.heads, &widths)?;
        writeln!(
            out,
            "{}",
            widths.iter().map(|w| "─".repeat(*w)).collect::<Vec<_>>().join("──")
        )?;
        self.rows.iter().try_for_each(|row| self.line(out, row, &widths))
    }

    fn line(&self, out: &mut impl Write, row: &[String], widths: &[usize]) -> io::Result<()> {
        let mut text = String::new();
        for (i, ((cell, width), right)) in row.iter().zip(widths).zip(&self.right).enumerate() {
            if i > 0 {
                text.push_str("  ");
            }
            text.push_str(&if *right {
                format!("{cell:>width$}")
            } else {
                format!("{cell:<width$}")
            });
        }
        writeln!(out, "{}", text.trim_end())
    }
}
