//! Look-ups by key and reads of the past against the model: in every state, a look-up answers what a query would, and
//! every position answers what it answered when it was the newest.

use super::*;
use crate::query::{AsOf, LookupKey, QueryStream, Session};
use arrow::array::AsArray;

fn admin() -> Identity {
    Identity {
        role: policy::Role::Admin,
        ..Identity::anonymous()
    }
}

fn contract_text(versioned: bool, partitioned: bool, lookup: bool) -> String {
    let setting = format!("{{property: sortBy, value: [n]}}\n      - {{property: lookup, value: {lookup}}}");
    keyed_contract(versioned, partitioned, false).replace("{property: sortBy, value: [n]}", &setting)
}

/// What was true at a position: current rows as the model lists them, and rows of the history.
#[derive(Debug, Clone)]
struct Moment {
    seq: Seq,
    time: DateTime<Utc>,
    current: Vec<i64>,
    history: u64,
}

async fn asked(session: &Session, sql: &str) -> Vec<i64> {
    let mut stream = session.query(sql, Params::default(), Limits::default()).await.unwrap();
    let mut out = Vec::new();
    for batch in QueryStream::collect(&mut stream).await.unwrap() {
        for row in 0..batch.num_rows() {
            for column in batch.columns() {
                let column = arrow::compute::cast(column, &DataType::Int64).unwrap();
                out.push(column.as_primitive::<Int64Type>().value(row));
            }
        }
    }
    out
}

/// All keys, looked up one by one, as the model lists them.
async fn looked_up(session: &Session) -> Vec<i64> {
    let lookup = session.lookup(&"kunci".parse().unwrap()).unwrap();
    let mut out = Vec::new();
    for key in -1..15i64 {
        let parts = [format!("g{}", key.rem_euclid(3)), key.to_string()];
        let key: LookupKey = lookup.key_of_texts(&parts).unwrap();
        let Some(row) = lookup.current(&key).await.unwrap() else {
            continue;
        };
        assert_eq!(row.schema().fields().len(), 4);
        assert_eq!(row.column(0).as_string_view().value(0), parts[0]);
        for column in &row.columns()[1..] {
            let column = column.as_primitive::<Int64Type>();
            out.push(column.iter().next().flatten().unwrap_or(-1));
        }
    }
    out
}

/// Waits until every file has its store of rows.
async fn stored(warehouse: &Arc<Warehouse>) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let view = warehouse.view();
        let table = &view.keyed[&kunci(warehouse).current_table()];
        let files = table.base.iter().chain(table.unmerged());
        // Only files that a look-up leads to are asked for.
        let mut wanted = files.filter(|file| (file.rows.hidden.len() as u64) < file.file.rows);
        if wanted.all(|file| file.row_store.get().is_some()) {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "no store of rows");
        // A file that was published after the last look-up waits for one.
        looked_up(&warehouse.session(&admin())).await;
    }
}

fn stores(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for kind in ["current", "history"] {
        for table in std::fs::read_dir(folder.join("keys")).unwrap().flatten() {
            let files = std::fs::read_dir(table.path().join(kind)).unwrap().flatten();
            found.extend(
                files
                    .map(|file| file.path())
                    .filter(|path| path.extension().is_some_and(|e| e == "rows")),
            );
        }
    }
    found
}

async fn past(session: &Session, moment: &Moment) {
    let current = &moment.current;
    let sql = "SELECT k, coalesce(v, -1), n FROM data.kunci ORDER BY k";
    assert_eq!(asked(session, sql).await, *current, "data at {moment:?}");
    // Conditions on what changes must not choose another version.
    for (value, at) in [("n", 2), ("coalesce(v, -1)", 1)] {
        let sql =
            format!("SELECT k, coalesce(v, -1), n FROM data.kunci WHERE {value} = 1 AND k < 9 ORDER BY k LIMIT 3");
        let rows = current.chunks(3).filter(|row| row[at] == 1 && row[0] < 9).take(3);
        let expected: Vec<i64> = rows.flatten().copied().collect();
        assert_eq!(asked(session, &sql).await, expected, "{sql} at {moment:?}");
    }
    let sql = "SELECT count(*), count(DISTINCT k) FILTER (WHERE valid_to IS NULL AND _op <> 'D'), \
               count(*) FILTER (WHERE valid_to IS NULL AND _op <> 'D') FROM history.kunci";
    let there = current.len() as i64 / 3;
    assert_eq!(
        asked(session, sql).await,
        [moment.history as i64, there, there],
        "history at {moment:?}"
    );
}

