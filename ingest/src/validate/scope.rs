//! The pusher's own scope: an institution sends rows of its own, a key bound to regions rows of those. The same
//! reading of scopes as the policy has for readers, so that nobody can send what they could not see.

use crate::{plan::Plan, verdict::Verdicts};
use arrow::{
    array::{Array, AsArray, StringViewArray},
    record_batch::RecordBatch,
};
use smartcenter_warehouse::{
    RegionCode,
    contract::{Contract, OnFailure},
    policy::{Clause, Identity, Role, RowFilter},
};

/// Rows a pusher may send. Column numbers are those of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    institution: Option<(usize, String)>,
    regions: Option<(usize, Vec<RegionCode>)>,
}

impl Scope {
    /// The scope of `identity` in `contract`; nothing where every row is fine. The owner sends for whom it likes;
    /// anyone else bound to an institution only for that one; a key bound to regions only for those.
    pub(crate) fn of(identity: &Identity, contract: &Contract) -> Option<Self> {
        let is_steward = matches!(identity.role, Role::Admin | Role::Walidata);
        let institution = identity
            .institution
            .as_ref()
            .filter(|own| !is_steward && **own != contract.owner)
            .and_then(|own| Some((contract.row_scope.institution?, own.to_string())));
        let regions = Some(&identity.regions)
            .filter(|regions| !regions.is_empty())
            .and_then(|regions| Some((contract.row_scope.region?, regions.clone())));
        (institution.is_some() || regions.is_some()).then_some(Self { institution, regions })
    }

    /// The scope as a condition on the rows that are held.
    pub(crate) fn reach(&self, contract: &Contract) -> RowFilter {
        let name = |column: &usize| contract.columns.get(*column).map(|column| column.name.clone());
        let institution = self.institution.as_ref().and_then(|(column, own)| {
            Some(Clause::Equals {
                column: name(column)?,
                value: own.clone(),
            })
        });
        let regions = self.regions.as_ref().and_then(|(column, regions)| {
            Some(Clause::Under {
                column: name(column)?,
                regions: regions.clone(),
            })
        });
        RowFilter {
            clauses: institution.into_iter().chain(regions).collect(),
        }
    }

    /// A column of the scope in which `pinned`, the values that some set of rows has in common, does not keep those rows
    /// inside; none when they are all inside.
    pub(crate) fn uncovered<'a>(&self, pinned: impl Fn(usize) -> Option<&'a str>) -> Option<usize> {
        let institution = self.institution.as_ref();
        let institution = institution.filter(|(column, own)| pinned(*column) != Some(own));
        let regions = self.regions.as_ref();
        let regions = regions.filter(|(column, regions)| !pinned(*column).is_some_and(|value| within(value, regions)));
        institution
            .map(|(column, _)| *column)
            .or(regions.map(|(column, _)| *column))
    }

    /// Judges every row. A row without the value is outside: nobody could say whose it is.
    pub(super) fn check(&self, batch: &RecordBatch, plan: &Plan, verdicts: &mut Verdicts) {
        if let Some((column, own)) = &self.institution {
            judge(
                batch,
                plan,
                *column,
                verdicts,
                "this key may send rows of its own institution only",
                |value| value == own,
            );
        }
        if let Some((column, regions)) = &self.regions {
            judge(
                batch,
                plan,
                *column,
                verdicts,
                "this key may send rows of its own region only",
                |value| within(value, regions),
            );
        }
    }
}

/// Whether a region code is one of `regions` or lies in one.
fn within(code: &str, regions: &[RegionCode]) -> bool {
    regions.iter().any(|region| region.holds(code))
}

fn judge(
    batch: &RecordBatch,
    plan: &Plan,
    column: usize,
    verdicts: &mut Verdicts,
    message: &str,
    allowed: impl Fn(&str) -> bool,
) {
    let Some(planned) = plan.columns.get(column) else {
        return;
    };
    let texts: Option<&StringViewArray> = batch.columns().get(column).and_then(|array| array.as_string_view_opt());
    for row in 0..batch.num_rows() {
        let value = texts.filter(|texts| texts.is_valid(row)).map(|texts| texts.value(row));
        if !value.is_some_and(&allowed) {
            verdicts.fail(
                row,
                Some((column, &planned.name)),
                "scope",
                OnFailure::QuarantineRow,
                value,
                || message.to_owned(),
            );
        }
    }
}
