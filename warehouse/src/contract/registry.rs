//! All contracts at one moment. A registry never changes: activating a contract makes a new one, which its keeper
//! swaps in, so that a request sees one state from its first row to its last.

use super::{Check, Column, Contract, ContractFault, Layer, Origin, lint};
use crate::DatasetId;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

/// File name below `contracts/` and its text, listed at build time by `build.rs`.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded_contracts.rs"));

/// Folders below a contract folder that are looked into; deeper ones are somebody else's.
const FOLDER_DEPTH: usize = 8;

/// An immutable snapshot of the contracts: for each dataset one active major, and the older ones, which stay
/// readable as `<dataset>_v<major>`.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    datasets: BTreeMap<DatasetId, Majors>,
}

/// The majors of a dataset; the greatest is the active one.
type Majors = BTreeMap<u64, Entry>;

#[derive(Debug, Clone)]
struct Entry {
    contract: Arc<Contract>,
    file: Arc<str>,
}

impl Registry {
    /// The contracts shipped in the binary.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn embedded() -> Result<Self, Vec<ContractFault>> {
        Self::load(&[], &[])
    }

    /// Embedded contracts, then those of the site's folders, then those put through the API (their texts, in the
    /// order of activation): of one dataset, a later layer wins. A folder that does not exist is empty.
    ///
    /// # Errors
    /// Every fault of every file, including two files of one layer for the same dataset and major.
    pub fn load(dirs: &[PathBuf], api: &[String]) -> Result<Self, Vec<ContractFault>> {
        let (registry, faults) = Self::gather(dirs, api);
        if faults.is_empty() { Ok(registry) } else { Err(faults) }
    }

    /// As [`Registry::load`], but files with faults are left out, and told of, instead of keeping everything else
    /// from loading.
    pub fn gather(dirs: &[PathBuf], api: &[String]) -> (Self, Vec<ContractFault>) {
        let mut faults = Vec::new();
        let mut registry = Self::default();
        let embedded = EMBEDDED
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        registry.add_layer(embedded, Origin::Embedded, &mut faults);
        let site = site_files(dirs, &mut faults);
        registry.add_layer(site, Origin::Site, &mut faults);
        for (index, text) in api.iter().enumerate() {
            let file = format!("api#{}", index + 1);
            match parse_stored(text, &file) {
                Ok(contract) => match registry.stranger(&contract) {
                    None => registry.activate(contract.into(), &file),
                    Some(why) => faults.push(ContractFault {
                        file,
                        line: 1,
                        path: "schema".to_owned(),
                        message: why,
                    }),
                },
                Err(found) => faults.extend(found),
            }
        }
        (registry, faults)
    }

    /// The active contract of `name`, or the older one that `<dataset>_v<major>` names.
    pub fn get(&self, name: &str) -> Option<&Arc<Contract>> {
        if let Some((_, entry)) = self.datasets.get(name).and_then(|majors| majors.last_key_value()) {
            return Some(&entry.contract);
        }
        let (dataset, major) = name.rsplit_once("_v")?;
        let majors = self.datasets.get(dataset)?;
        let major: u64 = major.parse().ok()?;
        // The active major has one name only.
        majors
            .get(&major)
            .filter(|_| majors.last_key_value().is_some_and(|(active, _)| *active != major))
            .map(|e| &e.contract)
    }

    /// The contract of `dataset` at one major.
    pub fn get_major(&self, dataset: &str, major: u64) -> Option<&Arc<Contract>> {
        self.datasets.get(dataset)?.get(&major).map(|entry| &entry.contract)
    }

    /// The active contracts, by dataset.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Contract>> {
        self.datasets
            .values()
            .filter_map(|majors| majors.last_key_value())
            .map(|(_, entry)| &entry.contract)
    }

    /// Every contract, older majors included.
    pub fn iter_all(&self) -> impl Iterator<Item = &Arc<Contract>> {
        self.datasets
            .values()
            .flat_map(|majors| majors.values())
            .map(|entry| &entry.contract)
    }

    /// Every readable contract with its SQL name: `<dataset>` for the active major, `<dataset>_v<major>` for others.
    pub fn readable(&self) -> impl Iterator<Item = (String, &Arc<Contract>)> {
        self.datasets.iter().flat_map(|(dataset, majors)| {
            let active = majors.last_key_value().map(|(major, _)| *major);
            majors.iter().map(move |(major, entry)| {
                let name = if Some(*major) == active {
                    dataset.to_string()
                } else {
                    format!("{dataset}_v{major}")
                };
                (name, &entry.contract)
            })
        })
    }

    /// Number of datasets.
    pub fn len(&self) -> usize {
        self.datasets.len()
    }

    /// True when there is no dataset.
    pub fn is_empty(&self) -> bool {
        self.datasets.is_empty()
    }

    /// This registry with `contract` active for its dataset. Older majors stay readable; greater ones, which an
    /// earlier layer may have brought, go.
    #[must_use]
    pub fn with(&self, contract: impl Into<Arc<Contract>>) -> Self {
        let contract = contract.into();
        let mut next = self.clone();
        let file = contract.dataset.to_string();
        next.activate(contract, &file);
        next
    }

    /// References to datasets or columns that no contract has. References are soft, so this keeps nothing from
    /// loading; `smartcenter check` shows it.
    pub fn dangling(&self) -> Vec<ContractFault> {
        let entries = self.datasets.values().flat_map(|majors| majors.values());
        let mut faults = Vec::new();
        for Entry { contract, file } in entries {
            for column in &contract.columns {
                for (dataset, target) in targets(column) {
                    let why = match self.get(dataset.as_str()) {
                        None => format!("dataset `{dataset}`, which no contract describes"),
                        Some(other) if other.column(target).is_none() => {
                            format!("column `{target}` of `{dataset}`, which that dataset does not have")
                        }
                        Some(_) => continue,
                    };
                    let fault = ContractFault {
                        file: file.to_string(),
                        line: lint::line_of(&contract.text, &column.name),
                        path: format!("schema[{}].properties[{}]", contract.dataset, column.name),
                        message: format!("column `{}` refers to {why}", column.name),
                    };
                    // Several columns of one list that is not there are one fault.
                    if faults.last() != Some(&fault) {
                        faults.push(fault);
                    }
                }
            }
        }
        faults
    }

    /// Why `contract` may not take its name: a dataset of the other layer has it. Names of datasets and of models are of
    /// one kind, since both become tables of the lake.
    pub fn stranger(&self, contract: &Contract) -> Option<String> {
        let majors = self.datasets.get(&contract.dataset)?;
        let held = majors.values().find(|entry| entry.contract.layer != contract.layer)?;
        let (of, what) = match held.contract.layer {
            Layer::Data => ("a dataset that is sent", "the model"),
            Layer::Mart => ("a model", "the dataset"),
        };
        Some(format!(
            "`{}` is the name of {of} already: give {what} another name",
            contract.dataset
        ))
    }

    fn activate(&mut self, contract: Arc<Contract>, file: &str) {
        let majors = self.datasets.entry(contract.dataset.clone()).or_default();
        let major = contract.version.major;
        majors.retain(|held, _| *held <= major);
        majors.insert(
            major,
            Entry {
                contract,
                file: file.into(),
            },
        );
    }

    /// Adds the files of one layer, in the order of their versions.
    fn add_layer(&mut self, files: Vec<(String, String)>, origin: Origin, faults: &mut Vec<ContractFault>) {
        let mut layer: BTreeMap<(DatasetId, u64), (Contract, String)> = BTreeMap::new();
        for (file, text) in files {
            match lint::parse(&text, origin, &file) {
                Ok(contract) => {
                    let key = (contract.dataset.clone(), contract.version.major);
                    if let Some((held, first)) = layer.get(&key) {
                        faults.push(ContractFault {
                            file,
                            line: 1,
                            path: "schema".to_owned(),
                            message: format!(
                                "dataset `{}` version {} is described by {first} as well",
                                held.dataset, key.1
                            ),
                        });
                    } else {
                        layer.insert(key, (contract, file));
                    }
                }
                Err(found) => faults.extend(found),
            }
        }
        for (contract, file) in layer.into_values() {
            self.activate(contract.into(), &file);
        }
    }
}

