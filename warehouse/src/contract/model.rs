//! The validated contract: what the rest of the hub works with. Built only by [`super::lint`] from the file
//! shape, so every index, column name and type in here is known to be right.

use super::Reading;
use super::fhir_path::FhirPath;
use crate::{DatasetId, InstitutionId};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How much a value may be seen. Ordered: a greater class is more secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Classification {
    /// Open to everyone (`terbuka`).
    #[serde(rename = "terbuka")]
    Open,
    /// For the government's own work (`terbatas`). The default.
    #[default]
    #[serde(rename = "terbatas")]
    Restricted,
    /// Personal data, general (`pribadi`; UU 27/2022 art. 4(3)).
    #[serde(rename = "pribadi")]
    Personal,
    /// Personal data, specific: health, biometrics, children, finance (`pribadi_spesifik`; UU 27/2022 art. 4(2)).
    #[serde(rename = "pribadi_spesifik")]
    Sensitive,
    /// Closed (`tertutup`).
    #[serde(rename = "tertutup")]
    Closed,
}

impl Classification {
    /// True for values that identify or describe a natural person.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Personal | Self::Sensitive)
    }
}

/// The type of a column, and of its Parquet and Delta form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// 32-bit signed integer.
    Int32,
    /// 64-bit signed integer.
    Int64,
    /// IEEE double.
    Float64,
    /// Exact decimal with (precision, scale).
    Decimal(u8, i8),
    /// True or false.
    Boolean,
    /// Calendar date.
    Date,
    /// Instant, microseconds, UTC.
    Timestamp,
}

impl ColumnType {
    /// The Arrow type used everywhere inside the hub: decode, log, hot tier, Parquet scan.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Float64 => DataType::Float64,
            Self::Decimal(precision, scale) => DataType::Decimal128(precision, scale),
            Self::Boolean => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

/// What a failed rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// One such row rejects the whole batch.
    RejectBatch,
    /// The row goes to quarantine. The default.
    #[default]
    QuarantineRow,
    /// The row is accepted; the receipt says so.
    Warn,
}

/// A check of one value.
#[derive(Debug, Clone)]
pub enum Check {
    /// The text must match the whole pattern.
    Pattern(regex::Regex),
    /// Length in characters, inclusive bounds.
    Length {
        /// Fewest characters.
        min: Option<usize>,
        /// Most characters.
        max: Option<usize>,
    },
    /// Numeric, date or timestamp range; bounds in the column's own text form, already parsed to the
    /// column's native number (integers and dates as i64 in days or microseconds, others as f64).
    Range {
        /// Lower bound.
        min: Option<Bound>,
        /// Upper bound.
        max: Option<Bound>,
    },
    /// One of these texts (after trimming).
    OneOf(Arc<[String]>),
    /// The value exists in a column of another dataset. Soft: checked against the pinned view.
    Reference {
        /// The dataset that holds the codes.
        dataset: DatasetId,
        /// Its column.
        column: String,
    },
}

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Native value: integers, days since 1970-01-01, or microseconds since 1970-01-01T00:00Z.
    pub value: f64,
    /// True when the value itself is outside.
    pub exclusive: bool,
}

/// A [`Check`] with its name and consequence.
#[derive(Debug, Clone)]
pub struct ColumnRule {
    /// Short name shown in faults: `pattern`, `range`, `enum`, `length`, `reference`.
    pub name: String,
    /// The check.
    pub check: Check,
    /// What a failure does.
    pub on_failure: OnFailure,
}

/// A SQL expression over the row that must not be false (null passes, as in a SQL CHECK).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRule {
    /// Short name shown in faults.
    pub name: String,
    /// Boolean SQL expression over column names.
    pub expression: String,
    /// Sentence shown to the sender.
    pub description: String,
    /// What a failure does.
    pub on_failure: OnFailure,
}

