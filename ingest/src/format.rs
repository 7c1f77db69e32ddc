//! The formats that can be pushed, each with the content types and file names that tell it.

use crate::{Error, Result};

/// How a payload is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma (or `;`, tab, `|`) separated text with a header line.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// A JSON array of objects, or one object.
    Json,
    /// Lines whose columns stand at fixed positions, which the contract names.
    FixedWidth,
    /// A GeoJSON feature collection (or feature).
    GeoJson,
    /// A FHIR R4 bundle (or resource) in JSON.
    Fhir,
    /// Office Open XML workbook.
    Xlsx,
    /// Binary workbook of Excel 97 to 2003.
    Xls,
    /// OpenDocument spreadsheet.
    Ods,
    /// Parquet.
    Parquet,
    /// Arrow IPC, stream or file.
    Arrow,
}

/// What tells a format.
struct Signs {
    format: Format,
    /// Short name for logs, metrics and messages.
    name: &'static str,
    /// The first is the one to send.
    content_types: &'static [&'static str],
    extensions: &'static [&'static str],
}

const SIGNS: &[Signs] = &[
    Signs {
        format: Format::Csv,
        name: "csv",
        content_types: &["text/csv", "application/csv", "text/tab-separated-values"],
        extensions: &["csv", "tsv", "txt"],
    },
    Signs {
        format: Format::Ndjson,
        name: "ndjson",
        content_types: &[
            "application/x-ndjson",
            "application/ndjson",
            "application/jsonl",
            "application/x-jsonlines",
        ],
        extensions: &["ndjson", "jsonl"],
    },
    Signs {
        format: Format::Json,
        name: "json",
        content_types: &["application/json", "text/json"],
        extensions: &["json"],
    },
    Signs {
        format: Format::FixedWidth,
        name: "fixed_width",
        content_types: &["text/plain", "text/x-fixed-width"],
        extensions: &["fwf", "prn"],
    },
    Signs {
        format: Format::GeoJson,
        name: "geojson",
        content_types: &["application/geo+json", "application/vnd.geo+json"],
        extensions: &["geojson"],
    },
    Signs {
        format: Format::Fhir,
        name: "fhir",
        content_types: &["application/fhir+json", "application/json+fhir"],
        extensions: &[],
    },
    Signs {
        format: Format::Xlsx,
        name: "xlsx",
        content_types: &[
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.ms-excel.sheet.macroenabled.12",
        ],
        extensions: &["xlsx", "xlsm"],
    },
    Signs {
        format: Format::Xls,
        name: "xls",
        content_types: &["application/vnd.ms-excel"],
        extensions: &["xls"],
    },
    Signs {
        format: Format::Ods,
        name: "ods",
        content_types: &["application/vnd.oasis.opendocument.spreadsheet"],
        extensions: &["ods"],
    },
    Signs {
        format: Format::Parquet,
        name: "parquet",
        content_types: &["application/vnd.apache.parquet", "application/x-parquet"],
        extensions: &["parquet"],
    },
    Signs {
        format: Format::Arrow,
        name: "arrow",
        content_types: &[
            "application/vnd.apache.arrow.stream",
            "application/vnd.apache.arrow.file",
        ],
        extensions: &["arrow", "arrows", "feather", "ipc"],
    },
];

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
        SIGNS
            .iter()
            .find(|signs| signs.content_types.contains(&essence.as_str()))
            .map(|signs| signs.format)
            .ok_or_else(|| {
                Error::Unsupported(format!(
                    "content type {essence:?} is not read here: send {}",
                    content_types()
                ))
            })
    }

    /// The format told by a file's name, below a packing suffix: `absensi.csv.gz` is CSV. None when it tells nothing.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let bare = lower
            .strip_suffix(".gz")
            .or_else(|| lower.strip_suffix(".zst"))
            .unwrap_or(&lower);
        if bare.ends_with(".fhir.json") {
            return Some(Self::Fhir);
        }
        let extension = bare.rsplit_once('.')?.1;
        SIGNS
            .iter()
            .find(|signs| signs.extensions.contains(&extension))
            .map(|signs| signs.format)
    }

    /// The format called `name`, as [`Self::as_str`] has it.
    pub fn named(name: &str) -> Option<Self> {
        SIGNS.iter().find(|signs| signs.name == name).map(|signs| signs.format)
    }

    /// The names of all formats.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SIGNS.iter().map(|signs| signs.name)
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
        self.signs().map_or("", |signs| signs.name)
    }

    /// The content type to send it with.
    pub fn content_type(self) -> &'static str {
        self.signs()
            .and_then(|signs| signs.content_types.first().copied())
            .unwrap_or_default()
    }

    /// Whether rows can be read only once all of the payload is there.
    pub(crate) fn is_document(self) -> bool {
        matches!(
            self,
            Self::Fhir | Self::Xlsx | Self::Xls | Self::Ods | Self::Parquet | Self::Arrow
        )
    }

    fn signs(self) -> Option<&'static Signs> {
        SIGNS.iter().find(|signs| signs.format == self)
    }
}

/// The content types to send, for messages.
pub fn content_types() -> String {
    let all: Vec<_> = SIGNS
        .iter()
        .filter_map(|signs| signs.content_types.first().copied())
        .collect();
    all.join(", ")
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
