//! The background work: models follow the lake a moment behind it, and alerts follow the indicators among them. It has
//! threads of its own, which give way to those on which pushes and questions wait.

use super::{engine::Engine, plan::Which};
use crate::alert::Alerts;
use smartcenter_warehouse::{Error, Result, Seq, priority::give_way};
use std::{sync::Arc, time::Duration};
use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep},
};

/// How often the visible position is looked at; one atomic load.
const TICK: Duration = Duration::from_millis(250);
/// A round begins when nothing has come for this long, so that who waits for an alert waits about a second ...
const QUIET: Duration = Duration::from_millis(300);
/// ... or this long after the first push that it covers, while pushes stream.
const PATIENCE: Duration = Duration::from_secs(3);
/// A round also begins this long after the last one: files of the site may have changed, and old cuts are let go.
const IDLE: Duration = Duration::from_secs(10);
/// What could not be done for want of room is tried again after this.
const RETRY: Duration = Duration::from_secs(5);

/// Longest wait of an end for a model that is being worked out.
const GRACE: Duration = Duration::from_secs(10);
/// While pushes stream, or rounds fail, models take at most one part in so many of the time.
const SHARE: u32 = 4;
/// What takes no longer may take half of it: somebody may be waiting for an alert.
const BRIEF: Duration = Duration::from_secs(2);

/// A running engine. Dropping it ends the work at once; what was not done is done after the next start.
#[derive(Debug)]
pub struct Runner {
    engine: Arc<Engine>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    /// Present until the end.
    threads: Option<Runtime>,
}

impl Runner {
    /// Starts it.
    ///
    /// # Errors
    /// `Internal` when there are no threads to be had.
    pub fn start(engine: Arc<Engine>, alerts: Arc<Alerts>) -> Result<Self> {
        let threads = Builder::new_multi_thread()
            .thread_name("model")
            .on_thread_start(give_way)
            .enable_all()
            .build()
            .map_err(|source| Error::internal("the threads for models cannot start", source))?;
        let (stop, stopped) = watch::channel(false);
        let task = threads.spawn(follow(engine.clone(), alerts, stopped));
        Ok(Self {
            engine,
            stop,
            task,
            threads: Some(threads),
        })
    }

    /// Ends the work. A model that is being worked out comes to its end, or to nothing when that takes long: its slices
    /// are worked out after the next start.
    pub async fn stop(mut self) {
        self.engine.stop();
        let _ = self.stop.send(true);
        // A panic there was told by the runtime.
        let _ = tokio::time::timeout(GRACE, &mut self.task).await;
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.engine.stop();
        self.task.abort();
        // Not waited for: this may itself be a thread that must not wait.
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

async fn follow(engine: Arc<Engine>, alerts: Arc<Alerts>, mut stopped: watch::Receiver<bool>) {
    let mut covered: Option<Seq> = None;
    while !*stopped.borrow() {
        let started = Instant::now();
        let before = engine.warehouse().view().visible_seq;
        let mut again = false;
        // Nobody waits for a weekly table as somebody does for an alert.
        for which in [Which::Watched, Which::All] {
            match engine.round(which).await {
                Ok(round) => {
                    covered = Some(before);
                    again = round.again;
                }
                Err(error) => {
                    tracing::error!(%error, source = ?std::error::Error::source(&error), "models could not be worked out");
                    again = true;
                }
            }
            if let Err(error) = alerts.follow(engine.watched().await).await {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "alerts could not be worked out");
            }
        }
        let ended = Instant::now();
        tokio::select! {
            () = due(&engine, covered, again, (started, ended)) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Waits until another round is due after the one that began and ended then.
async fn due(engine: &Engine, covered: Option<Seq>, again: bool, (began, ended): (Instant, Instant)) {
    let took = ended - began;
    let rest = if took <= BRIEF { took } else { took * (SHARE - 1) };
    let pause = if again { RETRY } else { IDLE }.max(rest);
    let patience = PATIENCE.max(rest);
    let (mut first, mut newest) = (None, (covered, ended));
    loop {
        sleep(TICK).await;
        let now = Instant::now();
        let visible = Some(engine.warehouse().view().visible_seq);
        if visible != newest.0 {
            newest = (visible, now);
            first.get_or_insert(now);
        }
        let is_due = match first {
            // Gaps between the pushes of a long load are no quiet: what just took long does not begin again at once.
            Some(_) if now - newest.1 >= QUIET && now - ended >= rest.min(PATIENCE) => true,
            Some(first) => now - first >= patience,
            None => now - ended >= pause,
        };
        if is_due {
            return;
        }
    }
}
