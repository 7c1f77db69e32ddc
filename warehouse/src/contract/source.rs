//! The look of the sender's text, from the hub settings of a dataset.

use super::{SourceFormat, fault::Faults, hub_settings::Settings, shape::Spot, units};

/// Locales with the decimal and thousands sign their numbers are written with.
const LOCALES: &[(&str, (char, char))] = &[
    ("id-ID", (',', '.')),
    ("id", (',', '.')),
    ("en-US", ('.', ',')),
    ("en-GB", ('.', ',')),
    ("en", ('.', ',')),
];

/// Reads `delimiter quote encoding locale decimal thousands nullValues sheet utcOffset`; what is not given keeps the
/// default of [`SourceFormat`].
pub(super) fn format(settings: &Settings<'_>, faults: &mut Faults) -> SourceFormat {
    let mut format = SourceFormat::default();
    if let Some(delimiter) = settings.text("delimiter", faults) {
        format.delimiter = byte(&delimiter, "delimiter", settings, faults);
    }
    if let Some(quote) = settings
        .text("quote", faults)
        .and_then(|q| byte(&q, "quote", settings, faults))
    {
        format.quote = quote;
    }
    if format.delimiter == Some(format.quote) {
        note(
            "delimiter",
            settings,
            "`delimiter` and `quote` are the same character",
            faults,
        );
    }
    format.encoding = settings.text("encoding", faults).map(|label| {
        if encoding_rs::Encoding::for_label(label.value.as_bytes()).is_none() {
            let message = format!(
                "encoding {:?} is not known: use a WHATWG label such as utf-8, windows-1252, utf-16le",
                label.value
            );
            note("encoding", settings, &message, faults);
        }
        label.value
    });
    if let Some((decimal, thousands)) = settings.choice("locale", LOCALES, faults) {
        format.decimal = decimal;
        format.thousands = Some(thousands);
    }
    if let Some(decimal) = sign("decimal", settings, faults) {
        // A locale's thousands sign gives way to an explicit decimal sign.
        if format.thousands == Some(decimal) {
            format.thousands = None;
        }
        format.decimal = decimal;
    }
    if let Some(thousands) = sign("thousands", settings, faults) {
        format.thousands = Some(thousands);
    }
    if format.thousands == Some(format.decimal) {
        note(
            "thousands",
            settings,
            "`decimal` and `thousands` are the same sign",
            faults,
        );
    }
    let nulls = settings.texts("nullValues", faults).unwrap_or_default();
    format.null_values = nulls.into_iter().map(|spot| spot.value).collect();
    format.sheet = settings.text("sheet", faults).map(|spot| spot.value);
    if let Some(offset) = settings.text("utcOffset", faults) {
        match units::offset(&offset.value) {
            Ok(minutes) => format.utc_offset_minutes = minutes,
            Err(why) => note("utcOffset", settings, &format!("`utcOffset`: {why}"), faults),
        }
    }
    format
}

fn note(setting: &str, settings: &Settings<'_>, message: &str, faults: &mut Faults) {
    let (line, path) = settings
        .get(setting)
        .map_or((1, String::new()), |(node, path)| (node.line, path));
    faults.add(line, &path, message);
}

fn byte(spot: &Spot<String>, setting: &str, settings: &Settings<'_>, faults: &mut Faults) -> Option<u8> {
    let found = match spot.value.as_str() {
        "tab" | "\\t" => Some(b'\t'),
        text => match text.as_bytes() {
            [byte] if byte.is_ascii_punctuation() || *byte == b'\t' => Some(*byte),
            _ => None,
        },
    };
    if found.is_none() {
        let message = format!(
            "`{setting}` is {:?}; it must be one ASCII sign such as `;`, or `tab`",
            spot.value
        );
        note(setting, settings, &message, faults);
    }
    found
}

fn sign(setting: &str, settings: &Settings<'_>, faults: &mut Faults) -> Option<char> {
    let spot = settings.text(setting, faults)?;
    let mut chars = spot.value.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if !c.is_ascii_alphanumeric() && c != '-' && c != '+' => Some(c),
        _ => {
            let message = format!(
                "`{setting}` is {:?}; it must be one sign such as `,` or `.`",
                spot.value
            );
            note(setting, settings, &message, faults);
            None
        }
    }
}
