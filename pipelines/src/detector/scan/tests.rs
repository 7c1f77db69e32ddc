#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

/// Places on a grid of about 1 km, and a steady case per place and day.
fn grid(side: usize, days: usize) -> Window {
    let places = (0..side * side)
        .map(|i| Place {
            name: format!("S{i}"),
            latitude: -8.0 + 0.009 * (i / side) as f64,
            longitude: 111.7 + 0.009 * (i % side) as f64,
            population: 100.0,
        })
        .collect();
    let each = |place: usize| (0..days).map(move |day| Cases { place, day, count: 1 });
    Window {
        places,
        cases: (0..side * side).flat_map(each).collect(),
        days,
    }
}

#[test]
fn finds_neighbours_that_rise_together_and_not_a_rise_everywhere() {
    let mut window = grid(5, 40);
    for place in [6, 7, 11, 12] {
        window.cases.extend((37..40).map(|day| Cases { place, day, count: 4 }));
    }
    let found = scan(&window, &Scan::default()).unwrap();
    let mut members = found[0].members.clone();
    members.sort_unstable();
    assert!(
        [6, 7, 11, 12].iter().filter(|p| members.contains(p)).count() >= 3,
        "{members:?}"
    );
    assert_eq!(found[0].first_day, 37);
    assert!(found[0].p <= 0.01, "{}", found[0].p);
    let mut everywhere = grid(5, 40);
    everywhere
        .cases
        .extend((0..25).flat_map(|place| (37..40).map(move |day| Cases { place, day, count: 2 })));
    assert!(
        scan(&everywhere, &Scan::default())
            .unwrap()
            .first()
            .is_none_or(|c| c.p > 0.2)
    );
}

#[test]
fn the_same_seed_gives_the_same_p() {
    let mut window = grid(4, 30);
    window.cases.push(Cases {
        place: 3,
        day: 29,
        count: 3,
    });
    let params = Scan {
        replications: 99,
        ..Scan::default()
    };
    assert_eq!(scan(&window, &params).unwrap(), scan(&window, &params).unwrap());
}

#[test]
fn impossible_input_is_refused() {
    let mut window = grid(2, 30);
    window.cases.clear();
    assert_eq!(
        scan(&window, &Scan::default()).unwrap_err().to_string(),
        "there are fewer than two cases: nothing to scan"
    );
    let short = grid(2, 10);
    assert!(
        scan(&short, &Scan::default())
            .unwrap_err()
            .to_string()
            .contains("needs 14 days")
    );
}
