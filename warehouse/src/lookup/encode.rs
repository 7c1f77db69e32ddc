//! One row as bytes: a bit for each column that has a value, then the values in the order of the columns. Numbers are
//! little-endian, texts are preceded by their length.

use crate::{
    Error, Result,
    contract::{ColumnType, Contract},
};
use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
        RecordBatch, StringViewArray, TimestampMicrosecondArray, new_null_array,
    },
    datatypes::{
        Date32Type, Decimal128Type, Field, Float64Type, Int32Type, Int64Type, Schema, SchemaRef,
        TimestampMicrosecondType,
    },
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Names and types of the columns of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shape(pub Vec<(String, ColumnType)>);

impl PartialEq<Contract> for Shape {
    fn eq(&self, contract: &Contract) -> bool {
        let columns = contract.columns.iter().map(|column| (column.name.as_str(), column.ty));
        self.0.iter().map(|(name, ty)| (name.as_str(), *ty)).eq(columns)
    }
}

impl Shape {
    /// The columns of a contract.
    pub fn of(contract: &Contract) -> Self {
        let columns = contract.columns.iter();
        Self(columns.map(|column| (column.name.clone(), column.ty)).collect())
    }

    pub fn schema(&self) -> SchemaRef {
        let fields = self.0.iter().map(|(name, ty)| Field::new(name, ty.arrow(), true));
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    /// Appends row `row` of a batch in this shape.
    pub fn encode(&self, batch: &RecordBatch, row: usize, out: &mut Vec<u8>) {
        let bits = out.len();
        out.resize(bits + self.0.len().div_ceil(8), 0);
        for (at, ((_, ty), column)) in self.0.iter().zip(batch.columns()).enumerate() {
            if column.is_null(row) {
                continue;
            }
            out[bits + at / 8] |= 1 << (at % 8);
            match ty {
                ColumnType::Text => {
                    let text = column.as_string_view().value(row);
                    out.extend((text.len() as u32).to_le_bytes());
                    out.extend(text.as_bytes());
                }
                ColumnType::Int32 => out.extend(column.as_primitive::<Int32Type>().value(row).to_le_bytes()),
                ColumnType::Int64 => out.extend(column.as_primitive::<Int64Type>().value(row).to_le_bytes()),
                ColumnType::Float64 => out.extend(column.as_primitive::<Float64Type>().value(row).to_le_bytes()),
                ColumnType::Decimal(..) => out.extend(column.as_primitive::<Decimal128Type>().value(row).to_le_bytes()),
                ColumnType::Boolean => out.push(u8::from(column.as_boolean().value(row))),
                ColumnType::Date => out.extend(column.as_primitive::<Date32Type>().value(row).to_le_bytes()),
                ColumnType::Timestamp => {
                    let at = column.as_primitive::<TimestampMicrosecondType>().value(row);
                    out.extend(at.to_le_bytes());
                }
            }
        }
    }

    /// The row in `bytes`, which are one row and nothing else. `schema` is that of the shape.
    pub fn decode(&self, schema: &SchemaRef, bytes: &[u8]) -> Result<RecordBatch> {
        let damaged = || Error::internal("a stored row could not be read", "its bytes are not of its shape");
        let (bits, values) = bytes.split_at_checked(self.0.len().div_ceil(8)).ok_or_else(damaged)?;
        let mut rest = Rest(values);
        let columns = self.0.iter().enumerate().map(|(at, (_, ty))| {
            if bits[at / 8] >> (at % 8) & 1 == 0 {
                return Some(new_null_array(&ty.arrow(), 1));
            }
            rest.value(*ty)
        });
        let columns = columns.collect::<Option<Vec<_>>>().ok_or_else(damaged)?;
        if !rest.0.is_empty() {
            return Err(damaged());
        }
        Ok(RecordBatch::try_new(schema.clone(), columns)?)
    }
}

/// What is left of a row's bytes.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn value(&mut self, ty: ColumnType) -> Option<ArrayRef> {
        Some(match ty {
            ColumnType::Text => {
                let len = u32::from_le_bytes(self.take()?) as usize;
                let (text, rest) = self.0.split_at_checked(len)?;
                self.0 = rest;
                Arc::new(StringViewArray::from_iter_values([std::str::from_utf8(text).ok()?]))
            }
            ColumnType::Int32 => Arc::new(Int32Array::from_value(i32::from_le_bytes(self.take()?), 1)),
            ColumnType::Int64 => Arc::new(Int64Array::from_value(i64::from_le_bytes(self.take()?), 1)),
            ColumnType::Float64 => Arc::new(Float64Array::from_value(f64::from_le_bytes(self.take()?), 1)),
            ColumnType::Decimal(precision, scale) => {
                let value = Decimal128Array::from_value(i128::from_le_bytes(self.take()?), 1);
                Arc::new(value.with_precision_and_scale(precision, scale).ok()?)
            }
            ColumnType::Boolean => Arc::new(BooleanArray::from(vec![self.take::<1>()? != [0]])),
            ColumnType::Date => Arc::new(Date32Array::from_value(i32::from_le_bytes(self.take()?), 1)),
            ColumnType::Timestamp => {
                let at = TimestampMicrosecondArray::from_value(i64::from_le_bytes(self.take()?), 1);
                Arc::new(at.with_timezone("UTC"))
            }
        })
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (value, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*value)
    }
}
