//! The naive truth of a keyed table, and the steps that are tried on it.

use crate::{RowCounts, contract::system_column, store::faulty::Weather};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// Contract of the table; `wide` is its next version, with one more column.
pub fn keyed_contract(version_column: bool, partitioned: bool, wide: bool) -> String {
    let version = if version_column {
        "\n      - {property: versionColumn, value: v}"
    } else {
        ""
    };
    let partition = if partitioned {
        "\n      - {property: partitionBy, value: [g]}"
    } else {
        ""
    };
    let (release, column) = if wide {
        ("1.1.0", "\n      - {name: w, logicalType: integer}")
    } else {
        ("1.0.0", "")
    };
    format!(
        r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:kunci
name: Kunci
version: {release}
status: active
schema:
  - name: kunci
    customProperties:
      - {{property: owner, value: kominfo}}
      - {{property: sortBy, value: [n]}}{version}{partition}
    properties:
      - {{name: g, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}}
      - {{name: k, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 2}}
      - {{name: v, logicalType: integer}}
      - {{name: n, logicalType: integer}}{column}
"#
    )
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub key: i64,
    pub version: Option<i64>,
    pub value: i64,
    /// Of the column that comes later.
    pub more: Option<i64>,
    pub delete: bool,
}

#[derive(Debug, Clone)]
pub enum Step {
    Push(Vec<Row>),
    /// Through staged files.
    Big(Vec<Row>),
    Flush,
    Merge,
    Maintain,
    Kill,
    KillAndLoseKeys,
    /// The contract gets a column.
    Widen,
    /// The store becomes worse, or better.
    Weather(Weather),
}

pub fn row() -> impl Strategy<Value = Row> {
    (
        0..14i64,
        proptest::option::weighted(0.8, 0..4i64),
        0..4i64,
        proptest::option::weighted(0.3, 0..2i64),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(key, version, value, more, delete)| Row {
            key,
            version,
            value,
            more,
            delete,
        })
}

pub fn step() -> impl Strategy<Value = Step> {
    let rows = || prop::collection::vec(row(), 1..8);
    prop_oneof![
        8 => rows().prop_map(Step::Push),
        2 => rows().prop_map(Step::Big),
        3 => Just(Step::Flush),
        2 => Just(Step::Merge),
        1 => Just(Step::Maintain),
        1 => Just(Step::Kill),
        1 => Just(Step::KillAndLoseKeys),
        1 => Just(Step::Widen),
        1 => prop_oneof![
            Just(Weather::default()),
            Just(Weather { fails: 0.2, delays: 0.1, loses: 0.0 }),
            Just(Weather { fails: 0.05, delays: 0.1, loses: 0.4 }),
        ].prop_map(Step::Weather),
    ]
}

/// What is known of a key: version, value, and whether it is there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    version: i64,
    value: (Option<i64>, i64, Option<i64>),
    there: bool,
}

/// The naive truth.
#[derive(Debug, Default)]
pub struct Model {
    versioned: bool,
    /// The contract has its later column.
    pub wide: bool,
    keys: BTreeMap<i64, Known>,
    pub history: u64,
    pub stale: u64,
}

impl Model {
    pub fn new(versioned: bool) -> Self {
        Self {
            versioned,
            ..Self::default()
        }
    }

    pub fn apply(&mut self, row: &Row, counts: &mut RowCounts) {
        let value = (row.version, row.value, row.more.filter(|_| self.wide));
        let known = self.keys.get(&row.key).copied();
        let mut version = if self.versioned {
            row.version.unwrap_or(i64::MIN)
        } else {
            0
        };
        if row.delete && version == i64::MIN {
            version = known.map_or(i64::MIN, |known| known.version);
        }
        let outcome = match known {
            Some(known) if version < known.version => &mut counts.stale,
            Some(known) if known.there && row.delete => &mut counts.deleted,
            Some(known) if known.there && known.value == value => &mut counts.unchanged,
            Some(known) if known.there => &mut counts.updated,
            _ if row.delete => &mut counts.unchanged,
            _ => &mut counts.inserted,
        };
        *outcome += 1;
        let changes = match known {
            Some(known) if version < known.version => {
                self.history += 1;
                self.stale += 1;
                return;
            }
            Some(known) if known.there => row.delete || known.value != value,
            _ => !row.delete || self.versioned && version > known.map_or(i64::MIN, |known| known.version),
        };
        if changes {
            self.history += 1;
            let there = !row.delete;
            self.keys.insert(row.key, Known { version, value, there });
        }
    }

    /// Key and columns of the current rows, -1 for null.
    pub fn current(&self) -> Vec<i64> {
        let there = self.keys.iter().filter(|(_, known)| known.there);
        there
            .flat_map(|(key, known)| {
                let (version, value, more) = known.value;
                let more = self.wide.then_some(more.unwrap_or(-1));
                [*key, version.unwrap_or(-1), value].into_iter().chain(more)
            })
            .collect()
    }

    /// How many they are.
    pub fn rows(&self) -> usize {
        self.keys.values().filter(|known| known.there).count()
    }
}

/// As a push of them arrives; `wide` for the contract's next version.
pub fn batch(rows: &[Row], wide: bool) -> RecordBatch {
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        (
            "g",
            Arc::new(StringViewArray::from_iter_values(
                rows.iter().map(|r| format!("g{}", r.key % 3)),
            )),
        ),
        ("k", Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.key)))),
        ("v", Arc::new(Int64Array::from_iter(rows.iter().map(|r| r.version)))),
        (
            "n",
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.value))),
        ),
        (
            system_column::LINE,
            Arc::new(Int64Array::from_iter_values(2..2 + rows.len() as i64)),
        ),
        (
            system_column::OP,
            Arc::new(StringViewArray::from_iter(
                rows.iter().map(|r| if r.delete { Some("D") } else { None }),
            )),
        ),
    ];
    if wide {
        columns.push(("w", Arc::new(Int64Array::from_iter(rows.iter().map(|r| r.more)))));
    }
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap()
}
