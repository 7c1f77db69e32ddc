//! The catalogue as one caller sees it: only names that the policy allows exist, so `SHOW TABLES` and
//! `information_schema` are filtered by the same rules as reads.

use super::{ModelView, Pin, scan::LakeTable, system::SystemTable};
use crate::{
    contract::{Contract, Layer},
    policy::Decision,
};
use async_trait::async_trait;
use datafusion::{
    catalog::{CatalogProvider, CatalogProviderList, SchemaProvider, TableProvider},
    common::Result,
    datasource::ViewTable,
    execution::SessionState,
};
use std::{fmt, sync::Arc};

/// The one catalogue.
pub(crate) const CATALOG: &str = "smartcenter";
/// The schema of names without one.
pub(crate) const DATA: &str = "data";

/// A schema of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Area {
    Data,
    History,
    Quarantine,
    Ref,
    Mart,
    System,
}

impl Area {
    const ALL: [(Area, &'static str); 6] = [
        (Area::Data, DATA),
        (Area::History, "history"),
        (Area::Quarantine, "quarantine"),
        (Area::Ref, "ref"),
        (Area::Mart, "mart"),
        (Area::System, "system"),
    ];
}

/// The list of catalogues, and the catalogue: there is one.
#[derive(Clone)]
pub(crate) struct Catalog {
    pin: Arc<Pin>,
    /// What views are planned with.
    base: Arc<SessionState>,
    /// For the SQL of a model: rows of `data` have their position and arrival as well.
    in_model: bool,
}

impl Catalog {
    pub(crate) fn new(pin: Arc<Pin>, base: Arc<SessionState>, in_model: bool) -> Self {
        Self { pin, base, in_model }
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("in_model", &self.in_model)
            .finish_non_exhaustive()
    }
}

impl CatalogProviderList for Catalog {
    fn register_catalog(&self, _: String, _: Arc<dyn CatalogProvider>) -> Option<Arc<dyn CatalogProvider>> {
        // The catalogue follows from contracts and policy; there is nothing to register.
        None
    }

    fn catalog_names(&self) -> Vec<String> {
        vec![CATALOG.to_owned()]
    }

    fn catalog(&self, name: &str) -> Option<Arc<dyn CatalogProvider>> {
        (name == CATALOG).then(|| Arc::new(self.clone()) as _)
    }
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        Area::ALL.iter().map(|(_, name)| (*name).to_owned()).collect()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let (area, _) = Area::ALL.iter().find(|(_, own)| *own == name)?;
        Some(Arc::new(Tables {
            catalog: self.clone(),
            pin: self.pin.clone(),
            area: *area,
        }))
    }
}

/// The tables of one schema.
#[derive(Debug)]
struct Tables {
    catalog: Catalog,
    pin: Arc<Pin>,
    area: Area,
}

impl Tables {
    fn visible(&self, contract: &Contract) -> bool {
        let (policy, identity) = (&self.pin.policy, &self.pin.identity);
        let decision = match self.area {
            Area::Quarantine => policy.decide_quarantine(identity, contract),
            Area::History if !policy.sees_history(identity) => return false,
            Area::Ref if !contract.reference => return false,
            Area::Mart if contract.layer != Layer::Mart => return false,
            Area::Data | Area::Ref if contract.layer != Layer::Data => return false,
            Area::Data | Area::History | Area::Ref | Area::Mart => policy.decide(identity, contract),
            Area::System => return false,
        };
        decision != Decision::Deny
    }

    /// The view called `name`, when the caller may read all that it reads.
    fn view(&self, name: &str) -> Option<&ModelView> {
        let view = (self.area == Area::Mart).then(|| self.pin.models.view(name))??;
        self.is_view_open(view).then_some(view)
    }

    fn is_view_open(&self, view: &ModelView) -> bool {
        self.pin.policy.sees_views(&self.pin.identity)
            && view.reads.iter().all(|read| {
                let nested = (read.schema == "mart")
                    .then(|| self.pin.models.view(&read.table))
                    .flatten();
                match nested {
                    Some(nested) => self.is_view_open(nested),
                    None => self
                        .pin
                        .active(&read.table)
                        .is_some_and(|contract| self.pin.policy.decide(&self.pin.identity, contract) != Decision::Deny),
                }
            })
    }

    /// A view as a table: its plan over the tables that the caller sees.
    async fn planned(&self, view: &ModelView) -> Result<ViewTable> {
        let mut state = self.catalog.base.as_ref().clone();
        state.config_mut().set_extension(self.pin.clone());
        state.register_catalog_list(Arc::new(Catalog {
            in_model: true,
            ..self.catalog.clone()
        }));
        let plan = state.statement_to_plan(view.statement.clone()).await?;
        Ok(ViewTable::new(plan, None))
    }

    /// The contract behind `x` or `x_v1`, when the caller may know of it.
    fn contract(&self, name: &str) -> Option<&Arc<Contract>> {
        let versioned = || {
            let (dataset, major) = name.rsplit_once("_v")?;
            let contract = self.pin.major(dataset, major.parse().ok()?)?;
            (self.area != Area::Quarantine).then_some(contract)
        };
        self.pin
            .active(name)
            .or_else(versioned)
            .filter(|contract| self.visible(contract))
    }
}

#[async_trait]
impl SchemaProvider for Tables {
    fn table_names(&self) -> Vec<String> {
        if self.area == Area::System {
            return SystemTable::names(&self.pin);
        }
        let mut names: Vec<String> = self
            .pin
            .contracts
            .iter()
            .filter(|contract| self.visible(contract))
            .filter_map(|contract| {
                let active = self.pin.active(contract.dataset.as_str())?;
                match contract.version.major == active.version.major {
                    true => Some(contract.dataset.to_string()),
                    false if self.area == Area::Quarantine => None,
                    false => Some(format!("{}_v{}", contract.dataset, contract.version.major)),
                }
            })
            .collect();
        if self.area == Area::Mart {
            let views = self.pin.models.views.iter().filter(|view| self.is_view_open(view));
            names.extend(views.map(|view| view.name.to_string()));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if self.area == Area::System {
            return Ok(SystemTable::open(&self.pin, name).map(|table| Arc::new(table) as _));
        }
        if let Some(view) = self.view(name) {
            return Ok(Some(Arc::new(self.planned(view).await?)));
        }
        Ok(self.contract(name).map(|contract| {
            let table = match self.area {
                Area::History => LakeTable::history(contract),
                Area::Quarantine => LakeTable::rejects(contract),
                Area::Data | Area::Ref if self.catalog.in_model => LakeTable::in_model(contract),
                Area::Data | Area::Ref | Area::Mart | Area::System => LakeTable::data(contract),
            };
            Arc::new(table) as _
        }))
    }

    fn table_exist(&self, name: &str) -> bool {
        match self.area {
            Area::System => SystemTable::open(&self.pin, name).is_some(),
            _ => self.view(name).is_some() || self.contract(name).is_some(),
        }
    }
}
