//! What an alert says: what, where, how unusual, since when, what else was seen, what was checked and found there. And its
//! evidence, for whoever wants to see the figures.

use super::{
    Flag, Place, Say, Words,
    corroborate::{Case, Link},
    episode::Episode,
    read::{Read, Unit},
    words::{day, number, sentence},
};
use chrono::{Duration, NaiveDate};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Other episodes that a sentence names; the evidence has all.
const NAMED: usize = 3;
/// Points of an episode that the evidence has, the newest.
const POINTS: usize = 60;

/// What the sentences are made of.
pub(super) struct Teller<'a> {
    reads: BTreeMap<&'a str, &'a Read>,
    pub places: BTreeMap<String, Place>,
    /// The newest day with a verdict, of each family.
    newest: BTreeMap<&'a str, NaiveDate>,
}

/// What is told of a case.
pub(super) struct Told<'a> {
    /// The indicator that it began with.
    pub read: &'a Read,
    pub name: Option<String>,
    pub region: Option<String>,
    pub sentence: Words,
    pub action: Words,
    pub evidence: String,
}

#[derive(Serialize)]
struct Evidence<'a> {
    episodes: Vec<Shown<'a>>,
    checked: Vec<Checked>,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    indikator: &'a str,
    judul: &'a str,
    judul_en: &'a str,
    unit: &'a str,
    nama: Option<&'a str>,
    wilayah: Option<&'a str>,
    from: NaiveDate,
    to: NaiveDate,
    points: Vec<Point>,
    excess: Option<f64>,
    p: Option<f64>,
    is_rule: bool,
    data: String,
    versi: &'a str,
}

#[derive(Serialize)]
struct Point {
    tanggal: NaiveDate,
    nilai: f64,
    harapan: Option<f64>,
    batas: Option<f64>,
    p: Option<f64>,
}

/// What a link says was to be looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Checked {
    what: String,
    what_en: String,
    found: bool,
    text: String,
    text_en: String,
}

impl<'a> Teller<'a> {
    pub fn of(reads: &[&'a Read]) -> Self {
        let mut teller = Self {
            reads: reads.iter().map(|read| (read.watched.slug.as_str(), *read)).collect(),
            places: BTreeMap::new(),
            newest: BTreeMap::new(),
        };
        for read in reads {
            if let Some(day) = read.newest {
                let newest = teller.newest.entry(read.watched.family.as_str()).or_insert(day);
                *newest = day.max(*newest);
            }
            for (unit, known) in &read.units {
                if let Some(place) = &known.place {
                    teller.places.insert(unit.clone(), place.clone());
                }
            }
        }
        teller
    }

    /// The newest day with a verdict of any family.
    pub fn today(&self) -> Option<NaiveDate> {
        self.newest.values().max().copied()
    }

    pub fn read(&self, episode: &Episode) -> Option<&'a Read> {
        self.reads.get(episode.series.indicator.as_str()).copied()
    }

