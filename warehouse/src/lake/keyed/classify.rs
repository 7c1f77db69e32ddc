//! The parts of a push to a keyed dataset become operations, in memory or, for a big push, in files.

use super::{
    KeyedTable, KeyedView,
    open::{read_columns, read_file},
    sequence::{Classifier, KeyedPush, Line, Meeting},
};
use crate::{
    Error, Part, Result, Rows, StagedFile,
    keyed::Repeats,
    lake::{
        DataFile, Lake, conform,
        file::{FileTarget, FileWriter},
        stage::STAGED_PREFIX,
    },
};
use arrow::record_batch::RecordBatch;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use std::{collections::HashSet, sync::Arc};
use tokio::sync::OwnedMutexGuard;

/// Rows that are compared where they stand; more of them on a thread of their own.
const INLINE_ROWS: u64 = 2_000;
/// Up to so many rows, what a push leaves of each key is noted: 100 to 200 MB. Tests cross the limit with few.
const NOTED_ROWS: u64 = if cfg!(test) { 3 } else { 1 << 21 };

/// A push whose rows have become operations, and the line it stands in.
pub(crate) struct Classified {
    /// The line, still held.
    pub line: OwnedMutexGuard<Line>,
    /// The parts, with operations in the place of rows.
    pub parts: Vec<Part>,
    /// Counts, and what later pushes have to know.
    pub push: KeyedPush,
}

impl Lake {
    /// Compares the rows of `parts` that go to the keyed table with what is held and what is on its way.
    pub(crate) async fn classify(
        &self,
        table: &Arc<KeyedTable>,
        line: OwnedMutexGuard<Line>,
        parts: Vec<Part>,
        asked: Asked,
    ) -> Result<Classified> {
        let rows: u64 = parts.iter().map(|part| part.rows.len()).sum();
        let view = self.view().keyed.get(&table.current).cloned();
        let view = view.ok_or_else(|| Error::not_found(format!("table {}", table.current)))?;
        let state = self.table(&table.history)?;
        let work = Work {
            table: table.clone(),
            view,
            target: self.file_target(&state, STAGED_PREFIX)?,
            store: self.store.objects.clone(),
            runtime: tokio::runtime::Handle::current(),
        };
        if rows <= INLINE_ROWS && parts.iter().all(|part| matches!(part.rows, Rows::Batches(_))) {
            return work.run(line, parts, asked);
        }
        tokio::task::spawn_blocking(move || work.run(line, parts, asked))
            .await
            .map_err(|e| Error::internal("a push stopped in the sequencer", e))?
    }
}

/// What is asked of the comparison besides the operations.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Whether rows may meet keys that exist.
    pub meeting: Meeting,
    /// What a snapshot is compared with.
    pub snapshot: Option<Snapshot>,
    /// Whether the held rows that the push touches are noted.
    pub notes_touched: bool,
}

/// What a snapshot push is compared with.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// Keys of the rows in its scope.
    pub held: Vec<RecordBatch>,
    /// Share of them that may vanish.
    pub most: f64,
}

impl Snapshot {
    fn check(&self, total: u64, ended: u64) -> Result<()> {
        if ended as f64 <= self.most * total as f64 {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the snapshot leaves out {ended} of the {total} rows that its scope has ({:.0} %), and the contract lets \
             {:.0} % vanish at once: nothing was kept. Check whether the file is complete and the scope is right; if \
             they are, delete the rows with _op = D, or raise maxVanished in the contract",
            100.0 * ended as f64 / total as f64,
            100.0 * self.most,
        )))
    }
}

struct Work {
    table: Arc<KeyedTable>,
    view: Arc<KeyedView>,
    target: FileTarget,
    store: Arc<dyn ObjectStore>,
    runtime: tokio::runtime::Handle,
}

