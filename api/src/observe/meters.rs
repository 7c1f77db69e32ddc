//! Requests by method, route and status. Finding a metric by its labels costs more than counting, so every thread
//! remembers those that it has used.

use metrics::{Counter, Histogram};
use std::{cell::RefCell, collections::HashMap, time::Duration};

/// Metrics of one route; few, so that they are found by looking through them.
#[derive(Default)]
struct OfRoute {
    requests: Vec<([&'static str; 2], Counter)>,
    seconds: Vec<(&'static str, Histogram)>,
}

thread_local! {
    static USED: RefCell<HashMap<Box<str>, OfRoute>> = RefCell::default();
}

/// Counts a request. There are as many routes, methods and statuses as the program knows, whatever is asked.
pub(super) fn count(method: &'static str, route: &str, status: &'static str, took: Duration) {
    USED.with_borrow_mut(|used| {
        if !used.contains_key(route) {
            used.insert(route.into(), OfRoute::default());
        }
        let Some(known) = used.get_mut(route) else { return };
        let named = || route.to_owned();
        let counter = || {
            metrics::counter!("smartcenter_http_requests_total",
                "method" => method, "route" => named(), "status" => status)
        };
        let histogram = || metrics::histogram!("smartcenter_http_seconds", "method" => method, "route" => named());
        of(&mut known.requests, [method, status], counter).increment(1);
        of(&mut known.seconds, method, histogram).record(took.as_secs_f64());
    });
}

fn of<K: PartialEq, M>(known: &mut Vec<(K, M)>, key: K, make: impl FnOnce() -> M) -> &M {
    let at = known.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
        known.push((key, make()));
        known.len() - 1
    });
    &known[at].1
}
