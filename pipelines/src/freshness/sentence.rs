//! The sentences of freshness, in both languages, from the same figures.

use super::State;
use std::time::Duration;

/// The Indonesian sentence.
pub(super) fn indonesian(state: State, age: Option<Duration>, expected: Option<Duration>) -> String {
    let ago = age.map(|a| {
        if a.as_secs() < 60 {
            "baru saja".into()
        } else {
            format!("{} lalu", span(a, &ID))
        }
    });
    let every = expected.map(|e| span(e, &ID));
    match (state, ago, every) {
        (State::Fresh, Some(ago), Some(every)) => format!("Data terakhir {ago}; jadwalnya paling lama tiap {every}."),
        (State::Fresh, Some(ago), None) => format!("Data terakhir {ago}; jadwal belum disepakati."),
        (State::Late, Some(ago), Some(every)) => {
            format!("Terlambat: data terakhir {ago}, seharusnya paling lama tiap {every}.")
        }
        (State::Silent, Some(ago), Some(every)) => {
            format!("Tidak ada kabar: data terakhir {ago}, seharusnya paling lama tiap {every}. Hubungi pengirim.")
        }
        (_, _, Some(every)) => format!("Belum pernah ada data; jadwalnya paling lama tiap {every}."),
        (_, _, None) => "Belum pernah ada data; jadwal belum disepakati.".into(),
    }
}

/// The English sentence.
pub(super) fn english(state: State, age: Option<Duration>, expected: Option<Duration>) -> String {
    let ago = age.map(|a| {
        if a.as_secs() < 60 {
            "just now".into()
        } else {
            format!("{} ago", span(a, &EN))
        }
    });
    let every = expected.map(|e| span(e, &EN));
    match (state, ago, every) {
        (State::Fresh, Some(ago), Some(every)) => format!("Last data {ago}; due at least every {every}."),
        (State::Fresh, Some(ago), None) => format!("Last data {ago}; no interval agreed yet."),
        (State::Late, Some(ago), Some(every)) => format!("Late: last data {ago}, due at least every {every}."),
        (State::Silent, Some(ago), Some(every)) => {
            format!("Silent: last data {ago}, due at least every {every}. Call the sender.")
        }
        (_, _, Some(every)) => format!("No data has ever arrived; due at least every {every}."),
        (_, _, None) => "No data has ever arrived; no interval agreed yet.".into(),
    }
}

/// Unit words, singular and plural, for second, minute, hour, day.
type Words = [(&'static str, &'static str); 4];

const ID: Words = [("detik", "detik"), ("menit", "menit"), ("jam", "jam"), ("hari", "hari")];
const EN: Words = [
    ("second", "seconds"),
    ("minute", "minutes"),
    ("hour", "hours"),
    ("day", "days"),
];

/// A duration in its largest fitting unit, rounded down: people want "3 days", not "3 days 4 hours 12 minutes".
/// Hours are kept up to two days, because "36 hours" says more than "1 day".
fn span(duration: Duration, words: &Words) -> String {
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        0..60 => (seconds, 0),
        60..3600 => (seconds / 60, 1),
        3600..172_800 if seconds != 86_400 => (seconds / 3600, 2),
        _ => (seconds / 86_400, 3),
    };
    let (one, many) = words[unit];
    format!("{count} {}", if count == 1 { one } else { many })
}
