//! The settings of a hub: `smartcenter.toml`, then `SMARTCENTER_*` in the environment, then flags; later ones win and
//! every value remembers where it came from. Names that are not known are refused with the nearest one that is, and
//! everything wrong is said at once.
//!
//! In the file `[warehouse] flush_seconds = 30`, in the environment `SMARTCENTER_WAREHOUSE_FLUSH_SECONDS=30`.
//! Lists are separated by `:` in the environment where they are paths, by `,` elsewhere. Secrets are shown nowhere.
//! Keys that end in `_bytes` also take texts such as `"64 MB"` (1 MB = 1,048,576 bytes). Relative paths are relative
//! to the working directory.

mod document;
mod nearest;
mod read;
mod show;
#[cfg(test)]
mod tests;

pub use document::{Http, Log, LogStyle};
pub use show::{as_json, as_toml};

use document::Document;
use std::{fmt, path::PathBuf};

/// The file that is read when none is named.
pub const FILE: &str = "smartcenter.toml";

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Effective {
    /// Those of the warehouse.
    pub warehouse: smartcenter_warehouse::Settings,
    /// Those of the HTTP door.
    pub http: Http,
    /// Those of the log on standard error.
    pub log: Log,
    /// Who is told of alerts.
    pub deliver: crate::deliver::Config,
    /// When the weekly briefing makes itself.
    pub report: crate::reports::Config,
    /// Every key with its value and origin, in the order of the sections.
    pub values: Vec<Value>,
}

/// A key, what it is set to, and by whom.
#[derive(Debug, Clone)]
pub struct Value {
    /// Section and name, such as `warehouse.flush_seconds`.
    pub key: String,
    /// What it is set to; none for a key that is off unless set, and for a secret.
    pub value: Option<toml::Value>,
    /// A secret that is set, and shown nowhere.
    pub is_hidden: bool,
    /// Where the value came from.
    pub origin: Origin,
}

/// Where a value came from. Ordered: later ones win.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of the settings file.
    File {
        /// The file as it was named.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
    },
    /// A variable of the environment.
    Env(String),
    /// A flag of the command line.
    Flag(&'static str),
}

/// Something wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands.
    pub origin: Origin,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Where settings are looked for.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file named by `--config` or `SMARTCENTER_CONFIG`; it must exist. Otherwise [`FILE`] is read if it does.
    pub config: Option<PathBuf>,
    /// The environment; variables of other programs are passed over.
    pub environment: Vec<(String, String)>,
    /// Key, value as in the environment, and name of the flag.
    pub flags: Vec<(&'static str, String, &'static str)>,
}

impl Sources {
    /// The environment of this process; variables that are not Unicode are passed over.
    pub fn from_process(config: Option<PathBuf>) -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            config,
            environment: std::env::vars_os().filter_map(text).collect(),
            flags: Vec::new(),
        }
    }

    /// Adds a flag that was given.
    #[must_use]
    pub fn flag(mut self, key: &'static str, value: Option<String>, name: &'static str) -> Self {
        self.flags.extend(value.map(|value| (key, value, name)));
        self
    }
}

/// Puts the settings together.
///
/// # Errors
/// Everything wrong with them, in the order file, environment, flags.
pub fn load(sources: &Sources) -> Result<Effective, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut given = read::file(sources, &mut faults);
    given.extend(read::environment(sources, &mut faults));
    given.extend(read::flags(sources, &mut faults));
    given.retain(|given| match document::accepts(&given.key, &given.value) {
        Ok(()) => true,
        Err(message) => {
            faults.push(Fault {
                origin: given.origin.clone(),
                message,
            });
            false
        }
    });
    faults.sort_by(|a, b| a.origin.cmp(&b.origin));
    let Document {
        mut warehouse,
        http,
        log,
        deliver,
        webhook,
        mail,
        report,
    } = match document::with(&given) {
        Ok(document) if faults.is_empty() => document,
        Ok(_) => return Err(faults),
        Err(message) => {
            faults.push(Fault {
                origin: Origin::Default,
                message,
            });
            return Err(faults);
        }
    };
    let deliver = crate::deliver::Config { deliver, webhook, mail };
    let set = |key: &str| given.iter().rev().find(|given| given.key == key);
    faults.extend(deliver.faults().into_iter().map(|(key, message)| Fault {
        origin: set(key).map_or(Origin::Default, |given| given.origin.clone()),
        message: format!("{key}: {message}"),
    }));
    if !faults.is_empty() {
        return Err(faults);
    }
    // The tables' addresses are URLs, which know no working directory.
    if let Ok(absolute) = std::path::absolute(&warehouse.data) {
        warehouse.data = absolute;
    }
    Ok(Effective {
        warehouse,
        http,
        log,
        deliver,
        report,
        values: show::values(&given),
    })
}

/// A value that somebody set.
#[derive(Debug, Clone)]
struct Given {
    key: String,
    value: toml::Value,
    origin: Origin,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Env(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}
