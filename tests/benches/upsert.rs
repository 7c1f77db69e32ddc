//! Corrections: a few or many changed keys in a small or a large table of current rows, beside PostgreSQL's and
//! DuckDB's upsert of the same rows.

use crate::{
    duck::Duck,
    figures::{mb, median, thousands},
    hub::Hub,
    options::Options,
    postgres::{self, Postgres},
    sheet::{self, KEYED, Totals},
};
use anyhow::{Context, Result, ensure};
use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    time::Instant,
};

const DUCK_MEMORY: u64 = 8 << 30;
/// The hub merges a second after a change, so that its time can be measured.
const SETTINGS: [(&str, &str); 2] = [("flush_seconds", "1"), ("maintenance_seconds", "3600")];

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let sizes = match (options.rows, options.is_quick) {
        (Some(rows), _) => vec![rows],
        (None, true) => vec![100_000, 750_000],
        (None, false) => vec![750_000, 30_000_000],
    };
    let work = sheet::work_folder(options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut lines = String::new();
    for rows in sizes {
        let csv = work.path().join("absensi.csv");
        sheet::write_csv(&csv, rows)?;
        let mut sides = Sides::start(options, work.path(), &csv, &runtime)?;
        let mut turn = 0;
        for changed in [1_000, 100_000] {
            let changed = changed.min(rows / 2);
            let mut hub = Vec::new();
            let (mut postgres, mut duck) = (Vec::new(), Vec::new());
            for _ in 0..options.rounds() {
                let changes = work.path().join("koreksi.csv");
                let step = rows / changed;
                let changed = write_changes(&csv, &changes, step, turn)?;
                turn += 1;
                hub.push(sides.hub(&changes, changed)?);
                postgres.push(runtime.block_on(sides.postgres(&changes))?);
                duck.push(sides.duck(&changes)?);
                sides.agree(&runtime)?;
            }
            let of = |of: fn(&Outcome) -> f64| median(&hub.iter().map(of).collect::<Vec<_>>());
            let ack = of(|o| o.ack);
            let (postgres, duck) = (median(&postgres), median(&duck));
            let line = format!(
                "| {} | {} | {ack:.3} | {:.2} | {:.0} | {postgres:.3} | {duck:.3} | {:.2} | {:.2} |\n",
                thousands(rows),
                thousands(changed),
                of(|o| o.merged),
                of(|o| o.bytes) / changed as f64,
                ack / postgres,
                ack / duck,
            );
            print!("{line}");
            lines.push_str(&line);
        }
        lines.push_str(&sides.memory()?);
    }
    Ok(format!(
        "## Corrections of rows that are there\n{}\n\
         {} rounds of each; changed keys lie evenly over the whole table, two of a row's counts differ. Totals are \
         compared on all sides after every round.\n\n\
         | rows | changed keys | hub: acknowledged and visible, s | merged into the current table, s | bytes rewritten per changed key | PostgreSQL s | DuckDB s | / PostgreSQL | / DuckDB |\n\
         |---|---|---|---|---|---|---|---|---|\n{lines}\n\
         - Hub: one HTTP push of CSV with all checks of the contract; acknowledged means durable, and the new values are \
         what every query sees. *Merged*: the files that other readers of the lake see hold one row per key again, \
         from the acknowledgement on, the wait for the merge interval (1 s here) included.\n\
         - PostgreSQL: `COPY` into a temporary table and `INSERT ... ON CONFLICT DO UPDATE` in one transaction, primary \
         key and the same checks, {}.\n\
         - DuckDB: `INSERT ... SELECT read_csv ... ON CONFLICT DO UPDATE` into a table with the primary key, then \
         `CHECKPOINT`; 2 threads, memory limit {}.\n",
        options.caution(),
        options.rounds(),
        postgres::settings(),
        mb(DUCK_MEMORY),
    ))
}

/// Every `step`-th row with other counts, written later than any before; how many.
pub fn write_changes(csv: &Path, changes: &Path, step: u64, turn: u64) -> Result<u64> {
    let mut lines = BufReader::with_capacity(1 << 20, File::open(csv)?).lines();
    let mut out = BufWriter::new(File::create(changes)?);
    writeln!(out, "{},diperbarui", lines.next().context("no header")??)?;
    let mut changed = 0;
    for line in lines.skip((turn % step) as usize).step_by(step as usize) {
        let line = line?;
        let mut cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse::<u64>();
        // Every turn has more pupils ill than the one before.
        let (present, ill) = (number(6)?, number(7)?);
        let moved = (turn + 1).min(present);
        let (present, ill) = ((present - moved).to_string(), (ill + moved).to_string());
        (cells[6], cells[7]) = (&present, &ill);
        writeln!(
            out,
            "{},2030-01-01T00:{:02}:{:02}Z",
            cells.join(","),
            turn / 60,
            turn % 60
        )?;
        changed += 1;
    }
    out.flush()?;
    Ok(changed)
}

struct Outcome {
    ack: f64,
    merged: f64,
    bytes: f64,
}

struct Sides {
    hub: Hub,
    table: PathBuf,
    server: Postgres,
    duck: Duck,
}

