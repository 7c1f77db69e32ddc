//! Dates as Indonesians commonly write them, without a pattern: the day comes first, months may be words, a day of the
//! week may stand in front and a time behind. `31/12/2024`, `31-12-24`, `Senin, 13 Juli 2026`, `12-Jul-26`,
//! `12 Juli 2026 08.30 WIB`, `2026-07-12`.

use super::{
    names,
    time::{MICROS, date_of, full_year, number, zone},
};
use chrono::{Datelike, NaiveDate, Weekday};

/// A date that was read, and the time behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub date: NaiveDate,
    /// Microseconds of the day, where a time is written.
    pub time: Option<i64>,
    /// Minutes ahead of UTC, where a zone is written.
    pub zone: Option<i32>,
    /// The day of the week in front, where it is another one than the date's: such a cell contradicts itself.
    pub contradiction: Option<Weekday>,
}

/// Reads a whole text; `year` is the present one, by which years of two digits are completed.
pub(super) fn read(text: &str, year: i32) -> Option<Written> {
    let (day, rest) = day_of_week(text);
    let (date, rest) = date(rest, year)?;
    let (time, rest) = clock(rest)?;
    let zone = match (rest.trim_start(), time) {
        ("", _) => None,
        (rest, Some(_)) => Some(names::zone(rest).or_else(|| zone(rest))?),
        _ => return None,
    };
    let contradiction = day.filter(|day| *day != date.weekday());
    Some(Written {
        date,
        time,
        zone,
        contradiction,
    })
}

/// A day of the week in front, and what follows it.
fn day_of_week(text: &str) -> (Option<Weekday>, &str) {
    let end = text
        .find(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '\u{2019}'))
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match names::day(word) {
        Some(day) => (Some(day), rest.trim_start_matches(['.', ',', ' ', '\u{a0}'])),
        None => (None, text),
    }
}

/// Digits in front, and what follows them.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn date(text: &str, now: i32) -> Option<(NaiveDate, &str)> {
    let (first, rest) = digits(text);
    match first.len() {
        4 => iso(first, rest),
        1 | 2 => {
            let bare = rest.trim_start_matches(is_blank);
            let named = bare.trim_start_matches(|c| matches!(c, '-' | '/' | '.') || is_blank(c));
            if named.starts_with(char::is_alphabetic) {
                month_name(first, named, now)
            } else {
                numbers(first, rest, now)
            }
        }
        _ => None,
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}')
}

/// `2026-07-12`: all parts have their zeros.
fn iso<'t>(year: &str, rest: &'t str) -> Option<(NaiveDate, &'t str)> {
    let (month, rest) = digits(rest.strip_prefix('-')?);
    let (day, rest) = digits(rest.strip_prefix('-')?);
    let date = date_of(year.as_bytes(), month.as_bytes(), day.as_bytes());
    (month.len() == 2 && day.len() == 2).then_some((date?, rest))
}

/// `12/7/2026` behind the day: the same sign twice.
fn numbers<'t>(day: &str, rest: &'t str, now: i32) -> Option<(NaiveDate, &'t str)> {
    let sign = rest.chars().next().filter(|c| matches!(c, '/' | '-' | '.'))?;
    let (month, rest) = digits(rest.strip_prefix(sign)?);
    let (year, rest) = digits(rest.strip_prefix(sign)?);
    if !(1..=2).contains(&month.len()) {
        return None;
    }
    complete(year, month, day, now).map(|date| (date, rest))
}

/// `Juli 2026` behind the day.
fn month_name<'t>(day: &str, rest: &'t str, now: i32) -> Option<(NaiveDate, &'t str)> {
    let (word, rest) = rest.split_at(rest.find(|c: char| !c.is_alphabetic())?);
    let month = names::month(word)?.to_string();
    let (year, rest) = digits(rest.trim_start_matches(|c| matches!(c, '-' | '/' | '.' | ',') || is_blank(c)));
    complete(year, &month, day, now).map(|date| (date, rest))
}

fn complete(year: &str, month: &str, day: &str, now: i32) -> Option<NaiveDate> {
    let short = number(year.as_bytes()).filter(|_| year.len() == 2);
    let year = match (year.len(), short) {
        (4, _) => year.to_owned(),
        (_, Some(short)) => format!("{:04}", full_year(short, now)),
        _ => return None,
    };
    date_of(year.as_bytes(), month.as_bytes(), day.as_bytes())
}

/// A time behind the date, with points or colons: ` 08.30`, ` pukul 08:30:15`, `T08:30:00.5`. Nothing is fine too.
fn clock(text: &str) -> Option<(Option<i64>, &str)> {
    let blank = text.trim_start_matches(|c| c == ',' || is_blank(c));
    if blank.is_empty() {
        return Some((None, ""));
    }
    let start = match blank.strip_prefix(['T', 't']) {
        Some(time) if blank.len() == text.len() => time,
        _ if blank.len() == text.len() => return None,
        _ => blank,
    };
    let (hour, rest) = digits(without_o_clock(start));
    let sign = rest.chars().next().filter(|c| matches!(c, ':' | '.'))?;
    let (minute, mut rest) = digits(rest.strip_prefix(sign)?);
    let mut second = "00";
    let mut fraction = "";
    if let Some(behind) = rest.strip_prefix(sign) {
        (second, rest) = digits(behind);
        if let Some(behind) = rest.strip_prefix(['.', ',']) {
            (fraction, rest) = digits(behind);
            if fraction.is_empty() {
                return None;
            }
        }
    }
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 || second.len() != 2 {
        return None;
    }
    let below = |text: &str, limit: u32| number(text.as_bytes()).filter(|n| *n < limit).map(i64::from);
    let seconds = below(hour, 24)? * 3600 + below(minute, 60)? * 60 + below(second, 60)?;
    // Digits behind the microseconds are dropped: no clock of ours counts finer.
    let micros = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = micros.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((Some(seconds * MICROS + micros), rest))
}

/// Without the word that says that a time follows.
fn without_o_clock(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let is_o_clock = ["pukul", "jam", "pkl"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word));
    if is_o_clock {
        rest.trim_start_matches(|c| c == '.' || is_blank(c))
    } else {
        text
    }
}
