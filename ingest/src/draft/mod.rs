//! A contract proposed from a sample: what its columns are called, what is in them, what a contract would say of that.
//!
//! The sample is read as a push would be, twice. First only the names of its columns are wanted ([`names`]); under a
//! provisional contract of nothing but texts the same decoders then give every cell, and each column keeps a profile of
//! what it saw ([`profile`]). What the profiles suggest ([`mod@column`], [`key`]) is written as a contract ([`mod@write`]) that
//! a person reads, corrects and puts in force. Nothing here decides anything: a draft is a starting point with reasons.

mod column;
mod key;
mod names;
mod personal;
mod profile;
#[cfg(test)]
mod tests;
mod write;

use crate::{
    ContentEncoding, Error, Format, PushRequest, Result,
    decode::{CHUNK, Chunk, Frame, Source, frame},
    plan::Plan,
};
use chrono::Utc;
pub use column::Proposal;
use profile::Profile;
use serde::Serialize;
use smartcenter_warehouse::{
    contract::{self, Origin},
    policy::Identity,
};
use std::{io::Read, path::Path, sync::Arc};

/// Bytes of the sample that are read at a time.
const PIECE: usize = 256 << 10;
/// Most unpacked bytes of a sample; what a sample shows, it shows within this.
const MOST_BYTES: u64 = 1 << 30;

/// What the caller knows of the sample.
#[derive(Debug, Clone)]
pub struct DraftRequest {
    /// How it is written.
    pub format: Format,
    /// How it is packed.
    pub encoding: ContentEncoding,
    /// Name of the dataset to be.
    pub dataset: String,
    /// Institution that owns it.
    pub owner: String,
    /// Workbooks: the sheet, by name or number from 1.
    pub sheet: Option<String>,
    /// Rows that are looked at, from the first on.
    pub rows: u64,
}

/// The proposal.
#[derive(Debug, Serialize)]
pub struct Draft {
    /// The contract, as YAML.
    pub contract: String,
    /// Rows that were looked at.
    pub rows: u64,
    /// Whether the sample has more rows.
    pub has_more: bool,
    /// What was found of each column, and what is proposed for it.
    pub columns: Vec<Proposal>,
    /// Columns of the proposed primary key, in key order; none means append-only.
    pub primary_key: Vec<String>,
    /// What a person has to look at.
    pub notes: Vec<String>,
}

/// Proposes a contract for the rows of `sample`. Blocks. `scratch` is a folder for what must be held whole.
///
/// # Errors
/// `Invalid` for a sample that is no file of rows, `Unsupported` for a format whose contract must come first.
pub fn draft(request: &DraftRequest, sample: &mut dyn Read, scratch: &Path) -> Result<Draft> {
    if matches!(request.format, Format::FixedWidth | Format::Fhir) {
        return Err(Error::Unsupported(format!(
            "a sample of {} does not say what its columns are: write the contract with `{}` first, by the guide",
            request.format.as_str(),
            if request.format == Format::Fhir {
                "path"
            } else {
                "position"
            },
        )));
    }
    let mut payload = Vec::new();
    sample
        .take(MOST_BYTES)
        .read_to_end(&mut payload)
        .map_err(|error| Error::invalid(format!("the sample cannot be read: {error}")))?;
    let found = names::of(request, &payload, scratch)?;
    let plan = provisional(&found.headers)?;
    let mut profiles: Vec<Profile> = found.headers.iter().map(|_| Profile::default()).collect();
    let mut keys = key::Search::default();
    let mut rows = 0;
    let has_more = read(request, &plan, &payload, scratch, &mut |frame| {
        for row in 0..frame.rows() {
            if rows == request.rows {
                return false;
            }
            rows += 1;
            for (index, profile) in profiles.iter_mut().enumerate() {
                let source = frame.header.columns.get(index).copied().flatten();
                match source {
                    Some(source) => profile.add(frame.cell(row, source)),
                    None => profile.add_missing(),
                }
            }
            keys.add(frame, row);
        }
        true
    })?;
    if rows == 0 {
        return Err(Error::invalid(
            "the sample has no rows: a draft needs some, the more the better",
        ));
    }
    let locale = column::locale(&profiles);
    let names = names::unique(&found.headers);
    let columns: Vec<Proposal> = (found.headers.iter().zip(names).zip(&profiles))
        .map(|((header, name), profile)| column::propose(header, &name, profile, locale))
        .collect();
    let primary_key = keys.found(&columns);
    let draft = write::contract(request, &columns, &primary_key, locale, rows);
    let mut notes = found.notes;
    notes.extend(column::notes(&columns, &primary_key, locale));
    if let Err(faults) = contract::parse(&draft, Origin::Api, "draft") {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(Error::internal("the draft is no valid contract", faults.join("; ")));
    }
    Ok(Draft {
        contract: draft,
        rows,
        has_more,
        primary_key: primary_key.iter().map(|at| columns[*at].name.clone()).collect(),
        columns,
        notes,
    })
}

/// A contract under which every column is a text and nothing is wrong.
fn provisional(headers: &[String]) -> Result<Arc<Plan>> {
    let mut text = String::from(
        "apiVersion: v3.1.0\nkind: DataContract\nid: draft\nname: draft\nversion: \"1.0.0\"\nstatus: draft\nschema:\n  - \
         name: draft\n    logicalType: object\n    customProperties:\n      - {property: owner, value: draft}\n    \
         properties:\n",
    );
    for (index, header) in headers.iter().enumerate() {
        text.push_str(&format!(
            "      - {{name: kolom_{index}, logicalType: string, customProperties: [{{property: aliases, value: [{}]}}]}}\n",
            write::quoted(header)
        ));
    }
    let contract = contract::parse(&text, Origin::Api, "draft").map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(|fault| fault.message.clone()).collect();
        Error::invalid(format!("the columns cannot be told apart: {}", faults.join("; ")))
    })?;
    Ok(Arc::new(Plan::new(Arc::new(contract))?))
}

/// Hands over the sample's rows, chunk by chunk, until `take` has enough; answers whether it had.
fn read(
    request: &DraftRequest,
    plan: &Arc<Plan>,
    payload: &[u8],
    scratch: &Path,
    take: &mut dyn FnMut(&Frame) -> bool,
) -> Result<bool> {
    let push = PushRequest {
        dataset: plan.contract.dataset.clone(),
        identity: Identity::anonymous(),
        format: request.format,
        encoding: request.encoding,
        idempotency_key: None,
        dry_run: true,
        wait_landed: false,
        mode: None,
        charset: None,
        sheet: request.sheet.clone(),
        corrects: None,
        received_at: Utc::now(),
    };
    let mut source = Source::new(&push, plan, MOST_BYTES, CHUNK, scratch)?;
    let mut enough = false;
    let mut emit = |chunk: Chunk| -> Result<()> {
        enough = !take(&frame(chunk, plan)?);
        if enough {
            return Err(Error::invalid("enough"));
        }
        Ok(())
    };
    let mut run = || -> Result<()> {
        for piece in payload.chunks(PIECE) {
            source.push(piece, u64::MAX, &mut emit)?;
        }
        source.finish(&mut emit).map(|_| ())
    };
    match run() {
        Err(_) if enough => Ok(true),
        outcome => outcome.map(|()| false),
    }
}
