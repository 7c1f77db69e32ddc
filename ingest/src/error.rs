//! What can go wrong at the door, with a hint for the sender: try again now, later, or never.

use smartcenter_warehouse::Kind;
use std::{fmt, time::Duration};

/// The error of ingest. Messages are lower-case, name the thing and the remedy, and never hold a cell's value.
#[derive(Debug)]
pub enum Error {
    /// The payload is larger than the hub takes, as sent or after decompression. HTTP 413.
    TooLarge(String),
    /// The format, content encoding or character set is not one the hub reads. HTTP 415.
    Unsupported(String),
    /// Anything else, with the warehouse's closed list of kinds.
    Warehouse(smartcenter_warehouse::Error),
}

/// A result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether sending the same again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// At once: nothing was wrong with the request (a connection broke, say).
    Now,
    /// After this long.
    Later(Duration),
    /// Not as it is: the request has to change first.
    Never,
}

impl Error {
    /// The request can never succeed as it is.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Warehouse(smartcenter_warehouse::Error::invalid(message))
    }

    /// A defect or a failing machine; `source` goes to the log only.
    pub fn internal(context: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Warehouse(smartcenter_warehouse::Error::internal(context, source))
    }

    /// The kind, from the warehouse's closed list; too large and unsupported are `Invalid`.
    pub fn kind(&self) -> Kind {
        match self {
            Self::TooLarge(_) | Self::Unsupported(_) => Kind::Invalid,
            Self::Warehouse(error) => error.kind(),
        }
    }

    /// The sentence for the sender.
    pub fn message(&self) -> &str {
        match self {
            Self::TooLarge(message) | Self::Unsupported(message) => message,
            Self::Warehouse(error) => error.message(),
        }
    }

    /// Whether sending the same again makes sense.
    pub fn retry(&self) -> Retry {
        match self {
            Self::TooLarge(_) | Self::Unsupported(_) => Retry::Never,
            Self::Warehouse(error) => match (error.retry_after(), error.kind()) {
                (Some(after), _) => Retry::Later(after),
                (None, Kind::TooMany | Kind::Unavailable) => Retry::Later(Duration::from_secs(1)),
                (None, Kind::Internal) => Retry::Now,
                (None, _) => Retry::Never,
            },
        }
    }

    /// When a later try makes sense; for the `Retry-After` header.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.retry() {
            Retry::Later(after) => Some(after),
            Retry::Now | Retry::Never => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TooLarge(_) | Self::Unsupported(_) => None,
            Self::Warehouse(error) => error.source(),
        }
    }
}

impl From<smartcenter_warehouse::Error> for Error {
    fn from(error: smartcenter_warehouse::Error) -> Self {
        Self::Warehouse(error)
    }
}

impl From<arrow::error::ArrowError> for Error {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::internal("a column could not be built", error)
    }
}
