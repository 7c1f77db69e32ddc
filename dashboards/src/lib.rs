//! Pages for people, embedded in the binary: plain HTML, CSS and JavaScript without a build step, and the application
//! under `web/` (Svelte), built by `npm run build` before cargo.
//!
//! A page holds no data and no secrets; it asks the same public doors as everybody else, with the reader's session.
//! Invariant: a page loads nothing from another host and has no inline script or style, so the strictest content
//! security policy (`default-src 'none'` with `'self'` for scripts, styles, images and connections) fits it.

mod app;
#[cfg(test)]
mod tests;

pub use app::{Part, app};

use std::sync::LazyLock;

/// A file of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Media type, with charset where it is text.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: &'static [u8],
    /// Strong entity tag, quotes included; changes when the bytes do.
    pub etag: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The entry of a file under `assets/`.
macro_rules! file {
    ($kind:expr, $name:literal) => {
        (
            concat!("assets/", $name),
            $kind,
            include_bytes!(concat!("../assets/", $name)),
        )
    };
}

/// Path, media type and bytes of every file. A new page or file is one line here.
const FILES: [(&str, &str, &[u8]); 19] = [
    ("", HTML, include_bytes!("../assets/index.html")),
    ("kirim-data", HTML, include_bytes!("../assets/kirim-data.html")),
    file!(CSS, "common.css"),
    file!(CSS, "data-masuk.css"),
    file!(CSS, "kirim-data.css"),
    file!(SCRIPT, "common.js"),
    file!(SCRIPT, "data-masuk.js"),
    file!(SCRIPT, "datasets.js"),
    file!(SCRIPT, "feeds.js"),
    file!(SCRIPT, "groups.js"),
    file!(SCRIPT, "kirim-data.js"),
    file!(SCRIPT, "late.js"),
    file!(SCRIPT, "outcome.js"),
    file!(SCRIPT, "past.js"),
    file!(SCRIPT, "receipts.js"),
    file!(SCRIPT, "rejects.js"),
    file!(SCRIPT, "upload.js"),
    file!("application/json", "texts.json"),
    file!("image/svg+xml", "icon.svg"),
];

static TAGS: LazyLock<[String; FILES.len()]> = LazyLock::new(|| FILES.map(|(_, _, bytes)| tag(bytes)));

/// The file at `path`, with or without the leading `/`; the empty path is the page "Data masuk", `kirim-data` the page
/// "Kirim data". None when there is no such file.
pub fn asset(path: &str) -> Option<Asset> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let index = FILES.iter().position(|(name, _, _)| *name == path)?;
    let (_, content_type, bytes) = FILES[index];
    Some(Asset {
        content_type,
        bytes,
        etag: &TAGS[index],
    })
}

/// FNV-1a over the bytes: this only tells versions of our own files apart.
fn tag(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("\"{hash:016x}\"")
}
