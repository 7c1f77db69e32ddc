//! One row by its key, over HTTP: the hub beside PostgreSQL behind a minimal server. The same client asks both for the
//! same keys by the same addresses, and every answer has to be the row, byte for byte.

use crate::{
    door::{BY_ADDRESS, BY_BODY, Door},
    figures::{mb, median, quantile, thousands},
    hub::Hub,
    options::Options,
    postgres::{self, Postgres},
    sheet,
    wire::Wire,
};
use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use serde_json::json;
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{runtime::Runtime, task::JoinSet};

/// The two registers differ in names and classes.
const CONTRACT: &str = include_str!("lookup.yaml");
/// Clients at a time.
const CLIENTS: [usize; 4] = [1, 8, 64, 256];

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let rows = options
        .rows
        .unwrap_or(if options.is_quick { 100_000 } else { 1_000_000 });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let work = sheet::work_folder(options)?;
    let mut bench = Bench::start(options, work.path(), rows, &runtime)?;
    let mut table = String::new();
    for way in [&BY_BODY, &BY_ADDRESS] {
        for clients in CLIENTS {
            let line = bench.compare(&runtime, way, clients, options.rounds())?;
            print!("{line}");
            table.push_str(&line);
        }
    }
    let answers = bench.answers;
    Ok(format!(
        "## Look-ups by key in {} rows\n{}\n\
         {} alternating turns of {} s each after one unmeasured, medians of the turns; keys at random, every answer is \
         waited for before the next request of that connection. All {} answers of either side were the row that was \
         loaded, byte for byte.\n\n\
         | request | connections | hub/s | p50 ms | p99 ms | CPU µs each | PostgreSQL/s | p50 ms | p99 ms | CPU µs each | rate ratio | p99 ratio | CPU ratio | rates of all turns, hub / PostgreSQL |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n{table}\n\
         - Rows of eight columns, two datasets with the contract setting `lookup`, merged. `POST .../lookup`: the key and two \
         more columns are personal, key with role `layanan`, `X-Purpose`. `GET .../rows/{{key}}`: nothing is personal. \
         HTTP/1.1 keep-alive; hub with default settings, peak memory {}.\n\
         - PostgreSQL: behind a server of axum in a process of its own, which compares the digest of the bearer key, runs one \
         prepared `SELECT` by primary key and writes JSON; {} connections over a Unix socket, shared by all \
         requests (pipelined), {}; server's peak memory {}.\n\
         - The client takes its share of the same cores on both sides. CPU: of the hub's process, or of the server and all \
         of PostgreSQL's, by turn; other programs on the machine disturb it least. Rate ratio above 1: the hub answers more. p99 \
         ratio below 1: the hub answers sooner.\n",
        thousands(rows),
        options.caution(),
        options.rounds(),
        bench.turn.as_secs(),
        thousands(answers),
        mb(bench.hub.peak_memory()?),
        bench.pool,
        postgres::settings(),
        mb(bench.door.peak_memory()?),
    ))
}

/// A made-up entry, the `number`-th.
struct Entry(u64);

impl Entry {
    /// Sixteen digits. No province is numbered 99, so that no person has it.
    fn nik(&self) -> String {
        format!("99{:014}", self.0 * 7919)
    }

    fn code(&self) -> String {
        format!("A-{:08}", self.0)
    }

    fn key(&self, way: &[&str; 2]) -> String {
        if way == &BY_BODY { self.nik() } else { self.code() }
    }

    fn day(&self) -> NaiveDate {
        NaiveDate::default() + Days::new(self.0 % 15_000)
    }

    fn kind(&self) -> &'static str {
        ["tetap", "sementara", "musiman"][(self.0 % 3) as usize]
    }

    fn place(&self) -> String {
        format!("35.03.{:02}", self.0 % 14 + 1)
    }

    /// Missing in every fourth row.
    fn note(&self) -> Option<String> {
        (!self.0.is_multiple_of(4)).then(|| format!("catatan ke-{}", self.0 % 977))
    }

    fn write_csv(&self, way: &[&str; 2], out: &mut impl Write) -> Result<()> {
        let Self(number) = self;
        writeln!(
            out,
            "{},Uji Coba {number},{},{},{},{},{},{}",
            self.key(way),
            self.day(),
            self.kind(),
            self.place(),
            self.note().unwrap_or_default(),
            number % 1000,
            number.is_multiple_of(2),
        )?;
        Ok(())
    }

    /// As either side has to answer it.
    fn write_json(&self, way: &[&str; 2], out: &mut Vec<u8>) -> Result<()> {
        let Self(number) = self;
        let note = self
            .note()
            .map_or_else(|| "null".to_owned(), |note| format!("\"{note}\""));
        write!(
            out,
            r#"{{"{}":"{}","nama":"Uji Coba {number}","tanggal":"{}","jenis":"{}","kode_wilayah":"{}","catatan":{note},"jumlah":{},"aktif":{}}}"#,
            way[1],
            self.key(way),
            self.day(),
            self.kind(),
            self.place(),
            number % 1000,
            number.is_multiple_of(2),
        )?;
        Ok(())
    }
}

