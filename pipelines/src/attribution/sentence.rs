//! The split in one sentence, Indonesian and English, from the same figures.

use super::{Attribution, Part};
use serde::{Deserialize, Serialize};

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentences {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

/// A part that is smaller than this share of the change is not worth a word.
const WORTH: f64 = 0.05;

/// The sentence about `what` (the service and its place, as in "antrean KTP di MPP").
pub fn sentences(what: &str, split: &Attribution) -> Sentences {
    let percent = |visits: f64| 100.0 * visits / split.before.max(1.0);
    let up = split.change >= 0.0;
    let (id, en) = (
        parts(
            split,
            [
                "kalender dan penduduk",
                "dilayani di tempat lain",
                "kunjungan ulang",
                "belum dapat dijelaskan",
            ],
        ),
        parts(
            split,
            [
                "calendar and population",
                "served elsewhere",
                "repeat visits",
                "not explained",
            ],
        ),
    );
    let number = |visits: f64| format!("{:.0}", visits.abs());
    Sentences {
        id: format!(
            "Kunjungan {what} {} {} ({} %): {}.",
            if up { "naik" } else { "turun" },
            thousands(&number(split.change), '.'),
            decimal(percent(split.change).abs(), ','),
            join(&id, "tidak ada perubahan yang berarti"),
        ),
        en: format!(
            "Visits of {what} {} by {} ({} %): {}.",
            if up { "rose" } else { "fell" },
            thousands(&number(split.change), ','),
            decimal(percent(split.change).abs(), '.'),
            join(&en, "no change worth mentioning"),
        ),
    }
}

/// The parts worth a word, largest first: name, signed share of the change.
fn parts(split: &Attribution, names: [&'static str; 4]) -> Vec<String> {
    let all = [split.calendar, split.elsewhere, split.repeats, split.unexplained];
    let scale = split.change.abs().max(1.0);
    let mut told: Vec<(&str, Part)> = names.into_iter().zip(all).collect();
    told.retain(|(_, part)| part.visits.abs() >= WORTH * scale);
    told.sort_by(|a, b| b.1.visits.abs().total_cmp(&a.1.visits.abs()));
    told.into_iter()
        .map(|(name, part)| format!("{name} {:+.0} ({:+.0}..{:+.0})", part.visits, part.low, part.high))
        .collect()
}

fn join(parts: &[String], none: &str) -> String {
    if parts.is_empty() {
        none.to_owned()
    } else {
        parts.join("; ")
    }
}

fn thousands(digits: &str, sign: char) -> String {
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(sign);
        }
        out.push(digit);
    }
    out
}

fn decimal(value: f64, sign: char) -> String {
    format!("{value:.1}").replace('.', &sign.to_string())
}
