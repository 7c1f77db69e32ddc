//! Rows that are none of the data: totals, signatures and notes below, headers that a page break repeats. They are
//! left out only where they lack a key, and never silently.

use super::{
    book::{Row, Value},
    fit,
    head::{Head, is_repeat},
};
use smartcenter_warehouse::contract::Contract;
use std::fmt;

/// Row numbers that a warning names.
const NAMED: usize = 10;
/// Cells of a line of signatures: one at the left, one at the right.
const FEW: usize = 2;

/// Why a row is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Total,
    Closing,
    Repeat,
    Outside,
}

/// Tells rows of data from others.
pub(super) struct Judge<'a> {
    contract: &'a Contract,
    head: &'a Head,
    /// Columns of the contract without which a row says nothing, with their columns of the sheet.
    keys: Vec<(usize, u32)>,
    /// Whether signatures or notes have begun.
    is_closing: bool,
}

impl<'a> Judge<'a> {
    /// A judge of the rows below `head`.
    pub(super) fn new(contract: &'a Contract, head: &'a Head) -> Self {
        let is_key = |index: &usize| match contract.primary_key.as_slice() {
            [] => contract.columns.get(*index).is_some_and(|column| column.required),
            key => key.contains(index),
        };
        let at = |index: usize| {
            let source = head.header.columns.get(index).copied().flatten()?;
            Some((index, *head.columns.get(source)?))
        };
        Self {
            contract,
            head,
            keys: (0..contract.columns.len()).filter(is_key).filter_map(at).collect(),
            is_closing: false,
        }
    }

    /// Why the row is left out, if it is. `merged` tells whether a cell above stands for a column of the sheet.
    pub(super) fn reason(&mut self, row: &Row, merged: impl Fn(u32) -> bool) -> Option<Reason> {
        if is_repeat(row, self.head) {
            return Some(Reason::Repeat);
        }
        let total = first_text(row).and_then(|(column, text)| Some((column, total(text)?)));
        let is_closing = self.is_closing || closes(row);
        // Where nothing is required, only what says nothing else can be told from data.
        if self.keys.is_empty() {
            return match total {
                Some((_, is_exact)) => is_exact.then_some(Reason::Total),
                None => (is_closing && row.cells().len() <= FEW).then_some(Reason::Closing),
            };
        }
        if is_closing && self.is_outside(row, total, &merged) {
            self.is_closing = true;
            return Some(Reason::Closing);
        }
        let lacks = |standing: &Standing| match total {
            // `Jumlah` stands where the key should; `Total Persada` may be the name of something.
            Some((_, true)) => *standing != Standing::Key,
            Some((_, false)) => *standing == Standing::Nothing,
            None => false,
        };
        let is_total = total.is_some() && self.standings(row, total, &merged).any(|standing| lacks(&standing));
        is_total.then_some(Reason::Total)
    }

    /// Whether a row that may be a signature or a note is one: nothing stands in its keys, or little in it at all and
    /// no key that fits.
    fn is_outside(&self, row: &Row, total: Option<(u32, bool)>, merged: &impl Fn(u32) -> bool) -> bool {
        let mapped = self.head.header.columns.iter().flatten().count();
        let is_sparse = row.cells().len() <= FEW.max(mapped / 2);
        let standings: Vec<Standing> = self.standings(row, total, merged).collect();
        standings.iter().all(|standing| *standing == Standing::Nothing)
            || is_sparse && standings.iter().any(|standing| *standing != Standing::Key)
    }

    /// What stands in each key.
    fn standings(
        &self,
        row: &Row,
        total: Option<(u32, bool)>,
        merged: &impl Fn(u32) -> bool,
    ) -> impl Iterator<Item = Standing> {
        self.keys.iter().map(
            move |(index, column)| match (self.contract.columns.get(*index), row.cell(*column)) {
                (_, None) if merged(*column) => Standing::Key,
                (_, None) => Standing::Nothing,
                // The word that names a total is no key, unless the contract's own rules let it be one.
                (Some(planned), _) if total == Some((*column, true)) && !fit::has_look(planned) => Standing::Other,
                (Some(planned), Some(cell)) if !fit::may_be(planned, row.value(cell)) => Standing::Other,
                _ => Standing::Key,
            },
        )
    }
}

