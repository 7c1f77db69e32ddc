//! Where contracts come from and how one becomes active: embedded ones, site folders that are watched, and those put
//! through the API. A faulty contract is told of and left out; the active one stays.

use super::Warehouse;
use crate::{
    Result, Settings,
    contract::{self, Contract, Layer, Origin, Registry},
    control::Control,
    lake::{Activate, tokio_stop},
    query::ModelList,
};
use arc_swap::ArcSwap;
use std::{
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};

/// How often site contracts are looked at for changes.
const SITE_WATCH: Duration = Duration::from_secs(2);

/// Contracts whose rows can be read, as queries want them.
#[derive(Debug)]
pub(super) struct ReadableContracts {
    pub all: Arc<[Arc<Contract>]>,
    /// Those that say how secret their rows are.
    pub vouched: Arc<[Arc<Contract>]>,
}

impl ReadableContracts {
    /// An older major of a model's table is nobody's: its class and readers are of a time that is gone, and nothing would
    /// ever change them.
    pub fn of(registry: &Registry, models: &ModelList) -> Self {
        let in_force =
            |name: &str, contract: &Contract| contract.layer == Layer::Data || name == contract.dataset.as_str();
        let readable = registry.readable().filter(|(name, contract)| in_force(name, contract));
        let all: Arc<[Arc<Contract>]> = readable.map(|(_, contract)| contract.clone()).collect();
        let vouched = all.iter().filter(|contract| models.vouches(contract, registry));
        Self {
            vouched: vouched.cloned().collect(),
            all,
        }
    }

    /// Follows a change of contracts or models, whichever came last.
    pub fn follow(readable: &ArcSwap<Self>, registry: &ArcSwap<Registry>, models: &ArcSwap<ModelList>) {
        readable.rcu(|_| Arc::new(Self::of(&registry.load(), &models.load())));
    }
}

/// The contracts of all layers. A faulty site contract is told of and left out: it must not keep the other feeds from
/// running.
pub(super) fn load_registry(settings: &Settings, control: &Control) -> Result<Registry> {
    let stored: Vec<String> = control.contracts()?.into_iter().map(|stored| stored.text).collect();
    let (registry, faults) = Registry::gather(&contract_folders(settings), &stored);
    for fault in faults {
        tracing::error!(%fault, "a contract was left out");
    }
    Ok(registry)
}

fn contract_folders(settings: &Settings) -> Vec<PathBuf> {
    let mut folders = vec![settings.data.join("contracts")];
    folders.extend(settings.contracts.iter().cloned());
    folders
}

/// What the publisher does with a contract whose activation is durable.
pub(super) fn activation(
    control: Arc<Control>,
    registry: Arc<ArcSwap<Registry>>,
    readable: Arc<ArcSwap<ReadableContracts>>,
    models: Arc<ArcSwap<ModelList>>,
) -> Activate {
    Box::new(move |contract| {
        if matches!(contract.origin, Origin::Api | Origin::Derived)
            && let Err(error) = control.put_contract(&contract.dataset, &contract.version, &contract.text)
        {
            tracing::error!(dataset = %contract.dataset, %error, "a contract is active but could not be stored");
        }
        let next = registry.load().with(Contract::clone(contract));
        registry.store(Arc::new(next));
        ReadableContracts::follow(&readable, &registry, &models);
        tracing::info!(dataset = %contract.dataset, version = %contract.version, "contract activated");
    })
}

/// Loads site contracts that appear or change, without a restart. A faulty or breaking one is logged and left out;
/// the active contract stays.
pub(super) async fn watch_site(warehouse: Weak<Warehouse>, stop: tokio_stop::Stop) {
    // What came between the reading at the start and now is not to be missed: the first look reads everything.
    let mut seen = None;
    while !stop.is_set() {
        tokio::select! {
            () = tokio::time::sleep(SITE_WATCH) => {}
            () = stop.wait() => return,
        }
        let Some(warehouse) = warehouse.upgrade() else { return };
        let now = contract::fingerprint(&contract_folders(&warehouse.settings));
        if seen.replace(now) == Some(now) {
            continue;
        }
        match load_registry(&warehouse.settings, &warehouse.control) {
            Ok(found) => {
                let active = warehouse.contracts();
                for contract in found.iter().filter(|c| c.origin == Origin::Site) {
                    let same = active
                        .get(contract.dataset.as_str())
                        .is_some_and(|a| a.text == contract.text);
                    if !same && let Err(error) = warehouse.put_contract(&contract.text, Origin::Site, false).await {
                        tracing::error!(dataset = %contract.dataset, %error, "a site contract was not activated");
                    }
                }
            }
            Err(error) => tracing::error!(%error, "site contracts were not loaded"),
        }
    }
}
