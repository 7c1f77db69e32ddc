//! How much payload may be in the works at one time. Who finds it used up is told to come again.

use crate::Result;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// A number of bytes shared by all pushes.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: u64,
    used: AtomicU64,
}

/// A share of the budget, given back on drop.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    held: u64,
}

impl Budget {
    /// A budget of `limit` bytes.
    pub(crate) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self {
            limit,
            used: AtomicU64::new(0),
        })
    }

    /// An empty share.
    pub(crate) fn share(self: &Arc<Self>) -> Share {
        Share {
            budget: self.clone(),
            held: 0,
        }
    }
}

impl Share {
    /// Grows the share to `bytes`. A push that is alone is never refused, else a large one could never succeed.
    ///
    /// # Errors
    /// `TooMany` when the others leave too little.
    pub(crate) fn grow_to(&mut self, bytes: u64) -> Result<()> {
        let more = bytes.saturating_sub(self.held);
        if more == 0 {
            return Ok(());
        }
        let used = self.budget.used.fetch_add(more, Ordering::Relaxed);
        self.held += more;
        let others = used.saturating_sub(self.held - more);
        if used + more > self.budget.limit && others > 0 {
            let message = "too many payloads are being read at this moment: send again shortly";
            return Err(smartcenter_warehouse::Error::too_many(message, Duration::from_secs(1)).into());
        }
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.held, Ordering::Relaxed);
    }
}
