//! PostgreSQL as the alternative: a cluster of its own on a Unix socket, tuned, durable, with the checks of the
//! contract as constraints.

use crate::{
    options::Options,
    sheet::{self, Totals},
};
use anyhow::{Context, Result, ensure};
use chrono::Days;
use futures::SinkExt;
use std::{
    fs::{self, File},
    io::Read,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// What is not as PostgreSQL sets it.
pub const SETTINGS: [(&str, &str); 12] = [
    ("listen_addresses", ""),
    ("max_connections", "300"),
    ("shared_buffers", "2GB"),
    ("max_wal_size", "8GB"),
    ("checkpoint_timeout", "15min"),
    ("wal_buffers", "64MB"),
    ("wal_compression", "lz4"),
    ("maintenance_work_mem", "512MB"),
    ("work_mem", "64MB"),
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
];

/// The contract, as far as PostgreSQL can hold it: types, required, patterns, ranges, list, sum rule, window, and the
/// pair that must be unique (in the whole table, where the contract asks it of a push).
pub fn table_sql(table: &str) -> String {
    let count = |name: &str| format!("{name} integer NOT NULL CHECK ({name} BETWEEN 0 AND 20000)");
    let today = sheet::newest_day() + Days::new(1);
    let (oldest, latest) = (today - Days::new(1100), today + Days::new(1));
    let counts = ["terdaftar", "hadir", "sakit", "izin", "alpa"].map(count).join(", ");
    format!(
        "CREATE TABLE {table} (\
         tanggal date NOT NULL CHECK (tanggal BETWEEN DATE '{oldest}' AND DATE '{latest}'), \
         npsn text NOT NULL CHECK (npsn ~ '^[0-9]{{8}}$'), \
         nama_sekolah text CHECK (char_length(nama_sekolah) <= 200), \
         jenjang text NOT NULL CHECK (jenjang IN \
         ('PAUD','KB','TK','RA','SD','MI','SMP','MTs','SMA','SMK','MA','SLB','PKBM')), \
         kode_kecamatan text NOT NULL CHECK (kode_kecamatan ~ '^[0-9]{{2}}\\.[0-9]{{2}}\\.[0-9]{{2}}$'), \
         {counts}, CHECK (hadir + sakit + izin + alpa = terdaftar), UNIQUE (tanggal, npsn))"
    )
}

/// A running cluster, stopped and removed when dropped.
#[derive(Debug)]
pub struct Postgres {
    process: Child,
    folder: TempDir,
}

impl Postgres {
    /// Makes and starts one.
    pub fn start(options: &Options) -> Result<Self> {
        let folder = sheet::work_folder(options)?;
        let user = server_user()?;
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        let data = folder.path().join("cluster");
        let mut initdb = as_user(&program("initdb")?, user);
        let output = initdb
            .current_dir(folder.path())
            .args([
                "--username=bench",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "-D",
            ])
            .arg(&data)
            .output()?;
        ensure!(
            output.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mut server = as_user(&program("postgres")?, user);
        server
            .current_dir(folder.path())
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path());
        for (name, value) in SETTINGS {
            server.arg("-c").arg(format!("{name}={value}"));
        }
        let log = fs::File::create(folder.path().join("server.log"))?;
        let process = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let server = Self { process, folder };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !server.folder.path().join(".s.PGSQL.5432").exists() {
            ensure!(Instant::now() < deadline, "PostgreSQL did not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        std::thread::sleep(Duration::from_millis(300));
        Ok(server)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// A connection; its work runs in the present runtime.
    pub async fn connect(&self) -> Result<Client> {
        connect(self.folder()).await.with_context(|| self.log())
    }

    /// Processor time of all its processes so far, in seconds.
    pub fn cpu_seconds(&self) -> Result<f64> {
        crate::hub::cpu_seconds(self.process.id())
    }

    /// Where its socket lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A connection to the cluster whose socket lies in `folder`; its work runs in the present runtime.
pub async fn connect(folder: &Path) -> Result<Client> {
    let mut config = tokio_postgres::Config::new();
    config.host_path(folder).user("bench").dbname("postgres");
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(async move {
        // An error reaches the client's calls as well.
        let _ = connection.await;
    });
    Ok(client)
}

/// What `table` holds.
pub async fn totals(client: &Client, table: &str) -> Result<Totals> {
    let row = client.query_one(&Totals::sql(table), &[]).await?;
    let sum = |index| row.try_get::<_, Option<i64>>(index).map(Option::unwrap_or_default);
    Ok(Totals {
        rows: row.try_get(0)?,
        sums: [sum(1)?, sum(2)?, sum(3)?, sum(4)?, sum(5)?],
    })
}

/// The settings for the report.
pub fn settings() -> String {
    let text = SETTINGS.iter().filter(|(name, _)| *name != "listen_addresses");
    text.map(|(name, value)| format!("`{name}={value}`"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The version of the server.
pub fn version() -> Result<String> {
    Ok(crate::report::said(&program("postgres")?, &["--version"]))
}

/// Sends a file's bytes to a `COPY`.
pub async fn copy_into(sink: tokio_postgres::CopyInSink<bytes::Bytes>, csv: &Path) -> Result<()> {
    let mut file = File::open(csv)?;
    futures::pin_mut!(sink);
    loop {
        let mut piece = vec![0; 1 << 20];
        let length = file.read(&mut piece)?;
        if length == 0 {
            break;
        }
        piece.truncate(length);
        sink.send(bytes::Bytes::from(piece)).await?;
    }
    sink.finish().await?;
    Ok(())
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGTERM to the postmaster alone would wait for clients; SIGQUIT of the one process we started ends all.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-QUIT", &id]).status();
        let _ = self.process.wait();
    }
}

/// `initdb` or `postgres`, in the named folder, on the path, or where Debian puts them.
fn program(name: &str) -> Result<PathBuf> {
    let named = std::env::var_os("POSTGRES_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path().join("bin"));
    let mut folders = named.into_iter().chain(debian).chain(std::env::split_paths(&path));
    folders
        .find(|folder| folder.join(name).is_file())
        .map(|folder| folder.join(name))
        .with_context(|| format!("{name} is missing: install PostgreSQL's server (Debian: `postgresql`)"))
}

/// PostgreSQL refuses to run as root; Debian has a user for it.
fn server_user() -> Result<Option<(u32, u32)>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let own = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .unwrap_or_default();
    if own.split_whitespace().next() != Some("0") {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let fields: Vec<_> = line
        .context("PostgreSQL does not run as root and there is no user postgres")?
        .split(':')
        .collect();
    Ok(Some((fields[2].parse()?, fields[3].parse()?)))
}

fn as_user(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}
