//! Starts and stops the hub with its HTTP door. The listener is bound and answers `/healthz` before the log is
//! replayed; the stop takes no new connection, finishes the requests under way, and then flushes the warehouse.

use crate::{
    app,
    auth::DoorToken,
    deliver::{self, Courier, Delivering},
    door::{self, Door},
    listener::accept,
    reports::{self, Schedule},
    state::AppState,
    watch::Watch,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use smartcenter_pipelines::{
    alert::{self, Alerts},
    model::{Engine, Runner},
};
use smartcenter_warehouse::{Error, Result, Settings, Warehouse, clock::Clock};
use std::{
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Called once, when the warehouse is open and the API answers.
pub type OnReady = Box<dyn FnOnce(&Opened) + Send>;

/// What there is to say when the hub is ready.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Base URL from the same machine.
    pub url: String,
    /// The token of this start; also in `<data>/run/door.json`.
    pub token: String,
    /// The opened warehouse.
    pub warehouse: Arc<Warehouse>,
}

/// What a hub is started with.
pub struct ServeOptions {
    /// Settings of the warehouse, data folder included.
    pub settings: Settings,
    /// Where the HTTP door listens; port 0 takes any free one.
    pub addr: SocketAddr,
    /// Who is told of alerts.
    pub deliver: deliver::Config,
    /// When the weekly briefing makes itself.
    pub report: reports::Config,
    /// Where the hub gets the time from.
    pub clock: Arc<dyn Clock>,
    /// Called once when the hub is ready.
    pub on_ready: Option<OnReady>,
}

impl std::fmt::Debug for ServeOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServeOptions")
            .field("settings", &self.settings)
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

/// A hub that serves. Dropping it stops the door at once, without the flush of [`Running::shutdown`].
#[derive(Debug)]
pub struct Running {
    /// Where the HTTP door listens.
    pub addr: SocketAddr,
    /// Base URL from the same machine.
    pub url: String,
    /// The token of this start.
    pub token: String,
    state: AppState,
    data: std::path::PathBuf,
    opened: watch::Receiver<Opening>,
    closing: CancellationToken,
    connections: TaskTracker,
    accepting: JoinHandle<()>,
    work: Arc<Mutex<Work>>,
}

/// What goes on in the background of an open hub.
#[derive(Debug, Default)]
struct Work {
    runner: Option<Runner>,
    delivering: Option<Delivering>,
    briefing: Option<Schedule>,
}

#[derive(Debug, Clone)]
enum Opening {
    Replaying,
    Open,
    Failed(Arc<Error>),
}

/// How long requests may take to finish after a stop was asked for.
const FINISH: Duration = Duration::from_secs(20);

/// Binds the door and starts opening the warehouse; answers as soon as the door listens.
///
/// # Errors
/// An address that cannot be bound (`Conflict`), a data folder that cannot be written.
pub async fn start(options: ServeOptions) -> Result<Running> {
    let ServeOptions {
        settings,
        addr,
        deliver,
        report,
        clock,
        on_ready,
    } = options;
    let courier = Courier::new(deliver)?;
    let listener = TcpListener::bind(addr).await.map_err(|e| {
        Error::conflict(format!(
            "cannot listen on {addr}: {e}; free the port or choose another with --http"
        ))
    })?;
    let addr = listener.local_addr()?;
    let url = door::local_url(addr);
    let token = DoorToken::fresh();
    let secret = token.as_str().to_owned();
    let state = AppState::starting(clock.clone(), token, recorder());
    let data = settings.data.clone();

    let closing = CancellationToken::new();
    let connections = TaskTracker::new();
    let accepting = tokio::spawn(accept(
        listener,
        app(state.clone()),
        closing.clone(),
        connections.clone(),
    ));

    let (opening, opened) = watch::channel(Opening::Replaying);
    let (filled, door) = (
        state.clone(),
        Door {
            url: url.clone(),
            token: secret.clone(),
        },
    );
    let work: Arc<Mutex<Work>> = Arc::default();
    let begun = work.clone();
    tokio::spawn(async move {
        let outcome = match Warehouse::open(settings, clock).await {
            Ok(warehouse) => open_door(&filled, warehouse, &door, on_ready, (courier, report), &begun).await,
            Err(error) => Err(error),
        };
        let _ = opening.send(match outcome {
            Ok(()) => Opening::Open,
            Err(error) => Opening::Failed(Arc::new(error)),
        });
    });
    Ok(Running {
        addr,
        url,
        token: secret,
        state,
        data,
        opened,
        closing,
        connections,
        accepting,
        work,
    })
}

/// Serves until SIGINT or SIGTERM, or until the warehouse cannot be opened.
///
/// # Errors
/// What [`start`], opening and the final flush report.
pub async fn serve(options: ServeOptions) -> Result<()> {
    let outcome = serve_until_told(options).await;
    crate::log::finish();
    outcome
}

async fn serve_until_told(options: ServeOptions) -> Result<()> {
    let mut running = start(options).await?;
    let mut stop = pin!(stop_signal());
    tokio::select! {
        outcome = running.ready() => outcome?,
        signal = &mut stop => {
            signal?;
            return running.shutdown().await;
        }
    }
    stop.await?;
    tracing::info!("Stopping: no new connections; finishing requests and flushing.");
    running.shutdown().await
}

impl Running {
    /// Waits until the warehouse is open.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub async fn ready(&mut self) -> Result<()> {
        match &*self
            .opened
            .wait_for(|o| !matches!(o, Opening::Replaying))
            .await
            .map_err(|_| gave_up())?
        {
            Opening::Failed(error) => Err(same(error)),
            Opening::Replaying | Opening::Open => Ok(()),
        }
    }

    /// The opened warehouse, for in-process use; none while it is opening.
    pub fn warehouse(&self) -> Option<Arc<Warehouse>> {
        self.state.hub().ok().map(|hub| hub.warehouse.clone())
    }

    /// Takes no new connection, finishes requests, flushes, removes the door file.
    ///
    /// # Errors
    /// When the flush fails; nothing acknowledged is lost by that, it is replayed at the next start.
    pub async fn shutdown(mut self) -> Result<()> {
        self.state.stop();
        self.closing.cancel();
        self.connections.close();
        if tokio::time::timeout(FINISH, self.connections.wait()).await.is_err() {
            tracing::warn!(
                connections = self.connections.len(),
                "Requests did not finish in time and are cut off."
            );
        }
        // Opening cannot be interrupted half-way: it holds the folder's lock until it is done.
        let opened = self.ready().await;
        door::remove(&self.data, &self.token);
        let Work {
            runner,
            delivering,
            briefing,
        } = self.take_work();
        if let Some(briefing) = briefing {
            briefing.stop().await;
        }
        if let Some(delivering) = delivering {
            delivering.stop().await;
        }
        if let Some(runner) = runner {
            runner.stop().await;
        }
        match self.warehouse() {
            Some(warehouse) => warehouse.shutdown().await,
            None => opened,
        }
    }
}

