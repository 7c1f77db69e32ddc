//! `smartcenter feeds`: the datasets and whether they still arrive.

use super::{Global, Outcome, code, hub, hub::Absent, output, table::Table};
use serde_json::Value;
use std::io::Write;

/// Runs the command.
///
/// # Errors
/// A hub that is not there or refuses.
pub fn run(global: &Global) -> Outcome {
    let (mut feeds, _) = hub::with(global, Absent::Refuse, |client| {
        client.list("/api/v1/datasets", &[], usize::MAX)
    })?;
    // What the hub works out itself does not arrive; `smartcenter models ls` tells how it is doing.
    feeds.retain(|feed| feed["layer"] != "mart");
    if global.json {
        output::json(&feeds)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&["dataset", "owner", "last arrival", ">rows", "freshness", ""]);
    for feed in &feeds {
        let text = |name: &str| feed[name].as_str().unwrap_or_default();
        let freshness = &feed["freshness"];
        let rows = feed["size"]["rows"]
            .as_u64()
            .map_or_else(String::new, |rows| rows.to_string());
        let last = match &freshness["last_received_at"] {
            Value::Null => "never".to_owned(),
            at => output::moment(at),
        };
        let state = freshness["state"].as_str().unwrap_or_default();
        let sentence = freshness["sentence_en"].as_str().unwrap_or_default();
        table.add([text("dataset"), text("owner"), &last, &rows, state, sentence]);
    }
    let mut out = output::stdout();
    table.write(&mut out)?;
    out.flush()?;
    Ok(code::OK)
}
