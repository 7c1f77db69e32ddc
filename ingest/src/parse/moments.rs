//! The patterns of a column's dates and times. ISO 8601 and the usual day-month-year orders are read digit by digit, the
//! Indonesian ways by a reader of their own; every other strftime pattern goes through chrono, with Indonesian names of
//! months, days and zones understood.

use super::{
    indonesian, names,
    time::{MICROS, clock, date_of, day_text, days, full_year, iso, iso_date, number, time_text},
};
use chrono::{
    Datelike, NaiveDate, NaiveDateTime, NaiveTime,
    format::{Fixed, Item, Parsed, StrftimeItems, parse},
};
use smartcenter_warehouse::contract::INDONESIAN_DATES;

/// The patterns of a column, worked out.
#[derive(Debug)]
pub(super) struct Moments {
    patterns: Vec<Pattern>,
    /// For each pattern the later ones that could read one of its texts as another day; mostly none.
    rivals: Vec<Vec<usize>>,
}

/// One way to write a date or time.
#[derive(Debug)]
enum Pattern {
    /// `2026-07-17`, with an optional time.
    Iso,
    /// As Indonesians commonly write dates.
    Indonesian,
    /// Day, month and year as digits in a fixed order; the number is the separator (0 for none).
    Digits {
        order: Order,
        separator: u8,
        /// Years have two digits instead of four.
        short: bool,
    },
    /// Anything else; `named` where parts of it are letters.
    Strftime { items: Vec<Item<'static>>, named: bool },
}

/// Which part comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    YearMonthDay,
    DayMonthYear,
}

impl Moments {
    /// Readers for strftime `formats`; none means ISO 8601.
    pub(super) fn new(formats: &[String]) -> Self {
        let patterns = if formats.is_empty() {
            vec![Pattern::Iso]
        } else {
            formats.iter().map(|format| Pattern::new(format)).collect::<Vec<_>>()
        };
        let rivals_of = |(index, one): (usize, &Pattern)| {
            let later = patterns.iter().enumerate().skip(index + 1);
            let rivals = later.filter(|(_, other)| !one.excludes(other));
            rivals.map(|(other, _)| other).collect()
        };
        let rivals = patterns.iter().enumerate().map(rivals_of).collect();
        Self { patterns, rivals }
    }

    /// Days since 1970-01-01. A time of midnight behind the date is allowed; any other is a fault, and so is a text that
    /// two patterns read as different days. `year` is the present one.
    #[inline]
    pub(super) fn date(&self, text: &str, year: i32) -> Option<i32> {
        self.one(|pattern| pattern.date(text, year))
    }

    /// Microseconds since 1970-01-01T00:00Z; `offset` minutes are assumed where the text names none.
    pub(super) fn timestamp(&self, text: &str, offset: i32, year: i32) -> Option<i64> {
        self.one(|pattern| pattern.timestamp(text, offset, year))
    }

    /// A date that a document tells the type of: in ISO form, whatever the patterns.
    pub(super) fn native_date(&self, text: &str, year: i32) -> Option<i32> {
        Pattern::Iso.date(text, year).or_else(|| self.date(text, year))
    }

    /// A time that a document tells the type of: in ISO form, whatever the patterns.
    pub(super) fn native_timestamp(&self, text: &str, offset: i32, year: i32) -> Option<i64> {
        Pattern::Iso
            .timestamp(text, offset, year)
            .or_else(|| self.timestamp(text, offset, year))
    }

    /// What the patterns make of a text, where those that can read it agree.
    #[inline]
    fn one<T: PartialEq>(&self, read: impl Fn(&Pattern) -> Option<T>) -> Option<T> {
        let (index, found) = self
            .patterns
            .iter()
            .enumerate()
            .find_map(|(index, pattern)| Some((index, read(pattern)?)))?;
        let rivals = self.rivals.get(index).map_or(&[][..], Vec::as_slice);
        let agree = |rival: &usize| {
            let other = self.patterns.get(*rival).and_then(&read);
            other.is_none_or(|other| other == found)
        };
        rivals.iter().all(agree).then_some(found)
    }

