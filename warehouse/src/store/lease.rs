//! One hub writes a lake at a time. On the local disk a lock on the folder says so; on a store that several machines
//! reach, an object does: it names the writer, who renews it by conditional put. Whoever finds it unchanged for its
//! whole lifetime, by a clock of his own that only has to run and need not be right, may take it over; the earlier
//! writer then fails to renew it, and stops.

use super::{OWN_FOLDER, Owner, s3};
use crate::{Error, Result};
use object_store::{
    Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutPayload, PutResult, UpdateVersion, path::Path,
};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{
    path::Path as FilePath,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;
use url::Url;

/// What the object says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Deed {
    /// The hub; its backups have the same identity, another hub has not.
    hub: String,
    /// The process: one start of the hub.
    session: String,
    /// For people: machine and process number.
    holder: String,
    /// For people; nobody decides by it.
    renewed_at: String,
    lifetime_millis: u64,
    /// The holder has gone and said so.
    is_released: bool,
}

/// The right to write a lake, renewed in the background until it is released or lost.
#[derive(Debug)]
pub struct Lease {
    store: Arc<dyn ObjectStore>,
    url: Url,
    deed: Deed,
    lifetime: Duration,
    state: Mutex<State>,
    renewing: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct State {
    version: UpdateVersion,
    /// Sure to hold it until then.
    until: Instant,
    is_lost: bool,
}

impl Lease {
    /// Takes the lease of the lake in `store`, waiting for the end of an earlier one if it must. `kept` remembers on
    /// the local disk which session had it, so that a restart after a crash need not wait for itself: the lock on the
    /// hub's folder proves that the earlier process has gone.
    ///
    /// # Errors
    /// `Conflict` when another process holds it, or the lake belongs to another hub; otherwise as the store fails.
    pub async fn acquire(
        store: Arc<dyn ObjectStore>,
        url: &Url,
        owner: Owner<'_>,
        kept: &FilePath,
        lifetime: Duration,
    ) -> Result<Arc<Self>> {
        let deed = Deed {
            hub: owner.hub.to_owned(),
            session: uuid::Uuid::new_v4().simple().to_string(),
            holder: format!("{} process {}", machine(), std::process::id()),
            renewed_at: String::new(),
            lifetime_millis: lifetime.as_millis() as u64,
            is_released: false,
        };
        let explain = |error| s3::explain(error, url, "lend the right to write it");
        let own_last = std::fs::read_to_string(kept).unwrap_or_default();
        let mode = match read(store.as_ref()).await.map_err(explain)? {
            None => PutMode::Create,
            Some((found, version)) => {
                if found.hub != deed.hub && !owner.adopts {
                    return Err(foreign(&found, url));
                }
                if !found.is_released && found.session != own_last.trim() {
                    watch(store.as_ref(), &found, &version, url).await?;
                }
                PutMode::Update(version)
            }
        };
        let begun = Instant::now();
        let version = match settle(store.as_ref(), &deed, mode).await.map_err(explain)? {
            Outcome::Ours(version) => version,
            Outcome::Anothers(holder) => {
                return Err(Error::conflict(format!(
                    "another process ({holder}) has just taken the lake {url}: only one can write it"
                )));
            }
        };
        std::fs::write(kept, &deed.session)?;
        let lease = Arc::new(Self {
            store,
            url: url.clone(),
            lifetime,
            state: Mutex::new(State {
                version,
                until: begun + lifetime,
                is_lost: false,
            }),
            renewing: Mutex::default(),
            deed,
        });
        let task = tokio::spawn(keep(Arc::downgrade(&lease), lifetime / 3));
        *lease.renewing.lock() = Some(task);
        Ok(lease)
    }

    /// Errors with `Unavailable` unless this process is sure to be the only writer now.
    pub fn check(&self) -> Result<()> {
        self.keeps()?;
        if Instant::now() < self.state.lock().until {
            return Ok(());
        }
        let message = format!(
            "the store {} does not answer, so nothing can be written there: send again later",
            self.url
        );
        Err(Error::unavailable(message, self.lifetime / 3))
    }

    /// Errors with `Unavailable` once another process is known to have it.
    pub fn keeps(&self) -> Result<()> {
        if !self.state.lock().is_lost {
            return Ok(());
        }
        let message = format!(
            "another hub has taken the lake {} over: this one must not write any more and has to be stopped",
            self.url
        );
        Err(Error::unavailable(message, Duration::from_secs(60)))
    }

