//! Failures of the engine, told to the caller without a value of the data: texts of conversion and function errors
//! quote cells, so they are replaced, never passed on.

use crate::{Error, Kind};
use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use parquet::errors::ParquetError;
use std::time::Duration;

/// What the caller is told about `error`.
pub(crate) fn told(error: DataFusionError) -> Error {
    let retry = Duration::from_secs(5);
    match error.find_root() {
        DataFusionError::SQL(parser, _) => Error::invalid(format!("sql: {parser}")),
        DataFusionError::Plan(message) => Error::invalid(format!("sql: {message}")),
        DataFusionError::SchemaError(schema, _) => Error::invalid(format!("sql: {schema}")),
        DataFusionError::NotImplemented(message) => Error::invalid(format!("sql: not supported: {message}")),
        DataFusionError::Configuration(message) => Error::invalid(format!("sql: {message}")),
        DataFusionError::ResourcesExhausted(message) => {
            // Names of operators and their bytes: no value of the data.
            tracing::warn!(%message, "memory refused to a query");
            Error::too_many(
                "the query needs more memory than is free: narrow it or try again",
                retry,
            )
        }
        DataFusionError::ArrowError(arrow, _) => Error::invalid(evaluation(arrow)),
        DataFusionError::Execution(_) => {
            Error::invalid("a function of the query refused one of its arguments: check types and ranges")
        }
        DataFusionError::External(inner) => match (inner.downcast_ref::<Error>(), inner.downcast_ref::<ArrowError>()) {
            (Some(ours), _) => own(ours),
            (None, Some(arrow)) => Error::invalid(evaluation(arrow)),
            (None, None) => Error::internal("the query failed", error),
        },
        DataFusionError::ParquetError(parquet) => match predicate_failure(parquet) {
            Some(sentence) => Error::invalid(sentence),
            None => Error::internal("the query failed while reading the lake", error),
        },
        _ => Error::internal("the query failed while reading the lake", error),
    }
}

/// A copy of an error of our own that travelled through the engine.
fn own(ours: &Error) -> Error {
    match (ours.kind(), ours.retry_after()) {
        (Kind::TooMany, Some(after)) => Error::too_many(ours.message(), after),
        (Kind::Unavailable, Some(after)) => Error::unavailable(ours.message(), after),
        (kind, _) => Error::new(kind, ours.message()),
    }
}

/// The sentence for a caller's filter that failed inside the Parquet decoder, which keeps only the text of the cause.
fn predicate_failure(error: &ParquetError) -> Option<&'static str> {
    let ParquetError::External(inner) = error else {
        return None;
    };
    let Some(ArrowError::ComputeError(text)) = inner.downcast_ref::<ArrowError>() else {
        return None;
    };
    let cause = text.strip_prefix("Error evaluating filter predicate: ")?;
    Some(evaluation(&if cause.contains("DivideByZero") {
        ArrowError::DivideByZero
    } else if cause.contains("CastError") || cause.contains("ParseError") {
        ArrowError::CastError(String::new())
    } else if cause.contains("ArithmeticOverflow") {
        ArrowError::ArithmeticOverflow(String::new())
    } else {
        ArrowError::ComputeError(String::new())
    }))
}

fn evaluation(error: &ArrowError) -> &'static str {
    match error {
        ArrowError::DivideByZero => "division by zero: use nullif(divisor, 0)",
        ArrowError::CastError(_) | ArrowError::ParseError(_) => {
            "a value cannot be converted to the type the query asks for: use try_cast"
        }
        ArrowError::ArithmeticOverflow(_) => "a number is too large for its type: cast it to a wider one first",
        ArrowError::InvalidArgumentError(_) | ArrowError::ComputeError(_) => {
            "a value does not suit the function it is given to: check types and ranges"
        }
        _ => "the query could not be evaluated",
    }
}

/// Turns our error into one that can travel through the engine.
pub(crate) fn carried(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
