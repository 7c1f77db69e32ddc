//! What the header of an indicator says: what it watches, how it is judged, and what is said when it alarms.

use super::sentence::Template;
use crate::alert::{Severity, corroborate::Link};

/// What one point of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// A day.
    Hari,
    /// An epidemiological week, Sunday to Saturday; its day is the Saturday.
    Minggu,
    /// A calendar month; its day is the last.
    Bulan,
}

/// Which days have a point, of grain [`Grain::Hari`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// School days, of a week of five or six days as the row's `hari_sekolah` says.
    HariSekolah,
    /// Working days.
    HariKerja,
    /// Every day.
    SetiapHari,
}

/// What is worth an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More than expected.
    Naik,
    /// Less than expected.
    Turun,
    /// Either. A method's `alpha` is that of both sides together.
    DuaArah,
}

/// Less than this is no alarm, whatever the statistics say.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Floor {
    /// Least distance from the expected value, in the direction that is watched; of a cluster, of all its cases.
    pub excess: Option<f64>,
    /// The same of units whose `penyebut` is below `small_below`.
    pub excess_small: Option<f64>,
    /// Denominator from which a unit is not small.
    pub small_below: Option<f64>,
    /// Least value, of a member of a cluster its own; where a fall is watched, least expected value.
    pub value: Option<f64>,
}

/// What makes an alarm as bad as that: all that is named must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Level {
    /// Least distance from the expected value.
    pub excess: Option<f64>,
    /// Largest p.
    pub p: Option<f64>,
    /// Least value; where a fall is watched, largest value.
    pub value: Option<f64>,
    /// Least ratio of value to expected value; where a fall is watched, largest.
    pub ratio: Option<f64>,
}

/// How bad alarms of the statistics are: `kritis`, else `tinggi`, else `sedang`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Levels {
    /// What makes one `tinggi`.
    pub tinggi: Option<Level>,
    /// What makes one `kritis`.
    pub kritis: Option<Level>,
}

/// A fixed rule over the output columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// SQL expression that is true where the rule applies.
    pub sql: String,
    /// What it is called, Indonesian.
    pub title: String,
    /// The same, English.
    pub title_en: String,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it raises alerts, or is only shown.
    pub alerts: bool,
}

/// Evidence of another family.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Which episodes are evidence of each other.
    pub link: Link,
    /// What was looked at, Indonesian.
    pub checked: Option<String>,
    /// The same, English.
    pub checked_en: Option<String>,
}

/// A text in both languages, with columns of the row in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Texts {
    /// Indonesian.
    pub id: Template,
    /// English.
    pub en: Template,
}
