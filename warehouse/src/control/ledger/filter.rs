//! Fingerprints of all marks within the repeat window, so that "never seen", the common answer, needs no SQLite.
//! A fingerprint that is present proves nothing; one that is absent proves that the mark is absent.

use super::mark::Mark;
use crate::Result;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashSet};

/// About 150 MB. Above it the oldest days are let go, and SQLite is asked about every mark instead.
const MOST: usize = 8 << 20;
const DAY: i64 = 24 * 3600 * 1_000_000;

#[derive(Debug, Default)]
pub(super) struct Filter {
    /// By day since 1970, so that a day that left the window is dropped as a whole.
    days: BTreeMap<i64, HashSet<u64>>,
    held: usize,
    /// Days up to here were let go although marks of them may still count.
    incomplete_until: Option<i64>,
}

impl Filter {
    /// All marks in the store; those out of the window have been removed from it by the writer.
    pub(super) fn load(reader: &Connection) -> Result<Self> {
        let mut filter = Self::default();
        let mut statement = reader.prepare("SELECT mark, finished_at FROM repeats ORDER BY rowid")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            filter.insert(&Mark::from_bytes(row.get(0)?), row.get(1)?);
        }
        Ok(filter)
    }

    /// Remembers a mark that was finished at `at` (microseconds since 1970).
    pub(super) fn insert(&mut self, mark: &Mark, at: i64) {
        let day = at.div_euclid(DAY);
        self.held += usize::from(self.days.entry(day).or_default().insert(mark.fingerprint()));
        while self.held > MOST && self.days.len() > 1 {
            if let Some((day, set)) = self.days.pop_first() {
                self.held -= set.len();
                self.incomplete_until = self.incomplete_until.max(Some(day));
            }
        }
        if self.held > MOST {
            // One day alone is too much.
            self.incomplete_until = self.incomplete_until.max(Some(day));
            self.days.clear();
            self.held = 0;
        }
    }

    /// Forgets the days that ended before `at`.
    pub(super) fn expire(&mut self, at: i64) {
        let first = at.div_euclid(DAY);
        while let Some(entry) = self.days.first_entry().filter(|entry| *entry.key() < first) {
            self.held -= entry.remove().len();
        }
        self.incomplete_until = self.incomplete_until.filter(|day| *day >= first);
    }

    /// False only when the mark is certainly unknown.
    pub(super) fn may_contain(&self, mark: &Mark) -> bool {
        self.incomplete_until.is_some() || self.days.values().any(|day| day.contains(&mark.fingerprint()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_expire_as_a_whole_and_absence_is_certain() {
        let mark = |n: u8| Mark::from_bytes([n; 16]);
        let mut filter = Filter::default();
        filter.insert(&mark(1), DAY);
        filter.insert(&mark(2), 3 * DAY + 5);
        assert!(filter.may_contain(&mark(1)) && filter.may_contain(&mark(2)) && !filter.may_contain(&mark(3)));
        filter.expire(3 * DAY);
        assert!(!filter.may_contain(&mark(1)) && filter.may_contain(&mark(2)));
        assert_eq!(filter.held, 1);
    }

    #[test]
    fn letting_days_go_makes_every_answer_uncertain_until_they_expire() {
        let mut filter = Filter {
            incomplete_until: Some(4),
            ..Filter::default()
        };
        assert!(filter.may_contain(&Mark::from_bytes([9; 16])));
        filter.expire(5 * DAY);
        assert!(!filter.may_contain(&Mark::from_bytes([9; 16])));
    }
}
