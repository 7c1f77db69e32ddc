//! Why a cell was refused: it does not fit, or it fits in more than one way, and then the ways are named. Off the fast
//! path: asked only once a cell has failed.

use super::{
    Reader,
    mixed::{self, Convention},
    number::plain_text,
};
use crate::decode::Cell;
use smartcenter_warehouse::contract::ColumnType;
use std::borrow::Cow;

/// The fault of a cell.
#[derive(Debug)]
pub(super) struct Refusal<'r> {
    pub rule: &'static str,
    pub message: Cow<'r, str>,
}

impl Reader {
    /// What is wrong with a cell that could not be read.
    pub(super) fn refusal(&self, cell: Cell<'_>, year: i32) -> Refusal<'_> {
        let found = match self.ty {
            ColumnType::Int32 | ColumnType::Int64 => self.number_refusal(cell, true),
            ColumnType::Float64 | ColumnType::Decimal(..) => self.number_refusal(cell, false),
            ColumnType::Date => self.moment_refusal(cell, None, year),
            ColumnType::Timestamp => self.moment_refusal(cell, Some(self.layout.utc_offset_minutes), year),
            ColumnType::Text | ColumnType::Boolean => None,
        };
        found.unwrap_or(Refusal {
            rule: "type",
            message: Cow::Borrowed(&self.expected),
        })
    }

    fn number_refusal(&self, cell: Cell<'_>, whole: bool) -> Option<Refusal<'static>> {
        let text = self.said(cell.text);
        if cell.native {
            return None;
        }
        if let Some((thousands, decimal)) = mixed::candidates(text, whole) {
            // Under strict signs only one of the two is not allowed, so the cell is wrong and not ambiguous.
            let (rule, remedy) = if self.mixed {
                (
                    "ambiguous",
                    "say `numberSigns: strict` with `decimal` and `thousands` in the contract",
                )
            } else {
                ("type", "use the signs of the contract")
            };
            let expected = if self.mixed {
                String::new()
            } else {
                format!("{}: ", self.expected)
            };
            return Some(Refusal {
                rule,
                message: format!(
                    "{expected}{thousands} or {decimal}: {remedy}, or write it out without a thousands sign"
                )
                .into(),
            });
        }
        let (false, Convention::One(signs)) = (self.mixed, mixed::convention(text, whole)) else {
            return None;
        };
        let readable = plain_text(text, signs).filter(|_| signs != self.layout.signs)?;
        let message = format!(
            "{}: with the decimal sign {:?} it would be {readable}; write it so, or change the signs in the contract",
            self.expected, signs.decimal
        );
        Some(Refusal {
            rule: "type",
            message: message.into(),
        })
    }

    fn moment_refusal(&self, cell: Cell<'_>, offset: Option<i32>, year: i32) -> Option<Refusal<'static>> {
        let candidates = self.moments.candidates(cell.text, offset, year);
        if candidates.len() > 1 {
            let message = format!(
                "{}: the formats of the contract read this text in more than one way; write 2026-07-17, or keep one format",
                candidates.join(" or ")
            );
            return Some(Refusal {
                rule: "ambiguous",
                message: message.into(),
            });
        }
        let (said, date, is) = self.moments.contradiction(cell.text, year)?;
        let message = format!("the day of the week and the date differ: {date} is {is}, and the text says {said}");
        Some(Refusal {
            rule: "ambiguous",
            message: message.into(),
        })
    }
}
