//! Tables that models answer for, and what becomes of the others. The rows of a model that went away stay where they are,
//! and so would whoever may read them: nothing follows its sources any more, so only stewards may.

use super::{contract::closed, failure::is_refusal, work::Work};
use crate::alert;
use smartcenter_warehouse::{
    DatasetId, Result, Warehouse,
    contract::{self, ChangeKind, Contract, Layer, Origin, Registry},
    query::{ModelTable, ModelView},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

impl Work {
    /// Closes every table that no model keeps, and tells why it is not kept; not those of models that are `waiting` for
    /// their contracts. False when one could not be closed for the moment.
    pub(super) async fn retire(
        &self,
        warehouse: &Arc<Warehouse>,
        waiting: &BTreeSet<DatasetId>,
        errors: &mut BTreeMap<String, String>,
    ) -> bool {
        let mut is_all = true;
        let registry = warehouse.contracts();
        let marts = registry.iter().filter(|contract| contract.layer == Layer::Mart);
        let is_kept = |name: &DatasetId| {
            self.contracts.contains_key(name) || waiting.contains(name) || alert::is_own(name.as_str())
        };
        for mart in marts.filter(|mart| !is_kept(&mart.dataset)) {
            let told = errors.entry(mart.dataset.to_string()).or_default();
            if told.is_empty() {
                let is_view = self.plan.models.iter().any(|model| model.name() == &mart.dataset);
                told.push_str(match is_view {
                    true => "it is a view and was a table",
                    false => "there is no such model any more",
                });
            }
            match close(warehouse, mart).await {
                Ok(()) => told.push_str("; the rows of its table are left to stewards"),
                Err(error) => {
                    is_all &= is_refusal(&error);
                    told.push_str(&format!("; its table could not be closed: {}", error.message()));
                }
            }
        }
        is_all
    }

    /// The tables whose contract in force is the one that the plan asks for, with the contracts behind it.
    pub(super) fn tables(&self, registry: &Registry) -> Vec<ModelTable> {
        let mut below: HashMap<&DatasetId, Vec<Arc<Contract>>> = HashMap::new();
        for model in &self.plan.models {
            let planned = model.contract.as_ref();
            let active = registry.get(model.name().as_str());
            let (Some(planned), Some(active)) = (planned, active) else {
                continue;
            };
            if active.text != planned.text && contract::compare(active, planned).kind != ChangeKind::Identical {
                continue;
            }
            let mut all = vec![active.clone()];
            let known = model.sources.iter().all(|source| {
                let judged = self.judged.get(&source.dataset).filter(|c| c.layer == Layer::Data);
                match (judged, below.get(&source.dataset)) {
                    (Some(data), _) => all.push(data.clone()),
                    (None, Some(mart)) => all.extend(mart.iter().cloned()),
                    (None, None) => return false,
                }
                true
            });
            if known {
                below.insert(model.name(), all);
            }
        }
        let tables = below.into_iter().map(|(name, below)| ModelTable {
            name: name.clone(),
            below,
        });
        // Alerts pass on no column of a source: their contract alone says how secret they are.
        let alerts = registry.get(alert::TABLE).map(|contract| ModelTable {
            name: contract.dataset.clone(),
            below: vec![contract.clone()],
        });
        tables.chain(alerts).collect()
    }
}

/// The views over alerts, once there is a table of them.
pub(super) fn alert_views(registry: &Registry) -> Vec<ModelView> {
    let has_table = registry.get(alert::TABLE).is_some();
    let views = has_table.then(alert::views).transpose();
    // Their SQL is the program's own, and tested.
    views.ok().flatten().unwrap_or_default()
}

async fn close(warehouse: &Arc<Warehouse>, mart: &Contract) -> Result<()> {
    match closed(mart)? {
        Some(closed) => {
            let put = warehouse.put_contract(&closed.text, Origin::Derived, false).await;
            put.map(drop)
        }
        None => Ok(()),
    }
}
