use super::{
    month,
    sent::{csv, sent},
    world,
};
use crate::{feed::wifi_sesi, services::bench};
use std::collections::HashMap;

#[test]
fn true_octets_follow_from_wrapped_counters() {
    let mut world = world(34).quiet();
    world.size.activity = 1.0;
    let (from, to) = month("2026-08");
    let mut truth: HashMap<(String, String), u64> = HashMap::new();
    for (bench, record) in wifi_sesi::records(&world, from, to) {
        let total = truth.entry((bench.id, record.session)).or_default();
        *total = record.output.max(*total);
    }
    // As a reader must do it: gigawords where they are sent, otherwise a smaller value is a wrap.
    let mut seen: HashMap<(String, String), (u64, u64)> = HashMap::new();
    let (mut missing, mut wraps) = (0, 0);
    for row in sent(&world, "wifi_sesi", from, to)
        .iter()
        .flat_map(|envelope| csv(envelope, b','))
    {
        let low: u64 = row["Acct-Output-Octets"].parse().unwrap();
        assert!(low < 1 << 32);
        let key = (row["NAS-Identifier"].clone(), row["Acct-Session-Id"].clone());
        let (before, high) = seen.get(&key).copied().unwrap_or_default();
        let high = match row["Acct-Output-Gigawords"].parse::<u64>() {
            Ok(gigawords) => gigawords,
            Err(_) => {
                missing += 1;
                wraps += usize::from(low < before);
                high + u64::from(low < before)
            }
        };
        seen.insert(key, (low, high));
    }
    assert!(
        missing > 100 && wraps > 5,
        "old firmware wraps: {missing} rows, {wraps} wraps"
    );
    for (key, total) in truth {
        let (low, high) = seen[&key];
        assert_eq!(low + (high << 32), total, "{key:?}");
    }
    let sessions: Vec<_> = bench::benches(&world)
        .iter()
        .flat_map(|b| bench::sessions(&world, b, from))
        .collect();
    let lost = sessions.iter().filter(|s| s.last().unwrap().kind != "Stop").count();
    assert!(
        lost > 0 && lost * 5 < sessions.len(),
        "{lost} of {} without a stop",
        sessions.len()
    );
}