/// How a masked column looks to a reader who may not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// Always null. The default.
    #[default]
    Null,
    /// Keyed hash, stable per epoch, so that analysts can join and count (`person_key`). Text columns only.
    Hash,
    /// Only the year of a date or timestamp; the rest is set to 1 January.
    Year,
    /// The first two characters, then `***`. Text columns only.
    Partial,
}

/// What is done about a code of fixed width whose leading zeros a spreadsheet has dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadingZeros {
    /// They are restored where the payload itself says that the value is a number. The default.
    #[default]
    RestoreNumbers,
    /// They are restored in texts as well.
    Restore,
    /// A value without them is as wrong as it looks.
    Refuse,
}

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name in SQL, in Parquet and in the API.
    pub name: String,
    /// Human title, Indonesian.
    pub title: Option<String>,
    /// What it means.
    pub description: Option<String>,
    /// Type.
    pub ty: ColumnType,
    /// A missing value is a fault.
    pub required: bool,
    /// No value twice in a batch (alone; see [`Contract::unique`] for combinations).
    pub unique: bool,
    /// Secrecy.
    pub classification: Classification,
    /// How it is masked.
    pub mask: Mask,
    /// Header names that mean this column, besides `name`; compared with case, spaces, `-` and `_` folded.
    pub aliases: Vec<String>,
    /// Texts that mean "no value", besides the empty text and the contract's own list.
    pub null_values: Vec<String>,
    /// Date or timestamp patterns in strftime form, or [`super::INDONESIAN_DATES`]; empty means ISO 8601. A text that two
    /// of them read as different days is ambiguous.
    pub formats: Vec<String>,
    /// Where it stands in a line of a fixed-width file.
    pub position: Option<Position>,
    /// Where it is in a FHIR resource.
    pub path: Option<FhirPath>,
    /// How its cells are read beyond what the type says.
    pub reading: Reading,
    /// Text of fixed width only: what is done about lost leading zeros.
    pub leading_zeros: LeadingZeros,
    /// Checks of one value, in the order of the file.
    pub rules: Vec<ColumnRule>,
    /// What a missing or untypable value does.
    pub on_failure: OnFailure,
}

/// The place of a column in a line of a fixed-width file, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// First character, from 1.
    pub start: usize,
    /// Characters.
    pub length: usize,
}

impl Position {
    /// The last character.
    pub fn last(self) -> usize {
        self.start + self.length - 1
    }
}

/// The look of the sender's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFormat {
    /// Delimiter; absent means detected from the first line (`,` `;` tab `|`).
    pub delimiter: Option<u8>,
    /// Quote character.
    pub quote: u8,
    /// Character encoding label (WHATWG); absent means UTF-8, or UTF-16 where a byte order mark says so.
    pub encoding: Option<String>,
    /// Decimal sign.
    pub decimal: char,
    /// Thousands sign, removed before a number is read.
    pub thousands: Option<char>,
    /// Texts that mean "no value" in every column, besides the empty text.
    pub null_values: Vec<String>,
    /// Offset in minutes assumed for a timestamp without one. Default +07:00 (WIB).
    pub utc_offset_minutes: i32,
    /// Lines of a fixed-width file before its first row.
    pub fixed_width_header: u64,
    /// Workbooks: name of the sheet with the rows; absent means the one whose header fits best.
    pub sheet: Option<String>,
}

impl Default for SourceFormat {
    fn default() -> Self {
        Self {
            delimiter: None,
            quote: b'"',
            encoding: None,
            decimal: '.',
            thousands: None,
            null_values: Vec::new(),
            utc_offset_minutes: 7 * 60,
            fixed_width_header: 0,
            sheet: None,
        }
    }
}

/// When the thing a row tells of happened, and how old or early it may arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTime {
    /// Index into [`Contract::columns`]; a date or timestamp.
    pub column: usize,
    /// Oldest accepted age.
    pub max_age: Option<Duration>,
    /// How far ahead of the hub's clock is accepted.
    pub max_ahead: Option<Duration>,
    /// What a row outside the window does.
    pub on_failure: OnFailure,
}

