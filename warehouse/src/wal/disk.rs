//! The few file operations the log needs, as a seam: the machine's disk in production, a simulated one in tests
//! that loses what was not synced and fails on demand.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A folder of segments.
///
/// `create` and `remove` are durable when they return: the folder itself has been synced.
pub trait Disk: Send + Sync + std::fmt::Debug {
    /// Names of all segments, in any order.
    fn list(&self) -> io::Result<Vec<String>>;
    /// A new segment of `size` zero bytes, space reserved.
    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn SegmentFile>>;
    /// An existing segment, for reading and writing.
    fn open(&self, name: &str) -> io::Result<Arc<dyn SegmentFile>>;
    /// Removes a segment.
    fn remove(&self, name: &str) -> io::Result<()>;
}

/// One segment.
pub trait SegmentFile: Send + Sync + std::fmt::Debug {
    /// Bytes, written or not.
    fn size(&self) -> io::Result<u64>;
    /// Reads up to `buf.len()` bytes at `offset`; 0 at the end.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all of `buf` at `offset`. Not durable before [`SegmentFile::sync`].
    fn write_all_at(&self, buf: &[u8], offset: u64) -> io::Result<()>;
    /// `fdatasync`. After an error the content is unknown.
    fn sync(&self) -> io::Result<()>;
    /// Cuts the segment to `len` bytes and syncs.
    fn truncate(&self, len: u64) -> io::Result<()>;
}

/// The machine's disk.
#[derive(Debug)]
pub struct OsDisk {
    folder: PathBuf,
}

impl OsDisk {
    /// The log folder, created if needed.
    pub fn open(folder: &Path) -> io::Result<Self> {
        crate::store::keep_folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

impl Disk for OsDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn SegmentFile>> {
        let path = self.folder.join(name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        let made = rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, size)
            .map_err(io::Error::from)
            .and_then(|()| file.sync_all())
            .and_then(|()| self.sync_folder());
        if let Err(error) = made {
            // Half a segment must not be found by the next start.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(Arc::new(OsSegment(file)))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn SegmentFile>> {
        Ok(Arc::new(OsSegment(
            OpenOptions::new().read(true).write(true).open(self.folder.join(name))?,
        )))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.folder.join(name))?;
        self.sync_folder()
    }
}

/// A segment that is only read, in whatever folder it lies; a write to it fails.
pub(super) fn open_to_read(path: &Path) -> io::Result<Arc<dyn SegmentFile>> {
    Ok(Arc::new(OsSegment(File::open(path)?)))
}

#[derive(Debug)]
struct OsSegment(File);

impl SegmentFile for OsSegment {
    fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buf, offset)
    }

    fn write_all_at(&self, buf: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(buf, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)?;
        self.0.sync_all()
    }
}

pub mod sim {
    //! A disk that exists to be cruel: unsynced bytes can be dropped in any mixture, syncs and writes fail on demand,
    //! and space runs out. A `kill -9` alone never tests `fsync`; this does.

    use super::{Disk, SegmentFile};
    use parking_lot::Mutex;
    use std::{collections::BTreeMap, io, sync::Arc};

    /// Shared by the disk and all its files.
    #[derive(Debug, Clone, Default)]
    pub struct SimDisk(Arc<Mutex<State>>);

    #[derive(Debug, Default)]
    struct State {
        files: BTreeMap<String, Content>,
        capacity: Option<u64>,
        fail_syncs: bool,
        fail_write_after: Option<u64>,
    }

    #[derive(Debug, Default, Clone)]
    struct Content {
        durable: Vec<u8>,
        /// Unsynced writes in order.
        pending: Vec<(u64, Vec<u8>)>,
    }

    impl Content {
        fn current(&self) -> Vec<u8> {
            let mut bytes = self.durable.clone();
            for (offset, data) in &self.pending {
                apply(&mut bytes, *offset, data);
            }
            bytes
        }
    }

    fn apply(bytes: &mut Vec<u8>, offset: u64, data: &[u8]) {
        let end = offset as usize + data.len();
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[offset as usize..end].copy_from_slice(data);
    }

    fn full() -> io::Error {
        io::Error::from(io::ErrorKind::StorageFull)
    }

    impl SimDisk {
        /// Space for all segments together; `None` is without end.
        pub fn set_capacity(&self, bytes: Option<u64>) {
            self.0.lock().capacity = bytes;
        }

