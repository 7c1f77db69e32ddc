//! Keys of the demo. A hub never keeps keys in clear; the demo does, in its own folder, for the owner only, so that a
//! second start can print them again. Its people and numbers are made up.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    InstitutionId, Kind, Warehouse,
    control::{Keys, NewKey},
    policy::Role,
};
use std::{
    collections::BTreeMap,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Keys by what they are for.
#[derive(Debug, Default)]
pub struct DemoKeys {
    saved: Saved,
    /// Owner institution by dataset.
    owners: BTreeMap<String, String>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Saved {
    admin: String,
    walidata: String,
    analis: String,
    pimpinan: String,
    /// By institution.
    opd: BTreeMap<String, String>,
}

impl std::fmt::Debug for Saved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Saved")
            .field("opd", &self.opd.keys())
            .finish_non_exhaustive()
    }
}

impl DemoKeys {
    /// The keys of an earlier start that still open the hub, and new ones for the rest.
    pub fn of(warehouse: &Warehouse) -> anyhow::Result<Self> {
        let path = file(&warehouse.settings().data);
        let mut saved: Saved = std::fs::read(&path)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        let registry = warehouse.contracts();
        let owners: BTreeMap<_, _> = registry
            .iter()
            .map(|contract| (contract.dataset.to_string(), contract.owner.clone()))
            .collect();
        let (keys, now) = (warehouse.control().keys(), warehouse.clock().now());
        let opens = |key: &str| keys.authenticate(key, now).is_some();
        for (key, role) in [
            (&mut saved.admin, Role::Admin),
            (&mut saved.walidata, Role::Walidata),
            (&mut saved.analis, Role::Analis),
            (&mut saved.pimpinan, Role::Pimpinan),
        ] {
            if !opens(key) {
                *key = make(keys, role, None)?;
            }
        }
        for owner in owners.values() {
            let key = saved.opd.entry(owner.to_string()).or_default();
            if !opens(key) {
                *key = make(keys, Role::Opd, Some(owner))?;
            }
        }
        save(&path, &saved).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self {
            saved,
            owners: owners
                .into_iter()
                .map(|(dataset, owner)| (dataset, owner.to_string()))
                .collect(),
        })
    }

    /// The analyst's key.
    pub fn analyst(&self) -> &str {
        &self.saved.analis
    }

    /// The key for the boards.
    pub fn leader(&self) -> &str {
        &self.saved.pimpinan
    }

    /// Every key with a name for people.
    pub fn shown(&self) -> impl Iterator<Item = (String, &str)> {
        let Saved {
            admin,
            walidata,
            analis,
            pimpinan,
            opd,
        } = &self.saved;
        let own = [
            ("pimpinan", pimpinan),
            ("admin", admin),
            ("walidata", walidata),
            ("analis", analis),
        ];
        own.map(|(name, key)| (name.to_owned(), key.as_str()))
            .into_iter()
            .chain(opd.iter().map(|(owner, key)| (format!("opd ({owner})"), key.as_str())))
    }

    /// Questions as the analyst, each dataset as its owner.
    pub fn for_simulator(&self) -> smartcenter_simulator::Keys {
        let all = smartcenter_simulator::Keys::one(self.analyst());
        self.owners
            .iter()
            .fold(all, |keys, (dataset, owner)| match self.saved.opd.get(owner) {
                Some(key) => keys.with(dataset, key),
                None => keys,
            })
    }
}

fn file(data: &Path) -> PathBuf {
    data.join("run").join("demo-keys.json")
}

/// A name is never given out twice, so a folder whose key file was lost gets numbered ones.
fn make(keys: &Keys, role: Role, institution: Option<&InstitutionId>) -> anyhow::Result<String> {
    let base = institution.map_or_else(|| format!("demo-{}", role.as_str()), |owner| format!("demo-{owner}"));
    for number in 1.. {
        let name = if number == 1 {
            base.clone()
        } else {
            format!("{base}-{number}")
        };
        let new = NewKey {
            name: name.parse()?,
            role,
            institution: institution.cloned(),
            regions: Vec::new(),
            scopes: Vec::new(),
            expires_at: None,
        };
        match keys.create(new) {
            Ok((_, key)) => return Ok(key),
            Err(error) if error.kind() == Kind::Conflict => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(anyhow::anyhow!("no name is left for a demo key"))
}

fn save(path: &Path, saved: &Saved) -> std::io::Result<()> {
    let fresh = path.with_extension("json.new");
    let _ = std::fs::remove_file(&fresh);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)?;
    file.write_all(&serde_json::to_vec_pretty(saved)?)?;
    std::fs::rename(fresh, path)
}
