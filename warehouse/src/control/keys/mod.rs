//! API keys. A key is shown once, when it is created; the store holds its SHA-256 for look-up and SCRAM-SHA-256
//! verifiers for the Postgres door, from neither of which it can be recovered. Revocation takes effect with the next
//! request.

mod scram;
#[cfg(test)]
mod tests;

pub use scram::Verifiers;

use crate::{
    Error, InstitutionId, KeyName, RegionCode, Result,
    policy::{Identity, Role},
};
use arc_swap::ArcSwap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt, sync::Arc};

/// Names that stand for callers without a stored key.
const RESERVED: [&str; 3] = ["publik", "system", "local"];

/// What a new key is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// Unique name, never given out again.
    pub name: KeyName,
    /// Role; `publik` needs no key.
    pub role: Role,
    /// Institution the key is bound to; an `opd` key must have one.
    #[serde(default)]
    pub institution: Option<InstitutionId>,
    /// Region prefixes the key is bound to; empty means all.
    #[serde(default)]
    pub regions: Vec<RegionCode>,
    /// Named API scopes.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// From this moment on the key opens nothing.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key as it may be listed: everything but the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// Unique name.
    pub name: KeyName,
    /// Role.
    pub role: Role,
    /// Institution the key is bound to.
    pub institution: Option<InstitutionId>,
    /// Region prefixes the key is bound to; empty means all.
    pub regions: Vec<RegionCode>,
    /// Named API scopes.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The keys of the hub.
pub struct Keys {
    store: Arc<Mutex<Connection>>,
    live: ArcSwap<HashMap<[u8; 32], Arc<Live>>>,
}

/// A key that has not been revoked, as authentication needs it.
struct Live {
    identity: Identity,
    expires_at: Option<DateTime<Utc>>,
}

impl Keys {
    pub(super) fn load(store: Arc<Mutex<Connection>>) -> Result<Self> {
        let live = ArcSwap::from_pointee(read_live(&store.lock())?);
        Ok(Self { store, live })
    }

    /// Makes a key; the text is the key itself, for the holder only and shown this once.
    /// Errors: `Conflict` when the name was ever used, `Invalid` for a role or scope that makes no sense.
    pub fn create(&self, new: NewKey) -> Result<(KeyRecord, String)> {
        check(&new)?;
        let clear = format!(
            "sc_{}_{}",
            new.role.as_str(),
            URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
        );
        let verifiers = Verifiers::derive(&clear, &rand::random::<[u8; 16]>(), scram::ITERATIONS);
        let NewKey {
            name,
            role,
            institution,
            regions,
            scopes,
            expires_at,
        } = new;
        let created_at = Utc::now();
        let record = KeyRecord {
            name,
            role,
            institution,
            regions,
            scopes,
            created_at,
            expires_at,
            revoked_at: None,
        };
        let store = self.store.lock();
        insert(&store, &record, &digest(&clear), &verifiers)?;
        self.refresh(&store)?;
        Ok((record, clear))
    }

    /// Who holds the key `clear`, if it is known, not revoked and not expired at `now`. One hash and one look-up in
    /// memory, no lock.
    pub fn authenticate(&self, clear: &str, now: DateTime<Utc>) -> Option<Identity> {
        // A look-up by the digest of 256 random bits tells a guesser nothing by its timing.
        let live = self.live.load();
        let key = live.get(&digest(clear))?;
        key.is_valid(now).then(|| key.identity.clone())
    }

    /// All keys ever made, by name.
    pub fn list(&self) -> Result<Vec<KeyRecord>> {
        let store = self.store.lock();
        let mut statement = store.prepare_cached(&format!("SELECT {COLUMNS} FROM keys ORDER BY name"))?;
        let mut rows = statement.query([])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }

    /// What the key called `name` is bound to, whether or not it still opens anything; none for a name that no key had.
    pub fn identity(&self, name: &KeyName) -> Result<Option<Identity>> {
        let store = self.store.lock();
        let mut statement = store.prepare_cached(&format!("SELECT {COLUMNS} FROM keys WHERE name = ?1"))?;
        let mut rows = statement.query([name.as_str()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let known = record(row)?;
        Ok(Some(Identity {
            key: known.name,
            role: known.role,
            institution: known.institution,
            regions: known.regions,
            scopes: known.scopes,
            ..Identity::anonymous()
        }))
    }

    /// Ends a key, at once and for good. Errors: `NotFound`; revoking twice is no error.
    pub fn revoke(&self, name: &KeyName) -> Result<KeyRecord> {
        let store = self.store.lock();
        store.execute(
            "UPDATE keys SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL",
            (name.as_str(), Utc::now().to_rfc3339()),
        )?;
        let mut statement = store.prepare_cached(&format!("SELECT {COLUMNS} FROM keys WHERE name = ?1"))?;
        let mut rows = statement.query([name.as_str()])?;
        let Some(row) = rows.next()? else {
            return Err(Error::not_found(format!(
                "key {name} does not exist: see the list of keys"
            )));
        };
        let revoked = record(row)?;
        self.refresh(&store)?;
        Ok(revoked)
    }

    /// True when no key was ever made.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self
            .store
            .lock()
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM keys)", [], |row| row.get(0))?)
    }

