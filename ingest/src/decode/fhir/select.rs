//! From a path to the value it means in a resource. Collections are as FHIRPath has them: lists are flattened, null is
//! nothing, and the first item of what is left is the value.

use super::{bundle::Library, json::Json};
use crate::Result;
use smartcenter_warehouse::contract::{FhirPath, FhirStep};

/// Elements whose name goes on with their type in JSON: `valueQuantity`, `onsetDateTime` (FHIR R4, choice of types).
const CHOICES: [&str; 20] = [
    "abatement",
    "age",
    "allowed",
    "asNeeded",
    "born",
    "collected",
    "deceased",
    "dose",
    "effective",
    "medication",
    "multipleBirth",
    "occurrence",
    "onset",
    "performed",
    "rate",
    "reported",
    "scheduled",
    "serviced",
    "timing",
    "value",
];
/// Most references that one path follows from one resource.
const MOST_REFERENCES: usize = 1000;

/// What a path comes to.
#[derive(Debug)]
pub(super) enum Found {
    /// A text, number or truth value.
    Value(Json),
    /// Nothing, from this place on.
    Nothing(String),
    /// Something that a resource cannot be.
    Wrong { rule: &'static str, message: String },
}

/// A resource that paths are followed in.
#[derive(Debug)]
pub(super) struct Selection<'s> {
    resource: Json,
    place: &'s str,
    full_url: Option<&'s str>,
}

/// An item of a collection, and the resource it is in.
#[derive(Debug, Clone)]
struct Item {
    value: Json,
    resource: Json,
    full_url: Option<String>,
}

/// Why there is no next collection.
enum Stop {
    Wrong { rule: &'static str, message: String },
    Failed(crate::Error),
}

impl<'s> Selection<'s> {
    /// A selection in `resource`, called `place` in messages, at `full_url`.
    pub(super) fn of(resource: Json, place: &'s str, full_url: Option<&'s str>) -> Self {
        Self {
            resource,
            place,
            full_url,
        }
    }

    /// The value at `path`.
    pub(super) fn value(&self, path: &FhirPath, library: &mut Library<'_>) -> Result<Found> {
        let mut items = vec![Item {
            value: self.resource.clone(),
            resource: self.resource.clone(),
            full_url: self.full_url.map(str::to_owned),
        }];
        for (index, step) in path.steps().iter().enumerate() {
            items = match self.step(items, path, index, step, library) {
                Ok(items) => items,
                Err(Stop::Wrong { rule, message }) => return Ok(Found::Wrong { rule, message }),
                Err(Stop::Failed(error)) => return Err(error),
            };
            if items.is_empty() {
                return Ok(Found::Nothing(self.name(path, index + 1)));
            }
        }
        let Some(item) = items.into_iter().next() else {
            return Ok(Found::Nothing(self.place.to_owned()));
        };
        if matches!(item.value, Json::Object(_)) {
            let message = format!(
                "{} is an object, not a value: let the path go on to one",
                self.name(path, path.steps().len())
            );
            return Ok(Found::Wrong { rule: "fhir", message });
        }
        Ok(Found::Value(item.value))
    }

    fn step(
        &self,
        items: Vec<Item>,
        path: &FhirPath,
        index: usize,
        step: &FhirStep,
        library: &mut Library<'_>,
    ) -> Result<Vec<Item>, Stop> {
        match step {
            FhirStep::First => Ok(items.into_iter().take(1).collect()),
            FhirStep::Index(at) => Ok(items.into_iter().skip(*at).take(1).collect()),
            FhirStep::Where { path, equals } => Ok(items
                .into_iter()
                .filter(|item| has(&item.value, path, equals))
                .collect()),
            FhirStep::Resolve => self.resolve(items, path, index, library),
            FhirStep::Member(_) | FhirStep::OfType { .. } => {
                let mut next = Vec::new();
                for item in items {
                    if !matches!(item.value, Json::Object(_)) {
                        let message = format!(
                            "{} is {} where FHIR has an object",
                            self.name(path, index),
                            item.value.kind()
                        );
                        return Err(Stop::Wrong { rule: "fhir", message });
                    }
                    if let Some(value) = member(&item.value, step) {
                        flatten(value, &item, &mut next);
                    }
                }
                Ok(next)
            }
        }
    }

