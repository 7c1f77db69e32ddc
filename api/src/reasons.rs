//! What is wrong with a file or a row, in the language of those who put it right. Faults, warnings and problems are kept in
//! English; whoever asks for Indonesian (`Accept-Language`) is told in Indonesian. A sentence that is not known here stays
//! English; the corpus of `tests/fixtures/feeds` brings forth none such.

mod dates;
mod phrases;
#[cfg(test)]
mod tests;

use crate::{
    problem::Problem,
    receipt_body::{CellFault, ReceiptBody},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use smartcenter_warehouse::{
    Warehouse,
    contract::{ColumnType, Contract},
};
use std::{convert::Infallible, sync::Arc};

/// The language of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tongue {
    /// As it is kept.
    #[default]
    English,
    /// Bahasa Indonesia.
    Indonesian,
}

impl Tongue {
    /// The one that the caller likes best; English where nothing is said.
    pub fn of(headers: &HeaderMap) -> Self {
        let said = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let wish = |part: &str| {
            let mut parts = part.split(';').map(str::trim);
            let language = parts.next()?.split('-').next()?.to_ascii_lowercase();
            let tongue = match language.as_str() {
                "id" => Self::Indonesian,
                "en" => Self::English,
                _ => return None,
            };
            let weight = parts.find_map(|parameter| parameter.strip_prefix("q=")?.parse::<f32>().ok());
            Some((weight.unwrap_or(1.0), tongue))
        };
        let wishes = said.unwrap_or_default().split(',').filter_map(wish);
        // Of equal wishes the first.
        wishes
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map_or(Self::English, |(_, tongue)| tongue)
    }

    /// What a fault says.
    pub fn reason(self, fault: &CellFault, contract: Option<&Contract>) -> String {
        match self {
            Self::English => fault.message.clone(),
            Self::Indonesian => by_form(fault, contract)
                .or_else(|| phrases::indonesian(&fault.message))
                .unwrap_or_else(|| fault.message.clone()),
        }
    }

    /// The same problem, told in this language.
    #[must_use]
    pub fn problem(self, problem: Arc<Problem>) -> Arc<Problem> {
        let said = match self {
            Self::English => None,
            Self::Indonesian => phrases::indonesian(problem.detail()),
        };
        match said {
            Some(said) => Arc::new(problem.saying(said)),
            None => problem,
        }
    }

    /// The same receipt, told in this language.
    #[must_use]
    pub fn receipt(self, mut receipt: ReceiptBody, warehouse: &Warehouse) -> ReceiptBody {
        if self == Self::English {
            return receipt;
        }
        let contracts = warehouse.contracts();
        let contract = contracts.get(&receipt.dataset).map(Arc::as_ref);
        for fault in &mut receipt.faults {
            fault.message = self.reason(fault, contract);
        }
        for warning in &mut receipt.warnings {
            if let Some(said) = phrases::indonesian(warning) {
                *warning = said;
            }
        }
        receipt
    }
}

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// A date or time that does not fit: by examples, since nobody knows what `%d` is.
fn by_form(fault: &CellFault, contract: Option<&Contract>) -> Option<String> {
    if fault.rule != "type" || !fault.message.ends_with(" was expected") {
        return None;
    }
    let contract = contract?;
    let column = contract.columns.get(contract.column(fault.column.as_deref()?)?)?;
    let kind = match column.ty {
        ColumnType::Date => "tanggal",
        ColumnType::Timestamp => "waktu",
        _ => return None,
    };
    let examples = dates::examples(&column.formats);
    (!examples.is_empty()).then(|| format!("harus {kind}, ditulis seperti {}", examples.join(" atau ")))
}
