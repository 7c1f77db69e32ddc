//! Sets of lines of a payload. Runs and scattered lines both stay small, in memory and on disk: a set of millions of
//! lines takes two bytes a line at worst.

use crate::{Error, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use roaring::RoaringTreemap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Lines of a payload, from 1.
#[derive(Clone, Default, PartialEq)]
pub struct LineSet(RoaringTreemap);

impl LineSet {
    /// Adds a line; true when it is new.
    pub fn insert(&mut self, line: u64) -> bool {
        self.0.insert(line)
    }

    /// Whether the line is in the set.
    pub fn contains(&self, line: u64) -> bool {
        self.0.contains(line)
    }

    /// Lines in the set.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// True when no line is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter()
    }

    /// Adds all lines of `other`.
    pub fn add(&mut self, other: &Self) {
        self.0 |= &other.0;
    }

    /// Takes all lines of `other` out.
    pub fn remove(&mut self, other: &Self) {
        self.0 -= &other.0;
    }

    /// The lines in both sets.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        Self(&self.0 & &other.0)
    }

    /// The bytes of the set, in the portable Roaring format.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.serialized_size());
        // Writing to memory does not fail.
        let _ = self.0.serialize_into(&mut bytes);
        bytes
    }

    /// The set of [`encode`](Self::encode)d bytes.
    ///
    /// # Errors
    /// `Internal` when they are not such.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        RoaringTreemap::deserialize_from(bytes)
            .map(Self)
            .map_err(|source| Error::internal("a stored set of lines cannot be read", source))
    }
}

impl FromIterator<u64> for LineSet {
    fn from_iter<T: IntoIterator<Item = u64>>(lines: T) -> Self {
        Self(lines.into_iter().collect())
    }
}

impl Extend<u64> for LineSet {
    fn extend<T: IntoIterator<Item = u64>>(&mut self, lines: T) {
        self.0.extend(lines);
    }
}

impl fmt::Debug for LineSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines", self.len())
    }
}

/// In JSON a set is the base64 of its bytes.
impl Serialize for LineSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(self.encode()))
    }
}

impl<'de> Deserialize<'de> for LineSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(de::Error::custom)?;
        Self::decode(&bytes).map_err(de::Error::custom)
    }
}
