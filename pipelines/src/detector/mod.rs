//! Detectors: pure functions from a series, or a panel, to verdicts. Time is handed in; nothing here reads a clock, a
//! file or the lake, so that a verdict can be replayed and compared with the reference implementations number by number
//! (`docs/reference/detectors.md`).
//!
//! [`run`] has them all by name. A value that was not reported is NaN, never zero; what a method does not judge has no
//! alarm, which is not the same as no alarm being due.

pub mod adaptive_regression;
pub mod attendance;
pub mod choose;
pub mod cusum;
pub mod cusum_binomial;
pub mod ears;
mod error;
pub mod ewma;
pub mod farrington;
pub mod fdr;
pub mod gamma_poisson;
pub mod laney;
mod line;
pub mod loess;
pub mod mstl;
pub mod nb_predictive;
pub mod outbreak_p;
pub mod params;
mod partial_sort;
pub mod run;
pub mod scan;
mod series;
pub mod special;
pub mod stl;
pub mod switch;
pub mod trend;

pub use error::Error;
pub use series::{Series, Verdict};
