//! The hub under measurement: the real program as a child process, with its default settings unless a scenario says
//! otherwise, killed when dropped.

use crate::sheet::{self, AT_ONCE, CONTRACT, DATASET, KEYED_FILE, Totals};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(900);

/// A running hub.
#[derive(Debug)]
pub struct Hub {
    process: Child,
    /// Address, without scheme.
    pub host: String,
    /// A key that may do everything.
    pub admin: String,
    /// When its process was started.
    pub started: Instant,
    /// From then until it was ready.
    pub ready_after: Duration,
    client: reqwest::blocking::Client,
}

/// The program: named, or beside this one.
pub fn program() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("SMARTCENTER_BIN") {
        return Ok(named.into());
    }
    let beside = std::env::current_exe()?.with_file_name("smartcenter");
    ensure!(
        beside.is_file(),
        "{} is missing: build it (`cargo build --package smartcenter`) or name one with SMARTCENTER_BIN",
        beside.display()
    );
    Ok(beside)
}

impl Hub {
    /// Starts a hub on `folder`, whose keyed table is merged at once. `settings` are keys of its section `warehouse`.
    pub fn start(folder: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        Self::start_with(folder, settings, &[(KEYED_FILE, &sheet::keyed_contract(AT_ONCE))])
    }

    /// Starts a hub on `folder` with these contracts (name and text of a file) beside that of [`DATASET`].
    pub fn start_with(folder: &Path, settings: &[(&str, &str)], contracts: &[(&str, &str)]) -> Result<Self> {
        let site = folder.join("contracts");
        fs::create_dir_all(&site)?;
        for (name, text) in contracts.iter().chain(&[("absensi_bench.yaml", CONTRACT)]) {
            fs::write(site.join(name), text)?;
        }
        Self::launch(folder, settings)
    }

