//! The flush of a keyed table's history: hot runs become files with keys, and their standing goes with them.

use super::{
    KeyedTable,
    source::{FileSource, HotSource, KeyedView, Recent, Standing, carry_over},
};
use crate::{
    Error, Result, Seq, StagedFile,
    keyed::{FileMap, KeyMap, RowSet},
    lake::{DataFile, Lake, TableState, file::FileWriter, flush::write_sorted},
};
use arrow::record_batch::RecordBatch;
use std::{collections::HashSet, sync::Arc};

/// A file of the history that was just written: its keys, and what had been superseded of it by then.
#[derive(Debug)]
pub(in crate::lake) struct FlushedFile {
    keys: FileMap,
    built: RowSet,
    rows: Standing,
}

impl Lake {
    /// Writes the hot runs up to `cut`. Runs on different sides of an adopted file go into different files, so that
    /// files follow each other in the order of their operations.
    pub(in crate::lake) async fn write_keyed(
        &self,
        state: &TableState,
        keyed: &Arc<KeyedTable>,
        view: &KeyedView,
        cut: Seq,
    ) -> Result<Vec<(StagedFile, FlushedFile)>> {
        let target = self.file_target(state, "part")?;
        let runtime = tokio::runtime::Handle::current();
        let barrier = self.barrier.clone();
        let groups = groups(view, cut);
        let keyed = keyed.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut files = Vec::new();
            for group in groups {
                let alive = alive(&group)?;
                let mut writer = FileWriter::indexed(target.clone(), runtime.clone(), keyed.clone())?;
                let batches: Vec<RecordBatch> = group.into_iter().flat_map(|hot| hot.run.batches.clone()).collect();
                write_sorted(&mut writer, batches, &target, &barrier)?;
                for (file, (keys, built)) in writer.finish_indexed()? {
                    let rows = standing(&keys, &built, &alive)?;
                    files.push((file, FlushedFile { keys, built, rows }));
                }
            }
            Ok(files)
        });
        written
            .await
            .map_err(|e| Error::internal("a flush stopped in its middle", e))?
    }
}

/// Hot runs up to `cut`, in groups that no file stands between.
fn groups(view: &KeyedView, cut: Seq) -> Vec<Vec<HotSource>> {
    let mut groups: Vec<Vec<HotSource>> = vec![Vec::new()];
    for source in &view.recent {
        match source {
            Recent::Hot(hot) if hot.run.first_seq <= cut => {
                if let Some(group) = groups.last_mut() {
                    group.push(hot.clone());
                }
            }
            Recent::Hot(_) => {}
            Recent::File(_) => groups.push(Vec::new()),
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Keys whose entry in force is in the group.
fn alive(group: &[HotSource]) -> Result<HashSet<u128>> {
    let mut alive = HashSet::new();
    for hot in group {
        for item in hot.keys.iter() {
            let (hash, entry) = item?;
            if hot.rows.in_force(&entry) {
                alive.insert(hash);
            }
        }
    }
    Ok(alive)
}

fn standing(keys: &FileMap, built: &RowSet, alive: &HashSet<u128>) -> Result<Standing> {
    let mut rows = Standing {
        hidden: built.clone(),
        ..Standing::default()
    };
    for item in keys.iter() {
        let (hash, entry) = item?;
        if !alive.contains(&hash) {
            rows.supersede(&entry);
        }
    }
    Ok(rows)
}

impl KeyedView {
    /// The view with `files`, whose standing is that of `noted`, in the place of the hot runs up to `cut`.
    pub(in crate::lake) fn flushed(
        &self,
        noted: &Self,
        cut: Seq,
        files: &[Arc<DataFile>],
        maps: Vec<FlushedFile>,
    ) -> Result<Self> {
        let mut new: Vec<FileSource> = files
            .iter()
            .zip(maps)
            .map(|(file, map)| FileSource {
                last_seq: file.last_seq(),
                file: file.clone(),
                keys: Arc::new(map.keys),
                built: map.built,
                rows: map.rows,
                row_store: Arc::default(),
            })
            .collect();
        let mut recent = Vec::with_capacity(self.recent.len() + new.len());
        let mut gone = Vec::new();
        for source in &self.recent {
            match source {
                Recent::Hot(hot) if hot.run.first_seq <= cut => gone.push(hot),
                other => recent.push(other.clone()),
            }
        }
        let before = |now: &HotSource| {
            let mut runs = noted.hot();
            runs.find(|old| Arc::ptr_eq(&old.run, &now.run))
                .map(|old| old.rows.clone())
        };
        let pairs = gone
            .iter()
            .map(|now| {
                let before = before(now);
                // Sealed runs are neither merged nor lost before they are flushed.
                before
                    .map(|before| (*now, before))
                    .ok_or_else(|| Error::internal("a flush lost a run", now.run.first_seq.to_string()))
            })
            .collect::<Result<Vec<_>>>()?;
        let changed = pairs
            .iter()
            .map(|(now, before)| (now.keys.as_ref() as &dyn KeyMap, before, &now.rows));
        carry_over(changed, &mut new)?;
        recent.extend(new.into_iter().map(Recent::File));
        // Files of one group have no key in common; between groups and runs the order of operations counts.
        recent.sort_by_key(Recent::last_seq);
        Ok(Self { recent, ..self.clone() })
    }
}
