//! Writing answers: to a terminal, a pipe or a file.

use anyhow::Context;
use serde::Serialize;
use std::{
    fs::File,
    io::{BufWriter, IsTerminal, Write},
    path::Path,
};

/// Standard output, buffered. A reader that hangs up is an error of kind `BrokenPipe`, not a panic.
pub fn stdout() -> BufWriter<std::io::StdoutLock<'static>> {
    BufWriter::new(std::io::stdout().lock())
}

/// The file at `path`, or standard output.
pub fn target(path: Option<&Path>) -> anyhow::Result<Box<dyn Write>> {
    Ok(match path {
        Some(path) => {
            let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(stdout()),
    })
}

/// Indented JSON and a line end on standard output.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut out = stdout();
    writeln!(out, "{}", serde_json::to_string_pretty(value)?)?;
    Ok(out.flush()?)
}

/// A sentence for the person watching, on standard error.
pub fn note(text: &str) {
    // With standard error closed there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A word in a colour that tells good from bad, on a terminal whose owner wants colours.
pub fn status(word: &str) -> String {
    let code = match word {
        "accepted" | "fresh" | "ready" => 32,
        "partial" | "late" | "duplicate" => 33,
        "rejected" | "silent" => 31,
        _ => return word.to_owned(),
    };
    if wants_colour() {
        format!("\u{1b}[{code}m{word}\u{1b}[0m")
    } else {
        word.to_owned()
    }
}

fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stdout().is_terminal()
}

/// Text of others, made harmless for a terminal: control characters would move the cursor or worse.
pub fn harmless(text: &str) -> String {
    let shown = |c: char| {
        if c.is_control() {
            c.escape_default().collect()
        } else {
            String::from(c)
        }
    };
    text.chars().map(shown).collect()
}

/// `text` cut to `most` characters, marked where it was cut.
pub fn short(text: &str, most: usize) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(most).collect();
    if chars.next().is_none() {
        start
    } else {
        format!("{}…", start.chars().take(most - 1).collect::<String>())
    }
}

/// A moment of the API without its fractions of a second, for a table.
pub fn moment(value: &serde_json::Value) -> String {
    let text = value.as_str().unwrap_or_default();
    chrono::DateTime::parse_from_rfc3339(text).map_or_else(
        |_| text.to_owned(),
        |t| t.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S").to_string(),
    )
}
