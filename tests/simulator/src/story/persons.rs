//! Persons about whom two senders disagree: the school's list and the civil registry spell a name or write a birth date
//! differently. And villages whose half-yearly figure disagrees with the events. Both are found in what is sent, so
//! these are answers without stories of their own.

use super::Answer;
use crate::{World, pupil::Conflict};

/// One entry per kind of disagreement; units are NIKs.
pub(crate) fn answers(world: &World) -> Vec<Answer> {
    let pupils = world.pupils();
    let from = crate::pupil::first_day(pupils.year);
    [(Conflict::Name, "name_conflict"), (Conflict::Birth, "birth_conflict")]
        .into_iter()
        .filter_map(|(conflict, kind)| {
            let own: Vec<_> = pupils
                .conflicts()
                .into_iter()
                .filter(|(_, pupil)| pupil.conflict == Some(conflict))
                .filter_map(|(_, pupil)| pupil.nik.clone())
                .collect();
            (!own.is_empty()).then(|| Answer {
                kind: kind.into(),
                datasets: vec!["siswa".into(), "penduduk".into()],
                places: vec![crate::regions::REGENCY.into()],
                note: format!("{} children are written differently by school and registry", own.len()),
                units: own,
                from,
                until: world.span.1,
                expected: "quality".into(),
                ..Answer::default()
            })
        })
        .collect()
}

/// One entry per village and closing day that does not balance.
pub(crate) fn residuals(world: &World) -> Vec<Answer> {
    let (from, to) = world.span;
    let planted = crate::feed::saldo_penduduk::planted(world.seed, &world.regions, from, to);
    let answer = |(day, village, off): (_, usize, i32)| Answer {
        kind: "balance_residual".into(),
        datasets: vec!["saldo_penduduk".into(), "peristiwa_kependudukan".into()],
        places: vec![world.regions.villages[village].code.clone()],
        from: day,
        until: day,
        expected: "quality".into(),
        note: format!("{off} persons too many in the half-yearly figure"),
        ..Answer::default()
    };
    planted.into_iter().map(answer).collect()
}
