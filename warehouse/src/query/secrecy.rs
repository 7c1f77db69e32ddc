//! Which columns of a plan show values of personal columns. A model is worked out unmasked; what it passes on as it is
//! keeps its class and its mask, so that no model can show what its sources hide.
//!
//! Followed are values that come through whole: columns, keys of groups, least, greatest, first and last ones, choices
//! and pieces of text. What is counted, summed, compared or cut down to an age or a year is not a person's any more;
//! whether a model may show it is for the `classification` and `access` of its header.

use super::{Pin, scan::LakeTable};
use crate::contract::{Classification, Mask};
use datafusion::{
    common::{DFSchema, TableReference},
    datasource::source_as_provider,
    logical_expr::{Expr, LogicalPlan, Operator},
};

/// Class and mask of the most secret column behind a value.
pub(super) type Secret = Option<(Classification, Mask)>;

/// Functions whose answer is a text, or a choice, of their arguments.
const WHOLE: &[&str] = &[
    "coalesce",
    "nvl",
    "nvl2",
    "nullif",
    "greatest",
    "least",
    "concat",
    "concat_ws",
    "upper",
    "lower",
    "initcap",
    "trim",
    "btrim",
    "ltrim",
    "rtrim",
    "replace",
    "regexp_replace",
    "lpad",
    "rpad",
    "reverse",
    "translate",
    "overlay",
    "repeat",
    "substr",
    "substring",
    "right",
    "left",
    "split_part",
    "to_char",
    "arrow_cast",
    "make_array",
    "struct",
    "named_struct",
];
/// Aggregates and windows whose answer is one of the values, or all of them.
const CHOSEN: &[&str] = &[
    "min",
    "max",
    "first_value",
    "last_value",
    "nth_value",
    "array_agg",
    "string_agg",
    "any_value",
    "mode",
    "lead",
    "lag",
];

/// For each column of the plan's answer the secret that it shows.
pub(super) fn of_plan(plan: &LogicalPlan, pin: &Pin) -> Vec<Secret> {
    let width = plan.schema().fields().len();
    let mut found = columns(plan, pin);
    if found.len() != width {
        // A shape that is not known: what any input shows, every column may.
        let worst = plan
            .inputs()
            .into_iter()
            .flat_map(|input| of_plan(input, pin))
            .fold(None, most);
        found = vec![worst; width];
    }
    found
}

fn columns(plan: &LogicalPlan, pin: &Pin) -> Vec<Secret> {
    match plan {
        LogicalPlan::TableScan(scan) => {
            let provider = source_as_provider(&scan.source).ok();
            let table = provider
                .as_ref()
                .and_then(|provider| provider.downcast_ref::<LakeTable>());
            let fields = scan.projected_schema.fields().iter();
            fields
                .map(|field| {
                    let (dataset, stored) = table?.origin(field.name())?;
                    let contract = pin.active(dataset.as_str())?;
                    let column = contract.columns.get(contract.column(stored)?)?;
                    (column.classification >= Classification::Personal).then_some((column.classification, column.mask))
                })
                .collect()
        }
        LogicalPlan::Projection(projection) => {
            let input = Scope::of(&[&projection.input], pin);
            projection.expr.iter().map(|expr| input.expr(expr, pin)).collect()
        }
        LogicalPlan::Aggregate(aggregate) => {
            let input = Scope::of(&[&aggregate.input], pin);
            let all = aggregate.group_expr.iter().chain(&aggregate.aggr_expr);
            all.map(|expr| input.expr(expr, pin)).collect()
        }
        LogicalPlan::Window(window) => {
            let input = Scope::of(&[&window.input], pin);
            let own = window.window_expr.iter().map(|expr| input.expr(expr, pin));
            of_plan(&window.input, pin).into_iter().chain(own).collect()
        }
        LogicalPlan::Union(union) => {
            let inputs: Vec<Vec<Secret>> = union.inputs.iter().map(|input| of_plan(input, pin)).collect();
            let width = union.schema.fields().len();
            let at = |column: usize| {
                inputs
                    .iter()
                    .filter_map(move |input| *input.get(column)?)
                    .map(Some)
                    .fold(None, most)
            };
            (0..width).map(at).collect()
        }
        LogicalPlan::Join(join) => {
            let input = Scope::of(&[&join.left, &join.right], pin);
            let fields = join.schema.iter();
            fields
                .map(|(qualifier, field)| input.named(qualifier, field.name()))
                .collect()
        }
        other => match other.inputs().as_slice() {
            [] => vec![None; other.schema().fields().len()],
            [input] => of_plan(input, pin),
            _ => Vec::new(),
        },
    }
}

/// The columns that expressions of a node can name.
struct Scope<'a> {
    inputs: Vec<(&'a DFSchema, Vec<Secret>)>,
}

impl<'a> Scope<'a> {
    fn of(inputs: &[&'a LogicalPlan], pin: &Pin) -> Self {
        let inputs = inputs
            .iter()
            .map(|input| (input.schema().as_ref(), of_plan(input, pin)));
        Self {
            inputs: inputs.collect(),
        }
    }

    fn named(&self, qualifier: Option<&TableReference>, name: &str) -> Secret {
        let found = self.inputs.iter().find_map(|(schema, secrets)| {
            let at = schema.index_of_column_by_name(qualifier, name)?;
            secrets.get(at)
        });
        // Columns that a join makes up show nothing.
        found.copied().flatten()
    }

    fn worst<'e>(&self, parts: impl IntoIterator<Item = &'e Expr>, pin: &Pin) -> Secret {
        parts.into_iter().map(|part| self.expr(part, pin)).fold(None, most)
    }

    fn expr(&self, expr: &Expr, pin: &Pin) -> Secret {
        match expr {
            Expr::Column(column) => self.named(column.relation.as_ref(), &column.name),
            Expr::Alias(alias) => self.expr(&alias.expr, pin),
            Expr::Cast(cast) => self.expr(&cast.expr, pin),
            Expr::TryCast(cast) => self.expr(&cast.expr, pin),
            Expr::Case(case) => {
                let thens = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
                self.worst(thens.chain(case.else_expr.as_deref()), pin)
            }
            Expr::BinaryExpr(binary) if binary.op == Operator::StringConcat => {
                self.worst([binary.left.as_ref(), binary.right.as_ref()], pin)
            }
            Expr::ScalarFunction(call) if WHOLE.contains(&call.func.name()) => self.worst(&call.args, pin),
            Expr::AggregateFunction(call) if CHOSEN.contains(&call.func.name()) => self.worst(&call.params.args, pin),
            Expr::WindowFunction(call) if CHOSEN.contains(&call.fun.name()) => self.worst(&call.params.args, pin),
            Expr::ScalarSubquery(subquery) => of_plan(&subquery.subquery, pin).into_iter().fold(None, most),
            Expr::GroupingSet(set) => self.worst(set.distinct_expr(), pin),
            _ => None,
        }
    }
}

fn most(a: Secret, b: Secret) -> Secret {
    match (a, b) {
        (Some((class, _)), Some((other, mask))) if other > class => Some((other, mask)),
        (None, other) => other,
        (a, _) => a,
    }
}
