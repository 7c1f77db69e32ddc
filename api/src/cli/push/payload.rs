//! A file on its way to the hub: how it is written, how it is packed, how far it has come.

use anyhow::{Context, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::blocking::Body;
use smartcenter_ingest::{ContentEncoding, Format};
use std::{
    cell::Cell,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

/// One file, or standard input.
#[derive(Debug)]
pub struct Payload {
    /// None for standard input.
    path: Option<PathBuf>,
    /// Standard input has been handed out.
    taken: Cell<bool>,
    format: Format,
    encoding: ContentEncoding,
    bytes: Option<u64>,
}

impl Payload {
    /// What `path` is, by its name or by `format`. Errors: a file that cannot be read, or whose name says nothing.
    pub fn of(path: &Path, format: Option<Format>) -> anyhow::Result<Self> {
        if path.as_os_str() == "-" {
            let format =
                format.ok_or_else(|| anyhow!("say how standard input is written: --format csv, ndjson, json ..."))?;
            return Ok(Self {
                path: None,
                taken: Cell::new(false),
                format,
                encoding: ContentEncoding::Identity,
                bytes: None,
            });
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let encoding = ContentEncoding::from_file_name(&name);
        let format = format.or_else(|| Format::from_file_name(&name)).ok_or_else(|| {
            anyhow!(
                "{}: the name does not say how it is written (.xlsx .ods .csv .ndjson .json .geojson .parquet .arrow ..., \
                 each also .gz or .zst): use --format",
                path.display()
            )
        })?;
        let found = std::fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
        if found.is_dir() {
            bail!("{} is a folder: name the files in it", path.display());
        }
        // A pipe has a name but no length.
        let bytes = found.is_file().then_some(found.len());
        Ok(Self {
            path: Some(path.to_owned()),
            taken: Cell::new(false),
            format,
            encoding,
            bytes,
        })
    }

    /// What it is called in reports.
    pub fn name(&self) -> String {
        self.path
            .as_ref()
            .map_or_else(|| "standard input".to_owned(), |path| path.display().to_string())
    }

    /// How it is written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How it is packed.
    pub fn packing(&self) -> ContentEncoding {
        self.encoding
    }

    /// Media type.
    pub fn content_type(&self) -> &'static str {
        self.format.content_type()
    }

    /// Content encoding, if it is packed.
    pub fn encoding(&self) -> Option<&'static str> {
        match self.encoding {
            ContentEncoding::Identity => None,
            ContentEncoding::Gzip => Some("gzip"),
            ContentEncoding::Zstd => Some("zstd"),
        }
    }

    /// The payload from its start, as it lies there.
    pub fn reader(&self, bar: &ProgressBar) -> anyhow::Result<Box<dyn std::io::Read>> {
        Ok(match &self.path {
            None => Box::new(bar.wrap_read(std::io::stdin())),
            Some(path) => {
                let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
                Box::new(bar.wrap_read(BufReader::with_capacity(1 << 18, file)))
            }
        })
    }

    /// A bar for the way of this payload; unseen where standard error is no terminal.
    pub fn bar(&self) -> ProgressBar {
        let (bar, template) = match self.bytes {
            Some(bytes) => (
                ProgressBar::new(bytes),
                "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}",
            ),
            None => (ProgressBar::new_spinner(), "{msg} {spinner} {bytes} {bytes_per_sec}"),
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_message(self.name());
        bar
    }

    /// The payload from its start. Standard input can be read once only.
    pub fn body(&self, bar: &ProgressBar) -> anyhow::Result<Body> {
        bar.set_position(0);
        let Some(path) = &self.path else {
            if self.taken.replace(true) {
                bail!("the hub is busy, and standard input cannot be read again: push a file, or try later");
            }
            return Ok(Body::new(bar.wrap_read(std::io::stdin())));
        };
        let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let reader = bar.wrap_read(BufReader::with_capacity(1 << 18, file));
        Ok(match self.bytes {
            Some(bytes) => Body::sized(reader, bytes),
            None => Body::new(reader),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_name_says_how_a_file_is_written_and_packed() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str, format| {
            let path = folder.path().join(name);
            std::fs::write(&path, "x").unwrap();
            Payload::of(&path, format).map(|payload| (payload.content_type(), payload.encoding()))
        };
        assert_eq!(of("a.csv", None).unwrap(), ("text/csv", None));
        assert_eq!(of("A.CSV.GZ", None).unwrap(), ("text/csv", Some("gzip")));
        assert_eq!(of("a.b.ndjson", None).unwrap(), ("application/x-ndjson", None));
        assert_eq!(of("a.jsonl.zst", None).unwrap(), ("application/x-ndjson", Some("zstd")));
        assert_eq!(of("a.json", None).unwrap(), ("application/json", None));
        assert_eq!(of("a.dat.gz", Some(Format::Csv)).unwrap(), ("text/csv", Some("gzip")));
        assert_eq!(
            of("Rekap Juli.XLSX", None).unwrap().0,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        );
        assert_eq!(of("kunjungan.fhir.json", None).unwrap().0, "application/fhir+json");
        assert!(of("a.dat", None).unwrap_err().to_string().contains("--format"));
        assert!(Payload::of(folder.path(), Some(Format::Csv)).is_err());
        assert!(Payload::of(Path::new("/nowhere/a.csv"), None).is_err());
        assert!(Payload::of(Path::new("-"), None).is_err());
        assert!(Payload::of(Path::new("-"), Some(Format::Json)).is_ok());
    }
}
