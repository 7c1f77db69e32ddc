//! Reading the header of an indicator.

use super::{
    Indicator,
    header::{Calendar, Direction, Evidence, Floor, Grain, Level, Levels, Rule, Texts},
    method::{self, Detector},
    sentence::Template,
};
use crate::alert::{
    Severity,
    corroborate::{Link, Near},
};
use crate::yaml::{Map, Wrong};
use saphyr::{AnnotatedMapping, MarkedYaml};

impl Indicator {
    /// Keys of the header that an indicator has beside those of models; `grain` is one of both.
    pub const KEYS: &'static [&'static str] = &[
        "unit",
        "unit_en",
        "family",
        "calendar",
        "direction",
        "detector",
        "lookback",
        "floor",
        "severity",
        "rule",
        "masks",
        "tests",
        "links",
        "explanation",
        "action",
        "attribution",
        "alerts",
    ];

    /// Reads the header's map, which begins on line `first` of the file: [`Indicator::KEYS`] and `grain`. Other keys are
    /// for whoever reads the rest. `slug` is the file's name, `version` its digest. What is wrong goes into `wrong`, with
    /// lines; then there is no indicator.
    pub fn parse(
        slug: &str,
        version: &str,
        map: &AnnotatedMapping<'_, MarkedYaml<'_>>,
        first: usize,
        wrong: &mut Vec<(usize, String)>,
    ) -> Option<Self> {
        let known: Vec<&str> = Self::KEYS.iter().copied().chain(["grain"]).collect();
        let map = Map::of(map, first, &known);
        let before = wrong.len();
        let grain = map.choice(
            "grain",
            &[
                ("hari", Grain::Hari),
                ("minggu", Grain::Minggu),
                ("bulan", Grain::Bulan),
            ],
            wrong,
        );
        if !map.has("grain") {
            map.fault("grain", "`grain` is needed: hari, minggu or bulan", wrong);
        }
        let unit = map.required("unit", wrong);
        let unit_en = map.required("unit_en", wrong);
        let family = map.required("family", wrong);
        let calendar = calendar(&map, grain, wrong);
        let direction = direction(&map, wrong);
        let alerts = map.flag("alerts", true, wrong);
        let rule = rule(&map, wrong);
        let lookback = lookback(&map, grain, wrong);
        let detector = method::read(&map, (grain, calendar, lookback), direction, wrong);
        let found = Self {
            slug: slug.to_owned(),
            version: version.to_owned(),
            floor: floor(&map, wrong),
            severity: severity(&map, wrong),
            masks: map.texts("masks", wrong).unwrap_or_default(),
            tests: map.flag("tests", true, wrong),
            links: links(&map, family.as_deref().unwrap_or_default(), wrong),
            explanation: texts(&map, "explanation", wrong),
            action: texts(&map, "action", wrong),
            attribution: map.text("attribution", wrong),
            lines: map.lines().map(|(key, line)| (key.to_owned(), line)).collect(),
            rule,
            lookback: lookback.unwrap_or_default(),
            unit: unit.unwrap_or_default(),
            unit_en: unit_en.unwrap_or_default(),
            family: family.unwrap_or_default(),
            grain: grain.unwrap_or(Grain::Hari),
            calendar,
            direction,
            detector: detector.unwrap_or_else(Detector::rule),
            alerts,
        };
        if found.detector.is_rule() && found.rule.is_none() {
            map.fault("detector", "method `rule` has no statistics: give a `rule`", wrong);
        }
        let speaks = (found.alerts && !found.detector.is_rule()) || found.rule.as_ref().is_some_and(|rule| rule.alerts);
        for (key, text) in [("explanation", &found.explanation), ("action", &found.action)] {
            if speaks && text.is_none() && !map.has(key) {
                map.fault(
                    key,
                    format!("what alerts needs `{key}`: {{id: \"...\", en: \"...\"}}"),
                    wrong,
                );
            }
        }
        (wrong.len() == before).then_some(found)
    }
}

fn calendar(map: &Map<'_>, grain: Option<Grain>, wrong: &mut Wrong) -> Calendar {
    let choices = [
        ("hari_sekolah", Calendar::HariSekolah),
        ("hari_kerja", Calendar::HariKerja),
        ("setiap_hari", Calendar::SetiapHari),
    ];
    let found = map.choice("calendar", &choices, wrong);
    if grain == Some(Grain::Hari) && !map.has("calendar") {
        let message = "`calendar` is needed of `grain: hari`: hari_sekolah, hari_kerja or setiap_hari";
        map.fault("grain", message, wrong);
    }
    if matches!(grain, Some(Grain::Minggu | Grain::Bulan)) && found.is_some_and(|found| found != Calendar::SetiapHari) {
        let message = "`calendar` is for `grain: hari`: every week and month has a point";
        map.fault("calendar", message, wrong);
    }
    found.unwrap_or(Calendar::SetiapHari)
}

fn direction(map: &Map<'_>, wrong: &mut Wrong) -> Direction {
    let choices = [
        ("naik", Direction::Naik),
        ("turun", Direction::Turun),
        ("dua_arah", Direction::DuaArah),
    ];
    if !map.has("direction") {
        map.fault("direction", "`direction` is needed: naik, turun or dua_arah", wrong);
    }
    map.choice("direction", &choices, wrong).unwrap_or(Direction::Naik)
}

