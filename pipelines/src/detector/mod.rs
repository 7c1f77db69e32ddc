//! Detectors.
pub mod params;
pub mod adaptive_regression;
pub mod ears;
mod error;
pub mod fdr;
pub mod loess;
pub mod mstl;
pub mod stl;
pub mod trend;
pub mod ewma;
pub mod farrington;
mod line;
pub mod nb_predictive;
mod partial_sort;
pub mod scan;
mod series;
pub mod special;
pub mod switch;

pub use error::Error;
pub use series::{Series, Verdict};
