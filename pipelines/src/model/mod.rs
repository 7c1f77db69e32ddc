//! Models: datasets that the hub works out from others, each one SQL file with a header.
//!
//! A model of kind `table` is a keyed dataset of the lake in the layer `mart`: its rows arrive by pushes of the hub
//! itself, so that log, visibility, history, policy, look-up and Delta files are those of every dataset. A refresh works
//! out only the slices that changed rows of its sources touch. The invariant: **whatever was pushed and refreshed in
//! whatever order, a model's rows are those of a full rebuild** at the position that it has applied. A model of kind `view` is
//! planned anew for whoever opens it. An [indicator](crate::indicator) is a model whose rows are judged before they are its
//! table's.
//!
//! The way of a model: [`ModelFile`] (header and SQL) → [`Plan`] (all models against the contracts, in order) → [`Engine`]
//! (what changed, what it gives now, one push).

mod backtest;
mod changes;
mod contract;
mod delta;
mod engine;
mod failure;
mod fault;
mod file;
mod header;
mod judged;
mod outbox;
mod plan;
mod refresh;
mod retire;
mod round;
mod runner;
#[cfg(test)]
pub(crate) mod tests;
mod watched;
mod work;

pub use backtest::{Judgement, Replayed};
pub(crate) use changes::rows;
pub(crate) use contract::{OutputColumn, next as next_contract};
pub(crate) use delta::Delta;
pub use engine::{Engine, Refreshed};
pub use fault::ModelFault;
pub use file::{ModelFile, fingerprint};
pub use header::{Header, Kind, Touch};
pub(crate) use outbox::Outbox;
pub use plan::{Plan, PlannedModel, Source};
pub use runner::Runner;
pub use work::Listed;

use smartcenter_warehouse::contract::{Contract, Registry};
use std::{path::PathBuf, sync::Arc};

/// The shipped models and indicators and those in the data folders `sites`, planned against `contracts`, how many there are,
/// and everything wrong with them: headers, SQL, order, names, columns. No row is read.
///
/// # Errors
/// `Internal` when the engine cannot be set up.
pub async fn check(
    sites: &[PathBuf],
    contracts: &Registry,
) -> smartcenter_warehouse::Result<(Plan, usize, Vec<ModelFault>)> {
    let (files, mut faults) = ModelFile::gather(sites);
    let all: Vec<Arc<Contract>> = contracts.iter().cloned().collect();
    let count = files.len();
    let plan = Plan::of(files, &all).await?;
    faults.extend(plan.faults.iter().cloned());
    faults.sort();
    Ok((plan, count, faults))
}
