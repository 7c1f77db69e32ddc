//! Weekly case counts of the health centres (`kasus_penyakit`), Sunday to Saturday as the early-warning form W2 asks.

use crate::{Result, calendar::epi_week_start, dice::Dice, facts};
use chrono::{Datelike, Days, NaiveDate};

/// Code (2025 form), name, mean weekly cases per 10,000 people, and strength of the rainy season.
const DISEASES: [(&str, &str, f64, f64); 10] = [
    ("A", "Diare akut", 3.2, 0.3),
    ("C", "Suspek dengue", 0.22, 0.85),
    ("D", "Pneumonia", 0.25, 0.3),
    ("F", "Suspek demam tifoid", 0.3, 0.1),
    ("H", "Suspek chikungunya", 0.03, 0.8),
    ("K", "Suspek campak", 0.02, 0.0),
    ("P", "Gigitan hewan penular rabies", 0.06, 0.0),
    ("R", "Suspek leptospirosis", 0.02, 0.8),
    ("Y", "ILI", 2.4, 0.35),
    ("AA", "ISPA", 9.5, 0.3),
];

/// A row of `kasus_penyakit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cases {
    /// Code of the disease in the 2025 form.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Kemendagri code of the kecamatan.
    pub place: String,
    /// Sunday.
    pub from: NaiveDate,
    /// Saturday.
    pub to: NaiveDate,
    /// Cases, zero included: a zero report is a report.
    pub cases: u32,
    /// The health centre.
    pub source: String,
}

/// The reports of all health centres for the week that starts on Sunday `from`. Some centres miss a week.
pub fn week(seed: u64, from: NaiveDate) -> Result<Vec<Cases>> {
    let from = epi_week_start(from);
    let number = crate::attendance::day_number(from);
    let phase = (f64::from(from.ordinal0()) - 35.0) / 365.25 * std::f64::consts::TAU;
    let mut all = Vec::new();
    let mut centre_index = 0;
    for place in facts::kecamatan()? {
        let share = f64::from(place.population) / 10_000.0 / place.health_centres.len().max(1) as f64;
        for centre in &place.health_centres {
            centre_index += 1;
            let mut dice = Dice::of(seed, [7, centre_index, number]);
            if dice.chance(0.04) {
                continue;
            }
            for (code, name, rate, rain) in DISEASES {
                // Counts of notifiable diseases vary more than Poisson: a gamma-like factor per centre and week.
                let spread = (0.25 * dice.normal()).exp();
                let mean = rate * share * (1.0 + rain * phase.cos()) * spread;
                all.push(Cases {
                    code,
                    name,
                    place: place.code.clone(),
                    from,
                    to: from + Days::new(6),
                    cases: dice.poisson(mean),
                    source: centre.clone(),
                });
            }
        }
    }
    Ok(all)
}
