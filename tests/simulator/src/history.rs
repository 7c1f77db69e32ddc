//! What one feed sends, file by file: for whoever measures a feed alone. The demo sends the same files.

use crate::{
    Envelope, Result, World,
    feed::{self, Shipment},
};
use chrono::NaiveDate;

/// The files of one feed in sending order. A file is written out only when it is asked for.
#[derive(Debug)]
pub struct FeedHistory {
    dataset: &'static str,
    reference: bool,
    files: Vec<Shipment>,
}

impl FeedHistory {
    /// What every feed of `world` sends of the days `from..=to`, code lists first. The days must lie in the span of the
    /// world.
    pub fn all(world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Self>> {
        let history = |feed: Box<dyn feed::Feed>| {
            Ok(Self {
                dataset: feed.dataset(),
                reference: feed.reference(),
                files: feed.history(world, from, to)?,
            })
        };
        let mut all = feed::all(world).into_iter().map(history).collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|feed| !feed.reference);
        Ok(all)
    }

    /// The dataset.
    pub fn dataset(&self) -> &'static str {
        self.dataset
    }

    /// True for a code list that others refer to: push it with [`crate::Door::push_landed`].
    pub fn is_reference(&self) -> bool {
        self.reference
    }

    /// How many files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// True when nothing is sent.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Writes out a file; may be asked for from several threads. None where there is no such file, or nothing in it.
    pub fn envelope(&self, world: &World, index: usize) -> Result<Option<Envelope>> {
        let Some(file) = self.files.get(index) else {
            return Ok(None);
        };
        Ok(Some(file.envelope(world)?).filter(|envelope| envelope.rows > 0))
    }

    /// Leaves out what the history of an earlier day has as well. Within a month, a file of that name has those bytes.
    pub fn without(&mut self, earlier: &[Self]) {
        let sent = earlier.iter().flat_map(|feed| &feed.files);
        let sent: std::collections::HashSet<_> = sent.map(|file| (file.dataset, file.name.as_str())).collect();
        self.files
            .retain(|file| !sent.contains(&(file.dataset, file.name.as_str())));
    }
}
