//! Sentences and what an Indonesian says instead. A sentence is known whole or not at all: a mixture helps nobody.

mod cells;
mod receipts;
mod records;
mod refusals;
mod workbooks;

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// A pattern of a whole sentence, and the same in Indonesian. `$1` is what the first group holds; `$list`, `$codes`,
/// `$forms`, `$rows` and `$meant` what the groups of these names hold, themselves told in Indonesian.
type Sentence = (&'static str, &'static str);

/// All tables. Those with patterns that begin with anything come last.
const TABLES: [&[Sentence]; 5] = [
    receipts::SENTENCES,
    records::SENTENCES,
    refusals::SENTENCES,
    workbooks::SENTENCES,
    cells::SENTENCES,
];

static KNOWN: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let known = TABLES.into_iter().flatten().filter_map(|(english, indonesian)| {
        let whole = Regex::new(&format!("(?s)^(?:{english})$")).ok()?;
        Some((whole, *indonesian))
    });
    known.collect()
});

/// A sentence in Indonesian, where it is known.
pub(super) fn indonesian(english: &str) -> Option<String> {
    if let Some(said) = whole(english) {
        return Some(said);
    }
    // What was expected, and what the sender may have meant.
    if let Some((expected, meant)) = english.split_once(" was expected: ") {
        return Some(format!(
            "{}: {}",
            whole(&format!("{expected} was expected"))?,
            whole(meant)?
        ));
    }
    of_rule(english.strip_prefix("rule ")?)
}

/// A rule that only warns, or that condemns all rows. What it says may be the contract's own words, which are kept.
fn of_rule(english: &str) -> Option<String> {
    let (rule, message) = english.split_once(": ")?;
    let named = |rule: &str| rule.replacen(" of column ", " pada kolom ", 1);
    let told = |message: &str| whole(message).unwrap_or_else(|| message.to_owned());
    if let Some(rule) = rule.strip_suffix(" rejects the whole batch") {
        let rule = named(rule);
        return Some(format!("aturan {rule} menolak seluruh kiriman: {}", told(message)));
    }
    let (rows, message) = message.split_once(" rows, the first on line ")?;
    let (line, message) = message.split_once(": ")?;
    let (rule, message) = (named(rule), told(message));
    Some(format!(
        "aturan {rule}: {rows} baris, yang pertama baris {line}: {message}"
    ))
}

fn whole(english: &str) -> Option<String> {
    KNOWN.iter().find_map(|(sentence, indonesian)| {
        let found = sentence.captures(english)?;
        fill(indonesian, &found)
    })
}

/// Puts what was found into its places; nothing where one of them needs a sentence that is not known.
fn fill(indonesian: &str, found: &Captures<'_>) -> Option<String> {
    let mut parts = indonesian.split('$');
    let mut said = parts.next()?.to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let text = match name.parse() {
            Ok(number) => found.get(number),
            Err(_) => found.name(name),
        };
        let text = text.map_or("", |found| found.as_str());
        match name {
            "list" => said.push_str(&list(text)),
            "codes" => said.push_str(&list(text).replace(" in ", " di ")),
            "forms" => said.push_str(&text.replace(" or ", " atau ")),
            "rows" => said.push_str(&rows(text)),
            "meant" => said.push_str(&self::indonesian(text)?),
            _ => said.push_str(text),
        }
        said.push_str(rest);
    }
    Some(said)
}

/// `a, b and 3 more`.
fn list(english: &str) -> String {
    let more = english
        .strip_suffix(" more")
        .and_then(|rest| rest.rsplit_once(" and "))
        .filter(|(_, count)| count.bytes().all(|byte| byte.is_ascii_digit()));
    more.map_or_else(
        || english.to_owned(),
        |(shown, count)| format!("{shown}, dan {count} lagi"),
    )
}

/// `3, 7 to 9 and more, 120 in all`.
fn rows(english: &str) -> String {
    let (shown, all) = english.split_once(" and more, ").unwrap_or((english, ""));
    let shown = shown.replace(" to ", " sampai ");
    all.strip_suffix(" in all").map_or_else(
        || shown.clone(),
        |count| format!("{shown} dan lainnya, semuanya {count}"),
    )
}

/// All sentences are patterns.
#[cfg(test)]
pub(super) fn are_patterns() -> bool {
    KNOWN.len() == TABLES.iter().map(|table| table.len()).sum::<usize>()
}
