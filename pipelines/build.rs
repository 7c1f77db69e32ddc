//! Finds the models under `models/` and the indicators under `indicators/`, and writes the visible lists of them that
//! `model::file` includes. Adding one is adding a file; nothing is collected at link time.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for folder in ["models", "indicators"] {
        fs::write(out.join(format!("embedded_{folder}.rs")), list(&package, folder)?)?;
        println!("cargo::rerun-if-changed={folder}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// The SQL files of a folder of the package, as source text: name and content.
fn list(package: &Path, folder: &str) -> io::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(package.join(folder))? {
        let path = entry?.path();
        let is_sql = path.is_file() && path.extension().is_some_and(|extension| extension == "sql");
        let name = path.file_name().filter(|_| is_sql);
        names.extend(name.map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    let mut list = String::from("&[\n");
    for name in &names {
        // Relative to the package: a checkout may be moved, and several may share a target folder.
        list.push_str(&format!(
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))),\n",
            format!("/{folder}/{name}")
        ));
    }
    list.push_str("]\n");
    Ok(list)
}