/// What stands in the place of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// A value that may be one.
    Key,
    /// What cannot be one.
    Other,
    /// Nothing.
    Nothing,
}

/// The first text of a row, and its column of the sheet.
fn first_text(row: &Row) -> Option<(u32, &str)> {
    row.cells().iter().find_map(|cell| match row.value(cell) {
        Value::Text(text) => Some((cell.column, text.trim())),
        _ => None,
    })
}

/// Whether a text names a total, and whether it says nothing else.
fn total(text: &str) -> Option<bool> {
    const WORDS: [&str; 12] = [
        "grand total",
        "sub total",
        "subtotal",
        "sub jumlah",
        "rata-rata",
        "rata rata",
        "rerata",
        "jumlah",
        "total",
        "jml",
        "average",
        "sum",
    ];
    let text = text.trim_end_matches([':', ' ', '.']);
    let word = WORDS.iter().find(|word| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    })?;
    let rest = text.get(word.len()..)?;
    (!rest.starts_with(char::is_alphanumeric)).then(|| rest.trim().is_empty() || total(rest.trim()) == Some(true))
}

/// Whether a row has the first words of signatures or notes.
fn closes(row: &Row) -> bool {
    const WORDS: [&str; 26] = [
        "mengetahui",
        "menyetujui",
        "mengesahkan",
        "disetujui",
        "diketahui",
        "dibuat oleh",
        "disusun oleh",
        "kepala",
        "plt",
        "plh",
        "a.n",
        "an.",
        "nip",
        "ketua",
        "sekretaris",
        "bendahara",
        "camat",
        "lurah",
        "bupati",
        "pembina",
        "penanggung jawab",
        "operator",
        "catatan",
        "keterangan",
        "sumber",
        "ttd",
    ];
    let starts = |text: &str, word: &str| {
        let first = text.as_bytes().first().map(u8::to_ascii_lowercase) == word.as_bytes().first().copied();
        let start = first
            && text
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word));
        start
            && !text
                .get(word.len()..)
                .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    };
    row.cells().iter().any(|cell| match row.value(cell) {
        Value::Text(text) => {
            let text = text.trim_start();
            text.starts_with('*') || WORDS.iter().any(|word| starts(text, word)) || is_place_and_date(text)
        }
        _ => false,
    })
}

/// `Trenggalek, 12 Juli 2026`; the day is often left for the pen.
fn is_place_and_date(text: &str) -> bool {
    let Some((place, date)) = text.split_once(',') else {
        return false;
    };
    let year = date
        .trim_end()
        .rsplit(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    !place.is_empty() && place.chars().all(|c| c.is_alphabetic() || " .-".contains(c)) && year.len() == 4
}

/// Rows that were left out, by their numbers.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    rows: [Numbers; 4],
}

impl LeftOut {
    /// Notes a row.
    pub(super) fn add(&mut self, reason: Reason, number: u64) {
        if let Some(numbers) = self.rows.get_mut(reason as usize) {
            numbers.add(number);
        }
    }

    /// What the receipt should say.
    pub(super) fn warnings(&self) -> Vec<String> {
        const WHY: [&str; 4] = [
            "totals",
            "signatures or notes below the data",
            "repeats of the header",
            "without anything in the columns of the contract",
        ];
        let told = self.rows.iter().zip(WHY).filter(|(numbers, _)| numbers.count > 0);
        told.map(|(numbers, why)| format!("left out, {why}: {numbers} of the sheet"))
            .collect()
    }
}

/// Numbers of rows, as ranges.
#[derive(Debug, Default)]
struct Numbers {
    count: u64,
    ranges: Vec<(u64, u64)>,
}

impl Numbers {
    fn add(&mut self, number: u64) {
        self.count += 1;
        let has_room = self.ranges.len() <= NAMED;
        match self.ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            // One more than are named tells that there are more.
            _ if has_room => self.ranges.push((number, number)),
            _ => {}
        }
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.count == 1 { "row " } else { "rows " })?;
        for (at, (first, last)) in self.ranges.iter().take(NAMED).enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match last - first {
                0 => write!(f, "{comma}{first}")?,
                _ => write!(f, "{comma}{first} to {last}")?,
            }
        }
        if self.ranges.len() > NAMED {
            write!(f, " and more, {} in all", self.count)?;
        }
        Ok(())
    }
}
