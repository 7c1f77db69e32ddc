//! What is said around or instead of a value: other spellings of a code, titles of a name, words around a number.
//! What is kept is a code of the contract or a part of the cell; nothing is made up.

use super::titles;
use smartcenter_warehouse::contract::{Column, fold_word};
use std::collections::HashMap;

/// The words of a column; for most columns there are none.
#[derive(Debug)]
pub(super) struct Words {
    /// Codes by folded spelling.
    codes: HashMap<String, String>,
    titles: bool,
    /// Words around numbers, the longest first.
    affixes: Vec<String>,
}

impl Words {
    /// The words of `column`; nothing where its cells stand for themselves.
    pub(super) fn of(column: &Column) -> Option<Self> {
        let reading = &column.reading;
        let mut codes = HashMap::new();
        for synonyms in &reading.synonyms {
            for spelling in std::iter::once(&synonyms.code).chain(&synonyms.spellings) {
                codes.insert(fold_word(spelling), synonyms.code.clone());
            }
        }
        let mut affixes = reading.affixes.clone();
        affixes.sort_by_key(|affix| std::cmp::Reverse(affix.len()));
        let words = Self {
            codes,
            titles: reading.strip_titles,
            affixes,
        };
        let is_needed = !words.codes.is_empty() || words.titles || !words.affixes.is_empty();
        is_needed.then_some(words)
    }

    /// What `text` comes to.
    pub(super) fn said<'t>(&'t self, text: &'t str) -> &'t str {
        if !self.codes.is_empty()
            && let Some(code) = self.codes.get(&fold_word(text))
        {
            return code;
        }
        if self.titles {
            return titles::strip(text);
        }
        self.bare(text)
    }

    /// A number without the words around it; a text that is nothing else stays as it is.
    fn bare<'t>(&self, text: &'t str) -> &'t str {
        let mut rest = text;
        while let Some(shorter) = self.affixes.iter().find_map(|affix| without(rest, affix)) {
            rest = shorter;
        }
        rest
    }
}

/// `text` without `affix` at one of its ends, and without the dot that shortens a word in front: `Rp. 500`, `Rp500`.
fn without<'t>(text: &'t str, affix: &str) -> Option<&'t str> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let front = || {
        let rest = split_prefix(text, affix)?;
        let is_cut = is_word(affix.chars().next_back()) && is_word(rest.chars().next());
        let rest = if is_word(affix.chars().next_back()) {
            rest.strip_prefix('.').unwrap_or(rest)
        } else {
            rest
        };
        (!is_cut).then(|| rest.trim_start())
    };
    let behind = || {
        let rest = split_suffix(text, affix)?;
        let is_cut = is_word(affix.chars().next()) && is_word(rest.chars().next_back());
        (!is_cut).then(|| rest.trim_end())
    };
    front().or_else(behind).filter(|rest| !rest.is_empty())
}

/// What follows `prefix`, whose case does not count.
pub(crate) fn split_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in prefix.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}

fn split_suffix<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in suffix.chars().rev() {
        let found = rest.next_back()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}