struct Bench {
    hub: Hub,
    door: Door,
    /// Connections that it has to PostgreSQL.
    pool: usize,
    key: String,
    rows: u64,
    turn: Duration,
    /// Keys of turns differ, those of the two sides do not.
    seed: u64,
    /// Answers of one side that were compared.
    answers: u64,
    server: Postgres,
}

/// What one side did in one turn.
struct Turn {
    answers: u64,
    rate: f64,
    p50: f64,
    p99: f64,
    /// Microseconds of processor time per answer, without the client's.
    cpu: f64,
}

impl Bench {
    fn start(options: &Options, work: &Path, rows: u64, runtime: &Runtime) -> Result<Self> {
        let registers = [(&BY_ADDRESS, "internal"), (&BY_BODY, "pribadi")];
        let contracts: Vec<_> = registers
            .iter()
            .map(|([dataset, key], class)| {
                let text = CONTRACT
                    .replace("{dataset}", dataset)
                    .replace("{key}", key)
                    .replace("{class}", class);
                (format!("{dataset}.yaml"), text)
            })
            .collect();
        let contracts: Vec<_> = contracts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let hub = Hub::start_with(&work.join("hub"), &[("flush_seconds", "1")], &contracts)?;
        let server = Postgres::start(options)?;
        for (way, _) in registers {
            let [dataset, key] = way;
            let csv = work.join("daftar.csv");
            let mut out = BufWriter::new(File::create(&csv)?);
            writeln!(out, "{key},nama,tanggal,jenis,kode_wilayah,catatan,jumlah,aktif")?;
            for number in 0..rows {
                Entry(number).write_csv(way, &mut out)?;
            }
            out.into_inner()?.sync_all()?;
            let (_, receipt) = hub.push(dataset, &csv, "")?;
            ensure!(receipt["rows"]["inserted"] == rows, "{receipt}");
            runtime.block_on(copy(&server, way, &csv))?;
            hub.merged(dataset)?;
        }
        // A fresh process has neither the memory nor the caches of the load.
        hub.kill()?;
        let hub = Hub::start_with(&work.join("hub"), &[], &contracts)?;
        // As many as there are cores: on two, PostgreSQL was quicker with 2 than with 4, 8, 16 or 64.
        let pool = std::thread::available_parallelism()?.get();
        let scopes = ["read:warga_bench", "lookup:warga_bench", "read:aset_bench"];
        let key = hub.key_of(&json!({ "name": "bench-layanan", "role": "layanan", "scopes": scopes }))?;
        Ok(Self {
            door: runtime.block_on(async { Door::start(&server, pool, &key) })?,
            pool,
            hub,
            key,
            rows,
            turn: Duration::from_secs(if options.is_quick { 2 } else { 5 }),
            seed: 0,
            answers: 0,
            server,
        })
    }

