//! Files of models and of indicators, which are models with a judge: those shipped with the program, and those of the
//! site, which win.

use super::{
    fault::{Faults, ModelFault},
    header::{self, Header, Touch},
};
use crate::{indicator::Indicator, site};
use datafusion::sql::parser::Statement;
use sha2::{Digest, Sha256};
use smartcenter_warehouse::{
    DatasetId,
    query::{ModelRead, parse_model},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

/// File names and texts, listed at build time by `build.rs`.
static MODELS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded_models.rs"));
static INDICATORS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded_indicators.rs"));

/// What a file is, told by its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FileKind {
    /// Table or view `mart.<name>`.
    Model,
    /// Table `mart.indikator_<name>`.
    Indicator,
}

impl FileKind {
    const ALL: [Self; 2] = [Self::Model, Self::Indicator];

    /// Folder below a data folder, and below the package.
    fn folder(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Indicator => "indicators",
        }
    }

    fn embedded(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Model => MODELS,
            Self::Indicator => INDICATORS,
        }
    }

    /// The table of the file `stem`.
    fn table(self, stem: &str) -> String {
        match self {
            Self::Model => stem.to_owned(),
            Self::Indicator => format!("{INDICATOR}{stem}"),
        }
    }
}

/// What the tables of indicators begin with.
const INDICATOR: &str = "indikator_";

/// The table of days that indicators are judged by.
pub(super) const CALENDAR: &str = "kalender";

/// A model as written.
#[derive(Debug, Clone)]
pub struct ModelFile {
    /// Its name, which is that of its table in `mart`: the file's, with `indikator_` before it if it is an indicator.
    pub name: DatasetId,
    /// The file, for faults.
    pub file: String,
    /// What it says of itself.
    pub header: Header,
    /// How the rows are judged, if it is an indicator.
    pub indicator: Option<Arc<Indicator>>,
    /// The SELECT.
    pub sql: Arc<str>,
    /// The same, parsed.
    pub statement: Statement,
    /// Tables that the SQL names.
    pub reads: Vec<ModelRead>,
    /// Digest of the file, twelve characters: the model's version.
    pub version: String,
    /// Line of the file on which the SQL begins.
    pub sql_line: usize,
}

impl ModelFile {
    /// The shipped models and indicators, and those in the data folders `sites`, later ones winning by name. Faulty ones
    /// are left out and told of.
    pub fn gather(sites: &[PathBuf]) -> (Vec<Self>, Vec<ModelFault>) {
        let mut texts: BTreeMap<(FileKind, String), (String, String)> = BTreeMap::new();
        let mut faults = Vec::new();
        for kind in FileKind::ALL {
            for (name, text) in kind.embedded() {
                let file = format!("{}/{name}", kind.folder());
                texts.insert((kind, (*name).to_owned()), (file, (*text).to_owned()));
            }
        }
        for (kind, path) in sites.iter().flat_map(|site| site_files(site)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let file = path.display().to_string();
            match fs::read_to_string(&path) {
                Ok(text) => drop(texts.insert((kind, name), (file, text))),
                Err(error) => faults.push(ModelFault {
                    file,
                    line: 1,
                    message: format!("cannot be read: {error}"),
                }),
            }
        }
        let mut files = Vec::new();
        for ((kind, name), (file, text)) in texts {
            match Self::read(kind, &name, &file, &text) {
                Ok(model) => files.push(model),
                Err(found) => faults.extend(found),
            }
        }
        (files, faults)
    }

