//! Hashes of keys and of contents. A hash depends on the values, on the hub's secret and on nothing else: not on the
//! Arrow encoding, the integer width, the order of the columns in a batch or the offset of a slice, because the same
//! row is hashed when it arrives, when it is flushed and when a map is built again years later.
//!
//! XXH3 with a secret nobody outside knows: a sender cannot search for two keys of one hash beforehand. It is no
//! cryptographic hash, so hashes must not leave the hub.

use crate::{
    Error, Result,
    contract::{ColumnType, Contract},
};
use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::{CastOptions, cast_with_options},
    datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType},
    record_batch::RecordBatch,
};
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::{xxh3_64_with_secret, xxh3_128_with_secret};

/// Changes when any hash of the same values changes; part of [`KeyHasher::fingerprint`].
const ALGORITHM: u32 = 1;

/// What XXH3 takes as its key.
type Secret = [u8; 192];

/// Hashes the rows of one dataset.
#[derive(Clone)]
pub struct KeyHasher {
    key: Vec<Part>,
    content: Vec<Part>,
    /// Joins the parts of a key.
    join: Secret,
    /// Part of a key that has no value.
    null: u128,
    /// Last step of a content hash.
    finish: Secret,
    fingerprint: u64,
}

/// One column, with a secret of its own, so that equal values of two columns have unrelated hashes.
#[derive(Clone)]
struct Part {
    column: String,
    kind: Kind,
    secret: Secret,
}

/// Values that are compared as one type, however they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Float,
    /// Precision and scale.
    Decimal(u8, i8),
    Boolean,
    Date,
    Timestamp,
}

impl KeyHasher {
    /// The hasher of a contract. `secret` is the hub's own and never changes; key columns count in key order, content
    /// columns by name. Fails for a contract without primary key.
    pub fn new(secret: &[u8; 32], contract: &Contract) -> Result<Self> {
        if contract.primary_key.is_empty() {
            let dataset = &contract.dataset;
            return Err(Error::invalid(format!("dataset {dataset} has no primary key")));
        }
        let mut key = Vec::new();
        for (place, column) in contract.primary_key.iter().enumerate() {
            let Some(column) = contract.columns.get(*column) else {
                return Err(Error::internal("a key could not be hashed", "key column out of range"));
            };
            let kind = Kind::of(column.ty);
            // By place, not by name: the key is a tuple.
            let secret = derive(secret, &["key", &place.to_string(), &kind.tag()]);
            key.push(Part {
                column: column.name.clone(),
                kind,
                secret,
            });
        }
        let content = contract.columns.iter().map(|column| {
            let kind = Kind::of(column.ty);
            Part {
                column: column.name.clone(),
                kind,
                secret: derive(secret, &["content", &column.name, &kind.tag()]),
            }
        });
        let join = derive(secret, &["join"]);
        let mut shape = ALGORITHM.to_le_bytes().to_vec();
        for part in &key {
            shape.extend(part.secret);
            shape.extend((part.column.len() as u64).to_le_bytes());
            shape.extend(part.column.as_bytes());
        }
        Ok(Self {
            content: content.collect(),
            null: xxh3_128_with_secret(b"", &derive(secret, &["null"])),
            finish: derive(secret, &["finish"]),
            fingerprint: xxh3_64_with_secret(&shape, &join),
            join,
            key,
        })
    }

    /// Tells hashers apart whose key hashes differ: another secret, key or algorithm. A map made under another
    /// fingerprint must not be asked.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The columns of the primary key, in key order.
    pub fn key_columns(&self) -> impl Iterator<Item = &str> {
        self.key.iter().map(|part| part.column.as_str())
    }

    /// One hash of the primary key for each row, in the order of the rows. A missing value counts as a value of its
    /// own. Fails when a key column is absent (partition columns must have been put back) or has a foreign type.
    pub fn key_hashes(&self, batch: &RecordBatch) -> Result<Vec<u128>> {
        let mut hashes = vec![0u128; batch.num_rows()];
        for (place, part) in self.key.iter().enumerate() {
            let Some(array) = batch.column_by_name(&part.column) else {
                let what = format!("key column {:?} is missing", part.column);
                return Err(Error::internal("a key could not be hashed", what));
            };
            let array = part.kind.canonical(array)?;
            if place == 0 {
                part.kind.each(&array, |row, value| {
                    hashes[row] = value.map_or(self.null, |value| xxh3_128_with_secret(value, &part.secret));
                });
                continue;
            }
            // Joining hashes of fixed length keeps ("a", "bc") and ("ab", "c") apart without copying the values.
            let mut pair = [0u8; 32];
            part.kind.each(&array, |row, value| {
                let hash = value.map_or(self.null, |value| xxh3_128_with_secret(value, &part.secret));
                pair[..16].copy_from_slice(&hashes[row].to_le_bytes());
                pair[16..].copy_from_slice(&hash.to_le_bytes());
                hashes[row] = xxh3_128_with_secret(&pair, &self.join);
            });
        }
        Ok(hashes)
    }