    /// Starts a hub on `folder` as it is shipped, with the contracts that lie there.
    pub fn launch(folder: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let log = folder.with_extension("log");
        let mut command = Command::new(program()?);
        // Settings of the person who runs this must not leak in.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SMARTCENTER_") {
                command.env_remove(name);
            }
        }
        for (key, value) in settings {
            command.env(format!("SMARTCENTER_WAREHOUSE_{}", key.to_uppercase()), value);
        }
        let start = Instant::now();
        let mut process = command
            .args(["serve", "--http", "127.0.0.1:0", "--data"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let lines = lines(process.stdout.take().context("no standard output")?);
        let mut hub = Self {
            process,
            host: String::new(),
            admin: String::new(),
            started: start,
            ready_after: Duration::ZERO,
            client: reqwest::blocking::Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()?,
        };
        hub.announced(&lines, folder)
            .with_context(|| format!("the hub did not start, see {}", log.display()))?;
        while hub.client.get(hub.url("/readyz")).send()?.status() != 200 {
            ensure!(start.elapsed() < PATIENCE, "the hub was not ready in time");
            std::thread::sleep(Duration::from_millis(10));
        }
        hub.ready_after = start.elapsed();
        Ok(hub)
    }

    /// Reads the address, and the key that only a first start prints.
    fn announced(&mut self, lines: &mpsc::Receiver<String>, folder: &Path) -> Result<()> {
        let kept = folder.with_extension("key");
        let known = fs::read_to_string(&kept).ok();
        while self.host.is_empty() || (known.is_none() && self.admin.is_empty()) {
            let line = lines.recv_timeout(PATIENCE)?;
            if let Some((_, rest)) = line.split_once("is ready at http://") {
                rest.split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches('/')
                    .clone_into(&mut self.host);
            }
            if let Some(key) = line.trim().strip_prefix("export SMARTCENTER_KEY=") {
                key.clone_into(&mut self.admin);
            }
        }
        match known {
            Some(key) => self.admin = key,
            None => fs::write(kept, &self.admin)?,
        }
        Ok(())
    }

    /// The address of a page.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// What it answers to GET.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.asked(path, self.client.get(self.url(path)))
    }

    /// What it answers to POST without a body.
    pub fn post(&self, path: &str) -> Result<Value> {
        self.asked(path, self.client.post(self.url(path)))
    }

    fn asked(&self, path: &str, request: reqwest::blocking::RequestBuilder) -> Result<Value> {
        let answer = request.bearer_auth(&self.admin).send()?;
        let status = answer.status();
        let text = answer.text()?;
        ensure!(status == 200, "{path}: {status} {text}");
        serde_json::from_str(&text).with_context(|| path.to_owned())
    }

    /// Pushes the regions that attendance refers to, so that the soft reference is really looked up.
    pub fn with_regions(self) -> Result<Self> {
        for envelope in smartcenter_simulator::reference_envelopes()? {
            if envelope.dataset != "wilayah" {
                continue;
            }
            let answer = self
                .client
                .post(self.url("/api/v1/feeds/wilayah?wait=landed"))
                .bearer_auth(&self.admin)
                .header("Content-Type", envelope.content_type)
                .body(envelope.body)
                .send()?;
            ensure!(answer.status().is_success(), "regions: {}", answer.text()?);
        }
        Ok(self)
    }

    /// Makes a key that is told by its name and role alone.
    pub fn key(&self, name: &str, role: &str) -> Result<String> {
        self.key_of(&json!({ "name": name, "role": role }))
    }

    /// Makes a key.
    pub fn key_of(&self, body: &Value) -> Result<String> {
        let answer = self
            .client
            .post(self.url("/api/v1/keys"))
            .bearer_auth(&self.admin)
            .json(body)
            .send()?;
        ensure!(answer.status() == 201, "key {}: {}", body["name"], answer.text()?);
        let answer: Value = answer.json()?;
        Ok(answer["key"].as_str().context("no key")?.to_owned())
    }

    /// Pushes a file on a connection of its own; how long until the receipt was there. The bytes go from file to
    /// socket without passing through this program.
    pub fn push_file(&self, path: &Path, query: &str) -> Result<(Duration, Value)> {
        self.push(DATASET, path, query)
    }

    /// As [`Self::push_file`], into any dataset.
    pub fn push(&self, dataset: &str, path: &Path, query: &str) -> Result<(Duration, Value)> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let content_type = match path.extension().and_then(|ending| ending.to_str()) {
            Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _ => "text/csv",
        };
        let start = Instant::now();
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "POST /api/v1/feeds/{dataset}{query} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
            self.host, self.admin
        )?;
        std::io::copy(&mut file, &mut stream)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let took = start.elapsed();
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        let wanted = match query {
            query if query.contains("dry_run") => "200",
            query if query.contains("wait=landed") => "201",
            _ => "202",
        };
        ensure!(status == wanted, "push answered {status}: {body}");
        Ok((took, serde_json::from_str(body)?))
    }

    /// Rows of an answer in SQL, with the key of `who`; how long until the last byte was there.
    pub fn sql(&self, who: &str, sql: &str) -> Result<(Duration, Vec<Value>)> {
        let body = json!({ "sql": sql, "format": "json" });
        let start = Instant::now();
        let answer = self
            .client
            .post(self.url("/api/v1/sql"))
            .bearer_auth(who)
            .json(&body)
            .send()?;
        let status = answer.status();
        let bytes = answer.bytes()?;
        let took = start.elapsed();
        ensure!(status == 200, "{sql}: {status} {}", String::from_utf8_lossy(&bytes));
        let mut answer: Value = serde_json::from_slice(&bytes)?;
        ensure!(
            answer["end"] == true && answer["truncated"] == false,
            "{sql}: the answer is not complete"
        );
        match answer["rows"].take() {
            Value::Array(rows) => Ok((took, rows)),
            _ => bail!("{sql}: an answer without rows"),
        }
    }

    /// What [`DATASET`] holds.
    pub fn totals(&self) -> Result<Totals> {
        self.totals_of(DATASET)
    }

    /// What a dataset of attendance holds.
    pub fn totals_of(&self, dataset: &str) -> Result<Totals> {
        let (_, rows) = self.sql(&self.admin, &Totals::sql(&format!("data.{dataset}")))?;
        Ok(Totals::of(rows.first().context("no totals")?))
    }

    /// A figure that `system.tables` has of a dataset.
    pub fn of_table(&self, dataset: &str, column: &str) -> Result<u64> {
        let sql = format!("SELECT {column} AS n FROM system.tables WHERE dataset = '{dataset}'");
        let (_, rows) = self.sql(&self.admin, &sql)?;
        let found = rows.first().and_then(|row| row["n"].as_u64());
        found.with_context(|| format!("system.tables has no {column} of {dataset}"))
    }

    /// Waits until the current table of a keyed dataset has everything.
    pub fn merged(&self, dataset: &str) -> Result<()> {
        let start = Instant::now();
        while self.of_table(dataset, "unmerged_rows")? > 0 {
            ensure!(start.elapsed() < PATIENCE, "the merger does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// A figure of `/metrics`, all labels added up.
    pub fn metric(&self, name: &str) -> Result<f64> {
        let text = self
            .client
            .get(self.url("/metrics"))
            .bearer_auth(&self.admin)
            .send()?
            .text()?;
        let values = text.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            rest.starts_with([' ', '{'])
                .then(|| rest.rsplit(' ').next()?.parse::<f64>().ok())?
        });
        let values: Vec<f64> = values.collect();
        ensure!(!values.is_empty(), "/metrics has no {name}");
        Ok(values.iter().sum())
    }

    /// Processor time so far, in seconds.
    pub fn cpu_seconds(&self) -> Result<f64> {
        cpu_seconds(self.process.id())
    }

    /// Peak of resident memory in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        peak_memory(self.process.id())
    }

    /// Resident memory now, in bytes.
    pub fn memory(&self) -> Result<u64> {
        memory(self.process.id(), "VmRSS:")
    }

    /// Lets [`Self::peak_memory`] begin anew with what is resident now.
    pub fn forget_peak(&self) -> Result<()> {
        let file = format!("/proc/{}/clear_refs", self.process.id());
        // See proc(5): 5 resets the peak.
        fs::write(&file, "5").with_context(|| file)
    }

    /// Ends it as a power cut would, as far as a process can tell.
    pub fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Processor time of a process and of those that it started and that still run, in seconds.
pub fn cpu_seconds(process: u32) -> Result<f64> {
    /// Linux tells it to programs in hundredths, whatever the kernel counts in.
    const TICKS: f64 = 100.0;
    let mut ticks = 0;
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end meanwhile. Its name, in parentheses, may hold anything.
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest)
            .split_whitespace()
            .collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
        if id == process || number(1) == Some(u64::from(process)) {
            ticks += number(11).unwrap_or_default() + number(12).unwrap_or_default();
        }
    }
    Ok(ticks as f64 / TICKS)
}

/// Peak of resident memory of a process in bytes.
pub fn peak_memory(process: u32) -> Result<u64> {
    memory(process, "VmHWM:")
}

/// A figure of a process's memory in bytes.
fn memory(process: u32, field: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find(|line| line.starts_with(field));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    Ok(kilobytes.with_context(|| format!("no {field}"))? << 10)
}

fn lines(out: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}