    fn compare(&mut self, runtime: &Runtime, way: &[&'static str; 2], clients: usize, rounds: usize) -> Result<String> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        // Not measured: the first turn, in which the hub makes its store of rows by row.
        for round in 0..=rounds {
            self.seed += 1;
            let hub = Self::costed(
                || runtime.block_on(self.ask(&self.hub.host, way, clients)),
                || self.hub.cpu_seconds(),
            )?;
            let peer = Self::costed(
                || runtime.block_on(self.ask(&self.door.host, way, clients)),
                || Ok(self.door.cpu_seconds()? + self.server.cpu_seconds()?),
            )?;
            self.answers += hub.answers.min(peer.answers);
            if round > 0 {
                ours.push(hub);
                theirs.push(peer);
            }
        }
        let middle = |turns: &[Turn], of: fn(&Turn) -> f64| median(&turns.iter().map(of).collect::<Vec<_>>());
        let [rate, their_rate] = [&ours, &theirs].map(|turns| middle(turns, |t| t.rate));
        let [p50, their_p50] = [&ours, &theirs].map(|turns| middle(turns, |t| t.p50));
        let [p99, their_p99] = [&ours, &theirs].map(|turns| middle(turns, |t| t.p99));
        let [cpu, their_cpu] = [&ours, &theirs].map(|turns| middle(turns, |t| t.cpu));
        let rates = |turns: &[Turn]| {
            let rates: Vec<_> = turns.iter().map(|turn| format!("{:.0}", turn.rate)).collect();
            rates.join(" ")
        };
        Ok(format!(
            "| {} | {clients} | {rate:.0} | {p50:.2} | {p99:.2} | {cpu:.0} | {their_rate:.0} | {their_p50:.2} | \
             {their_p99:.2} | {their_cpu:.0} | {:.2} | {:.2} | {:.2} | {} / {} |\n",
            if way == &BY_BODY {
                "`POST .../lookup`"
            } else {
                "`GET .../rows/{key}`"
            },
            rate / their_rate,
            p99 / their_p99,
            cpu / their_cpu,
            rates(&ours),
            rates(&theirs),
        ))
    }

    /// A turn with the processor time that it cost a side.
    fn costed(turn: impl Fn() -> Result<Turn>, cpu: impl Fn() -> Result<f64>) -> Result<Turn> {
        let before = cpu()?;
        let turn = turn()?;
        let seconds = cpu()? - before;
        Ok(Turn {
            cpu: seconds * 1e6 / turn.answers as f64,
            ..turn
        })
    }

    async fn ask(&self, host: &str, way: &[&'static str; 2], clients: usize) -> Result<Turn> {
        let request = Arc::new(Request::to(way, host, &self.key));
        let mut wires = Vec::new();
        for _ in 0..clients {
            wires.push(Wire::open(host).await?);
        }
        let mut tasks = JoinSet::new();
        let start = Instant::now();
        let end = start + self.turn;
        for (number, mut wire) in wires.into_iter().enumerate() {
            let (request, rows, way) = (request.clone(), self.rows, *way);
            let mut dice = SmallRng::seed_from_u64(self.seed << 16 | number as u64);
            tasks.spawn(async move {
                let (mut micros, mut out, mut expected) = (Vec::new(), Vec::new(), Vec::new());
                while Instant::now() < end {
                    let entry = Entry(dice.random_range(0..rows));
                    expected.clear();
                    entry.write_json(&way, &mut expected)?;
                    request.write(&entry.key(&way), &mut out);
                    let begin = Instant::now();
                    let status = wire.send(&out).await?;
                    micros.push(begin.elapsed().as_micros() as u32);
                    ensure!(
                        status == 200 && wire.body().trim_ascii_end() == expected,
                        "{} was asked for, and answered {}",
                        String::from_utf8_lossy(&expected),
                        wire.answer()
                    );
                }
                Ok(micros)
            });
        }
        let mut micros = Vec::new();
        while let Some(done) = tasks.join_next().await {
            micros.extend(done.context("a client broke")??);
        }
        let seconds = start.elapsed().as_secs_f64();
        micros.sort_unstable();
        Ok(Turn {
            answers: micros.len() as u64,
            rate: micros.len() as f64 / seconds,
            p50: quantile(&micros, 0.5) / 1000.0,
            p99: quantile(&micros, 0.99) / 1000.0,
            cpu: f64::NAN,
        })
    }
}

/// A request, written out but for the key.
struct Request {
    before: String,
    after: String,
}

impl Request {
    fn to(way: &[&str; 2], host: &str, key: &str) -> Self {
        let [dataset, column] = way;
        let head = format!("Host: {host}\r\nAuthorization: Bearer {key}\r\n");
        if way == &BY_ADDRESS {
            return Self {
                before: format!("GET /api/v1/datasets/{dataset}/rows/"),
                after: format!(" HTTP/1.1\r\n{head}\r\n"),
            };
        }
        let (before, after) = (format!(r#"{{"key":{{"{column}":""#), r#""}}"#);
        let length = before.len() + Entry(0).key(way).len() + after.len();
        Self {
            before: format!(
                "POST /api/v1/datasets/{dataset}/lookup HTTP/1.1\r\n{head}X-Purpose: pelayanan\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{before}"
            ),
            after: after.to_owned(),
        }
    }

    fn write(&self, key: &str, out: &mut Vec<u8>) {
        out.clear();
        for part in [&self.before, key, &self.after] {
            out.extend_from_slice(part.as_bytes());
        }
    }
}

async fn copy(server: &Postgres, way: &[&str; 2], csv: &Path) -> Result<()> {
    let [table, key] = way;
    let client = server.connect().await?;
    client
        .batch_execute(&format!(
            "CREATE TABLE {table} ({key} text PRIMARY KEY, nama text NOT NULL, tanggal date NOT NULL, \
             jenis text NOT NULL, kode_wilayah text NOT NULL, catatan text, jumlah bigint NOT NULL, \
             aktif boolean NOT NULL)"
        ))
        .await?;
    let sink = client
        .copy_in(&format!("COPY {table} FROM STDIN (FORMAT csv, HEADER)"))
        .await?;
    postgres::copy_into(sink, csv).await?;
    client.batch_execute(&format!("VACUUM ANALYZE {table}")).await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok(())
}
