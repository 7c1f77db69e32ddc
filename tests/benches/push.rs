//! Small pushes by many at a time: keep-alive connections to the hub, as many connections to PostgreSQL, each with
//! one request or commit under way. Both clients are loops in this process, on the cores of the servers.

use crate::{
    figures::{median, quantile, thousands},
    hub::Hub,
    options::Options,
    postgres::{self, Postgres},
    report::sync_ms,
    sheet::{self, DATASET, Line, SCHOOL, Totals},
    wire::Wire,
};
use anyhow::{Context, Result, ensure};
use bytes::{BufMut, BytesMut};
use chrono::NaiveDate;
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let work = sheet::work_folder(options)?;
    let hub = Hub::start(&work.path().join("hub"), &[])?.with_regions()?;
    let server = Postgres::start(options)?;
    let mut bench = Bench {
        hub,
        server,
        numbers: Arc::default(),
        newest: sheet::newest_day(),
        work: work.path().to_owned(),
        pushed: Totals::default(),
        committed: Totals::default(),
        turn: Duration::from_secs(if options.is_quick { 2 } else { 5 }),
    };
    runtime.block_on(bench.prepare())?;
    let mut table = String::new();
    for (rows, clients) in [(1, 1), (1, 8), (1, 64), (1, 256), (100, 1), (100, 8), (100, 64)] {
        let line = bench.compare(&runtime, rows, clients, options.rounds())?;
        print!("{line}");
        table.push_str(&line);
    }
    let peak = bench.check(&runtime)?;
    Ok(format!(
        "## Small pushes\n{}\n\
         {} alternating turns of {} s each, medians of the turns; every answer is waited for before the next request of \
         that connection. Acknowledged rows and five sums equal what the clients kept, on both sides ({} and {} rows).\n\n\
         | rows | connections | hub pushes/s | p50 ms | p99 ms | pushes per fsync | PostgreSQL commits/s | p50 ms | p99 ms | rate ratio | p99 ratio | rates of all turns, hub / PostgreSQL | disk sync ms before each turn |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|\n{table}\n\
         - Hub: NDJSON by HTTP/1.1 keep-alive, default settings, answered 202 when durable and visible; peak memory {}.\n\
         - PostgreSQL: one prepared `INSERT` a commit with binary parameters over a Unix socket (100 rows: one `INSERT` \
         of 100 value lists), the same constraints and a unique index, {}.\n\
         - Disk sync: 4 KB appended to a file and `fdatasync`, median of 100. Where it differs between the turns of the \
         two sides, so do the figures of few connections, and the ratio says nothing about the programs.\n\
         - Rate ratio above 1: the hub takes more. p99 ratio below 1: the hub answers sooner.\n",
        options.caution(),
        options.rounds(),
        bench.turn.as_secs(),
        thousands(bench.pushed.rows as u64),
        thousands(bench.committed.rows as u64),
        crate::figures::mb(peak),
        postgres::settings(),
    ))
}

struct Bench {
    hub: Hub,
    server: Postgres,
    numbers: Arc<AtomicU64>,
    newest: NaiveDate,
    work: PathBuf,
    pushed: Totals,
    committed: Totals,
    turn: Duration,
}

/// What one connection did in one turn.
#[derive(Default)]
struct Work {
    micros: Vec<u32>,
    totals: Totals,
}

/// What one side did in one turn.
struct Turn {
    rate: f64,
    p50: f64,
    p99: f64,
    per_sync: f64,
    /// Milliseconds of a sync of the disk just before it.
    disk: f64,
}

impl Bench {
    async fn prepare(&self) -> Result<()> {
        let client = self.server.connect().await?;
        client.batch_execute(&postgres::table_sql("absensi")).await?;
        Ok(())
    }

