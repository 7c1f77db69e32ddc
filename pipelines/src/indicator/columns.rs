//! The columns of an indicator: what its SELECT has to give, and what its table has.

use super::{
    Indicator,
    header::{Calendar, Grain},
    method::How,
    rule,
    sentence::WORDS,
};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use std::sync::Arc;

pub(super) const UNIT: &str = "unit";
pub(super) const DAY: &str = "tanggal";
pub(super) const VALUE: &str = "nilai";
pub(super) const NAME: &str = "nama";
pub(super) const POPULATION: &str = "penyebut";
pub(super) const GROUP: &str = "grup";
pub(super) const LATITUDE: &str = "lintang";
pub(super) const LONGITUDE: &str = "bujur";
pub(super) const WEEK: &str = "hari_sekolah";
pub(super) const MASKER: &str = "masker";
pub(super) const COMPLETE: &str = "lengkap";
pub(super) const WINDOW: &str = "jendela";

/// Columns that every indicator's table has from its SELECT; what the SELECT does not give is null.
const SHARED: [(&str, DataType); 10] = [
    (UNIT, DataType::Utf8),
    (DAY, DataType::Date32),
    (VALUE, DataType::Float64),
    (NAME, DataType::Utf8),
    (POPULATION, DataType::Float64),
    (GROUP, DataType::Utf8),
    ("wilayah", DataType::Utf8),
    ("puskesmas", DataType::Utf8),
    (LATITUDE, DataType::Float64),
    (LONGITUDE, DataType::Float64),
];
/// Columns that the judge uses where the SELECT gives them.
const OPTIONAL: [(&str, DataType); 4] = [
    (WEEK, DataType::Int32),
    (MASKER, DataType::Utf8),
    (COMPLETE, DataType::Boolean),
    (WINDOW, DataType::Float64),
];
/// How many of the shared columns the SELECT has to give.
const REQUIRED: usize = 3;
/// What the judge adds.
const ADDED: [(&str, DataType); 11] = [
    ("harapan", DataType::Float64),
    ("batas", DataType::Float64),
    ("skor", DataType::Float64),
    ("p", DataType::Float64),
    ("tanda", DataType::Boolean),
    ("keterangan", DataType::Utf8),
    ("langkah", DataType::Int64),
    ("metode", DataType::Utf8),
    ("versi", DataType::Utf8),
    ("aturan", DataType::Boolean),
    ("keparahan", DataType::Utf8),
];
/// Of these the last ones, which come of the rule.
const OF_RULE: usize = 2;

/// The columns of a table, planned from those of the SELECT.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Those of the SELECT, in its order and their final type, then the shared ones that it lacks, then what is added.
    pub output: SchemaRef,
    /// How many of them the SELECT gives.
    pub given: usize,
}

impl Columns {
    /// The columns, or a sentence for everything that is wrong.
    pub(super) fn of(given: &Schema, indicator: &Indicator) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let mut fields: Vec<FieldRef> = Vec::new();
        for field in given.fields() {
            fields.push(fitted(field, &mut wrong));
        }
        for (at, (name, kind)) in SHARED.iter().enumerate() {
            if given.column_with_name(name).is_some() {
                continue;
            }
            if at < REQUIRED {
                wrong.push(format!("the SELECT gives no column `{name}` ({})", word(kind)));
            }
            fields.push(Arc::new(Field::new(*name, kind.clone(), true)));
        }
        fields.extend(
            ADDED
                .iter()
                .map(|(name, kind)| Arc::new(Field::new(*name, kind.clone(), true))),
        );
        indicator.needs(given, &mut wrong);
        let columns = Self {
            given: given.fields().len(),
            output: Arc::new(Schema::new(fields)),
        };
        indicator.tells(&columns, &mut wrong);
        if wrong.is_empty() { Ok(columns) } else { Err(wrong) }
    }

    /// The columns of an indicator whose SELECT gives no more than it has to.
    pub(super) fn least() -> SchemaRef {
        let all = SHARED.iter().chain(&ADDED);
        let fields = all.map(|(name, kind)| Field::new(*name, kind.clone(), true));
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    /// The columns that the rule may use: all but what comes of it.
    pub(super) fn before_rule(&self) -> SchemaRef {
        let fields = self.output.fields();
        Arc::new(Schema::new(fields[..fields.len() - OF_RULE].to_vec()))
    }
}

/// A column of the SELECT as the table has it.
fn fitted(field: &FieldRef, wrong: &mut Vec<String>) -> FieldRef {
    let name = field.name().as_str();
    if ADDED.iter().any(|(added, _)| *added == name) {
        wrong.push(format!(
            "the judge gives column `{name}`: call the SELECT's own otherwise"
        ));
        return field.clone();
    }
    let known = SHARED.iter().chain(&OPTIONAL).find(|(known, _)| *known == name);
    // Points without a row have none of it.
    let Some((_, kind)) = known else {
        return Arc::new(field.as_ref().clone().with_nullable(true));
    };
    let given = field.data_type();
    let fits = match kind {
        DataType::Utf8 => is_text(given),
        DataType::Float64 => given.is_numeric(),
        DataType::Int32 => given.is_integer(),
        kind => given == kind,
    };
    // A column of nothing but nulls.
    if !fits && given != &DataType::Null {
        wrong.push(format!(
            "column `{name}` is {}, and the SELECT gives {given}: cast it",
            word(kind)
        ));
    }
    Arc::new(Field::new(name, kind.clone(), true))
}

pub(super) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn word(kind: &DataType) -> &'static str {
    match kind {
        DataType::Utf8 => "a text",
        DataType::Date32 => "a date",
        DataType::Float64 => "a number",
        DataType::Int32 => "a whole number",
        _ => "true or false",
    }
}

impl Indicator {
    /// Columns that method and calendar cannot do without.
    fn needs(&self, given: &Schema, wrong: &mut Vec<String>) {
        let mut needed: Vec<(&str, &str)> = Vec::new();
        if self.detector.needs_population() {
            needed.push((POPULATION, self.detector.method));
        }
        if matches!(self.detector.how, How::Scan(_)) {
            needed.extend([(LATITUDE, self.detector.method), (LONGITUDE, self.detector.method)]);
        }
        if self.grain == Grain::Hari && self.calendar == Calendar::HariSekolah {
            needed.push((WEEK, "calendar hari_sekolah"));
        }
        for (name, who) in needed {
            if given.column_with_name(name).is_none() {
                wrong.push(format!("{who} needs column `{name}`: add it to the SELECT"));
            }
        }
    }

    /// Columns that rule and texts name.
    fn tells(&self, columns: &Columns, wrong: &mut Vec<String>) {
        if let Some(rule) = &self.rule
            && let Err(error) = rule::Expression::of(&rule.sql, &columns.before_rule())
        {
            wrong.push(format!("rule.sql: {error}"));
        }
        let texts = [("explanation", &self.explanation), ("action", &self.action)];
        for (key, texts) in texts {
            let Some(texts) = texts else { continue };
            for (language, template) in [("id", &texts.id), ("en", &texts.en)] {
                let unknown = template
                    .columns()
                    .filter(|name| !WORDS.contains(name) && columns.output.column_with_name(name).is_none());
                wrong.extend(unknown.map(|name| {
                    format!("{key}.{language} names {{{name}}}, and there is no such column: add it to the SELECT")
                }));
            }
        }
    }
}
