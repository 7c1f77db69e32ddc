//! What became of rejected rows, as columns of `quarantine.<dataset>`: the ledger knows it, the stored rows do not.

use super::LakeSource;
use crate::{
    ReceiptId, Result as HubResult,
    contract::system_column,
    quarantine::{Closed, Closings},
};
use arrow::{
    array::{ArrayRef, AsArray, Int64Array, StringViewArray, StringViewBuilder, TimestampMicrosecondArray},
    datatypes::{DataType, Int64Type, Schema, TimeUnit, TimestampMicrosecondType},
};
use chrono::{DateTime, Utc};
use datafusion::{
    common::{DataFusionError, Result, config::ConfigOptions, exec_datafusion_err},
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility},
    physical_expr::{PhysicalExpr, ScalarFunctionExpr, expressions::Column},
};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// Stored columns that tell a rejected row.
pub(super) const INPUTS: [&str; 3] = ["receipt_id", system_column::LINE, system_column::RECEIVED_AT];
/// Receipts whose closings a scan remembers.
const REMEMBERED: usize = 64;

/// A column that the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    /// `open`, or how the row was closed.
    State,
    /// Receipt of the push that closed it.
    ClosedBy,
}

impl Fate {
    /// The column's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::ClosedBy => "closed_by",
        }
    }

    /// The column over rows that have the columns [`INPUTS`].
    pub(super) fn expr(self, lake: &Arc<dyn LakeSource>, rows: &Schema) -> Result<Arc<dyn PhysicalExpr>> {
        let inputs = INPUTS
            .iter()
            .map(|name| Ok(Arc::new(Column::new_with_schema(name, rows)?) as Arc<dyn PhysicalExpr>))
            .collect::<Result<Vec<_>>>()?;
        let function = Arc::new(ScalarUDF::from(Function::new(self, lake.clone())));
        let expr = ScalarFunctionExpr::try_new(function, inputs, rows, Arc::new(ConfigOptions::default()))?;
        Ok(Arc::new(expr))
    }

    fn of(self, closings: &Closings, line: u64) -> Option<String> {
        match self {
            Self::State => Some(closings.state(line).as_str().to_owned()),
            Self::ClosedBy => closings
                .of(line)
                .and_then(|Closed { closed_by, .. }| Some((*closed_by)?.to_string())),
        }
    }
}

/// From receipt, line and time of arrival to the fate of the row.
struct Function {
    fate: Fate,
    lake: Arc<dyn LakeSource>,
    signature: Signature,
    known: Mutex<HashMap<ReceiptId, Arc<Closings>>>,
}

impl Function {
    fn new(fate: Fate, lake: Arc<dyn LakeSource>) -> Self {
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let inputs = TypeSignature::Exact(vec![DataType::Utf8View, DataType::Int64, time]);
        Self {
            fate,
            lake,
            signature: Signature::new(inputs, Volatility::Volatile),
            known: Mutex::default(),
        }
    }

    fn closings(&self, receipt: &str, received_at: i64) -> HubResult<Arc<Closings>> {
        let id: ReceiptId = receipt.parse()?;
        if let Some(known) = self.known.lock().get(&id) {
            return Ok(known.clone());
        }
        let received_at: DateTime<Utc> = DateTime::from_timestamp_micros(received_at).unwrap_or_default();
        let found = Arc::new(self.lake.closings(id, received_at)?);
        let mut known = self.known.lock();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(id, found.clone());
        Ok(found)
    }

    fn column(
        &self,
        receipts: &StringViewArray,
        lines: &Int64Array,
        times: &TimestampMicrosecondArray,
    ) -> Result<ArrayRef> {
        let mut out = StringViewBuilder::with_capacity(lines.len());
        let mut last: Option<(&str, Arc<Closings>)> = None;
        for row in 0..lines.len() {
            let receipt = receipts.value(row);
            let closings = match &last {
                Some((known, closings)) if *known == receipt => closings.clone(),
                _ => self
                    .closings(receipt, times.value(row))
                    .map_err(|error| DataFusionError::External(Box::new(error)))?,
            };
            out.append_option(self.fate.of(&closings, lines.value(row).cast_unsigned()));
            last = Some((receipt, closings));
        }
        Ok(Arc::new(out.finish()))
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.fate.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let inputs = ColumnarValue::values_to_arrays(&args.args)?;
        let [receipts, lines, times] = inputs.as_slice() else {
            return Err(exec_datafusion_err!("{} takes three columns", self.name()));
        };
        let (Some(receipts), Some(lines), Some(times)) = (
            receipts.as_string_view_opt(),
            lines.as_primitive_opt::<Int64Type>(),
            times.as_primitive_opt::<TimestampMicrosecondType>(),
        ) else {
            return Err(exec_datafusion_err!("{} got columns of other types", self.name()));
        };
        Ok(ColumnarValue::Array(self.column(receipts, lines, times)?))
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Function").field(&self.fate).finish()
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.fate == other.fate && Arc::ptr_eq(&self.lake, &other.lake)
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fate.hash(state);
    }
}
