//! From the file to the validated contract. Everything wrong is reported at once, each fault with its line.

use super::{
    Column, Contract, ContractFault, Origin, RowRule, SchemaMode,
    columns::{self, Built, Defaults},
    expression,
    fault::Faults,
    fold, grammar,
    hub_settings::{self, Settings},
    reading, rules,
    shape::{ContractFile, SchemaObject},
    source, units, yaml,
};
use crate::{DatasetId, InstitutionId};
use arrow::datatypes::{Field, Schema};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Owner of a dataset whose contract names none: the data steward answers for it until somebody does.
const STEWARD: &str = "walidata";

/// Reads a contract. `file` is the name used in faults; nothing is opened.
///
/// # Errors
/// All faults of the text, in the order of the lines.
pub fn parse(text: &str, origin: Origin, file: &str) -> Result<Contract, Vec<ContractFault>> {
    let mut faults = Faults::of(file);
    let contract = lint(text, origin, &mut faults);
    match contract {
        Some(contract) if faults.is_empty() => Ok(contract),
        _ => Err(faults.into_sorted()),
    }
}

fn lint(text: &str, origin: Origin, faults: &mut Faults) -> Option<Contract> {
    let document = yaml::document(text, faults)?;
    grammar::check(&document, faults);
    let file = ContractFile::read(&document);
    hub_settings::check_contract_level(&file.custom, faults);
    match file.objects.as_slice() {
        [object] => Dataset::new(&file, object, faults).build(text, origin, faults),
        [] => {
            // A missing or mistyped `schema` has been said by the grammar.
            if document
                .get("schema")
                .is_some_and(|schema| schema.items().is_empty() && schema.kind() == "a list")
            {
                faults.add(
                    file.objects_line,
                    "schema",
                    "`schema` is empty: write the dataset as its one entry",
                );
            }
            None
        }
        [_, second, ..] => {
            faults.add(
                second.line,
                "schema",
                "a second schema object: write one dataset per file",
            );
            None
        }
    }
}

/// Line of the property called `column`, for faults that are found between contracts.
pub(super) fn line_of(text: &str, column: &str) -> usize {
    let mut faults = Faults::of("");
    yaml::document(text, &mut faults)
        .map(|document| ContractFile::read(&document))
        .and_then(|file| {
            let properties = file.objects.into_iter().next()?.properties;
            properties
                .into_iter()
                .find(|p| p.name.as_ref().is_some_and(|n| n.value == column))
                .map(|p| p.line)
        })
        .unwrap_or(1)
}

/// A schema object on its way to a contract.
pub(super) struct Dataset<'a> {
    file: &'a ContractFile,
    pub(super) object: &'a SchemaObject,
    pub(super) settings: Settings<'a>,
    pub(super) path: String,
    /// Property name and, where it could be built, its column; in the order of the file.
    pub(super) columns: Vec<(String, Option<Built>)>,
}

impl<'a> Dataset<'a> {
    fn new(file: &'a ContractFile, object: &'a SchemaObject, faults: &mut Faults) -> Self {
        let path = format!(
            "schema[{}]",
            object.name.as_ref().map_or("0", |name| name.value.as_str())
        );
        let settings = Settings::of(&object.custom, hub_settings::OBJECT, "a schema object", &path, faults);
        Self {
            file,
            object,
            settings,
            path,
            columns: Vec::new(),
        }
    }

