//! Where a value is in a FHIR resource: a small subset of FHIRPath (HL7 FHIRPath 2.0, ANSI/HL7 N1), read once with the
//! contract. What is not understood is refused there, so that a path never quietly selects nothing.
//!
//! A path is a chain of steps over a collection that begins with the resource: members (`subject.reference`), choice
//! types (`value.ofType(Quantity)`), `where(system = '...')`, `extension('url')`, `resolve()`, `first()` and `[2]`.
//! The first item of what is left is the value.

use std::fmt;

/// Longest path; no real one comes near.
const MAX_LENGTH: usize = 500;

/// A path, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FhirPath {
    text: String,
    steps: Vec<FhirStep>,
}

/// One step, which makes a collection of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FhirStep {
    /// The elements called so; those of a list count one by one.
    Member(String),
    /// The form of a choice element with this type: behind the member `value`, `Quantity` means `valueQuantity`. It
    /// stands for itself and the member before it.
    OfType {
        /// The choice element.
        member: String,
        /// The type.
        ty: String,
    },
    /// The items one of whose elements at `path` is the text `equals`.
    Where {
        /// Members on the way to the element.
        path: Vec<String>,
        /// What it must be.
        equals: String,
    },
    /// The resources that references point at.
    Resolve,
    /// The first item.
    First,
    /// The item with this number, from 0.
    Index(usize),
}

impl FhirPath {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong, and at which character.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(format!("the path is longer than {MAX_LENGTH} characters"));
        }
        let mut reader = Reader { text, at: 0 };
        let steps = reader.steps()?;
        Ok(Self {
            text: text.to_owned(),
            steps,
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its steps, at least one.
    pub fn steps(&self) -> &[FhirStep] {
        &self.steps
    }

    /// Whether it follows references.
    pub fn resolves(&self) -> bool {
        self.steps.contains(&FhirStep::Resolve)
    }
}

impl fmt::Display for FhirPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for FhirStep {
    /// As a path has it, without the dot in front.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(name) => f.write_str(name),
            Self::OfType { member, ty } => write!(f, "{member}.ofType({ty})"),
            Self::Where { path, equals } => {
                let equals = equals.replace('\\', "\\\\").replace('\'', "\\'");
                write!(f, "where({} = '{equals}')", path.join("."))
            }
            Self::Resolve => f.write_str("resolve()"),
            Self::First => f.write_str("first()"),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// Reads from the start to the end, once.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn steps(&mut self) -> Result<Vec<FhirStep>, String> {
        let mut steps = Vec::new();
        loop {
            self.step(&mut steps)?;
            while self.take('[') {
                steps.push(FhirStep::Index(self.index()?));
            }
            if self.rest().is_empty() {
                return Ok(steps);
            }
            if !self.take('.') {
                return Err(self.wrong("a `.` before the next step"));
            }
        }
    }

    fn step(&mut self, steps: &mut Vec<FhirStep>) -> Result<(), String> {
        let name = self.name()?;
        if !self.take('(') {
            steps.push(FhirStep::Member(name));
            return Ok(());
        }
        match name.as_str() {
            "first" => steps.push(FhirStep::First),
            "resolve" => steps.push(FhirStep::Resolve),
            "where" => {
                let path = self.members()?;
                self.expect('=')?;
                let equals = self.literal()?;
                steps.push(FhirStep::Where { path, equals });
            }
            "extension" => {
                steps.push(FhirStep::Member("extension".to_owned()));
                let path = vec!["url".to_owned()];
                let equals = self.literal()?;
                steps.push(FhirStep::Where { path, equals });
            }
            "ofType" => {
                let ty = self.name()?;
                let Some(FhirStep::Member(member)) = steps.pop() else {
                    return Err(self.wrong("`ofType` right behind a choice element, as in `value.ofType(Quantity)`,"));
                };
                steps.push(FhirStep::OfType { member, ty });
            }
            other => {
                return Err(format!(
                    "the function `{other}` is not known here: use where, first, resolve, ofType or extension"
                ));
            }
        }
        if steps.first() == Some(&FhirStep::Resolve) {
            return Err("a path cannot begin with `resolve()`: name the reference first".to_owned());
        }
        self.expect(')')
    }

    fn members(&mut self) -> Result<Vec<String>, String> {
        let mut members = vec![self.name()?];
        while self.take('.') {
            members.push(self.name()?);
        }
        Ok(members)
    }

    fn name(&mut self) -> Result<String, String> {
        self.blanks();
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().to_owned();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return Err(self.wrong("the name of an element"));
        }
        self.at += end;
        Ok(name)
    }

    fn index(&mut self) -> Result<usize, String> {
        let rest = self.rest();
        let end = rest.find(']').unwrap_or_default();
        let Ok(index) = rest.get(..end).unwrap_or_default().trim().parse() else {
            return Err(self.wrong("a number from 0 and `]`"));
        };
        self.at += end + 1;
        Ok(index)
    }

    /// A text in single quotes; `\'` and `\\` stand for a quote and a backslash.
    fn literal(&mut self) -> Result<String, String> {
        self.expect('\'')?;
        let mut literal = String::new();
        while let Some(c) = self.next() {
            match c {
                '\'' => return Ok(literal),
                '\\' => match self.next() {
                    Some(escaped @ ('\'' | '\\')) => literal.push(escaped),
                    _ => return Err(self.wrong("`'` or `\\` behind a backslash")),
                },
                c => literal.push(c),
            }
        }
        Err(self.wrong("a closing `'`"))
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(self.wrong(&format!("`{sign}`")))
        }
    }

    fn take(&mut self, sign: char) -> bool {
        self.blanks();
        let is_there = self.rest().starts_with(sign);
        self.at += if is_there { sign.len_utf8() } else { 0 };
        is_there
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong(&self, wanted: &str) -> String {
        let at = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        format!("{wanted} was expected at character {at}")
    }
}