    /// One hash of all contract columns for each row; system columns do not count. A column without value counts like
    /// one that is absent, so that a column added to the contract does not change the rows that came before it.
    pub fn content_hashes(&self, batch: &RecordBatch) -> Result<Vec<u64>> {
        let mut hashes = vec![0u64; batch.num_rows()];
        for part in &self.content {
            let Some(array) = batch.column_by_name(&part.column) else {
                continue;
            };
            let array = part.kind.canonical(array)?;
            part.kind.each(&array, |row, value| {
                if let Some(value) = value {
                    hashes[row] = hashes[row].wrapping_add(xxh3_64_with_secret(value, &part.secret));
                }
            });
        }
        for hash in &mut hashes {
            *hash = xxh3_64_with_secret(&hash.to_le_bytes(), &self.finish);
        }
        Ok(hashes)
    }
}

impl std::fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the secrets.
        f.debug_struct("KeyHasher")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

/// The values of a version column: integers as they are, dates in days and timestamps in microseconds since 1970.
/// Fails for a column that is absent or of another type.
pub fn version_values(batch: &RecordBatch, column: &str) -> Result<Vec<Option<i64>>> {
    let Some(array) = batch.column_by_name(column) else {
        return Err(Error::invalid(format!("version column {column:?} is missing")));
    };
    let numbers = match array.data_type() {
        ty if ty.is_integer() => Kind::Integer.canonical(array)?,
        DataType::Date32 | DataType::Date64 => {
            let days = Kind::Date.canonical(array)?;
            cast_strictly(&cast_strictly(&days, &DataType::Int32)?, &DataType::Int64)?
        }
        DataType::Timestamp(..) => cast_strictly(&Kind::Timestamp.canonical(array)?, &DataType::Int64)?,
        other => {
            let message = format!("version column {column:?} is {other}: use an integer, a date or a timestamp");
            return Err(Error::invalid(message));
        }
    };
    Ok(numbers.as_primitive::<Int64Type>().iter().collect())
}

impl Kind {
    fn of(ty: ColumnType) -> Self {
        match ty {
            ColumnType::Text => Self::Text,
            ColumnType::Int32 | ColumnType::Int64 => Self::Integer,
            ColumnType::Float64 => Self::Float,
            ColumnType::Decimal(precision, scale) => Self::Decimal(precision, scale),
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Date => Self::Date,
            ColumnType::Timestamp => Self::Timestamp,
        }
    }

    /// Distinguishes the kinds in secrets. The precision is left out: it does not change what a value means.
    fn tag(self) -> String {
        match self {
            Self::Decimal(_, scale) => format!("decimal{scale}"),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    /// The array as the one Arrow type of this kind. Free where the hub's own types are used, except 32-bit integers.
    fn canonical(self, array: &ArrayRef) -> Result<ArrayRef> {
        let ty = match self {
            Self::Text => ColumnType::Text.arrow(),
            Self::Integer => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Decimal(precision, scale) => DataType::Decimal128(precision, scale),
            Self::Boolean => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Timestamp => ColumnType::Timestamp.arrow(),
        };
        cast_strictly(array, &ty)
    }

    /// Calls `f` with every row's number and bytes, `None` for a missing value. `array` is canonical.
    fn each(self, array: &ArrayRef, mut f: impl FnMut(usize, Option<&[u8]>)) {
        macro_rules! each {
            ($values:expr, $bytes:expr) => {
                for (row, value) in $values.iter().enumerate() {
                    match value {
                        Some(value) => f(row, Some(&$bytes(value)[..])),
                        None => f(row, None),
                    }
                }
            };
        }
        match self {
            Self::Text => each!(array.as_string_view(), str::as_bytes),
            Self::Integer => each!(array.as_primitive::<Int64Type>(), i64::to_le_bytes),
            Self::Float => each!(array.as_primitive::<Float64Type>(), float_bytes),
            Self::Decimal(..) => each!(array.as_primitive::<Decimal128Type>(), i128::to_le_bytes),
            Self::Boolean => each!(array.as_boolean(), |value: bool| [u8::from(value)]),
            Self::Date => each!(array.as_primitive::<Date32Type>(), i32::to_le_bytes),
            Self::Timestamp => each!(array.as_primitive::<TimestampMicrosecondType>(), i64::to_le_bytes),
        }
    }
}

/// One form for the two zeros and for every NaN: SQL calls them equal.
fn float_bytes(value: f64) -> [u8; 8] {
    if value.is_nan() { f64::NAN } else { value + 0.0 }.to_le_bytes()
}

/// A cast that fails where it would lose a value: a null instead of it would make unequal rows equal.
fn cast_strictly(array: &ArrayRef, ty: &DataType) -> Result<ArrayRef> {
    if array.data_type() == ty {
        return Ok(array.clone());
    }
    let strict = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    Ok(cast_with_options(array, ty, &strict)?)
}

/// Expands the hub's secret for one purpose (SHA-256 in counter mode over length-prefixed labels).
fn derive(secret: &[u8; 32], purpose: &[&str]) -> Secret {
    let mut out = [0; 192];
    for (counter, chunk) in (0u32..).zip(out.chunks_mut(32)) {
        let mut digest = Sha256::new_with_prefix(secret);
        digest.update(counter.to_le_bytes());
        for label in purpose {
            digest.update((label.len() as u64).to_le_bytes());
            digest.update(label);
        }
        chunk.copy_from_slice(&digest.finalize());
    }
    out
}
