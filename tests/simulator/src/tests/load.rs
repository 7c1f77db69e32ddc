//! The load of a working day of the whole regency, counted without making the rows of the registry.

use super::day;
use crate::{
    Size, World, attendance,
    feed::{absensi_siswa, permohonan_desa},
    people::event::Kind,
    school::Reporting,
    services::ticket,
};

#[test]
fn a_full_day_has_the_load_that_the_hub_must_take() {
    let date = day("2026-10-14");
    let world = World::with_stories(5, Size::FULL, (date, date)).unwrap();
    let pupils: usize = world
        .schools
        .iter()
        .filter(|s| s.reporting == Reporting::Pupils && absensi_siswa::reports(&world, s, date))
        .flat_map(|s| attendance::seats(&world, s, date))
        .map(|(_, seats)| seats.len())
        .sum();
    assert!((120_000..180_000).contains(&pupils), "{pupils} rows of pupils");
    let (from, to) = (day("2026-10-12"), day("2026-10-16"));
    let tickets: usize = ticket::everywhere(&world, from, to).iter().map(Vec::len).sum();
    let letters = permohonan_desa::arriving(&world, from, to).len();
    let a_day = (tickets + letters) / 5;
    assert!((4000..6500).contains(&a_day), "{tickets} tickets, {letters} letters");
    // The registry's rates are per thousand people and month; a month has 21 working days.
    let rate: f64 = Kind::RATES.iter().map(|(_, rate)| rate).sum();
    let events = rate * 753.81 / 21.0;
    assert!((900.0..1300.0).contains(&events), "{events} events of the registry");
}