    fn build(mut self, text: &str, origin: Origin, faults: &mut Faults) -> Option<Contract> {
        let dataset = self.dataset(faults);
        let version = self.version(faults);
        let owner = self.owner(faults);
        let mut source = source::format(&self.settings, faults);
        let class = self.settings.text("classification", faults);
        let class = class.and_then(|spot| columns::classification(&spot, &self.path, faults));
        let defaults = Defaults {
            classification: class.unwrap_or_default(),
            utc_offset_minutes: source.utc_offset_minutes,
            number_signs: reading::number_signs(&self.settings, faults).unwrap_or_default(),
        };
        self.build_columns(defaults, faults);
        self.check_headers(faults);
        self.check_resolves(faults);
        if let Some(offset) = self.time_zone(source.utc_offset_minutes, faults) {
            source.utc_offset_minutes = offset;
        }

        source.fixed_width_header = self.fixed_width(faults);
        let fhir_resource = self.fhir(faults);
        let (row_rules, mut unique) = self.quality(faults);
        unique.extend(self.unique_together(faults));
        let highest = self.built().map(|b| b.column.classification).max().unwrap_or_default();
        let public = self.public(class, faults);
        let reference = self.settings.flag("reference", faults).unwrap_or(false);
        let (layer, access) = self.layer(origin, faults);
        let allow_repeats = self.settings.flag("allowRepeats", faults).unwrap_or(false);
        let event_time = self.event_time(faults);
        let primary_key = self.primary_key(faults);
        let version_column = self.version_column(&primary_key, faults);
        let lookup = self.lookup(&primary_key, faults);
        let row_scope = self.row_scope(faults);
        let layout = self.layout(&primary_key, faults);
        let modes = [("evolve", SchemaMode::Evolve), ("freeze", SchemaMode::Freeze)];
        let schema_mode = self.settings.choice("schemaMode", &modes, faults).unwrap_or_default();
        let (max_rejected, max_vanished) = (self.max_rejected(faults), self.max_vanished(&primary_key, faults));
        let freshness = self.freshness(faults);
        let (title, description) = (self.title(), self.description());
        let columns: Option<Vec<Column>> = self.columns.into_iter().map(|(_, built)| Some(built?.column)).collect();
        let columns = columns?;
        check_expressions(&columns, &row_rules, self.object, &self.path, faults);

        // Nothing may be given up before here: every fault above belongs into the same answer.
        Some(Contract {
            dataset: dataset?,
            version: version?,
            title,
            description,
            owner: owner?,
            classification: class.map_or(highest, |class| class.max(highest)),
            public,
            reference,
            layer,
            access,
            columns,
            primary_key,
            unique,
            row_rules,
            source,
            fhir_resource,
            event_time,
            version_column,
            lookup,
            row_scope,
            layout,
            schema_mode,
            max_rejected,
            max_vanished,
            allow_repeats,
            freshness,
            origin,
            text: text.into(),
        })
    }

