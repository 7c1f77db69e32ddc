//! What every handler can reach. The hub itself is a cell that stays empty while the log is replayed: the listener
//! answers from the first moment, and nothing but health and the documents can be asked before the cell is full.

use crate::{
    auth::DoorToken,
    events::Events,
    problem::{Answer, Problem},
    reports::Reports,
    session_store::Sessions,
    watch::Watch,
};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use metrics_exporter_prometheus::PrometheusHandle;
use smartcenter_ingest::Intake;
use smartcenter_pipelines::model::Engine;
use smartcenter_warehouse::{
    Result, Warehouse,
    clock::Clock,
    policy::Identity,
    query::{AsOf, Session},
};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// The running hub: what the doors serve from.
#[derive(Debug)]
pub struct Hub {
    /// The keeping half.
    pub warehouse: Arc<Warehouse>,
    /// The taking half.
    pub intake: Intake,
    /// What is worked out.
    pub models: Arc<Engine>,
    /// What watches what is worked out.
    pub watch: Watch,
    /// Word of what happens.
    pub events: Events,
    /// The weekly briefings.
    pub reports: Reports,
}

impl Hub {
    /// A session of `identity` on the data of now, or as they were.
    ///
    /// # Errors
    /// `Invalid` for a position or time that is still to come.
    pub fn session(&self, identity: &Identity, as_of: Option<AsOf>) -> Result<Session> {
        let session = self.warehouse.session(identity);
        match as_of {
            Some(as_of) => session.as_of(as_of),
            None => Ok(session),
        }
    }
}

/// Shared by all handlers; cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    hub: OnceLock<Arc<Hub>>,
    stopping: CancellationToken,
    clock: Arc<dyn Clock>,
    sessions: Sessions,
    token: DoorToken,
    metrics: Option<Metrics>,
}

struct Metrics(PrometheusHandle);

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

/// How long a caller should wait before asking a starting or stopping hub again.
const ASK_AGAIN: Duration = Duration::from_secs(2);

impl AppState {
    /// The state of a hub that is still opening. `metrics` renders `/metrics` where a recorder is installed.
    pub fn starting(clock: Arc<dyn Clock>, token: DoorToken, metrics: Option<PrometheusHandle>) -> Self {
        Self(Arc::new(Inner {
            hub: OnceLock::new(),
            stopping: CancellationToken::new(),
            sessions: Sessions::default(),
            clock,
            token,
            metrics: metrics.map(Metrics),
        }))
    }

    /// Puts the opened warehouse in place: from here on the API answers. Word of what happens is followed by a task that
    /// ends with [`Self::stop`].
    pub fn open(&self, warehouse: Arc<Warehouse>, models: Arc<Engine>, watch: Watch) -> Arc<Hub> {
        let intake = Intake::new(warehouse.clone());
        let reports = Reports::new(&warehouse.settings().data);
        let hub = Arc::new(Hub {
            reports,
            warehouse,
            intake,
            models,
            watch,
            events: Events::default(),
        });
        tokio::spawn(crate::events::follow(hub.clone(), self.0.stopping.clone()));
        // A second call would mean two warehouses in one process; the first one stays.
        let _ = self.0.hub.set(hub.clone());
        hub
    }

    /// From here on `/readyz` says no, so that a load balancer turns away, and answers without an end come to theirs.
    pub fn stop(&self) {
        self.0.stopping.cancel();
    }

    /// Over when the hub is to stop.
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// The hub, or 503 with the reason.
    pub fn hub(&self) -> Answer<&Arc<Hub>> {
        self.0.hub.get().ok_or_else(|| {
            Problem::unavailable(
                "the hub is starting: the log is being replayed; try again shortly",
                ASK_AGAIN,
            )
        })
    }

    /// Ok when requests can be served; otherwise 503 with the reason.
    pub fn ready(&self) -> Answer<&Arc<Hub>> {
        if self.0.stopping.is_cancelled() {
            return Err(Problem::unavailable("the hub is stopping", ASK_AGAIN));
        }
        self.hub()
    }

    /// The hub's clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Browser sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// The token of this start for commands on the same machine.
    pub fn token(&self) -> &DoorToken {
        &self.0.token
    }

    /// The metrics in Prometheus text form, where they are recorded.
    pub fn render_metrics(&self) -> Option<String> {
        self.0.metrics.as_ref().map(|m| m.0.render())
    }
}

/// Extracts the running hub; 503 with `Retry-After` while it is starting.
#[derive(Debug, Clone)]
pub struct Ready(pub Arc<Hub>);

impl<S: Send + Sync> FromRequestParts<S> for Ready
where
    AppState: FromRef<S>,
{
    type Rejection = Problem;
    async fn from_request_parts(_: &mut Parts, state: &S) -> Answer<Self> {
        AppState::from_ref(state).hub().cloned().map(Self)
    }
}
