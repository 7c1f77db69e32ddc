//! The power goes while tables are written: what was flushed is there afterwards, whatever was not synced is lost.

use super::*;
use crate::{
    barrier::Barrier,
    lake::{Lake, replay_push},
    store::{
        self, LakeStore,
        sim::{Deaf, ForgetfulDisk, Names},
    },
};
use object_store::local::LocalFileSystem;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::{fs, path::PathBuf};

/// A table in two partitions, so that folders are made as well.
fn halved() -> String {
    CONTRACT.replace(
        "      - {property: owner, value: kominfo}\n",
        "      - {property: owner, value: kominfo}\n      - {property: partitionBy, value: [paruh]}\n      - {property: statisticsColumns, value: [n]}\n",
    ) + "      - {name: paruh, logicalType: string}\n"
}

fn halved_rows(first: i64, n: i64) -> RecordBatch {
    let rows = rows(first, n);
    let halves = (first..first + n).map(|i| if i % 2 == 0 { "genap" } else { "ganjil" });
    let mut fields: Vec<_> = rows.schema().fields().iter().cloned().collect();
    fields.insert(2, Arc::new(Field::new("paruh", DataType::Utf8View, true)));
    let mut columns = rows.columns().to_vec();
    columns.insert(2, Arc::new(StringViewArray::from_iter_values(halves)));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

/// Rows of the table and the sum of `n`.
type Totals = (u64, i64);

/// What had been promised by which moment.
#[derive(Default)]
struct Promises {
    totals: Vec<(usize, Totals)>,
    /// Files of big pushes, which the log names from then on.
    staged: Vec<(usize, PathBuf, u64)>,
}

/// A lake at work on `disk` and `store`: small pushes and a big one, flushes, checkpoints, a compaction.
async fn work(folder: &Path, disk: &ForgetfulDisk, store: LakeStore) -> Promises {
    let settings = Settings {
        checkpoint_commits: 4,
        ..settings(folder)
    };
    let lake = Lake::new(Arc::new(settings), clock(), store, Barrier::default(), [7; 32]);
    let contract = contract::parse(&halved(), Origin::Site, "angka.yaml").unwrap();
    let table = contract.table();
    lake.ensure_contract(&contract).await.unwrap();
    let mut promises = Promises::default();
    let (mut count, mut sum) = (0, 0);
    promises.totals.push((0, (0, 0)));
    for seq in 1..=10_i64 {
        let batch = halved_rows(seq * 100, 10 * seq);
        count += batch.num_rows() as u64;
        sum += (seq * 100..seq * 100 + 10 * seq).sum::<i64>();
        let receipt = receipt_at(clock().now(), 0);
        let rows = if seq == 4 {
            let stager = lake.stage(&table, &receipt).unwrap();
            let write = move || {
                let mut writer = stager.writer()?;
                writer.write(&batch)?;
                writer.finish()
            };
            let files = tokio::task::spawn_blocking(write).await.unwrap().unwrap();
            for file in &files {
                let path = Path::new("lake").join(table.as_str()).join(&file.path);
                promises.staged.push((disk.moments(), path, file.size));
            }
            Rows::Staged(files)
        } else {
            Rows::Batches(vec![batch])
        };
        let part = Part {
            table: table.clone(),
            rows,
        };
        replay_push(&lake, Seq(seq as u64), vec![part], &receipt).unwrap();
        lake.flush_all().await.unwrap();
        promises.totals.push((disk.moments(), (count, sum)));
    }
    lake.maintain().await;
    let files = lake.view().tables[&table].snapshot.files.len();
    assert!(files < 10, "{files} files: nothing was compacted");
    promises.totals.push((disk.moments(), (count, sum)));
    promises
}

/// What the table under `folder` says and holds.
async fn found(folder: &Path) -> Result<Totals> {
    let store = store::open_local(&folder.join("lake"))?;
    let lake = Lake::new(Arc::new(settings(folder)), clock(), store, Barrier::default(), [7; 32]);
    let contract = contract::parse(&halved(), Origin::Site, "angka.yaml").unwrap();
    lake.ensure_contract(&contract).await?;
    let view = lake.view();
    let table = &view.tables[&contract.table()];
    let (mut count, mut sum) = (0, 0);
    for file in &table.snapshot.files {
        let path = folder.join("lake").join(contract.table().as_str()).join(&file.path);
        let before = count;
        for batch in ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path)?)?.build()? {
            let batch = batch?;
            count += batch.num_rows() as u64;
            let n = batch.column_by_name("n").unwrap().as_primitive::<Int64Type>();
            sum += n.values().iter().sum::<i64>();
        }
        assert_eq!(count - before, file.rows, "{}", file.path);
    }
    Ok((count, sum))
}

