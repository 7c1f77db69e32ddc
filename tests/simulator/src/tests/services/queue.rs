use crate::{
    World,
    services::{queue::Kind, ticket},
    tests::day,
    world::Size,
};

#[test]
fn scratch() {
    let span = (day("2025-10-01"), day("2026-11-27"));
    let world = World::with_stories(3, Size::SMALL, span).unwrap();
    for site in &world.services.sites {
        println!(
            "{} {} {:?}",
            site.code,
            site.counters(),
            site.pools
                .iter()
                .map(|p| (p.institution.as_str(), p.counters))
                .collect::<Vec<_>>()
        );
    }
    let t = std::time::Instant::now();
    let mut total = 0;
    for site in 0..world.services.sites.len() {
        let lives = ticket::lives(&world, site, day("2026-09-01"), day("2026-09-30"));
        let mut waits: Vec<_> = lives.iter().filter_map(|l| l.wait()).collect();
        waits.sort();
        let events = ticket::events(&world, site, day("2026-09-01"), day("2026-09-30"));
        total += events.len();
        let no = lives
            .iter()
            .filter(|l| l.steps.iter().any(|s| s.kind == Kind::NoShow))
            .count();
        println!(
            "{} lives {} events {} noshow {no} wait p10 {:?} p50 {:?} p90 {:?} max {:?}",
            world.services.sites[site].code,
            lives.len(),
            events.len(),
            waits.get(waits.len() / 10),
            waits.get(waits.len() / 2),
            waits.get(waits.len() * 9 / 10),
            waits.last()
        );
    }
    println!("total {total} {:?}", t.elapsed());
    panic!();
}
