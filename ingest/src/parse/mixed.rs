//! Numbers whose signs the contract leaves open: each cell shows by itself which convention it follows, or is
//! ambiguous. The last of two different signs is the decimal sign; a sign that comes twice parts thousands; a sign
//! that comes once with other than three digits behind it is the decimal sign. What is left, such as `694,902`, could
//! be either.

use super::number::{Signs, is_blank, plain_text};

/// The convention with a decimal point.
const POINT: Signs = Signs {
    decimal: '.',
    thousands: Some(','),
};
/// The convention with a decimal comma.
const COMMA: Signs = Signs {
    decimal: ',',
    thousands: Some('.'),
};

/// How a number may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Convention {
    /// With these signs only.
    One(Signs),
    /// In two ways: the sign parts thousands, or it is the decimal sign.
    Either { thousands: Signs, decimal: Signs },
    /// In none.
    Wrong,
}

/// The convention that `text` follows; `whole` where only a whole number counts.
pub(super) fn convention(text: &str, whole: bool) -> Convention {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    let is_sign = |c: char| matches!(c, '.' | ',');
    let Some(last) = mantissa.rfind(is_sign) else {
        let thousands = mantissa.contains(is_blank).then_some(' ');
        return checked(mantissa, Signs { thousands, ..POINT });
    };
    let (sign, other) = if mantissa[last..].starts_with('.') {
        (POINT, '.')
    } else {
        (COMMA, ',')
    };
    let swapped = if sign == POINT { COMMA } else { POINT };
    if mantissa.contains(is_blank) {
        let signs = Signs {
            thousands: Some(' '),
            ..sign
        };
        return checked(mantissa, signs);
    }
    if mantissa.matches(is_sign).any(|found| !found.starts_with(other)) {
        return checked(mantissa, sign);
    }
    if mantissa.matches(other).count() > 1 {
        return checked(mantissa, swapped);
    }
    let (before, behind) = (&mantissa[..last], &mantissa[last + 1..]);
    // A group of thousands never starts with a zero, and an exponent makes groups unlikely beyond doubt.
    let could_part = (1..=3).contains(&before.len())
        && behind.len() == 3
        && !before.starts_with('0')
        && mantissa.len() == unsigned.len()
        && before.bytes().chain(behind.bytes()).all(|b| b.is_ascii_digit());
    match could_part {
        false => Convention::One(sign),
        // Whole as a decimal would mean a fraction of zeros.
        true if whole && behind != "000" => Convention::One(swapped),
        true => Convention::Either {
            thousands: swapped,
            decimal: sign,
        },
    }
}

/// These signs, unless the first group of thousands starts with a zero.
fn checked(mantissa: &str, signs: Signs) -> Convention {
    let whole = mantissa.split(signs.decimal).next().unwrap_or_default();
    let parts = |c: char| Some(c) == signs.thousands || (signs.thousands == Some(' ') && is_blank(c));
    if whole.contains(parts) && whole.starts_with('0') {
        Convention::Wrong
    } else {
        Convention::One(signs)
    }
}

/// The two readings of an ambiguous number in plain form; nothing where there is one at most.
pub(super) fn candidates(text: &str, whole: bool) -> Option<(String, String)> {
    match convention(text, whole) {
        Convention::Either { thousands, decimal } => Some((plain_text(text, thousands)?, plain_text(text, decimal)?)),
        Convention::One(_) | Convention::Wrong => None,
    }
}
