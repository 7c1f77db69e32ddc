//! The statement guard: a list of what may run. Everything else is refused before it is planned.

use crate::{Error, Result};
use datafusion::{
    execution::context::SQLOptions,
    logical_expr::LogicalPlan,
    sql::{
        parser::{DFParserBuilder, Statement},
        sqlparser::{
            ast::{Statement as Sql, visit_statements},
            dialect::GenericDialect,
        },
    },
};
use std::ops::ControlFlow;

/// Longest statement, in bytes.
const MAX_SQL_BYTES: usize = 1 << 20;
/// Deepest nesting the parser follows.
const MAX_DEPTH: usize = 60;

/// Parses `sql` and lets it through when it is exactly one statement that only reads: `SELECT`, `WITH`, `VALUES`,
/// set operations, plain `EXPLAIN` of these, `SHOW TABLES`, `SHOW COLUMNS`, `DESCRIBE`.
pub(crate) fn check(sql: &str) -> Result<Statement> {
    if sql.len() > MAX_SQL_BYTES {
        return Err(Error::invalid(
            "sql: the statement is longer than 1 MiB: pass long lists as parameters",
        ));
    }
    let parsed = DFParserBuilder::new(sql)
        .with_dialect(&GenericDialect {})
        .with_recursion_limit(MAX_DEPTH)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(super::failure::told)?;
    let mut statements = parsed.into_iter();
    match (statements.next(), statements.next()) {
        (Some(statement), None) => {
            allow(&statement, true)?;
            Ok(statement)
        }
        (None, _) => Err(Error::invalid("sql: there is no statement")),
        (Some(_), Some(_)) => Err(refused("more than one statement")),
    }
}

/// The second fence, on the plan.
pub(crate) fn verify(plan: &LogicalPlan) -> Result<()> {
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(plan)
        .map_err(super::failure::told)
}

fn allow(statement: &Statement, explainable: bool) -> Result<()> {
    match statement {
        Statement::Explain(explain) if explainable => {
            let options = &explain.options;
            // ANALYZE counts hidden rows; VERBOSE, statistics and other formats show files and physical plans.
            if options.analyze
                || options.verbose
                || options.format.is_some()
                || options.analyze_level.is_some()
                || options.analyze_categories.is_some()
                || options.show_statistics.is_some()
            {
                return Err(refused("EXPLAIN with options"));
            }
            allow(&explain.statement, false)
        }
        Statement::Statement(sql) => allow_sql(sql, explainable),
        Statement::Explain(_) => Err(refused("EXPLAIN of EXPLAIN")),
        Statement::CreateExternalTable(_) => Err(refused("CREATE EXTERNAL TABLE")),
        Statement::CopyTo(_) => Err(refused("COPY")),
        Statement::Reset(_) => Err(refused("RESET")),
    }
}

fn allow_sql(sql: &Sql, top: bool) -> Result<()> {
    match sql {
        Sql::Query(_) => {}
        Sql::ShowTables { .. } | Sql::ShowColumns { .. } | Sql::ExplainTable { .. } if top => return Ok(()),
        other => return Err(refused(verb(other))),
    }
    // A query can hide a writing statement inside (WITH x AS (INSERT ...)); only queries may nest.
    let nested = visit_statements(sql, |inner| match inner {
        Sql::Query(_) => ControlFlow::Continue(()),
        other => ControlFlow::Break(verb(other)),
    });
    match nested {
        ControlFlow::Break(verb) => Err(refused(verb)),
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn verb(sql: &Sql) -> String {
    sql.to_string()
        .split_whitespace()
        .next()
        .unwrap_or("this")
        .to_ascii_uppercase()
}

fn refused(what: impl AsRef<str>) -> Error {
    Error::invalid(format!(
        "sql: {} is not allowed here: one SELECT, WITH, VALUES, EXPLAIN, SHOW TABLES, SHOW COLUMNS or DESCRIBE",
        what.as_ref()
    ))
}
