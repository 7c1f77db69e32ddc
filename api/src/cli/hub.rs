//! Finding the hub a command talks to: at `--url`, running on the data folder, or started on it for this command.

use super::{Global, client::Client, output};
use crate::{
    door::{self, Door},
    server::{self, Running, ServeOptions},
};
use anyhow::{Context, anyhow, bail};
use reqwest::StatusCode;
use smartcenter_warehouse::{Settings, clock::SystemClock};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// Whether a command may make a hub where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// A folder without a hub is a mistake.
    Refuse,
    /// A hub is made in it.
    Create,
}

/// How long a hub on this machine may replay its log while we wait.
const REPLAY: Duration = Duration::from_secs(1800);

/// Finds the hub, lets `work` talk to it, and stops it again if it was started for that.
pub fn with<T>(global: &Global, absent: Absent, work: impl FnOnce(Client) -> anyhow::Result<T>) -> anyhow::Result<T> {
    if let Some(url) = remote(global) {
        return work(Client::new(&url, given_key(global, true)?, false)?);
    }
    let settings = global.settings()?.warehouse;
    if let Some(client) = running(global, &settings.data)? {
        return work(client);
    }
    if absent == Absent::Refuse && !settings.data.join("control.sqlite").exists() {
        bail!(
            "there is no hub in {}: name its folder with --data, another hub with --url, or start one with `smartcenter serve`",
            settings.data.display()
        );
    }
    let own = Own::start(settings)?;
    let key = given_key(global, false)?.unwrap_or_else(|| own.running.token.clone());
    let outcome = Client::new(&own.running.url, Some(key), true).and_then(work);
    // What was pushed is durable by its acknowledgement: a failing stop is told, but does not undo the outcome.
    let stopped = own.stop();
    match (outcome, stopped) {
        (Ok(value), Ok(())) => Ok(value),
        (Ok(_), Err(error)) => Err(error.context("the command was carried out, but the hub did not stop cleanly")),
        (Err(error), _) => Err(error),
    }
}

/// Whether a command is meant for a hub elsewhere.
pub fn is_remote(global: &Global) -> bool {
    remote(global).is_some()
}

fn remote(global: &Global) -> Option<String> {
    let variable = || {
        std::env::var("SMARTCENTER_URL")
            .ok()
            .filter(|url| !url.is_empty() && global.data.is_none())
    };
    global.url.clone().or_else(variable)
}

/// The key from `--key-file`, or from the environment where that is meant. On this machine the door file decides
/// unless a key file is named: a key in the environment is usually of another hub.
fn given_key(global: &Global, remote: bool) -> anyhow::Result<Option<String>> {
    let variable = std::env::var_os("SMARTCENTER_KEY_FILE")
        .filter(|_| remote)
        .map(std::path::PathBuf::from);
    if let Some(path) = global.key_file.clone().or(variable) {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("key file {} cannot be read", path.display()))?;
        let key = text.trim();
        if key.is_empty() || key.contains(char::is_whitespace) {
            bail!("key file {} does not hold one key", path.display());
        }
        return Ok(Some(key.to_owned()));
    }
    Ok(std::env::var("SMARTCENTER_KEY")
        .ok()
        .map(|key| key.trim().to_owned())
        .filter(|key| remote && !key.is_empty()))
}

/// The hub that runs on `data`, if one does. A door file that a crash left behind is passed over.
fn running(global: &Global, data: &Path) -> anyhow::Result<Option<Client>> {
    let Ok(text) = std::fs::read(door::path(data)) else {
        return Ok(None);
    };
    let Ok(Door { url, token }) = serde_json::from_slice(&text) else {
        return Ok(None);
    };
    let local = Client::new(&url, Some(token), true)?;
    let end = Instant::now() + REPLAY;
    let mut told = false;
    loop {
        // Only our own hub knows the token, so whoever else has the port by now does not say yes.
        match local.probe("/api/v1/session") {
            Some(StatusCode::OK) => break,
            Some(StatusCode::SERVICE_UNAVAILABLE) if Instant::now() < end => {
                if !std::mem::replace(&mut told, true) {
                    output::note("the hub is starting; waiting for it");
                }
                std::thread::sleep(Duration::from_millis(200));
            }
            _ => return Ok(None),
        }
    }
    match given_key(global, false)? {
        Some(key) => Client::new(&url, Some(key), true).map(Some),
        None => Ok(Some(local)),
    }
}

/// A hub in this process, for the time of one command.
struct Own {
    runtime: Runtime,
    running: Running,
}

impl Own {
    fn start(settings: Settings) -> anyhow::Result<Self> {
        // Its log would only disturb; what matters comes back as answers.
        crate::log::init("error", crate::log::LogFormat::Text).map_err(|e| anyhow!(e))?;
        let runtime = Runtime::new().context("the runtime cannot start")?;
        let options = ServeOptions {
            // It is gone before anything could be worked out.
            settings: Settings {
                models: false,
                ..settings
            },
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            deliver: crate::deliver::Config::default(),
            report: crate::reports::Config::default(),
            clock: Arc::new(SystemClock),
            on_ready: None,
        };
        let running = runtime.block_on(async {
            let mut running = server::start(options).await?;
            match running.ready().await {
                Ok(()) => Ok(running),
                Err(error) => {
                    let _ = running.shutdown().await;
                    Err(error)
                }
            }
        })?;
        Ok(Self { runtime, running })
    }

    fn stop(self) -> anyhow::Result<()> {
        Ok(self.runtime.block_on(self.running.shutdown())?)
    }
}
