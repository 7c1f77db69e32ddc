//! Which of the caller's filters may run below the policy barrier: comparisons of one stored, unmasked column with
//! literals, and conjunctions of these. They cannot fail on any value, so a hidden row cannot show itself by an error.

use datafusion::{
    common::{
        Column,
        tree_node::{Transformed, TreeNode},
    },
    logical_expr::{Between, BinaryExpr, Expr, Operator, expr::InList},
};

/// The part of `filters` that may go below, with columns renamed by `stored`, which answers the stored name of an
/// unmasked column and nothing for any other.
pub(crate) fn below<'a>(filters: &[Expr], stored: &impl Fn(&str) -> Option<&'a str>) -> Vec<Expr> {
    filters
        .iter()
        .flat_map(conjuncts)
        .filter(|filter| is_plain(filter, stored))
        .filter_map(|f| renamed(f, stored))
        .collect()
}

/// `filter` with its columns renamed; nothing when a column has no stored form.
pub(crate) fn renamed<'a>(filter: &Expr, stored: &impl Fn(&str) -> Option<&'a str>) -> Option<Expr> {
    let mut missing = false;
    let renamed = filter.clone().transform_up(|expr| {
        Ok(match expr {
            Expr::Column(column) => match stored(&column.name) {
                Some(name) => Transformed::yes(Expr::Column(Column::new_unqualified(name))),
                None => {
                    missing = true;
                    Transformed::no(Expr::Column(column))
                }
            },
            other => Transformed::no(other),
        })
    });
    renamed.ok().filter(|_| !missing).map(|t| t.data)
}

fn conjuncts(filter: &Expr) -> Vec<&Expr> {
    datafusion::logical_expr::utils::split_conjunction(filter)
}

fn is_plain<'a>(filter: &Expr, stored: &impl Fn(&str) -> Option<&'a str>) -> bool {
    let column = |expr: &Expr| matches!(expr, Expr::Column(column) if stored(&column.name).is_some());
    let literal = |expr: &Expr| matches!(expr, Expr::Literal(..));
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            let compares = matches!(
                op,
                Operator::Eq
                    | Operator::NotEq
                    | Operator::Lt
                    | Operator::LtEq
                    | Operator::Gt
                    | Operator::GtEq
                    | Operator::IsDistinctFrom
                    | Operator::IsNotDistinctFrom
            );
            compares && ((column(left) && literal(right)) || (literal(left) && column(right)))
        }
        Expr::InList(InList { expr, list, .. }) => column(expr) && list.iter().all(literal),
        Expr::Between(Between { expr, low, high, .. }) => column(expr) && literal(low) && literal(high),
        Expr::IsNull(inner) | Expr::IsNotNull(inner) => column(inner),
        _ => false,
    }
}
