//! The bytes of a frame: a fixed header, then the payload, padded to 8 bytes.
//!
//! ```text
//! 0  magic "SCF1"   4  kind u8, 3 zero   8  payload length u32   12 payload crc32c
//! 16 seq u64        24 durable u64       32 header crc32c        36 zero u32
//! ```
//! `durable` is the last position known to be on disk when the frame was written. It tells a torn tail from damage:
//! if any later frame says that this position was durable, the frame had been acknowledged.

use crate::Seq;

pub(super) const MAGIC: [u8; 4] = *b"SCF1";
pub(super) const HEADER: usize = 40;

/// Largest payload of one frame, in bytes.
pub const MAX_PAYLOAD: usize = 1 << 30;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameKind {
    /// An Arrow schema used by later frames of the same segment; takes no sequence number.
    Schema,
    /// A push: receipt, idempotency key and rows.
    Push,
    /// A contract that became active.
    Contract,
    /// A policy version that became active.
    Policy,
}

impl FrameKind {
    fn code(self) -> u8 {
        match self {
            Self::Schema => 1,
            Self::Push => 2,
            Self::Contract => 3,
            Self::Policy => 4,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [Self::Schema, Self::Push, Self::Contract, Self::Policy]
            .into_iter()
            .find(|kind| kind.code() == code)
    }

    /// True for frames that take a sequence number.
    pub fn numbered(self) -> bool {
        self != Self::Schema
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub kind: FrameKind,
    pub payload_len: usize,
    pub payload_crc: u32,
    pub seq: Seq,
    pub durable: Seq,
}

impl Header {
    /// Bytes of the whole frame on disk.
    pub fn frame_len(&self) -> usize {
        frame_len(self.payload_len)
    }

    pub fn encode(&self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        out[0..4].copy_from_slice(&MAGIC);
        out[4] = self.kind.code();
        out[8..12].copy_from_slice(&(self.payload_len as u32).to_le_bytes());
        out[12..16].copy_from_slice(&self.payload_crc.to_le_bytes());
        out[16..24].copy_from_slice(&self.seq.0.to_le_bytes());
        out[24..32].copy_from_slice(&self.durable.0.to_le_bytes());
        let crc = crc32c::crc32c(&out[0..32]);
        out[32..36].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// `None` when the bytes are not a sound header.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < HEADER || bytes[0..4] != MAGIC {
            return None;
        }
        let u32_at = |at: usize| {
            bytes
                .get(at..at + 4)
                .and_then(|b| b.try_into().ok())
                .map(u32::from_le_bytes)
        };
        let u64_at = |at: usize| {
            bytes
                .get(at..at + 8)
                .and_then(|b| b.try_into().ok())
                .map(u64::from_le_bytes)
        };
        if crc32c::crc32c(&bytes[0..32]) != u32_at(32)? {
            return None;
        }
        let payload_len = u32_at(8)? as usize;
        (payload_len <= MAX_PAYLOAD).then_some(())?;
        Some(Self {
            kind: FrameKind::from_code(bytes[4])?,
            payload_len,
            payload_crc: u32_at(12)?,
            seq: Seq(u64_at(16)?),
            durable: Seq(u64_at(24)?),
        })
    }
}

/// Bytes that a payload of `len` takes in the log.
pub(super) fn frame_len(payload_len: usize) -> usize {
    HEADER + payload_len.next_multiple_of(8)
}

/// Appends the frame to `out`.
pub(super) fn encode_into(out: &mut Vec<u8>, kind: FrameKind, seq: Seq, durable: Seq, payload: &[u8], crc: u32) {
    let header = Header {
        kind,
        payload_len: payload.len(),
        payload_crc: crc,
        seq,
        durable,
    };
    out.extend_from_slice(&header.encode());
    out.extend_from_slice(payload);
    out.resize(out.len().next_multiple_of(8), 0);
}