    /// The different days (or times, where `offset` is given) that the patterns make of a text, in their order.
    pub(super) fn candidates(&self, text: &str, offset: Option<i32>, year: i32) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for pattern in &self.patterns {
            let read = match offset {
                None => pattern.date(text, year).map(|day| day_text(i64::from(day))),
                Some(offset) => pattern.timestamp(text, offset, year).map(time_text),
            };
            found.extend(read.filter(|text| !found.contains(text)));
        }
        found
    }

    /// The day of the week that a text names and the one that its date is, where they differ.
    pub(super) fn contradiction(&self, text: &str, year: i32) -> Option<(&'static str, NaiveDate, &'static str)> {
        let written = self.patterns.iter().find_map(|pattern| match pattern {
            Pattern::Indonesian => indonesian::read(text, year),
            _ => None,
        })?;
        let said = written.contradiction?;
        Some((
            names::day_name(said),
            written.date,
            names::day_name(written.date.weekday()),
        ))
    }
}

impl Pattern {
    fn new(format: &str) -> Self {
        let digits = |order, separator, short| Self::Digits {
            order,
            separator,
            short,
        };
        match format {
            INDONESIAN_DATES => Self::Indonesian,
            "%Y-%m-%d" | "%F" => digits(Order::YearMonthDay, b'-', false),
            "%Y/%m/%d" => digits(Order::YearMonthDay, b'/', false),
            "%Y%m%d" => digits(Order::YearMonthDay, 0, false),
            "%d-%m-%Y" => digits(Order::DayMonthYear, b'-', false),
            "%d/%m/%Y" => digits(Order::DayMonthYear, b'/', false),
            "%d.%m.%Y" => digits(Order::DayMonthYear, b'.', false),
            "%d%m%Y" => digits(Order::DayMonthYear, 0, false),
            "%d-%m-%y" => digits(Order::DayMonthYear, b'-', true),
            "%d/%m/%y" => digits(Order::DayMonthYear, b'/', true),
            "%d.%m.%y" => digits(Order::DayMonthYear, b'.', true),
            _ => {
                let items: Vec<_> = StrftimeItems::new(format)
                    .map(|item| whole_names(item.to_owned()))
                    .collect();
                Self::Strftime {
                    named: items.iter().any(is_name),
                    items,
                }
            }
        }
    }

    /// Whether no text can be read by both, or both read it alike.
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Digits { order, separator, .. },
                Self::Digits {
                    order: other_order,
                    separator: other_separator,
                    ..
                },
            ) => {
                // The year has four digits where it comes first; without separators nothing tells the ends apart.
                separator != other_separator || order == other_order || *separator != 0
            }
            // Names are letters, and the digits of both are read in the same order.
            (Self::Digits { .. }, Self::Strftime { named: true, .. } | Self::Indonesian)
            | (Self::Strftime { named: true, .. } | Self::Indonesian, Self::Digits { .. }) => true,
            _ => false,
        }
    }

    fn date(&self, text: &str, year: i32) -> Option<i32> {
        match self {
            Self::Iso => {
                let (date, rest) = iso_date(text)?;
                let midnight = rest.is_empty()
                    || rest
                        .strip_prefix(['T', ' '])
                        .is_some_and(|time| clock(time).is_some_and(|(micros, zone)| micros == 0 && zone.is_empty()));
                midnight.then(|| days(date))
            }
            Self::Indonesian => {
                let written = indonesian::read(text, year).filter(|written| written.contradiction.is_none())?;
                let midnight = written.time.unwrap_or(0) == 0 && written.zone.is_none();
                midnight.then(|| days(written.date))
            }
            Self::Digits {
                order,
                separator,
                short,
            } => digits(text, *order, *separator, short.then_some(year)).map(days),
            Self::Strftime { items, named } => parsed(text, items, *named, year)?.to_naive_date().ok().map(days),
        }
    }

    fn timestamp(&self, text: &str, offset: i32, year: i32) -> Option<i64> {
        let local = |micros: i64, offset: i32| micros - i64::from(offset) * 60 * MICROS;
        match self {
            Self::Iso => iso(text, offset),
            Self::Indonesian => {
                let written = indonesian::read(text, year).filter(|written| written.contradiction.is_none())?;
                let micros = i64::from(days(written.date)) * 86_400 * MICROS + written.time.unwrap_or(0);
                Some(local(micros, written.zone.unwrap_or(offset)))
            }
            Self::Digits {
                order,
                separator,
                short,
            } => digits(text, *order, *separator, short.then_some(year))
                .map(|date| local(i64::from(days(date)) * 86_400 * MICROS, offset)),
            Self::Strftime { items, named } => {
                let parsed = parsed(text, items, *named, year)?;
                if let Ok(instant) = parsed.to_datetime() {
                    return Some(instant.timestamp_micros());
                }
                let naive = parsed.to_naive_datetime_with_offset(0).or_else(|_| {
                    parsed
                        .to_naive_date()
                        .map(|date| NaiveDateTime::new(date, NaiveTime::MIN))
                });
                naive
                    .ok()
                    .map(|naive| local(naive.and_utc().timestamp_micros(), offset))
            }
        }
    }
}

