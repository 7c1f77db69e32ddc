//! Numbers with the contract's signs. A thousands sign must stand between groups of three digits: `1.26` under
//! `thousands: "."` is more likely a wrong decimal sign than one hundred and twenty-six, so it is a fault.

/// Decimal and thousands sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signs {
    /// Between whole and fraction.
    pub decimal: char,
    /// Between groups of three digits.
    pub thousands: Option<char>,
}

impl Signs {
    /// As JSON and most programs write numbers.
    pub(crate) const PLAIN: Self = Self {
        decimal: '.',
        thousands: None,
    };
}

/// Longest number that is read; no type here needs more.
const LONGEST: usize = 64;

/// A whole number; a fraction of nothing but zeros is allowed, because spreadsheets write `12.0`.
pub(super) fn integer(text: &str, signs: Signs) -> Option<i64> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    // Eighteen digits cannot overflow, and nearly every number is digits only.
    if (1..=18).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
        let value = digits
            .iter()
            .fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        return Some(if negative { -value } else { value });
    }
    let plain = Plain::of(text, signs)?;
    let (whole, fraction) = plain.parts();
    if plain.has_exponent() || !fraction.bytes().all(|b| b == b'0') {
        return None;
    }
    whole.parse().ok()
}

/// A double. Words such as `inf` are no numbers.
pub(super) fn float(text: &str, signs: Signs) -> Option<f64> {
    let value: f64 = if signs == Signs::PLAIN && is_plain(text.as_bytes()) {
        text.parse().ok()?
    } else {
        Plain::of(text, signs)?.text().parse().ok()?
    };
    value.is_finite().then_some(value)
}

/// A decimal as its unscaled number; digits that would be lost are a fault, not rounded away.
pub(super) fn decimal(text: &str, signs: Signs, precision: u8, scale: i8) -> Option<i128> {
    let plain = Plain::of(text, signs)?;
    if plain.has_exponent() {
        return None;
    }
    let (whole, fraction) = plain.parts();
    let scale = usize::try_from(scale).ok()?;
    let kept = fraction.len().min(scale);
    let (digits, lost) = fraction.split_at_checked(kept)?;
    if lost.bytes().any(|b| b != b'0') {
        return None;
    }
    let negative = whole.starts_with('-');
    let mut value: i128 = 0;
    for digit in whole.bytes().filter(u8::is_ascii_digit).chain(digits.bytes()) {
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    value = value.checked_mul(10_i128.checked_pow(u32::try_from(scale - kept).ok()?)?)?;
    let limit = 10_i128.checked_pow(u32::from(precision))?;
    (value < limit).then_some(if negative { -value } else { value })
}

/// A number with a point and without thousands signs, on the stack.
struct Plain {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Plain {
    fn of(text: &str, signs: Signs) -> Option<Self> {
        let mut plain = Self {
            bytes: [0; LONGEST],
            length: 0,
        };
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        if text.starts_with('-') {
            plain.push(b'-')?;
        }
        let (whole, fraction) = match unsigned.split_once(signs.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (unsigned, None),
        };
        // Blanks look alike: where one of them parts thousands, all do.
        let parts = |sign: char, c: char| c == sign || (sign.is_whitespace() && is_blank(c));
        match signs.thousands.filter(|sign| whole.contains(|c| parts(*sign, c))) {
            Some(sign) => {
                for (index, group) in whole.split(|c| parts(sign, c)).enumerate() {
                    let fits = if index == 0 {
                        (1..=3).contains(&group.len())
                    } else {
                        group.len() == 3
                    };
                    if !fits || !group.bytes().all(|b| b.is_ascii_digit()) {
                        return None;
                    }
                    group.bytes().try_for_each(|b| plain.push(b))?;
                }
            }
            None => whole.bytes().try_for_each(|b| plain.push(b))?,
        }
        if let Some(fraction) = fraction {
            if whole.is_empty() && fraction.is_empty() {
                return None;
            }
            plain.push(b'.')?;
            fraction.bytes().try_for_each(|b| plain.push(b))?;
        }
        is_plain(plain.text().as_bytes()).then_some(plain)
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.length)? = byte;
        self.length += 1;
        Some(())
    }

    fn text(&self) -> &str {
        self.bytes
            .get(..self.length)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    fn parts(&self) -> (&str, &str) {
        self.text().split_once('.').unwrap_or((self.text(), ""))
    }

    fn has_exponent(&self) -> bool {
        self.text().bytes().any(|b| b | 0x20 == b'e')
    }
}

/// A blank that may part thousands: plain, unbreakable, narrow or thin.
#[inline]
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// A number in plain form, as a message shows it; nothing where `text` is no number under `signs`.
pub(super) fn plain_text(text: &str, signs: Signs) -> Option<String> {
    Plain::of(text, signs).map(|plain| plain.text().to_owned())
}

/// Sign, digits, at most one point, digits, at most one exponent; at least one digit in front of the exponent.
fn is_plain(bytes: &[u8]) -> bool {
    let rest = match bytes {
        [b'-' | b'+', rest @ ..] => rest,
        rest => rest,
    };
    let (mantissa, exponent) = match rest.iter().position(|b| b | 0x20 == b'e') {
        Some(at) => (&rest[..at], rest.get(at + 1..)),
        None => (rest, None),
    };
    let points = mantissa.iter().filter(|b| **b == b'.').count();
    let digits = mantissa.iter().filter(|b| b.is_ascii_digit()).count();
    let exponent_is_fine = exponent.is_none_or(|exponent| {
        let digits = match exponent {
            [b'-' | b'+', digits @ ..] => digits,
            digits => digits,
        };
        !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    });
    digits > 0 && points <= 1 && digits + points == mantissa.len() && exponent_is_fine
}
