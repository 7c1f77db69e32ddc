//! Writing a key map: blocks as they come, then the resident part, the header last. The file has its name only when
//! all of it is on disk.

use super::{
    Entry, RowSet, Source,
    filter::Filter,
    format::{Header, LONGEST_NAME, PAGE, Shape},
};
use crate::{Error, Result};
use std::{
    fs::File,
    io::{BufWriter, Write},
    os::unix::fs::FileExt,
    path::Path,
};

const BUFFER: usize = 1 << 20;

/// Puts the map of `entries`, whose hashes ascend, at `path`, replacing what is there. `dead` are the rows that start
/// dead. Synced when it returns; leaves nothing behind when it fails.
pub(super) fn write(
    path: &Path,
    source: &Source,
    entries: impl ExactSizeIterator<Item = (u128, Entry)>,
    versions: bool,
    dead: &RowSet,
) -> Result<()> {
    if source.path.len() > LONGEST_NAME {
        return Err(Error::invalid("the path of a source is too long for a key map"));
    }
    // `#` keeps unfinished files out of the lake's listings.
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!("#{}", uuid::Uuid::new_v4().simple()));
    let staging = path.with_file_name(name);
    let written = write_staging(&staging, source, entries, versions, dead)
        .and_then(|()| Ok(std::fs::rename(&staging, path)?))
        .and_then(|()| match path.parent() {
            Some(folder) => Ok(File::open(folder)?.sync_all()?),
            None => Ok(()),
        });
    if written.is_err() {
        // Only litter when this fails too.
        let _ = std::fs::remove_file(&staging);
    }
    written
}

fn write_staging(
    path: &Path,
    source: &Source,
    entries: impl ExactSizeIterator<Item = (u128, Entry)>,
    versions: bool,
    dead: &RowSet,
) -> Result<()> {
    let file = File::create_new(path)?;
    let shape = Shape::new(source, entries.len() as u64, versions);
    let mut out = BufWriter::with_capacity(BUFFER, &file);
    out.write_all(&[0; PAGE])?;

    let mut fences = Vec::with_capacity(shape.blocks() as usize);
    let mut filter = Filter::for_keys(entries.len());
    let mut block = Vec::with_capacity(shape.per_block());
    let mut left = entries.len();
    for (hash, entry) in entries {
        filter.insert(hash);
        block.push((hash, entry));
        left -= 1;
        if block.len() == shape.per_block() || left == 0 {
            out.write_all(&shape.encode(fences.len() as u64, &block))?;
            fences.push(block[0].0);
            block.clear();
        }
    }

    let dead = dead.encode();
    let mut sum = 0;
    let mut put = |bytes: &[u8]| {
        sum = crc32c::crc32c_append(sum, bytes);
        out.write_all(bytes)
    };
    for fence in &fences {
        put(&fence.to_le_bytes())?;
    }
    for word in filter.bytes() {
        put(&word)?;
    }
    put(&dead)?;
    out.flush()?;
    drop(out);

    let header = Header {
        source: source.clone(),
        entries: shape.entries,
        versions,
        filter_lines: filter.lines() as u64,
        dead_bytes: dead.len() as u64,
        resident_sum: sum,
    };
    let Some(page) = header.encode() else {
        return Err(Error::invalid("the path of a source is too long for a key map"));
    };
    file.write_all_at(&page, 0)?;
    file.sync_all()?;
    Ok(())
}
