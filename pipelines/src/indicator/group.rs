//! Units that are judged together: those of one `grup`.

use super::{
    given::{Given, text},
    panel::{Point, State, Unit},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The points of a group: units by sessions, which are the days that are due to any of them.
pub(super) struct Group {
    /// The days.
    pub sessions: Vec<NaiveDate>,
    /// Position of the first session of the chunk.
    pub chunk: usize,
    /// Its units: position of each among all, and where each session is among its points.
    pub units: Vec<(usize, Vec<Option<usize>>)>,
}

/// The groups. A unit that changes its group begins anew in the other; units without one are a group of their own.
pub(super) fn groups(given: &Given, units: &[Unit], chunk: NaiveDate) -> Vec<Group> {
    let mut members: BTreeMap<&str, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for (at, unit) in units.iter().enumerate() {
        for (place, point) in unit.points.iter().enumerate().filter(|(_, point)| is_due(point)) {
            let name = text(given.group.as_ref(), point.like as usize).unwrap_or_default();
            members.entry(name).or_default().entry(at).or_default().push(place);
        }
    }
    let group = |members: &BTreeMap<usize, Vec<usize>>| {
        let day = |at: usize, place: usize| units[at].points[place].day;
        let days = members
            .iter()
            .flat_map(|(at, places)| places.iter().map(|place| day(*at, *place)));
        let sessions: Vec<NaiveDate> = days.collect::<BTreeSet<_>>().into_iter().collect();
        let at = members.iter().map(|(&at, places)| {
            let mut at_session = vec![None; sessions.len()];
            for place in places {
                if let Ok(session) = sessions.binary_search(&day(at, *place)) {
                    at_session[session] = Some(*place);
                }
            }
            (at, at_session)
        });
        Group {
            units: at.collect(),
            chunk: sessions.partition_point(|day| *day < chunk),
            sessions,
        }
    };
    members.values().map(group).collect()
}

fn is_due(point: &Point) -> bool {
    !matches!(point.state, State::Closed | State::Holiday)
}

impl Group {
    /// The point of a unit in a session.
    pub(super) fn point<'a>(&self, units: &'a [Unit], member: usize, session: usize) -> Option<&'a Point> {
        let (at, places) = &self.units[member];
        places[session].map(|place| &units[*at].points[place])
    }
}
