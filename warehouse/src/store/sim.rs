//! A disk that forgets: it remembers what files and folders held when they were synced, and builds the folder anew as
//! a power cut would have left it.

use super::DiskSync;
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashMap},
    ffi::OsString,
    fs::{self, File},
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
};

/// Which calls come to nothing, although they say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deaf {
    No,
    Files,
    Folders,
}

/// Which names a power cut leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Those that were synced.
    Synced,
    /// All of that moment: a disk may write what it was not asked to. Contents are still those that were synced.
    All,
}

/// Keeps the record of one folder and what is below it.
#[derive(Debug)]
pub(crate) struct ForgetfulDisk {
    root: PathBuf,
    deaf: Deaf,
    record: Mutex<Record>,
}

#[derive(Debug, Default)]
struct Record {
    syncs: Vec<Sync>,
    /// Synced files stay open, so that their inode numbers are not given to others.
    held: Vec<File>,
}

#[derive(Debug)]
struct Sync {
    what: What,
    /// The whole tree at the time of the call.
    names: Folder,
}

#[derive(Debug)]
enum What {
    File(u64, Vec<u8>),
    Folder(u64, Folder),
}

type Folder = BTreeMap<OsString, Node>;

#[derive(Debug, Clone)]
struct Node {
    inode: u64,
    /// `None` for a file.
    folder: Option<Folder>,
}

impl ForgetfulDisk {
    /// Over `root`, which must exist and is durable itself.
    pub fn new(root: &Path, deaf: Deaf) -> io::Result<Self> {
        Ok(Self {
            root: root.canonicalize()?,
            deaf,
            record: Mutex::default(),
        })
    }

    /// Syncs so far. A power cut at `moment` loses the sync of that number and all later ones.
    pub fn moments(&self) -> usize {
        self.record.lock().syncs.len()
    }

    /// Builds in `target` what a power cut at `moment` leaves.
    pub fn after_power_cut(&self, moment: usize, names: Names, target: &Path) -> io::Result<()> {
        let record = self.record.lock();
        let (mut files, mut folders) = (HashMap::new(), HashMap::new());
        for sync in &record.syncs[..moment] {
            match &sync.what {
                What::File(inode, content) => drop(files.insert(*inode, content)),
                What::Folder(inode, entries) => drop(folders.insert(*inode, entries)),
            }
        }
        let now;
        let tree = match (names, record.syncs.get(moment)) {
            (Names::Synced, _) => {
                now = recall(fs::metadata(&self.root)?.ino(), &folders);
                &now
            }
            (Names::All, Some(sync)) => &sync.names,
            (Names::All, None) => {
                now = walk(&self.root, true)?;
                &now
            }
        };
        build(tree, &files, target)
    }

    fn note(&self, what: What) -> io::Result<()> {
        let mut record = self.record.lock();
        let names = walk(&self.root, true)?;
        record.syncs.push(Sync { what, names });
        Ok(())
    }
}

impl DiskSync for ForgetfulDisk {
    fn file(&self, file: &File) -> io::Result<()> {
        if self.deaf == Deaf::Files {
            return Ok(());
        }
        let metadata = file.metadata()?;
        let mut content = vec![0; metadata.len() as usize];
        file.read_exact_at(&mut content, 0)?;
        self.record.lock().held.push(file.try_clone()?);
        self.note(What::File(metadata.ino(), content))
    }

    fn folder(&self, folder: &Path) -> io::Result<()> {
        let folder = folder.canonicalize()?;
        if self.deaf == Deaf::Folders || !folder.starts_with(&self.root) {
            return Ok(());
        }
        let inode = fs::metadata(&folder)?.ino();
        self.note(What::Folder(inode, walk(&folder, false)?))
    }
}

/// What is in `folder`; of folders in it only the name, unless `deep`.
fn walk(folder: &Path, deep: bool) -> io::Result<Folder> {
    let mut found = Folder::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Staging files come and go.
        let Ok(metadata) = entry.metadata() else { continue };
        let below = match (metadata.is_dir(), deep) {
            (true, true) => Some(walk(&entry.path(), true)?),
            (true, false) => Some(Folder::new()),
            (false, _) => None,
        };
        let node = Node {
            inode: metadata.ino(),
            folder: below,
        };
        found.insert(entry.file_name(), node);
    }
    Ok(found)
}

/// The tree of names that were synced, from the folder `inode` down.
fn recall(inode: u64, folders: &HashMap<u64, &Folder>) -> Folder {
    let mut tree = folders
        .get(&inode)
        .map(|entries| (*entries).clone())
        .unwrap_or_default();
    for node in tree.values_mut() {
        if node.folder.is_some() {
            node.folder = Some(recall(node.inode, folders));
        }
    }
    tree
}

/// A file that was never synced is empty.
fn build(tree: &Folder, files: &HashMap<u64, &Vec<u8>>, target: &Path) -> io::Result<()> {
    fs::create_dir_all(target)?;
    for (name, node) in tree {
        let path = target.join(name);
        match &node.folder {
            Some(folder) => build(folder, files, &path)?,
            None => fs::write(path, files.get(&node.inode).map_or(&[][..], |content| content))?,
        }
    }
    Ok(())
}