impl Work {
    fn run(self, line: OwnedMutexGuard<Line>, parts: Vec<Part>, asked: Asked) -> Result<Classified> {
        let Asked {
            meeting,
            snapshot,
            notes_touched,
        } = asked;
        let mut classifier = Classifier {
            table: &self.table,
            view: &self.view,
            line: &line,
            meeting,
            schema: &self.target.schema,
            push: KeyedPush::tracking(snapshot.is_some(), notes_touched).noting(self.repeated(&parts)?),
        };
        let mut done = Vec::with_capacity(parts.len());
        for part in parts {
            if part.table != self.table.history {
                done.push(part);
                continue;
            }
            let rows = match part.rows {
                Rows::Batches(batches) => {
                    let mut kept = Vec::with_capacity(batches.len());
                    for batch in &batches {
                        kept.extend(classifier.add(batch)?);
                    }
                    Rows::Batches(kept)
                }
                Rows::Staged(files) => Rows::Staged(self.restage(&files, &mut classifier)?),
            };
            if !rows.is_empty() {
                done.push(Part {
                    table: part.table,
                    rows,
                });
            }
        }
        if let Some(snapshot) = snapshot {
            let (gone, total, ended) = classifier.vanished(&snapshot.held)?;
            snapshot.check(total, ended)?;
            if !gone.is_empty() {
                done.push(Part {
                    table: self.table.history.clone(),
                    rows: Rows::Batches(gone),
                });
            }
        }
        let push = classifier.push;
        Ok(Classified {
            line,
            parts: done,
            push,
        })
    }

    /// Of a push with very many rows, the keys that come more than once, and perhaps a few others.
    fn repeated(&self, parts: &[Part]) -> Result<Option<HashSet<u128>>> {
        let own = || parts.iter().filter(|part| part.table == self.table.history);
        let rows: u64 = own().map(|part| part.rows.len()).sum();
        if rows <= NOTED_ROWS {
            return Ok(None);
        }
        let columns = self.table.key_columns();
        let places = columns.iter().map(|name| self.target.schema.index_of(name));
        let schema = Arc::new(self.target.schema.project(&places.collect::<Result<Vec<_>, _>>()?)?);
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut repeats = Repeats::among(rows as usize);
        for part in own() {
            match &part.rows {
                Rows::Batches(batches) => {
                    for batch in batches {
                        repeats.add(&self.table.key_hashes(batch)?);
                    }
                }
                Rows::Staged(files) => {
                    for staged in files {
                        let file = DataFile::staged(staged.clone(), None, 0);
                        let table = &self.table.history;
                        for batch in read_columns(&self.store, &self.runtime, table, &file, Some(&columns))? {
                            let batch = conform(&batch?, &schema, &staged.partition_values)?;
                            repeats.add(&self.table.key_hashes(&batch)?);
                        }
                    }
                }
            }
        }
        Ok(Some(repeats.found()))
    }

    /// Writes staged rows anew, as operations, in the order of their lines within a file.
    fn restage(&self, files: &[StagedFile], classifier: &mut Classifier<'_>) -> Result<Vec<StagedFile>> {
        let mut writer = FileWriter::indexed(self.target.clone(), self.runtime.clone(), self.table.clone())?;
        for staged in files {
            let file = DataFile::staged(staged.clone(), None, 0);
            for batch in read_file(&self.store, &self.runtime, &self.table.history, &file)? {
                let batch = conform(&batch?, &self.target.schema, &staged.partition_values)?;
                if let Some(operations) = classifier.add(&batch)? {
                    writer.write(&conform(&operations, &self.target.schema, &staged.partition_values)?)?;
                }
            }
        }
        let written = writer.finish_indexed()?.into_iter().map(|(file, _)| file).collect();
        for file in files {
            let location = Path::from(format!("{}/{}", self.table.history, file.path));
            if let Err(error) = self.runtime.block_on(self.store.delete(&location)) {
                tracing::warn!(%error, "a staged file could not be removed; the next start sweeps it");
            }
        }
        Ok(written)
    }
}