/// Columns by which a reader's or pusher's scope cuts the rows. Indexes into [`Contract::columns`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowScope {
    /// Column that holds the owner institution's id.
    pub institution: Option<usize>,
    /// Column that holds a region code; scopes match by prefix at `.` boundaries.
    pub region: Option<usize>,
}

/// How the Parquet files are laid out. Column indexes into [`Contract::columns`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Delta partition columns.
    pub partition_by: Vec<usize>,
    /// Sort order inside compacted files.
    pub sort_by: Vec<usize>,
    /// Columns with min/max statistics in the table log; empty means all that are not personal.
    pub statistics: Vec<usize>,
    /// Columns with bloom filters; never personal ones.
    pub bloom: Vec<usize>,
    /// How long the current table may lag behind the history.
    pub merge_interval: Duration,
}

/// Whether the schema may grow by columns found in a new contract version without a new table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaMode {
    /// Additive change on live data is allowed. The default.
    #[default]
    Evolve,
    /// Any change of the schema needs a new major.
    Freeze,
}

/// Where a contract came from; later ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Shipped inside the binary.
    Embedded,
    /// A file of the site (data folder or `--contracts`).
    Site,
    /// Put through the API.
    Api,
    /// Written by the hub for what it works out itself; see [`Layer::Mart`].
    Derived,
}

/// Where a dataset stands on the way from the senders to the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// What agencies send: schema `data`. The default.
    #[default]
    Data,
    /// What the hub works out from it: schema `mart`. Nobody pushes to it.
    Mart,
}

/// Whom a dataset of the `mart` layer is for: the role named and those above it. Ordered from few to many readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Analysts and stewards, and agencies within their own rows. The default.
    #[default]
    Analis,
    /// Boards as well.
    Pimpinan,
    /// Everybody, without a key.
    Publik,
}

/// A dataset as agreed between its owner and the hub.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Dataset id.
    pub dataset: DatasetId,
    /// Contract version; its major names the table.
    pub version: semver::Version,
    /// Title for people, Indonesian.
    pub title: String,
    /// What the dataset holds.
    pub description: String,
    /// Owner institution (`team` or `domain` of the contract).
    pub owner: InstitutionId,
    /// Highest class of the dataset itself and of its columns.
    pub classification: Classification,
    /// Whether anyone may read it without a key; only when every column is open.
    pub public: bool,
    /// True when it is a code list, shown in the `ref` schema as well.
    pub reference: bool,
    /// Whether it is sent or worked out.
    pub layer: Layer,
    /// Who may read what is worked out; says nothing of what is sent.
    pub access: Access,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Indexes of the primary key, in key order; empty means append-only.
    pub primary_key: Vec<usize>,
    /// Combinations of columns that may not repeat inside a batch; a repeat is counted `duplicate`.
    pub unique: Vec<Vec<usize>>,
    /// Cross-column checks.
    pub row_rules: Vec<RowRule>,
    /// Look of the sender's text.
    pub source: SourceFormat,
    /// Type of the FHIR resources that are rows, such as `Encounter`.
    pub fhir_resource: Option<String>,
    /// Event time and acceptance window.
    pub event_time: Option<EventTime>,
    /// Column that orders versions of a key.
    pub version_column: Option<usize>,
    /// Rows are looked up one by one, by key: they are kept by row as well, beside the files by column. Keyed datasets
    /// only.
    pub lookup: bool,
    /// Row scope.
    pub row_scope: RowScope,
    /// File layout.
    pub layout: Layout,
    /// Whether the schema may grow.
    pub schema_mode: SchemaMode,
    /// Share of bad rows (0 to 1) above which the whole batch is rejected.
    pub max_rejected: f64,
    /// Share of the rows in the scope of a snapshot push (0 to 1) that may vanish before the push is rejected. Keyed
    /// datasets only.
    pub max_vanished: f64,
    /// Equal payloads from one pusher are separate pushes.
    pub allow_repeats: bool,
    /// How long the feed may be silent before it counts as late.
    pub freshness: Option<Duration>,
    /// Where it came from.
    pub origin: Origin,
    /// The file as written, for the catalogue.
    pub text: Arc<str>,
}

