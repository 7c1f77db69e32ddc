//! Which columns of a plan show values of personal columns. A model is worked out unmasked; what it passes on as it is
//! keeps its class and its mask, so that no model can show what its sources hide.
//!
//! Whatever is made of a value carries its secret: functions, arithmetic, lists, choices, least and greatest ones. Only a
//! short list of reductions takes it away: what is counted, summed, compared, or cut down to a length or a year is not a
//! person's any more; whether a model may show it is for the `classification` and `access` of its header. Of a shape that
//! is not known, every column carries the highest secret of its inputs.

use super::{Pin, scan::LakeTable};
use crate::contract::{Classification, Mask};
use datafusion::{
    common::{
        DFSchema, TableReference,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    datasource::source_as_provider,
    logical_expr::{Distinct, Expr, LogicalPlan, Operator, Subquery},
};

/// Class and mask of the most secret column behind a value.
pub(super) type Secret = Option<(Classification, Mask)>;

/// Functions whose answer is a measure or a test of their arguments.
const MEASURES: &[&str] = &[
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "bit_length",
    "array_length",
    "cardinality",
    "empty",
    "strpos",
    "contains",
    "starts_with",
    "ends_with",
    "regexp_like",
    "regexp_count",
    "levenshtein",
    "isnan",
    "iszero",
    "array_has",
    "array_has_all",
    "array_has_any",
];
/// Parts of a time, and units to cut it down to, that tell of a date of birth no more than the mask `year` does.
const YEARS: &[&str] = &["year", "isoyear", "decade", "century", "millennium"];
/// Parts of a time that say nothing of the day.
const OF_DAYS: &[&str] = &["hour", "dow", "isodow"];
/// Aggregates and windows whose answer is a figure of many values.
const FIGURES: &[&str] = &[
    "count",
    "sum",
    "avg",
    "mean",
    "stddev",
    "stddev_samp",
    "stddev_pop",
    "var",
    "var_samp",
    "var_sample",
    "var_pop",
    "corr",
    "covar",
    "covar_samp",
    "covar_pop",
    "approx_distinct",
    "grouping",
    "row_number",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "ntile",
];

/// For each column of the plan's answer the secret that it shows.
pub(super) fn of_plan(plan: &LogicalPlan, pin: &Pin) -> Vec<Secret> {
    Around { pin, outer: None }.of_plan(plan)
}

/// What a plan stands in.
#[derive(Clone, Copy)]
struct Around<'a> {
    pin: &'a Pin,
    /// The most secret of the columns of the query around it that it may name.
    outer: Secret,
}

