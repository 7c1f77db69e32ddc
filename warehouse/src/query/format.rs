//! Answers as bytes, batch by batch. Whatever the format, a reader can tell a whole answer from a cut one: JSON and
//! NDJSON end with a marker; CSV, Arrow and Parquet, which have no room for one, break off with an error when the
//! hub's own cap cut them.

use super::{Ending, QueryStream};
use crate::{Error, Result};
use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions},
    compute::cast,
    csv::WriterBuilder as CsvWriterBuilder,
    datatypes::{DataType, Field, Schema, SchemaRef},
    ipc::writer::StreamWriter,
    json::writer::{JsonArray, LineDelimited, WriterBuilder as JsonWriterBuilder},
};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use parking_lot::Mutex;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};
use serde_json::json;
use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

/// Rows of a Parquet row group in an answer; bounds the memory of the encoder.
const ROW_GROUP: usize = 131_072;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One object: `columns`, `rows`, `end`, `count`, `truncated`.
    Json,
    /// One object per line, then `{"end":true,"rows":n}`.
    Ndjson,
    /// With a header line.
    Csv,
    /// Arrow IPC stream.
    Arrow,
    /// One Parquet file.
    Parquet,
}

impl Format {
    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    fn encoder(self, schema: &SchemaRef) -> Result<Box<dyn Encoder>> {
        Ok(match self {
            Self::Json => Box::new(Json { first: true }),
            Self::Ndjson => Box::new(Ndjson),
            Self::Csv => Box::new(Csv { header: true }),
            Self::Arrow => Box::new(Arrow::new(schema)?),
            Self::Parquet => Box::new(Parquet::new(schema)?),
        })
    }
}

/// `answer` as bytes. Nothing is computed before the first chunk is asked for; dropping the stream ends the query.
pub fn encode(answer: QueryStream, format: Format) -> impl Stream<Item = Result<Bytes>> + Send {
    let schema = plain_schema(answer.schema());
    let start = State {
        answer,
        schema,
        format,
        encoder: None,
        done: false,
    };
    stream::try_unfold(start, |mut state| async move {
        // An empty chunk would end a body early in some servers.
        while !state.done {
            let chunk = state.step().await?;
            if !chunk.is_empty() {
                return Ok(Some((Bytes::from(chunk), state)));
            }
        }
        Ok(None)
    })
}

struct State {
    answer: QueryStream,
    schema: SchemaRef,
    format: Format,
    encoder: Option<Box<dyn Encoder>>,
    done: bool,
}

impl State {
    async fn step(&mut self) -> Result<Vec<u8>> {
        let Some(encoder) = &mut self.encoder else {
            let mut encoder = self.format.encoder(&self.schema)?;
            let opening = encoder.open(&self.schema)?;
            self.encoder = Some(encoder);
            return Ok(opening);
        };
        match self.answer.next().await {
            Some(batch) => encoder.batch(&plain(&batch?, &self.schema)?),
            None => {
                self.done = true;
                encoder.close(
                    &Summary {
                        rows: self.answer.rows(),
                        ending: self.answer.ending(),
                    },
                    &self.schema,
                )
            }
        }
    }
}

struct Summary {
    rows: u64,
    ending: Ending,
}

impl Summary {
    fn truncated(&self) -> bool {
        self.ending != Ending::Complete
    }

    /// For formats without a marker.
    fn whole(&self) -> Result<()> {
        match self.ending {
            Ending::Complete | Ending::Limited => Ok(()),
            Ending::Capped => Err(Error::too_many(
                format!(
                    "the answer has more than the {} rows that the hub delivers at once: narrow the query",
                    self.rows
                ),
                Duration::from_secs(0),
            )),
        }
    }
}

trait Encoder: Send {
    fn open(&mut self, schema: &SchemaRef) -> Result<Vec<u8>>;
    fn batch(&mut self, batch: &RecordBatch) -> Result<Vec<u8>>;
    fn close(&mut self, summary: &Summary, schema: &SchemaRef) -> Result<Vec<u8>>;
}

struct Json {
    first: bool,
}

