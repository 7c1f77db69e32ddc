//! A hub under test: the binary as a child process on a free port. It is waited for by what it prints and answers,
//! with a deadline, and killed when it is dropped.

use crate::{
    binary::{fixtures, program},
    bucket::Bucket,
    client::Client,
    reader,
};
use std::{
    ffi::OsString,
    fs::File,
    io::{BufRead, BufReader, Read},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, OnceLock, mpsc},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long a hub may take to be ready, or to end.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The signal of `abort`, with which an injected barrier ends the process.
pub const SIGABRT: i32 = 6;

/// A hub's folder; it outlives the processes on it.
#[derive(Debug)]
pub struct Folder {
    dir: TempDir,
    /// Where the data lie, if not in the temporary folder itself.
    data: PathBuf,
    /// Where the lake is, if not in the data folder.
    bucket: Option<Bucket>,
    admin: OnceLock<String>,
    starts: Mutex<u32>,
}

impl Folder {
    /// An empty folder of its own.
    pub fn new() -> Arc<Self> {
        let dir = TempDir::with_prefix("smartcenter-e2e-").unwrap();
        let data = dir.path().join("data");
        Self::at(dir, data)
    }

    /// An empty folder, and an empty bucket for the lake.
    pub fn with_bucket(bucket: Bucket) -> Arc<Self> {
        let dir = TempDir::with_prefix("smartcenter-e2e-").unwrap();
        let data = dir.path().join("data");
        Self::of(dir, data, Some(bucket))
    }

    /// Data under `data`, logs in `dir`.
    pub fn at(dir: TempDir, data: PathBuf) -> Arc<Self> {
        Self::of(dir, data, None)
    }

    fn of(dir: TempDir, data: PathBuf, bucket: Option<Bucket>) -> Arc<Self> {
        Arc::new(Self {
            dir,
            data,
            bucket,
            admin: OnceLock::new(),
            starts: Mutex::new(0),
        })
    }

    /// An empty folder, with `bucket` for the lake if there is one, for what is restored of this hub: the keys are the
    /// same.
    pub fn for_restore(&self, bucket: Option<Bucket>) -> Arc<Self> {
        let new = bucket.map_or_else(Self::new, Self::with_bucket);
        if let Some(key) = self.admin.get() {
            let _ = new.admin.set(key.clone());
        }
        new
    }

    /// The data folder of the hub.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A place for files of the test.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The folder of a Delta table.
    pub fn table(&self, table: &str) -> PathBuf {
        self.data.join("lake").join(table)
    }

    /// The bucket of the lake.
    pub fn bucket(&self) -> &Bucket {
        self.bucket.as_ref().expect("this lake is in a bucket")
    }

    /// Asks an independent reader about a Delta table, wherever it is.
    pub fn read(&self, table: &str, sql: &str) -> Vec<serde_json::Value> {
        match &self.bucket {
            Some(bucket) => reader::read_from(bucket, table, sql),
            None => reader::read(&self.table(table), sql),
        }
    }

    fn next_log(&self) -> PathBuf {
        let mut starts = self.starts.lock().unwrap();
        *starts += 1;
        self.dir.path().join(format!("hub-{starts}.log"))
    }
}

/// How a hub is to be started.
#[derive(Debug, Clone)]
pub struct Start {
    folder: Arc<Folder>,
    environment: Vec<(String, String)>,
    arguments: Vec<OsString>,
}

impl Start {
    /// On a folder of its own, with the test contracts.
    pub fn fresh() -> Self {
        Self::on(&Folder::new())
    }

    /// On `folder`, with the test contracts.
    pub fn on(folder: &Arc<Folder>) -> Self {
        let contracts = fixtures().join("contracts");
        let arguments = vec!["--contracts".into(), contracts.into()];
        let start = Self {
            folder: folder.clone(),
            // What is worked out in the background would move positions; its own tests turn it on.
            environment: vec![("SMARTCENTER_WAREHOUSE_MODELS".to_owned(), "false".to_owned())],
            arguments,
        };
        match &folder.bucket {
            Some(bucket) => start.in_bucket(bucket),
            None => start,
        }
    }

    /// On a folder of its own, with nothing but what is shipped, models in the background included.
    pub fn shipped() -> Self {
        Self {
            arguments: Vec::new(),
            environment: Vec::new(),
            ..Self::fresh()
        }
    }

    /// With the lake in `bucket`, which it loses soon when it falls silent.
    pub fn in_bucket(mut self, bucket: &Bucket) -> Self {
        let environment = bucket.environment();
        self.environment
            .extend(environment.map(|(name, value)| (name.to_owned(), value)));
        self.set("store", bucket.lake()).set("store_lease_seconds", 3)
    }

