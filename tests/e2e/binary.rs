//! The program under test: found beside this test's own binary, and no older than its sources.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The program, in an environment without settings of ours.
pub fn program() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SMARTCENTER_") {
            command.env_remove(name);
        }
    }
    // A settings file in the working directory would be read.
    command.env("NO_COLOR", "1").current_dir(fixtures());
    command
}

/// The folder of fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The binary beside this test's own: `<target>/<profile>/smartcenter`.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(named) = std::env::var_os("SMARTCENTER_BIN") {
            return PathBuf::from(named);
        }
        let own = std::env::current_exe().unwrap();
        let profile = own.parent().and_then(Path::parent).unwrap();
        let binary = profile.join("smartcenter");
        assert!(
            binary.exists(),
            "{} is missing: `cargo test --workspace` builds it, or name one in SMARTCENTER_BIN",
            binary.display()
        );
        let newer = newer_sources(&binary);
        assert!(
            newer.is_empty(),
            "{} is older than {}: `cargo test --workspace` builds it anew, or name one in SMARTCENTER_BIN",
            binary.display(),
            newer.join(", ")
        );
        binary
    })
}

/// Sources, by Cargo's own list, that changed after the binary was built: it would be yesterday's hub that is tested.
fn newer_sources(binary: &Path) -> Vec<String> {
    let changed = |path: &Path| {
        path.metadata()
            .and_then(|m| m.modified())
            .unwrap_or(SystemTime::UNIX_EPOCH)
    };
    let built = changed(binary);
    let list = std::fs::read_to_string(binary.with_extension("d")).unwrap_or_default();
    let sources = list.split_once(": ").map_or("", |(_, sources)| sources);
    let escaped = sources.replace("\\ ", "\u{0}");
    let sources = escaped.split_whitespace().map(|path| path.replace('\u{0}', " "));
    sources
        .filter(|path| changed(Path::new(path)) > built)
        .take(3)
        .collect()
}
