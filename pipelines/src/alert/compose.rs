//! All alerts, from what the indicators found, what people did, and what the table holds. Pure: done twice, it gives the
//! same rows and no further step.

use super::{
    Alert, AlertEvent, Delivery, HUB, Settings, What,
    budget::{Told, Waiting, spend_days},
    corroborate::Case,
    found::Found,
    life::{Life, State, Step},
    memory::{Memory, is_suppressed},
    read::Read,
    reasons::{Memo, Services, Why},
    tell::Teller,
};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use smartcenter_warehouse::control::KeptSuppression;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What alerts are composed from.
pub(super) struct Parts {
    pub reads: Vec<Arc<Read>>,
    pub services: Services,
    pub memo: Memo,
    /// What the table holds.
    pub held: Vec<Alert>,
    pub memory: Memory,
    pub suppressions: Vec<KeptSuppression>,
    pub settings: Settings,
    pub now: DateTime<Utc>,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Composed {
    /// All alerts, those that are over included.
    pub alerts: Vec<Alert>,
    /// What the hub did; to be kept before the rows are.
    pub steps: Vec<Step>,
    pub events: Vec<AlertEvent>,
    /// When something changes by the clock alone: a snooze ends.
    pub wake: Option<DateTime<Utc>>,
    pub memo: Memo,
}

impl Parts {
    /// All alerts as they are now.
    pub fn composed(mut self) -> Composed {
        let reads = std::mem::take(&mut self.reads);
        let reads: Vec<&Read> = reads.iter().map(Arc::as_ref).collect();
        let teller = Teller::of(&reads);
        let held: BTreeMap<String, Alert> = std::mem::take(&mut self.held)
            .into_iter()
            .map(|alert| (alert.id.clone(), alert))
            .collect();
        let mut out = Composed::default();
        let cases = self.cases(&reads, &teller);
        self.end(&held, &cases, &reads, &mut out.steps);
        let found: Vec<Found> = cases
            .into_iter()
            .map(|(case, ids)| self.remembered(case, ids, &mut out.steps))
            .collect();
        let told = self.told(&found, &held, &teller);
        for (found, told) in found.iter().zip(told) {
            out.alerts.extend(self.alert(found, told, &teller));
        }
        self.keep(&held, &mut out);
        out.alerts.sort_by(|a, b| a.id.cmp(&b.id));
        out.events = self.events(&out.alerts, &held, &found, &teller);
        let snoozes = out.alerts.iter().filter_map(|alert| alert.snoozed_until);
        out.wake = snoozes.min();
        out.memo = self.memo;
        out
    }