        /// Makes every sync fail from now on (or work again).
        pub fn fail_syncs(&self, fail: bool) {
            self.0.lock().fail_syncs = fail;
        }

        /// Lets `bytes` more be written, then fails with "no space" in the middle of a write.
        pub fn fail_write_after(&self, bytes: Option<u64>) {
            self.0.lock().fail_write_after = bytes;
        }

        /// Power cut: what was synced stays; of the rest each 512-byte sector survives where `keep` says so.
        pub fn power_cut(&self, mut keep: impl FnMut() -> bool) {
            for content in self.0.lock().files.values_mut() {
                for (offset, data) in std::mem::take(&mut content.pending) {
                    for (index, sector) in data.chunks(512).enumerate() {
                        if keep() {
                            apply(&mut content.durable, offset + index as u64 * 512, sector);
                        }
                    }
                }
            }
        }

        /// Flips one bit of what is on the disk.
        pub fn flip_bit(&self, name: &str, offset: u64, bit: u8) {
            if let Some(byte) = self
                .0
                .lock()
                .files
                .get_mut(name)
                .and_then(|content| content.durable.get_mut(offset as usize))
            {
                *byte ^= 1 << (bit % 8);
            }
        }
    }

    impl Disk for SimDisk {
        fn list(&self) -> io::Result<Vec<String>> {
            Ok(self.0.lock().files.keys().cloned().collect())
        }

        fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn SegmentFile>> {
            let mut state = self.0.lock();
            let used: u64 = state.files.values().map(|c| c.durable.len() as u64).sum();
            if state.capacity.is_some_and(|capacity| used + size > capacity) {
                return Err(full());
            }
            if state.files.contains_key(name) {
                return Err(io::Error::from(io::ErrorKind::AlreadyExists));
            }
            let content = Content {
                durable: vec![0; size as usize],
                pending: Vec::new(),
            };
            state.files.insert(name.to_owned(), content);
            Ok(Arc::new(SimFile {
                disk: self.clone(),
                name: name.to_owned(),
            }))
        }

        fn open(&self, name: &str) -> io::Result<Arc<dyn SegmentFile>> {
            if !self.0.lock().files.contains_key(name) {
                return Err(io::Error::from(io::ErrorKind::NotFound));
            }
            Ok(Arc::new(SimFile {
                disk: self.clone(),
                name: name.to_owned(),
            }))
        }

        fn remove(&self, name: &str) -> io::Result<()> {
            let removed = self.0.lock().files.remove(name);
            removed
                .map(|_| ())
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        }
    }

    #[derive(Debug)]
    struct SimFile {
        disk: SimDisk,
        name: String,
    }

    impl SimFile {
        fn with<T>(&self, run: impl FnOnce(&mut Content) -> T) -> io::Result<T> {
            let mut state = self.disk.0.lock();
            state
                .files
                .get_mut(&self.name)
                .map(run)
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        }
    }

    impl SegmentFile for SimFile {
        fn size(&self) -> io::Result<u64> {
            self.with(|content| content.current().len() as u64)
        }

        fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
            self.with(|content| {
                let bytes = content.current();
                let from = bytes.get(offset as usize..).unwrap_or_default();
                let n = from.len().min(buf.len());
                buf[..n].copy_from_slice(&from[..n]);
                n
            })
        }

        fn write_all_at(&self, buf: &[u8], offset: u64) -> io::Result<()> {
            let (n, fails) = {
                let mut state = self.disk.0.lock();
                match &mut state.fail_write_after {
                    Some(left) if *left < buf.len() as u64 => (std::mem::take(left) as usize, true),
                    Some(left) => {
                        *left -= buf.len() as u64;
                        (buf.len(), false)
                    }
                    None => (buf.len(), false),
                }
            };
            self.with(|content| content.pending.push((offset, buf[..n].to_vec())))?;
            if fails { Err(full()) } else { Ok(()) }
        }

        fn sync(&self) -> io::Result<()> {
            if self.disk.0.lock().fail_syncs {
                return Err(io::Error::other("simulated sync failure"));
            }
            self.with(|content| {
                content.durable = content.current();
                content.pending.clear();
            })
        }

        fn truncate(&self, len: u64) -> io::Result<()> {
            self.with(|content| {
                content.durable = content.current();
                content.pending.clear();
                content.durable.truncate(len as usize);
            })
        }
    }
}
