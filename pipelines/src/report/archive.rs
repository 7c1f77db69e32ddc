//! The archive: `<folder>/<week>/v<version>/` with the report as JSON, and as PDF and XLSX in both languages, just as they
//! were issued. An issue appears whole or not at all: it is written beside its place, synced, and renamed. Nothing is
//! ever deleted but what a crash left half-written.

use super::{compare::changes, form::Report, pdf, week::Week, words::Lang, xlsx};
use smartcenter_warehouse::{Error, Result};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

/// Name of the folder of all issues in the data folder.
pub const FOLDER: &str = smartcenter_warehouse::backup::ISSUED;
/// Begin of the names of what is being written; with the dot it is no part of a backup.
const UNFINISHED: &str = ".unfinished-";

/// What an issue is kept as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The report itself.
    Json,
    /// For printing.
    Pdf(Lang),
    /// For calculating.
    Xlsx(Lang),
}

impl Form {
    /// All, in the order in which they are written.
    pub const ALL: [Self; 5] = [
        Self::Pdf(Lang::Id),
        Self::Pdf(Lang::En),
        Self::Xlsx(Lang::Id),
        Self::Xlsx(Lang::En),
        Self::Json,
    ];

    fn file(self) -> String {
        match self {
            Self::Json => "laporan.json".to_owned(),
            Self::Pdf(lang) => format!("laporan.{}.pdf", lang.code()),
            Self::Xlsx(lang) => format!("laporan.{}.xlsx", lang.code()),
        }
    }

    fn render(self, report: &Report) -> Result<Vec<u8>> {
        match self {
            Self::Json => {
                serde_json::to_vec(report).map_err(|error| Error::internal("a report cannot be written", error))
            }
            Self::Pdf(lang) => pdf::render(report, lang),
            Self::Xlsx(lang) => xlsx::render(report, lang),
        }
    }
}

/// Issues of all weeks.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    /// One issue is written at a time.
    writing: Mutex<()>,
}

/// An issue that was put into the archive, or the one that says the same already.
#[derive(Debug, Clone, PartialEq)]
pub struct Issued {
    /// The issue.
    pub report: Report,
    /// False where the newest issue said the same.
    pub is_new: bool,
}

impl Archive {
    /// The archive in the data folder `data`. Nothing is made before the first issue.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join(FOLDER),
            writing: Mutex::new(()),
        }
    }

    /// Weeks with an issue, newest first.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn weeks(&self) -> Result<Vec<Week>> {
        let mut weeks: Vec<Week> = names(&self.folder)?
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect();
        weeks.sort_unstable_by(|a, b| b.cmp(a));
        // One whose first issue was never finished has none.
        let mut kept = Vec::new();
        for week in weeks {
            if !self.versions(week)?.is_empty() {
                kept.push(week);
            }
        }
        Ok(kept)
    }

    /// Versions of a week, oldest first.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn versions(&self, week: Week) -> Result<Vec<u32>> {
        let names = names(&self.week(week))?;
        let mut versions: Vec<u32> = names
            .iter()
            .filter_map(|name| name.strip_prefix('v')?.parse().ok())
            .collect();
        versions.sort_unstable();
        Ok(versions)
    }

    /// An issue; the newest unless told.
    ///
    /// # Errors
    /// `NotFound`; a file that cannot be read.
    pub fn report(&self, week: Week, version: Option<u32>) -> Result<Report> {
        let bytes = self.bytes(week, version, Form::Json)?;
        serde_json::from_slice(&bytes).map_err(|error| Error::internal("a kept report cannot be read", error))
    }

    /// The bytes of an issue as they were issued; the newest unless told.
    ///
    /// # Errors
    /// `NotFound`; a file that cannot be read.
    pub fn bytes(&self, week: Week, version: Option<u32>, form: Form) -> Result<Vec<u8>> {
        let versions = self.versions(week)?;
        let found = match version {
            Some(version) => versions.into_iter().find(|own| *own == version),
            None => versions.last().copied(),
        };
        let Some(found) = found else {
            let which = version.map_or_else(String::new, |version| format!(" in version {version}"));
            return Err(Error::not_found(format!("there is no briefing of {week}{which}")));
        };
        Ok(fs::read(self.issue(week, found).join(form.file()))?)
    }

    /// Keeps a report as the next version of its week, saying what changed; nothing is written when the newest issue says
    /// the same. On return it survives a crash.
    ///
    /// # Errors
    /// A report that cannot be rendered, a folder that cannot be written. Then there is no new issue.
    pub fn issue_next(&self, mut report: Report) -> Result<Issued> {
        let _one = self.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let week = report.week;
        let last = self.versions(week)?.last().copied();
        if let Some(version) = last {
            let old = self.report(week, Some(version))?;
            report.changes = changes(&old, &report);
            if report.changes.is_empty() {
                return Ok(Issued {
                    report: old,
                    is_new: false,
                });
            }
        }
        report.version = last.unwrap_or(0) + 1;
        let rendered: Vec<(String, Vec<u8>)> = Form::ALL
            .into_iter()
            .map(|form| Ok((form.file(), form.render(&report)?)))
            .collect::<Result<_>>()?;
        self.keep(&report, &rendered)?;
        Ok(Issued { report, is_new: true })
    }

    fn keep(&self, report: &Report, files: &[(String, Vec<u8>)]) -> Result<()> {
        let week = self.week(report.week);
        fs::create_dir_all(&week)?;
        for name in names(&week)?.iter().filter(|name| name.starts_with(UNFINISHED)) {
            fs::remove_dir_all(week.join(name))?;
        }
        let beside = week.join(format!("{UNFINISHED}v{}", report.version));
        fs::create_dir(&beside)?;
        for (name, bytes) in files {
            let mut file = File::create(beside.join(name))?;
            file.write_all(bytes)?;
            file.sync_all()?;
        }
        sync(&beside)?;
        fs::rename(&beside, self.issue(report.week, report.version))?;
        for folder in [Some(week.as_path()), Some(self.folder.as_path()), self.folder.parent()] {
            folder.map_or(Ok(()), sync)?;
        }
        Ok(())
    }

    fn week(&self, week: Week) -> PathBuf {
        self.folder.join(week.to_string())
    }

    fn issue(&self, week: Week, version: u32) -> PathBuf {
        self.week(week).join(format!("v{version}"))
    }
}

/// Makes the names in a folder durable.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Names in a folder; none where there is no folder.
fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}
