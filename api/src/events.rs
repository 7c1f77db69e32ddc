//! Word of what happens: pushes that came to their end, alerts, and how far the hub is. One task follows the hub while
//! somebody listens; each listener takes what its own rules let it see. The last ones are kept for those who lost their
//! connection for a moment.

use crate::{
    state::Hub,
    watch::{AlertEvent, Happened},
};
use chrono::{DateTime, Utc};
use smartcenter_warehouse::{
    Receipt, Seq,
    control::{Ledger, ReceiptFilter},
};
use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast},
    time::{Instant, MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

/// How often the hub is looked at.
const EVERY: Duration = Duration::from_millis(250);
/// Shortest time between two words of how far the hub is, while it moves ...
const TICK: Duration = Duration::from_secs(1);
/// ... and while it stands still.
const IDLE: Duration = Duration::from_secs(15);
/// How long word is gathered for those who lost their connection, when nobody else listens.
const LINGER: Duration = Duration::from_secs(60);
/// Most that is kept for them.
const KEPT: usize = 2_000;
/// Receipts looked at in one go.
const LOOK: usize = 500;
/// Most listeners at one time.
const PLACES: usize = 512;

/// One word.
#[derive(Debug)]
pub struct Event {
    /// Its number since the start of the hub.
    pub n: u64,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug)]
pub enum What {
    /// A push came to its end.
    Receipt(Box<Receipt>),
    /// An alert is new, changed or closed.
    Alert(AlertEvent),
    /// So far the hub is.
    Tick {
        /// Now.
        at: DateTime<Utc>,
        /// Last visible position of the log.
        visible_seq: u64,
    },
}

/// Where word comes in and goes out.
#[derive(Debug)]
pub struct Events {
    /// Tells this start of the hub from others.
    start: String,
    sender: broadcast::Sender<Arc<Event>>,
    kept: Mutex<Kept>,
    places: Arc<Semaphore>,
}

#[derive(Debug)]
struct Kept {
    next: u64,
    /// Up to here events were let go.
    floor: u64,
    last: VecDeque<Arc<Event>>,
    /// When somebody listened last.
    heard: Option<Instant>,
}

/// A listener's place. It is free again when this is dropped.
#[derive(Debug)]
pub struct Listener {
    /// What comes from now on.
    pub word: broadcast::Receiver<Arc<Event>>,
    /// What came since the listener lost its connection.
    pub missed: VecDeque<Arc<Event>>,
    /// Whether that is all that came.
    pub is_resumed: bool,
    /// The number of the last event before those of `word`.
    pub at: u64,
    _place: OwnedSemaphorePermit,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            start: uuid::Uuid::new_v4().simple().to_string()[..12].to_owned(),
            sender: broadcast::channel(1_024).0,
            kept: Mutex::new(Kept {
                next: 1,
                floor: 0,
                last: VecDeque::new(),
                heard: None,
            }),
            places: Arc::new(Semaphore::new(PLACES)),
        }
    }
}

