//! Diseases under watch and everyday diagnoses: names, codes, thresholds, seasons, ages. Names, letters, codes and
//! thresholds as the SKDR tools of 2025 and the older fixed list have them; rates and seasons are a model.

/// How the tool of 2025 decides on an alert.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    /// At least so many times last week's count.
    Times(f64),
    /// At least so many cases.
    AtLeast(f64),
    Trend,
    None,
}

/// Who falls ill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ages {
    Infants,
    Children,
    Pupils,
    Everybody,
    Adults,
    Old,
    Mothers,
}

/// A diagnosis. `slug` is empty where nobody watches it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Disease {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    /// Letter on the form; empty for none.
    pub(crate) letter: &'static str,
    /// Codes and ranges of the reference list.
    pub(crate) icd10: &'static str,
    /// Codes that doctors here write.
    pub(crate) written: &'static [&'static str],
    pub(crate) rule: Rule,
    pub(crate) old_threshold: u32,
    /// Incubation in days.
    pub(crate) incubation: (f64, f64),
    /// On the list of notifiable diseases.
    pub(crate) notifiable: bool,
    /// Mean visits a week per 10,000 people.
    pub(crate) weekly: f64,
    /// Strength of the rainy season, 0 to 1.
    pub(crate) rain: f64,
    pub(crate) ages: Ages,
}

impl Disease {
    /// Watched diseases with their slugs.
    pub(crate) fn watched() -> impl Iterator<Item = &'static Self> {
        super::list::DISEASES.iter().filter(|d| !d.slug.is_empty())
    }
}
