//! Sealed page cursors: where a page ended, encrypted and authenticated, so that a cursor tells nothing, fits only
//! the request it was made for, and cannot be forged.
//!
//! Encrypt-then-MAC from one primitive: an HMAC-SHA256 keystream in counter mode under a random nonce, and an
//! HMAC-SHA256 tag over nonce, text and request.

use crate::{Error, Result};
use arrow::datatypes::{DataType, TimeUnit};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use datafusion::scalar::ScalarValue;
use hmac::{Hmac, Mac};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

const NONCE: usize = 16;
const TAG: usize = 16;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// Rows that arrived after this are not part of the listing.
    pub(crate) cut: u64,
    /// Values of the order columns in the last row, as the caller sees them.
    pub(crate) keys: Vec<Key>,
}

/// A value of an order column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Key {
    /// Null.
    N,
    /// Integer, date or timestamp.
    I(i64),
    /// Double, by its bits.
    F(u64),
    /// Decimal, unscaled.
    D(String),
    /// Boolean.
    B(bool),
    /// Text.
    T(String),
}

/// The secrets behind the cursors.
pub(crate) struct CursorSeal {
    stream: Hmac<Sha256>,
    tag: Hmac<Sha256>,
}

impl fmt::Debug for CursorSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorSeal")
    }
}

impl CursorSeal {
    /// A seal from one secret.
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let derived = |label: &[u8]| {
            let mut mac = keyed(secret);
            mac.update(label);
            keyed(&mac.finalize().into_bytes())
        };
        Self {
            stream: derived(b"cursor stream"),
            tag: derived(b"cursor tag"),
        }
    }

    /// The cursor for `position` in the listing that `request` describes.
    pub(crate) fn seal(&self, position: &Position, request: &[u8]) -> Result<String> {
        let mut text = serde_json::to_vec(position)?;
        let mut sealed = vec![0; NONCE];
        rand::rng().fill_bytes(&mut sealed);
        self.apply(&sealed, &mut text);
        sealed.extend_from_slice(&text);
        let tag = self.tagged(&sealed, request);
        sealed.extend_from_slice(&tag[..TAG]);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The position in `cursor`, if it was made here for the same `request`.
    pub(crate) fn open(&self, cursor: &str, request: &[u8]) -> Result<Position> {
        let refused = || Error::invalid("the cursor does not belong to this request: start again without it");
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        if sealed.len() < NONCE + TAG {
            return Err(refused());
        }
        let (body, tag) = sealed.split_at(sealed.len() - TAG);
        let mut mac = self.tag.clone();
        mac.update(request);
        mac.update(body);
        mac.verify_truncated_left(tag).map_err(|_| refused())?;
        let (nonce, text) = body.split_at(NONCE);
        let mut text = text.to_vec();
        self.apply(nonce, &mut text);
        serde_json::from_slice(&text).map_err(|_| refused())
    }

    fn tagged(&self, body: &[u8], request: &[u8]) -> Vec<u8> {
        let mut mac = self.tag.clone();
        mac.update(request);
        mac.update(body);
        mac.finalize().into_bytes().to_vec()
    }

    fn apply(&self, nonce: &[u8], text: &mut [u8]) {
        for (counter, block) in text.chunks_mut(32).enumerate() {
            let mut mac = self.stream.clone();
            mac.update(nonce);
            mac.update(&(counter as u64).to_be_bytes());
            for (byte, pad) in block.iter_mut().zip(mac.finalize().into_bytes()) {
                *byte ^= pad;
            }
        }
    }
}

#[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("any length")
}

impl Key {
    /// The key form of a value of an order column; none for types that no contract has.
    pub(crate) fn of(value: &ScalarValue) -> Option<Self> {
        if value.is_null() {
            return Some(Self::N);
        }
        Some(match value {
            ScalarValue::Int32(Some(v)) | ScalarValue::Date32(Some(v)) => Self::I(i64::from(*v)),
            ScalarValue::Int64(Some(v)) | ScalarValue::TimestampMicrosecond(Some(v), _) => Self::I(*v),
            ScalarValue::Float64(Some(v)) => Self::F(v.to_bits()),
            ScalarValue::Decimal128(Some(v), ..) => Self::D(v.to_string()),
            ScalarValue::Boolean(Some(v)) => Self::B(*v),
            ScalarValue::Utf8View(Some(v)) | ScalarValue::Utf8(Some(v)) => Self::T(v.clone()),
            _ => return None,
        })
    }

    /// The value again, in the column's type; none when the type changed meanwhile.
    pub(crate) fn value(&self, data_type: &DataType) -> Option<ScalarValue> {
        Some(match (self, data_type) {
            (Self::N, other) => ScalarValue::try_from(other).ok()?,
            (Self::I(v), DataType::Int32) => ScalarValue::Int32(Some(i32::try_from(*v).ok()?)),
            (Self::I(v), DataType::Date32) => ScalarValue::Date32(Some(i32::try_from(*v).ok()?)),
            (Self::I(v), DataType::Int64) => ScalarValue::Int64(Some(*v)),
            (Self::I(v), DataType::Timestamp(TimeUnit::Microsecond, zone)) => {
                ScalarValue::TimestampMicrosecond(Some(*v), zone.clone())
            }
            (Self::F(v), DataType::Float64) => ScalarValue::Float64(Some(f64::from_bits(*v))),
            (Self::D(v), DataType::Decimal128(p, s)) => ScalarValue::Decimal128(Some(v.parse().ok()?), *p, *s),
            (Self::B(v), DataType::Boolean) => ScalarValue::Boolean(Some(*v)),
            (Self::T(v), DataType::Utf8View) => ScalarValue::Utf8View(Some(v.clone())),
            _ => return None,
        })
    }
}
