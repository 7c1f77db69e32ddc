//! Distributions the detectors need, exact to about 1e-13 relative so that bounds and p-values can be compared with
//! the reference implementations number by number. Pure functions; arguments outside a domain give NaN.

mod beta;
mod discrete;
mod gamma;
mod normal;
mod student;
#[cfg(test)]
mod tests;

pub use beta::inc_beta;
pub use discrete::{binom_sf, nb_quantile, nb_sf, poisson_quantile, poisson_sf};
pub use gamma::{inc_gamma_lower, inc_gamma_upper};
pub use normal::{normal_cdf, normal_quantile, normal_sf};
pub use student::{t_quantile, t_sf};
