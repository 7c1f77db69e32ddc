//! What number formats show: a number, a date, a time.

use super::book::Shows;

/// A format that every workbook has, by its number.
pub(super) fn built_in(id: u32) -> Shows {
    match id {
        // 27 to 36 and 50 to 58 are dates of East Asian programs.
        14..=17 | 27..=36 | 50..=58 => Shows::Date,
        18..=21 | 45 | 47 => Shows::Time,
        22 => Shows::Moment,
        46 => Shows::Span,
        _ => Shows::Number,
    }
}

/// A format by its code, such as `dd/mm/yyyy` or `[h]:mm`. Only the section for positive numbers counts.
pub(super) fn custom(code: &str) -> Shows {
    let (mut has_date, mut has_time, mut has_month) = (false, false, false);
    let mut chars = code.chars().peekable();
    while let Some(sign) = chars.next() {
        match sign.to_ascii_lowercase() {
            // The next character is shown as it is, or is as wide.
            '\\' | '_' | '*' => {
                chars.next();
            }
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let inside = inside.to_ascii_lowercase();
                if !inside.is_empty()
                    && ["h", "m", "s"]
                        .iter()
                        .any(|sign| inside.trim_matches(|c| sign.contains(c)).is_empty())
                {
                    return Shows::Span;
                }
            }
            ';' => break,
            'g' if code.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("general")) => return Shows::Number,
            'y' | 'd' | 'g' => has_date = true,
            'h' | 's' => has_time = true,
            'm' => has_month = true,
            _ => {}
        }
    }
    // An `m` alone is a month, beside hours or seconds it is minutes.
    match (has_date, has_time) {
        (true, true) => Shows::Moment,
        (true, false) => Shows::Date,
        (false, true) => Shows::Time,
        (false, false) if has_month => Shows::Date,
        _ => Shows::Number,
    }
}
