//! Who is asking: the result of authentication, handed to every door.

use crate::{InstitutionId, KeyName, RegionCode};
use serde::{Deserialize, Serialize};

/// What a key may do in general; the details are decided by [`super::Policy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// No key: public datasets and the portal.
    Publik,
    /// Pushes its feeds, sees its own rows, receipts and quality.
    Opd,
    /// A service module's machine account: named API scopes, purpose-bound look-ups.
    Layanan,
    /// SQL over everything, personal columns masked.
    Analis,
    /// Data steward: contracts, quality, conflicts, publishing; unmasks with a purpose.
    Walidata,
    /// Executive boards: only `mart.*`, no row-level tables.
    Pimpinan,
    /// Keys, settings, audit; no personal data by default.
    Admin,
}

impl Role {
    /// All roles, in the order of the interface document.
    pub const ALL: [Role; 7] = [
        Role::Publik,
        Role::Opd,
        Role::Layanan,
        Role::Analis,
        Role::Walidata,
        Role::Pimpinan,
        Role::Admin,
    ];

    /// The role's name on the command line, in JSON and in the key itself.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publik => "publik",
            Self::Opd => "opd",
            Self::Layanan => "layanan",
            Self::Analis => "analis",
            Self::Walidata => "walidata",
            Self::Pimpinan => "pimpinan",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = crate::Error;
    fn from_str(text: &str) -> crate::Result<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            crate::Error::invalid(format!(
                "role {text:?} is not known: use one of publik, opd, layanan, analis, walidata, pimpinan, admin"
            ))
        })
    }
}

/// An authenticated caller, for one request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// Name of the key; `publik` for a caller without one.
    pub key: KeyName,
    /// Role of the key.
    pub role: Role,
    /// Institution whose rows the key may see and push; none means not bound to one.
    pub institution: Option<InstitutionId>,
    /// Region prefixes the key is bound to; empty means the whole regency.
    pub regions: Vec<RegionCode>,
    /// Named API scopes (`push:absensi_harian_sekolah`, `lookup:penduduk`, ...).
    pub scopes: Vec<String>,
    /// Purpose stated for this request (`X-Purpose`); needed to read personal data in clear.
    pub purpose: Option<String>,
    /// Id of the request, for the audit record.
    #[serde(skip)]
    pub request: Option<String>,
    /// True of the hub's own work (uniqueness, references, models), whose reads are nobody's.
    #[serde(skip)]
    pub is_hub: bool,
}

impl Identity {
    /// The caller without a key.
    #[allow(clippy::expect_used, reason = "a constant that is a valid key name")]
    pub fn anonymous() -> Self {
        Self {
            key: "publik".parse().expect("valid"),
            role: Role::Publik,
            institution: None,
            regions: Vec::new(),
            scopes: Vec::new(),
            purpose: None,
            request: None,
            is_hub: false,
        }
    }

    /// True when the key carries `scope`, or `prefix:*` for it.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes
            .iter()
            .any(|own| own == scope || own.strip_suffix('*').is_some_and(|prefix| scope.starts_with(prefix)))
    }
}