    fn unit(&self, episode: &Episode) -> Option<&'a Unit> {
        self.read(episode)?.units.get(&episode.series.unit)
    }

    /// The name of a unit, or its code.
    pub fn name(&self, episode: &Episode) -> String {
        let name = self.unit(episode).and_then(|unit| unit.name.clone());
        name.unwrap_or_else(|| episode.series.unit.clone())
    }

    /// What is told of a case; none where its indicator is not watched.
    pub fn told(&self, case: &Case, why: Option<&Words>) -> Option<Told<'a>> {
        let lead = case.lead();
        let read = self.read(lead)?;
        let checked = self.checked(case);
        let mut said = vec![self.said(read, lead, &read.watched.say)];
        said.extend(self.rules(case));
        said.extend(self.others(case));
        said.extend(checked.iter().filter(|checked| !checked.found).map(|checked| {
            Words::of(
                format!("diperiksa juga {}: {}", checked.what, checked.text),
                format!("also checked {}: {}", checked.what_en, checked.text_en),
            )
        }));
        said.extend(why.cloned());
        let join = |of: fn(&Words) -> &str| {
            let said: Vec<String> = said.iter().map(|words| sentence(of(words))).collect();
            said.join(" ")
        };
        let evidence = Evidence {
            episodes: case.episodes.iter().filter_map(|episode| self.shown(episode)).collect(),
            checked,
        };
        let unit = self.unit(lead);
        Some(Told {
            read,
            name: unit.and_then(|unit| unit.name.clone()),
            region: unit.and_then(|unit| unit.region.clone()),
            action: self.said(read, lead, &read.watched.advise),
            sentence: Words::of(join(|words| &words.id), join(|words| &words.en)),
            // Plain numbers, dates and texts: writing them cannot fail.
            evidence: serde_json::to_string(&evidence).unwrap_or_default(),
        })
    }

    /// What the indicator says of the worst day of an episode.
    fn said(&self, read: &Read, episode: &Episode, say: &Arc<Say>) -> Words {
        let row = episode.peak().and_then(|flag| read.row(flag));
        row.map_or_else(|| read.watched.title.clone(), |row| say(&read.rows, row, episode.from))
    }

    /// Fixed rules that the case meets.
    fn rules(&self, case: &Case) -> Option<Words> {
        let met = case.episodes.iter().filter(|e| e.flags.iter().any(|flag| flag.is_rule));
        let titles: BTreeSet<(&str, &str)> = met
            .filter_map(|episode| self.read(episode)?.watched.rule.as_ref())
            .map(|title| (title.id.as_str(), title.en.as_str()))
            .collect();
        let join = |of: fn(&(&'a str, &'a str)) -> &'a str| {
            let titles: Vec<&str> = titles.iter().map(of).collect();
            titles.join("; ")
        };
        (!titles.is_empty()).then(|| {
            Words::of(
                format!("memenuhi aturan: {}", join(|title| title.0)),
                format!("meets the rule: {}", join(|title| title.1)),
            )
        })
    }

    /// What else belongs to the case, other sources first.
    fn others(&self, case: &Case) -> Option<Words> {
        let lead = case.lead();
        let mut others: Vec<&Episode> = case.episodes.iter().skip(1).collect();
        others.sort_by_key(|episode| (episode.family == lead.family, episode.from));
        let named: Vec<Words> = others
            .iter()
            .take(NAMED)
            .filter_map(|episode| self.named(episode))
            .collect();
        let more = others.len().saturating_sub(NAMED);
        let join = |of: fn(&Words) -> &str, last: String| {
            let mut all: Vec<String> = named.iter().map(|words| of(words).to_owned()).collect();
            if more > 0 {
                all.push(last);
            }
            all.join("; ")
        };
        (!named.is_empty()).then(|| {
            let id = join(|words| &words.id, format!("dan {more} lainnya"));
            let en = join(|words| &words.en, format!("and {more} more"));
            Words::of(format!("bersamaan dengan itu: {id}"), format!("at the same time: {en}"))
        })
    }

    /// One episode in a few words.
    fn named(&self, episode: &Episode) -> Option<Words> {
        let title = &self.read(episode)?.watched.title;
        let (since, name) = (day(episode.from), self.name(episode));
        let figures = episode.peak().map(|flag| {
            let (observed, expected) = (number(flag.observed), flag.expected.map(number));
            match expected {
                Some(usual) => Words::of(
                    format!(": {} (biasanya {})", observed.id, usual.id),
                    format!(": {} (usually {})", observed.en, usual.en),
                ),
                None => Words::of(format!(": {}", observed.id), format!(": {}", observed.en)),
            }
        });
        let figures = figures.unwrap_or_default();
        Some(Words::of(
            format!("{}, {name}{}, sejak {}", title.id, figures.id, since.id),
            format!("{}, {name}{}, since {}", title.en, figures.en, since.en),
        ))
    }

    /// What the links of the case's indicators say was to be looked at.
    fn checked(&self, case: &Case) -> Vec<Checked> {
        let mut all: Vec<Checked> = Vec::new();
        for read in case.episodes.iter().filter_map(|episode| self.read(episode)) {
            for linked in &read.watched.links {
                let Some(what) = &linked.checked else { continue };
                if !all.iter().any(|checked| checked.what == what.id) {
                    let (found, text) = self.looked(case, &linked.link);
                    all.push(Checked {
                        what: what.id.clone(),
                        what_en: what.en.clone(),
                        found,
                        text: text.id,
                        text_en: text.en,
                    });
                }
            }
        }
        all
    }

    /// What the link found among the episodes of the case, or where it found nothing.
    fn looked(&self, case: &Case, link: &Link) -> (bool, Words) {
        let holds = |a: &Episode, b: &Episode| a != b && link.holds(a, b, &self.places);
        let found: Vec<Words> = case
            .episodes
            .iter()
            .filter(|b| case.episodes.iter().any(|a| holds(a, b)))
            .take(NAMED)
            .filter_map(|episode| self.named(episode))
            .collect();
        if !found.is_empty() {
            let join = |of: fn(&Words) -> &str| found.iter().map(of).collect::<Vec<_>>().join("; ");
            return (true, Words::of(join(|words| &words.id), join(|words| &words.en)));
        }
        let begins: Vec<NaiveDate> = case
            .episodes
            .iter()
            .filter(|episode| episode.family == link.from)
            .map(|episode| episode.from)
            .collect();
        let later = |day: Option<&NaiveDate>, days| day?.checked_add_signed(Duration::days(days));
        let first = later(begins.iter().min(), link.lag_days.0);
        let last = later(begins.iter().max(), link.lag_days.1);
        let newest = self.newest.get(link.to.as_str()).copied();
        let text = match (newest, first, last) {
            (Some(newest), Some(first), Some(last)) if newest >= first => {
                let (first, until) = (day(first), day(last.min(newest)));
                let (more, more_en) = match newest < last {
                    true => (", data berikutnya belum masuk", ", later data are not in yet"),
                    false => ("", ""),
                };
                Words::of(
                    format!("tidak ada yang luar biasa antara {} dan {}{more}", first.id, until.id),
                    format!("nothing unusual between {} and {}{more_en}", first.en, until.en),
                )
            }
            _ => Words::of("datanya belum ada", "there are no data yet"),
        };
        (false, text)
    }

    fn shown(&self, episode: &'a Episode) -> Option<Shown<'a>> {
        let read = self.read(episode)?;
        let unit = self.unit(episode);
        let days: Vec<&Flag> = episode.days().collect();
        let points = days.iter().skip(days.len().saturating_sub(POINTS)).map(|flag| Point {
            tanggal: flag.day,
            nilai: flag.observed,
            harapan: flag.expected,
            batas: flag.upper,
            p: flag.p,
        });
        Some(Shown {
            id: episode.id(),
            indikator: &read.watched.slug,
            judul: &read.watched.title.id,
            judul_en: &read.watched.title.en,
            unit: &episode.series.unit,
            nama: unit.and_then(|unit| unit.name.as_deref()),
            wilayah: unit.and_then(|unit| unit.region.as_deref()),
            from: episode.from,
            to: episode.to,
            points: points.collect(),
            excess: episode.excess(),
            p: episode.p(),
            is_rule: episode.flags.iter().any(|flag| flag.is_rule),
            data: format!("mart.{}", read.watched.table()),
            versi: &read.watched.version,
        })
    }
}
