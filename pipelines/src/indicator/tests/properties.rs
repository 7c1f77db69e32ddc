//! The invariants of a judge, on random panels.

use super::super::{Days, Indicator};
use super::fixture::*;
use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use std::{collections::BTreeMap, ops::RangeInclusive, sync::LazyLock};

/// Indicators of all kinds, with the first day of their rows and the steps between.
static INDICATORS: LazyLock<Vec<Indicator>> = LazyLock::new(|| {
    let daily = |method: &str, direction: &str| {
        indicator(&format!(
            "grain: hari\ncalendar: hari_sekolah\ndirection: {direction}\ndetector: {{method: {method}}}\nlookback: 90\n\
             masks: [ujian, banjir]\nfloor: {{value: 2}}\n\
             rule: {{sql: \"nilai >= 10\", title: a, title_en: b, severity: info, alerts: false}}\n"
        ))
    };
    let weekly = |method: &str, direction: &str| {
        indicator(&format!(
            "grain: minggu\ndirection: {direction}\ndetector: {{method: {method}}}\nmasks: [banjir]\nlookback: 1500\n"
        ))
    };
    vec![
        daily("attendance, baseline: 14", "naik"),
        daily("attendance, baseline: 14", "dua_arah"),
        daily("ears-c2", "naik"),
        daily("ears-c3", "turun"),
        daily("switch", "naik"),
        daily("ewma", "dua_arah"),
        daily("adaptive-regression", "turun"),
        daily("cusum-binomial, training: 20", "naik"),
        daily("gamma-poisson, baseline: 40, min_baseline: 10, alpha: 0.02", "naik"),
        daily(
            "scan-stp, days: 20, max_days: 3, replications: 19, alpha: 0.2, screen: 2",
            "naik",
        ),
        weekly("auto", "dua_arah"),
        weekly("farrington-flexible, b: 3", "naik"),
        weekly("nb-predictive, alpha: 0.01", "naik"),
        weekly("laney-p", "dua_arah"),
        weekly("mann-kendall", "turun"),
        weekly("stl, period: 13", "dua_arah"),
    ]
});

const UNITS: usize = 6;

/// A chunk in the middle of the rows.
fn chunk(indicator: &Indicator) -> RangeInclusive<NaiveDate> {
    indicator.chunk_of(day(2026, 3, 10))
}

/// The points of every unit before, in and after the chunk.
fn points(indicator: &Indicator) -> Vec<NaiveDate> {
    if indicator.lookback == 90 {
        weekdays(day(2025, 11, 3), day(2026, 4, 20))
    } else {
        saturdays(day(2021, 12, 5), 240)
    }
}

#[derive(Debug, Clone)]
struct Panel {
    indicator: usize,
    rows: Vec<Row>,
    days: Days,
}

prop_compose! {
    fn panels()(
        indicator in 0..INDICATORS.len(),
        level in prop_oneof![Just(0.0), Just(1.0), Just(12.0)],
        seed in proptest::collection::vec(0u8..=255, 64),
        groups in 1usize..3,
    ) -> Panel {
        let points = points(&INDICATORS[indicator]);
        // Cheap and mixed: neighbours in the seed are far from each other in the panel.
        let noise = |unit: usize, at: usize, salt: usize| {
            let mixed = (unit * 131 + at * 37 + salt * 17) % 64;
            (usize::from(seed[mixed]) * (at + 3 * unit + salt + 1)) % 251
        };
        let mut rows = Vec::new();
        for unit in 0..UNITS {
            for (at, date) in points.iter().enumerate() {
                match noise(unit, at, 1) {
                    0..=12 => continue,
                    // The first unit begins late.
                    _ if unit == 0 && at < points.len() / 2 => continue,
                    _ => {}
                }
                let mut one = row(&format!("u{unit}"), *date, (level + (noise(unit, at, 2) % 5) as f64 * level / 4.0).round());
                if noise(unit, at, 3) < 8 {
                    one.value = Some(25.0);
                }
                if noise(unit, at, 4) < 5 {
                    one.value = None;
                }
                if noise(unit, at, 5) < 6 {
                    one.masker = Some("banjir".to_owned());
                }
                if noise(unit, at, 6) < 4 {
                    one.complete = Some(false);
                }
                one.group = (groups > 1).then(|| format!("g{}", unit % groups));
                one.at = Some((-8.0 + 0.01 * unit as f64, 111.7));
                rows.push(one);
            }
        }
        // On a day that is not due, where its unit is: the texts of a missing report are those of the row before it.
        let own = rows.iter().find(|row| row.unit == "u1").cloned();
        rows.extend(own.map(|own| Row { group: own.group, at: own.at, ..row("u1", day(2026, 3, 14), 9.0) }));
        let is_daily = INDICATORS[indicator].lookback == 90;
        if !is_daily {
            rows.retain(|row| points.contains(&row.day));
            rows.dedup_by(|a, b| a.unit == b.unit && a.day == b.day);
            let mut seen = std::collections::BTreeSet::new();
            rows.retain(|row| seen.insert((row.unit.clone(), row.day)));
        }
        let closed = [day(2026, 3, 19), day(2026, 1, 1)];
        let exams: Vec<(NaiveDate, &str)> = (0..4).map(|d| (day(2026, 3, 23) + TimeDelta::days(d), "ujian")).collect();
        Panel { indicator, rows, days: Days::marked(&exams, &closed) }
    }
}

