//! The background work: models follow the lake a moment behind it.

use super::engine::Engine;
use smartcenter_warehouse::Seq;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep},
};

/// How often the visible position is looked at; one atomic load.
const TICK: Duration = Duration::from_millis(250);
/// A round begins when nothing has come for this long ...
const QUIET: Duration = Duration::from_secs(1);
/// ... or this long after the first push that it covers, while pushes stream.
const PATIENCE: Duration = Duration::from_secs(3);
/// A round also begins this long after the last one: files of the site may have changed, and old cuts are let go.
const IDLE: Duration = Duration::from_secs(10);
/// What could not be done for want of room is tried again after this.
const RETRY: Duration = Duration::from_secs(5);

/// A running engine. Dropping it ends the work after the model that is being worked out.
#[derive(Debug)]
pub struct Runner {
    engine: Arc<Engine>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Runner {
    /// Starts it.
    pub fn start(engine: Arc<Engine>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(follow(engine.clone(), stopped));
        Self { engine, stop, task }
    }

    /// Ends the work: a model that is being worked out comes to its end or to nothing.
    pub async fn stop(self) {
        self.engine.stop();
        let _ = self.stop.send(true);
        // A panic there was told by the runtime; what it did not do is done after the next start.
        let _ = self.task.await;
    }
}

async fn follow(engine: Arc<Engine>, mut stopped: watch::Receiver<bool>) {
    let mut covered: Option<Seq> = None;
    while !*stopped.borrow() {
        let started = Instant::now();
        let before = engine.warehouse().view().visible_seq;
        let again = match engine.round().await {
            Ok(round) => {
                covered = Some(before);
                round.again
            }
            Err(error) => {
                tracing::error!(%error, source = ?std::error::Error::source(&error), "models could not be worked out");
                true
            }
        };
        tokio::select! {
            () = due(&engine, covered, again, started) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Waits until another round is due.
async fn due(engine: &Engine, covered: Option<Seq>, again: bool, last: Instant) {
    let pause = if again { RETRY } else { IDLE };
    let (mut first, mut newest) = (None, (covered, Instant::now()));
    loop {
        sleep(TICK).await;
        let now = Instant::now();
        let visible = Some(engine.warehouse().view().visible_seq);
        if visible != newest.0 {
            newest = (visible, now);
            first.get_or_insert(now);
        }
        let is_due = match first {
            Some(first) => now - newest.1 >= QUIET || now - first >= PATIENCE,
            None => now - last >= pause,
        };
        if is_due {
            return;
        }
    }
}
