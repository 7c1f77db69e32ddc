//! Corrections as people write them on the command line and in files.

use anyhow::{Context, anyhow, bail};
use saphyr::{LoadableYamlNode, Yaml};
use smartcenter_ingest::FixRule;
use std::path::Path;

/// `KOLOM:FROM=TO`, `KOLOM:/PATTERN/=TO`, or `KOLOM:=VALUE`.
pub(super) fn read(text: &str) -> Result<FixRule, String> {
    let shape = "it is not of the form KOLOM:FROM=TO, KOLOM:/PATTERN/=TO or KOLOM:=VALUE";
    let (column, rest) = text.split_once(':').ok_or(shape)?;
    let rule = FixRule {
        column: column.trim().to_owned(),
        ..FixRule::default()
    };
    // A pattern may hold the sign of equality, so its end is looked for first.
    if let Some((pattern, to)) = rest.strip_prefix('/').and_then(|rest| rest.rsplit_once("/=")) {
        return Ok(FixRule {
            pattern: Some(pattern.to_owned()),
            to: Some(to.to_owned()),
            ..rule
        });
    }
    let (from, to) = rest.split_once('=').ok_or(shape)?;
    Ok(if from.trim().is_empty() {
        FixRule {
            missing: Some(to.to_owned()),
            ..rule
        }
    } else {
        FixRule {
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
            ..rule
        }
    })
}

/// A YAML (or JSON) file with a list of rules.
pub(super) fn file(path: &Path) -> anyhow::Result<Vec<FixRule>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    parse(&text).with_context(|| format!("{} is not a list of corrections", path.display()))
}

fn parse(text: &str) -> anyhow::Result<Vec<FixRule>> {
    let documents = Yaml::load_from_str(text)?;
    let [document] = documents.as_slice() else {
        bail!("one document was expected");
    };
    let list = document.as_vec().ok_or_else(|| anyhow!("a list was expected"))?;
    list.iter()
        .enumerate()
        .map(|(index, rule)| one(rule).with_context(|| format!("rule {}", index + 1)))
        .collect()
}

fn one(rule: &Yaml<'_>) -> anyhow::Result<FixRule> {
    let map = rule
        .as_mapping()
        .ok_or_else(|| anyhow!("{{column, from, to}}, {{column, pattern, to}} or {{column, missing}} was expected"))?;
    let mut read = FixRule::default();
    for (key, value) in map {
        let key = key.as_str().unwrap_or_default();
        // A bare 3503 or 007 is a number for YAML, which would not keep its zeros.
        let value = value
            .as_str()
            .ok_or_else(|| anyhow!("{key}: put the text in quotes"))?
            .to_owned();
        match key {
            "column" => read.column = value,
            "from" => read.from = Some(value),
            "pattern" => read.pattern = Some(value),
            "to" => read.to = Some(value),
            "missing" => read.missing = Some(value),
            _ => bail!("{key:?} is not known: use column, from, pattern, to, missing"),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn corrections_are_read_from_a_line_and_from_a_file() {
        let exact = read("jenis_kelamin: Laki2=L").unwrap();
        assert_eq!(
            (exact.from.as_deref(), exact.to.as_deref()),
            (Some(" Laki2"), Some("L"))
        );
        let pattern = read("tanggal:/^(a=b)/=$1").unwrap();
        assert_eq!(
            (pattern.pattern.as_deref(), pattern.to.as_deref()),
            (Some("^(a=b)"), Some("$1"))
        );
        assert_eq!(read("kab:=3503").unwrap().missing.as_deref(), Some("3503"));
        assert!(read("kab").is_err() && read("kab:3503").is_err());

        let file = parse("- {column: jk, from: Laki2, to: L}\n- {column: kab, missing: '3503'}\n").unwrap();
        assert_eq!(file.len(), 2);
        assert_eq!(file[1].missing.as_deref(), Some("3503"));
        for bad in [
            "column: jk",
            "- {column: jk, form: x}",
            "- {column: kab, missing: 3503}",
            "- x",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
