//! Patterns of diseases among pupils, after the domain reference (section 8.5).

use crate::school::Kind;

/// How a disease goes round among pupils.
pub(super) struct Pattern {
    pub(super) slug: &'static str,
    pub(super) kinds: &'static [Kind],
    /// Days of absence.
    pub(super) absent: (u64, u64),
    /// Cases at once at the start, from a meal or a well; from one pupil otherwise.
    pub(super) source: (usize, usize),
    /// Mean number of further cases of one.
    pub(super) next: f64,
    /// Days from case to case.
    pub(super) interval: (u64, u64),
    /// Share of cases that see the health centre.
    pub(super) seen: f64,
}

const SMALL: &[Kind] = &[Kind::Tk, Kind::Sd, Kind::Mi];
const MIDDLE: &[Kind] = &[Kind::Sd, Kind::Mi, Kind::Smp, Kind::Mts];
const LARGE: &[Kind] = &[Kind::Sd, Kind::Mi, Kind::Smp, Kind::Mts, Kind::Sma, Kind::Smk, Kind::Ma];

const fn pattern(slug: &'static str, kinds: &'static [Kind]) -> Pattern {
    Pattern {
        slug,
        kinds,
        absent: (2, 4),
        source: (1, 1),
        next: 2.0,
        interval: (2, 4),
        seen: 0.5,
    }
}

/// Incubation and pattern of each as the domain reference has them (section 8.5).
pub(super) const PATTERNS: [Pattern; 10] = [
    Pattern {
        absent: (3, 5),
        next: 2.5,
        interval: (1, 4),
        seen: 0.35,
        ..pattern("ili", LARGE)
    },
    Pattern {
        absent: (1, 3),
        source: (4, 8),
        next: 1.2,
        interval: (1, 3),
        seen: 0.45,
        ..pattern("diare_akut", MIDDLE)
    },
    Pattern {
        absent: (1, 2),
        source: (18, 50),
        next: 0.0,
        interval: (1, 1),
        seen: 0.8,
        ..pattern("keracunan_pangan", LARGE)
    },
    Pattern {
        absent: (5, 7),
        next: 1.7,
        interval: (7, 14),
        seen: 0.9,
        ..pattern("suspek_dengue", MIDDLE)
    },
    Pattern {
        absent: (7, 10),
        next: 2.6,
        interval: (10, 14),
        seen: 0.85,
        ..pattern("campak", MIDDLE)
    },
    Pattern {
        absent: (7, 10),
        next: 2.4,
        interval: (12, 18),
        seen: 0.5,
        ..pattern("varisela", SMALL)
    },
    Pattern {
        absent: (5, 9),
        next: 2.4,
        interval: (13, 20),
        seen: 0.5,
        ..pattern("parotitis", MIDDLE)
    },
    Pattern {
        absent: (4, 7),
        next: 2.2,
        interval: (3, 6),
        seen: 0.5,
        ..pattern("hfmd", SMALL)
    },
    Pattern {
        absent: (10, 18),
        source: (6, 12),
        next: 0.4,
        interval: (20, 35),
        seen: 0.9,
        ..pattern("sindrom_jaundice", MIDDLE)
    },
    Pattern {
        absent: (2, 4),
        next: 2.8,
        interval: (1, 3),
        seen: 0.3,
        ..pattern("konjungtivitis", LARGE)
    },
];
