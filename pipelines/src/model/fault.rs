//! What is wrong with a model file, and where. All faults are told at once.

use std::fmt;

/// One fault of a model file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelFault {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for ModelFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for ModelFault {}

/// Collects the faults of one file.
#[derive(Debug)]
pub(super) struct Faults {
    file: String,
    pub list: Vec<ModelFault>,
}

impl Faults {
    pub fn of(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            list: Vec::new(),
        }
    }

    pub fn add(&mut self, line: usize, message: impl Into<String>) {
        self.list.push(ModelFault {
            file: self.file.clone(),
            line,
            message: message.into(),
        });
    }
}
