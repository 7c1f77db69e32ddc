//! Publishing operations of a keyed table: what they supersede is hidden in the same view that shows them.

use super::{
    KeyedTable,
    source::{FileSource, HotSource, KeyedView, Recent, Standing, in_force},
};
use crate::{
    Result, Seq,
    keyed::{KeyMapBuilder, MemoryMap, RowSet},
    lake::{HotRun, hot},
};
use std::sync::Arc;

/// New sources of a keyed table, in sequence order, ready to be put into a view.
#[derive(Debug, Default)]
pub(in crate::lake) struct Superseding {
    sources: Vec<Recent>,
}

impl Superseding {
    /// Adds a hot run, if there is one.
    pub fn run(&mut self, table: &KeyedTable, run: Option<HotRun>) -> Result<()> {
        let Some(run) = run else { return Ok(()) };
        let mut builder = KeyMapBuilder::with_capacity(run.rows);
        let mut first = 0;
        for batch in &run.batches {
            table.index(batch, 0, first, &mut builder)?;
            first += batch.num_rows() as u32;
        }
        let (keys, hidden) = builder.build()?;
        self.sources.push(Recent::Hot(HotSource {
            run: Arc::new(run),
            keys: Arc::new(keys),
            rows: Standing {
                hidden,
                spent: RowSet::default(),
            },
        }));
        Ok(())
    }

    /// Adds a file that joins the history.
    pub fn file(&mut self, source: FileSource) {
        self.sources.push(Recent::File(source));
    }

    /// Puts the sources into `view`. Runs up to `sealed` are being flushed and are not merged with new ones.
    pub fn apply(self, view: &mut KeyedView, sealed: Seq) -> Result<()> {
        for source in self.sources {
            in_force(source.keys(), source.rows(), |keys| {
                for (place, entry) in view.find_many(keys)?.into_iter().flatten() {
                    view.supersede(place, &entry);
                }
                Ok(())
            })?;
            match source {
                Recent::Hot(hot) => append(&mut view.recent, hot, sealed)?,
                file @ Recent::File(_) => view.recent.push(file),
            }
        }
        Ok(())
    }
}

/// Appends a run, merging geometrically as [`hot::append`] does, and its keys with it.
fn append(recent: &mut Vec<Recent>, mut new: HotSource, sealed: Seq) -> Result<()> {
    while let Some(Recent::Hot(last)) = recent.last()
        && hot::takes_up(&last.run, new.run.rows, sealed)
    {
        new = merged(last, &new)?;
        recent.pop();
    }
    recent.push(Recent::Hot(new));
    Ok(())
}

fn merged(older: &HotSource, newer: &HotSource) -> Result<HotSource> {
    let offset = older.run.rows as u32;
    let batches = hot::merge_batches(&older.run.batches, newer.run.batches.clone())?;
    let (keys, superseded) = MemoryMap::merge(&older.keys, &newer.keys, offset)?;
    let mut rows = older.rows.clone();
    rows.hidden.append(&newer.rows.hidden, offset);
    rows.spent.append(&newer.rows.spent, offset);
    // All of them were marked when the newer run was put in; a map that has forgotten them must not show them.
    superseded.iter().for_each(|row| {
        rows.hidden.insert(row);
    });
    Ok(HotSource {
        run: Arc::new(HotRun::new(older.run.first_seq, newer.run.last_seq, batches)),
        keys: Arc::new(keys),
        rows,
    })
}
