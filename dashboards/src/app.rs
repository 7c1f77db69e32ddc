//! The built application under `/app/`.

use crate::{Asset, CSS, HTML, SCRIPT, tag};
use std::{collections::BTreeMap, sync::LazyLock};

/// Path below `/app/` and bytes of every built file; empty where the application was not built.
const BUILT: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/app.rs"));
const INDEX: &str = "index.html";
/// Says how to build it.
const NOT_BUILT: &[u8] = include_bytes!("../assets/belum-dibangun.html");

static FILES: LazyLock<BTreeMap<&'static str, (&'static [u8], String)>> = LazyLock::new(|| {
    BUILT
        .iter()
        .map(|(path, bytes)| (*path, (*bytes, tag(bytes))))
        .collect()
});
static NOT_BUILT_TAG: LazyLock<String> = LazyLock::new(|| tag(NOT_BUILT));

/// What there is at an address of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The page itself. The application reads the address, so it stands at all of its addresses.
    Page(Asset),
    /// A file whose name changes with its bytes: it may be kept for good.
    Fixed(Asset),
    /// Any other file.
    File(Asset),
    /// The page that says how to build the application: this hub was built without it.
    NotBuilt(Asset),
}

/// What there is at `path` below `/app/`. None where a file is asked for that does not exist.
pub fn app(path: &str) -> Option<Part> {
    if let Some(asset) = file(path).filter(|_| path != INDEX) {
        return Some(match path.starts_with("assets/") {
            true => Part::Fixed(asset),
            false => Part::File(asset),
        });
    }
    // Pages have no dot in their last word; a file that is missing must not be answered with a page.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return None;
    }
    let missing = || {
        Part::NotBuilt(Asset {
            content_type: HTML,
            bytes: NOT_BUILT,
            etag: &NOT_BUILT_TAG,
        })
    };
    Some(file(INDEX).map_or_else(missing, Part::Page))
}

fn file(path: &str) -> Option<Asset> {
    let (bytes, etag) = FILES.get(path)?;
    Some(Asset {
        content_type: content_type(path),
        bytes,
        etag,
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => HTML,
        Some("css") => CSS,
        Some("js") => SCRIPT,
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
