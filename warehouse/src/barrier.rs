//! Named places at which a test campaign may end the process, as a power cut would. In production nothing is set and
//! passing one costs a pointer check.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The places, in the order a push meets them.
pub const PLACES: [&str; 9] = [
    "after_frame",
    "mid_parquet",
    "before_commit",
    "after_commit",
    "before_unlink",
    "mid_merge",
    "after_merge_commit",
    "mid_compaction",
    "mid_backup",
];

/// Where to end, if anywhere.
#[derive(Debug, Clone, Default)]
pub struct Barrier(Option<Arc<Armed>>);

#[derive(Debug)]
struct Armed {
    place: String,
    left: AtomicU64,
}

impl Barrier {
    /// From the setting `crash_at`: `place` or `place:N` for the N-th time it is passed.
    pub fn from_setting(setting: Option<&str>) -> Self {
        Self(setting.map(|text| {
            let (place, times) = text.split_once(':').unwrap_or((text, "1"));
            Arc::new(Armed {
                place: place.to_owned(),
                left: AtomicU64::new(times.parse().unwrap_or(1)),
            })
        }))
    }

    /// Ends the process here when this is the place and the time.
    pub fn pass(&self, place: &'static str) {
        debug_assert!(PLACES.contains(&place));
        if let Some(armed) = &self.0
            && armed.place == place
            && armed.left.fetch_sub(1, Ordering::Relaxed) == 1
        {
            std::process::abort();
        }
    }
}
