//! The rules per role, as `docs/adr/0040-policy-barrier.md` states them. Whatever is not allowed here is denied.

use super::{Identity, Role};
use crate::{
    RegionCode,
    contract::{Access, Classification, Column, ColumnType, Contract, Layer, Mask},
    quarantine,
};
use datafusion::{
    logical_expr::{Expr, lit},
    prelude::ident,
    scalar::ScalarValue,
};

/// One version of the rules; immutable. A query pins the policy it started with, and ends when a newer one is
/// in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    version: u64,
}

/// What one caller may see of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing, not even that the table exists.
    Deny,
    /// Rows that pass `row_filter` (all when absent), with these columns masked.
    Allow {
        /// Rows that may be seen.
        row_filter: Option<RowFilter>,
        /// Columns, by stored name, that are shown masked.
        masks: Vec<(String, Mask)>,
    },
}

/// Conditions on the stored row; all must hold. A null never satisfies one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFilter {
    /// The conditions; never empty.
    pub clauses: Vec<Clause>,
}

/// One condition on a text column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// The column equals the text.
    Equals {
        /// Stored column.
        column: String,
        /// Text.
        value: String,
    },
    /// The column is one of the regions or lies below one, by prefix at `.` boundaries.
    Under {
        /// Stored column.
        column: String,
        /// Regions; never empty.
        regions: Vec<RegionCode>,
    },
}

/// Whose pushes (receipts, rejected rows) a caller may list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushScope {
    /// Nobody's.
    None,
    /// Those of the caller's own key.
    Own,
    /// Everybody's.
    All,
}

impl RowFilter {
    /// The conditions as an expression over the stored columns.
    pub fn expr(&self) -> Expr {
        self.clauses
            .iter()
            .map(Clause::expr)
            .reduce(Expr::and)
            .unwrap_or_else(|| lit(false))
    }

    /// Whether a row lies within, given its texts by column.
    pub fn covers<'a>(&self, text: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.clauses.iter().all(|clause| match clause {
            Clause::Equals { column, value } => text(column) == Some(value),
            Clause::Under { column, regions } => {
                text(column).is_some_and(|code| regions.iter().any(|region| region.holds(code)))
            }
        })
    }

    /// Stored columns that [`Self::expr`] reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().map(|clause| match clause {
            Clause::Equals { column, .. } | Clause::Under { column, .. } => column.as_str(),
        })
    }
}

impl Clause {
    fn expr(&self) -> Expr {
        let text = |value: &str| lit(ScalarValue::Utf8View(Some(value.to_owned())));
        match self {
            Self::Equals { column, value } => ident(column).eq(text(value)),
            // Region codes hold digits and dots only, so the prefix needs no escape.
            Self::Under { column, regions } => regions
                .iter()
                .map(|region| {
                    ident(column)
                        .eq(text(region.as_str()))
                        .or(ident(column).like(text(&format!("{region}.%"))))
                })
                .reduce(Expr::or)
                .unwrap_or_else(|| lit(false)),
        }
    }
}

impl Policy {
    /// The built-in rules, as version `version`.
    pub fn new(version: u64) -> Self {
        Self { version }
    }

    /// Grows with every change of rules.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What `identity` may see of the rows of `contract` (`data`, `history`, `ref`, `mart`).
    pub fn decide(&self, identity: &Identity, contract: &Contract) -> Decision {
        let Some(mut clauses) = row_access(identity, contract) else {
            return Decision::Deny;
        };
        if !identity.regions.is_empty() {
            match scope_column(contract, contract.row_scope.region) {
                Scope::Column(column) => {
                    clauses.push(Clause::Under {
                        column: column.to_owned(),
                        regions: identity.regions.clone(),
                    });
                }
                // A key bound to regions cannot be cut to them here: only what is for everybody stays open.
                Scope::Absent if contract.reference || contract.public => {}
                Scope::Absent | Scope::Unusable => return Decision::Deny,
            }
        }
        let clear = sees_personal_data(identity, contract);
        let masks = contract
            .columns
            .iter()
            .filter(|column| is_secret(column.classification) && !clear)
            .map(|column| (column.name.clone(), mask_of(column)))
            .collect();
        let row_filter = (!clauses.is_empty()).then_some(RowFilter { clauses });
        Decision::Allow { row_filter, masks }
    }

