//! A reader of the lake that shares no code with the hub: Python's `deltalake` finds the files of a table, DuckDB
//! answers SQL over them.

use crate::bucket::Bucket;
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Answers `sql` over the Delta table in `table`, which it calls `t`; the rows as JSON objects.
pub fn read(table: &Path, sql: &str) -> Vec<Value> {
    run_script(Command::new(python()), table.as_os_str(), sql)
}

/// The same over a table in a bucket.
pub fn read_from(bucket: &Bucket, table: &str, sql: &str) -> Vec<Value> {
    let mut python = Command::new(python());
    python.envs(bucket.environment());
    run_script(python, format!("{}/{table}", bucket.lake()).as_ref(), sql)
}

fn run_script(mut python: Command, table: &OsStr, sql: &str) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/lake_reader.py");
    let output = python.arg(script).arg(table).arg(sql).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the independent reader failed: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Python with the packages of `requirements.txt`, in a virtual environment under the cache folder that is made
/// where it is missing.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        if let Some(named) = std::env::var_os("SMARTCENTER_PYTHON") {
            return PathBuf::from(named);
        }
        let home = || PathBuf::from(std::env::var_os("HOME").expect("HOME is set")).join(".cache/smartcenter");
        let cache = std::env::var_os("SMARTCENTER_CACHE").map_or_else(home, PathBuf::from);
        std::fs::create_dir_all(&cache).unwrap();
        let (venv, stamp) = (cache.join("venv"), cache.join("venv/.requirements"));
        let python = venv.join("bin/python");
        let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.txt");
        // Tests run in several processes at a time.
        let lock = File::create(cache.join("venv.lock")).unwrap();
        lock.lock().unwrap();
        let is_ready = std::fs::read(&stamp).ok() == std::fs::read(&wanted).ok() && python.exists();
        if !is_ready {
            run(Command::new("python3").args(["-m", "venv"]).arg(&venv));
            let pip = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ];
            run(Command::new(&python).args(pip).arg(&wanted));
            std::fs::copy(&wanted, &stamp).unwrap();
        }
        python
    })
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(
        status.success(),
        "{command:?} failed: the independent reader needs Python with venv, and these packages"
    );
}