/// Days before a chunk that the judge is given.
fn lookback(map: &Map<'_>, grain: Option<Grain>, wrong: &mut Wrong) -> Option<u32> {
    const MOST: f64 = 20_000.0;
    let default = match grain? {
        Grain::Hari => 150,
        Grain::Minggu => 2200,
        Grain::Bulan => 1900,
    };
    let Some(days) = map.number("lookback", wrong) else {
        return Some(default);
    };
    if !(1.0..=MOST).contains(&days) || days.fract() != 0.0 {
        map.fault(
            "lookback",
            format!("`lookback` is a number of days from 1 to {MOST}, not {days}"),
            wrong,
        );
        return None;
    }
    Some(days as u32)
}

fn floor(map: &Map<'_>, wrong: &mut Wrong) -> Floor {
    let known = ["excess", "excess_small", "small_below", "value"];
    let Some(map) = map.map("floor", &known, wrong) else {
        return Floor::default();
    };
    let [excess, excess_small, small_below, value] = known.map(|key| map.number(key, wrong));
    if map.has("excess_small") != map.has("small_below") {
        let message = "`excess_small` is of units whose `penyebut` is below `small_below`: give both or neither";
        map.fault(
            if map.has("excess_small") {
                "excess_small"
            } else {
                "small_below"
            },
            message,
            wrong,
        );
    }
    Floor {
        excess,
        excess_small,
        small_below,
        value,
    }
}

fn severity(map: &Map<'_>, wrong: &mut Wrong) -> Levels {
    let Some(map) = map.map("severity", &["tinggi", "kritis"], wrong) else {
        return Levels::default();
    };
    let known = ["excess", "p", "value", "ratio"];
    let mut level = |key: &str| {
        let below = map.map(key, &known, wrong)?;
        let [excess, p, value, ratio] = known.map(|key| below.number(key, wrong));
        if below.lines().next().is_none() {
            map.fault(
                key,
                format!("`severity.{key}` names nothing: give {}", known.join(", ")),
                wrong,
            );
        }
        Some(Level {
            excess,
            p,
            value,
            ratio,
        })
    };
    Levels {
        tinggi: level("tinggi"),
        kritis: level("kritis"),
    }
}

fn rule(map: &Map<'_>, wrong: &mut Wrong) -> Option<Rule> {
    let map = map.map("rule", &["sql", "title", "title_en", "severity", "alerts"], wrong)?;
    let choices = [
        ("info", Severity::Info),
        ("sedang", Severity::Sedang),
        ("tinggi", Severity::Tinggi),
        ("kritis", Severity::Kritis),
    ];
    let (sql, title, title_en) = (
        map.required("sql", wrong),
        map.required("title", wrong),
        map.required("title_en", wrong),
    );
    let severity = map.choice("severity", &choices, wrong);
    if !map.has("severity") {
        map.fault(
            "severity",
            "`rule.severity` is needed: info, sedang, tinggi or kritis",
            wrong,
        );
    }
    let alerts = map.flag("alerts", true, wrong);
    Some(Rule {
        sql: sql?,
        title: title?,
        title_en: title_en?,
        severity: severity?,
        alerts,
    })
}

fn links(map: &Map<'_>, family: &str, wrong: &mut Wrong) -> Vec<Evidence> {
    let maps = map.maps(
        "links",
        &["to", "near", "same_subject", "lag_days", "checked", "checked_en"],
        wrong,
    );
    let mut link = |map: &Map<'_>| {
        let to = map.required("to", wrong);
        let near = map.required("near", wrong).and_then(|word| {
            let near = near(&word);
            if near.is_none() {
                let message =
                    format!("`links.near` is unit, catchment, kecamatan or a distance such as 5km, not {word:?}");
                map.fault("near", message, wrong);
            }
            near
        });
        let lags = match map.numbers("lag_days", wrong).as_deref() {
            Some(&[least, most]) if least <= most && least.fract() == 0.0 && most.fract() == 0.0 => {
                Some((least as i64, most as i64))
            }
            _ => {
                let message = "`links.lag_days` is the least and the most days between the two, such as [-2, 10]";
                map.fault("lag_days", message, wrong);
                None
            }
        };
        let same_subject = map.flag("same_subject", false, wrong);
        let (checked, checked_en) = (map.text("checked", wrong), map.text("checked_en", wrong));
        Some(Evidence {
            link: Link {
                from: family.to_owned(),
                to: to?,
                near: near?,
                same_subject,
                lag_days: lags?,
            },
            checked,
            checked_en,
        })
    };
    maps.iter().filter_map(&mut link).collect()
}

fn near(word: &str) -> Option<Near> {
    match word {
        "unit" => Some(Near::Unit),
        "catchment" => Some(Near::Catchment),
        "kecamatan" => Some(Near::Kecamatan),
        _ => {
            let km: f64 = word.strip_suffix("km")?.trim().parse().ok()?;
            (km > 0.0 && km.is_finite()).then_some(Near::Km(km))
        }
    }
}

fn texts(map: &Map<'_>, key: &str, wrong: &mut Wrong) -> Option<Texts> {
    let map = map.map(key, &["id", "en"], wrong)?;
    let mut read = |language: &str| {
        let text = map.required(language, wrong)?;
        let template = Template::parse(&text);
        if let Err(message) = &template {
            map.fault(language, format!("`{key}.{language}`: {message}"), wrong);
        }
        template.ok()
    };
    let (id, en) = (read("id"), read("en"));
    Some(Texts { id: id?, en: en? })
}
