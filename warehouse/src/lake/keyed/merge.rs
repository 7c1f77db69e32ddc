//! The merger: brings the current table up to its history. Only files with a superseded row are rewritten, one after
//! the other in bounded memory, while pushes and queries go on; what they supersede meanwhile is carried over when
//! the new files take their place.

use super::{
    KeyedTable,
    open::read_file,
    source::{FileSource, KeyedView, Recent, Standing, carry_over, resolve},
};
use crate::{
    Error, Result, Seq, StagedFile, TableId,
    keyed::{FileMap, KeyMap, NO_VERSION, RowSet},
    lake::{
        DataFile, Lake, Snapshot, TableView, conform,
        file::{FileTarget, FileWriter},
        flush::{SORT_ROWS, sorted, tokio_stop::Stop},
        maintain::{Dead, with_seq},
        table::{Changes, Effect},
    },
    query::MaintenanceRecord,
};
use arrow::{compute::filter_record_batch, record_batch::RecordBatch};
use object_store::ObjectStore;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How often tables are looked at.
const TICK: Duration = Duration::from_millis(500);
/// More files of the history than this are merged before their time: each costs every look-up a probe.
const MOST_FILES: usize = 24;
/// More rows than this are merged before their time.
const MOST_ROWS: u64 = 16 << 20;

/// What one merge reads, as it stands by itself at the cut.
struct Cut {
    /// Base files with a row that is superseded at the cut, or that are due to be joined with others.
    touched: Vec<FileSource>,
    /// The history's files that are merged.
    overlay: Vec<FileSource>,
    /// Base files whose rows are poured together with the overlay's.
    poured: HashSet<String>,
    /// Keys that have ended, with their versions; only merges change them.
    graves: Arc<HashMap<u128, i64>>,
    through: Option<Seq>,
}

