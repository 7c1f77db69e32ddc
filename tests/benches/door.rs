//! PostgreSQL behind a minimal HTTP server, what one would write instead of the hub: axum, a key checked by its digest,
//! prepared statements on a few connections, JSON. A process of its own (this program with a hidden command), so that
//! clients do not share its threads.

use crate::postgres::{self, Postgres};
use anyhow::{Context, Result, ensure};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    routing::{get, post},
    serve::ListenerExt,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};
use tokio::net::TcpListener;
use tokio_postgres::{Client, Statement};

/// The hidden command.
pub const COMMAND: &str = "--serve-lookups";
/// Table and key of the two registers: by address, and by body.
pub const BY_ADDRESS: [&str; 2] = ["aset_bench", "kode"];
/// See [`BY_ADDRESS`].
pub const BY_BODY: [&str; 2] = ["warga_bench", "nik"];

/// The server's process.
#[derive(Debug)]
pub struct Door {
    process: Child,
    /// Address, without scheme.
    pub host: String,
}

impl Door {
    /// Starts it before `server`, with so many connections, open to `key`.
    pub fn start(server: &Postgres, connections: usize, key: &str) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(COMMAND)
            .arg(server.folder())
            .args([&connections.to_string(), key])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = process.stdout.take().context("no standard output")?;
        let mut host = String::new();
        BufReader::new(out).read_line(&mut host)?;
        let door = Self {
            process,
            host: host.trim().to_owned(),
        };
        ensure!(!door.host.is_empty(), "the server before PostgreSQL did not start");
        Ok(door)
    }

    /// Processor time so far, in seconds.
    pub fn cpu_seconds(&self) -> Result<f64> {
        crate::hub::cpu_seconds(self.process.id())
    }

    /// Peak of resident memory in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        crate::hub::peak_memory(self.process.id())
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A row as it is answered.
#[derive(Debug, Serialize)]
struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nik: Option<&'a str>,
    nama: &'a str,
    tanggal: &'a str,
    jenis: &'a str,
    kode_wilayah: &'a str,
    catatan: Option<&'a str>,
    jumlah: i64,
    aktif: bool,
}

#[derive(Debug, Deserialize)]
struct Asked {
    key: Key,
}

#[derive(Debug, Deserialize)]
struct Key {
    nik: String,
}

/// A connection with its two statements.
struct Prepared {
    client: Client,
    by_address: Statement,
    by_body: Statement,
}

struct Pool {
    connections: Vec<Prepared>,
    next: AtomicUsize,
    /// Who holds a key, by its digest.
    keys: HashMap<[u8; 32], String>,
}

/// Serves until it is killed: the folder of the server's socket, the number of connections, the key.
pub fn serve(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let mut next = || {
        arguments
            .next()
            .context("a socket's folder, a number and a key are needed")
    };
    let (folder, connections, key) = (next()?, next()?.parse()?, next()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let pool = Arc::new(Pool::open(folder.as_ref(), connections, &key).await?);
        let app = Router::new()
            .route("/api/v1/datasets/aset_bench/rows/{key}", get(by_address))
            .route("/api/v1/datasets/warga_bench/lookup", post(by_body))
            .with_state(pool);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, app).await?;
        Ok(())
    })
}

type Answer = Result<([(header::HeaderName, &'static str); 1], Vec<u8>), StatusCode>;

async fn by_address(State(pool): State<Arc<Pool>>, headers: HeaderMap, Path(key): Path<String>) -> Answer {
    pool.check(&headers)?;
    let Prepared { client, by_address, .. } = pool.one();
    let found = find(client, by_address, &key).await?;
    let kode = Some(found.get(0));
    answer(&Row {
        kode,
        ..Row::of(&found)
    })
}

async fn by_body(State(pool): State<Arc<Pool>>, headers: HeaderMap, Json(asked): Json<Asked>) -> Answer {
    pool.check(&headers)?;
    let Prepared { client, by_body, .. } = pool.one();
    let found = find(client, by_body, &asked.key.nik).await?;
    let nik = Some(found.get(0));
    answer(&Row { nik, ..Row::of(&found) })
}

impl Pool {
    async fn open(folder: &std::path::Path, connections: usize, key: &str) -> Result<Self> {
        let mut open = Vec::new();
        for _ in 0..connections {
            let client = postgres::connect(folder).await?;
            let [by_address, by_body] = [BY_ADDRESS, BY_BODY].map(|[table, key]| {
                format!(
                    "SELECT {key}, nama, tanggal::text, jenis, kode_wilayah, catatan, jumlah, aktif FROM {table} \
                     WHERE {key} = $1"
                )
            });
            open.push(Prepared {
                by_address: client.prepare(&by_address).await?,
                by_body: client.prepare(&by_body).await?,
                client,
            });
        }
        Ok(Self {
            connections: open,
            next: AtomicUsize::new(0),
            keys: HashMap::from([(Sha256::digest(key).into(), "layanan".to_owned())]),
        })
    }

    fn check(&self, headers: &HeaderMap) -> Result<(), StatusCode> {
        let key = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .ok_or(StatusCode::UNAUTHORIZED)?;
        let digest: [u8; 32] = Sha256::digest(key).into();
        self.keys
            .contains_key(&digest)
            .then_some(())
            .ok_or(StatusCode::UNAUTHORIZED)
    }

    /// A connection. Requests of several clients follow each other on it without waiting for answers.
    fn one(&self) -> &Prepared {
        &self.connections[self.next.fetch_add(1, Relaxed) % self.connections.len()]
    }
}

async fn find(client: &Client, statement: &Statement, key: &str) -> Result<tokio_postgres::Row, StatusCode> {
    let found = client.query_opt(statement, &[&key]).await;
    found
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?
        .ok_or(StatusCode::NOT_FOUND)
}

fn answer(row: &Row<'_>) -> Answer {
    let body = serde_json::to_vec(row).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body))
}

impl<'a> Row<'a> {
    /// All but the key.
    fn of(found: &'a tokio_postgres::Row) -> Self {
        Self {
            kode: None,
            nik: None,
            nama: found.get(1),
            tanggal: found.get(2),
            jenis: found.get(3),
            kode_wilayah: found.get(4),
            catatan: found.get(5),
            jumlah: found.get(6),
            aktif: found.get(7),
        }
    }
}