impl Sides {
    fn start(options: &Options, work: &Path, csv: &Path, runtime: &tokio::runtime::Runtime) -> Result<Self> {
        let folder = work.join("hub");
        let _ = std::fs::remove_dir_all(&folder);
        let _ = std::fs::remove_file(folder.with_extension("key"));
        let hub = Hub::start(&folder, &SETTINGS)?.with_regions()?;
        let (took, receipt) = hub.push(KEYED, csv, "?wait=landed")?;
        println!(
            "{} rows in after {:.1} s",
            receipt["rows"]["inserted"],
            took.as_secs_f64()
        );
        let server = Postgres::start(options)?;
        runtime.block_on(copy(&server, csv))?;
        let path = work.join("upsert.duckdb");
        let _ = std::fs::remove_file(&path);
        let mut duck = Duck::start()?;
        duck.open(path.to_str().context("path")?, DUCK_MEMORY)?;
        duck.sql(&duck_table())?;
        duck.sql(&format!(
            "INSERT INTO absensi SELECT *, NULL FROM read_csv('{}', header = true, all_varchar = true)",
            csv.display()
        ))?;
        duck.sql("CHECKPOINT")?;
        let sides = Self {
            hub,
            table: folder.join("lake").join(format!("{KEYED}_v1")),
            server,
            duck,
        };
        sides.hub.merged(KEYED)?;
        Ok(sides)
    }

    fn written(&self) -> Result<u64> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(&self.table)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|e| e == "parquet") {
                bytes += entry.metadata()?.len();
            }
        }
        Ok(bytes)
    }

    fn hub(&self, changes: &Path, changed: u64) -> Result<Outcome> {
        let before = self.written()?;
        let start = Instant::now();
        let (took, receipt) = self.hub.push(KEYED, changes, "")?;
        ensure!(receipt["rows"]["updated"] == changed, "{receipt}");
        self.hub.merged(KEYED)?;
        Ok(Outcome {
            ack: took.as_secs_f64(),
            merged: start.elapsed().as_secs_f64() - took.as_secs_f64(),
            // Nothing is removed for a day.
            bytes: (self.written()? - before) as f64,
        })
    }

    async fn postgres(&self, changes: &Path) -> Result<f64> {
        let mut client = self.server.connect().await?;
        client
            .batch_execute("CREATE TEMP TABLE baru (LIKE absensi INCLUDING DEFAULTS)")
            .await?;
        let start = Instant::now();
        let transaction = client.transaction().await?;
        postgres::copy_into(
            transaction.copy_in("COPY baru FROM STDIN (FORMAT csv, HEADER)").await?,
            changes,
        )
        .await?;
        transaction
            .batch_execute(
                "INSERT INTO absensi SELECT * FROM baru ON CONFLICT (tanggal, npsn) DO UPDATE SET \
                 terdaftar = excluded.terdaftar, hadir = excluded.hadir, sakit = excluded.sakit, izin = excluded.izin, \
                 alpa = excluded.alpa, diperbarui = excluded.diperbarui \
                 WHERE absensi.diperbarui IS NULL OR excluded.diperbarui >= absensi.diperbarui",
            )
            .await?;
        transaction.commit().await?;
        Ok(start.elapsed().as_secs_f64())
    }

    fn duck(&mut self, changes: &Path) -> Result<f64> {
        let (upsert, _) = self.duck.sql(&format!(
            "INSERT INTO absensi SELECT * FROM read_csv('{}', header = true, all_varchar = true) ON CONFLICT (tanggal, npsn) \
             DO UPDATE SET terdaftar = excluded.terdaftar, hadir = excluded.hadir, sakit = excluded.sakit, \
             izin = excluded.izin, alpa = excluded.alpa, diperbarui = excluded.diperbarui",
            changes.display()
        ))?;
        let (checkpoint, _) = self.duck.sql("CHECKPOINT")?;
        Ok(upsert + checkpoint)
    }

    fn agree(&mut self, runtime: &tokio::runtime::Runtime) -> Result<()> {
        let own = self.hub.totals_of(KEYED)?;
        let postgres = runtime.block_on(async {
            let client = self.server.connect().await?;
            postgres::totals(&client, "absensi").await
        })?;
        let (_, rows) = self.duck.sql(&Totals::sql("absensi"))?;
        let duck = Totals::of(rows.first().context("no totals")?);
        ensure!(
            own == postgres && own == duck,
            "hub {own:?}, PostgreSQL {postgres:?}, DuckDB {duck:?}"
        );
        Ok(())
    }

    fn memory(&self) -> Result<String> {
        Ok(format!(
            "| | | | | | | | peak memory: hub {} | DuckDB {} |\n",
            mb(self.hub.peak_memory()?),
            mb(self.duck.peak_memory()?)
        ))
    }
}

async fn copy(server: &Postgres, csv: &Path) -> Result<()> {
    let client = server.connect().await?;
    let table = postgres::table_sql("absensi").replace(
        "UNIQUE (tanggal, npsn)",
        "diperbarui timestamptz, PRIMARY KEY (tanggal, npsn)",
    );
    client.batch_execute(&table).await?;
    let columns = "tanggal, npsn, nama_sekolah, jenjang, kode_kecamatan, terdaftar, hadir, sakit, izin, alpa";
    let sink = client
        .copy_in(&format!("COPY absensi ({columns}) FROM STDIN (FORMAT csv, HEADER)"))
        .await?;
    postgres::copy_into(sink, csv).await?;
    client.batch_execute("VACUUM ANALYZE absensi").await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok(())
}

/// The table of PostgreSQL in DuckDB's words.
fn duck_table() -> String {
    crate::load::duck_words(&postgres::table_sql("absensi")).replace(
        "UNIQUE (tanggal, npsn)",
        "diperbarui timestamptz, PRIMARY KEY (tanggal, npsn)",
    )
}