impl Around<'_> {
    fn of_plan(&self, plan: &LogicalPlan) -> Vec<Secret> {
        let width = plan.schema().fields().len();
        let mut found = self.columns(plan);
        if found.len() != width {
            // A shape that is not known: what any input shows, every column may.
            let inputs = plan.inputs();
            let all = inputs.into_iter().flat_map(|input| self.of_plan(input));
            found = vec![all.fold(self.outer, most); width];
        }
        found
    }

    /// One for each column, or another number of them where the plan is of a shape that is not known.
    fn columns(&self, plan: &LogicalPlan) -> Vec<Secret> {
        match plan {
            LogicalPlan::TableScan(scan) => {
                let provider = source_as_provider(&scan.source).ok();
                let table = provider
                    .as_ref()
                    .and_then(|provider| provider.downcast_ref::<LakeTable>());
                let fields = scan.projected_schema.fields().iter();
                fields.map(|field| self.stored(table?, field.name())).collect()
            }
            LogicalPlan::Projection(projection) => self.scope(&[&projection.input]).all(&projection.expr),
            LogicalPlan::Aggregate(aggregate) => {
                let input = self.scope(&[&aggregate.input]);
                input.all(aggregate.group_expr.iter().chain(&aggregate.aggr_expr))
            }
            LogicalPlan::Window(window) => {
                let input = self.scope(&[&window.input]);
                let own = input.all(&window.window_expr);
                let passed = input.inputs.into_iter().flat_map(|(_, secrets)| secrets);
                passed.chain(own).collect()
            }
            LogicalPlan::Union(union) => {
                let inputs: Vec<Vec<Secret>> = union.inputs.iter().map(|input| self.of_plan(input)).collect();
                let at = |column: usize| {
                    let shown = inputs.iter().map(move |input| input.get(column).copied().flatten());
                    shown.fold(None, most)
                };
                (0..union.schema.fields().len()).map(at).collect()
            }
            LogicalPlan::Join(join) => {
                // The right side may name columns of the left one (`LATERAL`).
                let mut input = self.scope(&[&join.left]);
                let right = Around {
                    outer: input.highest(),
                    ..*self
                };
                input.inputs.extend(right.scope(&[&join.right]).inputs);
                let fields = join.schema.iter();
                // Columns that a join makes up show nothing.
                fields
                    .map(|(qualifier, field)| input.named(qualifier, field.name()).flatten())
                    .collect()
            }
            // Its expressions are made of the input, which has other columns.
            LogicalPlan::Distinct(Distinct::On(on)) => self.scope(&[&on.input]).all(&on.select_expr),
            LogicalPlan::Unnest(unnest) => {
                let input = self.of_plan(&unnest.input);
                let from = unnest.dependency_indices.iter();
                from.map(|at| input.get(*at).copied().flatten()).collect()
            }
            LogicalPlan::Subquery(subquery) => self.of_plan(&subquery.subquery),
            LogicalPlan::Filter(_)
            | LogicalPlan::Sort(_)
            | LogicalPlan::Limit(_)
            | LogicalPlan::Repartition(_)
            | LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::Distinct(Distinct::All(_)) => {
                let inputs = plan.inputs();
                inputs.first().map_or_else(Vec::new, |input| self.of_plan(input))
            }
            _ => Vec::new(),
        }
    }

    /// The secret of a stored column.
    fn stored(&self, table: &LakeTable, column: &str) -> Secret {
        let (dataset, stored) = table.origin(column)?;
        let contract = self.pin.active(dataset.as_str())?;
        let column = contract.columns.get(contract.column(stored)?)?;
        (column.classification >= Classification::Personal).then_some((column.classification, column.mask))
    }

    fn scope<'p>(&self, inputs: &[&'p LogicalPlan]) -> Scope<'p, '_> {
        let inputs = inputs
            .iter()
            .map(|input| (input.schema().as_ref(), self.of_plan(input)));
        Scope {
            inputs: inputs.collect(),
            around: *self,
        }
    }
}

/// The columns that expressions of a node can name.
struct Scope<'p, 'a> {
    inputs: Vec<(&'p DFSchema, Vec<Secret>)>,
    around: Around<'a>,
}

impl Scope<'_, '_> {
    /// None for a name that no input has.
    fn named(&self, qualifier: Option<&TableReference>, name: &str) -> Option<Secret> {
        self.inputs.iter().find_map(|(schema, secrets)| {
            let at = schema.index_of_column_by_name(qualifier, name)?;
            secrets.get(at).copied()
        })
    }

    /// The most secret column.
    fn highest(&self) -> Secret {
        let all = self.inputs.iter().flat_map(|(_, secrets)| secrets).copied();
        all.fold(self.around.outer, most)
    }