impl Running {
    fn take_work(&self) -> Work {
        std::mem::take(&mut *self.work.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.state.stop();
        drop(self.take_work());
        self.closing.cancel();
        self.accepting.abort();
    }
}

async fn open_door(
    state: &AppState,
    warehouse: Arc<Warehouse>,
    door: &Door,
    on_ready: Option<OnReady>,
    (courier, report): (Option<Courier>, reports::Config),
    work: &Mutex<Work>,
) -> Result<()> {
    door::write(&warehouse.settings().data, door)?;
    let models = Engine::new(warehouse.clone());
    let alerts = Alerts::new(warehouse.clone(), alert::Settings::default());
    // Views are there from the first question on.
    models.announce().await?;
    let watch = Watch::of(models.clone(), alerts.clone());
    let hub = state.open(warehouse.clone(), models.clone(), watch);
    tracing::info!(url = door.url, "The hub is ready.");
    let works = warehouse.settings().models;
    let begun = Work {
        runner: works.then(|| Runner::start(models, alerts)).transpose()?,
        // Without models there is nothing to tell of.
        briefing: works.then(|| Schedule::start(hub.clone(), report)).flatten(),
        delivering: courier.map(|courier| courier.start(hub)),
    };
    *work.lock().unwrap_or_else(PoisonError::into_inner) = begun;
    if let Some(on_ready) = on_ready {
        on_ready(&Opened {
            url: door.url.clone(),
            token: door.token.clone(),
            warehouse,
        });
    }
    Ok(())
}

async fn stop_signal() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// The process has one metrics recorder, however many hubs tests start in it. None where someone else installed one.
fn recorder() -> Option<PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            const SECONDS: [f64; 14] = [
                0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
            ];
            let seconds = Matcher::Suffix("_seconds".into());
            PrometheusBuilder::new()
                .set_buckets_for_metric(seconds, &SECONDS)
                .ok()?
                .install_recorder()
                .ok()
        })
        .clone()
}

fn gave_up() -> Error {
    Error::internal(
        "the warehouse could not be opened",
        "the opening task ended without an answer",
    )
}

/// An error can be told once per listener, but it is not `Clone`: its cause goes to the log here.
fn same(error: &Arc<Error>) -> Error {
    let mut text = error.message().to_owned();
    let mut next = std::error::Error::source(error.as_ref());
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    Error::new(error.kind(), text)
}