fn by_key(judged: Vec<Judged>) -> BTreeMap<(String, NaiveDate), Judged> {
    judged
        .into_iter()
        .map(|row| ((row.unit.clone(), row.day), row))
        .collect()
}

impl Panel {
    fn indicator(&self) -> &'static Indicator {
        &INDICATORS[self.indicator]
    }

    fn judged(&self, rows: &[Row]) -> BTreeMap<(String, NaiveDate), Judged> {
        by_key(judge(self.indicator(), rows, &self.days, &chunk(self.indicator())))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Nothing after a day, and nothing before the time that a chunk looks back, says anything of the day.
    #[test]
    fn a_verdict_follows_from_the_past_within_reach(panel in panels(), cut in 0i64..120) {
        let chunk = chunk(panel.indicator());
        let whole = panel.judged(&panel.rows);
        let past = panel.indicator().past_of(&chunk);
        let within: Vec<Row> = panel.rows.iter().filter(|row| row.day >= past && row.day <= *chunk.end()).cloned().collect();
        prop_assert_eq!(&panel.judged(&within), &whole);
        // Later rows within the chunk neither, nor a later calendar.
        let last = *chunk.start() + TimeDelta::days(cut % (*chunk.end() - *chunk.start()).num_days().max(1));
        let earlier: Vec<Row> = panel.rows.iter().filter(|row| row.day <= last).cloned().collect();
        for (key, row) in panel.judged(&earlier) {
            prop_assert_eq!(&whole[&key], &row);
        }
    }

    #[test]
    fn the_order_of_rows_and_batches_does_not_matter(panel in panels(), seed in 0usize..1000, parts in 1usize..5) {
        let mut shuffled = panel.rows.clone();
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, (at * 7919 + seed * 104_729) % (at + 1));
        }
        let size = shuffled.len().div_ceil(parts).max(1);
        let batches: Vec<_> = shuffled.chunks(size).map(batch).collect();
        let indicator = panel.indicator();
        let found = judged(&indicator.judge(&batches, &panel.days, &chunk(indicator)).unwrap());
        let straight = judge(indicator, &panel.rows, &panel.days, &chunk(indicator));
        prop_assert_eq!(found, straight);
    }

    /// A report that is gone changes its own point, and what comes later: nothing before, and no other unit where units
    /// are judged apart. It is never a zero.
    #[test]
    fn a_missing_report_is_no_zero(panel in panels(), pick in 0usize..10_000) {
        let chunk = chunk(panel.indicator());
        let inside: Vec<usize> = (0..panel.rows.len()).filter(|at| chunk.contains(&panel.rows[*at].day)).collect();
        let gone = panel.rows[inside[pick % inside.len()]].clone();
        let whole = panel.judged(&panel.rows);
        let rest: Vec<Row> = panel.rows.iter().filter(|row| **row != gone).cloned().collect();
        let found = panel.judged(&rest);
        let is_together = ["attendance", "gamma-poisson", "scan-stp"].contains(&panel.indicator().detector.method);
        let key = (gone.unit.clone(), gone.day);
        if let Some(point) = found.get(&key) {
            prop_assert_eq!(point.value, None);
            prop_assert_eq!(point.flag, None);
            let masked = point.note.as_deref() == Some("ujian");
            prop_assert!(masked || point.note.as_deref() == Some("laporan belum masuk"), "{:?}", point);
            prop_assert_eq!(point.step, whole[&key].step);
        }
        for (at, row) in &found {
            let concerns = (is_together || at.0 == gone.unit) && at.1 >= gone.day;
            if !concerns {
                prop_assert_eq!(row, &whole[at]);
            }
        }
        // A null says as much as no row, but for the texts of the row itself.
        let null: Vec<Row> = panel.rows.iter().cloned().map(|mut row| {
            if row == gone {
                (row.value, row.masker, row.complete) = (None, None, None);
            }
            row
        }).collect();
        for (at, row) in panel.judged(&null) {
            if at != key && found.contains_key(&at) {
                prop_assert_eq!(&row, &found[&at]);
            }
        }
    }

    #[test]
    fn a_masked_value_influences_nothing(panel in panels(), other in 0.0f64..300.0) {
        let chunk = chunk(panel.indicator());
        let whole = panel.judged(&panel.rows);
        let is_masked = |row: &Row| row.masker.is_some() || (day(2026, 3, 23)..=day(2026, 3, 26)).contains(&row.day);
        let changed: Vec<Row> = panel.rows.iter().cloned().map(|mut row| {
            if is_masked(&row) && panel.indicator().masks.len() == 2 || row.masker.is_some() {
                row.value = Some(other.round());
            }
            row
        }).collect();
        for (at, row) in panel.judged(&changed) {
            prop_assert!(chunk.contains(&at.1));
            let before = &whole[&at];
            prop_assert_eq!(Judged { value: None, ..row }, Judged { value: None, ..before.clone() });
        }
    }
}
