//! Backups of the running hub: pushes, flushes, merges and compactions go on meanwhile.

use super::Warehouse;
use crate::{
    Error, Result,
    backup::{BackupId, Figures, NewBackup, Progress, Taken, Wanted},
    lake::Cut,
    store::LakeStore,
};
use chrono::{DateTime, Utc};
use object_store::{ObjectStore, path::Path as StorePath, prefix::PrefixStore};
use std::{
    collections::VecDeque,
    num::NonZeroU32,
    path::{Component, Path, PathBuf},
    sync::Arc,
};
use tokio::sync::{Mutex, watch};

/// Backups remembered after their end.
const REMEMBERED: usize = 50;

/// A backup that goes on, or has ended since the hub started.
#[derive(Debug)]
pub struct BackupJob {
    /// Which.
    pub id: BackupId,
    /// The folder of all backups.
    pub folder: PathBuf,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    progress: Arc<Progress>,
    ended: watch::Sender<Option<BackupEnd>>,
}

/// How a backup ended.
#[derive(Debug, Clone)]
pub struct BackupEnd {
    /// When.
    pub at: DateTime<Utc>,
    /// What it is, or why there is none.
    pub outcome: Result<Taken, String>,
}

impl BackupJob {
    /// How far it has come.
    pub fn figures(&self) -> Figures {
        self.progress.now()
    }

    /// How it ended; none while it goes on.
    pub fn end(&self) -> Option<BackupEnd> {
        self.ended.borrow().clone()
    }

    /// Waits for its end.
    pub async fn wait(&self) -> Option<BackupEnd> {
        let mut ended = self.ended.subscribe();
        let end = ended.wait_for(Option::is_some).await;
        end.ok().and_then(|end| end.clone())
    }
}

/// The backups since the start, oldest first.
#[derive(Debug, Default)]
pub(super) struct Backups(Mutex<VecDeque<Arc<BackupJob>>>);

impl Backups {
    /// Asks the backup that goes on to end.
    pub async fn stop(&self) {
        self.0.lock().await.iter().for_each(|job| job.progress.stop());
    }
}

impl Warehouse {
    /// Begins a backup into `folder`, an absolute path of this machine outside the data folder. The answer is there
    /// when it has begun; see [`BackupJob`]. With `keep`, older backups than the newest `keep` are removed afterwards.
    ///
    /// # Errors
    /// `Invalid` for a folder that cannot be right; `Conflict` while another backup goes on, or when the folder is
    /// another hub's; `Forbidden` or `Unavailable` when it cannot be written.
    pub async fn start_backup(self: &Arc<Self>, folder: &Path, keep: Option<NonZeroU32>) -> Result<Arc<BackupJob>> {
        let folder = outside(folder, &self.settings.data)?;
        let mut jobs = self.backups.0.lock().await;
        if let Some(running) = jobs.iter().find(|job| job.end().is_none()) {
            return Err(Error::conflict(format!(
                "backup {} to {} goes on: wait for its end",
                running.id,
                running.folder.display()
            )));
        }
        if self.stopping.load(std::sync::atomic::Ordering::SeqCst) {
            let wait = std::time::Duration::from_secs(5);
            return Err(Error::unavailable(
                "the hub is stopping: take the backup when it runs",
                wait,
            ));
        }
        let progress = Arc::new(Progress::default());
        let wanted = Wanted {
            hub: self.control.identity()?,
            now: self.clock.now(),
            elsewhere: self.settings.contracts.clone(),
        };
        let (root, seen) = (folder.clone(), progress.clone());
        let begun = blocking(move || NewBackup::begin(&root, wanted, seen)).await?;
        let job = Arc::new(BackupJob {
            id: begun.id().clone(),
            folder,
            started_at: self.clock.now(),
            progress,
            ended: watch::Sender::new(None),
        });
        let (hub, told) = (self.clone(), job.clone());
        let task = tokio::spawn(async move {
            let outcome = hub.back_up(begun, keep).await;
            hub.note_backup(&told, outcome);
        });
        // A stopping hub waits for it, and it ends soon then.
        self.tasks.lock().push(task);
        jobs.push_back(job.clone());
        if jobs.len() > REMEMBERED {
            jobs.pop_front();
        }
        Ok(job)
    }

    /// The backup `id`, if it was begun since the hub started.
    pub async fn backup(&self, id: &BackupId) -> Option<Arc<BackupJob>> {
        self.backups.0.lock().await.iter().find(|job| job.id == *id).cloned()
    }

    /// All backups since the start, newest first.
    pub async fn backups(&self) -> Vec<Arc<BackupJob>> {
        self.backups.0.lock().await.iter().rev().cloned().collect()
    }

