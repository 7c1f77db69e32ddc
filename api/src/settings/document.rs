//! The shape of the settings: sections, keys, and what each takes.

use super::Given;
use crate::{
    deliver::{Deliver, Mail, Webhook},
    reports,
};
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};

/// All settings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Document {
    pub warehouse: smartcenter_warehouse::Settings,
    pub http: Http,
    pub log: Log,
    pub deliver: Deliver,
    pub webhook: Webhook,
    pub mail: Mail,
    pub report: reports::Config,
}

/// The HTTP door.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Where it listens; loopback unless told otherwise, because it speaks plain HTTP.
    pub addr: SocketAddr,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
        }
    }
}

/// The log on standard error.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Filter in `tracing` form, such as `info` or `smartcenter_warehouse=debug,info`.
    pub level: String,
    /// How lines look.
    pub format: LogStyle,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".into(),
            format: LogStyle::Text,
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogStyle {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

impl From<LogStyle> for crate::log::LogFormat {
    fn from(style: LogStyle) -> Self {
        match style {
            LogStyle::Text => Self::Text,
            LogStyle::Json => Self::Json,
        }
    }
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
    Texts,
}

/// Keys that have no default, which serialisation leaves out.
const OFF_UNLESS_SET: &[(&str, Kind)] = &[
    ("warehouse.crash_at", Kind::Text),
    ("warehouse.store", Kind::Text),
    ("deliver.public_url", Kind::Text),
    ("webhook.secret", Kind::Text),
    ("webhook.secret_file", Kind::Text),
    ("mail.ca_file", Kind::Text),
    ("mail.from", Kind::Text),
    ("mail.password", Kind::Text),
    ("mail.password_file", Kind::Text),
    ("mail.server", Kind::Text),
    ("mail.user", Kind::Text),
];

/// Whether what a key is set to is for nobody's eyes.
pub(super) fn is_secret(key: &str) -> bool {
    matches!(key, "webhook.secret" | "mail.password")
}

/// Every key with its kind and default, in the order of the sections.
pub(super) fn known() -> Vec<(String, Kind, Option<toml::Value>)> {
    let mut keys = Vec::new();
    for (section, values) in defaults() {
        let values = values.as_table().cloned().unwrap_or_default();
        keys.extend(values.into_iter().map(|(name, value)| {
            let kind = match value {
                toml::Value::Integer(_) => Kind::Integer,
                toml::Value::Boolean(_) => Kind::Boolean,
                toml::Value::Array(_) => Kind::Texts,
                _ => Kind::Text,
            };
            (format!("{section}.{name}"), kind, Some(value))
        }));
        let own = OFF_UNLESS_SET
            .iter()
            .filter(|(key, _)| key.split('.').next() == Some(section.as_str()));
        keys.extend(own.map(|(key, kind)| ((*key).to_owned(), *kind, None)));
    }
    keys
}

/// Whether `key` can be set to `value`, whatever the others are; the reason when it cannot.
pub(super) fn accepts(key: &str, value: &toml::Value) -> Result<(), String> {
    let given = Given {
        key: key.to_owned(),
        value: value.clone(),
        origin: super::Origin::Default,
    };
    with(&[given]).map(drop).map_err(|reason| format!("{key}: {reason}"))
}

/// The defaults with `given` laid over them, in order.
pub(super) fn with(given: &[Given]) -> Result<Document, String> {
    let mut table = defaults();
    for Given { key, value, .. } in given {
        let (section, name) = key.split_once('.').unwrap_or(("", key));
        let section = table
            .entry(section)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()));
        if let Some(section) = section.as_table_mut() {
            section.insert(name.to_owned(), value.clone());
        }
    }
    table
        .try_into()
        .map_err(|e: toml::de::Error| e.message().trim().to_owned())
}

/// Empty only if the defaults could not be written as TOML, which a test rules out.
fn defaults() -> toml::Table {
    toml::Table::try_from(Document::default()).unwrap_or_default()
}