impl Events {
    /// A place for a listener who heard `last` before, as [`Self::id`] named it. None when all places are taken.
    pub fn listen(&self, last: Option<&str>) -> Option<Listener> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let heard = last.and_then(|last| last.strip_prefix(&self.start)?.strip_prefix('-')?.parse::<u64>().ok());
        let mut kept = self.kept();
        // Under the lock, so that nothing is heard twice or not at all.
        let word = self.sender.subscribe();
        let at = kept.next - 1;
        let is_resumed = heard.is_some_and(|heard| heard >= kept.floor && heard <= at);
        let missed = match (is_resumed, heard) {
            (true, Some(heard)) => kept.last.iter().filter(|event| event.n > heard).cloned().collect(),
            _ => VecDeque::new(),
        };
        kept.heard = Some(Instant::now());
        Some(Listener {
            word,
            missed,
            is_resumed,
            at,
            _place: place,
        })
    }

    /// What names an event across the listeners of this start.
    pub fn id(&self, n: u64) -> String {
        format!("{}-{n}", self.start)
    }

    fn send(&self, what: What) {
        let mut kept = self.kept();
        let event = Arc::new(Event { n: kept.next, what });
        kept.next += 1;
        // Of how far the hub is, only the newest counts.
        if !matches!(event.what, What::Tick { .. }) {
            kept.last.push_back(event.clone());
            if kept.last.len() > KEPT
                && let Some(oldest) = kept.last.pop_front()
            {
                kept.floor = oldest.n;
            }
        }
        let _ = self.sender.send(event);
    }

    /// Whether there is anybody to follow the hub for. When there is not, what was kept is let go: it would have gaps.
    fn is_heard(&self) -> bool {
        let mut kept = self.kept();
        if self.sender.receiver_count() > 0 {
            kept.heard = Some(Instant::now());
        }
        let is_heard = kept.heard.is_some_and(|heard| heard.elapsed() < LINGER);
        if !is_heard && kept.heard.take().is_some() {
            kept.last.clear();
            // Whoever comes with a number of before has missed something.
            kept.floor = kept.next;
            kept.next += 1;
        }
        is_heard
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows the hub until it is to stop.
pub async fn follow(hub: Arc<Hub>, stopping: CancellationToken) {
    let mut alerts = hub.watch.alerts.as_ref().map(|desk| desk.subscribe());
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut receipts = Newest::default();
    let mut told: Option<(Seq, Instant)> = None;
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            word = next(&mut alerts) => {
                if let Some(word) = word
                    && hub.events.is_heard()
                {
                    hub.events.send(What::Alert(word));
                }
                continue;
            }
            _ = ticks.tick() => {}
        }
        if !hub.events.is_heard() {
            (receipts, told) = (Newest::default(), None);
            continue;
        }
        let looked = {
            let hub = hub.clone();
            let mut seen = std::mem::take(&mut receipts);
            tokio::task::spawn_blocking(move || {
                let fresh = seen.look(hub.warehouse.control().ledger());
                (seen, fresh)
            })
        };
        match looked.await {
            Ok((seen, Ok(fresh))) => {
                receipts = seen;
                for receipt in fresh {
                    hub.events.send(What::Receipt(Box::new(receipt)));
                }
            }
            Ok((_, Err(error))) => tracing::warn!(%error, "Receipts could not be told of."),
            Err(_) => {}
        }
        let visible = hub.warehouse.view().visible_seq;
        let is_due = told.is_none_or(|(seq, at)| at.elapsed() >= if seq == visible { IDLE } else { TICK });
        if is_due {
            told = Some((visible, Instant::now()));
            hub.events.send(What::Tick {
                at: hub.warehouse.clock().now(),
                visible_seq: visible.0,
            });
        }
    }
}

/// The next word of an alert; never, where nobody gives any.
async fn next(alerts: &mut Option<broadcast::Receiver<AlertEvent>>) -> Option<AlertEvent> {
    let Some(receiver) = alerts else {
        return std::future::pending().await;
    };
    match receiver.recv().await {
        Ok(word) => Some(word),
        Err(broadcast::error::RecvError::Lagged(_)) => None,
        Err(broadcast::error::RecvError::Closed) => {
            *alerts = None;
            None
        }
    }
}

/// Which receipts were told of already.
#[derive(Debug, Default)]
struct Newest(Option<HashSet<String>>);

impl Newest {
    /// Those that were published since the last look, oldest first; none at the first look.
    fn look(&mut self, ledger: &Ledger) -> smartcenter_warehouse::Result<Vec<Receipt>> {
        // Mostly nothing is new, and one receipt says so.
        let first = ledger
            .list(&ReceiptFilter {
                limit: 1,
                ..ReceiptFilter::default()
            })?
            .0;
        let id = |receipt: &Receipt| receipt.receipt_id.to_string();
        if let Some(seen) = &self.0
            && first.iter().all(|receipt| seen.contains(&id(receipt)))
        {
            return Ok(Vec::new());
        }
        let (list, _) = ledger.list(&ReceiptFilter {
            limit: LOOK,
            ..ReceiptFilter::default()
        })?;
        let now = list.iter().map(id).collect();
        let before = self.0.replace(now);
        let Some(before) = before else { return Ok(Vec::new()) };
        let mut fresh: Vec<Receipt> = list
            .into_iter()
            .filter(|receipt| !before.contains(&id(receipt)))
            .collect();
        fresh.reverse();
        Ok(fresh)
    }
}

impl Happened {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Closed => "closed",
        }
    }
}
