#![allow(clippy::unwrap_used)]

use super::*;
use std::{sync::Mutex, time::Instant};

#[test]
fn scrub_covers_what_may_be_personal() {
    let covered = scrub("cannot cast '9903012345670001' and 9903012345670001 of \"Budi\" at line 12, it's late");
    assert_eq!(covered, "cannot cast […] and […] of […] at line 12, it's late");
    assert!(scrub(&"é".repeat(2000)).len() < 600);
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);
impl Write for Sink {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(part);
        Ok(part.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn lines_arrive_whole() {
    let sink = Sink::default();
    let lines = Lines::start(sink.clone());
    for n in 0..100 {
        let mut line = lines.make_writer();
        write!(line, "line ").unwrap();
        writeln!(line, "{n}").unwrap();
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    let want: String = (0..100).map(|n| format!("line {n}\n")).collect();
    while *sink.0.lock().unwrap() != want.as_bytes() {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
}
