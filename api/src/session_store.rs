//! Browser sessions: a random cookie value stands for the name of a key that was shown once. Kept in memory only,
//! so a restart ends all of them; each request asks the key store again, so that revoking a key ends its sessions
//! at once.

use chrono::{DateTime, Duration, Utc};
use smartcenter_warehouse::KeyName;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How long a session lasts.
pub const LIFETIME: Duration = Duration::hours(12);

/// Sessions kept at most; the oldest make room.
const MOST: usize = 10_000;

/// All open sessions.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

struct Session {
    key: KeyName,
    ends: DateTime<Utc>,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

impl Sessions {
    /// Opens a session for the key called `key` and answers its cookie value.
    pub fn open(&self, key: KeyName, now: DateTime<Utc>) -> String {
        let token = crate::auth::random_token();
        let mut all = self.lock();
        if all.len() >= MOST {
            all.retain(|_, s| s.ends > now);
        }
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, s)| s.ends).map(|(t, _)| t.clone())
        {
            all.remove(&oldest);
        }
        all.insert(
            token.clone(),
            Session {
                key,
                ends: now + LIFETIME,
            },
        );
        token
    }

    /// Name of the key behind a cookie value, while the session lasts.
    pub fn key(&self, token: &str, now: DateTime<Utc>) -> Option<KeyName> {
        let mut all = self.lock();
        let session = all.get(token)?;
        if session.ends > now {
            return Some(session.key.clone());
        }
        all.remove(token);
        None
    }

    /// Ends a session; one that is not there is ended already.
    pub fn close(&self, token: &str) {
        self.lock().remove(token);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        // The map is never left half-changed, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
