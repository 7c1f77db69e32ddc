//! Where formats without headers have their columns: positions in fixed-width lines, paths in FHIR resources.

use super::{
    FhirPath, Position,
    fault::Faults,
    hub_settings::{self, Settings},
    lint::Dataset,
    shape::Spot,
    yaml::{Node, Value},
};

/// Longest line that positions may describe: a record is at most a megabyte.
const LONGEST_LINE: usize = 1 << 20;
/// Most lines before the first row.
const MOST_HEADER_LINES: u64 = 1000;

/// The hub setting `position: [start, length]`.
pub(super) fn position(settings: &Settings<'_>, faults: &mut Faults) -> Option<Spot<Position>> {
    let (node, path) = settings.get("position")?;
    let numbers: Vec<Option<u64>> = node.items().iter().map(whole).collect();
    let [Some(start), Some(length)] = numbers.as_slice() else {
        let message = "`position` is where the column stands in a fixed-width line: `[start, length]`, in characters, \
                       the first of which is 1";
        faults.add(node.line, &path, message);
        return None;
    };
    let (start, length) = (usize::try_from(*start).ok()?, usize::try_from(*length).ok()?);
    if start == 0 || length == 0 || start.saturating_add(length) > LONGEST_LINE {
        let message = format!(
            "`position` is [{start}, {length}]: start and length are at least 1, and a line has at most {LONGEST_LINE} \
             characters"
        );
        faults.add(node.line, &path, message);
        return None;
    }
    Some(Spot {
        value: Position { start, length },
        line: node.line,
    })
}

/// The hub setting `path`.
pub(super) fn fhir_path(settings: &Settings<'_>, faults: &mut Faults) -> Option<FhirPath> {
    let (_, place) = settings.get("path")?;
    let written = settings.text("path", faults)?;
    match FhirPath::parse(&written.value) {
        Ok(path) => Some(path),
        Err(why) => {
            faults.add(written.line, &place, format!("`path` {:?}: {why}", written.value));
            None
        }
    }
}

fn whole(node: &Node) -> Option<u64> {
    match &node.value {
        Value::Number(written, true) => written.parse().ok(),
        _ => None,
    }
}

impl Dataset<'_> {
    /// Lines before the first row of a fixed-width file; checks the positions against each other.
    pub(super) fn fixed_width(&self, faults: &mut Faults) -> u64 {
        let mut placed: Vec<(Position, usize, &str)> = self
            .built()
            .filter_map(|built| Some((built.column.position?, built.position_line?, built.column.name.as_str())))
            .collect();
        placed.sort_by_key(|(position, line, _)| (position.start, *line));
        for pair in placed.windows(2) {
            if let [(before, _, other), (after, line, name)] = pair
                && after.start <= before.last()
            {
                let message = format!(
                    "`position` of `{name}` begins at character {}, inside `{other}`, which ends at {}",
                    after.start,
                    before.last()
                );
                faults.add(*line, &self.path, message);
            }
        }
        let first = self.first_with("position");
        if first.is_some() {
            self.all_placed("position", faults);
        }
        let Some((node, path)) = self.settings.get("fixedWidthHeader") else {
            return 0;
        };
        if first.is_none() {
            let message = "`fixedWidthHeader` without any column that has a `position`: give the columns theirs";
            faults.add(node.line, &path, message);
        }
        whole(node)
            .filter(|lines| *lines <= MOST_HEADER_LINES)
            .unwrap_or_else(|| {
                let message = format!("`fixedWidthHeader` is a number of lines, from 0 to {MOST_HEADER_LINES}");
                faults.add(node.line, &path, message);
                0
            })
    }

    /// Type of the FHIR resources that are rows, with the paths checked to belong to one.
    pub(super) fn fhir(&self, faults: &mut Faults) -> Option<String> {
        let first = self.first_with("path");
        let Some((node, path)) = self.settings.get("fhir") else {
            if let Some(line) = first {
                let message = "`path` without the hub setting `fhir` of the schema object: say which resources are \
                               rows, such as `{resource: Encounter}`";
                faults.add(line, &self.path, message);
            }
            return None;
        };
        let map = hub_settings::map(node, &path, &["resource"], faults)?;
        let Some(resource) = map.get("resource") else {
            faults.add(
                node.line,
                &path,
                "`fhir` needs `resource`, such as `{resource: Encounter}`",
            );
            return None;
        };
        let resource = hub_settings::text(resource, &format!("{path}.resource"), faults)?;
        let is_type = resource.value.starts_with(|c: char| c.is_ascii_uppercase())
            && resource.value.chars().all(|c| c.is_ascii_alphabetic());
        if !is_type || resource.value == "Bundle" {
            let message = format!(
                "`fhir.resource` is {:?}; it must be a type of FHIR resource such as Encounter or Patient",
                resource.value
            );
            faults.add(resource.line, &path, message);
        }
        if first.is_none() {
            let message = "`fhir` without any column that has a `path`: give the columns theirs";
            faults.add(node.line, &path, message);
        } else {
            self.all_placed("path", faults);
        }
        Some(resource.value)
    }

    /// Line of the first column's setting of this name, sound or not.
    fn first_with(&self, setting: &str) -> Option<usize> {
        let customs = self.object.properties.iter().flat_map(|property| &property.custom);
        let mut found = customs.filter(|custom| custom.name.value == setting);
        found.next().map(|custom| custom.name.line)
    }

    /// A required column without a place would make every row of such a file a fault.
    fn all_placed(&self, setting: &str, faults: &mut Faults) {
        for property in self.object.properties.iter().filter(|property| property.required) {
            if !property.custom.iter().any(|custom| custom.name.value == setting) {
                let name = property.name.as_ref().map_or("", |name| name.value.as_str());
                let message = format!("column `{name}` is required and has no `{setting}`, while others have one");
                faults.add(property.line, &format!("{}.properties[{name}]", self.path), message);
            }
        }
    }
}
