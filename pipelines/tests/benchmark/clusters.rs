//! A few more sick children at each of several neighbouring schools: too few for any school's own rule, and what the
//! space-time scan is for.

use crate::random::Random;
use smartcenter_pipelines::detector::attendance::{Attendance, School, detect};
use smartcenter_pipelines::detector::scan::{Cases, Place, Scan, Window, scan};

const SCHOOLS: usize = 80;
const DAYS: usize = 75;
/// Days of the outbreak, up to today.
const SICK_DAYS: usize = 4;
/// Sick children in ordinary times, and in the outbreak.
const SHARE: f64 = 0.03;
const RATIO: f64 = 2.0;

#[test]
fn the_scan_finds_what_no_single_school_shows() {
    let mut random = Random::new(20_261_128, 0);
    let places: Vec<Place> = (0..SCHOOLS)
        .map(|i| Place {
            name: format!("S{i:02}"),
            latitude: -8.05 + 0.2 * random.unit(),
            longitude: 111.6 + 0.2 * random.unit(),
            population: 150.0,
        })
        .collect();
    let square = |a: &Place, b: &Place| (a.latitude - b.latitude).powi(2) + (a.longitude - b.longitude).powi(2);
    let mut near: Vec<usize> = (0..SCHOOLS).collect();
    near.sort_by(|&a, &b| square(&places[0], &places[a]).total_cmp(&square(&places[0], &places[b])));
    let sick_schools = &near[..6];
    let mut schools = vec![
        School {
            absent: Vec::new(),
            pupils: vec![150.0; DAYS]
        };
        SCHOOLS
    ];
    let mut cases = Vec::new();
    for (place, school) in schools.iter_mut().enumerate() {
        for day in 0..DAYS {
            let is_sick = day + SICK_DAYS >= DAYS && sick_schools.contains(&place);
            let share = if is_sick { SHARE * RATIO } else { SHARE };
            let count = (0..150).filter(|_| random.unit() < share).count();
            school.absent.push(count as f64);
            cases.push(Cases {
                place,
                day,
                count: u32::try_from(count).unwrap(),
            });
        }
    }
    let judged = detect(&schools, &Attendance::default()).unwrap();
    let alarms = judged
        .schools
        .iter()
        .flatten()
        .flatten()
        .filter(|row| row.alarm)
        .count();
    assert_eq!(alarms, 0, "a school alarms on its own");
    let clusters = scan(
        &Window {
            places,
            cases,
            days: DAYS,
        },
        &Scan::default(),
    )
    .unwrap();
    let first = &clusters[0];
    let found = sick_schools
        .iter()
        .filter(|place| first.members.contains(place))
        .count();
    println!(
        "{} of 6 schools in a cluster of {}, p {}",
        found,
        first.members.len(),
        first.p
    );
    assert!(first.p <= 0.0027 && found >= 4 && first.members.len() <= 10);
}
