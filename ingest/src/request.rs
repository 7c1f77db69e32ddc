//! What a door hands to [`Intake`](crate::Intake), and what it gets back.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use smartcenter_warehouse::{DatasetId, PushMode, Receipt, policy::Identity};

/// A push as the door understood it; the body comes separately, as a stream.
#[derive(Debug, Clone)]
pub struct PushRequest {
    /// Dataset to push to.
    pub dataset: DatasetId,
    /// Who pushes.
    pub identity: Identity,
    /// How the payload is written.
    pub format: Format,
    /// How the body is packed.
    pub encoding: ContentEncoding,
    /// `Idempotency-Key`, if one was sent.
    pub idempotency_key: Option<String>,
    /// Check only: nothing is kept.
    pub dry_run: bool,
    /// Answer only after the rows are committed to the Delta table.
    pub wait_landed: bool,
    /// How the rows meet those that are there. Absent means what the dataset's contract implies: upsert where there is
    /// a primary key, append where there is none. Scope values are written as the payload writes them.
    pub mode: Option<PushMode>,
    /// `charset` of the content type; absent means UTF-8, a byte order mark, or what the contract says.
    pub charset: Option<String>,
    /// When the first byte arrived.
    pub received_at: DateTime<Utc>,
}

/// The answer to a push.
#[derive(Debug, Clone)]
pub struct PushOutcome {
    /// The receipt, final. That of a repeat is the first one's; without an idempotency key its status is `Duplicate`.
    pub receipt: Receipt,
    /// True when the same push had been finished before and nothing changed (`Idempotency-Replayed: true`).
    pub replayed: bool,
}

/// How a payload is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma (or `;`, tab, `|`) separated text with a header line.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// A JSON array of objects, or one object.
    Json,
}

impl Format {
    /// The format named by a `Content-Type` (parameters are ignored).
    ///
    /// # Errors
    /// `Unsupported` for any other type.
    pub fn from_content_type(content_type: &str) -> Result<Self> {
        let essence = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match essence.as_str() {
            "text/csv" | "application/csv" | "text/tab-separated-values" => Ok(Self::Csv),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
                Ok(Self::Ndjson)
            }
            "application/json" | "text/json" => Ok(Self::Json),
            _ => Err(Error::Unsupported(format!(
                "content type {essence:?} is not read here: send text/csv, application/x-ndjson or application/json"
            ))),
        }
    }

    /// The format told by a file's name, below a packing suffix: `absensi.csv.gz` is CSV. None when it tells nothing.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let bare = lower
            .strip_suffix(".gz")
            .or_else(|| lower.strip_suffix(".zst"))
            .unwrap_or(&lower);
        match bare.rsplit_once('.')?.1 {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The `charset` parameter of a `Content-Type`, if it has one.
    pub fn charset(content_type: &str) -> Option<String> {
        content_type.split(';').skip(1).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("charset")
                .then(|| value.trim().trim_matches('"').to_owned())
        })
    }

    /// Short name for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Json => "json",
        }
    }
}

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ContentEncoding {
    /// Not packed.
    #[default]
    Identity,
    /// Gzip, one or more members.
    Gzip,
    /// Zstandard, one or more frames.
    Zstd,
}

impl ContentEncoding {
    /// The packing named by a `Content-Encoding` header; absent or empty means none.
    ///
    /// # Errors
    /// `Unsupported` for any other packing, and for more than one.
    pub fn from_header(value: Option<&str>) -> Result<Self> {
        match value.map(|v| v.trim().to_ascii_lowercase()).as_deref() {
            None | Some("" | "identity") => Ok(Self::Identity),
            Some("gzip" | "x-gzip") => Ok(Self::Gzip),
            Some("zstd") => Ok(Self::Zstd),
            Some(other) => Err(Error::Unsupported(format!(
                "content encoding {other:?} is not read here: send gzip, zstd or none"
            ))),
        }
    }

    /// The packing told by a file's name.
    pub fn from_file_name(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        if lower.ends_with(".gz") {
            Self::Gzip
        } else if lower.ends_with(".zst") {
            Self::Zstd
        } else {
            Self::Identity
        }
    }
}