    /// Gives the lease back, so that the next start need not wait.
    pub async fn release(&self) {
        if let Some(task) = self.renewing.lock().take() {
            task.abort();
        }
        let version = {
            let mut state = self.state.lock();
            if state.is_lost {
                return;
            }
            state.until = Instant::now();
            state.version.clone()
        };
        let deed = Deed {
            is_released: true,
            ..self.deed.clone()
        };
        if let Err(error) = put(self.store.as_ref(), &deed, PutMode::Update(version)).await {
            tracing::warn!(%error, "the lease of the lake was not given back: the next start waits for its end");
        }
    }

    async fn renew(&self) {
        let begun = Instant::now();
        let version = self.state.lock().version.clone();
        match settle(self.store.as_ref(), &self.deed, PutMode::Update(version)).await {
            Ok(Outcome::Ours(version)) => {
                let mut state = self.state.lock();
                state.version = version;
                state.until = begun + self.lifetime;
            }
            Ok(Outcome::Anothers(holder)) => {
                tracing::error!(holder, "the lease of the lake is lost: this hub stops writing");
                self.state.lock().is_lost = true;
            }
            Err(error) => tracing::warn!(%error, "the lease of the lake could not be renewed"),
        }
    }
}

/// Renews until the lease is dropped or lost.
async fn keep(lease: std::sync::Weak<Lease>, pause: Duration) {
    loop {
        tokio::time::sleep(pause).await;
        let Some(lease) = lease.upgrade() else { return };
        // A store that hangs must not keep later tries waiting.
        let _ = tokio::time::timeout(lease.lifetime, lease.renew()).await;
        if lease.state.lock().is_lost {
            return;
        }
    }
}

/// Returns once a foreign lease has not been renewed for its lifetime.
async fn watch(store: &dyn ObjectStore, found: &Deed, version: &UpdateVersion, url: &Url) -> Result<()> {
    let lifetime = Duration::from_millis(found.lifetime_millis);
    tracing::warn!(
        holder = found.holder,
        seconds = lifetime.as_secs(),
        "the lake was not given back by its last writer: waiting whether it still lives"
    );
    let begun = Instant::now();
    while begun.elapsed() <= lifetime {
        tokio::time::sleep(lifetime / 10).await;
        match read(store).await {
            Ok(Some((now, _))) if now.is_released => return Ok(()),
            Ok(Some((_, now))) if now.e_tag == version.e_tag => {}
            Ok(_) => {
                return Err(Error::conflict(format!(
                    "the lake {url} is being written by another process ({}): stop it first",
                    found.holder
                )));
            }
            Err(error) => return Err(s3::explain(error, url, "lend the right to write it")),
        }
    }
    Ok(())
}

fn foreign(found: &Deed, url: &Url) -> Error {
    Error::conflict(format!(
        "the lake {url} belongs to another hub (last written from {}). Start that hub, restore its backup here, or \
         choose another address; if that hub is gone for good, take its lake over with store_adopt = true",
        found.holder
    ))
}

fn path() -> Path {
    Path::from(format!("{OWN_FOLDER}/lease.json"))
}

async fn read(store: &dyn ObjectStore) -> Result<Option<(Deed, UpdateVersion)>, StoreError> {
    let answer = match store.get(&path()).await {
        Err(StoreError::NotFound { .. }) => return Ok(None),
        answer => answer?,
    };
    let version = UpdateVersion {
        e_tag: answer.meta.e_tag.clone(),
        version: None,
    };
    let deed = serde_json::from_slice(&answer.bytes().await?).map_err(|source| StoreError::Generic {
        store: "lease",
        source: source.into(),
    })?;
    Ok(Some((deed, version)))
}

/// Whose the lease is after an attempt to take it.
enum Outcome {
    Ours(UpdateVersion),
    /// With its holder.
    Anothers(String),
}

/// Puts the deed and finds out what came of it: a refusal may be the answer to the second try of a put whose first
/// answer was lost.
async fn settle(store: &dyn ObjectStore, deed: &Deed, mode: PutMode) -> Result<Outcome, StoreError> {
    match put(store, deed, mode).await {
        Ok(put) => Ok(Outcome::Ours(put.into())),
        Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => match read(store).await? {
            Some((found, version)) if found.session == deed.session => Ok(Outcome::Ours(version)),
            found => Ok(Outcome::Anothers(
                found.map(|(deed, _)| deed.holder).unwrap_or_default(),
            )),
        },
        Err(error) => Err(error),
    }
}

async fn put(store: &dyn ObjectStore, deed: &Deed, mode: PutMode) -> Result<PutResult, StoreError> {
    let deed = Deed {
        renewed_at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        ..deed.clone()
    };
    let content = serde_json::to_vec_pretty(&deed).map_err(|source| StoreError::Generic {
        store: "lease",
        source: source.into(),
    })?;
    store.put_opts(&path(), PutPayload::from(content), mode.into()).await
}

fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}