/// Names of the columns the hub adds to every stored row. They stand behind the contract's own.
pub mod system_column {
    /// Log position of the push that brought the row. Null in an adopted file, where the table log's
    /// `smartcenter.seq` tag holds it for the whole file.
    pub const SEQ: &str = "_seq";
    /// Line of the payload, from 1; with [`SEQ`] it identifies the row.
    pub const LINE: &str = "_line";
    /// Receipt of the push.
    pub const RECEIPT: &str = "_receipt";
    /// When the push arrived.
    pub const RECEIVED_AT: &str = "_received_at";
    /// What a row of a keyed dataset does to its key: in a push `U` (or nothing) and `D`, in the history `I` inserted,
    /// `U` updated, `D` deleted, `S` stale: older than what was held when it came.
    pub const OP: &str = "_op";

    /// The field of [`OP`].
    pub fn op_field() -> arrow::datatypes::Field {
        arrow::datatypes::Field::new(OP, arrow::datatypes::DataType::Utf8View, true)
    }
}

impl Contract {
    /// The contract's own columns as Arrow fields, in order.
    pub fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.fields()))
    }

    /// The contract's columns followed by the system columns: the schema of the log, the hot tier and the files.
    pub fn storage_schema(&self) -> SchemaRef {
        let mut fields = self.fields();
        fields.extend(system_fields());
        Arc::new(Schema::new(fields))
    }

    /// Index of the column called `name`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// What senders may call each column, [folded](super::fold): names and aliases, with the column's index. A column's
    /// own name wins over another's alias.
    pub fn names(&self) -> HashMap<String, usize> {
        let mut names = HashMap::new();
        for (index, column) in self.columns.iter().enumerate() {
            names.insert(super::fold(&column.name), index);
        }
        for (index, column) in self.columns.iter().enumerate() {
            for alias in &column.aliases {
                names.entry(super::fold(alias)).or_insert(index);
            }
        }
        names
    }

    /// The table that pushes go to: every accepted row, and for a keyed dataset every version of it.
    pub fn table(&self) -> crate::TableId {
        match (self.is_keyed(), self.layer) {
            (false, _) => self.current_table(),
            (true, Layer::Data) => crate::TableId::history(&self.dataset, self.version.major),
            (true, Layer::Mart) => crate::TableId::mart_history(&self.dataset, self.version.major),
        }
    }

    /// The table of current rows; for an append-only dataset that is all of them.
    pub fn current_table(&self) -> crate::TableId {
        match self.layer {
            Layer::Data => crate::TableId::dataset(&self.dataset, self.version.major),
            Layer::Mart => crate::TableId::mart(&self.dataset, self.version.major),
        }
    }

    /// The columns of the primary key, in key order; none of an append-only dataset.
    pub fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.primary_key.iter().filter_map(|at| self.columns.get(*at))
    }

    /// True when rows with the same primary key are versions of one thing.
    pub fn is_keyed(&self) -> bool {
        !self.primary_key.is_empty()
    }

    fn fields(&self) -> Vec<Field> {
        // Stored columns are nullable whatever the contract says: an added column has no value in older rows.
        self.columns
            .iter()
            .map(|c| Field::new(&c.name, c.ty.arrow(), true))
            .collect()
    }
}

/// The fields of the system columns, in storage order.
pub fn system_fields() -> Vec<Field> {
    vec![
        Field::new(system_column::SEQ, DataType::Int64, true),
        Field::new(system_column::LINE, DataType::Int64, true),
        Field::new(system_column::RECEIPT, DataType::Utf8View, true),
        Field::new(system_column::RECEIVED_AT, ColumnType::Timestamp.arrow(), true),
    ]
}
