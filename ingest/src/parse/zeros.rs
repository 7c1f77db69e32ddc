//! Codes of fixed width that a spreadsheet took for numbers: `03501234` became 3501234.

use crate::decode::Cell;
use smartcenter_warehouse::contract::{Check, Column, ColumnType, LeadingZeros};

/// Widest code that is looked for.
const WIDEST: usize = 40;

/// How the codes of a column get back their leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zeros {
    /// Digits of a code.
    digits: usize,
    /// Whether texts get them as well, and not only what the payload itself calls a number.
    texts_too: bool,
}

impl Zeros {
    /// For a column whose rules fix the width, unless its contract does not want it.
    pub(crate) fn of(column: &Column) -> Option<Self> {
        let texts_too = match column.leading_zeros {
            LeadingZeros::RestoreNumbers => false,
            LeadingZeros::Restore => true,
            LeadingZeros::Refuse => return None,
        };
        Some(Self {
            digits: fixed_digits(column)?,
            texts_too,
        })
    }

    /// The code, where it has lost zeros. Zero itself is what forms have in place of no code.
    pub(super) fn restored(self, cell: Cell<'_>) -> Option<String> {
        let is_short = cell.text.len() < self.digits && (cell.native || self.texts_too);
        let is_number =
            || cell.text.bytes().all(|byte| byte.is_ascii_digit()) && cell.text.bytes().any(|byte| byte != b'0');
        (is_short && is_number()).then(|| format!("{:0>width$}", cell.text, width = self.digits))
    }

    /// What the receipt should say.
    pub(super) fn finding(self) -> String {
        format!(
            "was sent as a number and lost its leading zeros; restored to {} digits (format the column as text to keep them)",
            self.digits
        )
    }
}

/// How many digits the codes of a column have, where its rules leave no choice and zeros may lead.
pub(crate) fn fixed_digits(column: &Column) -> Option<usize> {
    if column.ty != ColumnType::Text {
        return None;
    }
    let fits = |width: &usize| {
        column.rules.iter().all(|rule| match &rule.check {
            Check::Pattern(pattern) => pattern.is_match(&"0".repeat(*width)),
            Check::Length { min, max } => min.is_none_or(|min| *width >= min) && max.is_none_or(|max| *width <= max),
            _ => true,
        })
    };
    let mut widths = (1..=WIDEST).filter(fits);
    widths.next().filter(|_| widths.next().is_none())
}
