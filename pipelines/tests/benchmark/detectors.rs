//! The detectors of the benchmark, each with the alarms of the weeks evaluated at up to three levels.

use crate::scenario::{FIRST, WEEKS};
use smartcenter_pipelines::detector::Series;
use smartcenter_pipelines::detector::ears::{self, C3Mode, Ears, Rule};
use smartcenter_pipelines::detector::farrington::{Flexible, PowerTrans, SeMode, ThresholdMethod, flexible};
use smartcenter_pipelines::detector::nb_predictive::{self, NbPredictive};

/// Levels of the Farrington rows.
pub const ALPHAS: [f64; 3] = [0.005, 0.01, 0.05];

/// A row of the table, or three of them.
#[derive(Clone)]
pub enum Detector {
    Flexible(&'static str, Flexible),
    Ears(&'static str, Rule, Ears),
    Bayes(&'static str, NbPredictive),
}

impl Detector {
    /// The names of its rows.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Flexible(name, _) => ALPHAS.iter().map(|alpha| format!("{name} {alpha}")).collect(),
            Self::Ears(name, ..) | Self::Bayes(name, _) => vec![(*name).to_owned()],
        }
    }

    /// Whether each week evaluated alarms, for each of its rows.
    pub fn alarms(&self, observed: &[f64]) -> Vec<Vec<bool>> {
        match self {
            Self::Flexible(_, params) => {
                let series = Series::new(observed.to_vec(), 52);
                let rows = flexible::rows(&series, Some(FIRST..WEEKS), params).unwrap();
                let is_discrete = params.threshold_method != ThresholdMethod::Delta;
                // A count is above the quantile 1 - alpha exactly if its tail probability is at most alpha.
                let alarm = |row: &flexible_row::Row, alpha: f64| {
                    row.enough && !row.is_fallback && if is_discrete { row.p <= alpha } else { row.p < alpha }
                };
                let at = |alpha| {
                    rows.iter()
                        .map(|(_, row)| row.is_some_and(|row| alarm(&row, alpha)))
                        .collect()
                };
                ALPHAS.iter().map(|&alpha| at(alpha)).collect()
            }
            Self::Ears(_, rule, params) => {
                let rows = ears::rows(&observed[FIRST - 40..], *rule, params).unwrap();
                let judged = rows.iter().filter(|(t, _)| *t >= 40);
                vec![judged.map(|(_, row)| row.alarm == Some(true)).collect()]
            }
            Self::Bayes(_, params) => {
                let series = Series::new(observed.to_vec(), 52);
                let verdicts = nb_predictive::detect(&series, params).unwrap();
                let judged = verdicts.iter().filter(|v| v.index >= FIRST);
                vec![judged.map(|v| v.alarm == Some(true)).collect()]
            }
        }
    }
}

mod flexible_row {
    pub use smartcenter_pipelines::detector::farrington::Row;
}

/// All detectors of the table, in its order.
pub fn all() -> Vec<Detector> {
    let noufaily = Flexible {
        b: 5,
        w: 3,
        no_periods: 10,
        past_weeks_not_included: Some(26),
        reweight: true,
        weights_threshold: 2.58,
        alpha: 0.01,
        trend: true,
        p_threshold_trend: 1.0,
        threshold_method: ThresholdMethod::NbPlugin,
        power_trans: PowerTrans::TwoThirds,
        limit54: (5, 4),
        population_offset: false,
        se_mode: SeMode::RCompat,
    };
    let p05 = Flexible {
        p_threshold_trend: 0.05,
        ..noufaily.clone()
    };
    let delta = Flexible {
        threshold_method: ThresholdMethod::Delta,
        ..p05.clone()
    };
    let default = Flexible {
        no_periods: 1,
        past_weeks_not_included: None,
        ..delta.clone()
    };
    let of_1996 = Flexible {
        weights_threshold: 1.0,
        se_mode: SeMode::Proper,
        ..default.clone()
    };
    let ears = |alpha, c3_mode| Ears {
        alpha: Some(alpha),
        c3_mode,
        ..Ears::default()
    };
    let bayes = |b, w, act_y| NbPredictive {
        b,
        w,
        act_y,
        ..NbPredictive::default()
    };
    vec![
        Detector::Flexible("FF_noufaily_nb", noufaily),
        Detector::Flexible("FF_noufaily_nb_p05", p05),
        Detector::Flexible("FF_np10_delta_p05", delta),
        Detector::Flexible("FF_default_delta", default),
        Detector::Flexible("Farrington1996_like_w1_delta", of_1996),
        Detector::Ears("EARS_C1_a001", Rule::C1, ears(0.001, C3Mode::Published)),
        Detector::Ears("EARS_C2_a001", Rule::C2, ears(0.001, C3Mode::Published)),
        Detector::Ears("EARS_C3_R_a025", Rule::C3, ears(0.025, C3Mode::RCompat)),
        Detector::Ears("EARS_C3_published_a025", Rule::C3, ears(0.025, C3Mode::Published)),
        Detector::Bayes("Bayes1_a05", bayes(0, 6, true)),
        Detector::Bayes("Bayes2_a05", bayes(1, 6, true)),
        Detector::Bayes("Bayes3_a05", bayes(2, 4, false)),
    ]
}
