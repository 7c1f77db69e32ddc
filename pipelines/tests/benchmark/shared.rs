//! Where the real files lie.

use std::path::{Path, PathBuf};

/// A file under the shared folder beside the checkout. Where it is absent a line says that the test is skipped; with
/// `SMARTCENTER_REQUIRE_SHARED=1` that is a failure.
pub fn shared(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("SMARTCENTER_SHARED").map_or(beside, PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    let is_required = std::env::var_os("SMARTCENTER_REQUIRE_SHARED").is_some_and(|value| value == "1");
    assert!(
        !is_required,
        "SMARTCENTER_REQUIRE_SHARED=1, and there is no {}",
        path.display()
    );
    println!("skipped: there is no {}", path.display());
    None
}
