//! Texts with a unit: durations, shares, offsets, dates, service levels, date patterns. Each answers what was
//! expected when it cannot be read.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use std::time::Duration;

const DAY: u64 = 24 * 3600;

/// `400d`, `12h`, `15m`, `30s`, `2w`, or ISO 8601 `P400D`, `PT12H30M`. Calendar months and years have no fixed
/// length and are refused.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("{text:?} is not a duration: write `400d`, `12h`, `15m`, or ISO 8601 such as `P400D` or `PT15M`");
    let (body, iso) = match text.trim().strip_prefix('P') {
        Some(rest) => (rest, true),
        None => (text.trim(), false),
    };
    let (mut seconds, mut in_time, mut digits) = (0u64, false, String::new());
    let mut parts = 0;
    for c in body.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if c == 'T' && iso && !in_time && digits.is_empty() {
            in_time = true;
            continue;
        }
        let unit = match (iso, in_time, c) {
            (true, false, 'Y' | 'M') => {
                return Err(format!(
                    "{text:?} counts months or years, which have no fixed length: write days, such as `365d`"
                ));
            }
            (true, false, 'W') | (false, _, 'w') => 7 * DAY,
            (true, false, 'D') | (false, _, 'd') => DAY,
            (true, true, 'H') | (false, _, 'h') => 3600,
            (true, true, 'M') | (false, _, 'm') => 60,
            (true, true, 'S') | (false, _, 's') => 1,
            _ => return Err(wrong()),
        };
        let count: u64 = digits.parse().map_err(|_| wrong())?;
        digits.clear();
        parts += 1;
        seconds = count
            .checked_mul(unit)
            .and_then(|s| seconds.checked_add(s))
            .ok_or_else(wrong)?;
    }
    // chrono and the lake count microseconds in an i64: some 290,000 years.
    if parts == 0 || !digits.is_empty() || seconds > i64::MAX as u64 / 1_000_000 {
        return Err(wrong());
    }
    Ok(Duration::from_secs(seconds))
}

/// `20%`, or a share from 0 to 1.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let wrong = || format!("{text:?} is not a share: write a per cent such as `20%`, or a number from 0 to 1");
    let value = match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map_err(|_| wrong())? / 100.0,
        None => text.trim().parse::<f64>().map_err(|_| wrong())?,
    };
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(wrong())
    }
}

/// `+07:00`, `-03:30`, `Z`; answers minutes east of UTC.
pub(super) fn offset(text: &str) -> Result<i32, String> {
    if text == "Z" {
        return Ok(0);
    }
    let wrong = || format!("{text:?} is not an offset from UTC: write `+07:00` (WIB), `+08:00` (WITA), `+09:00` (WIT)");
    let sign = match text.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Err(wrong()),
    };
    let (hours, minutes) = text[1..].split_once(':').ok_or_else(wrong)?;
    let number = |part: &str, most: i32| {
        let two_digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<i32>().ok().filter(|n| two_digits && *n <= most)
    };
    let (hours, minutes) = number(hours, 14).zip(number(minutes, 59)).ok_or_else(wrong)?;
    Ok(sign * (hours * 60 + minutes))
}

/// The time zones Indonesian contracts name, in minutes east of UTC.
pub(super) fn zone(name: &str) -> Option<i32> {
    Some(match name {
        "UTC" | "Etc/UTC" | "GMT" | "Z" => 0,
        "Asia/Jakarta" | "Asia/Pontianak" | "WIB" => 7 * 60,
        "Asia/Makassar" | "WITA" => 8 * 60,
        "Asia/Jayapura" | "WIT" => 9 * 60,
        _ => return offset(name).ok(),
    })
}

/// An ISO date as days since 1970-01-01.
pub(super) fn days(text: &str) -> Result<i64, String> {
    let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
        .map_err(|_| format!("{text:?} is not an ISO date such as `2024-07-15`"))?;
    Ok(i64::from(date.to_epoch_days()))
}

