//! A visit as a FHIR R4 bundle: encounter, patient and condition, as the national exchange asks for them.

use super::{DATASET, status, time, written};
use crate::{Envelope, World, health::visit::Visit};
use serde_json::json;

/// The bundle; `waiting` tells of the patient's arrival only.
pub(super) fn bundle(world: &World, visit: &Visit, waiting: bool) -> Envelope {
    let mut entries = vec![encounter(world, visit, waiting), patient(world, visit)];
    if !waiting {
        entries.push(condition(visit, 0, &written(world, visit)));
        if let Some(code) = visit.second {
            entries.push(condition(visit, 1, code));
        }
    }
    let body = json!({"resourceType": "Bundle", "type": "collection", "entry": entries});
    Envelope {
        dataset: DATASET,
        name: format!("{} {}", world.regions.centres[visit.centre].name, visit.poli),
        content_type: "application/fhir+json",
        body: body.to_string().into_bytes(),
        rows: 1,
    }
}

fn reference(kind: &str, visit: &Visit) -> String {
    format!("urn:uuid:{kind}-{}", visit.id.to_lowercase())
}

fn encounter(world: &World, visit: &Visit, waiting: bool) -> serde_json::Value {
    let centre = &world.regions.centres[visit.centre];
    let mut period = json!({"start": time(visit.arrived)});
    if let (Some(end), false) = (visit.finished, waiting) {
        period["end"] = time(end).into();
    }
    let updated = if waiting {
        visit.arrived
    } else {
        visit.finished.unwrap_or(visit.arrived)
    };
    let mut resource = json!({
        "resourceType": "Encounter",
        "id": visit.id,
        "meta": {"lastUpdated": time(updated)},
        "identifier": [{"system": "http://sys-ids.kemkes.go.id/encounter/99000000", "value": visit.id}],
        "status": if waiting { "arrived" } else { status(visit) },
        "class": {"code": if visit.poli == "igd" { "EMER" } else { "AMB" }},
        "serviceType": {"coding": [{"code": visit.poli}]},
        "subject": {"reference": reference("patient", visit)},
        "period": period,
        "serviceProvider": {"identifier": {"value": centre.code}},
        "extension": [
            {"url": "urn:smartcenter:umur-hari", "valueInteger": visit.age_days},
            {"url": "urn:smartcenter:penjamin", "valueCode": visit.payer},
            {"url": "urn:smartcenter:kasus-baru", "valueBoolean": visit.new_case},
        ],
    });
    if !waiting {
        let count = if visit.second.is_some() { 2 } else { 1 };
        let of = |number: u32| json!({"condition": {"reference": reference(&format!("condition{number}"), visit)}});
        resource["diagnosis"] = (0..count).map(of).collect();
        if let Some(hospital) = visit.referred {
            resource["hospitalization"] = json!({"destination": {"identifier": {"value": hospital}}});
        }
    }
    json!({"fullUrl": reference("encounter", visit), "resource": resource})
}

fn patient(world: &World, visit: &Visit) -> serde_json::Value {
    let nik = visit.nik.iter();
    let identifiers: Vec<_> = nik
        .map(|nik| json!({"system": "https://fhir.kemkes.go.id/id/nik", "value": nik}))
        .collect();
    let mut resource = json!({
        "resourceType": "Patient",
        "identifier": identifiers,
        "gender": if visit.female { "female" } else { "male" },
    });
    if let Some(village) = visit.village {
        resource["address"] = json!([{"extension": [{
            "url": "https://fhir.kemkes.go.id/r4/StructureDefinition/administrativeCode",
            "extension": [{"url": "village", "valueCode": world.regions.villages[village].code}],
        }]}]);
    }
    json!({"fullUrl": reference("patient", visit), "resource": resource})
}

fn condition(visit: &Visit, number: u32, code: &str) -> serde_json::Value {
    json!({
        "fullUrl": reference(&format!("condition{number}"), visit),
        "resource": {
            "resourceType": "Condition",
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": code}]},
            "subject": {"reference": reference("patient", visit)},
        },
    })
}
