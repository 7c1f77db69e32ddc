//! The header of a model: YAML in the comment that the file begins with. Unknown keys are refused, because a misspelt one
//! would silently do nothing.

use super::fault::Faults;
use crate::{
    indicator::Indicator,
    yaml::{documents, line, text, texts},
};
use saphyr::{MarkedYaml, YamlData};
use smartcenter_warehouse::{
    InstitutionId,
    contract::{Access, Classification},
    query::ModelRead,
};
use std::collections::BTreeMap;

/// What a model file says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Title, Indonesian.
    pub title: String,
    /// Title, English.
    pub title_en: String,
    /// What it is: units, what is left out, the source of a rule.
    pub description: String,
    /// Institution that answers for it.
    pub owner: InstitutionId,
    /// What one row is.
    pub grain: String,
    /// How it is kept.
    pub kind: Kind,
    /// Every table that it reads, and what a change of it touches.
    pub sources: BTreeMap<ModelRead, Touch>,
    /// Column that cuts rows by region.
    pub region: Option<String>,
    /// Column that cuts rows by institution.
    pub institution: Option<String>,
    /// Whom it is for.
    pub access: Access,
    /// Secrecy of its columns; those that pass on a personal column have that column's.
    pub classification: Classification,
    /// Line of each key in the file.
    pub lines: BTreeMap<String, usize>,
}

/// How a model is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// As rows of a keyed dataset.
    Table {
        /// Output columns that tell rows apart.
        key: Vec<String>,
        /// Output column by which it is worked out in pieces; without one it is always worked out whole.
        slice: Option<String>,
    },
    /// Not at all.
    View,
}

/// What a changed row of a source changes in the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// Any slice.
    All,
    /// The slices that these SQL expressions over the source's columns name.
    Slices(Vec<String>),
}

/// Keys that models and indicators have.
const COMMON: [&str; 10] = [
    "title",
    "title_en",
    "description",
    "owner",
    "grain",
    "sources",
    "region",
    "institution",
    "access",
    "classification",
];
/// Keys that models alone have.
const MODEL: [&str; 3] = ["kind", "key", "slice"];

/// Reads the YAML of a model's header that begins on line `first` of its file.
pub(super) fn model(yaml: &str, first: usize, faults: &mut Faults) -> Option<Header> {
    let documents = load(yaml, first, faults)?;
    let map = map(&documents, first, faults)?;
    let mut fields = Fields::of(map, &[&COMMON, &MODEL], first, faults);
    let kind = fields.kind();
    fields.header(kind)
}

/// The same of the indicator `slug`, of which `version` is the digest of its file.
pub(super) fn indicator(
    slug: &str,
    version: &str,
    yaml: &str,
    first: usize,
    faults: &mut Faults,
) -> Option<(Header, Indicator)> {
    let documents = load(yaml, first, faults)?;
    let map = map(&documents, first, faults)?;
    let fields = Fields::of(map, &[&COMMON, Indicator::KEYS], first, faults);
    let kind = Kind::Table {
        key: ["tanggal", "unit"].map(str::to_owned).into(),
        slice: Some("tanggal".to_owned()),
    };
    let header = fields.header(Some(kind)).map(|mut header| {
        // Every indicator has this column, if only empty.
        header.region.get_or_insert_with(|| "wilayah".to_owned());
        header
    });
    let mut wrong = Vec::new();
    let indicator = Indicator::parse(slug, version, map, first, &mut wrong);
    wrong.into_iter().for_each(|(line, message)| faults.add(line, message));
    header.zip(indicator)
}

fn load<'a>(yaml: &'a str, first: usize, faults: &mut Faults) -> Option<Vec<MarkedYaml<'a>>> {
    documents(yaml, first)
        .map_err(|(line, why)| faults.add(line, format!("the header is not valid YAML: {why}")))
        .ok()
}

fn map<'a, 'b>(documents: &'b [MarkedYaml<'a>], first: usize, faults: &mut Faults) -> Option<&'b Map<'a>> {
    match documents.first().map(|document| &document.data) {
        Some(YamlData::Mapping(map)) => Some(map),
        _ => {
            faults.add(
                first,
                "the header is no map of keys and values, such as `title: Kehadiran sekolah`",
            );
            None
        }
    }
}

type Map<'a> = saphyr::AnnotatedMapping<'a, MarkedYaml<'a>>;

struct Fields<'a, 'b> {
    values: BTreeMap<String, &'a MarkedYaml<'a>>,
    lines: BTreeMap<String, usize>,
    first: usize,
    faults: &'b mut Faults,
}

impl<'a, 'b> Fields<'a, 'b> {
    /// The fields of `map`, of which those are faulty that none of `known` names.
    fn of(map: &'a Map<'a>, known: &[&[&str]], first: usize, faults: &'b mut Faults) -> Self {
        let mut fields = Self {
            values: BTreeMap::new(),
            lines: BTreeMap::new(),
            first,
            faults,
        };
        for (key, value) in map {
            let at = line(key, first);
            match text(key) {
                Some(name) if known.iter().any(|keys| keys.contains(&name.as_str())) => {
                    fields.lines.insert(name.clone(), at);
                    fields.values.insert(name, value);
                }
                other => {
                    let name = other.unwrap_or_default();
                    let known: Vec<String> = known.iter().map(|keys| keys.join(", ")).collect();
                    fields.faults.add(
                        at,
                        format!("the header has no key `{name}`: there are {}", known.join(", ")),
                    );
                }
            }
        }
        fields
    }

