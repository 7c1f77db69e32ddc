//! Model files: those shipped with the program, and those of the site, which win.

use super::{
    fault::{Faults, ModelFault},
    header::{self, Header},
};
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

/// File name and text, listed at build time by `build.rs`.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded_models.rs"));

/// A model as written.
#[derive(Debug, Clone)]
pub struct ModelFile {
    /// Its name, which is the file's: table `mart.<name>`.
    pub name: DatasetId,
    /// The file, for faults.
    pub file: String,
    /// What it says of itself.
    pub header: Header,
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
    /// The shipped models and those in the folders `dirs`, later ones winning by name. Faulty ones are left out and told of.
    pub fn gather(dirs: &[PathBuf]) -> (Vec<Self>, Vec<ModelFault>) {
        let mut texts: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut faults = Vec::new();
        for (name, text) in EMBEDDED {
            texts.insert((*name).to_owned(), (format!("models/{name}"), (*text).to_owned()));
        }
        for path in dirs.iter().flat_map(|dir| site_files(dir)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let file = path.display().to_string();
            match fs::read_to_string(&path) {
                Ok(text) => drop(texts.insert(name, (file, text))),
                Err(error) => faults.push(ModelFault {
                    file,
                    line: 1,
                    message: format!("cannot be read: {error}"),
                }),
            }
        }
        let mut files = Vec::new();
        for (name, (file, text)) in texts {
            match Self::parse(&name, &file, &text) {
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
        let mut faults = Faults::of(file);
        let stem = name.strip_suffix(".sql").unwrap_or(name);
        let id: Option<DatasetId> = match stem.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                let error: smartcenter_warehouse::Error = error;
                faults.add(1, error.message());
                None
            }
        };
        let Some((yaml, sql)) = text
            .trim_start()
            .strip_prefix("/*")
            .and_then(|rest| rest.split_once("*/"))
        else {
            faults.add(
                1,
                "a model begins with its header, a comment /* ... */ of YAML, and goes on with its SELECT",
            );
            return Err(faults.list);
        };
        let blank = text.len() - text.trim_start().len();
        let first = 1 + text[..blank].matches('\n').count();
        let sql_line = first + yaml.matches('\n').count() + leading_lines(sql);
        let header = header::parse(yaml, first, &mut faults);
        let sql = sql.trim().trim_end_matches(';');
        let parsed = parse_model(sql).map_err(|error| {
            let (line, message) = placed(error.message(), sql_line);
            faults.add(line, message);
        });
        match (id, header, parsed) {
            (Some(name), Some(header), Ok((statement, reads))) if faults.list.is_empty() => Ok(Self {
                name,
                file: file.to_owned(),
                header,
                sql: sql.into(),
                statement,
                reads,
                version: hex::encode(Sha256::digest(text.as_bytes()))[..12].to_owned(),
                sql_line,
            }),
            _ => Err(faults.list),
        }
    }

    /// Line of a key of the header; of the file's beginning where it is not there.
    pub fn line_of(&self, key: &str) -> usize {
        self.header.lines.get(key).copied().unwrap_or(1)
    }
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

fn site_files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    paths.sort();
    paths
}

/// A number that changes when a model file in `dirs` is added, removed or written. Costs one `stat` per file.
pub fn fingerprint(dirs: &[PathBuf]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for path in dirs.iter().flat_map(|dir| site_files(dir)) {
        path.hash(&mut hasher);
        if let Ok(meta) = fs::metadata(&path) {
            let age = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            (age, meta.len()).hash(&mut hasher);
        }
    }
    hasher.finish()
}
