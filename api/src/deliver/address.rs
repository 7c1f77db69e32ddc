//! Whom to tell of what, as the settings write it: texts that are read once, at the edge.

use crate::watch::Severity;
use chrono::NaiveTime;
use lettre::message::Mailbox;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};
use smartcenter_warehouse::{Error, InstitutionId};
use std::{fmt, str::FromStr};

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
