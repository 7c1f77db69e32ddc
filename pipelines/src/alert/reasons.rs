//! Why a service is used more or less, from its weekly counts: the weeks since an episode began beside those before it.

use super::{
    Words,
    read::{date, dates, double, doubles, text, texts},
};
use crate::{
    attribution::{self, Area, Attribution, Counts},
    model::rows,
};
use chrono::{Days, NaiveDate};
use serde::Serialize;
use smartcenter_warehouse::{Result, query::Reader};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// Weeks that are compared on either side, at most.
const WEEKS: usize = 8;
/// What is said where the season is not known: a fall after the rush of June is none of the service.
const NO_SEASON: (&str, &str) = (
    " Musim belum diperhitungkan: data setahun yang lalu belum ada.",
    " Without the season: there are no data of a year before.",
);
/// Fewer matters a year before say nothing about the season.
const SEASON_LEAST: f64 = 50.0;

/// One week of one kecamatan of residence.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Week {
    counts: Counts,
    open_days: f64,
    people: f64,
}

/// Weeks of one family of services: by first day, then kecamatan.
type Weeks = BTreeMap<NaiveDate, BTreeMap<String, Week>>;

/// The counts of a model, by family of services.
#[derive(Debug, Default)]
pub(super) struct Service(BTreeMap<String, Weeks>);

/// A change of use and its parts, as kept in `atribusi`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Why {
    /// The table of the counts.
    pub data: String,
    pub rumpun: String,
    /// First day of the first and last day of the last week since the episode began.
    pub dari: NaiveDate,
    pub sampai: NaiveDate,
    /// Weeks compared, and weeks before that they are compared with.
    pub minggu: usize,
    pub minggu_sebelum: usize,
    /// What the season of the year before lets expect; none where it is not known.
    pub musim: Option<f64>,
    pub bagian: Attribution,
    pub kalimat: Words,
}

/// Splits that were worked out before, by model, family and first day: the draws of old ones need not be drawn again.
pub(super) type Memo = HashMap<(String, String, NaiveDate), (Vec<Area>, Attribution)>;

impl Service {
    /// Reads the whole model `table` of the layer `mart`.
    pub async fn of(table: &str, cut: &Reader) -> Result<Self> {
        let sql = format!(
            "SELECT rumpun, minggu_mulai, kode_kecamatan, sum(pertama) AS pertama, sum(ulang) AS ulang, \
             sum(di_tempat_lain) AS di_tempat_lain, max(hari_buka) AS hari_buka, max(penduduk) AS penduduk \
             FROM mart.{table} GROUP BY rumpun, minggu_mulai, kode_kecamatan"
        );
        let mut service = Self::default();
        for batch in rows(cut, cut.plan(&sql).await?).await? {
            let (families, areas) = (texts(&batch, "rumpun")?, texts(&batch, "kode_kecamatan")?);
            let weeks = dates(&batch, "minggu_mulai")?;
            let [first, repeat, elsewhere, open_days, people] =
                ["pertama", "ulang", "di_tempat_lain", "hari_buka", "penduduk"].map(|name| doubles(&batch, name));
            let (first, repeat, elsewhere) = (first?, repeat?, elsewhere?);
            let (open_days, people) = (open_days?, people?);
            for row in 0..batch.num_rows() {
                let (Some(family), Some(week)) = (text(&families, row), date(&weeks, row)) else {
                    continue;
                };
                let number = |column| double(column, row).unwrap_or(0.0);
                let counted = Week {
                    counts: Counts {
                        first: number(&first),
                        repeat: number(&repeat),
                        elsewhere: number(&elsewhere),
                    },
                    open_days: number(&open_days),
                    people: number(&people),
                };
                // Visitors whose residence is not known are an area of their own.
                let area = text(&areas, row).unwrap_or_default();
                service
                    .0
                    .entry(family)
                    .or_default()
                    .entry(week)
                    .or_default()
                    .insert(area, counted);
            }
        }
        Ok(service)
    }

