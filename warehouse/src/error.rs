//! One error for the whole crate, with a closed list of kinds. Messages are written for the sender of the
//! request: lower-case, naming the thing and the remedy. Internals go to the log, not into the message.

use std::{fmt, time::Duration};

/// What went wrong, from the caller's point of view. `api/src/problem.rs` turns these into status codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The named thing does not exist, or the caller may not know that it does.
    NotFound,
    /// The request can never succeed as it is.
    Invalid,
    /// The request contradicts the present state.
    Conflict,
    /// The caller is known and may not do this.
    Forbidden,
    /// A budget is used up; the same request may succeed later.
    TooMany,
    /// The hub cannot serve this now (starting, disk full, log stopped).
    Unavailable,
    /// A defect or a failing machine.
    Internal,
}

/// The error of the warehouse and of everything built on it.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    retry_after: Option<Duration>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` with a message for the caller.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry_after: None,
            source: None,
        }
    }

    /// The named thing does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// The request can never succeed as it is.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    /// The request contradicts the present state.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// The caller may not do this.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, message)
    }

    /// A budget is used up; try again after `retry_after`.
    pub fn too_many(message: impl Into<String>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(Kind::TooMany, message)
        }
    }

    /// The hub cannot serve this now; try again after `retry_after`.
    pub fn unavailable(message: impl Into<String>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(Kind::Unavailable, message)
        }
    }

    /// A defect or a failing machine: `context` names what was being done; `source` goes to the log only.
    pub fn internal(context: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(Kind::Internal, context)
        }
    }

    /// The kind, from a closed list.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The sentence for the caller (without the source).
    pub fn message(&self) -> &str {
        &self.message
    }

    /// When a later try makes sense.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|s| s.as_ref() as _)
    }
}

macro_rules! internal_from {
    ($($source:ty => $context:literal),* $(,)?) => {$(
        impl From<$source> for Error {
            fn from(source: $source) -> Self {
                Error::internal($context, source)
            }
        }
    )*};
}

internal_from! {
    std::io::Error => "the hub's disk failed",
    arrow::error::ArrowError => "a column could not be converted",
    parquet::errors::ParquetError => "a Parquet file could not be read or written",
    object_store::Error => "the lake's store failed",
    deltalake_core::DeltaTableError => "the lake's table log failed",
    rusqlite::Error => "the control store failed",
    serde_json::Error => "a stored document could not be read",
}
