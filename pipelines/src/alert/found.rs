//! What there is now, beside what there was: the cases that the flags make, with what is remembered of each, and the ends
//! of alerts that nothing shows any more.

use super::{
    Alert, HUB, Series,
    compose::Parts,
    confirm::confirmed,
    corroborate::{Case, Link, cases},
    episode::{Episode, episodes},
    life::{Deed, Life, State, Step},
    read::Read,
    tell::Teller,
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A case with what is remembered of it.
pub(super) struct Found {
    pub case: Case,
    pub id: String,
    /// All names that its episodes have or had.
    pub ids: BTreeSet<String>,
    pub life: Life,
}

impl Parts {
    /// The cases, each with all names that its episodes have or had.
    pub(super) fn cases(&self, reads: &[&Read], teller: &Teller<'_>) -> Vec<(Case, BTreeSet<String>)> {
        let flags = confirmed(reads, self.settings.false_share);
        let closed = self.memory.closed();
        let ends: HashMap<String, NaiveDate> = closed
            .iter()
            .flat_map(|(ids, day)| ids.iter().map(|id| (id.clone(), *day)))
            .collect();
        let gaps: HashMap<&str, i64> = reads
            .iter()
            .map(|read| (read.watched.slug.as_str(), read.watched.gap))
            .collect();
        let gap = |series: &Series| gaps.get(series.indicator.as_str()).copied().unwrap_or(1);
        let mut open = episodes(&flags, gap, &ends);
        let mut all = Vec::new();
        // What a person closed stays as it was closed: nothing joins it.
        for (ids, _) in closed {
            let is_in = |episode: &mut Episode| episode.ids().any(|id| ids.contains(&id));
            let mut episodes: Vec<Episode> = open.extract_if(.., is_in).collect();
            episodes.sort_by(|a, b| (a.from, &a.series).cmp(&(b.from, &b.series)));
            if !episodes.is_empty() {
                all.push(Case { episodes });
            }
        }
        let mut links: Vec<Link> = Vec::new();
        for linked in reads.iter().flat_map(|read| &read.watched.links) {
            if !links.contains(&linked.link) {
                links.push(linked.link.clone());
            }
        }
        all.extend(cases(open, &teller.places, &links));
        let named = all.into_iter().map(|case| {
            let ids = self.memory.known(case.episodes.iter().flat_map(Episode::ids));
            (case, ids)
        });
        named.collect()
    }

    pub(super) fn remembered(&mut self, case: Case, mut ids: BTreeSet<String>, steps: &mut Vec<Step>) -> Found {
        let id = case.id();
        // What ended just now may have left it something.
        ids = self.memory.known(ids);
        let mut life = self.memory.life(&id, &ids);
        let mut hub = Vec::new();
        if life.is_withdrawn() {
            hub.push((Deed::Return, "data terakhir menunjukkannya lagi", vec![id.clone()]));
        }
        if life.verdict == Some(State::Dismissed) && !self.is_judged(&case, &life) {
            let episodes = case.episodes.iter().map(Episode::id).collect();
            hub.push((Deed::Reopen, "ada bukti yang belum dinilai saat diputuskan", episodes));
        }
        for (deed, note, episodes) in hub {
            let step = self.hub_step(&id, deed, note.to_owned(), episodes);
            life.take(&id, &step);
            self.memory.add(step.clone());
            steps.push(step);
        }
        Found { case, id, ids, life }
    }

    /// Whether a dismissal still holds: who dismissed it knew the episode that the case begins with now, and every source.
    fn is_judged(&self, case: &Case, life: &Life) -> bool {
        if life.state() == State::Closed {
            return true;
        }
        let judged = self.memory.known(life.judged.iter().cloned());
        let is_known = |episode: &&Episode| episode.ids().any(|id| judged.contains(&id));
        let known: BTreeSet<&str> = case
            .episodes
            .iter()
            .filter(is_known)
            .map(|e| e.family.as_str())
            .collect();
        is_known(&case.lead()) && known == case.families()
    }

    fn hub_step(&self, id: &str, deed: Deed, note: String, episodes: Vec<String>) -> Step {
        Step {
            alert: id.to_owned(),
            episodes,
            at: self.now,
            by: HUB.to_owned(),
            deed,
            note,
            until: None,
        }
    }

    /// Ends what the table holds and nothing shows any more: it was corrected away, or is part of another alert. What no
    /// indicator watches now is left as it is.
    pub(super) fn end(
        &mut self,
        held: &BTreeMap<String, Alert>,
        cases: &[(Case, BTreeSet<String>)],
        reads: &[&Read],
        steps: &mut Vec<Step>,
    ) {
        let there: BTreeSet<String> = cases.iter().map(|(case, _)| case.id()).collect();
        let watched: BTreeSet<&str> = reads.iter().map(|read| read.watched.slug.as_str()).collect();
        for (id, alert) in held {
            let is_gone = !there.contains(id) && watched.contains(alert.indicator.as_str());
            // The row does not say: what lapsed has no step yet, and after an end in the middle of the work the step may be
            // kept and the row not.
            if is_gone && self.life(alert).state() != State::Closed {
                let step = self.ending(alert, cases);
                self.memory.add(step.clone());
                steps.push(step);
            }
        }
    }

    /// Why the episode of an alert is not there any more.
    fn ending(&self, alert: &Alert, cases: &[(Case, BTreeSet<String>)]) -> Step {
        let id = &alert.id;
        let is_rest = |episode: &Episode| {
            let Series { indicator, unit } = &episode.series;
            (indicator, unit) == (&alert.indicator, &alert.unit) && alert.from <= episode.to && episode.from <= alert.to
        };
        for (case, ids) in cases {
            let rest = case.episodes.iter().find(|episode| is_rest(episode));
            if rest.is_none() && !ids.contains(id) {
                continue;
            }
            let mut episodes = vec![id.clone()];
            // Its beginning moved: naming both hands its steps on to what it is called now.
            episodes.extend(rest.map(Episode::id).filter(|name| name != id));
            let note = format!("menjadi bagian dari peringatan {}", case.id());
            return self.hub_step(id, Deed::Merge, note, episodes);
        }
        let note = "datanya dikoreksi, tidak ada lagi yang luar biasa".to_owned();
        self.hub_step(id, Deed::Withdraw, note, vec![id.clone()])
    }

    pub(super) fn life(&self, alert: &Alert) -> Life {
        self.memory.life(&alert.id, &self.memory.known(alert.episodes()))
    }
}