/// A contract that the control store kept: put through the API, or written by the hub for a model.
fn parse_stored(text: &str, file: &str) -> Result<Contract, Vec<ContractFault>> {
    let mut contract = lint::parse(text, Origin::Derived, file)?;
    if contract.layer == Layer::Data {
        contract.origin = Origin::Api;
    }
    Ok(contract)
}

/// Columns of other datasets that a column leans on: its references, and the code list it is looked up in.
fn targets(column: &Column) -> Vec<(&DatasetId, &str)> {
    let mut found = Vec::new();
    for rule in &column.rules {
        if let Check::Reference { dataset, column } = &rule.check {
            found.push((dataset, column.as_str()));
        }
    }
    if let Some(resolve) = &column.reading.resolve {
        found.extend(resolve.columns().map(|target| (&resolve.dataset, target)));
        let valid = resolve.valid.iter().flat_map(|(from, to)| [from, to]);
        found.extend(valid.map(|target| (&resolve.dataset, target.as_str())));
    }
    found
}

/// All faults of the embedded contracts and of those in `dirs`, and references that lead nowhere.
pub fn check(dirs: &[PathBuf]) -> Vec<ContractFault> {
    let (registry, mut faults) = Registry::gather(dirs, &[]);
    // While files are missing from the registry, references to them prove nothing.
    if faults.is_empty() {
        faults = registry.dangling();
    }
    faults
}

/// A number that changes when a contract file under `dirs` is added, removed or written. Cost: one `stat` per file;
/// meant for polling.
pub fn fingerprint(dirs: &[PathBuf]) -> u64 {
    let mut files = Vec::new();
    for dir in dirs {
        // What cannot be read now is a fault when it is loaded, and a change when it can be read again.
        let _ = walk(dir, 0, &mut files);
    }
    files.sort();
    let mut state = Vec::new();
    for file in files {
        state.extend_from_slice(file.as_os_str().as_encoded_bytes());
        state.push(0);
        if let Ok(meta) = fs::metadata(&file) {
            let age = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            state.extend_from_slice(&age.map_or(0, |age| age.as_nanos()).to_le_bytes());
            state.extend_from_slice(&meta.len().to_le_bytes());
        }
    }
    xxhash_rust::xxh3::xxh3_64(&state)
}

fn site_files(dirs: &[PathBuf], faults: &mut Vec<ContractFault>) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    let mut unreadable = |path: &Path, e: &std::io::Error| {
        faults.push(ContractFault {
            file: path.display().to_string(),
            line: 1,
            path: String::new(),
            message: format!("cannot be read: {e}"),
        });
    };
    for dir in dirs {
        if let Err(e) = walk(dir, 0, &mut paths) {
            unreadable(dir, &e);
        }
    }
    paths.sort();
    // One folder may be named twice, as `<data>/contracts` and by a flag.
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        match fs::read_to_string(&path) {
            Ok(text) => files.push((path.display().to_string(), text)),
            Err(e) => unreadable(&path, &e),
        }
    }
    files
}

fn walk(dir: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && depth == 0 => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if hidden {
            continue;
        }
        if path.is_dir() {
            if depth < FOLDER_DEPTH {
                walk(&path, depth + 1, files)?;
            }
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            files.push(path);
        }
    }
    Ok(())
}