    /// Why the use of `family` changed from `from` on; `newest` is the last day that is all in. None before a week since
    /// then is over, or where no week before is known.
    pub fn why(
        &self,
        (table, family): (&str, &str),
        what: &str,
        (from, newest): (NaiveDate, NaiveDate),
        memo: &mut Memo,
    ) -> Option<Why> {
        let weeks = self.0.get(family)?;
        let last_day = |week: &NaiveDate| *week + Days::new(6);
        let after: Vec<NaiveDate> = weeks
            .keys()
            .filter(|week| last_day(week) >= from && last_day(week) <= newest)
            .take(WEEKS)
            .copied()
            .collect();
        let before = weeks.keys().rev().filter(|week| last_day(week) < from);
        let before: Vec<NaiveDate> = before.take(WEEKS).copied().collect();
        let (Some(first), Some(last)) = (after.first(), after.last()) else {
            return None;
        };
        if before.is_empty() {
            return None;
        }
        let season = season(weeks, &before, &after);
        let areas = compared(weeks, &before, &after, season.unwrap_or(1.0));
        let key = (table.to_owned(), family.to_owned(), from);
        let split = match memo.get(&key) {
            Some((known, split)) if *known == areas => *split,
            _ => {
                let split = attribution::attribute(&areas, &attribution::Settings::default());
                memo.insert(key, (areas, split));
                split
            }
        };
        let told = attribution::sentences(what, &split);
        Some(Why {
            data: format!("mart.{table}"),
            rumpun: family.to_owned(),
            dari: *first,
            sampai: last_day(last),
            minggu: after.len(),
            minggu_sebelum: before.len(),
            musim: season,
            bagian: split,
            kalimat: match season {
                Some(_) => Words::of(told.id, told.en),
                None => Words::of(told.id + NO_SEASON.0, told.en + NO_SEASON.1),
            },
        })
    }
}

/// The areas of both stretches of weeks. What came before is brought to as many weeks as came after, so that the first
/// week after is compared with eight and not with the one that happened to be the last.
fn compared(weeks: &Weeks, before: &[NaiveDate], after: &[NaiveDate], season: f64) -> Vec<Area> {
    let names: BTreeSet<&String> = before
        .iter()
        .chain(after)
        .filter_map(|week| weeks.get(week))
        .flat_map(BTreeMap::keys)
        .collect();
    let length = after.len() as f64 / before.len() as f64;
    let open = ratio(open_days(weeks, after), open_days(weeks, before) * length);
    let areas = names.into_iter().map(|name| {
        let sum = |stretch: &[NaiveDate]| total(weeks, stretch, |area| area == name);
        let people = ratio(people(weeks, after, name), people(weeks, before, name));
        let counts = sum(before);
        Area {
            before: Counts {
                first: counts.first * length,
                repeat: counts.repeat * length,
                elsewhere: counts.elsewhere * length,
            },
            after: sum(after),
            expected_ratio: open * people * season,
        }
    });
    areas.collect()
}

/// How the same weeks compared a year before: matters an open day, wherever they were served. None where these weeks are
/// not all known, or too few people came.
fn season(weeks: &Weeks, before: &[NaiveDate], after: &[NaiveDate]) -> Option<f64> {
    let year_before = |stretch: &[NaiveDate]| -> Option<Vec<NaiveDate>> {
        // 52 weeks, so that weeks stay weeks.
        let past = stretch.iter().map(|week| week.checked_sub_days(Days::new(364)));
        past.map(|week| week.filter(|week| weeks.contains_key(week))).collect()
    };
    let (before, after) = (year_before(before)?, year_before(after)?);
    let matters = |stretch: &[NaiveDate]| {
        let counts = total(weeks, stretch, |_| true);
        counts.first + counts.elsewhere
    };
    let (early, late) = (matters(&before), matters(&after));
    let is_known = early >= SEASON_LEAST && late >= SEASON_LEAST;
    is_known.then(|| ratio(late, early) / ratio(open_days(weeks, &after), open_days(weeks, &before)))
}

fn total(weeks: &Weeks, stretch: &[NaiveDate], is_wanted: impl Fn(&String) -> bool) -> Counts {
    let mut sum = Counts::default();
    for (area, week) in stretch.iter().filter_map(|week| weeks.get(week)).flatten() {
        if is_wanted(area) {
            sum.first += week.counts.first;
            sum.repeat += week.counts.repeat;
            sum.elsewhere += week.counts.elsewhere;
        }
    }
    sum
}

/// Days on which the service was open. An area from which nobody came need not say so: the most of any area counts.
fn open_days(weeks: &Weeks, stretch: &[NaiveDate]) -> f64 {
    let open = |areas: &BTreeMap<String, Week>| areas.values().map(|week| week.open_days).fold(0.0, f64::max);
    stretch.iter().filter_map(|week| weeks.get(week)).map(open).sum()
}

/// Mean number of residents of an area.
fn people(weeks: &Weeks, stretch: &[NaiveDate], area: &str) -> f64 {
    let known = stretch.iter().filter_map(|week| weeks.get(week)?.get(area));
    let known: Vec<f64> = known.map(|week| week.people).filter(|people| *people > 0.0).collect();
    known.iter().sum::<f64>() / known.len().max(1) as f64
}

/// 1 where either is not known.
fn ratio(a: f64, b: f64) -> f64 {
    if a > 0.0 && b > 0.0 { a / b } else { 1.0 }
}

/// The services of all models that give reasons.
pub(super) type Services = BTreeMap<String, Arc<Service>>;
