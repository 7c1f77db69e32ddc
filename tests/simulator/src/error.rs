//! What can go wrong while simulating: the hub, the disk, or the package's own facts.

use std::fmt;

/// The simulator's error. Messages are lower-case and name the thing and the remedy; keys never appear in them.
#[derive(Debug)]
pub struct Error {
    message: String,
    stopped: bool,
}

/// A result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            stopped: false,
        }
    }

    /// A request that cannot be carried out as it was asked.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(message)
    }

    pub(crate) fn facts(message: impl fmt::Display) -> Self {
        Self::new(format!("the simulator's own facts cannot be read: {message}"))
    }

    pub(crate) fn stopped() -> Self {
        Self {
            message: "stopped".into(),
            stopped: true,
        }
    }

    /// True when the caller asked to stop; not a failure.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(source: std::io::Error) -> Self {
        Self::new(format!("writing failed: {source}"))
    }
}
