//! Names of months, days and time zones as they are written in Indonesia: new and old spelling, in full and cut short,
//! and the English ones that spreadsheets put in by themselves.

use chrono::Weekday;

/// Spellings of the months; the first of each is the English name.
const MONTHS: [&[&str]; 12] = [
    &["january", "januari", "djanuari", "jan"],
    &["february", "februari", "pebruari", "feb", "peb"],
    &["march", "maret", "mar", "mrt"],
    &["april", "apr"],
    &["may", "mei"],
    &["june", "juni", "djuni", "jun"],
    &["july", "juli", "djuli", "jul"],
    &["august", "agustus", "agust", "agu", "ags", "agt", "aug"],
    &["september", "sept", "sep"],
    &["october", "oktober", "okt", "oct"],
    &["november", "nopember", "nov", "nop"],
    &["december", "desember", "des", "dec"],
];

/// Spellings of the days, from Monday; the first of each is the English name.
const DAYS: [&[&str]; 7] = [
    &["monday", "senin", "sen", "mon"],
    &["tuesday", "selasa", "sel", "tue"],
    &["wednesday", "rabu", "rab", "wed"],
    &["thursday", "kamis", "kam", "thu"],
    &["friday", "jumat", "jum'at", "jum\u{2019}at", "jum", "fri"],
    &["saturday", "sabtu", "sab", "sat"],
    &["sunday", "minggu", "ahad", "min", "mgg", "sun"],
];

/// Zones and their offsets from UTC in minutes.
const ZONES: [(&str, i32, &str); 5] = [
    ("wib", 7 * 60, "+0700"),
    ("wita", 8 * 60, "+0800"),
    ("wit", 9 * 60, "+0900"),
    ("utc", 0, "+0000"),
    ("gmt", 0, "+0000"),
];

fn among(lists: &[&[&str]], word: &str) -> Option<usize> {
    lists
        .iter()
        .position(|names| names.iter().any(|name| name.eq_ignore_ascii_case(word)))
}

/// The number of a month, from 1.
pub(super) fn month(word: &str) -> Option<u32> {
    among(&MONTHS, word).and_then(|index| u32::try_from(index + 1).ok())
}

/// A day of the week.
pub(super) fn day(word: &str) -> Option<Weekday> {
    among(&DAYS, word)
        .and_then(|index| u8::try_from(index).ok())
        .and_then(|index| Weekday::try_from(index).ok())
}

/// Minutes ahead of UTC of a zone's name.
pub(super) fn zone(word: &str) -> Option<i32> {
    let found = ZONES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(word));
    found.map(|(_, minutes, _)| *minutes)
}

/// What chrono reads for `word`: the English name of a month or day, the offset of a zone.
pub(super) fn english(word: &str) -> Option<&'static str> {
    let named = |lists: &'static [&'static [&'static str]]| Some(*lists.get(among(lists, word)?)?.first()?);
    let offset = || ZONES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(word));
    named(&MONTHS)
        .or_else(|| named(&DAYS))
        .or_else(|| offset().map(|(_, _, offset)| *offset))
}

/// The Indonesian name of a day of the week.
pub(super) fn day_name(day: Weekday) -> &'static str {
    let names = DAYS.get(day.num_days_from_monday() as usize);
    names.and_then(|names| names.get(1)).copied().unwrap_or_default()
}
