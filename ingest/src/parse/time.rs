//! Dates and times. ISO 8601 and the usual day-month-year orders are read digit by digit; every other strftime
//! pattern goes through chrono, with Indonesian month and day names understood.

use chrono::{
    Datelike, NaiveDate, NaiveDateTime, NaiveTime,
    format::{Item, Parsed, StrftimeItems, parse},
};

/// The patterns of a column, worked out.
#[derive(Debug)]
pub(super) struct Moments(Vec<Pattern>);

#[derive(Debug)]
enum Pattern {
    /// `2026-07-17`, with an optional time.
    Iso,
    /// Day, month and year as digits in a fixed order; the number is the separator (0 for none).
    Digits { order: Order, separator: u8 },
    /// Anything else.
    Strftime { items: Vec<Item<'static>>, named: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    YearMonthDay,
    DayMonthYear,
}

/// Indonesian names as chrono's English ones; whole words, any case.
const NAMES: [(&str, &str); 25] = [
    ("januari", "January"),
    ("februari", "February"),
    ("pebruari", "February"),
    ("maret", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("agustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("nopember", "November"),
    ("november", "November"),
    ("desember", "December"),
    ("agu", "Aug"),
    ("agt", "Aug"),
    ("okt", "Oct"),
    ("des", "Dec"),
    ("senin", "Monday"),
    ("selasa", "Tuesday"),
    ("rabu", "Wednesday"),
    ("kamis", "Thursday"),
    ("jumat", "Friday"),
    ("sabtu", "Saturday"),
    ("minggu", "Sunday"),
];

const MICROS: i64 = 1_000_000;

impl Moments {
    /// Readers for strftime `formats`; none means ISO 8601.
    pub(super) fn new(formats: &[String]) -> Self {
        if formats.is_empty() {
            return Self(vec![Pattern::Iso]);
        }
        Self(formats.iter().map(|format| Pattern::new(format)).collect())
    }

    /// Days since 1970-01-01. A time of midnight behind the date is allowed; any other is a fault.
    pub(super) fn date(&self, text: &str) -> Option<i32> {
        self.0.iter().find_map(|pattern| match pattern {
            Pattern::Iso => {
                let (date, rest) = iso_date(text)?;
                let midnight = rest.is_empty()
                    || rest
                        .strip_prefix(['T', ' '])
                        .is_some_and(|time| clock(time).is_some_and(|(micros, zone)| micros == 0 && zone.is_empty()));
                midnight.then(|| days(date))
            }
            Pattern::Digits { order, separator } => digits(text, *order, *separator).map(days),
            Pattern::Strftime { items, named } => parsed(text, items, *named)?.to_naive_date().ok().map(days),
        })
    }

    /// Microseconds since 1970-01-01T00:00Z; `offset` minutes are assumed where the text names none.
    pub(super) fn timestamp(&self, text: &str, offset: i32) -> Option<i64> {
        let local = |micros: i64| micros - i64::from(offset) * 60 * MICROS;
        self.0.iter().find_map(|pattern| match pattern {
            Pattern::Iso => iso(text, offset),
            Pattern::Digits { order, separator } => {
                digits(text, *order, *separator).map(|date| local(i64::from(days(date)) * 86_400 * MICROS))
            }
            Pattern::Strftime { items, named } => {
                let parsed = parsed(text, items, *named)?;
                if let Ok(instant) = parsed.to_datetime() {
                    return Some(instant.timestamp_micros());
                }
                let naive = parsed.to_naive_datetime_with_offset(0).or_else(|_| {
                    parsed
                        .to_naive_date()
                        .map(|date| NaiveDateTime::new(date, NaiveTime::MIN))
                });
                naive.ok().map(|naive| local(naive.and_utc().timestamp_micros()))
            }
        })
    }
}

impl Pattern {
    fn new(format: &str) -> Self {
        let digits = |order, separator| Self::Digits { order, separator };
        match format {
            "%Y-%m-%d" | "%F" => digits(Order::YearMonthDay, b'-'),
            "%Y/%m/%d" => digits(Order::YearMonthDay, b'/'),
            "%Y%m%d" => digits(Order::YearMonthDay, 0),
            "%d-%m-%Y" => digits(Order::DayMonthYear, b'-'),
            "%d/%m/%Y" => digits(Order::DayMonthYear, b'/'),
            "%d.%m.%Y" => digits(Order::DayMonthYear, b'.'),
            "%d%m%Y" => digits(Order::DayMonthYear, 0),
            _ => Self::Strftime {
                items: StrftimeItems::new(format).map(Item::to_owned).collect(),
                named: ["%b", "%B", "%h", "%a", "%A"].iter().any(|name| format.contains(name)),
            },
        }
    }
}

/// Days since 1970-01-01 as an ISO date, for messages.
pub(crate) fn day_text(days: i64) -> String {
    let date = NaiveDate::from_epoch_days(i32::try_from(days).unwrap_or_default()).unwrap_or_default();
    date.to_string()
}

fn days(date: NaiveDate) -> i32 {
    // 719,163 days lie between 0001-01-01 and 1970-01-01.
    date.num_days_from_ce() - 719_163
}

/// The number in `text`, which must be digits only.
#[inline]
fn number(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    text.iter().try_fold(0_u32, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'))
    })
}

#[inline]
fn date_of(year: &[u8], month: &[u8], day: &[u8]) -> Option<NaiveDate> {
    let year = i32::try_from(number(year)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).filter(|_| year > 0)
}

fn digits(text: &str, order: Order, separator: u8) -> Option<NaiveDate> {
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
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    date_of(year, month, day)
}

/// The date at the start of an ISO text, and what follows it.
#[inline]
fn iso_date(text: &str) -> Option<(NaiveDate, &str)> {
    let bytes = text.as_bytes().first_chunk::<10>()?;
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    Some((date_of(&bytes[..4], &bytes[5..7], &bytes[8..])?, text.get(10..)?))
}

/// `08:30`, `08:30:15`, `08:30:15.123456` as microseconds of the day, and what follows.
fn clock(text: &str) -> Option<(i64, &str)> {
    let bytes = text.as_bytes();
    if bytes.get(2) != Some(&b':') {
        return None;
    }
    let hour = number(bytes.get(..2)?).filter(|h| *h < 24)?;
    let minute = number(bytes.get(3..5)?).filter(|m| *m < 60)?;
    let mut micros = i64::from(hour * 3600 + minute * 60) * MICROS;
    let mut at = 5;
    if bytes.get(5) == Some(&b':') {
        micros += i64::from(number(bytes.get(6..8)?).filter(|s| *s < 60)?) * MICROS;
        at = 8;
        if matches!(bytes.get(8), Some(b'.' | b',')) {
            let length = bytes.get(9..)?.iter().take_while(|b| b.is_ascii_digit()).count();
            let kept = length.clamp(1, 6);
            let fraction = i64::from(number(bytes.get(9..9 + kept)?)?);
            // Digits behind the microseconds are dropped: no clock of ours counts finer.
            micros += fraction * 10_i64.pow(6 - kept as u32);
            at = 9 + length;
        }
    }
    Some((micros, text.get(at..)?))
}

/// Minutes of `Z`, `+07`, `+07:00`, `+0700`.
fn zone(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let sign = match bytes.first()? {
        b'Z' | b'z' if bytes.len() == 1 => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match bytes.len() {
        3 => (number(&bytes[1..3])?, 0),
        5 => (number(&bytes[1..3])?, number(&bytes[3..5])?),
        6 if bytes[3] == b':' => (number(&bytes[1..3])?, number(&bytes[4..6])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then(|| sign * (hours * 60 + minutes).cast_signed())
}

fn iso(text: &str, offset: i32) -> Option<i64> {
    let (date, rest) = iso_date(text)?;
    let (micros, rest) = match rest.strip_prefix(['T', 't', ' ']) {
        Some(time) => clock(time)?,
        None if rest.is_empty() => (0, ""),
        None => return None,
    };
    let offset = if rest.is_empty() {
        offset
    } else {
        zone(rest.trim_start())?
    };
    Some(i64::from(days(date)) * 86_400 * MICROS + micros - i64::from(offset) * 60 * MICROS)
}

fn parsed(text: &str, items: &[Item<'static>], named: bool) -> Option<Parsed> {
    let mut parsed = Parsed::new();
    let fits = if named {
        parse(&mut parsed, &in_english(text), items.iter())
    } else {
        parse(&mut parsed, text, items.iter())
    };
    fits.ok().map(|()| parsed)
}

/// The text with Indonesian month and day names in English.
fn in_english(text: &str) -> String {
    let mut english = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word_end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if word_end == 0 {
            english.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (word, after) = rest.split_at(word_end);
        let name = NAMES.iter().find(|(own, _)| own.eq_ignore_ascii_case(word));
        english.push_str(name.map_or(word, |(_, english)| english));
        rest = after;
    }
    english
}
