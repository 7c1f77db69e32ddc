//! What the payloads of frames hold.
//!
//! A push is `meta length u32 | meta JSON | batches`, each batch as `message length u32 | body length u32 | Arrow
//! IPC message | body`. Its schema is not repeated: it stands in a schema frame of the same segment.

use super::{Entry, FrameKind};
use crate::{Error, Part, Result, Rows, StagedFile, TableId, control::LedgerEntry};
use arrow::{
    buffer::Buffer,
    datatypes::{Schema, SchemaRef},
    ipc::{
        reader::read_record_batch,
        root_as_message,
        writer::{DictionaryTracker, IpcDataGenerator, IpcWriteContext, IpcWriteOptions},
    },
    record_batch::RecordBatch,
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// A push as read back from the log.
#[derive(Debug)]
pub struct PushRecord {
    /// Receipt, idempotency key and digest.
    pub ledger: LedgerEntry,
    /// The rows.
    pub parts: Vec<Part>,
}

/// A contract activation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContractRecord {
    /// The contract as written.
    pub text: String,
    /// Where it came from.
    pub origin: crate::contract::Origin,
}

#[derive(Serialize, Deserialize)]
struct Meta<L> {
    ledger: L,
    parts: Vec<PartMeta>,
}

#[derive(Serialize, Deserialize)]
struct PartMeta {
    table: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema: Option<u64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    batches: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    staged: Vec<StagedFile>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Names a schema inside the log: equal schemas have equal ids.
pub fn schema_id(schema: &Schema) -> u64 {
    let mut text = String::new();
    for field in schema.fields() {
        text.push_str(field.name());
        text.push('\0');
        text.push_str(&field.data_type().to_string());
        text.push('\0');
    }
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

/// The entry of a push. `schema_ids` saves hashing a schema for every push: see [`SchemaIds`].
pub fn encode_push(ledger: &LedgerEntry, parts: &[Part], schema_ids: &SchemaIds) -> Result<Entry> {
    let mut schemas = Vec::new();
    let mut bodies = Vec::new();
    let mut metas = Vec::with_capacity(parts.len());
    let options = IpcWriteOptions::default();
    let generator = IpcDataGenerator::default();
    for part in parts {
        let mut meta = PartMeta {
            table: part.table.to_string(),
            schema: None,
            batches: 0,
            staged: Vec::new(),
        };
        match &part.rows {
            Rows::Staged(files) => meta.staged.clone_from(files),
            Rows::Batches(batches) => {
                for batch in batches {
                    let id = schema_ids.id(batch.schema_ref());
                    meta.schema = Some(id);
                    if !schemas.iter().any(|(known, _)| *known == id) {
                        schemas.push((id, batch.schema()));
                    }
                    let mut dictionaries = DictionaryTracker::new(false);
                    let (_, encoded) =
                        generator.encode(batch, &mut dictionaries, &options, &mut IpcWriteContext::default())?;
                    bodies.extend_from_slice(&(encoded.ipc_message.len() as u32).to_le_bytes());
                    bodies.extend_from_slice(&(encoded.arrow_data.len() as u32).to_le_bytes());
                    bodies.extend_from_slice(&encoded.ipc_message);
                    bodies.extend_from_slice(&encoded.arrow_data);
                    meta.batches += 1;
                }
            }
        }
        metas.push(meta);
    }
    let mut payload = vec![0; 4];
    serde_json::to_writer(&mut payload, &Meta { ledger, parts: metas })?;
    let meta_len = (payload.len() - 4) as u32;
    payload[0..4].copy_from_slice(&meta_len.to_le_bytes());
    payload.extend_from_slice(&bodies);
    Ok(Entry {
        kind: FrameKind::Push,
        payload,
        schemas,
        link: None,
    })
}

/// Reads a push back. `schemas` are the schema frames met so far.
pub fn decode_push(payload: &[u8], schemas: &HashMap<u64, SchemaRef>) -> Result<PushRecord> {
    let mut rest = payload;
    let meta_len = take_u32(&mut rest)?;
    let meta: Meta<LedgerEntry> = serde_json::from_slice(take(&mut rest, meta_len)?)?;
    let mut parts = Vec::with_capacity(meta.parts.len());
    for part in meta.parts {
        let table = TableId::from_stored(&part.table);
        if !part.staged.is_empty() {
            parts.push(Part {
                table,
                rows: Rows::Staged(part.staged),
            });
            continue;
        }
        let schema = part
            .schema
            .and_then(|id| schemas.get(&id))
            .ok_or_else(|| broken("names an unknown schema"))?;
        let mut batches = Vec::new();
        for _ in 0..part.batches {
            let message_len = take_u32(&mut rest)?;
            let body_len = take_u32(&mut rest)?;
            let message = take(&mut rest, message_len)?;
            let body = Buffer::from(take(&mut rest, body_len)?);
            batches.push(decode_batch(message, &body, schema)?);
        }
        parts.push(Part {
            table,
            rows: Rows::Batches(batches),
        });
    }
    Ok(PushRecord {
        ledger: meta.ledger,
        parts,
    })
}

/// The staged files that a push names, without reading its rows.
pub fn staged_files(payload: &[u8]) -> Result<Vec<(TableId, StagedFile)>> {
    let mut rest = payload;
    let meta_len = take_u32(&mut rest)?;
    let meta: Meta<LedgerEntry> = serde_json::from_slice(take(&mut rest, meta_len)?)?;
    let parts = meta
        .parts
        .into_iter()
        .map(|part| (TableId::from_stored(&part.table), part.staged));
    Ok(parts
        .flat_map(|(table, files)| files.into_iter().map(move |file| (table.clone(), file)))
        .collect())
}

fn decode_batch(message: &[u8], body: &Buffer, schema: &SchemaRef) -> Result<RecordBatch> {
    let message = root_as_message(message).map_err(|e| broken(&e.to_string()))?;
    let batch = message
        .header_as_record_batch()
        .ok_or_else(|| broken("holds no record batch"))?;
    Ok(read_record_batch(
        body,
        batch,
        schema.clone(),
        &HashMap::new(),
        None,
        &message.version(),
    )?)
}

/// The payload of a schema frame.
pub(super) fn encode_schema(id: u64, schema: &Schema) -> Vec<u8> {
    let mut dictionaries = DictionaryTracker::new(false);
    let encoded = IpcDataGenerator::default().schema_to_bytes_with_dictionary_tracker(
        schema,
        &mut dictionaries,
        &IpcWriteOptions::default(),
    );
    let mut payload = id.to_le_bytes().to_vec();
    payload.extend_from_slice(&encoded.ipc_message);
    payload
}

/// Reads a schema frame.
pub fn decode_schema(payload: &[u8]) -> Result<(u64, SchemaRef)> {
    let mut rest = payload;
    let mut id = [0; 8];
    id.copy_from_slice(take(&mut rest, 8)?);
    let message = root_as_message(rest).map_err(|e| broken(&e.to_string()))?;
    let schema = message.header_as_schema().ok_or_else(|| broken("holds no schema"))?;
    Ok((
        u64::from_le_bytes(id),
        Arc::new(arrow::ipc::convert::fb_to_schema(schema)),
    ))
}

/// Remembers the ids of schemas by address, since a contract's schema is shared by all its pushes.
#[derive(Debug, Default)]
pub struct SchemaIds(parking_lot::Mutex<Vec<(SchemaRef, u64)>>);

impl SchemaIds {
    fn id(&self, schema: &SchemaRef) -> u64 {
        let mut known = self.0.lock();
        if let Some((_, id)) = known.iter().find(|(s, _)| Arc::ptr_eq(s, schema)) {
            return *id;
        }
        let id = schema_id(schema);
        if known.len() >= 64 {
            known.remove(0);
        }
        known.push((schema.clone(), id));
        id
    }
}

fn take<'a>(rest: &mut &'a [u8], n: usize) -> Result<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(n).ok_or_else(|| broken("is too short"))?;
    *rest = tail;
    Ok(head)
}

fn take_u32(rest: &mut &[u8]) -> Result<usize> {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(take(rest, 4)?);
    Ok(u32::from_le_bytes(bytes) as usize)
}

fn broken(what: &str) -> Error {
    Error::internal("a log frame passed its checksum but cannot be read", what.to_owned())
}