/// An ISO timestamp as microseconds since 1970-01-01T00:00Z; without an offset, `offset_minutes` is assumed.
pub(super) fn micros(text: &str, offset_minutes: i32) -> Result<i64, String> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.timestamp_micros());
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok())
        .ok_or_else(|| format!("{text:?} is not an ISO timestamp such as `2024-07-15T07:00:00+07:00`"))?;
    Ok(local.and_utc().timestamp_micros() - i64::from(offset_minutes) * 60_000_000)
}

/// A service level such as value `1`, unit `d`.
pub(super) fn service_level(value: &str, unit: Option<&str>) -> Result<Duration, String> {
    let Some(unit) = unit else { return duration(value) };
    let number: f64 = value
        .trim()
        .parse()
        .ok()
        .filter(|n: &f64| n.is_finite() && *n >= 0.0)
        .ok_or_else(|| format!("{value:?} is not a number of {unit}"))?;
    let seconds = match unit.trim().to_lowercase().as_str() {
        "s" | "sec" | "second" | "seconds" => 1,
        "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7 * DAY,
        "mo" | "month" | "months" => 31 * DAY,
        "q" | "quarter" | "quarters" => 92 * DAY,
        "y" | "yr" | "year" | "years" => 366 * DAY,
        _ => return Err(format!("unit {unit:?} is not known: use s, min, h, d, w, mo, q or y")),
    };
    // The seconds of 10,000 years; above it, a typing error.
    let all = number * seconds as f64;
    if all > 10_000.0 * 366.0 * DAY as f64 {
        return Err(format!("{value} {unit} is longer than any feed may be silent"));
    }
    Ok(Duration::from_secs_f64(all))
}

/// The standard writes date formats as Java's DateTimeFormatter does; the hub reads with strftime patterns.
pub(super) fn strftime(java: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = java;
    while let Some(c) = rest.chars().next() {
        if c == '\'' {
            let (quoted, after) = rest[1..].split_once('\'').ok_or("the quote is not closed")?;
            out.push_str(if quoted.is_empty() { "'" } else { quoted });
            rest = after;
            continue;
        }
        let run = rest.len() - rest.trim_start_matches(c).len();
        let spec = match (c, run / c.len_utf8()) {
            ('y' | 'u', 4) => "%Y",
            ('y' | 'u', 2) => "%y",
            ('M' | 'L', 1 | 2) => "%m",
            ('M' | 'L', 3) => "%b",
            ('M' | 'L', 4) => "%B",
            ('d', 1 | 2) => "%d",
            ('D', 3) => "%j",
            ('E', 1..=3) => "%a",
            ('E', 4) => "%A",
            ('H', 1 | 2) => "%H",
            ('h', 1 | 2) => "%I",
            ('m', 1 | 2) => "%M",
            ('s', 1 | 2) => "%S",
            ('S', 1..=9) => "%f",
            ('a', 1) => "%p",
            ('X' | 'x', 1 | 2) | ('Z', 1..=3) => "%z",
            ('X' | 'x', 3) => "%:z",
            ('%', _) => "%%",
            (letter, _) if letter.is_ascii_alphabetic() => {
                return Err(format!(
                    "format letter {:?} is not read by the hub: write the pattern as the hub setting `formats`, in strftime form",
                    &rest[..run]
                ));
            }
            (literal, _) => {
                out.extend(std::iter::repeat_n(literal, run / literal.len_utf8()));
                rest = &rest[run..];
                continue;
            }
        };
        // `ss.SSS` is one strftime specifier with its dot.
        if spec == "%f" && out.ends_with('.') {
            out.pop();
            out.push_str("%.f");
        } else {
            out.push_str(spec);
        }
        rest = &rest[run..];
    }
    Ok(out)
}

/// A name as an institution id: `Dinas Pendidikan` becomes `dinas-pendidikan`.
pub(super) fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim().to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' | '_' | '.' => out.push(c),
            _ if !out.ends_with('-') && !out.is_empty() => out.push('-'),
            _ => {}
        }
    }
    out.trim_end_matches('-').chars().take(64).collect()
}
