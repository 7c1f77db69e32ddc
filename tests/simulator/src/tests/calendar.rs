use super::day;
use crate::{
    Calendar,
    calendar::epi_week_start,
    live::{DayClock, live_day},
};

#[test]
fn sundays_holidays_and_breaks_are_free_and_saturday_depends_on_the_school() {
    let calendar = Calendar::load().unwrap();
    let teaches = |text: &str, six_days| calendar.is_school_day(day(text), six_days);
    assert!(teaches("2025-02-10", true), "an ordinary Monday");
    assert!(!teaches("2025-02-09", true), "a Sunday");
    assert!(
        teaches("2025-02-08", true) && !teaches("2025-02-08", false),
        "a Saturday"
    );
    assert!(!teaches("2025-08-18", true), "collective leave after Independence Day");
    assert!(!teaches("2025-05-29", true), "a national holiday");
    assert!(
        !teaches("2025-03-28", true) && teaches("2025-03-26", true),
        "Idul Fitri break of the Kaldik"
    );
    assert!(
        !teaches("2025-07-01", true) && teaches("2025-07-14", true),
        "year-end break"
    );
}

#[test]
fn school_years_without_a_published_calendar_follow_the_pattern() {
    let calendar = Calendar::load().unwrap();
    assert!(
        !calendar.is_school_day(day("2026-12-23"), true),
        "semester break by pattern"
    );
    assert!(
        !calendar.is_school_day(day("2027-07-05"), true),
        "year-end break by pattern"
    );
    assert!(calendar.is_school_day(day("2026-11-23"), true));
}

#[test]
fn a_school_year_has_a_plausible_number_of_days() {
    let calendar = Calendar::load().unwrap();
    let count = |six_days| {
        day("2024-07-15")
            .iter_days()
            .take(365)
            .filter(|d| calendar.is_school_day(*d, six_days))
            .count()
    };
    assert!((225..=265).contains(&count(true)), "{}", count(true));
    assert!((185..=225).contains(&count(false)), "{}", count(false));
}

#[test]
fn ramadan_and_bridge_days_are_known() {
    let calendar = Calendar::load().unwrap();
    assert!(calendar.is_relaxed(day("2025-03-17")) && !calendar.is_relaxed(day("2025-05-05")));
    assert!(calendar.touches_holiday(day("2025-05-28")) && !calendar.touches_holiday(day("2025-02-12")));
}

#[test]
fn the_live_day_waits_for_the_morning_and_free_days_are_lived_as_well() {
    let at = |text: &str| live_day(text.parse().unwrap());
    assert_eq!(
        at("2025-02-12T03:00:00Z"),
        day("2025-02-12"),
        "10.00 WIB on a Wednesday"
    );
    assert_eq!(
        at("2025-02-11T20:00:00Z"),
        day("2025-02-11"),
        "03.00 WIB: schools are still closed"
    );
    assert_eq!(
        at("2025-02-09T05:00:00Z"),
        day("2025-02-09"),
        "a Sunday: emergency rooms are open"
    );
}

#[test]
fn a_lived_day_is_caught_up_and_then_goes_with_the_clock() {
    let mut clock = DayClock::new(day("2025-02-12"), 2.0);
    let now = "2025-02-12T03:00:00Z".parse().unwrap();
    let time = |hour, minute| chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    assert_eq!(clock.wait(time(4, 0), now).as_secs(), 0, "the night comes at once");
    assert_eq!(
        clock.wait(time(7, 0), now).as_secs(),
        60,
        "two hours at two minutes a second"
    );
    assert_eq!(clock.wait(time(7, 0), now).as_secs(), 0);
    assert_eq!(
        clock.wait(time(10, 30), now).as_secs(),
        1800,
        "the future is waited for"
    );
}

#[test]
fn offices_rest_on_weekends_and_holidays_and_the_month_of_fasting_is_known() {
    let calendar = Calendar::load().unwrap();
    assert!(calendar.is_work_day(day("2025-02-12")) && !calendar.is_work_day(day("2025-02-08")));
    assert!(!calendar.is_work_day(day("2025-08-18")) && calendar.holiday(day("2025-08-18")).is_some());
    assert!(calendar.is_ramadan(day("2026-02-19")) && calendar.is_ramadan(day("2026-03-20")));
    assert!(!calendar.is_ramadan(day("2026-02-18")) && !calendar.is_ramadan(day("2026-03-21")));
}

#[test]
fn epidemiological_weeks_start_on_sunday() {
    assert_eq!(epi_week_start(day("2025-02-12")), day("2025-02-09"));
    assert_eq!(epi_week_start(day("2025-02-09")), day("2025-02-09"));
}