    fn dataset(&self, faults: &mut Faults) -> Option<DatasetId> {
        let name = self.object.name.as_ref()?;
        // `absensi_v1` is how an older major of `absensi` stays readable.
        let reserved = name.value.rsplit_once("_v").is_some_and(|(stem, tail)| {
            !stem.is_empty() && !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit())
        });
        if reserved {
            let message = format!(
                "dataset {:?} ends like an older version of another dataset: drop the `_v` and number",
                name.value
            );
            faults.add(name.line, &self.path, message);
            return None;
        }
        name.value
            .parse()
            .map_err(|e: crate::Error| faults.add(name.line, &self.path, e.message()))
            .ok()
    }

    fn version(&self, faults: &mut Faults) -> Option<semver::Version> {
        let version = self.file.version.as_ref()?;
        let parsed = semver::Version::parse(&version.value);
        if parsed.is_err() {
            let message = format!(
                "version {:?} is not of the form major.minor.patch, such as \"1.0.0\"",
                version.value
            );
            faults.add(version.line, "version", message);
        }
        parsed.ok()
    }

    fn owner(&self, faults: &mut Faults) -> Option<InstitutionId> {
        let set = self.settings.text("owner", faults);
        if let Some(owner) = set {
            let parsed = owner.value.parse();
            return parsed
                .map_err(|e: crate::Error| faults.add(owner.line, &self.path, e.message()))
                .ok();
        }
        let named = [&self.file.team, &self.file.domain].into_iter().flatten();
        let slug = named.map(|spot| units::slug(&spot.value)).find(|slug| !slug.is_empty());
        slug.unwrap_or_else(|| STEWARD.to_owned()).parse().ok()
    }

    fn title(&self) -> String {
        let own = self.object.business_name.clone().or_else(|| self.file.name.clone());
        own.unwrap_or_else(|| {
            self.object
                .name
                .as_ref()
                .map_or_else(String::new, |name| name.value.replace('_', " "))
        })
    }

    fn description(&self) -> String {
        self.object
            .description
            .clone()
            .or_else(|| self.file.purpose.clone())
            .unwrap_or_default()
    }

    fn build_columns(&mut self, defaults: Defaults, faults: &mut Faults) {
        if self.object.properties.is_empty() {
            faults.add(
                self.object.line,
                &self.path,
                "a dataset needs at least one property (column)",
            );
        }
        for (index, property) in self.object.properties.iter().enumerate() {
            let label = property
                .name
                .as_ref()
                .map_or_else(|| index.to_string(), |name| name.value.clone());
            let path = format!("{}.properties[{label}]", self.path);
            self.columns
                .push((label, columns::build(property, defaults, &path, faults)));
        }
        for relationship in &self.object.relationships {
            let message =
                "relationships of a schema object are not read by the hub: write them at the property they start from";
            faults.add(relationship.line, &self.path, message);
        }
    }

    pub(super) fn built(&self) -> impl Iterator<Item = &Built> {
        self.columns.iter().filter_map(|(_, built)| built.as_ref())
    }

    /// Headers are matched with case, spaces, `-` and `_` folded, so they have to differ after folding.
    fn check_headers(&self, faults: &mut Faults) {
        let mut seen: HashMap<String, String> = HashMap::new();
        for (property, (name, built)) in self.object.properties.iter().zip(&self.columns) {
            let aliases = built.iter().flat_map(|built| built.column.aliases.iter());
            let mut own: Vec<String> = Vec::new();
            for (header, is_name) in std::iter::once((name, true)).chain(aliases.map(|alias| (alias, false))) {
                let folded = fold(header);
                let path = format!("{}.properties[{name}]", self.path);
                if folded.is_empty() {
                    faults.add(
                        property.line,
                        &path,
                        format!("column `{name}` has an empty name or alias"),
                    );
                    continue;
                }
                // Repeating one's own name as an alias says nothing new and harms nobody.
                if own.contains(&folded) {
                    continue;
                }
                if let Some(other) = seen.insert(folded.clone(), name.clone()) {
                    let what = if is_name { "column" } else { "alias" };
                    let message =
                        format!("{what} {header:?} of `{name}` reads the same as a header of column `{other}`");
                    faults.add(property.line, &path, message);
                }
                own.push(folded);
            }
        }
    }

    /// The one offset that `defaultTimezone` options name.
    fn time_zone(&self, setting: i32, faults: &mut Faults) -> Option<i32> {
        let explicit = self.settings.get("utcOffset").map(|_| setting);
        let mut offset = explicit;
        for zone in self.built().filter_map(|built| built.utc_offset.as_ref()) {
            if offset.is_some_and(|held| held != zone.value) {
                let message =
                    "`defaultTimezone` differs from another one or from `utcOffset`: a dataset has one offset";
                faults.add(zone.line, &self.path, message);
            }
            offset = Some(zone.value);
        }
        offset
    }

    fn quality(&self, faults: &mut Faults) -> (Vec<RowRule>, Vec<Vec<usize>>) {
        let found = rules::of_object(&self.object.quality, &self.path, faults);
        let mut row_rules: Vec<RowRule> = found.row_rules.into_iter().map(|spot| spot.value).collect();
        row_rules.extend(self.built().flat_map(|built| built.row_rules.iter().cloned()));
        let unique = found
            .unique
            .iter()
            .filter_map(|group| self.group(group, "duplicateValues", faults))
            .collect();
        (row_rules, unique)
    }

    /// A feed is late when it has been silent for its frequency and the latency allowed on top.
    fn freshness(&self, faults: &mut Faults) -> Option<Duration> {
        let mut total: Option<Duration> = None;
        for level in &self.file.service_levels {
            if !matches!(level.property.as_str(), "frequency" | "latency") {
                continue;
            }
            let Some(value) = &level.value else { continue };
            let path = format!("slaProperties[{}]", level.property);
            match units::service_level(value, level.unit.as_deref()) {
                Ok(duration) => total = Some(total.unwrap_or_default() + duration),
                Err(why) => faults.add(level.line, &path, format!("service level `{}`: {why}", level.property)),
            }
        }
        total
    }
}

/// Plans every row rule over the columns, and keeps their names apart.
fn check_expressions(
    columns: &[Column],
    row_rules: &[RowRule],
    object: &SchemaObject,
    path: &str,
    faults: &mut Faults,
) {
    let fields: Vec<Field> = columns
        .iter()
        .map(|c| Field::new(&c.name, c.ty.arrow(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let mut names: Vec<&str> = Vec::new();
    for rule in row_rules {
        let line = rule_line(object, rule);
        let path = format!("{path}.quality[{}]", rule.name);
        if names.contains(&rule.name.as_str()) {
            let message = format!("two rules are called `{}`: faults could not tell them apart", rule.name);
            faults.add(line, &path, message);
        }
        names.push(&rule.name);
        if let Err(why) = expression::plan(&rule.expression, &schema) {
            faults.add(line, &path, format!("rule `{}`: {why}", rule.name));
        }
    }
}

fn rule_line(object: &SchemaObject, rule: &RowRule) -> usize {
    let checks = object
        .quality
        .iter()
        .chain(object.properties.iter().flat_map(|p| p.quality.iter()));
    checks
        .filter_map(|check| check.implementation.as_ref())
        .find(|node| node.text().is_some_and(|text| text.trim() == rule.expression))
        .map_or(object.line, |node| node.line)
}