    /// The order is what makes it one cut: files before control store before log, so that every receipt and every
    /// idempotency key of the copy has its rows in the copy.
    async fn back_up(self: &Arc<Self>, mut new: NewBackup, keep: Option<NonZeroU32>) -> Result<Taken> {
        let store = uncached(self.lake.store());
        // Most of the bytes, while the log is still released: it would grow for as long as this takes.
        let cut = self.lake.cut_all().await?;
        new.copy_files(&store, &cut.tables).await?;
        drop(cut);

        let hold = self.wal.hold();
        if let Err(error) = self.lake.flush_all().await {
            tracing::warn!(%error, "a table could not be flushed: the backup keeps its rows in the log");
        }
        let (cut, after) = self.settled_cut().await?;
        new.copy_files(&store, &cut.tables).await?;
        let Cut { view, tables } = cut;
        new.note_tables(tables)?;
        let (control, data) = (self.control.clone(), self.settings.data.clone());
        let log = data.join("wal");
        let hub = self.clone();
        let (mut new, staged) = blocking(move || {
            new.copy_issued(&data)?;
            new.copy_control(&control)?;
            let staged = new.copy_log(&log, after, hub.wal.status().durable)?;
            Ok((new, staged))
        })
        .await?;
        new.copy_staged(&store, staged).await?;
        drop((hold, view));
        self.release_log();
        self.barrier.pass("mid_backup");
        let data = self.settings.data.clone();
        blocking(move || {
            new.copy_site(&data)?;
            new.finish(keep.map(|keep| keep.get() as usize))
        })
        .await
    }

    /// A cut, and the position up to which both its files and the control store have everything. No contract is on its
    /// way at that moment: one below the position would otherwise be neither in the store nor in the tail of the log.
    async fn settled_cut(self: &Arc<Self>) -> Result<(Cut, crate::Seq)> {
        let _no_contract = self.activating.lock().await;
        let control = self.control.clone();
        if let Err(error) = blocking(move || control.ledger().flush()).await {
            tracing::warn!(%error, "the backup keeps the last receipts in the log");
        }
        let cut = self.lake.cut_all().await?;
        let after = cut.view.applied_seq().min(self.control.ledger().applied_seq());
        Ok((cut, after))
    }

    fn note_backup(&self, job: &BackupJob, outcome: Result<Taken>) {
        let at = self.clock.now();
        match &outcome {
            Ok(taken) => {
                metrics::gauge!("smartcenter_backup_last_success_timestamp").set(at.timestamp() as f64);
                tracing::info!(
                    backup = %taken.id, through = taken.through.0, files = taken.files, bytes = taken.bytes,
                    new_files = taken.new_files, new_bytes = taken.new_bytes, "a backup is complete"
                );
            }
            Err(error) => {
                metrics::counter!("smartcenter_backup_failures_total").increment(1);
                tracing::error!(backup = %job.id, %error, source = ?std::error::Error::source(error), "a backup failed");
            }
        }
        let outcome = outcome.map_err(|error| error.message().to_owned());
        job.ended.send_replace(Some(BackupEnd { at, outcome }));
    }
}

#[cfg(test)]
impl Warehouse {
    pub(crate) fn hold_log(&self) -> crate::wal::Hold {
        self.wal.hold()
    }
}

/// The lake's files without the cache before them, which is for those who ask again.
fn uncached(store: &LakeStore) -> Arc<dyn ObjectStore> {
    let lake = StorePath::from_url_path(store.url.path()).unwrap_or_default();
    Arc::new(PrefixStore::new(store.root.clone(), lake))
}

/// `folder` as it will be on disk, if backups may lie there.
fn outside(folder: &Path, data: &Path) -> Result<PathBuf> {
    let is_plain = |part: Component<'_>| !matches!(part, Component::ParentDir | Component::CurDir);
    if !folder.is_absolute() || !folder.components().all(is_plain) {
        return Err(Error::invalid(format!(
            "the backup folder {:?} must be an absolute path on the hub's machine, without `..`",
            folder.display()
        )));
    }
    let there = folder.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(folder);
    let rest = folder.strip_prefix(there).unwrap_or(Path::new(""));
    let resolved = there
        .canonicalize()
        .map_or_else(|_| folder.to_owned(), |there| there.join(rest));
    if resolved.starts_with(data.canonicalize()?) {
        return Err(Error::invalid(format!(
            "{} lies in the hub's own folder: a backup belongs elsewhere, best on another disk",
            folder.display()
        )));
    }
    Ok(resolved)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| Error::internal("a backup stopped in its middle", e))?
}
