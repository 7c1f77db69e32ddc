//! The merged cells of a sheet. They stand behind its cells, so they are looked for before the cells are read: by
//! their bytes, which is much faster than as XML.

use super::super::{archive::broken, book::Merges};
use super::cells::place;
use crate::{Error, Result};
use memchr::memmem;
use std::io::Read;

/// The sheet is gone through in pieces of so many bytes.
const PIECE: usize = 256 << 10;
/// Most bytes that are kept from the first region on.
const MOST: u64 = 16 << 20;
/// Most regions.
const REGIONS: usize = 200_000;

/// Reads the regions of a sheet.
pub(super) fn read(mut sheet: impl Read) -> Result<Merges> {
    let mut merges = Merges::default();
    let found = memmem::Finder::new(b"mergeCell ");
    let mut piece = vec![0; PIECE];
    let mut held = 0;
    loop {
        let read = sheet
            .read(piece.get_mut(held..).unwrap_or_default())
            .map_err(|error| broken(&error))?;
        if read == 0 {
            return Ok(merges);
        }
        let end = held + read;
        let seen = piece.get(..end).unwrap_or_default();
        if let Some(at) = found.find(seen) {
            let mut tail = seen.get(at..).unwrap_or_default().to_vec();
            sheet
                .take(MOST)
                .read_to_end(&mut tail)
                .map_err(|error| broken(&error))?;
            collect(&tail, &mut merges)?;
            return Ok(merges);
        }
        // The words may lie across two pieces.
        held = end.min(16);
        piece.copy_within(end - held..end, 0);
    }
}

fn collect(tail: &[u8], merges: &mut Merges) -> Result<()> {
    for (count, at) in memmem::find_iter(tail, b"mergeCell ").enumerate() {
        if count >= REGIONS {
            return Err(Error::TooLarge(format!(
                "the sheet has more than {REGIONS} merged cells: unmerge those that need not be"
            )));
        }
        let region = tail
            .get(at..)
            .and_then(|rest| rest.split(|byte| *byte == b'>').next())
            .unwrap_or_default();
        let Some(region) = std::str::from_utf8(region).ok().and_then(reference) else {
            continue;
        };
        if let Some((first, last)) = region.split_once(':')
            && let (Some(first), Some(last)) = (place(first), place(last))
        {
            merges.add((first.0, last.0), (first.1, last.1));
        }
    }
    Ok(())
}

/// The value of `ref` in the inside of a tag.
fn reference(tag: &str) -> Option<&str> {
    let (_, value) = tag.split_once("ref=")?;
    let quote = value.chars().next()?;
    value.get(1..)?.split(quote).next()
}
