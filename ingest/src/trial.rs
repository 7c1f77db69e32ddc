//! Reading a payload without a hub, for tests and for the fuzzers in `tests/fuzz`.
#![allow(clippy::expect_used, clippy::panic, reason = "what fails here is a defect, found")]

use crate::{
    ContentEncoding, Format, PushRequest, Result,
    check::check,
    decode::{CHUNK, Chunk, Source, Summary},
    plan::Plan,
    validate::Context,
};
use arrow::{array::RecordBatch, compute::concat_batches};
use chrono::{DateTime, Utc};
use smartcenter_warehouse::{
    PushMode,
    contract::{self, Origin},
    policy::{Identity, Role},
};
use std::sync::Arc;

/// When everything here happens.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_784_257_200, 0).expect("a time")
}

pub(crate) fn identity(role: Role) -> Identity {
    Identity {
        key: "kunci-uji".parse().expect("a name"),
        role,
        ..Identity::anonymous()
    }
}

pub(crate) fn context() -> Context {
    Context {
        now: now(),
        scope: None,
        codes: Vec::new(),
        lists: Vec::new(),
        mode: PushMode::Upsert,
        pins: Vec::new(),
        corrects: false,
    }
}

pub(crate) fn request(format: Format) -> PushRequest {
    PushRequest {
        dataset: "uji".parse().expect("a name"),
        identity: identity(Role::Walidata),
        format,
        encoding: ContentEncoding::Identity,
        idempotency_key: None,
        dry_run: false,
        wait_landed: false,
        mode: None,
        charset: None,
        sheet: None,
        corrects: None,
        received_at: now(),
    }
}

/// Chunks of a payload that comes in pieces of `piece` bytes and is cut behind `chunk` bytes.
pub(crate) fn chunks(
    request: &PushRequest,
    plan: &Arc<Plan>,
    payload: &[u8],
    piece: usize,
    chunk: usize,
) -> Result<(Vec<Chunk>, Summary)> {
    chunks_within(4 << 30, request, plan, payload, (piece, chunk))
}

/// The same for a payload that unpacks to at most `limit` bytes.
fn chunks_within(
    limit: u64,
    request: &PushRequest,
    plan: &Arc<Plan>,
    payload: &[u8],
    (piece, chunk): (usize, usize),
) -> Result<(Vec<Chunk>, Summary)> {
    let mut source = Source::new(request, plan, limit, chunk, &std::env::temp_dir())?;
    let mut chunks = Vec::new();
    let mut emit = |chunk| {
        chunks.push(chunk);
        Ok(())
    };
    for piece in payload.chunks(piece.max(1)) {
        let taken = source.push(piece, u64::MAX, &mut emit)?;
        assert_eq!(taken, piece.len());
    }
    let summary = source.finish(&mut emit)?;
    Ok((chunks, summary))
}

/// What a payload of a trial may unpack to: a fuzzer soon finds files of a few bytes that become gigabytes, learns nothing
/// from them and tries no others.
const TRIED: u64 = 2 << 20;

/// Payloads of one format under one contract.
#[derive(Debug)]
pub struct Trial {
    plan: Arc<Plan>,
    request: PushRequest,
}

/// What becomes of a payload: accepted rows, and line, column and rule of every fault.
type Outcome = (RecordBatch, Vec<(u64, Option<String>, String)>);

impl Trial {
    /// Payloads that are called like `file`, read by `contract`.
    ///
    /// # Panics
    /// For a name that tells no format, and for a contract with faults.
    #[must_use]
    pub fn new(file: &str, contract: &str) -> Self {
        let contract = contract::parse(contract, Origin::Site, "contract.yaml");
        let contract = contract.unwrap_or_else(|faults| panic!("{faults:?}"));
        Self {
            plan: Arc::new(Plan::new(Arc::new(contract)).expect("a plan")),
            request: PushRequest {
                encoding: ContentEncoding::from_file_name(file),
                ..request(Format::from_file_name(file).expect("a format"))
            },
        }
    }

    /// Reads a payload twice: as one piece, and in small pieces that are cut into small chunks. Nothing may come of
    /// that but rows and faults, or an error, and the same both times.
    ///
    /// # Panics
    /// Where it does not.
    pub fn read(&self, payload: &[u8]) {
        let whole = self.outcome(payload, usize::MAX, CHUNK);
        let parts = self.outcome(payload, 7, 1);
        match (whole, parts) {
            (Ok(whole), Ok(parts)) => assert_eq!(whole, parts),
            (Err(_), Err(_)) => {}
            (whole, parts) => panic!("as one piece {whole:?}, in parts {parts:?}"),
        }
    }

    fn outcome(&self, payload: &[u8], piece: usize, chunk: usize) -> Result<Outcome> {
        let (chunks, _) = chunks_within(TRIED, &self.request, &self.plan, payload, (piece, chunk))?;
        let (mut accepted, mut faults) = (Vec::new(), Vec::new());
        for chunk in chunks {
            let checked = check(chunk, &self.plan, &context())?;
            let found = checked.rejected.into_iter().flat_map(|row| row.faults);
            faults.extend(found.map(|fault| (fault.line, fault.column, fault.rule)));
            accepted.push(checked.accepted);
        }
        let schema = accepted
            .first()
            .map_or_else(|| self.plan.pushed_schema.clone(), RecordBatch::schema);
        Ok((concat_batches(&schema, &accepted)?, faults))
    }
}