impl Lake {
    /// Merges tables as they become due, until `stop`.
    pub async fn merge_loop(self: Arc<Self>, stop: Stop) {
        while !stop.is_set() {
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                () = stop.wait() => break,
            }
            for keyed in self.keyed_tables() {
                if !self.is_due(&keyed) {
                    continue;
                }
                if let Err(error) = self.merge(&keyed).await {
                    tracing::error!(table = %keyed.current, %error, source = ?std::error::Error::source(&error), "a merge failed; it is tried again");
                    metrics::counter!("smartcenter_merge_failures_total").increment(1);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Merges every table that has anything to merge.
    pub async fn merge_all(&self) -> Result<()> {
        for keyed in self.keyed_tables() {
            self.merge(&keyed).await?;
        }
        Ok(())
    }

    fn is_due(&self, keyed: &KeyedTable) -> bool {
        let view = self.view();
        let Some(table) = view.keyed.get(&keyed.current) else {
            return false;
        };
        let now = self.clock.now().timestamp_millis().max(0) as u64;
        let since = keyed.merged_at.load(Ordering::Relaxed);
        let interval = keyed.merge_interval.load(Ordering::Relaxed);
        !table.recent.is_empty()
            && (now.saturating_sub(since) >= interval
                || table.unmerged().count() > MOST_FILES
                || table.overlay_rows() > MOST_ROWS)
    }

    /// Flushes what is hot and merges everything that the history's files have. Answers whether anything moved.
    pub async fn merge(&self, keyed: &Arc<KeyedTable>) -> Result<bool> {
        let history = self.table(&keyed.history)?;
        self.flush(&history).await?;
        let moved = self.rewrite(keyed, &HashSet::new()).await?;
        let now = self.clock.now().timestamp_millis().max(0) as u64;
        keyed.merged_at.store(now, Ordering::Relaxed);
        Ok(moved)
    }

    /// One rewrite of the current table: the overlay goes in, superseded rows go out, the small files `join` become
    /// one.
    pub(in crate::lake) async fn rewrite(&self, keyed: &Arc<KeyedTable>, join: &HashSet<String>) -> Result<bool> {
        let state = self.table(&keyed.current)?;
        let mut actor = state.actor.lock().await;
        let view = self.view();
        let (Some(table), Some(history)) = (view.keyed.get(&keyed.current), view.tables.get(&keyed.history)) else {
            return Ok(false);
        };
        let Some(cut) = self.cut(table, history.flushed_seq, join)? else {
            return Ok(false);
        };
        let started = std::time::Instant::now();
        let target = self.file_target(&state, "merge")?;
        let (schema, store) = (target.schema.clone(), self.store.objects.clone());
        let written = {
            let work = Work {
                keyed: keyed.clone(),
                store,
                runtime: tokio::runtime::Handle::current(),
                target,
                barrier: self.barrier.clone(),
            };
            tokio::task::spawn_blocking(move || work.run(cut))
                .await
                .map_err(|e| Error::internal("a merge stopped in its middle", e))??
        };
        let Written { cut, files, graves } = written;
        let removed: Vec<Arc<DataFile>> = cut.touched.iter().map(|source| source.file.clone()).collect();
        let (staged, maps): (Vec<StagedFile>, Vec<(FileMap, RowSet)>) = files.into_iter().unzip();
        let changes = Changes {
            add: staged.into_iter().map(|file| (file, None)).collect(),
            remove: removed.clone(),
            through: cut.through,
            effect: if cut.overlay.is_empty() {
                Effect::Rearranges
            } else {
                Effect::Changes
            },
        };
        let rows: u64 = changes.add.iter().map(|(file, _)| file.rows).sum();
        let (version, added) = actor.commit(&schema, &state.layout.load(), changes).await?;
        self.barrier.pass("after_merge_commit");
        let mut new: Vec<FileSource> = added
            .iter()
            .zip(maps)
            .map(|(file, map)| FileSource::built(file, map))
            .collect();
        let files_after = new.len() as i64;
        self.change(|view| {
            let (Some(now), Some(table)) = (view.keyed.get(&keyed.current), view.tables.get(&keyed.current)) else {
                return Ok(());
            };
            let next = replaced(now, &cut, &mut new, graves)?;
            let mut table = TableView::clone(table);
            let files = next.base.iter().map(|source| source.file.clone()).collect();
            table.snapshot = Arc::new(Snapshot { version, files });
            if let Some(through) = cut.through {
                table.flushed_seq = through;
                table.last_seq = through;
            }
            view.tables.insert(keyed.current.clone(), Arc::new(table));
            view.keyed.insert(keyed.current.clone(), Arc::new(next));
            Ok(())
        })?;
        self.after_rewrite(keyed, &cut, removed, started, files_after, rows);
        Ok(true)
    }

    /// What there is to do; none when there is nothing.
    fn cut(&self, table: &KeyedView, flushed: Seq, join: &HashSet<String>) -> Result<Option<Cut>> {
        let overlay: Vec<FileSource> = table.unmerged().filter(|s| s.last_seq <= flushed).cloned().collect();
        let mut files: Vec<FileSource> = table.base.iter().chain(&overlay).cloned().collect();
        for file in &mut files {
            file.rows = file.as_built();
        }
        resolve(&mut files, table.base.len())?;
        let overlay = files.split_off(table.base.len());
        let is_touched = |source: &FileSource| !source.rows.hidden.is_empty() || join.contains(&source.file.path);
        let touched: Vec<FileSource> = files.into_iter().filter(is_touched).collect();
        if overlay.is_empty() && touched.is_empty() {
            return Ok(None);
        }
        let is_small = |source: &&FileSource| source.file.size < self.settings.small_file_bytes;
        Ok(Some(Cut {
            poured: touched.iter().filter(is_small).map(|s| s.file.path.clone()).collect(),
            graves: table.graves.clone(),
            through: (!overlay.is_empty()).then_some(flushed),
            touched,
            overlay,
        }))
    }

    fn after_rewrite(
        &self,
        keyed: &KeyedTable,
        cut: &Cut,
        removed: Vec<Arc<DataFile>>,
        started: std::time::Instant,
        files_after: i64,
        rows: u64,
    ) {
        for (table, source) in cut.sources(keyed) {
            // The map is open as long as a view needs it; a leftover is swept.
            let _ = std::fs::remove_file(keyed.map_path(table, &source.file.path));
            let _ = std::fs::remove_file(keyed.rows_path(table, &source.file.path));
        }
        let now = self.clock.now();
        let files_before = (cut.touched.len() + cut.overlay.len()) as i64;
        let dead = removed.into_iter().map(|file| Dead::new(&keyed.current, file, now));
        self.graveyard.lock().extend(dead);
        let milliseconds = started.elapsed().as_millis() as i64;
        metrics::counter!("smartcenter_merge_rows_total").increment(rows);
        self.note_event(MaintenanceRecord {
            table: keyed.current.to_string(),
            operation: if cut.overlay.is_empty() { "compact" } else { "merge" }.into(),
            started_at: now - chrono::Duration::milliseconds(milliseconds),
            milliseconds,
            files_before,
            files_after,
            rows: rows as i64,
            outcome: "ok".into(),
        });
    }
}

impl Cut {
    fn sources<'a>(&'a self, keyed: &'a KeyedTable) -> impl Iterator<Item = (&'a TableId, &'a FileSource)> {
        let touched = self.touched.iter().map(|source| (&keyed.current, source));
        touched.chain(self.overlay.iter().map(|source| (&keyed.history, source)))
    }
}

/// The view after a rewrite, from the view of now.
fn replaced(
    now: &KeyedView,
    cut: &Cut,
    new: &mut Vec<FileSource>,
    graves: HashMap<u128, Option<i64>>,
) -> Result<KeyedView> {
    let mut base = Vec::with_capacity(now.base.len() + new.len());
    let mut recent = Vec::new();
    let mut replaced: Vec<(&FileSource, &FileSource)> = Vec::new();
    for source in &now.base {
        match cut.touched.iter().find(|old| old.file.path == source.file.path) {
            Some(old) => replaced.push((old, source)),
            None => base.push(source.clone()),
        }
    }
    for source in &now.recent {
        let old = match source {
            Recent::File(file) => cut
                .overlay
                .iter()
                .find(|old| old.file.path == file.file.path)
                .map(|old| (old, file)),
            Recent::Hot(_) => None,
        };
        match old {
            Some(pair) => replaced.push(pair),
            None => recent.push(source.clone()),
        }
    }
    let changed = replaced
        .iter()
        .map(|(old, now)| (old.keys.as_ref() as &dyn KeyMap, &old.rows, &now.rows));
    carry_over(changed, new)?;
    base.append(new);
    let mut kept = now.graves.clone();
    if !graves.is_empty() {
        let kept = Arc::make_mut(&mut kept);
        for (hash, version) in graves {
            match version {
                Some(version) => kept.insert(hash, version),
                None => kept.remove(&hash),
            };
        }
    }
    Ok(KeyedView {
        history: now.history.clone(),
        base,
        recent,
        graves: kept,
        merged_seq: cut.through.unwrap_or(now.merged_seq),
    })
}

/// The blocking part.
struct Work {
    keyed: Arc<KeyedTable>,
    store: Arc<dyn ObjectStore>,
    runtime: tokio::runtime::Handle,
    target: FileTarget,
    barrier: crate::barrier::Barrier,
}

struct Written {
    cut: Cut,
    files: Vec<(StagedFile, (FileMap, RowSet))>,
    /// Keys that ended, with their versions, and keys that came back.
    graves: HashMap<u128, Option<i64>>,
}

impl Work {
    fn run(self, cut: Cut) -> Result<Written> {
        let mut files = Vec::new();
        let mut expected = 0;
        let mut pool = Pool::new(self.writer()?);
        for (table, source) in cut.sources(&self.keyed) {
            let alive = source.file.rows - source.rows.hidden.len() as u64;
            expected += alive;
            if alive == 0 {
                continue;
            }
            if cut.poured.contains(&source.file.path) || table == &self.keyed.history {
                self.read(table, source, |batch| pool.add(batch, &self.target.layout.sort_by))?;
                continue;
            }
            // A large file keeps its order and its place: only its hidden rows go.
            let mut writer = self.writer()?;
            self.read(table, source, |batch| writer.write(&batch))?;
            files.extend(writer.finish_indexed()?);
        }
        files.extend(pool.finish(&self.target.layout.sort_by)?);
        self.barrier.pass("mid_merge");
        let written: u64 = files.iter().map(|(file, _)| file.rows).sum();
        if written != expected {
            return Err(Error::internal(
                "a merge would have lost or doubled rows and was given up",
                format!("{expected} rows expected, {written} written"),
            ));
        }
        let graves = if self.keyed.version_column.is_some() {
            self.graves(&cut)?
        } else {
            HashMap::new()
        };
        Ok(Written { cut, files, graves })
    }

    fn writer(&self) -> Result<FileWriter> {
        FileWriter::indexed(self.target.clone(), self.runtime.clone(), self.keyed.clone())
    }

    /// The rows of a source that are not hidden, as rows of the current table.
    fn read(
        &self,
        table: &TableId,
        source: &FileSource,
        mut take: impl FnMut(RecordBatch) -> Result<()>,
    ) -> Result<()> {
        let mut first = 0;
        for batch in read_file(&self.store, &self.runtime, table, &source.file)? {
            let batch = batch?;
            let alive = source.rows.hidden.alive_filter(first, batch.num_rows());
            first += batch.num_rows() as u32;
            let batch = match alive.true_count() {
                0 => continue,
                all if all == batch.num_rows() => batch,
                _ => filter_record_batch(&batch, &alive)?,
            };
            let batch = conform(&batch, &self.target.schema, &source.file.partition_values)?;
            take(with_seq(batch, &source.file)?)?;
        }
        Ok(())
    }

    fn graves(&self, cut: &Cut) -> Result<HashMap<u128, Option<i64>>> {
        let mut graves = HashMap::new();
        for source in &cut.overlay {
            for item in source.keys.iter() {
                let (hash, entry) = item?;
                if !source.rows.in_force(&entry) {
                    continue;
                }
                let version = entry.deleted.then_some(entry.version).filter(|v| *v != NO_VERSION);
                // Of the keys that are there, only those count that come back.
                if version.is_some() || graves.contains_key(&hash) || cut.graves.contains_key(&hash) {
                    graves.insert(hash, version);
                }
            }
        }
        Ok(graves)
    }
}

/// Rows from many sources, sorted together in slices.
struct Pool {
    writer: FileWriter,
    slice: Vec<RecordBatch>,
    rows: usize,
}

impl Pool {
    fn new(writer: FileWriter) -> Self {
        Self {
            writer,
            slice: Vec::new(),
            rows: 0,
        }
    }

    fn add(&mut self, batch: RecordBatch, sort_by: &[String]) -> Result<()> {
        self.rows += batch.num_rows();
        self.slice.push(batch);
        if self.rows >= SORT_ROWS {
            self.pour(sort_by)
        } else {
            Ok(())
        }
    }

    fn pour(&mut self, sort_by: &[String]) -> Result<()> {
        if !self.slice.is_empty() {
            self.writer.write(&sorted(&self.slice, sort_by)?)?;
            self.slice.clear();
            self.rows = 0;
        }
        Ok(())
    }

    fn finish(mut self, sort_by: &[String]) -> Result<Vec<(StagedFile, (FileMap, RowSet))>> {
        self.pour(sort_by)?;
        self.writer.finish_indexed()
    }
}

impl FileSource {
    /// A file that was just written, with its key map.
    pub(in crate::lake) fn built(file: &Arc<DataFile>, (keys, hidden): (FileMap, RowSet)) -> Self {
        Self {
            last_seq: file.last_seq(),
            file: file.clone(),
            keys: Arc::new(keys),
            built: hidden.clone(),
            rows: Standing {
                hidden,
                ..Standing::default()
            },
            row_store: Arc::default(),
        }
    }

    fn as_built(&self) -> Standing {
        Standing {
            hidden: self.built.clone(),
            ..Standing::default()
        }
    }
}