    fn header(mut self, kind: Option<Kind>) -> Option<Header> {
        let before = self.faults.list.len();
        let title = self.required("title");
        let title_en = self.required("title_en");
        let description = self.required("description");
        let grain = self.required("grain");
        let owner = self.required("owner");
        let owner = owner.and_then(|owner| match owner.parse() {
            Ok(owner) => Some(owner),
            Err(error) => {
                let error: smartcenter_warehouse::Error = error;
                self.wrong("owner", error.message().to_owned());
                None
            }
        });
        let sources = self.sources(matches!(kind, Some(Kind::View)));
        let access = self.choice(
            "access",
            &[
                ("analis", Access::Analis),
                ("pimpinan", Access::Pimpinan),
                ("publik", Access::Publik),
            ],
        );
        let classification = self.choice(
            "classification",
            &[
                ("terbuka", Classification::Open),
                ("terbatas", Classification::Restricted),
                ("pribadi", Classification::Personal),
                ("pribadi_spesifik", Classification::Sensitive),
                ("tertutup", Classification::Closed),
            ],
        );
        let classification = classification.unwrap_or(Classification::Restricted);
        let access = access.unwrap_or_default();
        if access == Access::Publik && classification != Classification::Open {
            self.wrong("access", "what is `publik` is `classification: terbuka`");
        }
        if access != Access::Analis && classification >= Classification::Personal {
            self.wrong("access", "personal data are for `analis` at most, who see them masked");
        }
        let (region, institution) = (self.text("region"), self.text("institution"));
        if self.faults.list.len() > before {
            return None;
        }
        Some(Header {
            title: title?,
            title_en: title_en?,
            description: description?,
            owner: owner?,
            grain: grain?,
            kind: kind?,
            sources,
            region,
            institution,
            access,
            classification,
            lines: self.lines,
        })
    }

    fn kind(&mut self) -> Option<Kind> {
        match self.required("kind")?.as_str() {
            "table" => {
                let key = self.texts("key").unwrap_or_default();
                if key.is_empty() {
                    self.wrong(
                        "key",
                        "a table needs `key`: the output columns that tell its rows apart",
                    );
                }
                Some(Kind::Table {
                    key,
                    slice: self.text("slice"),
                })
            }
            "view" => {
                for key in ["key", "slice"] {
                    if self.values.contains_key(key) {
                        self.wrong(key, format!("`{key}` is for tables: a view keeps no rows"));
                    }
                }
                Some(Kind::View)
            }
            other => {
                self.wrong("kind", format!("kind {other:?} is neither `table` nor `view`"));
                None
            }
        }
    }

    fn sources(&mut self, is_view: bool) -> BTreeMap<ModelRead, Touch> {
        let mut found = BTreeMap::new();
        let Some(node) = self.values.get("sources").copied() else {
            if !is_view {
                self.wrong("sources", "a table needs `sources`: every table that it reads");
            }
            return found;
        };
        let YamlData::Mapping(map) = &node.data else {
            self.wrong("sources", "`sources` is a map, such as `data.absensi_kelas: tanggal`");
            return found;
        };
        for (key, value) in map {
            let line = self.first + key.span.start.line().max(1) - 1;
            let name = text(key).unwrap_or_default();
            let Some((schema, table)) = name.split_once('.') else {
                let message = format!("source {name:?} is not of the form data.x, ref.x or mart.x");
                self.faults.add(line, message);
                continue;
            };
            let touch = match (text(value), texts(value)) {
                (Some(all), _) if all == "all" => Touch::All,
                (Some(one), _) => Touch::Slices(vec![one]),
                (None, Some(several)) if !several.is_empty() => Touch::Slices(several),
                _ => {
                    let message = format!(
                        "source {name}: write `all`, or the SQL expression over its columns that names the slice a row touches"
                    );
                    self.faults.add(line, message);
                    continue;
                }
            };
            self.lines.insert(format!("sources.{name}"), line);
            let read = ModelRead {
                schema: schema.to_owned(),
                table: table.to_owned(),
            };
            found.insert(read, touch);
        }
        found
    }

    fn required(&mut self, key: &str) -> Option<String> {
        let found = self.text(key).filter(|text| !text.trim().is_empty());
        if found.is_none()
            && !self
                .faults
                .list
                .iter()
                .any(|fault| fault.message.contains(&format!("`{key}`")))
        {
            self.wrong(key, format!("the header needs `{key}`"));
        }
        found
    }

    fn text(&mut self, key: &str) -> Option<String> {
        let node = self.values.get(key)?;
        let found = text(node);
        if found.is_none() {
            self.wrong(key, format!("`{key}` is a text"));
        }
        found
    }

    fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let node = self.values.get(key)?;
        let found = texts(node);
        if found.is_none() {
            self.wrong(key, format!("`{key}` is a list of texts, such as [tanggal, npsn]"));
        }
        found
    }

    fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.wrong(key, format!("`{key}` is one of {}, not {word:?}", known.join(", ")));
        }
        found
    }

    fn wrong(&mut self, key: &str, message: impl Into<String>) {
        let line = self.lines.get(key).copied().unwrap_or(self.first);
        self.faults.add(line, message);
    }
}
