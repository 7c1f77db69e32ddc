//! Finds the models under `models/` and writes the visible list of them that `model::file` includes. Adding a model is
//! adding a file; nothing is collected at link time.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("models");
    let mut names = Vec::new();
    if root.is_dir() {
        for entry in fs::read_dir(&root)? {
            let path = entry?.path();
            let is_model = path.is_file() && path.extension().is_some_and(|extension| extension == "sql");
            names.extend(
                path.file_name()
                    .filter(|_| is_model)
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    let mut list = String::from("&[\n");
    for name in &names {
        // Relative to the package: a checkout may be moved, and several may share a target folder.
        list.push_str(&format!(
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))),\n",
            format!("/models/{name}")
        ));
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("embedded_models.rs");
    fs::write(out, list)?;
    println!("cargo::rerun-if-changed=models");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