    /// What commands on its folder need in their environment.
    pub fn environment(&self) -> impl Iterator<Item = (String, String)> {
        self.environment.clone().into_iter()
    }

    /// Sets one of the warehouse's settings.
    pub fn set(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        let name = format!("SMARTCENTER_WAREHOUSE_{}", key.to_ascii_uppercase());
        self.environment.push((name, value.to_string()));
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Flushes, compacts and rotates so often that a short test meets every state.
    pub fn restless(self) -> Self {
        self.set("flush_seconds", 1)
            .set("flush_bytes", 16 << 10)
            .set("maintenance_seconds", 1)
            .set("wal_segment_bytes", 1 << 20)
            .set("checkpoint_commits", 5)
    }

    /// Starts it and waits until it is ready.
    pub fn start(self) -> Hub {
        self.try_start()
            .unwrap_or_else(|ended| panic!("the hub did not start: {ended:?}"))
    }

    /// Starts it; what it said and how it ended, if it ended before it was ready.
    pub fn try_start(self) -> Result<Hub, Ended> {
        let Self {
            folder,
            environment,
            arguments,
        } = self;
        let log = folder.next_log();
        let mut process = program()
            .arg("serve")
            .arg("--data")
            .arg(folder.data())
            .args(["--http", "127.0.0.1:0"])
            .args(arguments)
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let lines = lines(process.stdout.take().unwrap());
        let mut hub = Hub {
            process,
            url: String::new(),
            folder,
            log,
        };
        let deadline = Instant::now() + PATIENCE;
        loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    if let Some(rest) = line.split_once("is ready at ").map(|(_, rest)| rest) {
                        hub.url = rest.split_whitespace().next().unwrap_or_default().to_owned();
                        break;
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("the hub was not ready in time:\n{}", hub.tail()),
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    let status = hub.wait();
                    return Err(Ended {
                        status,
                        log: hub.tail(),
                    });
                }
            }
        }
        // Only a first start prints a key: the announcement is complete, or the line never comes.
        if hub.folder.admin.get().is_none() {
            let key = loop {
                let line = lines.recv_timeout(PATIENCE).expect("the first start prints a key");
                if let Some(key) = line.trim().strip_prefix("export SMARTCENTER_KEY=") {
                    break key.to_owned();
                }
            };
            let _ = hub.folder.admin.set(key);
        }
        hub.wait_ready();
        Ok(hub)
    }
}

/// A hub that ended before it was ready.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// The end of its log.
    pub log: String,
}

/// A running hub.
#[derive(Debug)]
pub struct Hub {
    process: Child,
    /// Base URL.
    pub url: String,
    folder: Arc<Folder>,
    log: PathBuf,
}

impl Hub {
    /// Its folder.
    pub fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.folder.data()
    }

    /// A client without a key.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// A client with `key`.
    pub fn with_key(&self, key: &str) -> Client {
        Client::new(&self.url, Some(key.to_owned()))
    }

    /// The key of the first admin, as the first start printed it.
    pub fn admin_key(&self) -> &str {
        self.folder.admin.get().expect("a first start printed the key")
    }

    /// A client with the first admin's key.
    pub fn admin(&self) -> Client {
        self.with_key(self.admin_key())
    }

    /// A client with a new key.
    pub fn key(&self, name: &str, role: &str, more: serde_json::Value) -> Client {
        self.with_key(&self.admin().create_key(name, role, more))
    }

    /// Kills it as a power cut would, as far as a process can tell.
    pub fn kill(mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Asks it to stop and waits for its end.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let pid = self.process.id();
        let sent = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -{name} {pid}"))
            .status()
            .unwrap();
        assert!(sent.success(), "signal {name} could not be sent");
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "the hub did not end in time:\n{}",
                self.tail()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The signal that ended it, if one did.
    pub fn wait_signal(&mut self) -> Option<i32> {
        self.wait().signal()
    }

    /// Its peak of resident memory, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
    }

    /// The end of its log.
    pub fn tail(&self) -> String {
        let mut text = String::new();
        let _ = File::open(&self.log).and_then(|mut file| file.read_to_string(&mut text));
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// All of its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    fn wait_ready(&self) {
        let client = self.anonymous();
        until("the hub is ready", || {
            client.try_get("/readyz").is_ok_and(|answer| answer.status == 200)
        });
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("--- the end of {}:\n{}", self.log.display(), self.tail());
        }
    }
}

/// Waits for a condition, with a deadline.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn lines(out: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // The pipe is read to its end even if nobody listens: a full one would stop the hub.
            let _ = sender.send(line);
        }
    });
    receiver
}
