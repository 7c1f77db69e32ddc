//! The briefing for printing: A4, made in this process, with its fonts, tagged for screen readers.

mod cards;
mod file;
mod font;
mod parts;
mod sheet;
mod spark;
mod style;
mod table;

use super::{form::Report, words::Lang};
use sha2::{Digest, Sha256};
use sheet::Sheet;
use smartcenter_warehouse::{Error, Result};

/// The pages of a report. The same report gives the same bytes.
///
/// # Errors
/// A font that cannot be read, which a test rules out.
pub fn render(report: &Report, lang: Lang) -> Result<Vec<u8>> {
    let mut sheet = Sheet::new()?;
    parts::all(&mut sheet, report, lang);
    let text = serde_json::to_vec(report).map_err(|error| Error::internal("a report cannot be written", error))?;
    let hash = Sha256::new().chain_update(lang.code()).chain_update(text).finalize();
    let mut digest = [0; 16];
    digest.iter_mut().zip(hash).for_each(|(own, byte)| *own = byte);
    let title = parts::title(report, lang);
    file::write(
        &mut sheet,
        &file::About {
            title: &title,
            lang: lang.code(),
            made_at: report.made_at,
            digest,
        },
    )
}
