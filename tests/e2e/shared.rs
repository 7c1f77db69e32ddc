//! The real public files, which lie beside the checkout and are not part of it.

use std::path::{Path, PathBuf};

/// The file called `name` of the shared real data. Where the folder is absent a line says that the test is skipped;
/// with `SMARTCENTER_REQUIRE_SHARED=1` that is a failure.
pub fn real(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data/real")
        .join(name);
    if path.is_file() {
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
