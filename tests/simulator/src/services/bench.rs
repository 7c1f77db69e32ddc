//! Smart Benches: wifi corners with a screen and sun power. A bench without power sends nothing at all; one without a
//! line has no sessions.

use crate::{World, attendance::day_number, dice::Dice, services::shown, weather};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

/// Benches of the real size.
const MOST: usize = 40;

/// A bench.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bench {
    /// `SB-01`.
    pub(crate) id: String,
    /// Position, from 0.
    pub(crate) number: usize,
    /// Position of the village.
    pub(crate) village: usize,
    pub(crate) name: String,
    pub(crate) installed: NaiveDate,
    /// Access points with old firmware do not send gigawords.
    pub(crate) old_firmware: bool,
}

/// The benches of the world; a small world has the first few.
pub(crate) fn benches(world: &World) -> Vec<Bench> {
    let count = ((MOST as f64 * shown(world)).round() as usize).clamp(4, MOST);
    (0..count).map(|number| bench(world, number)).collect()
}

fn bench(world: &World, number: usize) -> Bench {
    let mut dice = Dice::of(world.seed, [781, number as u64, 0]);
    // The first stand in the town, the others where people are.
    let all: Vec<_> = (0..world.regions.villages.len())
        .filter(|v| number > 1 || world.regions.villages[*v].kecamatan == 10)
        .map(|v| (v, world.regions.villages[v].population))
        .collect();
    let village = dice.weighted(&all).unwrap_or(0);
    let place = ["Alun-alun", "Balai Desa", "Taman", "Pasar", "Pantai", "Terminal"][dice.below(6)];
    let name = world.regions.villages.get(village).map_or("", |v| v.name.as_str());
    Bench {
        id: format!("SB-{:02}", number + 1),
        number,
        village,
        name: format!("Smart Bench {place} {name}"),
        installed: NaiveDate::from_ymd_opt(2022, 3, 1).unwrap_or_default() + Days::new(dice.below(600) as u64),
        old_firmware: number.is_multiple_of(3),
    }
}

/// One accounting record. Octets are true totals since the start; the sender wraps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) session: String,
    pub(crate) at: NaiveDateTime,
    /// `Start`, `Interim-Update`, `Stop`.
    pub(crate) kind: &'static str,
    pub(crate) device: u64,
    /// From the device.
    pub(crate) input: u64,
    /// To the device.
    pub(crate) output: u64,
    pub(crate) seconds: i64,
    pub(crate) cause: Option<u32>,
}

/// Seconds between interim updates.
const INTERIM: i64 = 900;

/// Records of the sessions that start at a bench on `day`, session by session.
pub(crate) fn sessions(world: &World, bench: &Bench, day: NaiveDate) -> Vec<Vec<Record>> {
    if day < bench.installed {
        return Vec::new();
    }
    let mut dice = Dice::of(world.seed, [782, bench.number as u64, day_number(day)]);
    let kecamatan = world.regions.villages.get(bench.village).map_or(0, |v| v.kecamatan);
    let wet = (world.weather.rain(kecamatan, day) / 40.0).min(1.0);
    let weekend = if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        1.35
    } else {
        1.0
    };
    let liked = (0.35 * Dice::of(world.seed, [783, bench.number as u64, 0]).normal()).exp();
    let mean = (8.0 + 18.0 * shown(world)) * weekend * liked * (1.0 - 0.5 * wet);
    (0..dice.poisson(mean))
        .map(|number| session(bench, day, number, Dice::of(dice.bits(), [784, 0, 0])))
        .filter(|records| records.first().is_some_and(|first| online(world, bench, first.at)))
        .collect()
}

