//! Visits of one health centre on one day: usual illness by season and weekday, and what the stories add.

use super::{
    disease::{Ages, Disease},
    list::DISEASES,
};
use crate::{World, attendance::day_number, dice::Dice, weather};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// Share of visits whose person has no NIK in the system.
const WITHOUT_NIK: f64 = 0.11;

/// A visit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Visit {
    pub(crate) id: String,
    /// Position of the health centre.
    pub(crate) centre: usize,
    pub(crate) poli: &'static str,
    /// Local time.
    pub(crate) arrived: NaiveDateTime,
    /// None where it was cancelled.
    pub(crate) finished: Option<NaiveDateTime>,
    pub(crate) nik: Option<String>,
    pub(crate) age_days: u32,
    pub(crate) female: bool,
    /// Position of the village; none for people from outside.
    pub(crate) village: Option<usize>,
    pub(crate) payer: &'static str,
    pub(crate) disease: &'static Disease,
    /// Code with a dot.
    pub(crate) icd10: &'static str,
    pub(crate) second: Option<&'static str>,
    pub(crate) new_case: bool,
    pub(crate) referred: Option<&'static str>,
}

/// The visits of a centre on `day` in the order of arrival.
pub(crate) fn visits(world: &World, centre: usize, day: NaiveDate) -> Vec<Visit> {
    let Some(place) = world.regions.centres.get(centre) else {
        return Vec::new();
    };
    let mut dice = Dice::of(world.seed, [40, centre as u64, day_number(day)]);
    let open = opening(world, place.kecamatan, day);
    // Good and bad weeks of a centre as a whole.
    let week = Dice::of(world.seed, [41, centre as u64, day_number(day) / 7]).normal();
    let people = f64::from(place.population) / 10_000.0 * world.size.activity * (0.12 * week).exp();
    let mut all = Vec::new();
    for disease in DISEASES {
        let mean =
            disease.weekly * people * open * season(disease, day) * rainy_days(world, disease, place.kecamatan, day);
        for _ in 0..dice.poisson(mean) {
            let village = village(world, &place.villages, &mut dice);
            let ages = ages(disease.ages, &mut dice);
            all.push(visit(world, centre, day, disease, (village, ages), &mut dice));
        }
    }
    told(world, centre, day, &mut all);
    all.sort_by_key(|v| v.arrived);
    for (number, visit) in all.iter_mut().enumerate() {
        visit.id = format!("{}-{}-{:04}", place.code, day.format("%Y%m%d"), number + 1);
    }
    all
}

/// Visits that stories bring, exactly as many as they say.
fn told(world: &World, centre: usize, day: NaiveDate, all: &mut Vec<Visit>) {
    for village in &world.regions.centres[centre].villages {
        for disease in Disease::watched() {
            let patients = world.stories.visits(*village, disease.slug, day);
            for (number, ages) in (0..).zip(patients) {
                let mut dice = Dice::of(world.seed, [42, *village as u64 * 1000 + number, day_number(day)]);
                let mut visit = visit(world, centre, day, disease, (Some(*village), ages), &mut dice);
                visit.new_case = true;
                all.push(visit);
            }
        }
    }
}

/// Share of a week's visits that come on `day`; the emergency room alone is open on free days.
fn opening(world: &World, kecamatan: usize, day: NaiveDate) -> f64 {
    let usual = match day.weekday() {
        Weekday::Mon => 0.235,
        Weekday::Tue => 0.195,
        Weekday::Wed => 0.18,
        Weekday::Thu => 0.17,
        Weekday::Fri => 0.115,
        Weekday::Sat => 0.09,
        Weekday::Sun => 0.015,
    };
    let holiday = if world.calendar.holiday(day).is_some() {
        0.12
    } else {
        1.0
    };
    let fasting = if world.calendar.is_ramadan(day) { 0.82 } else { 1.0 };
    let rain = if world.weather.rain(kecamatan, day) > 40.0 {
        0.8
    } else {
        1.0
    };
    let flood = if world.weather.flood(kecamatan, day) { 0.55 } else { 1.0 };
    usual * holiday * fasting * rain * flood
}

fn season(disease: &Disease, day: NaiveDate) -> f64 {
    // Illness follows the rain by some weeks.
    let wet = weather::wetness(day - chrono::Days::new(21));
    1.0 + disease.rain * (2.0 * wet - 1.0)
}

