#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

fn noon() -> DateTime<Utc> {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn feed(dataset: &str, expected: Option<u64>, age: Option<i64>) -> Feed {
    Feed {
        dataset: dataset.parse().unwrap(),
        owner: "dikpora".parse().unwrap(),
        expected: expected.map(Duration::from_secs),
        last_arrival: age.map(|seconds| noon() - TimeDelta::seconds(seconds)),
    }
}

fn state_of(expected: Option<u64>, age: Option<i64>) -> State {
    judge(&feed("absensi_harian_sekolah", expected, age), noon()).state
}

#[test]
fn a_feed_is_fresh_up_to_its_interval_then_late_then_silent() {
    let day = DAY as i64;
    assert_eq!(state_of(Some(DAY), Some(0)), State::Fresh);
    assert_eq!(state_of(Some(DAY), Some(day)), State::Fresh);
    assert_eq!(state_of(Some(DAY), Some(day + 1)), State::Late);
    assert_eq!(state_of(Some(DAY), Some(3 * day - 1)), State::Late);
    assert_eq!(state_of(Some(DAY), Some(3 * day)), State::Silent);
}

#[test]
fn without_an_agreed_interval_only_never_is_a_complaint() {
    assert_eq!(state_of(None, Some(400 * DAY as i64)), State::Fresh);
    assert_eq!(state_of(None, None), State::Never);
    assert_eq!(state_of(Some(DAY), None), State::Never);
}

#[test]
fn an_arrival_from_a_clock_ahead_of_ours_counts_as_just_arrived() {
    let judged = judge(&feed("wilayah", Some(DAY), Some(-90)), noon());
    assert_eq!((judged.state, judged.age_seconds), (State::Fresh, Some(0)));
    assert!(judged.sentence_id.contains("baru saja"), "{}", judged.sentence_id);
    assert!(judged.sentence_en.contains("just now"), "{}", judged.sentence_en);
}

#[test]
fn an_interval_of_zero_or_of_ages_does_not_overflow() {
    assert_eq!(state_of(Some(0), Some(1)), State::Silent);
    assert_eq!(state_of(Some(u64::MAX), Some(1)), State::Fresh);
}

#[test]
fn sentences_carry_the_figures_of_the_state() {
    let judged = judge(&feed("wilayah", Some(DAY), Some(50 * HOUR as i64)), noon());
    assert_eq!(judged.state, State::Late);
    assert_eq!(
        judged.sentence_id,
        "Terlambat: data terakhir 2 hari lalu, seharusnya paling lama tiap 1 hari."
    );
    assert_eq!(
        judged.sentence_en,
        "Late: last data 2 days ago, due at least every 1 day."
    );

    let judged = judge(&feed("wilayah", Some(HOUR), Some(36 * HOUR as i64)), noon());
    assert_eq!(
        judged.sentence_id,
        "Tidak ada kabar: data terakhir 36 jam lalu, seharusnya paling lama tiap 1 jam. Hubungi pengirim."
    );
    assert_eq!(
        judged.sentence_en,
        "Silent: last data 36 hours ago, due at least every 1 hour. Call the sender."
    );

    let judged = judge(&feed("wilayah", None, None), noon());
    assert_eq!(judged.sentence_id, "Belum pernah ada data; jadwal belum disepakati.");
    assert_eq!(judged.sentence_en, "No data has ever arrived; no interval agreed yet.");
}

#[test]
fn the_register_puts_what_needs_attention_first() {
    let feeds = [
        feed("b_segar", Some(DAY), Some(1)),
        feed("a_segar", Some(DAY), Some(1)),
        feed("c_belum", Some(DAY), None),
        feed("d_senyap", Some(DAY), Some(9 * DAY as i64)),
        feed("e_telat", Some(DAY), Some(2 * DAY as i64)),
    ];
    let order: Vec<_> = register(&feeds, noon())
        .into_iter()
        .map(|f| f.dataset.as_str().to_owned())
        .collect();
    assert_eq!(order, ["c_belum", "d_senyap", "e_telat", "a_segar", "b_segar"]);
}

#[test]
fn states_are_written_as_their_word() {
    for state in [State::Fresh, State::Late, State::Silent, State::Never] {
        assert_eq!(serde_json_word(state), state.as_str());
    }
}

/// The word serde writes, without pulling a JSON crate into this package.
fn serde_json_word(state: State) -> String {
    use serde::de::{IntoDeserializer, value::Error};
    let word = state.as_str();
    let back = State::deserialize(IntoDeserializer::<Error>::into_deserializer(word)).unwrap();
    assert_eq!(back, state);
    word.into()
}
