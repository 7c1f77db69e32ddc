//! Masks on whole columns. The output has the type of the input, so that a statement means the same for everyone.

use crate::contract::Mask;
use arrow::{
    array::{Array, ArrayRef, AsArray, Date32Array, StringViewBuilder, TimestampMicrosecondArray, new_null_array},
    datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType},
};
use chrono::{DateTime, Datelike, NaiveDate};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::{fmt, sync::Arc};

/// Applies masks with the secret of the running epoch.
#[derive(Clone)]
pub struct Masker {
    keyed: Hmac<Sha256>,
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masker")
    }
}

impl Masker {
    /// A masker whose hashes are stable as long as `person_key_secret` is.
    #[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
    pub fn new(person_key_secret: &[u8; 32]) -> Self {
        Self {
            keyed: Hmac::new_from_slice(person_key_secret).expect("any length"),
        }
    }

    /// The column as a reader without the right to it sees it. A mask that does not fit the type hides all.
    pub fn apply(&self, mask: Mask, column: &ArrayRef) -> ArrayRef {
        match (mask, column.data_type()) {
            (Mask::Hash, DataType::Utf8View) => self.each_text(column, |masker, text| masker.person_key(text)),
            (Mask::Partial, DataType::Utf8View) => self.each_text(column, |_, text| partial(text)),
            (Mask::Year, DataType::Date32) => {
                let years = column
                    .as_primitive::<Date32Type>()
                    .iter()
                    .map(|day| day.and_then(year_of_day));
                Arc::new(years.collect::<Date32Array>())
            }
            (Mask::Year, DataType::Timestamp(TimeUnit::Microsecond, zone)) => {
                let years = column
                    .as_primitive::<TimestampMicrosecondType>()
                    .iter()
                    .map(|at| at.and_then(year_of_instant));
                Arc::new(
                    years
                        .collect::<TimestampMicrosecondArray>()
                        .with_timezone_opt(zone.clone()),
                )
            }
            (_, data_type) => new_null_array(data_type, column.len()),
        }
    }

    /// The keyed hash that stands for a person: 32 hex digits (128 bits of HMAC-SHA256).
    pub fn person_key(&self, text: &str) -> String {
        let mut mac = self.keyed.clone();
        mac.update(text.as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..16])
    }

    fn each_text(&self, column: &ArrayRef, masked: impl Fn(&Self, &str) -> String) -> ArrayRef {
        let mut out = StringViewBuilder::with_capacity(column.len());
        for text in column.as_string_view() {
            out.append_option(text.map(|text| masked(self, text)));
        }
        Arc::new(out.finish())
    }
}

/// The first two characters, then `***`; a text of three characters or fewer shows nothing of itself.
fn partial(text: &str) -> String {
    match text.char_indices().nth(2) {
        Some((end, _)) if text[end..].chars().nth(1).is_some() => format!("{}***", &text[..end]),
        _ => "***".to_owned(),
    }
}

fn year_of_day(day: i32) -> Option<i32> {
    let date = Date32Type::to_naive_date_opt(day)?;
    NaiveDate::from_ymd_opt(date.year(), 1, 1).map(Date32Type::from_naive_date)
}

fn year_of_instant(micros: i64) -> Option<i64> {
    let at = DateTime::from_timestamp_micros(micros)?;
    Some(
        NaiveDate::from_ymd_opt(at.year(), 1, 1)?
            .and_hms_opt(0, 0, 0)?
            .and_utc()
            .timestamp_micros(),
    )
}