/// Diarrhoea and leptospirosis rise in the two weeks after a flood.
fn rainy_days(world: &World, disease: &Disease, kecamatan: usize, day: NaiveDate) -> f64 {
    let wades = matches!(disease.slug, "diare_akut" | "suspek_leptospirosis" | "disentri");
    let flooded = wades && (2..14).any(|back| world.weather.flood(kecamatan, day - chrono::Days::new(back)));
    if flooded { 1.8 } else { 1.0 }
}

fn village(world: &World, villages: &[usize], dice: &mut Dice) -> Option<usize> {
    if dice.chance(0.03) {
        return None;
    }
    let weights: Vec<_> = villages
        .iter()
        .map(|v| (*v, world.regions.villages[*v].population))
        .collect();
    dice.weighted(&weights)
}

fn visit(
    world: &World,
    centre: usize,
    day: NaiveDate,
    disease: &'static Disease,
    (village, ages): (Option<usize>, std::ops::RangeInclusive<u32>),
    dice: &mut Dice,
) -> Visit {
    let wanted = village.filter(|_| !dice.chance(WITHOUT_NIK));
    let sex = (disease.ages == Ages::Mothers).then_some(true);
    let person = wanted.and_then(|v| world.citizen(v, (&ages, sex), day, dice));
    let span = (ages.end() - ages.start() + 1) as usize;
    let drawn = (ages.start() + dice.below(span) as u32) * 365 + dice.below(365) as u32;
    let age_days = person
        .as_ref()
        .map_or(drawn, |p| (day - p.birth).num_days().max(0) as u32);
    let female = person
        .as_ref()
        .map_or(disease.ages == Ages::Mothers || dice.chance(0.54), |p| p.female);
    let free = world.calendar.holiday(day).is_some() || day.weekday() == Weekday::Sun;
    let poli = poli(disease, age_days, free, dice);
    let first = if free { 0 } else { 7 * 3600 + 1800 };
    let length = if free { 86_000.0 } else { 5.5 * 3600.0 };
    // Most come early.
    let second = first + (length * dice.unit().powf(1.6)) as i64;
    let arrived = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::seconds(second);
    let stay = 600 + (3600.0 * dice.unit().powi(2)) as i64 + if poli == "igd" { 1800 } else { 0 };
    let second_code = dice.chance(0.07).then_some("I10").filter(|_| age_days > 40 * 365);
    Visit {
        id: String::new(),
        centre,
        poli,
        arrived,
        finished: (!dice.chance(0.01)).then(|| arrived + TimeDelta::seconds(stay)),
        nik: person.map(|p| p.nik),
        age_days,
        female,
        village,
        payer: dice
            .weighted(&[("jkn_pbi", 55), ("jkn_non_pbi", 22), ("umum", 21), ("lain", 2)])
            .unwrap_or("umum"),
        disease,
        icd10: disease.written[dice.below(disease.written.len())],
        second: second_code.filter(|code| !disease.written.contains(code)),
        new_case: disease.ages != Ages::Old && !dice.chance(0.12),
        referred: dice
            .chance(0.03)
            .then(|| if dice.chance(0.8) { "RS-01" } else { "RS-02" }),
    }
}

fn ages(ages: Ages, dice: &mut Dice) -> std::ops::RangeInclusive<u32> {
    match ages {
        Ages::Infants => 0..=4,
        Ages::Children if dice.chance(0.6) => 0..=12,
        Ages::Pupils if dice.chance(0.7) => 5..=15,
        Ages::Children | Ages::Pupils | Ages::Everybody => 0..=80,
        Ages::Adults => 17..=70,
        Ages::Old => 45..=88,
        Ages::Mothers => 18..=42,
    }
}

fn poli(disease: &Disease, age_days: u32, free: bool, dice: &mut Dice) -> &'static str {
    let years = age_days / 365;
    let code = disease.written[0];
    match () {
        () if free || (matches!(disease.slug, "keracunan_pangan" | "gigitan_hpr") && dice.chance(0.8)) => "igd",
        () if code.starts_with("K0") => "gigi",
        () if code.starts_with("Z23") => "imunisasi",
        () if code.starts_with("Z34") || code.starts_with("Z30") => "kia",
        () if code.starts_with("Z00") => "gizi",
        () if code.starts_with("S0") || code.starts_with("T1") => "igd",
        () if years < 5 => "mtbs",
        () if years >= 60 && dice.chance(0.6) => "lansia",
        () => "umum",
    }
}
