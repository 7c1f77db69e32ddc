//! SQL functions that differ from the engine's own.

use arrow::{
    array::{ArrayRef, AsArray, Date32Array},
    compute::{max, min},
    datatypes::{DataType, Date32Type, Field, FieldRef},
};
use chrono::{Datelike, Days, NaiveDate};
use datafusion::{
    common::{
        Result, ScalarValue, exec_err,
        types::{logical_date, logical_string},
    },
    functions::datetime,
    logical_expr::{
        Coercion, ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
        Signature, TypeSignature, TypeSignatureClass, Volatility,
        sort_properties::{ExprProperties, SortProperties},
    },
};
use std::sync::Arc;

/// The functions that take the place of the engine's.
pub(super) fn overrides() -> Vec<Arc<ScalarUDF>> {
    vec![Arc::new(ScalarUDF::from(DateTrunc::new()))]
}

/// `date_trunc` that leaves a date a date. The engine's goes through timestamps of nanoseconds, row by row, which is
/// half of the time of a question by month.
#[derive(Debug, PartialEq, Eq, Hash)]
struct DateTrunc {
    stock: Arc<ScalarUDF>,
    signature: Signature,
}

impl DateTrunc {
    fn new() -> Self {
        let stock = datetime::date_trunc();
        let text = || Coercion::new_exact(TypeSignatureClass::Native(logical_string()));
        let date = Coercion::new_exact(TypeSignatureClass::Native(logical_date()));
        let of_date = TypeSignature::Coercible(vec![text(), date]);
        let others = stock.signature().type_signature.clone();
        Self {
            signature: Signature::one_of(vec![of_date, others], Volatility::Immutable),
            stock,
        }
    }
}

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &str {
        self.stock.name()
    }

    fn aliases(&self) -> &[String] {
        self.stock.aliases()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        self.stock.return_type(arg_types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        match args.arg_fields {
            [_, date] if date.data_type() == &DataType::Date32 => {
                Ok(Arc::new(Field::new(self.name(), DataType::Date32, date.is_nullable())))
            }
            _ => self.stock.return_field_from_args(args),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [unit, date] = args.args.as_slice() else {
            return self.stock.invoke_with_args(args);
        };
        if date.data_type() != DataType::Date32 {
            return self.stock.invoke_with_args(args);
        }
        let ColumnarValue::Scalar(unit) = unit else {
            return exec_err!("the unit of `date_trunc` must be one text for all rows");
        };
        let unit = Unit::parse(unit.try_as_str().flatten().unwrap_or_default())?;
        match date {
            ColumnarValue::Scalar(ScalarValue::Date32(day)) => Ok(ColumnarValue::Scalar(ScalarValue::Date32(
                day.map(|day| unit.start(day)),
            ))),
            ColumnarValue::Array(days) => Ok(ColumnarValue::Array(unit.starts(days.as_primitive()))),
            ColumnarValue::Scalar(_) => self.stock.invoke_with_args(args),
        }
    }

    fn output_ordering(&self, input: &[ExprProperties]) -> Result<SortProperties> {
        self.stock.output_ordering(input)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.stock.documentation()
    }
}

/// To what a date is cut.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Year,
    Quarter,
    Month,
    /// From Monday, as ISO 8601 has it.
    Week,
    /// A date has nothing finer.
    Day,
}

impl Unit {
    fn parse(text: &str) -> Result<Self> {
        Ok(match text.to_lowercase().as_str() {
            "year" => Self::Year,
            "quarter" => Self::Quarter,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" | "hour" | "minute" | "second" | "millisecond" | "microsecond" => Self::Day,
            other => {
                return exec_err!("date_trunc does not know the unit '{other}': use year, quarter, month, week or day");
            }
        })
    }

    /// The first day of the period of `day` (days since the epoch). A day outside of the calendar stays as it is.
    fn start(self, day: i32) -> i32 {
        let first = || {
            let date = Date32Type::to_naive_date_opt(day)?;
            match self {
                Self::Day => Some(date),
                Self::Week => date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday()))),
                Self::Month => date.with_day(1),
                Self::Quarter => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1),
                Self::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1),
            }
        };
        first().map_or(day, Date32Type::from_naive_date)
    }

    fn starts(self, days: &Date32Array) -> ArrayRef {
        let (Some(low), Some(high)) = (min(days), max(days)) else {
            return Arc::new(days.clone());
        };
        // Many rows share few days: calendar arithmetic once a day, not once a row.
        let span = i64::from(high) - i64::from(low) + 1;
        if span > days.len() as i64 {
            return Arc::new(days.unary::<_, Date32Type>(|day| self.start(day)));
        }
        let table: Vec<i32> = (low..=high).map(|day| self.start(day)).collect();
        // Behind a null may stand any number.
        let at = |day: i32| table.get(day.wrapping_sub(low) as usize).copied().unwrap_or(day);
        Arc::new(days.unary::<_, Date32Type>(at))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unknown_unit_is_refused_with_the_known_ones() {
        let error = Unit::parse("fortnight").unwrap_err().to_string();
        assert!(error.contains("month"), "{error}");
    }

    proptest! {
        /// Rows together give what each row gives alone, and that is what the engine's function gives.
        #[test]
        fn dates_are_cut_as_the_engine_cuts_timestamps(
            days in proptest::collection::vec(proptest::option::of(-100_000..100_000_i32), 1..60),
            near in any::<bool>(),
            unit in proptest::sample::select(vec!["year", "quarter", "month", "week", "day"]),
        ) {
            let days: Date32Array = days.iter().map(|d| d.map(|d| if near { d.rem_euclid(50) } else { d })).collect();
            let own = Unit::parse(unit).unwrap().starts(&days);
            let own = own.as_primitive::<Date32Type>();
            let stock = datetime::expr_fn::date_trunc(
                datafusion::prelude::lit(unit),
                datafusion::prelude::col("t"),
            );
            let seconds = DataType::Timestamp(arrow::datatypes::TimeUnit::Second, None);
            let stamps = arrow::compute::cast(&days, &seconds).unwrap();
            let batch = arrow::array::RecordBatch::try_from_iter_with_nullable([("t", stamps, true)]).unwrap();
            let schema = datafusion::common::DFSchema::try_from(batch.schema()).unwrap();
            let context = datafusion::prelude::SessionContext::new();
            let expected = context
                .create_physical_expr(stock, &schema)
                .unwrap()
                .evaluate(&batch)
                .unwrap()
                .into_array(batch.num_rows())
                .unwrap();
            let expected = arrow::compute::cast(&expected, &DataType::Date32).unwrap();
            prop_assert_eq!(own, expected.as_primitive::<Date32Type>());
        }
    }
}
