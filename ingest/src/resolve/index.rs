//! A code list by everything that its rows may be written as.

use super::nearest::nearest;
use crate::parse::split_prefix;
use arrow::{
    array::{Array, AsArray, StringArray},
    record_batch::RecordBatch,
};
use chrono::{Datelike, NaiveDate};
use smartcenter_warehouse::contract::{Resolve, fold_word};
use std::collections::HashMap;

/// How many near names a message gets.
const NEAREST: usize = 3;

/// One row of the list.
#[derive(Debug)]
struct Entry {
    code: Box<str>,
    /// As the list writes it, in the order of `names`.
    names: Vec<Box<str>>,
    /// Values of the `within` columns, in their order.
    parents: Vec<Option<Box<str>>>,
    /// First and last day of its validity.
    valid: (i32, i32),
}

/// The rows that count, and what they may be written as, folded.
#[derive(Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    codes: HashMap<Box<str>, Vec<u32>>,
    names: HashMap<Box<str>, Vec<u32>>,
    /// Names without the words in front of them.
    short: HashMap<Box<str>, Vec<u32>>,
    prefixes: Vec<String>,
}

/// What a cell means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'i> {
    /// This code.
    One(&'i str),
    /// One of these rows; nothing tells which.
    Several(Vec<u32>),
    /// These rows, none of which lies where the row says.
    Elsewhere(Vec<u32>),
    /// These rows, none of which is in force.
    Expired(Vec<u32>),
    /// Nothing.
    None,
}

impl Index {
    /// The index of `rows`, whose columns are those of [`Resolve::columns`] and, where `has_validity`, first and last
    /// day of validity behind them. A row without code is left out, and so is one that the contract's `where` does not
    /// name.
    pub(crate) fn new(rule: &Resolve, rows: &RecordBatch, has_validity: bool) -> Self {
        let texts: Vec<&StringArray> = rows.columns().iter().filter_map(|c| c.as_string_opt::<i32>()).collect();
        let value = |column: usize, row: usize| {
            let column = texts.get(column).filter(|column| column.is_valid(row))?;
            Some(column.value(row).trim()).filter(|text| !text.is_empty())
        };
        let filter_at = 1 + rule.names.len();
        let within_at = filter_at + rule.filter.len();
        let valid_at = within_at + rule.within.len();
        // Words in front are compared the longest first, so that `Kelurahan` is not taken for `Kel`.
        let mut prefixes = rule.prefixes.clone();
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        let mut index = Self {
            prefixes,
            ..Self::default()
        };
        for row in 0..rows.num_rows() {
            let mut filter = rule.filter.iter().enumerate();
            let Some(code) = value(0, row) else { continue };
            if !filter.all(|(at, (_, wanted))| value(filter_at + at, row) == Some(wanted.as_str())) {
                continue;
            }
            let parents = (0..rule.within.len()).map(|at| value(within_at + at, row).map(Into::into));
            let day = |at: usize| value(valid_at + at, row).filter(|_| has_validity).and_then(day);
            index.add(Entry {
                code: code.into(),
                names: (1..filter_at).filter_map(|at| value(at, row).map(Into::into)).collect(),
                parents: parents.collect(),
                valid: (day(0).unwrap_or(i32::MIN), day(1).unwrap_or(i32::MAX)),
            });
        }
        index
    }

    fn add(&mut self, entry: Entry) {
        let row = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        put(&mut self.codes, &entry.code, row);
        for name in &entry.names {
            put(&mut self.names, name, row);
            if let Some(short) = without_prefix(name, &self.prefixes) {
                put(&mut self.short, short, row);
            }
        }
        self.entries.push(entry);
    }

