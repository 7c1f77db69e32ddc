//! How the cells of a column are read beyond what its type says: signs of numbers, words around them, words for
//! codes, titles of names, names of a code list. A cell that can be read in two ways is a fault that names both;
//! nothing in here may choose silently.

mod differences;
mod settings;

pub(super) use differences::{column as compare_column, rival_formats};
pub(super) use settings::{number_signs, of_property};

use crate::DatasetId;
use serde::{Deserialize, Serialize};

/// The entry of `formats` that stands for the ways in which Indonesians commonly write dates.
pub const INDONESIAN_DATES: &str = "indonesia";

/// Which signs the numbers of a column may be written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberSigns {
    /// Those of the contract only. The default.
    #[default]
    Strict,
    /// `1.261,40` and `1,261.40` side by side, where a cell has one reading only.
    Mixed,
}

/// How the cells of one column are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Signs of its numbers: its own, or those of the dataset.
    pub number_signs: NumberSigns,
    /// Words and signs that may stand around a number and say nothing: `Rp`, `%`, `hari`.
    pub affixes: Vec<String>,
    /// Codes and the other ways in which they are written, in the order of the file.
    pub synonyms: Vec<Synonyms>,
    /// Titles in front of and behind a name are not kept.
    pub strip_titles: bool,
    /// The code list in which names are looked up.
    pub resolve: Option<Resolve>,
}

/// A code and what else is written for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonyms {
    /// What is kept.
    pub code: String,
    /// What means it, compared by [`fold_word`].
    pub spellings: Vec<String>,
}

/// A code list in which the names that a column is written with are looked up, and whose codes are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// The list.
    pub dataset: DatasetId,
    /// Its column that is kept.
    pub code: String,
    /// Its columns that a cell may be written as; the code itself always is one.
    pub names: Vec<String>,
    /// Rows that count: column and value.
    pub filter: Vec<(String, String)>,
    /// Column of the list and column of the row that must agree.
    pub within: Vec<(String, String)>,
    /// Words that may stand in front of a name.
    pub prefixes: Vec<String>,
    /// Columns of the list with the first and the last day of a row's validity; absent means
    /// [`Resolve::VALIDITY`] where the list has them.
    pub valid: Option<(String, String)>,
}

impl Resolve {
    /// The columns that say from when to when a row of a code list is in force, unless a contract names others.
    pub const VALIDITY: (&'static str, &'static str) = ("berlaku_mulai", "berlaku_sampai");

    /// The columns of the list that this names besides those of its validity.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let filter = self.filter.iter().map(|(column, _)| column);
        let within = self.within.iter().map(|(column, _)| column);
        let all = std::iter::once(&self.code)
            .chain(&self.names)
            .chain(filter)
            .chain(within);
        all.map(String::as_str)
    }
}

/// A word or name as it is compared: case, blanks, dots and hyphens do not count.
pub fn fold_word(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '\u{2010}'..='\u{2014}' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}
