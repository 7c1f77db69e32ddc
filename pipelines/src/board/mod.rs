//! Boards of a site: which questions a page asks, and how it shows the answers. One YAML file each, in `<data>/boards`.
//!
//! The pages that come with the hub are boards as well, of the application's own (`dashboards/web/src/boards`); a file of
//! the same name takes the place of one of them. What is read here is handed to the application as it is, so a
//! [`Board`] has the shape that the application gives its own.

mod check;
mod parse;
#[cfg(test)]
mod tests;

pub use check::check;

use crate::{alert::Words, model::ModelFault, site};
use serde::Serialize;
use smartcenter_warehouse::policy::Role;
use std::{fs, io, path::PathBuf};

/// Name of the folder in the data folder.
pub const FOLDER: &str = "boards";

/// A page of panels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Board {
    /// Its address below `/app/`; the name of its file.
    pub id: String,
    /// Title.
    pub title: Words,
    /// One line below the title.
    pub lead: Words,
    /// Its parts, from top to bottom.
    pub sections: Vec<Section>,
    /// Who it is for; everybody where none is named.
    #[serde(skip)]
    pub roles: Vec<Role>,
    /// What its file is called.
    #[serde(skip)]
    pub file: String,
}

/// A part of a board.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Words>,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Panels.
    pub panels: Vec<Panel>,
}

/// Something that can be chosen: what a `$name` of a question stands for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filter {
    /// Name.
    pub name: String,
    /// Title.
    pub title: Words,
    /// Question whose rows `nilai, nama` are the choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// The choices are the kecamatan.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub places: bool,
    /// Chosen at first; the first choice unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial: Option<String>,
    /// What "all of them" is called, which is the empty text; without it one has to be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Words>,
    /// Line of its name in its file.
    #[serde(skip)]
    pub line: usize,
}

/// A question and how its answer is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Panel {
    /// Stands for the panel's figures: `<board>.<name>`.
    pub metric: String,
    /// Title.
    pub title: Words,
    /// One line below: what is counted, and what is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Words>,
    /// The question, asked with the reader's own rights.
    pub sql: String,
    /// How much of the line it takes where there is room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<&'static str>,
    /// Who it is for; everybody where none is named.
    #[serde(skip)]
    pub roles: Vec<Role>,
    /// How it is shown.
    #[serde(flatten)]
    pub shape: Shape,
    /// Line of the question in its file.
    #[serde(skip)]
    pub line: usize,
}

/// How an answer is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Shape {
    /// The last of the rows `periode, nilai`; the others are its trend.
    Figure {
        /// Unit of the figure.
        unit: &'static str,
        /// What a row is of.
        period: &'static str,
        /// `more` or `less`: which way is good.
        #[serde(skip_serializing_if = "Option::is_none")]
        better: Option<&'static str>,
    },
    /// A line over the rows `tanggal, nilai`, perhaps with `harapan, batas, tanda, keparahan`.
    Series {
        /// Unit of the values.
        unit: &'static str,
        /// What a row is of.
        period: &'static str,
        /// Which days of the calendar are shaded.
        #[serde(skip_serializing_if = "Option::is_none")]
        masks: Option<&'static str>,
        /// Further columns, drawn as thinner lines.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        beside: Vec<Beside>,
    },
    /// The kecamatan by the rows `kode, nilai`.
    Map {
        /// Unit of the values.
        unit: &'static str,
        /// What a row is of.
        period: &'static str,
    },
    /// A table of these columns.
    Table {
        /// Columns, from left to right.
        columns: Vec<Column>,
    },
    /// Hours of the week by the rows `hari_ke, jam, nilai`; day 0 is Sunday.
    Heat {
        /// Unit of the values.
        unit: &'static str,
    },
    /// Bars by the rows `nama, nilai`.
    Bars {
        /// Unit of the values.
        unit: &'static str,
        /// Value of a bar that fills its line; the largest one unless told.
        #[serde(skip_serializing_if = "Option::is_none")]
        full: Option<f64>,
    },
}

/// A further line of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beside {
    /// Column of the question.
    pub key: String,
    /// What it is.
    pub title: Words,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// Column of the question.
    pub key: String,
    /// Heading.
    pub title: Words,
    /// What its values are.
    pub kind: &'static str,
    /// Unit of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
}

impl Shape {
    /// Columns that the question has to give.
    fn columns(&self) -> Vec<&str> {
        match self {
            Self::Figure { .. } => vec!["periode", "nilai"],
            Self::Series { beside, .. } => {
                let beside = beside.iter().map(|line| line.key.as_str());
                ["tanggal", "nilai"].into_iter().chain(beside).collect()
            }
            Self::Map { .. } => vec!["kode", "nilai"],
            Self::Table { columns } => columns.iter().map(|column| column.key.as_str()).collect(),
            Self::Heat { .. } => vec!["hari_ke", "jam", "nilai"],
            Self::Bars { .. } => vec!["nama", "nilai"],
        }
    }
}

impl Board {
    /// Reads a board. `id` is the name of its file without the ending; `file` is what faults call it.
    ///
    /// # Errors
    /// All faults of the text.
    pub fn parse(id: &str, file: &str, text: &str) -> Result<Self, Vec<ModelFault>> {
        let told = |(line, message)| ModelFault {
            file: file.to_owned(),
            line,
            message,
        };
        parse::board(id, file, text).map_err(|wrong| wrong.into_iter().map(told).collect())
    }

    /// The boards in the data folders `sites`, by name, and what is wrong with those that are left out. Blocking: reads
    /// the files.
    pub fn gather(sites: &[PathBuf]) -> (Vec<Self>, Vec<ModelFault>) {
        let (mut boards, mut faults) = (Vec::<Self>::new(), Vec::new());
        let folders = sites.iter().map(|site| site.join(FOLDER));
        for path in folders.flat_map(|folder| site::files(&folder, &["yaml", "yml"])) {
            let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let file = path.display().to_string();
            let read = fs::read_to_string(&path).map_err(|error| {
                vec![ModelFault {
                    file: file.clone(),
                    line: 1,
                    message: unreadable(&error),
                }]
            });
            match read.and_then(|text| Self::parse(&id, &file, &text)) {
                // An address leads to one page.
                Ok(board) if boards.iter().any(|known| known.id == board.id) => faults.push(ModelFault {
                    file,
                    line: 1,
                    message: format!("another file describes the board {id} as well: keep one of them"),
                }),
                Ok(board) => boards.push(board),
                Err(wrong) => faults.extend(wrong),
            }
        }
        (boards, faults)
    }

    /// What of it is for `role`; none where nothing is.
    pub fn seen_by(&self, role: Role) -> Option<Self> {
        let is_for = |roles: &[Role]| roles.is_empty() || roles.contains(&role);
        if !is_for(&self.roles) {
            return None;
        }
        let mut seen = self.clone();
        for section in &mut seen.sections {
            section.panels.retain(|panel| is_for(&panel.roles));
        }
        seen.sections.retain(|section| !section.panels.is_empty());
        (!seen.sections.is_empty()).then_some(seen)
    }
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::InvalidData => "is not UTF-8: save it as UTF-8".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}
