//! Who may see what. One place decides for every door: dataset allow or deny, row scope by institution and region,
//! and column masks by classification.
//!
//! The invariant: a caller's statement is evaluated only on rows and values that [`Policy::decide`] allows. The
//! decision is data ([`Decision`]); `PolicyExec` enforces it inside the query plan.

mod barrier;
mod identity;
mod mask;
mod rules;

#[cfg(test)]
mod tests;

pub(crate) use barrier::{Gate, Passed, PolicyExec};
pub use identity::{Identity, Role};
pub use mask::Masker;
pub use rules::{Clause, Decision, Policy, PushScope, RowFilter};