    /// The resources that references mean.
    fn resolve(
        &self,
        items: Vec<Item>,
        path: &FhirPath,
        index: usize,
        library: &mut Library<'_>,
    ) -> Result<Vec<Item>, Stop> {
        let wrong = |what: &str| Stop::Wrong {
            rule: "reference",
            message: format!("{} {what}", self.name(path, index)),
        };
        if items.len() > MOST_REFERENCES {
            return Err(wrong(&format!("has more than {MOST_REFERENCES} references")));
        }
        let mut next = Vec::with_capacity(items.len());
        for item in items {
            let reference = item
                .value
                .text()
                .or_else(|| item.value.get("reference").and_then(Json::text));
            let Some(reference) = reference else {
                return Err(wrong("has no `reference` to follow: send a literal reference"));
            };
            let found = if let Some(id) = reference.strip_prefix('#') {
                contained(&item.resource, id).map(|value| Item { value, ..item.clone() })
            } else {
                let found = library
                    .find(reference, item.full_url.as_deref())
                    .map_err(Stop::Failed)?;
                found.map(|(full_url, value)| Item {
                    resource: value.clone(),
                    value,
                    full_url,
                })
            };
            let Some(found) = found else {
                return Err(wrong("points at a resource that is not in the bundle: send it along"));
            };
            next.push(found);
        }
        Ok(next)
    }

    /// The place behind the first `steps` of a path: made of the contract's words, never of the sender's.
    fn name(&self, path: &FhirPath, steps: usize) -> String {
        let mut name = self.place.to_owned();
        for step in path.steps().iter().take(steps) {
            if !matches!(step, FhirStep::Index(_)) {
                name.push('.');
            }
            name.push_str(&step.to_string());
        }
        name
    }
}

/// The resource with this id inside `resource`.
fn contained(resource: &Json, id: &str) -> Option<Json> {
    let Some(Json::List(list)) = resource.get("contained") else {
        return None;
    };
    let found = list.iter().find(|item| item.get("id").and_then(Json::text) == Some(id));
    found.cloned()
}

/// The member that a step names; of a choice element the one that is there, whatever its type.
fn member<'j>(object: &'j Json, step: &FhirStep) -> Option<&'j Json> {
    match step {
        FhirStep::Member(name) => object.get(name).or_else(|| {
            if !CHOICES.contains(&name.as_str()) {
                return None;
            }
            let is_choice = |own: &str| {
                let ty = own.strip_prefix(name.as_str());
                ty.is_some_and(|ty| ty.starts_with(|c: char| c.is_ascii_uppercase()))
            };
            let (_, value) = object.members().iter().find(|(own, _)| is_choice(own))?;
            Some(value)
        }),
        FhirStep::OfType { member, ty } => {
            let (first, rest) = ty.split_at_checked(1)?;
            object.get(&format!("{member}{}{rest}", first.to_ascii_uppercase()))
        }
        _ => None,
    }
}

/// Appends a value of `item`, or the items of a list one by one.
fn flatten(value: &Json, item: &Item, to: &mut Vec<Item>) {
    match value {
        Json::Null => {}
        Json::List(list) => list.iter().for_each(|value| flatten(value, item, to)),
        value => to.push(Item {
            value: value.clone(),
            ..item.clone()
        }),
    }
}

/// Whether an element at `path` is the text `equals`.
fn has(value: &Json, path: &[String], equals: &str) -> bool {
    match (value, path) {
        (Json::List(list), path) => list.iter().any(|item| has(item, path, equals)),
        (Json::Object(_), [name, rest @ ..]) => value.get(name).is_some_and(|value| has(value, rest, equals)),
        (Json::Object(_) | Json::Null, _) => false,
        (value, []) => value.plain() == equals,
        _ => false,
    }
}