    /// What `identity` may see of the rejected rows of `contract`, over the quarantine table's columns. The filter
    /// on the dataset itself is always part of it.
    pub fn decide_quarantine(&self, identity: &Identity, contract: &Contract) -> Decision {
        if contract.layer == Layer::Mart {
            // Nobody sends it, so nothing of it is rejected.
            return Decision::Deny;
        }
        let own = owns(identity, contract);
        let mut clauses = vec![Clause::Equals {
            column: "dataset".to_owned(),
            value: contract.dataset.as_str().to_owned(),
        }];
        // Rejected rows have no region to cut by: a key bound to regions sees only what it sent.
        let scope = match self.pushes(identity) {
            PushScope::All if contract.classification == Classification::Closed && identity.role == Role::Analis => {
                return Decision::Deny;
            }
            PushScope::All if identity.regions.is_empty() => PushScope::All,
            PushScope::Own if own && identity.regions.is_empty() => PushScope::All,
            PushScope::None => return Decision::Deny,
            PushScope::All | PushScope::Own => PushScope::Own,
        };
        if scope == PushScope::Own {
            if !self.may_push(identity, contract) && self.decide(identity, contract) == Decision::Deny {
                return Decision::Deny;
            }
            clauses.push(Clause::Equals {
                column: "pusher".to_owned(),
                value: identity.key.as_str().to_owned(),
            });
        }
        let clear = own || scope == PushScope::Own || (identity.role == Role::Walidata && identity.purpose.is_some());
        let masks = if clear {
            Vec::new()
        } else {
            // Sent text may hold anything; its messages quote it.
            quarantine::SENT.map(|column| (column.to_owned(), Mask::Null)).to_vec()
        };
        Decision::Allow {
            row_filter: Some(RowFilter { clauses }),
            masks,
        }
    }

    /// Whether `identity` may push to `contract`: stewards may, the owner may, and whoever has the scope for it. Nobody
    /// may push what the hub works out itself.
    pub fn may_push(&self, identity: &Identity, contract: &Contract) -> bool {
        if contract.layer == Layer::Mart {
            return false;
        }
        match identity.role {
            Role::Admin | Role::Walidata => true,
            Role::Opd | Role::Layanan => {
                identity.institution.as_ref() == Some(&contract.owner)
                    || identity.has_scope(&format!("push:{}", contract.dataset))
            }
            Role::Publik | Role::Analis | Role::Pimpinan => false,
        }
    }

    /// Whose pushes `identity` may list in `system.receipts` and the receipts endpoint.
    pub fn pushes(&self, identity: &Identity) -> PushScope {
        match identity.role {
            Role::Publik | Role::Pimpinan => PushScope::None,
            Role::Opd | Role::Layanan => PushScope::Own,
            Role::Analis | Role::Walidata | Role::Admin => PushScope::All,
        }
    }

    /// Whether `identity` may look into `history` at all; receipts and positions there mean nothing to the public.
    pub fn sees_history(&self, identity: &Identity) -> bool {
        !matches!(identity.role, Role::Publik | Role::Pimpinan)
    }

    /// Whether `identity` may open views that are planned anew for it, provided that it may read what they read. Boards
    /// and the public get tables only: of a view nobody can say beforehand what it shows.
    pub fn sees_views(&self, identity: &Identity) -> bool {
        !matches!(identity.role, Role::Publik | Role::Pimpinan)
    }

    /// Whether `identity` may read the table of a model whose contract does not say any more how secret its rows are,
    /// because a source became more secret, or no model keeps it.
    pub fn sees_unvouched(&self, identity: &Identity) -> bool {
        matches!(identity.role, Role::Walidata | Role::Admin)
    }

