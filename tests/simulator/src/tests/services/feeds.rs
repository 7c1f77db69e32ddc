use crate::{World, feed, tests::day, world::Size};

#[test]
fn scratch_volumes() {
    let (from, to) = (day("2025-11-01"), day("2026-11-27"));
    let world = World::with_stories(2026, Size::SMALL, (from, to)).unwrap();
    let mut total = 0;
    let out = std::path::Path::new("/tmp/w/simsvc");
    for feed in feed::all(&world) {
        let t = std::time::Instant::now();
        let mut rows = 0;
        let mut bytes = 0;
        let ships = feed.history(&world, from, to).unwrap();
        let n = ships.len();
        std::fs::create_dir_all(out.join(feed.dataset())).unwrap();
        for s in ships {
            let e = s.envelope(&world).unwrap();
            rows += e.rows;
            bytes += e.body.len();
            std::fs::write(out.join(feed.dataset()).join(s.name.replace('/', "_")), &e.body).unwrap();
        }
        total += rows;
        let live = feed.live(&world, day("2026-11-27")).unwrap();
        println!(
            "{:24} files {n:4} rows {rows:7} bytes {bytes:9} live {:5} {:?}",
            feed.dataset(),
            live.len(),
            t.elapsed()
        );
    }
    println!("total {total}");
    panic!();
}