    fn all<'e>(&self, exprs: impl IntoIterator<Item = &'e Expr>) -> Vec<Secret> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    fn worst<'e>(&self, parts: impl IntoIterator<Item = &'e Expr>) -> Secret {
        parts.into_iter().map(|part| self.expr(part)).fold(None, most)
    }

    fn expr(&self, expr: &Expr) -> Secret {
        match expr {
            Expr::Column(column) => {
                let named = self.named(column.relation.as_ref(), &column.name);
                named.unwrap_or_else(|| self.highest())
            }
            Expr::OuterReferenceColumn(..) => self.around.outer,
            Expr::Case(case) => {
                let thens = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
                self.worst(thens.chain(case.else_expr.as_deref()))
            }
            Expr::ScalarSubquery(subquery) => self.subquery(subquery),
            Expr::GroupingSet(set) => self.worst(set.distinct_expr()),
            Expr::AggregateFunction(call) if FIGURES.contains(&call.func.name()) => None,
            Expr::AggregateFunction(call) => self.worst(&call.params.args),
            Expr::WindowFunction(call) if FIGURES.contains(&call.fun.name()) => None,
            Expr::WindowFunction(call) => self.worst(&call.params.args),
            other if reduces(other) => None,
            other => self.parts(other),
        }
    }

    /// A query in the place of a value, which may be made of columns around it.
    fn subquery(&self, subquery: &Subquery) -> Secret {
        let named = |expr: &Expr| match expr {
            Expr::OuterReferenceColumn(_, column) => self.named(column.relation.as_ref(), &column.name),
            _ => None,
        };
        let outer = subquery.outer_ref_columns.iter();
        let outer = outer.map(|expr| named(expr).unwrap_or_else(|| self.highest()));
        let within = Around {
            outer: outer.fold(self.around.outer, most),
            ..self.around
        };
        within.of_plan(&subquery.subquery).into_iter().fold(None, most)
    }

    /// What an expression is made of.
    fn parts(&self, expr: &Expr) -> Secret {
        let mut found = None;
        let walked = expr.apply_children(|part| {
            found = most(found, self.expr(part));
            Ok(TreeNodeRecursion::Continue)
        });
        walked.map_or_else(|_| self.highest(), |_| found)
    }
}

/// Whether an expression tells less than the values that it is made of.
fn reduces(expr: &Expr) -> bool {
    match expr {
        Expr::BinaryExpr(binary) => is_test(binary.op),
        Expr::ScalarFunction(call) => match call.func.name() {
            "date_trunc" => call.args.first().is_some_and(|unit| is_one_of(unit, &[YEARS])),
            "date_part" => call.args.first().is_some_and(|unit| is_one_of(unit, &[YEARS, OF_DAYS])),
            name => MEASURES.contains(&name),
        },
        Expr::Like(_)
        | Expr::SimilarTo(_)
        | Expr::Not(_)
        | Expr::IsNotNull(_)
        | Expr::IsNull(_)
        | Expr::IsTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotFalse(_)
        | Expr::IsNotUnknown(_)
        | Expr::Between(_)
        | Expr::InList(_)
        | Expr::Exists(_)
        | Expr::InSubquery(_)
        | Expr::SetComparison(_) => true,
        _ => false,
    }
}

fn is_test(op: Operator) -> bool {
    use Operator::{
        And, Eq, Gt, GtEq, ILikeMatch, IsDistinctFrom, IsNotDistinctFrom, LikeMatch, Lt, LtEq, NotEq, NotILikeMatch,
        NotLikeMatch, Or, RegexIMatch, RegexMatch, RegexNotIMatch, RegexNotMatch,
    };
    matches!(
        op,
        And | Eq
            | Gt
            | GtEq
            | ILikeMatch
            | IsDistinctFrom
            | IsNotDistinctFrom
            | LikeMatch
            | Lt
            | LtEq
            | NotEq
            | NotILikeMatch
            | NotLikeMatch
            | Or
            | RegexIMatch
            | RegexMatch
            | RegexNotIMatch
            | RegexNotMatch
    )
}

fn is_one_of(unit: &Expr, units: &[&[&str]]) -> bool {
    let Expr::Literal(unit, _) = unit else { return false };
    let unit = unit.try_as_str().flatten().map(str::to_ascii_lowercase);
    unit.is_some_and(|unit| units.iter().any(|units| units.contains(&unit.as_str())))
}

fn most(a: Secret, b: Secret) -> Secret {
    match (a, b) {
        (Some((class, _)), Some((other, mask))) if other > class => Some((other, mask)),
        (None, other) => other,
        (a, _) => a,
    }
}