    /// Who is told, in the order of the cases.
    fn told(&self, found: &[Found], held: &BTreeMap<String, Alert>, teller: &Teller<'_>) -> Vec<Delivery> {
        let is_quiet = |found: &Found| {
            let mut episodes = found.case.episodes.iter();
            episodes.all(|e| is_suppressed(&self.suppressions, &e.series.indicator, &e.series.unit, e.to))
        };
        let mut answer = vec![Delivery::Held; found.len()];
        let mut asked: Vec<(usize, Waiting<'_>)> = Vec::new();
        for (at, one) in found.iter().enumerate() {
            // What it was merged from may have been told under another name.
            let told = one
                .ids
                .iter()
                .filter_map(|id| held.get(id))
                .any(|alert| alert.told == Delivery::Now);
            let is_over = matches!(one.life.state(), State::Dismissed | State::Closed);
            let owner = teller
                .read(one.case.lead())
                .map_or("", |read| read.watched.owner.as_str());
            if is_quiet(one) {
                answer[at] = Delivery::Suppressed;
            } else if told || !is_over {
                asked.push((
                    at,
                    Waiting {
                        owner,
                        case: &one.case,
                        told,
                    },
                ));
            }
        }
        let waiting: Vec<Waiting<'_>> = asked.iter().map(|(_, waiting)| *waiting).collect();
        let today = teller.today().unwrap_or_default();
        for ((at, _), told) in asked.iter().zip(spend_days(&waiting, self.settings.per_owner, today)) {
            answer[*at] = match told {
                Told::Now => Delivery::Now,
                Told::Held => Delivery::Held,
            };
        }
        answer
    }

    fn alert(&mut self, found: &Found, delivery: Delivery, teller: &Teller<'_>) -> Option<Alert> {
        let Found { case, id, life, .. } = found;
        let lead = case.lead();
        let why = self.why(case, teller);
        let told = teller.told(case, why.as_ref().map(|why| &why.kalimat))?;
        let watched = &told.read.watched;
        let lapsed = life.state() == State::Open && self.is_past(case.to(), teller);
        Some(Alert {
            id: id.clone(),
            indicator: watched.slug.clone(),
            family: watched.family.clone(),
            unit: lead.series.unit.clone(),
            name: told.name,
            region: told.region,
            title: watched.title.clone(),
            sentence: told.sentence,
            action: told.action,
            owner: watched.owner.clone(),
            from: lead.from,
            to: case.to(),
            severity: case.severity(),
            confidence: case.confidence(),
            p: case.p(),
            excess: case.excess(),
            state: if lapsed { State::Closed } else { life.state() },
            verdict: life.verdict,
            snoozed_until: self.snoozed(life),
            by: if lapsed { Some(HUB.to_owned()) } else { life.by.clone() },
            told: delivery,
            evidence: told.evidence,
            reasons: why.and_then(|why| serde_json::to_string(&why).ok()),
            version: watched.version.clone(),
        })
    }

    /// What nobody has looked at and showed nothing for so long is over by itself; whoever knows more may still say so.
    fn is_past(&self, last: NaiveDate, teller: &Teller<'_>) -> bool {
        let today = teller.today().unwrap_or_default();
        today - last > Duration::days(self.settings.lapse_days)
    }

    fn snoozed(&self, life: &Life) -> Option<DateTime<Utc>> {
        life.snoozed_until.filter(|until| *until > self.now)
    }

    /// Why a service is used more or less, of the first episode that can be asked.
    fn why(&mut self, case: &Case, teller: &Teller<'_>) -> Option<Why> {
        for episode in &case.episodes {
            let Some(read) = teller.read(episode) else { continue };
            let Some(table) = read.watched.attribution.as_deref() else {
                continue;
            };
            let family = episode.peak().and_then(|flag| read.text_at(flag, "rumpun"));
            let (Some(service), Some(family), Some(newest)) = (self.services.get(table), family, read.newest) else {
                continue;
            };
            let name = teller.name(episode);
            let why = service.why((table, &family), &name, (episode.from, newest), &mut self.memo);
            if why.is_some() {
                return why;
            }
        }
        None
    }

    /// Keeps what the table holds and nothing shows any more; what is not over yet, with what became of it.
    fn keep(&self, held: &BTreeMap<String, Alert>, out: &mut Composed) {
        let composed: BTreeSet<String> = out.alerts.iter().map(|alert| alert.id.clone()).collect();
        for alert in held.values().filter(|alert| !composed.contains(&alert.id)) {
            let mut alert = alert.clone();
            if alert.state != State::Closed {
                let life = self.life(&alert);
                alert.state = life.state();
                alert.verdict = life.verdict;
                alert.snoozed_until = self.snoozed(&life);
                alert.by = life.by;
            }
            out.alerts.push(alert);
        }
    }

    fn events(
        &self,
        alerts: &[Alert],
        held: &BTreeMap<String, Alert>,
        found: &[Found],
        teller: &Teller<'_>,
    ) -> Vec<AlertEvent> {
        let today = teller.today().unwrap_or_default();
        let is_news = |alert: &Alert| today - alert.to <= Duration::days(self.settings.news_days);
        let is_as_it_was = |alert: &Alert, before: &Alert| {
            (alert.state, alert.told, &alert.by) == (before.state, before.told, &before.by)
        };
        let goes_on = |alert: &Alert| {
            let ids = found.iter().find(|found| found.id == alert.id).map(|found| &found.ids);
            ids.is_some_and(|ids| {
                ids.iter()
                    .any(|id| held.get(id).is_some_and(|before| before.state != State::Closed))
            })
        };
        let changed = alerts.iter().filter_map(|alert| {
            let what = match held.get(&alert.id) {
                Some(before) if before == alert => return None,
                Some(before) if alert.state == State::Closed && before.state != State::Closed => What::Closed,
                Some(before) if is_as_it_was(alert, before) && !is_news(alert) => return None,
                Some(_) => What::Changed,
                None if alert.state == State::Closed || !is_news(alert) => return None,
                None if goes_on(alert) => What::Changed,
                None => What::New,
            };
            Some(AlertEvent::of(alert, what, self.now))
        });
        changed.collect()
    }
}
