//! The flush: moves hot rows and adopted files into the Delta table, by size, by age, or when asked.
//!
//! Order, so that a row is never lost and never in two places: Parquet written and synced → Delta commit whose
//! application transaction is the last position in it (entry synced, re-read on any error) → one new view without
//! the hot runs and with the files → the log may be released.

use super::{
    Lake, TableState, TableView,
    file::{FileTarget, FileWriter},
    table::Changes,
    view::Snapshot,
};
use crate::{Error, Result, Seq, StagedFile, TableId, barrier::Barrier};
use arrow::{
    array::UInt32Array,
    compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch},
    record_batch::RecordBatch,
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How often the flush looks for tables whose time has come.
const TICK: Duration = Duration::from_millis(250);
/// Longest wait for a flush that was asked for.
const LANDING: Duration = Duration::from_secs(300);
/// Rows sorted together; a flush of more is sorted in slices.
pub(super) const SORT_ROWS: usize = 2 << 20;

impl Lake {
    /// Flushes tables as they become due, until `stop`. `released` is called after each round that moved anything.
    pub async fn flush_loop(self: Arc<Self>, stop: tokio_stop::Stop, released: impl Fn() + Send) {
        while !stop.is_set() {
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                () = self.pressure.notified() => {}
                () = stop.wait() => break,
            }
            let mut moved = false;
            for state in self.due() {
                match self.flush(&state).await {
                    Ok(done) => moved |= done,
                    Err(error) => {
                        tracing::error!(table = %state.id, %error, source = ?std::error::Error::source(&error), "a flush failed; it is tried again");
                        metrics::counter!("smartcenter_flush_failures_total").increment(1);
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            }
            if moved {
                released();
            }
        }
    }

    /// Tables to flush now, the largest first.
    fn due(&self) -> Vec<Arc<TableState>> {
        let view = self.view();
        let now = self.clock.now().timestamp_millis().max(0) as u64;
        let pressed = self.hot_bytes() >= self.settings.hot_soft_bytes;
        let mut due: Vec<(usize, Arc<TableState>)> = self
            .table_states()
            .into_iter()
            .filter_map(|state| {
                let table = view.tables.get(&state.id)?;
                let open = !table.hot.is_empty() || !table.adopted.is_empty();
                let oldest = state.oldest_hot.load(Ordering::Relaxed);
                let old = oldest != 0 && now.saturating_sub(oldest) >= self.settings.flush_seconds * 1000;
                let large = table.hot_bytes() as u64 >= self.settings.flush_bytes;
                let wanted = state.wanted.load(Ordering::Acquire) > table.flushed_seq.0;
                (open && (old || large || wanted || pressed || !table.adopted.is_empty()))
                    .then(|| (table.hot_bytes(), state))
            })
            .collect();
        due.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        due.into_iter().map(|(_, state)| state).collect()
    }

    /// Asks for a flush and waits until everything up to `seq` of this table is in its files, [`LANDING`] at most.
    pub async fn landed(&self, id: &TableId, seq: Seq) -> Result<()> {
        tokio::time::timeout(LANDING, self.wait_landed(id, seq)).await.unwrap_or_else(|_| {
            Err(Error::unavailable(
                "the push is durable and visible, but its table cannot be written just now: ask for its receipt later",
                Duration::from_secs(60),
            ))
        })
    }

    async fn wait_landed(&self, id: &TableId, seq: Seq) -> Result<()> {
        let state = self.table(id)?;
        let mut flushed = self.flushed.subscribe();
        loop {
            let covered = {
                let view = self.view.load();
                let table = view
                    .tables
                    .get(id)
                    .ok_or_else(|| Error::not_found(format!("table {id}")))?;
                table.flushed_seq >= seq
                    || (table.hot.is_empty() && table.adopted.is_empty() && view.visible_seq >= seq)
            };
            if covered {
                return Ok(());
            }
            state.wanted.fetch_max(seq.0, Ordering::AcqRel);
            self.pressure.notify_one();
            let gone = || Error::unavailable("the hub is stopping: the push is durable", Duration::from_secs(5));
            flushed.changed().await.map_err(|_| gone())?;
        }
    }

    /// Flushes every table, for a graceful stop.
    pub async fn flush_all(&self) -> Result<()> {
        for state in self.table_states() {
            self.flush(&state).await?;
        }
        Ok(())
    }

    /// Flushes what the table has now. Answers whether anything moved.
    pub(super) async fn flush(&self, state: &TableState) -> Result<bool> {
        let mut actor = state.actor.lock().await;
        let (before, cut) = {
            // Sealing and cutting under the lock of the view: no run can grow across the cut afterwards.
            let _alone = self.changing.lock();
            let view = self.view();
            let Some(table) = view.tables.get(&state.id).cloned() else {
                return Ok(false);
            };
            if table.hot.is_empty() && table.adopted.is_empty() {
                return Ok(false);
            }
            let cut = table.last_seq;
            state.sealed.store(cut.0, Ordering::Release);
            (table, cut)
        };
        let started = std::time::Instant::now();
        let oldest_before = state.oldest_hot.swap(0, Ordering::Relaxed);
        let outcome = self.write_and_commit(state, &mut actor, &before, cut).await;
        if outcome.is_err() {
            state.oldest_hot.store(oldest_before, Ordering::Relaxed);
        }
        state.sealed.store(0, Ordering::Release);
        let rows = outcome?;
        drop(actor);
        self.flushed.send_modify(|ticks| *ticks += 1);
        metrics::counter!("smartcenter_flush_rows_total").increment(rows);
        metrics::histogram!("smartcenter_flush_seconds").record(started.elapsed().as_secs_f64());
        tracing::debug!(table = %state.id, rows, through = cut.0, "flushed");
        Ok(true)
    }

    async fn write_and_commit(
        &self,
        state: &TableState,
        actor: &mut super::Table,
        before: &TableView,
        cut: Seq,
    ) -> Result<u64> {
        let keyed = self.keyed_of_history(&state.id);
        let (files, maps) = match &keyed {
            Some((keyed, view)) => self.write_keyed(state, keyed, view, cut).await?.into_iter().unzip(),
            None => (self.write_hot(state, before).await?, Vec::new()),
        };
        self.barrier.pass("before_commit");
        let rows = files.iter().map(|f: &StagedFile| f.rows).sum();
        let adopted = before
            .adopted
            .iter()
            .flat_map(|adopted| adopted.files.iter().map(|file| (staged_file(file), Some(adopted.seq))));
        let add = adopted.chain(files.into_iter().map(|file| (file, None))).collect();
        let changes = Changes {
            add,
            through: Some(cut),
            ..Changes::default()
        };
        let (version, added) = actor.commit(&before.schema, &state.layout.load(), changes).await?;
        self.barrier.pass("after_commit");
        self.change(|view| {
            let Some(table) = view.tables.get(&state.id) else {
                return Ok(());
            };
            let mut table = TableView::clone(table);
            let mut files = table.snapshot.files.clone();
            // An adopted file keeps its handle: a view pinned before the flush may still read it.
            let known = |path: &str| {
                before
                    .adopted
                    .iter()
                    .flat_map(|a| &a.files)
                    .find(|f| f.path == path)
                    .cloned()
            };
            let written: Vec<Arc<super::DataFile>> = added
                .into_iter()
                .map(|file| known(&file.path).unwrap_or(file))
                .collect();
            files.extend(written.iter().cloned());
            table.snapshot = Arc::new(Snapshot { version, files });
            table.hot.retain(|run| run.first_seq > cut);
            table.adopted.retain(|adopted| adopted.seq > cut);
            table.flushed_seq = cut;
            view.tables.insert(state.id.clone(), Arc::new(table));
            if let Some((keyed, noted)) = &keyed
                && let Some(now) = view.keyed.get(&keyed.current)
            {
                // The adopted files, which have their maps, stand first among the added ones.
                let new = &written[written.len() - maps.len()..];
                let next = now.flushed(noted, cut, new, maps)?;
                view.keyed.insert(keyed.current.clone(), Arc::new(next));
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// Writes the hot runs as sorted Parquet, off the async threads.
    async fn write_hot(&self, state: &TableState, before: &TableView) -> Result<Vec<StagedFile>> {
        let batches: Vec<RecordBatch> = before.hot.iter().flat_map(|run| run.batches.iter().cloned()).collect();
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let target = self.file_target(state, "part")?;
        let runtime = tokio::runtime::Handle::current();
        let barrier = self.barrier.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut writer = FileWriter::new(target.clone(), runtime)?;
            write_sorted(&mut writer, batches, &target, &barrier)?;
            writer.finish()
        });
        written
            .await
            .map_err(|e| Error::internal("a flush stopped in its middle", e))?
    }
}

/// Writes batches in slices that are sorted each for itself.
pub(super) fn write_sorted(
    writer: &mut FileWriter,
    batches: Vec<RecordBatch>,
    target: &FileTarget,
    barrier: &Barrier,
) -> Result<()> {
    let mut slice = Vec::new();
    let mut rows = 0;
    let mut batches = batches.into_iter().peekable();
    while let Some(batch) = batches.next() {
        rows += batch.num_rows();
        slice.push(super::conform(&batch, &target.schema, &Default::default())?);
        if rows >= SORT_ROWS || batches.peek().is_none() {
            writer.write(&sorted(&slice, &target.layout.sort_by)?)?;
            barrier.pass("mid_parquet");
            slice.clear();
            rows = 0;
        }
    }
    Ok(())
}

/// All rows of `batches` in the order of `sort_by` (as they are when that is empty).
pub(super) fn sorted(batches: &[RecordBatch], sort_by: &[String]) -> Result<RecordBatch> {
    let Some(first) = batches.first() else {
        return Err(Error::internal("nothing to sort", "empty flush"));
    };
    let all = concat_batches(first.schema_ref(), batches)?;
    let columns: Vec<SortColumn> = sort_by
        .iter()
        .filter_map(|name| all.column_by_name(name))
        .map(|values| SortColumn {
            values: values.clone(),
            options: None,
        })
        .collect();
    if columns.is_empty() {
        return Ok(all);
    }
    let order: UInt32Array = lexsort_to_indices(&columns, None)?;
    Ok(take_record_batch(&all, &order)?)
}

fn staged_file(file: &super::DataFile) -> StagedFile {
    StagedFile {
        path: file.path.clone(),
        size: file.size,
        rows: file.rows,
        partition_values: file.partition_values.clone(),
        stats: file.stats.clone().unwrap_or_default(),
    }
}

pub(crate) mod tokio_stop {
    //! A flag that background loops wait for.

    use tokio::sync::watch;

    /// The waiting side.
    #[derive(Debug, Clone)]
    pub struct Stop(watch::Receiver<bool>);

    /// The deciding side; dropping it stops as well.
    #[derive(Debug)]
    pub struct Stopper(watch::Sender<bool>);

    /// A connected pair.
    pub fn channel() -> (Stopper, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Stop(receiver))
    }

    impl Stopper {
        /// Stops everyone who waits.
        pub fn set(&self) {
            self.0.send_replace(true);
        }
    }

    impl Stop {
        /// True once stopped.
        pub fn is_set(&self) -> bool {
            *self.0.borrow() || self.0.has_changed().is_err()
        }

        /// Waits for the stop.
        pub async fn wait(&self) {
            let mut receiver = self.0.clone();
            let _ = receiver.wait_for(|set| *set).await;
        }
    }
}
