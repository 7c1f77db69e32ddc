//! Indicators as the alerts need them.

use super::plan::PlannedModel;
use crate::{
    alert::{Linked, Say, Watched, Words},
    indicator::{Grain, Indicator},
    words::Language,
};
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use std::sync::Arc;

/// Days without a flag in between that make one episode of two flags; residuals of neighbouring days hang together.
const GAP_DAYS: i64 = 3;
/// The same of weeks and months.
const GAP_PERIODS: i64 = 1;

type Tell = fn(&Indicator, Language, &RecordBatch, usize, NaiveDate) -> Option<String>;

impl PlannedModel {
    /// Whether it raises alerts.
    pub(super) fn is_watched(&self) -> bool {
        let indicator = self.file.indicator.as_ref();
        indicator.is_some_and(|it| it.alerts || it.rule.as_ref().is_some_and(|rule| rule.alerts))
    }

    /// The tables that its alerts are made from: its own, and the one that says why.
    pub(super) fn watched_with(&self) -> impl Iterator<Item = &str> {
        let why = self.file.indicator.as_ref().and_then(|it| it.attribution.as_deref());
        std::iter::once(self.name().as_str()).chain(why)
    }

    /// What alerts have to know; none of a model that is no indicator, or of one that raises no alerts.
    pub(super) fn watched(&self) -> Option<Arc<Watched>> {
        let indicator = self.file.indicator.as_ref().filter(|_| self.is_watched())?;
        let rule = indicator.rule.as_ref().filter(|rule| rule.alerts);
        let header = &self.file.header;
        Some(Arc::new(Watched {
            slug: indicator.slug.clone(),
            version: indicator.version.clone(),
            family: indicator.family.clone(),
            owner: header.owner.to_string(),
            title: Words::of(&header.title, &header.title_en),
            unit: Words::of(&indicator.unit, &indicator.unit_en),
            tests: indicator.tests,
            rule: rule.map(|rule| Words::of(&rule.title, &rule.title_en)),
            gap: match indicator.grain {
                Grain::Hari => GAP_DAYS,
                Grain::Minggu | Grain::Bulan => GAP_PERIODS,
            },
            links: linked(indicator),
            attribution: indicator.attribution.clone(),
            say: told(indicator, &header.title, &header.title_en, Indicator::explain),
            advise: told(indicator, "", "", Indicator::first_step),
        }))
    }
}

fn linked(indicator: &Indicator) -> Vec<Linked> {
    let links = indicator.links.iter().map(|evidence| {
        let english = evidence.checked_en.as_ref().or(evidence.checked.as_ref());
        Linked {
            link: evidence.link.clone(),
            checked: evidence.checked.as_ref().zip(english).map(|(id, en)| Words::of(id, en)),
        }
    });
    links.collect()
}

/// A text of the header, filled from a row; the `id` and `en` where there is none.
fn told(indicator: &Arc<Indicator>, id: &str, en: &str, tell: Tell) -> Arc<Say> {
    let indicator = indicator.clone();
    let (id, en) = (id.to_owned(), en.to_owned());
    Arc::new(move |batch, row, since| {
        let say = |language, otherwise: &String| {
            tell(&indicator, language, batch, row, since).unwrap_or_else(|| otherwise.clone())
        };
        Words::of(say(Language::Id, &id), say(Language::En, &en))
    })
}