async fn live(versioned: bool, partitioned: bool, lookup: bool, steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let text = contract_text(versioned, partitioned, lookup);
    let clock = clock();
    let open = async || {
        let warehouse = open_with(folder.path(), clock.clone()).await;
        if warehouse.contracts().get("kunci").is_none() {
            warehouse.put_contract(&text, Origin::Api, false).await.unwrap();
        }
        warehouse
    };
    let mut warehouse = open().await;
    let mut model = Model::new(versioned);
    let mut moments = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Push(rows) | Step::Big(rows) => {
                clock.advance(chrono::Duration::milliseconds(700));
                rows.iter().for_each(|row| model.apply(row, &mut RowCounts::default()));
                push_keyed(&warehouse, rows, matches!(step, Step::Big(_))).await;
                moments.push(Moment {
                    seq: warehouse.view().visible_seq,
                    time: clock.now(),
                    current: model.current(),
                    history: model.history,
                });
            }
            Step::Flush => warehouse.lake.flush_all().await.unwrap(),
            Step::Merge => {
                let keyed = warehouse.lake.keyed(&kunci(&warehouse)).unwrap();
                warehouse.lake.merge(&keyed).await.unwrap();
            }
            Step::Maintain => warehouse.maintain().await,
            Step::Kill | Step::KillAndLoseKeys => {
                drop(warehouse);
                if matches!(step, Step::KillAndLoseKeys) {
                    let _ = std::fs::remove_dir_all(folder.path().join("keys"));
                }
                warehouse = open().await;
            }
            // Elsewhere.
            Step::Widen | Step::Weather(_) => continue,
        }
        let now = warehouse.session(&admin());
        assert_eq!(looked_up(&now).await, model.current(), "looked up after {step:?}");
        if lookup {
            stored(&warehouse).await;
            assert_eq!(looked_up(&now).await, model.current(), "from stores after {step:?}");
            for path in stores(folder.path()) {
                match number % 3 {
                    // Damaged under an open store; the first row read notices.
                    0 => {
                        let mut bytes = std::fs::read(&path).unwrap();
                        let middle = bytes.len() / 3;
                        bytes[middle] ^= 1;
                        std::fs::write(&path, bytes).unwrap();
                    }
                    1 => std::fs::remove_file(&path).unwrap(),
                    _ => {}
                }
            }
            assert_eq!(looked_up(&now).await, model.current(), "damaged after {step:?}");
        }
        if !moments.is_empty() {
            let moment = &moments[number * 7 % moments.len()];
            past(&now.clone().as_of(AsOf::Seq(moment.seq)).unwrap(), moment).await;
        }
    }
    for moment in &moments {
        for as_of in [AsOf::Seq(moment.seq), AsOf::Time(moment.time)] {
            past(&warehouse.session(&admin()).as_of(as_of).unwrap(), moment).await;
        }
    }
    if let Some(moment) = moments.get(moments.len() / 2) {
        let then = warehouse.session(&admin()).as_of(AsOf::Seq(moment.seq)).unwrap();
        assert_eq!(looked_up(&then).await, moment.current, "looked up in the past");
    }
    let before = warehouse.session(&admin()).as_of(AsOf::Seq(Seq(0))).unwrap();
    assert_eq!(asked(&before, "SELECT count(*) FROM data.kunci").await, [0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_look_up_answers_what_a_query_would_and_the_past_stays_what_it_was(
        versioned in any::<bool>(),
        partitioned in any::<bool>(),
        lookup in any::<bool>(),
        steps in prop::collection::vec(step(), 1..16),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(live(versioned, partitioned, lookup, steps));
    }
}

fn one(key: i64, value: i64, delete: bool) -> Row {
    Row {
        key,
        version: None,
        value,
        delete,
        ..Row::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_of_a_key_are_told_from_the_first_to_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open_keyed(folder.path(), &contract_text(false, false, true)).await;
    let mut seqs = Vec::new();
    for rows in [
        vec![one(1, 10, false), one(2, 20, false)],
        vec![one(1, 11, false)],
        vec![one(1, 0, true)],
    ] {
        seqs.push(push_keyed(&warehouse, &rows, false).await.seq.unwrap());
    }
    let session = warehouse.session(&admin());
    let ops = async |session: &Session| {
        let lookup = session.lookup(&"kunci".parse().unwrap()).unwrap();
        let key = lookup.key_of_texts(&["g1", "1"]).unwrap();
        let mut versions = lookup.versions(&key).await.unwrap();
        let batches = QueryStream::collect(&mut versions).await.unwrap();
        let mut ops = Vec::new();
        for batch in batches {
            let (op, end) = (
                batch.column_by_name("_op").unwrap(),
                batch.column_by_name("valid_to").unwrap(),
            );
            let rows = 0..batch.num_rows();
            ops.extend(rows.map(|row| (op.as_string_view().value(row).to_owned(), end.is_null(row))));
        }
        ops
    };
    let told = |list: &[(&str, bool)]| {
        list.iter()
            .map(|(op, open)| ((*op).to_owned(), *open))
            .collect::<Vec<_>>()
    };
    assert_eq!(ops(&session).await, told(&[("I", false), ("U", false), ("D", true)]));
    let then = session.clone().as_of(AsOf::Seq(seqs[1])).unwrap();
    assert_eq!(ops(&then).await, told(&[("I", false), ("U", true)]));

    let lookup = session.lookup(&"kunci".parse().unwrap()).unwrap();
    let key = lookup.key_of_texts(&["g1", "1"]).unwrap();
    assert!(lookup.current(&key).await.unwrap().is_none(), "deleted");
    for wrong in [vec!["g1"], vec!["g1", "1", "2"], vec!["g1", "satu"], vec!["g1", ""]] {
        let error = lookup.key_of_texts(&wrong).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(error.message().contains("g (Utf8View), k (Int64)"), "{error}");
    }
    let error = session.lookup(&"angka".parse().unwrap()).unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid, "append-only");
    let error = session.lookup(&"tidak_ada".parse().unwrap()).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_key_map_makes_a_look_up_slow_and_not_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open_keyed(folder.path(), &contract_text(false, false, true)).await;
    push_keyed(&warehouse, &[one(1, 10, false), one(2, 20, false)], false).await;
    let keyed = warehouse.lake.keyed(&kunci(&warehouse)).unwrap();
    warehouse.lake.merge(&keyed).await.unwrap();
    let expected = looked_up(&warehouse.session(&admin())).await;
    assert_eq!(expected, [1, -1, 10, 2, -1, 20]);
    let view = warehouse.view();
    let file = &view.keyed[&keyed.current].base[0].file;
    let path = keyed.map_path(&keyed.current, &file.path);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096 + 40] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(looked_up(&warehouse.session(&admin())).await, expected);
}