/// Whether an item is written with letters, which [`in_english`] translates.
fn is_name(item: &Item<'_>) -> bool {
    use Fixed::{LongMonthName, LongWeekdayName, TimezoneOffsetZ};
    matches!(item, Item::Fixed(LongMonthName | LongWeekdayName | TimezoneOffsetZ))
}

/// Names in full where a pattern asks for short ones, because both are read by it, and zones as offsets, because
/// chrono skips their names without understanding them.
fn whole_names(item: Item<'static>) -> Item<'static> {
    match item {
        Item::Fixed(Fixed::ShortMonthName) => Item::Fixed(Fixed::LongMonthName),
        Item::Fixed(Fixed::ShortWeekdayName) => Item::Fixed(Fixed::LongWeekdayName),
        Item::Fixed(Fixed::TimezoneName) => Item::Fixed(Fixed::TimezoneOffsetZ),
        other => other,
    }
}

/// `now` is the present year where years have two digits.
fn digits(text: &str, order: Order, separator: u8, now: Option<i32>) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if separator == 0 {
        let bytes: &[u8; 8] = bytes.try_into().ok()?;
        return match order {
            Order::YearMonthDay => date_of(&bytes[..4], &bytes[4..6], &bytes[6..]),
            Order::DayMonthYear => date_of(&bytes[4..], &bytes[2..4], &bytes[..2]),
        };
    }
    // Spreadsheets drop leading zeros of day and month; the year always has four digits.
    let mut parts = bytes.split(|byte| *byte == separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, month, day) = match order {
        Order::YearMonthDay => (first, second, third),
        Order::DayMonthYear => (third, second, first),
    };
    let width = if now.is_some() { 2 } else { 4 };
    if parts.next().is_some() || year.len() != width || month.len() > 2 || day.len() > 2 {
        return None;
    }
    match now {
        None => date_of(year, month, day),
        Some(now) => NaiveDate::from_ymd_opt(full_year(number(year)?, now), number(month)?, number(day)?),
    }
}

fn parsed(text: &str, items: &[Item<'static>], named: bool, now: i32) -> Option<Parsed> {
    let mut parsed = Parsed::new();
    let fits = if named {
        parse(&mut parsed, &in_english(text), items.iter())
    } else {
        parse(&mut parsed, text, items.iter())
    };
    fits.ok()?;
    // For chrono the year in `17 Juli 26` is 26, and nobody's records begin there.
    if parsed.year().is_some_and(|year| year < 1000) {
        return None;
    }
    if let (None, None, Some(short)) = (parsed.year(), parsed.year_div_100(), parsed.year_mod_100()) {
        let year = full_year(short.cast_unsigned(), now);
        parsed.set_year_div_100(i64::from(year.div_euclid(100))).ok()?;
    }
    Some(parsed)
}

/// The text with Indonesian names of months, days and zones as chrono reads them.
fn in_english(text: &str) -> String {
    let mut english = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_letter = |c: char| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}');
        let word_end = rest.find(|c: char| !is_letter(c)).unwrap_or(rest.len());
        if word_end == 0 {
            english.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (word, after) = rest.split_at(word_end);
        english.push_str(names::english(word).unwrap_or(word));
        rest = after;
    }
    english
}
