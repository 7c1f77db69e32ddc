//! Who is told of alerts, and how: the settings `deliver`, `webhook` and `mail`, read and checked at the edge.

use super::address::{Address, DayTime, Host, Route, Url};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize, Serializer};
use smartcenter_warehouse::{Error, Result};
use std::{fmt, path::PathBuf};

/// What holds for all messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deliver {
    /// Time of day, in western Indonesia, at which alerts that do not go out by themselves go out together.
    pub digest_at: DayTime,
    /// Address of the hub as its readers know it, for links in messages; without it messages have none.
    pub public_url: Option<String>,
    /// Alerts whose last flagged day is older than this many days are told to nobody: they come of history that was loaded.
    pub newest_days: u32,
    /// Seconds until a message that was not taken is tried again; each pause is twice the one before, up to six hours.
    pub retry_seconds: u64,
    /// Hours after which a message that nobody takes is given up.
    pub give_up_hours: u32,
}

impl Default for Deliver {
    fn default() -> Self {
        Self {
            digest_at: DayTime(NaiveTime::from_hms_opt(6, 30, 0).unwrap_or_default()),
            public_url: None,
            newest_days: 7,
            retry_seconds: 30,
            give_up_hours: 72,
        }
    }
}

/// Programs that are told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhook {
    /// `"OWNER SEVERITY URL"`: alerts of which this institution is told (`*`: all) and that are at least so bad.
    pub targets: Vec<Route<Url>>,
    /// Secret with which messages are signed.
    pub secret: Option<Secret>,
    /// File that holds it instead.
    pub secret_file: Option<PathBuf>,
}

/// People who are told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Host and port of the mail server, such as `smtp.example.go.id:587`.
    pub server: Option<Host>,
    /// How the connection is covered.
    pub security: Security,
    /// Name of the account; without it nobody signs in.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// File that holds it instead.
    pub password_file: Option<PathBuf>,
    /// File with certificates (PEM) of the site's own authority, which are trusted besides the machine's.
    pub ca_file: Option<PathBuf>,
    /// Sender, such as `Smart Center <hub@example.go.id>`.
    pub from: Option<Address>,
    /// `"OWNER SEVERITY ADDRESS"`, as of webhooks.
    pub to: Vec<Route<Address>>,
}

/// How the connection to a mail server is covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// In clear first, then covered; refused where the server does not offer it.
    #[default]
    Starttls,
    /// From the first byte.
    Tls,
    /// Not at all: for a server on this machine.
    None,
}

/// Something that nobody is shown: neither in a log nor in what is printed of the settings.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str("")
    }
}

/// The three sections together.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What holds for all messages.
    pub deliver: Deliver,
    /// Programs that are told.
    pub webhook: Webhook,
    /// People who are told.
    pub mail: Mail,
}

impl Config {
    /// What cannot work as it is set: the key, and what is wrong.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let Self { webhook, mail, .. } = self;
        let mut faults = Vec::new();
        let mut wrong = |key, message: &str| faults.push((key, message.to_owned()));
        if !webhook.targets.is_empty() && webhook.secret.is_none() && webhook.secret_file.is_none() {
            wrong(
                "webhook.targets",
                "messages are signed: set webhook.secret_file, or webhook.secret in the environment",
            );
        }
        if webhook.secret.is_some() && webhook.secret_file.is_some() {
            wrong("webhook.secret_file", "webhook.secret is set as well: keep one of them");
        }
        if !mail.to.is_empty() && mail.server.is_none() {
            wrong("mail.to", "there is no mail server: set mail.server");
        }
        if !mail.to.is_empty() && mail.from.is_none() {
            wrong("mail.to", "there is no sender: set mail.from");
        }
        if mail.password.is_some() && mail.password_file.is_some() {
            wrong("mail.password_file", "mail.password is set as well: keep one of them");
        }
        if mail.user.is_some() && mail.password.is_none() && mail.password_file.is_none() {
            wrong(
                "mail.user",
                "there is no password: set mail.password_file, or mail.password in the environment",
            );
        }
        if mail.user.is_some() && mail.security == Security::None {
            wrong(
                "mail.security",
                "a password must not go out in clear: set starttls or tls",
            );
        }
        if let Some(url) = &self.deliver.public_url
            && let Err(message) = url.parse::<Url>()
        {
            wrong("deliver.public_url", &message);
        }
        faults
    }

    /// Whether anybody is told.
    pub fn is_silent(&self) -> bool {
        self.webhook.targets.is_empty() && self.mail.to.is_empty()
    }
}

/// A secret as it is set, or from its file.
///
/// # Errors
/// `Invalid` for a file that cannot be read or holds nothing.
pub(super) fn secret(set: Option<&Secret>, file: Option<&PathBuf>, what: &str) -> Result<Option<Secret>> {
    let Some(path) = file else { return Ok(set.cloned()) };
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::invalid(format!("{what}: {} cannot be read: {e}", path.display())))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Error::invalid(format!("{what}: {} holds nothing", path.display()))),
        secret => Ok(Some(Secret(secret.to_owned()))),
    }
}

#[cfg(test)]
impl Secret {
    pub(crate) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }
}
