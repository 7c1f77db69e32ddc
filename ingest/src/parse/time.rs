//! The parts of dates and times, digit by digit: what all patterns have in common, and ISO 8601.

use chrono::{Datelike, NaiveDate};

/// Microseconds of a second.
pub(super) const MICROS: i64 = 1_000_000;

/// A year of two digits in full: the last year with these digits that is at most ten years ahead of the present one.
/// So the birthdays of everybody below ninety are right, and the plans of ten years.
pub(super) fn full_year(short: u32, now: i32) -> i32 {
    let newest = now + 10;
    newest - (newest - short.cast_signed()).rem_euclid(100)
}

/// Microseconds since 1970-01-01T00:00Z as an ISO time, for messages.
pub(super) fn time_text(micros: i64) -> String {
    let time = chrono::DateTime::from_timestamp_micros(micros);
    time.map(|time| time.to_rfc3339()).unwrap_or_default()
}

/// Days since 1970-01-01 as an ISO date, for messages.
pub(crate) fn day_text(days: i64) -> String {
    let date = NaiveDate::from_epoch_days(i32::try_from(days).unwrap_or_default()).unwrap_or_default();
    date.to_string()
}

/// Days since 1970-01-01.
pub(super) fn days(date: NaiveDate) -> i32 {
    // 719,163 days lie between 0001-01-01 and 1970-01-01.
    date.num_days_from_ce() - 719_163
}

/// The number in `text`, which must be digits only.
#[inline]
pub(super) fn number(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    text.iter().try_fold(0_u32, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'))
    })
}

/// A date of its parts as digits.
#[inline]
pub(super) fn date_of(year: &[u8], month: &[u8], day: &[u8]) -> Option<NaiveDate> {
    let year = i32::try_from(number(year)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).filter(|_| year > 0)
}

/// The date at the start of an ISO text, and what follows it.
#[inline]
pub(super) fn iso_date(text: &str) -> Option<(NaiveDate, &str)> {
    let bytes = text.as_bytes().first_chunk::<10>()?;
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    Some((date_of(&bytes[..4], &bytes[5..7], &bytes[8..])?, text.get(10..)?))
}

/// `08:30`, `08:30:15`, `08:30:15.123456` as microseconds of the day, and what follows.
pub(super) fn clock(text: &str) -> Option<(i64, &str)> {
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
pub(super) fn zone(text: &str) -> Option<i32> {
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

/// An ISO time in microseconds since 1970-01-01T00:00Z; `offset` minutes are assumed where it names none.
pub(super) fn iso(text: &str, offset: i32) -> Option<i64> {
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
