//! Answers without stories of their own, found in what is sent: persons about whom the school's list and the civil
//! registry disagree, persons who are easily taken for one (twins, namesakes) or cannot be told (no NIK), villages whose
//! half-yearly figure disagrees with the events, and floods of the weather.

use super::Answer;
use crate::{
    World,
    people::person::{Person, Relation, Status},
    pupil::Conflict,
};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

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

/// Twins and namesakes of the registry and pupils without NIK: whoever matches persons must keep them apart.
pub(crate) fn alike(world: &World) -> Vec<Answer> {
    let (from, until) = world.span;
    let persons = world.registry().on(from).0;
    let active: Vec<_> = persons.iter().filter(|p| p.status == Status::Active).collect();
    let entry = |kind: &str, datasets: &[&str], units: Vec<String>, note: String| Answer {
        kind: kind.into(),
        datasets: datasets.iter().map(|d| (*d).to_owned()).collect(),
        places: vec![crate::regions::REGENCY.into()],
        units,
        from,
        until,
        expected: "quality".into(),
        note,
        ..Answer::default()
    };
    let children = active.iter().copied().filter(|p| p.relation == Relation::Child);
    let twins = several(children, |p| (p.family, p.birth, String::new()));
    // The same name and birth date, in two families: the hardest to keep apart.
    let namesakes = several(active.iter().copied(), |p| (0, p.birth, p.full_name()));
    let pupils = world.pupils();
    let mut nameless: Vec<_> = pupils
        .rolls
        .values()
        .flatten()
        .flat_map(|roll| &roll.pupils)
        .filter(|pupil| pupil.nik.is_none())
        .map(|pupil| pupil.id.clone())
        .collect();
    nameless.sort();
    let counted = [twins.len(), namesakes.len(), nameless.len()];
    let registry: &[&str] = &["penduduk", "siswa", "kunjungan_puskesmas"];
    let all = [
        entry("twins", registry, twins, format!("{} persons have a twin", counted[0])),
        entry(
            "namesakes",
            registry,
            namesakes,
            format!("{} persons share name and birth date with another", counted[1]),
        ),
        entry(
            "no_nik",
            &["siswa"],
            nameless,
            format!("{} pupils are in the school's list without NIK", counted[2]),
        ),
    ];
    all.into_iter().filter(|answer| !answer.units.is_empty()).collect()
}

/// NIKs of those who share a key with somebody else, by key.
fn several<'a>(
    persons: impl Iterator<Item = &'a Person>,
    key: impl Fn(&Person) -> (u32, NaiveDate, String),
) -> Vec<String> {
    let mut all: BTreeMap<_, Vec<&Person>> = BTreeMap::new();
    for person in persons {
        all.entry(key(person)).or_default().push(person);
    }
    let shared = all.into_values().filter(|own| own.len() > 1);
    shared.flatten().map(Person::nik).collect()
}

/// Floods of the weather: children stay at home for the days of the flood, and diarrhoea rises in the two weeks after.
pub(crate) fn floods(world: &World) -> Vec<Answer> {
    let (from, to) = world.span;
    let mut all = Vec::new();
    for (position, kecamatan) in world.regions.kecamatan.iter().enumerate() {
        let mut begun = None;
        for day in from.iter_days().take_while(|day| *day <= to) {
            let wet = world.weather.flood(position, day);
            if wet && begun.is_none() {
                begun = Some(day);
            }
            let last = day == to || !world.weather.flood(position, day + Days::new(1));
            if let Some(first) = begun.filter(|_| wet && last) {
                all.extend(flooded(world, &kecamatan.code, first, day));
                begun = None;
            }
        }
    }
    all
}

fn flooded(world: &World, kecamatan: &str, from: NaiveDate, until: NaiveDate) -> [Answer; 2] {
    let own = world.schools.iter().filter(|s| s.kecamatan == kecamatan);
    let datasets = |all: &[&str]| all.iter().map(|d| (*d).to_owned()).collect();
    let blank = Answer {
        places: vec![kecamatan.to_owned()],
        expected: "none".into(),
        ..Answer::default()
    };
    [
        Answer {
            kind: "weather_flood".into(),
            datasets: datasets(&["absensi_harian_sekolah", "absensi_kelas", "absensi_siswa"]),
            units: own.map(|s| s.npsn.clone()).collect(),
            from,
            until,
            note: "after three days of rain roads are under water, and children stay at home".into(),
            ..blank.clone()
        },
        Answer {
            kind: "after_flood".into(),
            datasets: datasets(&["kunjungan_puskesmas", "kasus_penyakit"]),
            disease: Some("diare_akut".into()),
            from: from + Days::new(2),
            until: until + Days::new(13),
            expected: "either".into(),
            note: "diarrhoea is almost twice as frequent in the two weeks after a flood".into(),
            ..blank
        },
    ]
}
