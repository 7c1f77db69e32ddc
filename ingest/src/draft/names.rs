//! The names of a sample's columns, before there is a contract that knows them.

use super::{DraftRequest, MOST_BYTES, provisional, read};
use crate::{
    Error, Format, Result,
    decode::{MAX_CELLS, headers},
};
use smartcenter_warehouse::contract::fold;
use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

/// Rows of JSON whose keys are looked at: a key that comes first behind so many is told by the receipt of the push.
const JSON_ROWS: usize = 10_000;
/// Longest name of a column.
const LONGEST: usize = 63;

/// What the columns are called.
pub(super) struct Found {
    /// As the sample writes them, in its order.
    pub headers: Vec<String>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// The names of the sample's columns.
pub(super) fn of(request: &DraftRequest, payload: &[u8], scratch: &Path) -> Result<Found> {
    let all = match request.format {
        Format::Json | Format::Ndjson | Format::GeoJson => keys(request, payload, scratch)?,
        _ => headers(
            request.format,
            request.encoding,
            request.sheet.as_deref(),
            payload,
            MOST_BYTES,
        )?,
    };
    let mut notes = Vec::new();
    let mut seen = HashSet::new();
    let mut headers = Vec::new();
    for header in all {
        let header = header.trim().trim_start_matches('\u{feff}').to_owned();
        if header.is_empty() || header.starts_with('_') {
            continue;
        }
        if !seen.insert(fold(&header)) {
            return Err(Error::invalid(format!(
                "two columns of the sample are called {header:?} (case, blanks, - and _ do not count): rename one"
            )));
        }
        headers.push(header);
    }
    if headers.is_empty() {
        return Err(Error::invalid("no column of the sample has a name"));
    }
    if headers.len() > MAX_CELLS {
        return Err(Error::invalid(format!("the sample has more than {MAX_CELLS} columns")));
    }
    let months = headers.iter().filter(|header| is_month(header)).count();
    if months >= 3 {
        notes.push(format!(
            "{months} columns are months: such a table grows sideways. Better send one row per month, with a column \
             `bulan`"
        ));
    }
    Ok(Found { headers, notes })
}

/// The keys of JSON objects in the order in which they come.
fn keys(request: &DraftRequest, payload: &[u8], scratch: &Path) -> Result<Vec<String>> {
    // A contract that knows none of them: every row tells its own.
    let plan = provisional(&["\u{1}".to_owned()])?;
    let (mut keys, mut known, mut rows) = (Vec::new(), HashSet::new(), 0);
    read(request, &plan, payload, scratch, &mut |frame| {
        for row in 0..frame.rows() {
            for (key, _) in frame.sent(row) {
                if known.insert(key.clone()) {
                    keys.push(key);
                }
            }
            rows += 1;
        }
        rows < JSON_ROWS && keys.len() <= MAX_CELLS
    })?;
    Ok(keys)
}

fn is_month(header: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "mei", "jun", "jul", "ag", "sep", "okt", "nov", "des",
    ];
    let folded = fold(header);
    folded.len() <= 14 && MONTHS.iter().any(|month| folded.starts_with(month)) && !folded.starts_with("jumlah")
}

/// Plain SQL names for `headers`, no two alike.
pub(super) fn unique(headers: &[String]) -> Vec<String> {
    let mut used: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::with_capacity(headers.len());
    for (index, header) in headers.iter().enumerate() {
        let base = snake(header).unwrap_or_else(|| format!("kolom_{}", index + 1));
        let times = used.entry(base.clone()).or_insert(0);
        *times += 1;
        let name = if *times == 1 { base } else { format!("{base}_{times}") };
        used.entry(name.clone()).or_insert(1);
        names.push(name);
    }
    names
}

/// `Jml. Siswa (L)` as `jml_siswa_l`; none when nothing is left.
fn snake(header: &str) -> Option<String> {
    let mut name = String::new();
    let mut was_lower = false;
    for c in header.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && was_lower {
                name.push('_');
            }
            was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
            name.push(c.to_ascii_lowercase());
        } else {
            was_lower = false;
            if !name.ends_with('_') {
                name.push('_');
            }
        }
    }
    let name: String = name.trim_matches('_').chars().take(LONGEST - 4).collect();
    let name = name.trim_end_matches('_').to_owned();
    match name.chars().next() {
        None => None,
        Some(first) if first.is_ascii_digit() => Some(format!("kolom_{name}")),
        Some(_) => Some(name),
    }
}
