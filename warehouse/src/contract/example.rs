//! An example of a column, for people who are about to fill it in: a made-up text that a sender may write, worked out
//! from what the contract asks. It keeps to every check of one value, or there is none.

use super::{Check, Column, ColumnType, INDONESIAN_DATES, SourceFormat};
use chrono::{DateTime, FixedOffset, NaiveDate};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Seconds since 1970 of the moment that dates and times are shown by: 31 January 2026, 08:30 in Trenggalek. The day
/// is one that cannot be a month.
const MOMENT: i64 = 1_769_823_000;

/// Longest text that is made from a pattern.
const LONGEST: usize = 40;

impl Column {
    /// A text for this column in the look of `source`, such as `31/01/2026`, `12345678` or `SD`; made up, and the same
    /// each time. None where the contract asks for too much, or for nothing in particular.
    pub fn example(&self, source: &SourceFormat) -> Option<String> {
        let listed = self.rules.iter().find_map(|rule| match &rule.check {
            Check::OneOf(texts) => texts.first().cloned(),
            _ => None,
        });
        let mut candidates = match self.ty {
            _ if listed.is_some() => listed.map(|text| (text, None)).into_iter().collect(),
            ColumnType::Text => self.of_pattern().map(|text| (text, None)).into_iter().collect(),
            ColumnType::Boolean => vec![("ya".to_owned(), None)],
            ColumnType::Date | ColumnType::Timestamp => self.moment(source).into_iter().collect(),
            ColumnType::Int32 | ColumnType::Int64 | ColumnType::Decimal(_, ..=0) => self.numbers(false, source),
            ColumnType::Float64 | ColumnType::Decimal(..) => self.numbers(true, source),
        };
        candidates.retain(|(text, value)| self.rules.iter().all(|rule| passes(&rule.check, text, *value)));
        candidates.into_iter().map(|(text, _)| text).next()
    }

    /// The texts that are allowed; empty where the contract has no list.
    pub fn allowed(&self) -> &[String] {
        let lists = self.rules.iter().filter_map(|rule| match &rule.check {
            Check::OneOf(texts) => Some(&**texts),
            _ => None,
        });
        lists.into_iter().next().unwrap_or_default()
    }

    fn of_pattern(&self) -> Option<String> {
        let pattern = self.rules.iter().find_map(|rule| match &rule.check {
            Check::Pattern(pattern) => Some(pattern.as_str()),
            _ => None,
        })?;
        let mut text = String::new();
        write(&regex_syntax::parse(pattern).ok()?, &mut text).then_some(text)
    }

    /// The example moment with its native value: days or microseconds since 1970.
    fn moment(&self, source: &SourceFormat) -> Option<(String, Option<f64>)> {
        let zone = FixedOffset::east_opt(source.utc_offset_minutes * 60)?;
        let moment = DateTime::from_timestamp(MOMENT, 0)?.with_timezone(&zone);
        let is_date = self.ty == ColumnType::Date;
        let text = match self.formats.first().map(String::as_str) {
            // It stands for many ways; this one most people know.
            Some(INDONESIAN_DATES) if is_date => moment.format("%d/%m/%Y").to_string(),
            Some(INDONESIAN_DATES) => moment.format("%d/%m/%Y %H:%M").to_string(),
            Some(format) => moment.format(format).to_string(),
            None if is_date => moment.format("%Y-%m-%d").to_string(),
            None => moment.format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        };
        let days = moment
            .date_naive()
            .signed_duration_since(NaiveDate::default())
            .num_days();
        let value = if is_date { days } else { moment.timestamp_micros() };
        #[allow(clippy::cast_precision_loss, reason = "bounds are kept as floats, too")]
        Some((text, Some(value as f64)))
    }

    /// Numbers that may do, the plainest first; those on the bounds are for narrow ranges.
    fn numbers(&self, fraction: bool, source: &SourceFormat) -> Vec<(String, Option<f64>)> {
        let bounds = self.rules.iter().flat_map(|rule| match &rule.check {
            Check::Range { min, max } => [*min, *max].map(|bound| bound.map(|bound| bound.value)),
            _ => [None, None],
        });
        let near = bounds
            .flatten()
            .flat_map(|bound| [bound, bound + 1.0, bound - 1.0, bound + 0.5]);
        [if fraction { 12.5 } else { 12.0 }, 1.0]
            .into_iter()
            .chain(near)
            .filter(|value| fraction || value.fract() == 0.0)
            .map(|value| {
                (
                    value.to_string().replace('.', source.decimal.encode_utf8(&mut [0; 4])),
                    Some(value),
                )
            })
            .collect()
    }
}

/// Whether a text, with its native value where it is a number or a time, passes `check`. Codes of another dataset
/// cannot be looked up here; a pattern beside them shows how they look.
fn passes(check: &Check, text: &str, value: Option<f64>) -> bool {
    match check {
        Check::Pattern(pattern) => pattern.is_match(text),
        Check::Length { min, max } => {
            let length = text.chars().count();
            min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
        }
        Check::Range { min, max } => value.is_none_or(|value| {
            let inside = |beyond: bool, exclusive: bool, bound: f64| beyond || (!exclusive && value == bound);
            min.is_none_or(|b| inside(value > b.value, b.exclusive, b.value))
                && max.is_none_or(|b| inside(value < b.value, b.exclusive, b.value))
        }),
        Check::OneOf(texts) => texts.iter().any(|allowed| allowed == text),
        Check::Reference { .. } => true,
    }
}

/// Writes the shortest text that fits the pattern, with digits counting up from 1; false where there is none of a
/// reasonable length.
fn write(pattern: &Hir, text: &mut String) -> bool {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(literal) => text.push_str(literal),
            Err(_) => return false,
        },
        HirKind::Class(class) => match pick(class, text) {
            Some(sign) => text.push(sign),
            None => return false,
        },
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                if !write(&repetition.sub, text) {
                    return false;
                }
            }
        }
        HirKind::Capture(capture) => return write(&capture.sub, text),
        HirKind::Concat(parts) => return parts.iter().all(|part| write(part, text)),
        HirKind::Alternation(parts) => return parts.first().is_some_and(|part| write(part, text)),
    }
    text.chars().count() <= LONGEST
}

/// A character of `class`: the next digit, a letter, or whatever comes first.
fn pick(class: &Class, text: &str) -> Option<char> {
    let has = |wanted: char| match class {
        Class::Unicode(ranges) => ranges
            .iter()
            .any(|range| range.start() <= wanted && wanted <= range.end()),
        Class::Bytes(ranges) => u8::try_from(wanted).is_ok_and(|wanted| {
            ranges
                .iter()
                .any(|range| range.start() <= wanted && wanted <= range.end())
        }),
    };
    let first = match class {
        Class::Unicode(ranges) => ranges.iter().next().map(|range| range.start()),
        Class::Bytes(ranges) => ranges.iter().next().map(|range| char::from(range.start())),
    };
    let written = text.chars().filter(char::is_ascii_digit).count();
    let next = u32::try_from(written % 10)
        .ok()
        .and_then(|written| char::from_digit((written + 1) % 10, 10));
    let digits = next.into_iter().chain('0'..='9');
    digits
        .chain('A'..='Z')
        .chain('a'..='z')
        .find(|sign| has(*sign))
        .or(first)
}