    /// Whether `identity` may see names of keys other than its own.
    pub fn sees_key_names(&self, identity: &Identity) -> bool {
        matches!(identity.role, Role::Walidata | Role::Admin)
    }

    /// Whether `identity` may see who read personal data.
    pub fn sees_audit(&self, identity: &Identity) -> bool {
        identity.role == Role::Admin && identity.regions.is_empty()
    }

    /// Whether `identity` may see sizes, files and maintenance of tables.
    pub fn sees_operations(&self, identity: &Identity) -> bool {
        matches!(identity.role, Role::Analis | Role::Walidata | Role::Admin) && identity.regions.is_empty()
    }
}

/// The conditions by institution, or nothing when the dataset is closed to the caller.
fn row_access(identity: &Identity, contract: &Contract) -> Option<Vec<Clause>> {
    let everything = Some(Vec::new());
    match identity.role {
        // Boards read `mart.*` only, and of it what says so; not even public rows, which have not been through
        // small-cell suppression.
        Role::Pimpinan => everything.filter(|_| contract.layer == Layer::Mart && contract.access >= Access::Pimpinan),
        Role::Publik => everything.filter(|_| contract.public),
        Role::Layanan => {
            everything.filter(|_| contract.public || identity.has_scope(&format!("read:{}", contract.dataset)))
        }
        Role::Analis => everything.filter(|_| contract.classification != Classification::Closed),
        Role::Walidata | Role::Admin => everything,
        Role::Opd if owns(identity, contract) || contract.public => everything,
        Role::Opd if contract.classification == Classification::Closed => None,
        Role::Opd if contract.reference => everything,
        Role::Opd => match (
            scope_column(contract, contract.row_scope.institution),
            &identity.institution,
        ) {
            (Scope::Column(column), Some(institution)) => Some(vec![Clause::Equals {
                column: column.to_owned(),
                value: institution.as_str().to_owned(),
            }]),
            // Without an institution column the region alone must cut the rows; `decide` adds that clause.
            (Scope::Absent, _) if !identity.regions.is_empty() && contract.row_scope.region.is_some() => everything,
            _ => None,
        },
    }
}

fn owns(identity: &Identity, contract: &Contract) -> bool {
    identity.role == Role::Opd && identity.institution.as_ref() == Some(&contract.owner)
}

fn sees_personal_data(identity: &Identity, contract: &Contract) -> bool {
    identity.purpose.is_some()
        && match identity.role {
            Role::Walidata => true,
            // Of a model its owner may be another than the owner of what it passes on.
            Role::Opd => owns(identity, contract) && contract.layer == Layer::Data,
            // A service reads in clear only what it may look up by name.
            Role::Layanan => identity.has_scope(&format!("lookup:{}", contract.dataset)),
            Role::Publik | Role::Analis | Role::Pimpinan | Role::Admin => false,
        }
}

fn is_secret(class: Classification) -> bool {
    class >= Classification::Personal
}

fn mask_of(column: &Column) -> Mask {
    // A mask that does not fit the type or the class would show too much.
    let text = column.ty == ColumnType::Text;
    let time = matches!(column.ty, ColumnType::Date | ColumnType::Timestamp);
    match column.mask {
        _ if column.classification == Classification::Closed => Mask::Null,
        Mask::Hash if text => Mask::Hash,
        Mask::Partial if text => Mask::Partial,
        Mask::Year if time => Mask::Year,
        _ => Mask::Null,
    }
}

enum Scope<'a> {
    Absent,
    Column(&'a str),
    /// Named, but not text: cannot be compared with codes, so nothing is shown.
    Unusable,
}

fn scope_column(contract: &Contract, index: Option<usize>) -> Scope<'_> {
    match index.map(|index| contract.columns.get(index)) {
        None => Scope::Absent,
        Some(Some(column)) if column.ty == ColumnType::Text => Scope::Column(&column.name),
        Some(_) => Scope::Unusable,
    }
}