    /// Whether no row counts.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What `cell` means on `day` in a row that names `parents`; a parent that it does not name leaves all open.
    pub(super) fn find(&self, cell: &str, day: i32, parents: &[Option<&str>]) -> Found<'_> {
        let (mut rows, expired) = self.candidates(cell, day);
        if rows.is_empty() {
            return if expired.is_empty() {
                Found::None
            } else {
                Found::Expired(expired)
            };
        }
        let inside = |row: &u32| self.entry(*row).is_some_and(|entry| entry.lies_in(parents));
        if !rows.iter().any(inside) {
            return Found::Elsewhere(rows);
        }
        rows.retain(inside);
        match rows.as_slice() {
            [row] => self.entry(*row).map_or(Found::None, |entry| Found::One(&entry.code)),
            _ => Found::Several(rows),
        }
    }

    /// The code that `cell` means on `day` inside `parents`, if it means one.
    pub(crate) fn code(&self, cell: &str, day: i32, parents: &[Option<&str>]) -> Option<&str> {
        match self.find(cell, day, parents) {
            Found::One(code) => Some(code),
            _ => None,
        }
    }

    /// Rows that a cell may mean, one for each code, in the order of the codes; and those that only were in force
    /// another day. A code means its row even then: it is not ambiguous, and corrections of old rows need it.
    fn candidates(&self, cell: &str, day: i32) -> (Vec<u32>, Vec<u32>) {
        let folded = fold_word(cell);
        let of = |map: &HashMap<Box<str>, Vec<u32>>, folded: &str| map.get(folded).cloned().unwrap_or_default();
        let is_valid = |row: &u32| {
            self.entry(*row)
                .is_some_and(|entry| (entry.valid.0..=entry.valid.1).contains(&day))
        };
        let codes = of(&self.codes, &folded);
        let mut names = of(&self.names, &folded);
        if codes.is_empty() && names.is_empty() {
            names = of(&self.short, &folded);
            if let Some(short) = without_prefix(cell, &self.prefixes) {
                let short = fold_word(short);
                names.extend(of(&self.names, &short));
                names.extend(of(&self.short, &short));
                names.extend(of(&self.codes, &short));
            }
        }
        let (mut rows, mut expired): (Vec<u32>, Vec<u32>) = names.into_iter().partition(is_valid);
        // The version in force speaks for a code that has several.
        let newest = codes.iter().find(|row| is_valid(row)).or(codes.last());
        rows.extend(newest);
        self.by_code(&mut rows);
        self.by_code(&mut expired);
        (rows, expired)
    }

    /// One row for each code, in the order of the codes.
    fn by_code(&self, rows: &mut Vec<u32>) {
        let code = |row: &u32| self.entry(*row).map(|entry| &entry.code);
        rows.sort_by(|one, other| code(one).cmp(&code(other)).then(one.cmp(other)));
        rows.dedup_by(|one, other| code(one) == code(other));
    }

    fn entry(&self, row: u32) -> Option<&Entry> {
        self.entries.get(row as usize)
    }

    /// A row as a message shows it: its code, and the parent it lies in.
    pub(super) fn shown(&self, row: u32) -> String {
        let Some(entry) = self.entry(row) else {
            return String::new();
        };
        match entry.parents.iter().flatten().next() {
            Some(parent) => format!("{} in {parent}", entry.code),
            None => entry.code.to_string(),
        }
    }

    /// The names nearest to `cell` with their codes: those in force and inside `parents`, or anywhere where none is
    /// near there.
    pub(super) fn nearest(&self, cell: &str, day: i32, parents: &[Option<&str>]) -> Vec<(&str, &str)> {
        let bare = without_prefix(cell, &self.prefixes).unwrap_or(cell);
        let of = |parents: &[Option<&str>]| {
            let counts = |entry: &&Entry| (entry.valid.0..=entry.valid.1).contains(&day) && entry.lies_in(parents);
            let entries = self.entries.iter().filter(counts);
            let names = entries.flat_map(|entry| entry.names.iter().map(|name| (&**name, &*entry.code)));
            let bare_name = |name| without_prefix(name, &self.prefixes).unwrap_or(name);
            nearest(bare, names, bare_name, NEAREST)
        };
        let inside = of(parents);
        if inside.is_empty() { of(&[]) } else { inside }
    }
}

impl Entry {
    /// Whether this row lies in what `parents` names, as far as it names anything.
    fn lies_in(&self, parents: &[Option<&str>]) -> bool {
        let mut named = parents.iter().zip(&self.parents);
        named.all(|(wanted, own)| wanted.is_none_or(|wanted| own.as_deref() == Some(wanted)))
    }
}

fn put(map: &mut HashMap<Box<str>, Vec<u32>>, text: &str, row: u32) {
    let folded = fold_word(text);
    if folded.is_empty() {
        return;
    }
    let rows = map.entry(folded.into()).or_default();
    if rows.last() != Some(&row) {
        rows.push(row);
    }
}

/// A name without the first of `prefixes` that stands in front of it; a shortened word may lack its dot or have one.
fn without_prefix<'t>(name: &'t str, prefixes: &[String]) -> Option<&'t str> {
    prefixes.iter().find_map(|prefix| {
        let word = prefix.trim_end_matches('.');
        let rest = split_prefix(name, word).filter(|_| !word.is_empty())?;
        let bare = rest.trim_start_matches(|c: char| c == '.' || c == ':' || c.is_whitespace());
        // Only a whole word in front is one: `Desa Besuki`, `Kel.Surodakan`, not `Desanegara`.
        (bare.len() < rest.len() && !bare.is_empty()).then_some(bare)
    })
}

/// The day an ISO text starts with.
fn day(text: &str) -> Option<i32> {
    let date: NaiveDate = text.get(..10)?.parse().ok()?;
    Some(date.num_days_from_ce() - 719_163)
}
