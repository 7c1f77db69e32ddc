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
fn alarms_are_those_of_the_whole_scan() {
    let mut counted = (0, 0);
    for (extra, alpha, replications) in [1, 2, 3, 4, 6, 9].into_iter().flat_map(|extra| {
        [
            (extra, 0.001, 999),
            (extra, 0.05, 199),
            (extra, 0.3, 19),
            (extra, 0.5, 0),
        ]
    }) {
        let mut window = grid(5, 30);
        for (at, place) in [1, 6, 18, 23].into_iter().enumerate() {
            let count = extra / (1 + at as u32 / 2);
            let days = (28 + at % 2)..30;
            window.cases.extend(days.map(|day| Cases { place, day, count }));
        }
        let params = Scan {
            alpha,
            replications,
            seed: u64::from(extra),
            max_radius: Some(2.0),
            ..Scan::default()
        };
        let mut whole = scan(&window, &params).unwrap();
        whole.retain(|cluster| cluster.p <= alpha);
        assert_eq!(alarms(&window, &params, 0.0).unwrap(), whole, "{extra} {alpha}");
        match whole.first() {
            None => counted.0 += 1,
            Some(strongest) => {
                counted.1 += 1;
                let screen = |strength: f64| alarms(&window, &params, strength).unwrap();
                assert_eq!(screen(strongest.statistic), whole);
                assert_eq!(screen(strongest.statistic + 0.1), []);
            }
        }
    }
    assert!(counted.0 >= 4 && counted.1 >= 4, "both are tried: {counted:?}");
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