fn session(bench: &Bench, day: NaiveDate, number: u32, mut dice: Dice) -> Vec<Record> {
    let peak = if dice.chance(0.45) { 35_000.0 } else { 66_000.0 };
    let second = (peak + 9_000.0 * dice.normal()).clamp(18_000.0, 84_000.0) as i64;
    let start = day.and_time(NaiveTime::MIN) + TimeDelta::seconds(second);
    let seconds = (800.0 * (0.95 * dice.normal()).exp()).clamp(20.0, 6.0 * 3600.0) as i64;
    // Most read; few load films all afternoon, and those are what wraps a counter.
    let heavy = dice.chance(0.012);
    let seconds = if heavy { seconds.max(5_400) } else { seconds };
    let rate = if heavy {
        900_000.0 + 1_500_000.0 * dice.unit()
    } else {
        55_000.0 * (0.9 * dice.normal()).exp()
    };
    let rate = rate.min(3_000_000.0);
    let upload = 0.04 + 0.1 * dice.unit();
    let device = Dice::of(dice.bits(), [785, 0, 0]).bits();
    let lost = dice.chance(0.07);
    let cause = [1, 1, 4, 4, 4, 5, 2][dice.below(7)];
    let record = |at: i64, kind, cause| Record {
        session: format!("{:02X}{}{number:04X}", bench.number + 1, day.format("%y%m%d")),
        at: start + TimeDelta::seconds(at),
        kind,
        device,
        input: (rate * upload * at as f64) as u64,
        output: (rate * at as f64) as u64,
        seconds: at,
        cause,
    };
    let mut all = vec![record(0, "Start", None)];
    all.extend(
        (1..)
            .map(|n| n * INTERIM)
            .take_while(|at| *at < seconds)
            .map(|at| record(at, "Interim-Update", None)),
    );
    // When the power or the line went, nobody heard the stop.
    if !lost {
        all.push(record(seconds, "Stop", Some(cause)));
    }
    all
}

/// True when the bench has power and line at `at`: lines break for a day or two, and batteries run empty at night after
/// dark days.
pub(crate) fn online(world: &World, bench: &Bench, at: NaiveDateTime) -> bool {
    let day = at.date();
    let broken = (0..3u64).any(|back| {
        let mut dice = Dice::of(world.seed, [786, bench.number as u64, day_number(day) - back]);
        dice.chance(0.012) && dice.below(3) as u64 >= back
    });
    !broken && battery(world, bench, at) > 6.0
}

/// Charge in percent: full in a sunny afternoon, lowest before dawn; two wet days empty it.
pub(crate) fn battery(world: &World, bench: &Bench, at: NaiveDateTime) -> f64 {
    let hour = (at.time() - NaiveTime::MIN).num_minutes() as f64 / 60.0;
    let day = at.date();
    let cloud = |back: u64| cloudiness(world, bench, day - Days::new(back));
    let dawn = 68.0 - 34.0 * cloud(1) - 26.0 * cloud(2) * cloud(1);
    let gain = (100.0 - dawn) * (1.05 - 0.75 * cloud(0));
    let level = if hour < 6.0 {
        dawn + (6.0 - hour) * 2.2
    } else if hour < 15.0 {
        dawn + gain * ((hour - 6.0) / 9.0)
    } else {
        let tomorrow = 68.0 - 34.0 * cloud(0) - 26.0 * cloud(1) * cloud(0) + 6.0 * 2.2;
        let full = dawn + gain;
        full + (tomorrow - full) * ((hour - 15.0) / 9.0)
    };
    level.clamp(0.0, 100.0)
}

/// Sun power in watt.
pub(crate) fn sun(world: &World, bench: &Bench, at: NaiveDateTime) -> f64 {
    let hour = (at.time() - NaiveTime::MIN).num_minutes() as f64 / 60.0;
    let height = ((hour - 5.6) / 12.0 * std::f64::consts::PI).sin().max(0.0);
    140.0 * height.powf(1.3) * (1.0 - 0.75 * cloudiness(world, bench, at.date()))
}

/// 0 for a clear day, 1 for the darkest.
fn cloudiness(world: &World, bench: &Bench, day: NaiveDate) -> f64 {
    let kecamatan = world.regions.villages.get(bench.village).map_or(0, |v| v.kecamatan);
    (world.weather.rain(kecamatan, day) / 45.0 + 0.25 * weather::wetness(day)).min(1.0)
}
