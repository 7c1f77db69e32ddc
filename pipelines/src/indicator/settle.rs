//! From findings to flags: floors, severities, words.

use super::{
    Indicator,
    header::{Direction, Floor, Level},
    line::{Finding, SHORT},
    panel::{Point, State},
};
use crate::alert::Severity;
use std::borrow::Cow;

/// What the table says of a point.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Settled {
    pub finding: Finding,
    /// Alarm of the statistics, floors applied.
    pub flag: Option<bool>,
    pub severity: Option<Severity>,
    pub note: Option<Cow<'static, str>>,
}

/// A report that is due is not there.
const MISSING: &str = "laporan belum masuk";
const INCOMPLETE: &str = "belum lengkap";
const CLOSED: &str = "hari tutup";
/// The statistics alarm, and the floor says that it is too little.
const SMALL: &str = "di bawah batas minimum";

/// What is said of a point that has no verdict.
pub(super) fn unjudged(indicator: &Indicator, state: State) -> Settled {
    let note: Cow<'static, str> = match state {
        State::Ordinary => return Settled::default(),
        State::Missing => MISSING.into(),
        State::Incomplete => INCOMPLETE.into(),
        State::Closed => CLOSED.into(),
        State::Holiday => super::days::HOLIDAY.into(),
        State::Masked(mask) => indicator.masks.get(mask).cloned().unwrap_or_default().into(),
        State::Impossible(why) => why.into(),
    };
    Settled {
        note: Some(note),
        ..Settled::default()
    }
}

/// Floors and severities of a finding.
pub(super) fn settle(indicator: &Indicator, point: &Point, mut finding: Finding) -> Settled {
    let (value, expected) = finding
        .whole
        .unwrap_or_else(|| (point.value, finding.expected.unwrap_or(0.0)));
    let scene = Scene {
        direction: indicator.direction,
        own: point.value,
        value,
        expected,
        p: finding.p,
    };
    let mut note = finding.note.take();
    let flag = finding
        .alarm
        .map(|alarm| alarm && scene.reaches(&indicator.floor, point.population));
    if finding.alarm == Some(true) && flag == Some(false) {
        note.get_or_insert(SMALL.into());
    }
    if flag.is_none() && !indicator.detector.is_rule() {
        note.get_or_insert(SHORT.into());
    }
    let severity = (flag == Some(true)).then(|| {
        let levels = &indicator.severity;
        let holds = |level: &Option<Level>| level.as_ref().is_some_and(|level| scene.is_as_bad(level));
        if holds(&levels.kritis) {
            Severity::Kritis
        } else if holds(&levels.tinggi) {
            Severity::Tinggi
        } else {
            Severity::Sedang
        }
    });
    Settled {
        finding,
        flag,
        severity,
        note,
    }
}

/// What floors and levels look at.
struct Scene {
    direction: Direction,
    /// Value of the point itself, if that of a cluster or a trend is looked at.
    own: f64,
    value: f64,
    expected: f64,
    p: Option<f64>,
}

impl Scene {
    fn excess(&self) -> f64 {
        match self.direction {
            Direction::Naik => self.value - self.expected,
            Direction::Turun => self.expected - self.value,
            Direction::DuaArah => (self.value - self.expected).abs(),
        }
    }

    fn reaches(&self, floor: &Floor, population: f64) -> bool {
        let is_small = floor.small_below.is_some_and(|below| population < below);
        let excess = if is_small {
            floor.excess_small.or(floor.excess)
        } else {
            floor.excess
        };
        let value = match self.direction {
            Direction::Naik => self.own,
            Direction::Turun => self.expected,
            Direction::DuaArah => self.own.max(self.expected),
        };
        // Mirrored series and shares come back with rounding: what equals is no excess.
        let is_beyond = (self.value - self.expected).abs() > 1e-7;
        is_beyond && excess.is_none_or(|least| self.excess() >= least) && floor.value.is_none_or(|least| value >= least)
    }

    fn is_as_bad(&self, level: &Level) -> bool {
        let ratio = self.value / self.expected;
        let (is_low, is_high) = match self.direction {
            Direction::Naik => (false, true),
            Direction::Turun => (true, false),
            Direction::DuaArah => (self.value < self.expected, self.value >= self.expected),
        };
        let value = |limit: f64| (is_high && self.value >= limit) || (is_low && self.value <= limit);
        let far = |limit: f64| (is_high && ratio >= limit) || (is_low && ratio <= limit);
        level.excess.is_none_or(|least| self.excess() >= least)
            && level.p.is_none_or(|most| self.p.is_some_and(|p| p <= most))
            && level.value.is_none_or(value)
            && level.ratio.is_none_or(far)
    }
}