    /// The SCRAM verifiers of a key that is valid at `now`, with the identity it proves.
    pub fn verifiers(&self, name: &str, now: DateTime<Utc>) -> Result<Option<(Identity, Verifiers)>> {
        let found = self
            .store
            .lock()
            .prepare_cached("SELECT lookup, salt, iterations, stored_key, server_key FROM keys WHERE name = ?1")?
            .query_row([name], |row| {
                let verifiers = Verifiers {
                    salt: row.get(1)?,
                    iterations: row.get(2)?,
                    stored_key: row.get(3)?,
                    server_key: row.get(4)?,
                };
                Ok((row.get::<_, [u8; 32]>(0)?, verifiers))
            })
            .optional()?;
        let live = self.live.load();
        Ok(found.and_then(|(lookup, verifiers)| {
            let key = live.get(&lookup)?;
            key.is_valid(now).then(|| (key.identity.clone(), verifiers))
        }))
    }

    /// Makes the key `admin` on a hub that never had a key, and answers it; none otherwise.
    /// `now` only dates the log line: the key does not expire.
    pub fn ensure_first_admin(&self, now: DateTime<Utc>) -> Result<Option<String>> {
        if !self.is_empty()? {
            return Ok(None);
        }
        let (record, clear) = self.create(NewKey {
            name: "admin".parse()?,
            role: Role::Admin,
            institution: None,
            regions: Vec::new(),
            scopes: Vec::new(),
            expires_at: None,
        })?;
        tracing::info!(key.name = %record.name, at = %now, "made the first admin key");
        Ok(Some(clear))
    }

    fn refresh(&self, store: &Connection) -> Result<()> {
        self.live.store(Arc::new(read_live(store)?));
        Ok(())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("live", &self.live.load().len())
            .finish_non_exhaustive()
    }
}

impl Live {
    fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

fn check(new: &NewKey) -> Result<()> {
    let name = &new.name;
    if RESERVED.contains(&name.as_str()) {
        return Err(Error::invalid(format!("key name {name} is reserved: choose another")));
    }
    if new.role == Role::Publik {
        return Err(Error::invalid(format!("key {name}: role publik needs no key")));
    }
    if new.role == Role::Opd && new.institution.is_none() {
        // A key bound to no institution would see the rows of all of them.
        return Err(Error::invalid(format!(
            "key {name}: role opd needs an institution (--opd ID)"
        )));
    }
    if let Some(scope) = new
        .scopes
        .iter()
        .find(|s| s.is_empty() || s.contains(|c: char| c.is_whitespace() || c == ','))
    {
        return Err(Error::invalid(format!(
            "key {name}: scope {scope:?} is not valid: write it like push:kasus_penyakit"
        )));
    }
    Ok(())
}

fn digest(clear: &str) -> [u8; 32] {
    Sha256::digest(clear.as_bytes()).into()
}

const COLUMNS: &str = "name, role, institution, regions, scopes, created_at, expires_at, revoked_at";

fn insert(store: &Connection, record: &KeyRecord, lookup: &[u8; 32], verifiers: &Verifiers) -> Result<()> {
    let added = store.execute(
        "INSERT INTO keys (name, role, institution, regions, scopes, lookup, salt, iterations, stored_key, server_key,
                           created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (name) DO NOTHING",
        rusqlite::params![
            record.name.as_str(),
            record.role.as_str(),
            record.institution.as_ref().map(InstitutionId::as_str),
            serde_json::to_string(&record.regions)?,
            serde_json::to_string(&record.scopes)?,
            lookup,
            verifiers.salt,
            verifiers.iterations,
            verifiers.stored_key,
            verifiers.server_key,
            record.created_at.to_rfc3339(),
            record.expires_at.map(|t| t.to_rfc3339()),
        ],
    )?;
    if added == 0 {
        return Err(Error::conflict(format!(
            "key {} exists or existed: names are never given out twice, choose another",
            record.name
        )));
    }
    Ok(())
}

fn read_live(store: &Connection) -> Result<HashMap<[u8; 32], Arc<Live>>> {
    let mut statement =
        store.prepare_cached(&format!("SELECT {COLUMNS}, lookup FROM keys WHERE revoked_at IS NULL"))?;
    let mut rows = statement.query([])?;
    let mut live = HashMap::new();
    while let Some(row) = rows.next()? {
        let KeyRecord {
            name,
            role,
            institution,
            regions,
            scopes,
            expires_at,
            ..
        } = record(row)?;
        let identity = Identity {
            key: name,
            role,
            institution,
            regions,
            scopes,
            ..Identity::anonymous()
        };
        live.insert(row.get(8)?, Arc::new(Live { identity, expires_at }));
    }
    Ok(live)
}

fn record(row: &Row<'_>) -> Result<KeyRecord> {
    let name: String = row.get(0)?;
    let time = |text: Option<String>| -> Result<Option<DateTime<Utc>>> {
        text.map(|t| {
            DateTime::parse_from_rfc3339(&t)
                .map(|t| t.to_utc())
                .map_err(|source| Error::internal(format!("key {name}: a stored time is not readable"), source))
        })
        .transpose()
    };
    Ok(KeyRecord {
        role: row.get::<_, String>(1)?.parse()?,
        institution: row.get::<_, Option<String>>(2)?.map(|id| id.parse()).transpose()?,
        regions: serde_json::from_str(&row.get::<_, String>(3)?)?,
        scopes: serde_json::from_str(&row.get::<_, String>(4)?)?,
        created_at: time(row.get(5)?)?.unwrap_or_default(),
        expires_at: time(row.get(6)?)?,
        revoked_at: time(row.get(7)?)?,
        name: name.parse()?,
    })
}
