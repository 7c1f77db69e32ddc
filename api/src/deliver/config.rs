//! Who is told of alerts, and how: the settings `deliver`, `webhook` and `mail`, read and checked at the edge.

use crate::watch::Severity;
use chrono::NaiveTime;
use lettre::message::Mailbox;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};
use smartcenter_warehouse::{Error, InstitutionId, Result};
use std::{fmt, path::PathBuf, str::FromStr};

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

/// Whom to tell of what.
#[derive(Debug, Clone, PartialEq)]
pub struct Route<A> {
    /// Of whose alerts; none for all.
    pub owner: Option<InstitutionId>,
    /// At least so bad.
    pub least: Severity,
    /// Whom.
    pub to: A,
}

impl<A: fmt::Display> Route<A> {
    /// Whether an alert of `owner` is for it.
    pub fn takes(&self, owner: &str, severity: Severity) -> bool {
        severity >= self.least && self.owner.as_ref().is_none_or(|own| own.as_str() == owner)
    }

    /// Stands for the address in the outbox; who reads the outbox learns no address.
    pub fn mark(&self, channel: &str) -> String {
        let hash = Sha256::digest(self.to.to_string());
        format!("{channel}:{}", hex::encode(&hash[..8]))
    }
}

impl<A: FromStr<Err = String>> FromStr for Route<A> {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let mut words = text.trim().splitn(3, char::is_whitespace).map(str::trim);
        let (Some(owner), Some(least), Some(to)) = (words.next(), words.next(), words.next()) else {
            return Err(format!(
                "{text:?} is not `OWNER SEVERITY ADDRESS`, such as `dinkes tinggi ...` or `* kritis ...`"
            ));
        };
        let owner = match owner {
            "*" => None,
            named => Some(named.parse().map_err(|e: Error| e.message().to_owned())?),
        };
        Ok(Self {
            owner,
            least: least.parse()?,
            to: to.parse()?,
        })
    }
}

impl<A: fmt::Display> fmt::Display for Route<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = self.owner.as_ref().map_or("*", InstitutionId::as_str);
        write!(f, "{owner} {} {}", self.least.as_str(), self.to)
    }
}

/// Where a webhook is.
#[derive(Debug, Clone, PartialEq)]
pub struct Url(pub reqwest::Url);

impl FromStr for Url {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let url: reqwest::Url = text.parse().map_err(|e| format!("{text:?} is not a URL: {e}"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(format!(
                "{text:?} is not an address that begins with http:// or https://"
            ));
        }
        Ok(Self(url))
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A mailbox, with or without a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Address(pub Mailbox);

impl FromStr for Address {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!("{text:?} is not a mail address, such as `piket@example.go.id` or `Piket <piket@example.go.id>`")
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Name or address.
    pub name: String,
    /// Port.
    pub port: u16,
}

impl FromStr for Host {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parts = text.trim().rsplit_once(':');
        let found = parts.and_then(|(name, port)| {
            let name = name.trim_matches(['[', ']']);
            Some((name, port.parse().ok()?)).filter(|_| !name.is_empty() && !name.contains(char::is_whitespace))
        });
        let (name, port) =
            found.ok_or_else(|| format!("{text:?} is not a host and a port, such as `smtp.example.go.id:587`"))?;
        Ok(Self {
            name: name.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.contains(':') {
            true => write!(f, "[{}]:{}", self.name, self.port),
            false => write!(f, "{}:{}", self.name, self.port),
        }
    }
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTime(pub NaiveTime);

impl FromStr for DayTime {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let time = NaiveTime::parse_from_str(text.trim(), "%H:%M");
        time.map(Self)
            .map_err(|_| format!("{text:?} is not a time of day, such as `06:30`"))
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%H:%M"))
    }
}

/// Settings are texts, read with `FromStr` and written with `Display`.
macro_rules! as_text {
    ($($name:ident $(<$param:ident>)?),*) => {$(
        impl<'de $(, $param)?> Deserialize<'de> for $name$(<$param>)?
        where
            Self: FromStr<Err = String>,
        {
            fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(D::Error::custom)
            }
        }

        impl$(<$param>)? Serialize for $name$(<$param>)?
        where
            Self: fmt::Display,
        {
            fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    )*};
}

as_text!(Route<A>, Address, DayTime, Host);

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
