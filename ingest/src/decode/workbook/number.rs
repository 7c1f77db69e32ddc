//! Numbers of cells as plain text: decimals as the sheet shows them, and day numbers as dates and times.

use super::book::Shows;
use chrono::{Days, NaiveDate};
use std::fmt::Write;

/// Milliseconds of a day; spreadsheets count no finer.
const DAY: i64 = 86_400_000;
/// The day number behind the last, 9999-12-31.
const LAST_DAY: i64 = 2_958_466;
/// Whole numbers from here on are not exact: spreadsheets keep fifteen digits.
pub(super) const EXACT: f64 = 1e15;
/// Numbers below this are more likely a year, or a count, than a day before 1909.
const FIRST_LIKELY_DAY: f64 = 3_000.0;

/// Appends `number` as a plain decimal of at most fifteen digits, as it is shown: what is stored of `1.1 * 3` is
/// `3.3000000000000003`. Whole numbers that fit 64 bits have all their digits.
pub(super) fn push_decimal(text: &mut String, number: f64) {
    if number.fract() == 0.0 && number.abs() < 9_223_372_036_854_775_808.0 {
        let _ = write!(text, "{}", number as i64);
        return;
    }
    let start = text.len();
    let _ = write!(text, "{number}");
    let digits = text
        .get(start..)
        .unwrap_or_default()
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    if digits > 15 {
        let rounded = format!("{number:.14e}").parse().unwrap_or(number);
        text.truncate(start);
        let _ = write!(text, "{rounded}");
    }
}

/// Whether a number without a date format is a day number, in a column of dates.
pub(super) fn is_likely_day(number: f64) -> bool {
    (FIRST_LIKELY_DAY..LAST_DAY as f64).contains(&number)
}

/// Appends the date and time that day number `serial` (counted from 1900) is shown as; false when there is none.
/// `with_time` asks for the time as well, `shows` for what the cell itself shows of it.
pub(super) fn push_moment(text: &mut String, serial: f64, shows: Shows) -> bool {
    if !serial.is_finite() || serial < 0.0 || serial >= LAST_DAY as f64 {
        return false;
    }
    let total = (serial * DAY as f64).round() as i64;
    let (day, time) = (total.div_euclid(DAY), total.rem_euclid(DAY));
    if shows == Shows::Span {
        push_clock(text, total);
        return true;
    }
    // A time on its own counts from day 0.
    if day == 0 && shows != Shows::Date || shows == Shows::Time {
        push_clock(text, time);
        return true;
    }
    let Some(date) = date(day) else { return false };
    let _ = write!(text, "{date}");
    if shows == Shows::Moment {
        text.push('T');
        push_clock(text, time);
    }
    true
}

/// Whether the moment has a time of day.
pub(super) fn has_time(serial: f64) -> bool {
    ((serial * DAY as f64).round() as i64).rem_euclid(DAY) != 0
}

/// The date of a day number. Lotus took 1900 for a leap year, and spreadsheets have kept its day 60 ever since.
fn date(day: i64) -> Option<NaiveDate> {
    let from = match day {
        1..=59 => NaiveDate::from_ymd_opt(1899, 12, 31)?,
        61.. => NaiveDate::from_ymd_opt(1899, 12, 30)?,
        _ => return None,
    };
    from.checked_add_days(Days::new(u64::try_from(day).ok()?))
}

fn push_clock(text: &mut String, millis: i64) {
    let (seconds, rest) = (millis / 1000, millis % 1000);
    let _ = write!(
        text,
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if rest > 0 {
        let _ = write!(text, ".{rest:03}");
    }
}