    /// Reads one model. `name` is the file's name with or without `.sql`; `file` is what faults call it.
    ///
    /// # Errors
    /// All faults of the text.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, Vec<ModelFault>> {
        Self::read(FileKind::Model, name, file, text)
    }

    /// Reads one indicator, as [`parse`](Self::parse) reads a model.
    ///
    /// # Errors
    /// All faults of the text.
    pub fn parse_indicator(name: &str, file: &str, text: &str) -> Result<Self, Vec<ModelFault>> {
        Self::read(FileKind::Indicator, name, file, text)
    }

    fn read(kind: FileKind, name: &str, file: &str, text: &str) -> Result<Self, Vec<ModelFault>> {
        let mut faults = Faults::of(file);
        let stem = name.strip_suffix(".sql").unwrap_or(name);
        let id: Option<DatasetId> = match kind.table(stem).parse() {
            Ok(id) => Some(id),
            Err(error) => {
                let error: smartcenter_warehouse::Error = error;
                faults.add(1, error.message());
                None
            }
        };
        if kind == FileKind::Model && stem.starts_with(INDICATOR) {
            faults.add(
                1,
                format!("names that begin with `{INDICATOR}` are those of indicators"),
            );
        }
        let Some((yaml, sql)) = text
            .trim_start()
            .strip_prefix("/*")
            .and_then(|rest| rest.split_once("*/"))
        else {
            faults.add(
                1,
                "the file begins with its header, a comment /* ... */ of YAML, and goes on with its SELECT",
            );
            return Err(faults.list);
        };
        let version = hex::encode(Sha256::digest(text.as_bytes()))[..12].to_owned();
        let blank = text.len() - text.trim_start().len();
        let first = 1 + text[..blank].matches('\n').count();
        let sql_line = first + yaml.matches('\n').count() + leading_lines(sql);
        let header = match kind {
            FileKind::Model => header::model(yaml, first, &mut faults).map(|header| (header, None)),
            FileKind::Indicator => header::indicator(stem, &version, yaml, first, &mut faults)
                .map(|(header, indicator)| (header, Some(Arc::new(indicator)))),
        };
        let sql = sql.trim().trim_end_matches(';');
        let parsed = parse_model(sql).map_err(|error| {
            let (line, message) = placed(error.message(), sql_line);
            faults.add(line, message);
        });
        match (id, header, parsed) {
            (Some(name), Some((header, indicator)), Ok((statement, reads))) if faults.list.is_empty() => {
                let mut file = Self {
                    name,
                    file: file.to_owned(),
                    header,
                    indicator,
                    sql: sql.into(),
                    statement,
                    reads,
                    version,
                    sql_line,
                };
                file.add_calendar();
                Ok(file)
            }
            _ => Err(faults.list),
        }
    }

    /// An indicator is judged by the calendar, whether its SQL reads that or not.
    fn add_calendar(&mut self) {
        if self.indicator.is_none() {
            return;
        }
        let calendar = ModelRead {
            schema: "mart".to_owned(),
            table: CALENDAR.to_owned(),
        };
        if !self.reads.contains(&calendar) {
            self.reads.push(calendar.clone());
        }
        // A holiday that is announced concerns all days after it, which have it in their past.
        self.header.sources.insert(calendar, Touch::All);
    }

    /// Line of a key of the header; of the file's beginning where it is not there.
    pub fn line_of(&self, key: &str) -> usize {
        self.header.lines.get(key).copied().unwrap_or(1)
    }
}

/// The table that a file called so is of, whether it can be read or not.
pub(super) fn table_of(file: &str) -> String {
    let path = Path::new(file);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    let kind = FileKind::ALL.into_iter().find(|kind| folder == kind.folder());
    kind.unwrap_or(FileKind::Model).table(&stem)
}

fn leading_lines(sql: &str) -> usize {
    let body = sql.trim_start();
    sql[..sql.len() - body.len()].matches('\n').count()
}

/// The parser tells a line of the SQL: makes it one of the file.
fn placed(message: &str, sql_line: usize) -> (usize, String) {
    let told = message.rsplit_once("Line: ").and_then(|(_, rest)| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()
    });
    (
        told.map_or(sql_line, |line| sql_line + line.max(1) - 1),
        message.to_owned(),
    )
}

fn site_files(site: &Path) -> Vec<(FileKind, PathBuf)> {
    let mut paths = Vec::new();
    for kind in FileKind::ALL {
        let sql = site::files(&site.join(kind.folder()), &["sql"]);
        paths.extend(sql.into_iter().map(|path| (kind, path)));
    }
    paths.sort();
    paths
}

/// A number that changes when a file of a model or an indicator in the data folders `sites` is added, removed or written.
/// Costs one `stat` per file.
pub fn fingerprint(sites: &[PathBuf]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for (_, path) in sites.iter().flat_map(|site| site_files(site)) {
        path.hash(&mut hasher);
        if let Ok(meta) = fs::metadata(&path) {
            let age = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            (age, meta.len()).hash(&mut hasher);
        }
    }
    hasher.finish()
}
