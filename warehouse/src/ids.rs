//! Typed identifiers: no bare strings or unit-less numbers across crates. Parse at the edge, never re-check.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc};

/// Position in the hub's one log. Starts at 1; 0 means "nothing yet".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The following position.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! name_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $valid:expr, $shape:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(Error::invalid(format!(concat!($what, " {:?} is not valid: ", $shape), text)))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(text: String) -> Result<Self> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

fn snake(text: &str) -> bool {
    let mut chars = text.chars();
    text.len() <= 63
        && chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

name_id!(
    /// A dataset: contract name, SQL table and part of the URL.
    DatasetId, "dataset", snake, "lower-case letters, digits and _, starting with a letter, at most 63"
);
name_id!(
    /// An institution (`instansi`): OPD, vertical agency, partner or village.
    InstitutionId, "institution", slug, "lower-case letters, digits, -, _ and ., at most 64"
);
name_id!(
    /// The unique name of an API key; also the user name on the Postgres door.
    KeyName, "key name", slug, "lower-case letters, digits, -, _ and ., at most 64"
);
name_id!(
    /// A region code or its prefix in Kemendagri form: `35`, `35.03`, `35.03.01`, `35.03.01.2001`.
    RegionCode,
    "region code",
    |t| {
        let mut parts = t.split('.');
        [2, 2, 2, 4].iter().take(t.split('.').count()).all(|n| {
            parts.next().is_some_and(|p| p.len() == *n && p.bytes().all(|b| b.is_ascii_digit()))
        }) && parts.next().is_none()
    },
    "Kemendagri form such as 35.03 or 35.03.01.2001"
);

/// A push, from the first byte on: a UUIDv7, so that receipts sort by arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceiptId(uuid::Uuid);

impl ReceiptId {
    /// A fresh id for a push that arrives now.
    pub fn now() -> Self {
        Self(uuid::Uuid::now_v7())
    }
}

impl fmt::Display for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ReceiptId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        uuid::Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| Error::invalid(format!("receipt id {text:?} is not valid: a UUID was expected")))
    }
}

/// A physical table of the lake: a dataset at one contract major, or one of the hub's own tables (`_quarantine`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(Arc<str>);

impl TableId {
    /// The table of `dataset` at contract major `major`.
    pub fn dataset(dataset: &DatasetId, major: u64) -> Self {
        Self(format!("{dataset}_v{major}").into())
    }

    /// The table of all versions of a keyed dataset; [`Self::dataset`] then holds the current rows.
    pub fn history(dataset: &DatasetId, major: u64) -> Self {
        Self(format!("{dataset}_v{major}_history").into())
    }

    /// The table of a model. Names of datasets have no `-`: whatever happens to the two over restarts, a dataset and a
    /// model of one name never share rows.
    pub fn mart(model: &DatasetId, major: u64) -> Self {
        Self(format!("mart-{model}_v{major}").into())
    }

    /// The table of all versions of the rows of a model; [`Self::mart`] then holds the current ones.
    pub fn mart_history(model: &DatasetId, major: u64) -> Self {
        Self(format!("mart-{model}_v{major}_history").into())
    }

    /// The hub's own table of rejected rows.
    pub fn quarantine() -> Self {
        Self("_quarantine".into())
    }

    /// Rebuilds an id read back from the log or from a folder name.
    pub fn from_stored(text: &str) -> Self {
        Self(text.into())
    }

    /// Stable text; also the folder under `<data>/lake/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RegionCode {
    /// Whether a region's code is this one, or of a region within it.
    pub fn holds(&self, code: &str) -> bool {
        code.strip_prefix(self.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}
