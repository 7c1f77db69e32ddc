//! Several senders at once. Invariants: shipments of one dataset go one after the other, in their order; different
//! datasets go side by side; the bytes of a shipment exist only while it is sent.

use crate::{
    Error, Result, World,
    door::{Answer, Door},
    feed::Shipment,
};
use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::{Condvar, Mutex, PoisonError, mpsc},
    time::Duration,
};

/// What a sender tells.
#[derive(Debug)]
pub(crate) enum Step {
    Sent {
        dataset: &'static str,
        name: String,
        rows: u64,
        answer: Answer,
    },
    /// The hub has a receipt for the same bytes.
    Known,
    Waiting {
        wait: Duration,
        reason: String,
    },
    Failed(Error),
}

/// How shipments go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Senders {
    /// In the order given, each when the one before can be looked up: later code lists refer to earlier ones.
    OneByOne,
    /// So many at the same time.
    Together(usize),
}

/// Work by dataset: what is left of it, and whether a sender is at it.
struct Piles(Mutex<BTreeMap<&'static str, (VecDeque<Shipment>, bool)>>, Condvar);

impl Piles {
    /// The earliest shipment of a dataset that nobody is at; waits while all are taken; none when nothing is left.
    fn take(&self) -> Option<Shipment> {
        let mut piles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if piles.values().all(|(pile, _)| pile.is_empty()) {
                return None;
            }
            let free = piles.values_mut().filter(|(pile, busy)| !busy && !pile.is_empty());
            let next = free.min_by_key(|(pile, _)| pile.front().map(|s| (s.arrives, s.dataset)));
            if let Some((pile, busy)) = next {
                *busy = true;
                return pile.pop_front();
            }
            piles = self.1.wait(piles).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, dataset: &'static str) {
        let mut piles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, busy)) = piles.get_mut(dataset) {
            *busy = false;
        }
        self.1.notify_all();
    }

    fn give_up(&self) {
        let mut piles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        piles.values_mut().for_each(|(pile, _)| pile.clear());
        self.1.notify_all();
    }
}

/// Sends everything with `senders` threads; `told` hears of each step on the caller's thread. Ends at the first error.
pub(crate) fn send(
    world: &World,
    door: &Door,
    shipments: Vec<Shipment>,
    known: &HashSet<String>,
    senders: Senders,
    told: &mut dyn FnMut(Step) -> Result<()>,
) -> Result<()> {
    let count = match senders {
        Senders::OneByOne => {
            let (tell, hear) = mpsc::channel();
            for shipment in shipments {
                let step = one(world, door, &shipment, known, true, &tell)?;
                hear.try_iter().try_for_each(&mut *told)?;
                told(step)?;
            }
            return Ok(());
        }
        Senders::Together(count) => count,
    };
    let mut piles: BTreeMap<&'static str, (VecDeque<Shipment>, bool)> = BTreeMap::new();
    for shipment in shipments {
        piles.entry(shipment.dataset).or_default().0.push_back(shipment);
    }
    let piles = Piles(Mutex::new(piles), Condvar::new());
    std::thread::scope(|scope| {
        let (tell, hear) = mpsc::channel();
        for _ in 0..count.max(1) {
            let (tell, piles, door) = (tell.clone(), &piles, door.clone());
            scope.spawn(move || {
                while let Some(shipment) = piles.take() {
                    let step = one(world, &door, &shipment, known, false, &tell);
                    let failed = step.is_err();
                    if failed {
                        piles.give_up();
                    }
                    let told = tell.send(step.unwrap_or_else(Step::Failed));
                    piles.done(shipment.dataset);
                    if failed || told.is_err() {
                        break;
                    }
                }
            });
        }
        drop(tell);
        let mut outcome = Ok(());
        for step in hear {
            let heard = match step {
                Step::Failed(error) => Err(error),
                step => told(step),
            };
            if outcome.is_ok() && heard.is_err() {
                piles.give_up();
                outcome = heard;
            }
        }
        outcome
    })
}

fn one(
    world: &World,
    door: &Door,
    shipment: &Shipment,
    known: &HashSet<String>,
    landed: bool,
    tell: &mpsc::Sender<Step>,
) -> Result<Step> {
    door.pause(Duration::ZERO)?;
    let envelope = shipment.envelope(world)?;
    if envelope.rows == 0 || known.contains(&envelope.sha256()) {
        return Ok(Step::Known);
    }
    let mut busy = |wait, reason: &str| {
        // The listener is gone only when everything ends.
        let _ = tell.send(Step::Waiting {
            wait,
            reason: reason.to_owned(),
        });
    };
    let answer = match landed {
        true => door.push_landed(&envelope, &mut busy)?,
        false => door.push(&envelope, &mut busy)?,
    };
    Ok(Step::Sent {
        dataset: envelope.dataset,
        name: envelope.name,
        rows: envelope.rows,
        answer,
    })
}