    fn compare(
        &mut self,
        runtime: &tokio::runtime::Runtime,
        rows: usize,
        clients: usize,
        rounds: usize,
    ) -> Result<String> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            // A shared disk has moods that outweigh everything else: each turn tells which one it met.
            let disk = sync_ms(&self.work)?;
            ours.push(Turn {
                disk,
                ..self.hub_turn(runtime, rows, clients)?
            });
            let disk = sync_ms(&self.work)?;
            let turn = runtime.block_on(self.postgres_turn(rows, clients))?;
            theirs.push(Turn { disk, ..turn });
        }
        let middle = |turns: &[Turn], of: fn(&Turn) -> f64| median(&turns.iter().map(of).collect::<Vec<_>>());
        let [rate, their_rate] = [&ours, &theirs].map(|turns| middle(turns, |t| t.rate));
        let [p50, their_p50] = [&ours, &theirs].map(|turns| middle(turns, |t| t.p50));
        let [p99, their_p99] = [&ours, &theirs].map(|turns| middle(turns, |t| t.p99));
        let per_sync = middle(&ours, |t| t.per_sync);
        let each = |turns: &[Turn], of: fn(&Turn) -> String| turns.iter().map(of).collect::<Vec<_>>().join(" ");
        let [rates, their_rates] = [&ours, &theirs].map(|turns| each(turns, |t| format!("{:.0}", t.rate)));
        let [disk, their_disk] = [&ours, &theirs].map(|turns| each(turns, |t| format!("{:.2}", t.disk)));
        Ok(format!(
            "| {rows} | {clients} | {rate:.0} | {p50:.2} | {p99:.2} | {per_sync:.1} | {their_rate:.0} | {their_p50:.2} \
             | {their_p99:.2} | {:.2} | {:.2} | {rates} / {their_rates} | {disk} / {their_disk} |\n",
            rate / their_rate,
            p99 / their_p99,
        ))
    }

    fn hub_turn(&mut self, runtime: &tokio::runtime::Runtime, rows: usize, clients: usize) -> Result<Turn> {
        let log = |hub: &Hub| -> Result<[f64; 2]> {
            Ok([
                hub.metric("smartcenter_wal_frames_total")?,
                hub.metric("smartcenter_wal_syncs_total")?,
            ])
        };
        let before = log(&self.hub)?;
        let (turn, totals) = runtime.block_on(async {
            let mut wires = Vec::new();
            for _ in 0..clients {
                wires.push(Wire::connect(&self.hub.host, &self.hub.admin, DATASET).await?);
            }
            let mut tasks = JoinSet::new();
            let start = Instant::now();
            let end = start + self.turn;
            for wire in wires {
                tasks.spawn(push_until(end, wire, self.numbers.clone(), rows, self.newest));
            }
            gather(tasks, start).await
        })?;
        let after = log(&self.hub)?;
        self.pushed.add_all(&totals);
        let per_sync = (after[0] - before[0]) / (after[1] - before[1]).max(1.0);
        Ok(Turn { per_sync, ..turn })
    }

    async fn postgres_turn(&mut self, rows: usize, clients: usize) -> Result<Turn> {
        let mut connections = Vec::new();
        for _ in 0..clients {
            let client = self.server.connect().await?;
            let statement = client.prepare(&insert_sql(rows)).await?;
            connections.push((client, statement));
        }
        let mut tasks = JoinSet::new();
        let start = Instant::now();
        let end = start + self.turn;
        for (client, statement) in connections {
            let (numbers, newest) = (self.numbers.clone(), self.newest);
            tasks.spawn(async move {
                let mut work = Work::default();
                while Instant::now() < end {
                    let lines = take(&numbers, rows, newest);
                    let values: Vec<_> = lines.iter().map(|line| (Day(line.day), line)).collect();
                    let mut parameters: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(rows * 10);
                    for (day, line) in &values {
                        parameters.push(day);
                        parameters.push(&line.npsn);
                        parameters.extend(SCHOOL.iter().map(|text| text as &(dyn ToSql + Sync)));
                        parameters.extend(line.counts.iter().map(|count| count as &(dyn ToSql + Sync)));
                    }
                    let begin = Instant::now();
                    let inserted = client.execute(&statement, &parameters).await?;
                    work.micros.push(begin.elapsed().as_micros() as u32);
                    ensure!(inserted == rows as u64, "{inserted} rows inserted");
                    lines.iter().for_each(|line| work.totals.add(line));
                }
                Ok(work)
            });
        }
        let (turn, totals) = gather(tasks, start).await?;
        self.committed.add_all(&totals);
        Ok(turn)
    }

    /// Both sides hold what was acknowledged, no more and no less; the hub's peak of memory.
    fn check(&self, runtime: &tokio::runtime::Runtime) -> Result<u64> {
        let held = self.hub.totals()?;
        ensure!(
            held == self.pushed,
            "the hub holds {held:?}, acknowledged {:?}",
            self.pushed
        );
        let held = runtime.block_on(async {
            let client = self.server.connect().await?;
            postgres::totals(&client, "absensi").await
        })?;
        ensure!(
            held == self.committed,
            "PostgreSQL holds {held:?}, committed {:?}",
            self.committed
        );
        self.hub.peak_memory()
    }
}

async fn push_until(
    end: Instant,
    mut wire: Wire,
    numbers: Arc<AtomicU64>,
    rows: usize,
    newest: NaiveDate,
) -> Result<Work> {
    let mut work = Work::default();
    let mut body = Vec::new();
    while Instant::now() < end {
        body.clear();
        let lines = take(&numbers, rows, newest);
        for line in &lines {
            line.write_ndjson(&mut body)?;
        }
        let begin = Instant::now();
        let status = wire.push(&body).await?;
        work.micros.push(begin.elapsed().as_micros() as u32);
        ensure!(status == 202, "a push answered {status}: {}", wire.answer());
        lines.iter().for_each(|line| work.totals.add(line));
    }
    Ok(work)
}

fn take(numbers: &AtomicU64, rows: usize, newest: NaiveDate) -> Vec<Line> {
    let first = numbers.fetch_add(rows as u64, Relaxed);
    (first..first + rows as u64)
        .map(|number| Line::of(number, newest))
        .collect()
}

async fn gather(mut tasks: JoinSet<Result<Work>>, start: Instant) -> Result<(Turn, Totals)> {
    let (mut micros, mut totals) = (Vec::new(), Totals::default());
    while let Some(done) = tasks.join_next().await {
        let work = done.context("a client broke")??;
        micros.extend(work.micros);
        totals.add_all(&work.totals);
    }
    let seconds = start.elapsed().as_secs_f64();
    micros.sort_unstable();
    let turn = Turn {
        rate: micros.len() as f64 / seconds,
        p50: quantile(&micros, 0.5) / 1000.0,
        p99: quantile(&micros, 0.99) / 1000.0,
        per_sync: f64::NAN,
        disk: f64::NAN,
    };
    Ok((turn, totals))
}

fn insert_sql(rows: usize) -> String {
    let list = |row: usize| {
        let places: Vec<_> = (1..=10).map(|column| format!("${}", row * 10 + column)).collect();
        format!("({})", places.join(","))
    };
    format!(
        "INSERT INTO absensi VALUES {}",
        (0..rows).map(list).collect::<Vec<_>>().join(",")
    )
}

/// A date as PostgreSQL takes it in binary: days since 2000.
#[derive(Debug)]
struct Day(NaiveDate);

impl ToSql for Day {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let epoch = NaiveDate::from_ymd_opt(2000, 1, 1).ok_or("no epoch")?;
        out.put_i32(self.0.signed_duration_since(epoch).num_days() as i32);
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::DATE
    }

    to_sql_checked!();
}
