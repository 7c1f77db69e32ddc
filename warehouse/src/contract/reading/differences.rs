//! What a change of a column's reading weighs. The rule is that of all differences: what was accepted must still be
//! accepted and mean the same.

use super::{INDONESIAN_DATES, Reading, Resolve};
use crate::contract::{ChangeKind, OnFailure};
use chrono::{DateTime, NaiveDate, Utc, format::StrftimeItems};

/// The patterns that [`INDONESIAN_DATES`] stands for, as far as digits alone are concerned; month names cannot be
/// taken for anything else.
const INDONESIAN: &[&str] = &[
    "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%Y-%m-%d",
];

/// Notes every difference between two readings as setting, weight and words.
pub(in crate::contract) fn column(
    old: &Reading,
    new: &Reading,
    on_failure: OnFailure,
    note: &mut dyn FnMut(&str, ChangeKind, String),
) {
    let mut changed = |setting: &str, is_changed: bool, what: &str| {
        if is_changed {
            note(setting, ChangeKind::Breaking, what.to_owned());
        }
    };
    // Either way some text is read as another number, or no longer as one.
    changed(
        "numberSigns",
        old.number_signs != new.number_signs,
        "numbers would read differently",
    );
    // The same person would be kept under another name than in the rows that are there.
    changed(
        "stripTitles",
        old.strip_titles != new.strip_titles,
        "names would be kept differently",
    );
    growing("affixes", &old.affixes, &new.affixes, "word around numbers", note);
    // A spelling that begins to mean another code is one that is gone and one that is new.
    growing("synonyms", &spellings(old), &spellings(new), "spelling", note);
    resolve(old.resolve.as_ref(), new.resolve.as_ref(), on_failure, note);
}

fn spellings(reading: &Reading) -> Vec<String> {
    let one = |s: &super::Synonyms| {
        s.spellings
            .iter()
            .map(|text| format!("{text} = {}", s.code))
            .collect::<Vec<_>>()
    };
    reading.synonyms.iter().flat_map(one).collect()
}

fn growing(setting: &str, old: &[String], new: &[String], what: &str, note: &mut dyn FnMut(&str, ChangeKind, String)) {
    for gone in old.iter().filter(|text| !new.contains(text)) {
        note(setting, ChangeKind::Breaking, format!("{what} {gone:?} is gone"));
    }
    for text in new.iter().filter(|text| !old.contains(text)) {
        note(setting, ChangeKind::Additive, format!("{what} {text:?} is new"));
    }
}

fn resolve(
    old: Option<&Resolve>,
    new: Option<&Resolve>,
    on_failure: OnFailure,
    note: &mut dyn FnMut(&str, ChangeKind, String),
) {
    let (old, new) = match (old, new) {
        (None, None) => return,
        (None, Some(_)) => {
            let kind = if on_failure == OnFailure::Warn {
                ChangeKind::Additive
            } else {
                ChangeKind::Breaking
            };
            return note(
                "resolve",
                kind,
                "values are looked up in a code list, and strange ones refused".to_owned(),
            );
        }
        (Some(_), None) => {
            let what = "names are no longer turned into codes";
            return note("resolve", ChangeKind::Breaking, what.to_owned());
        }
        (Some(old), Some(new)) => (old, new),
    };
    if (&old.dataset, &old.code) != (&new.dataset, &new.code) {
        note(
            "resolve",
            ChangeKind::Breaking,
            "codes of another list are kept".to_owned(),
        );
    }
    if old.filter != new.filter || old.within != new.within || old.valid != new.valid {
        note(
            "resolve",
            ChangeKind::Breaking,
            "other rows of the list count".to_owned(),
        );
    }
    // One more way to write a code accepts more. It can make a name ambiguous that was not, but so can any new row of
    // the list, which needs no version at all.
    growing("resolve.names", &old.names, &new.names, "column of the list", note);
    growing("resolve.prefixes", &old.prefixes, &new.prefixes, "word in front", note);
}

/// Whether a text that one of the patterns `held` reads could be another day under the pattern `added`: such a cell
/// was accepted and becomes ambiguous.
pub(in crate::contract) fn rival_formats(held: &[String], added: &str) -> bool {
    // Day, month and two-digit year are all different here, and each could be each of the others.
    let Some(sample) = DateTime::from_timestamp(981_173_106, 0) else {
        return true;
    };
    let mut held = held.iter().flat_map(|format| expanded(format));
    held.any(|held| expanded(added).iter().any(|added| reads_otherwise(sample, held, added)))
}

fn expanded(format: &str) -> Vec<&str> {
    if format == INDONESIAN_DATES {
        INDONESIAN.to_vec()
    } else {
        vec![format]
    }
}

fn reads_otherwise(sample: DateTime<Utc>, held: &str, added: &str) -> bool {
    let written = sample.format_with_items(StrftimeItems::new(held)).to_string();
    let mut parsed = chrono::format::Parsed::new();
    let day: Option<NaiveDate> = chrono::format::parse(&mut parsed, &written, StrftimeItems::new(added))
        .ok()
        .and_then(|()| parsed.to_naive_date().ok());
    day.is_some_and(|day| day != sample.date_naive())
}