/// Cuts the power at `moment`; says what is wrong afterwards.
async fn loss(disk: &ForgetfulDisk, promises: &Promises, moment: usize, names: Names) -> Option<String> {
    let left = tempfile::tempdir().unwrap();
    disk.after_power_cut(moment, names, left.path()).unwrap();
    for (_, path, size) in promises.staged.iter().filter(|(promised, ..)| *promised <= moment) {
        let length = fs::metadata(left.path().join(path)).map(|m| m.len());
        if length.as_ref().ok() != Some(size) {
            return Some(format!("{} is {length:?}", path.display()));
        }
    }
    let totals = match found(left.path()).await {
        Ok(totals) => totals,
        Err(error) => return Some(error.to_string()),
    };
    // What was under way may be there as a whole, and nothing beyond it.
    let kept = promises
        .totals
        .iter()
        .rposition(|(promised, _)| *promised <= moment)
        .unwrap();
    let right = promises.totals[kept..]
        .iter()
        .take(2)
        .any(|(_, promised)| *promised == totals);
    (!right).then(|| format!("{totals:?} where {:?} had been promised", promises.totals[kept]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_flushed_survives_a_power_cut_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(ForgetfulDisk::new(folder.path(), Deaf::No).unwrap());
    let store = store::open_on(&folder.path().join("lake"), disk.clone()).unwrap();
    let promises = work(folder.path(), &disk, store).await;
    for moment in 0..=disk.moments() {
        for names in [Names::Synced, Names::All] {
            let lost = loss(&disk, &promises, moment, names).await;
            assert_eq!(lost, None, "{names:?} at {moment} of {}", disk.moments());
        }
    }

    // The hub, started on what the last cut left, without any log.
    let left = tempfile::tempdir().unwrap();
    disk.after_power_cut(disk.moments(), Names::Synced, left.path())
        .unwrap();
    fs::create_dir(left.path().join("contracts")).unwrap();
    fs::write(left.path().join("contracts/angka.yaml"), halved()).unwrap();
    let warehouse = open(left.path()).await;
    let (count, sum) = promises.totals.last().unwrap().1;
    let expected = [count as i64, sum, count as i64];
    assert_eq!(numbers(&warehouse, TOTALS).await, expected);
    let more = push(&warehouse, vec![halved_rows(0, 2)]).await;
    assert_eq!(more.seq, Some(Seq(11)), "no position is given twice");
    assert_eq!(
        numbers(&warehouse, TOTALS).await,
        [expected[0] + 2, sum + 1, expected[2] + 2]
    );
}

/// The proof that the test above can fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_left_out_shows_as_a_loss() {
    for deaf in [Deaf::Files, Deaf::Folders] {
        let folder = tempfile::tempdir().unwrap();
        let disk = Arc::new(ForgetfulDisk::new(folder.path(), deaf).unwrap());
        let store = store::open_on(&folder.path().join("lake"), disk.clone()).unwrap();
        let promises = work(folder.path(), &disk, store).await;
        let lost = loss(&disk, &promises, disk.moments(), Names::Synced).await;
        assert!(lost.is_some(), "{deaf:?}");
    }
    // The crate's own store, which never syncs.
    let folder = tempfile::tempdir().unwrap();
    let disk = ForgetfulDisk::new(folder.path(), Deaf::No).unwrap();
    let synced = store::open_local(&folder.path().join("lake")).unwrap();
    let store = LakeStore {
        objects: Arc::new(LocalFileSystem::new_with_prefix(folder.path().join("lake")).unwrap()),
        root: Arc::new(LocalFileSystem::new()),
        ..synced
    };
    let promises = work(folder.path(), &disk, store).await;
    for names in [Names::Synced, Names::All] {
        let lost = loss(&disk, &promises, disk.moments(), names).await;
        assert!(lost.is_some(), "{names:?}");
    }
}