impl Encoder for Json {
    fn open(&mut self, schema: &SchemaRef) -> Result<Vec<u8>> {
        let columns: Vec<_> = schema
            .fields()
            .iter()
            .map(|f| json!({"name": f.name(), "type": type_name(f.data_type())}))
            .collect();
        Ok(format!("{{\"columns\":{},\"rows\":[", serde_json::to_string(&columns)?).into_bytes())
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<Vec<u8>> {
        let mut writer = JsonWriterBuilder::new()
            .with_explicit_nulls(true)
            .build::<_, JsonArray>(Vec::new());
        writer.write(batch)?;
        writer.finish()?;
        let mut rows = writer.into_inner();
        // `[{...},{...}]` becomes the next part of the one list.
        rows.pop();
        match rows.first_mut() {
            Some(bracket) if self.first => *bracket = b'\n',
            Some(bracket) => *bracket = b',',
            None => {}
        }
        self.first = false;
        Ok(rows)
    }

    fn close(&mut self, summary: &Summary, _: &SchemaRef) -> Result<Vec<u8>> {
        Ok(format!(
            "],\"end\":true,\"count\":{},\"truncated\":{}}}\n",
            summary.rows,
            summary.truncated()
        )
        .into_bytes())
    }
}

struct Ndjson;

impl Encoder for Ndjson {
    fn open(&mut self, _: &SchemaRef) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<Vec<u8>> {
        let mut writer = JsonWriterBuilder::new()
            .with_explicit_nulls(true)
            .build::<_, LineDelimited>(Vec::new());
        writer.write(batch)?;
        writer.finish()?;
        Ok(writer.into_inner())
    }

    fn close(&mut self, summary: &Summary, _: &SchemaRef) -> Result<Vec<u8>> {
        let more = if summary.truncated() { ",\"truncated\":true" } else { "" };
        Ok(format!("{{\"end\":true,\"rows\":{}{more}}}\n", summary.rows).into_bytes())
    }
}

struct Csv {
    header: bool,
}

impl Encoder for Csv {
    fn open(&mut self, schema: &SchemaRef) -> Result<Vec<u8>> {
        // An answer without rows still names its columns.
        self.batch(&RecordBatch::new_empty(schema.clone()))
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<Vec<u8>> {
        let mut writer = CsvWriterBuilder::new()
            .with_header(std::mem::take(&mut self.header))
            .build(Vec::new());
        writer.write(batch)?;
        Ok(writer.into_inner())
    }

    fn close(&mut self, summary: &Summary, _: &SchemaRef) -> Result<Vec<u8>> {
        summary.whole().map(|()| Vec::new())
    }
}

struct Arrow {
    writer: StreamWriter<Tap>,
    tap: Tap,
}

impl Arrow {
    fn new(schema: &SchemaRef) -> Result<Self> {
        let tap = Tap::default();
        Ok(Self {
            writer: StreamWriter::try_new(tap.clone(), schema)?,
            tap,
        })
    }
}

impl Encoder for Arrow {
    fn open(&mut self, _: &SchemaRef) -> Result<Vec<u8>> {
        self.writer.flush()?;
        Ok(self.tap.take())
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<Vec<u8>> {
        self.writer.write(batch)?;
        self.writer.flush()?;
        Ok(self.tap.take())
    }

    fn close(&mut self, summary: &Summary, _: &SchemaRef) -> Result<Vec<u8>> {
        summary.whole()?;
        self.writer.finish()?;
        Ok(self.tap.take())
    }
}

struct Parquet {
    writer: ArrowWriter<Tap>,
    tap: Tap,
}

impl Parquet {
    fn new(schema: &SchemaRef) -> Result<Self> {
        let tap = Tap::default();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .build();
        Ok(Self {
            writer: ArrowWriter::try_new(tap.clone(), schema.clone(), Some(properties))?,
            tap,
        })
    }
}

impl Encoder for Parquet {
    fn open(&mut self, _: &SchemaRef) -> Result<Vec<u8>> {
        Ok(self.tap.take())
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<Vec<u8>> {
        self.writer.write(batch)?;
        Ok(self.tap.take())
    }

    fn close(&mut self, summary: &Summary, _: &SchemaRef) -> Result<Vec<u8>> {
        summary.whole()?;
        self.writer.finish()?;
        Ok(self.tap.take())
    }
}

/// A writer whose bytes can be taken away as they come.
#[derive(Debug, Clone, Default)]
struct Tap(Arc<Mutex<Vec<u8>>>);

impl Tap {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock())
    }
}

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The schema that leaves the hub: plain texts instead of views, and no name twice.
fn plain_schema(schema: &SchemaRef) -> SchemaRef {
    let mut fields: Vec<Field> = Vec::new();
    for field in schema.fields() {
        let taken = |name: &str| fields.iter().any(|earlier: &Field| earlier.name() == name);
        let mut name = field.name().clone();
        let mut nth = 2;
        while taken(&name) {
            name = format!("{}_{nth}", field.name());
            nth += 1;
        }
        fields.push(Field::new(name, plain_type(field.data_type()), field.is_nullable()));
    }
    Arc::new(Schema::new(fields))
}

fn plain_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::Dictionary(_, value) => plain_type(value),
        other => other.clone(),
    }
}

fn plain(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| match column.data_type() == field.data_type() {
            true => Ok(column.clone()),
            false => Ok(cast(column, field.data_type())?),
        })
        .collect::<Result<Vec<ArrayRef>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// Names of types in JSON answers, as contracts call them.
fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        other => other.to_string().to_lowercase(),
    }
}
