//! Rules of correction: the same slip in many rows, put right at once. They change cells as they were sent, before the
//! contract reads them.

use crate::{
    Error, Result,
    decode::{MAX_RECORD, trim},
    plan::Plan,
};
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    contract::{self, Contract},
    quarantine::{CellKind, SentCell},
};
use std::sync::atomic::{AtomicU64, Ordering};

/// Most rules of one replay.
const MOST: usize = 200;
/// Longest text in a rule, in bytes.
const LONGEST: usize = 1000;
/// Longest cell that a pattern is tried on, in bytes: what comes out of it can be many times as long.
const LONGEST_MATCHED: usize = 64 << 10;

/// One rule, as people write it: exactly one of `from`, `pattern` and `missing` says which cells it is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixRule {
    /// Column as the contract names it, or by an alias.
    pub column: String,
    /// Cells that are just this text, outer blanks aside, become `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What this regular expression matches in a cell becomes `to`, in which `$1` or `${name}` is a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What goes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Cells without a value get this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

/// Rules, ready, with what they did so far.
#[derive(Debug, Default)]
pub(crate) struct Fixes {
    list: Vec<Fix>,
    counts: Option<Vec<AtomicU64>>,
}

#[derive(Debug, Clone)]
struct Fix {
    column: usize,
    /// As the contract names it.
    name: String,
    action: Action,
}

#[derive(Debug, Clone)]
enum Action {
    Exact { from: String, to: String },
    Pattern { pattern: Regex, to: String },
    Missing { value: String },
}

impl Fixes {
    /// Makes rules ready for `contract`.
    ///
    /// # Errors
    /// `Invalid` for a rule that cannot be meant, with its number.
    pub(crate) fn new(rules: &[FixRule], contract: &Contract) -> Result<Self> {
        if rules.len() > MOST {
            return Err(Error::invalid(format!(
                "more than {MOST} rules: replay in several steps"
            )));
        }
        let names = contract.names();
        let list = rules.iter().enumerate().map(|(index, rule)| {
            let column = names.get(&contract::fold(&rule.column)).copied();
            let column = column.and_then(|at| Some((at, contract.columns.get(at)?.name.clone())));
            ready(rule, column).map_err(|why| Error::invalid(format!("rule {}: {why}", index + 1)))
        });
        let list = list.collect::<Result<Vec<_>>>()?;
        let counts = Some(list.iter().map(|_| AtomicU64::new(0)).collect());
        Ok(Self { list, counts })
    }

    /// The same rules, for rows that were counted before.
    pub(crate) fn uncounted(&self) -> Self {
        Self {
            list: self.list.clone(),
            counts: None,
        }
    }

    /// Corrects the cells of one row.
    pub(crate) fn apply(&self, cells: &mut Vec<SentCell>, plan: &Plan) {
        for (index, fix) in self.list.iter().enumerate() {
            let is_changed = fix.apply(cells, plan);
            if let Some(count) = self.counts.as_ref().and_then(|counts| counts.get(index)) {
                count.fetch_add(u64::from(is_changed), Ordering::Relaxed);
            }
        }
    }

    /// What each rule changed, for the receipt. Says what the rules are, not what the cells were.
    pub(crate) fn report(&self) -> Vec<String> {
        let counts = self.counts.iter().flatten().map(|count| count.load(Ordering::Relaxed));
        let told = self.list.iter().zip(counts).enumerate();
        told.map(|(index, (fix, rows))| format!("correction {} of column {} changed {rows} rows", index + 1, fix.name))
            .collect()
    }
}

fn ready(rule: &FixRule, column: Option<(usize, String)>) -> Result<Fix, String> {
    let shown = crate::map::show(&rule.column);
    let (column, name) = column.ok_or_else(|| format!("the contract has no column {shown}"))?;
    let texts = [&rule.from, &rule.pattern, &rule.to, &rule.missing];
    if texts.into_iter().flatten().any(|text| text.len() > LONGEST) {
        return Err(format!("a text is longer than {LONGEST} bytes"));
    }
    let action = match (&rule.from, &rule.pattern, &rule.missing, &rule.to) {
        (Some(from), None, None, Some(to)) => Action::Exact {
            from: trim(from).to_owned(),
            to: to.clone(),
        },
        (None, Some(pattern), None, Some(to)) => Action::Pattern {
            pattern: RegexBuilder::new(pattern)
                .size_limit(1 << 20)
                .build()
                .map_err(|error| format!("the pattern is not a regular expression: {error}"))?,
            to: to.clone(),
        },
        (None, None, Some(value), None) if !trim(value).is_empty() => Action::Missing { value: value.clone() },
        _ => {
            return Err(format!(
                "give column {shown} either `from` and `to`, or `pattern` and `to`, or `missing` with a value"
            ));
        }
    };
    Ok(Fix { column, name, action })
}

impl Fix {
    /// Whether it changed the row.
    fn apply(&self, cells: &mut Vec<SentCell>, plan: &Plan) -> bool {
        let is_own = |cell: &&mut SentCell| plan.names.column(&cell.name) == Some(self.column);
        let cell = cells.iter_mut().find(is_own);
        let text = match (&self.action, &cell) {
            (Action::Missing { value }, Some(cell)) if self.is_missing(cell, plan) => Some(value.clone()),
            (Action::Missing { value }, None) => {
                cells.push(SentCell {
                    name: self.name.clone(),
                    text: value.clone(),
                    kind: CellKind::Text,
                });
                return true;
            }
            (Action::Exact { from, to }, Some(cell)) => {
                (trim(&cell.text) == from && cell.text != *to).then(|| to.clone())
            }
            (Action::Pattern { pattern, to }, Some(cell)) => replaced(pattern, to, trim(&cell.text)),
            _ => None,
        };
        match (text, cell) {
            (Some(text), Some(cell)) => {
                cell.text = text;
                cell.kind = CellKind::Text;
                true
            }
            _ => false,
        }
    }

    fn is_missing(&self, cell: &SentCell, plan: &Plan) -> bool {
        let text = trim(&cell.text);
        let nulls = plan.columns.get(self.column).map(|column| column.nulls.as_slice());
        cell.kind == CellKind::Absent
            || text.is_empty()
            || nulls.is_some_and(|nulls| nulls.iter().any(|null| null == text))
    }
}

/// The text with all matches replaced; nothing where none matches, nothing changes, or too much would come out.
fn replaced(pattern: &Regex, to: &str, text: &str) -> Option<String> {
    if text.len() > LONGEST_MATCHED {
        return None;
    }
    let (mut out, mut at) = (String::new(), 0);
    for found in pattern.captures_iter(text) {
        let whole = found.get(0)?;
        out.push_str(text.get(at..whole.start())?);
        found.expand(to, &mut out);
        at = whole.end();
        if out.len() > MAX_RECORD {
            return None;
        }
    }
    out.push_str(text.get(at..)?);
    (out != text).then_some(out)
}
