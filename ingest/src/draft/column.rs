//! What a contract would say of a column, from what was seen in it.

use super::{
    personal::{Suspicion, suspicion},
    profile::{DATES, Profile},
};
use serde::Serialize;
use smartcenter_warehouse::contract::fold;

/// Most different values of a list.
const LIST: usize = 20;
/// Widths of codes that are digits only.
const CODE_WIDTH: std::ops::RangeInclusive<usize> = 3..=20;
/// Examples of a column.
const EXAMPLES: usize = 3;

/// The signs of the sample's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Locale {
    /// A point, and no thousands.
    Plain,
    /// `1.261,40`
    Indonesian,
    /// `1,261.40`
    English,
    /// Both occur.
    Mixed,
}

/// What is proposed for a column.
#[derive(Debug, Clone, Serialize)]
pub struct Proposal {
    /// Name in the contract.
    pub name: String,
    /// Name in the sample.
    pub header: String,
    /// Type as the contract writes it: `string`, `integer`, `number`, `boolean`, `date`, `timestamp`.
    pub logical_type: &'static str,
    /// Exact type of a decimal, such as `decimal(18,2)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_type: Option<String>,
    /// Whether every row has a value.
    pub required: bool,
    /// Rows with a value.
    pub present: u64,
    /// Rows without one.
    pub missing: u64,
    /// Different values; at least so many where they are not all counted.
    pub distinct: u64,
    /// Pattern of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Least and greatest length of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<(usize, usize)>,
    /// Least and greatest number; not told of personal columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// All values, where they are a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Date patterns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// Column of another dataset that the values are codes of, such as `wilayah.kode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'static str>,
    /// Class: `terbatas`, `pribadi`, `pribadi_spesifik`.
    pub classification: &'static str,
    /// Some values; none of personal columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Reasons and doubts.
    pub remarks: Vec<String>,
    /// Whether it may be part of a key.
    #[serde(skip)]
    pub is_keyable: bool,
}

/// The signs under which the numbers of the sample can be read.
pub(super) fn locale(profiles: &[Profile]) -> Locale {
    let (mut indonesian, mut english) = (0, 0);
    for profile in profiles.iter().filter(|p| p.native * 2 < p.present) {
        let is_numeric = [0, 1].iter().any(|at| profile.nearly_all(profile.numbers[*at]))
            || profile.nearly_all(profile.numbers[0].max(profile.numbers[1]) + profile.only[0].min(profile.only[1]));
        // A column of codes with points is no evidence.
        if is_numeric && profile.regions == 0 {
            indonesian += profile.only[0];
            english += profile.only[1];
        }
    }
    match (indonesian, english) {
        (0, 0) => Locale::Plain,
        (_, 0) => Locale::Indonesian,
        // English signs without thousands are the plain ones; the contract's default reads them.
        (0, _) => Locale::English,
        _ => Locale::Mixed,
    }
}

/// What a contract would say of the column.
pub(super) fn propose(header: &str, name: &str, profile: &Profile, locale: Locale) -> Proposal {
    let suspicion = suspicion(header, profile);
    let mut proposal = Proposal {
        name: name.to_owned(),
        header: header.to_owned(),
        logical_type: "string",
        physical_type: None,
        required: profile.missing == 0,
        present: profile.present,
        missing: profile.missing,
        distinct: profile.distinct(),
        pattern: None,
        length: None,
        range: None,
        values: Vec::new(),
        formats: Vec::new(),
        reference: None,
        classification: suspicion.map_or("terbatas", |found| found.class),
        examples: Vec::new(),
        remarks: Vec::new(),
        is_keyable: false,
    };
    if let Some(Suspicion { reason, .. }) = suspicion {
        proposal.remarks.push(format!("{reason}: check its class and mask"));
    } else {
        let some = profile.most().into_iter().take(EXAMPLES);
        proposal.examples = some.map(|(text, _)| text.to_owned()).collect();
    }
    if profile.present == 0 {
        proposal
            .remarks
            .push("no row of the sample has a value: its type is a guess".to_owned());
        return proposal;
    }
    if !profile.is_counted() {
        proposal
            .remarks
            .push("not all different values were counted".to_owned());
    }
    typed(&mut proposal, header, profile, locale);
    let is_measure = matches!(proposal.logical_type, "number" | "boolean");
    proposal.is_keyable = proposal.required && !is_measure && profile.nested == 0;
    if suspicion.is_some() {
        proposal.range = None;
        proposal.values.clear();
        proposal.pattern = proposal.pattern.filter(|pattern| pattern.starts_with("[0-9]"));
    }
    proposal
}

/// The type, the likelier reading first.
fn typed(proposal: &mut Proposal, header: &str, profile: &Profile, locale: Locale) {
    if profile.nested > 0 {
        proposal.remarks.push(format!(
            "{} values are lists or objects, which no column can hold: send one column per part",
            profile.nested
        ));
    }
    if code(proposal, header, profile) || date(proposal, header, profile) || number(proposal, profile, locale) {
        return;
    }
    if profile.nearly_all(profile.words) {
        proposal.logical_type = "boolean";
        odd(proposal, profile.present - profile.words, "neither yes nor no");
        return;
    }
    text(proposal, profile);
}

/// Digits that are a code and no number: of one width, with leading zeros or called a code.
fn code(proposal: &mut Proposal, header: &str, profile: &Profile) -> bool {
    if profile.nearly_all(profile.regions) {
        proposal.pattern = Some(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?".to_owned());
        proposal.reference = Some("wilayah.kode");
        proposal
            .remarks
            .push("the values are region codes of the Kemendagri".to_owned());
        odd(proposal, profile.present - profile.regions, "no region code");
        return true;
    }
    if !profile.nearly_all(profile.digits) {
        return false;
    }
    let folded = fold(header);
    let is_called = [
        "kode", "npsn", "nik", "nip", "nisn", "nokk", "telp", "hp", "nomor", "norek", "id",
    ]
    .iter()
    .any(|word| folded == *word || folded.starts_with(word) || (word.len() > 2 && folded.ends_with(word)));
    let width = profile
        .length
        .filter(|(least, most)| least == most)
        .map(|(width, _)| width);
    let is_year = folded.contains("tahun");
    let is_wide = profile.length.is_some_and(|(_, most)| most > 15);
    if is_year || !(profile.leading_zeros > 0 || is_called || is_wide) {
        return false;
    }
    if is_dated(profile) && !is_called {
        return false;
    }
    match width.filter(|width| CODE_WIDTH.contains(width)) {
        Some(width) => {
            proposal.pattern = Some(format!("[0-9]{{{width}}}"));
            proposal.length = Some((width, width));
        }
        None => proposal.length = profile.length,
    }
    if profile.native > 0 {
        proposal
            .remarks
            .push("sent as a number although it is a code: leading zeros may be lost".to_owned());
    }
    odd(proposal, profile.present - profile.digits, "not digits only");
    true
}

fn is_dated(profile: &Profile) -> bool {
    profile.dates.iter().any(|count| profile.nearly_all(*count))
}

fn date(proposal: &mut Proposal, header: &str, profile: &Profile) -> bool {
    let folded = fold(header);
    let is_called = ["tanggal", "tgl", "date", "hari"]
        .iter()
        .any(|word| folded.contains(word));
    let best = profile.dates.iter().copied().max().unwrap_or_default();
    let read = |at: usize| DATES[at] != "%Y%m%d" || is_called;
    // Dates may be written in more than one way: the patterns that read something, the more the earlier.
    let mut patterns: Vec<usize> = (0..DATES.len())
        .filter(|at| profile.dates[*at] > 0 && read(*at))
        .collect();
    patterns.sort_by_key(|at| std::cmp::Reverse(profile.dates[*at]));
    let is_ambiguous =
        |at: &usize| DATES[*at] == "%m/%d/%Y" && patterns.iter().any(|other| DATES[*other] == "%d/%m/%Y");
    let day_first: Vec<usize> = patterns.iter().copied().filter(|at| !is_ambiguous(at)).collect();
    let whole: u64 = day_first.iter().map(|at| profile.dates[*at]).sum();
    if best > 0 && (profile.nearly_all(whole) || (is_called && whole * 10 >= profile.present * 9)) {
        proposal.logical_type = "date";
        if day_first.len() < patterns.len() {
            proposal
                .remarks
                .push("days are taken to stand before months: 03/04 is the third of April".to_owned());
        }
        let formats = day_first.iter().map(|at| DATES[*at].to_owned()).collect::<Vec<_>>();
        if formats != ["%Y-%m-%d"] {
            proposal.formats = formats;
        }
        odd(
            proposal,
            profile.present.saturating_sub(whole),
            "no date of these forms",
        );
        return true;
    }
    if profile.nearly_all(profile.moments) {
        proposal.logical_type = "timestamp";
        odd(proposal, profile.present - profile.moments, "no time");
        return true;
    }
    false
}

fn number(proposal: &mut Proposal, profile: &Profile, locale: Locale) -> bool {
    let read = match locale {
        Locale::Indonesian => profile.numbers[0],
        Locale::Plain | Locale::English => profile.numbers[1],
        Locale::Mixed => profile.numbers[0].max(profile.numbers[1]),
    };
    let read = if profile.native * 2 > profile.present {
        profile.numbers[1]
    } else {
        read
    };
    if !profile.nearly_all(read) {
        return false;
    }
    if profile.fraction == 0 {
        proposal.logical_type = "integer";
    } else {
        proposal.logical_type = "number";
        if profile.fraction <= 6 {
            proposal.physical_type = Some(format!("decimal(18,{})", profile.fraction));
        } else {
            proposal.remarks.push(format!(
                "up to {} digits behind the decimal sign: kept as floating point",
                profile.fraction
            ));
        }
    }
    proposal.range = profile.range;
    odd(proposal, profile.present - read, "no number");
    true
}

fn text(proposal: &mut Proposal, profile: &Profile) {
    proposal.length = profile.length;
    if profile.nearly_all(profile.diseases) {
        proposal.pattern = Some(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,2})?".to_owned());
        proposal.remarks.push("the values are codes of ICD-10".to_owned());
        odd(proposal, profile.present - profile.diseases, "no code of ICD-10");
        return;
    }
    let Some(values) = profile.values() else { return };
    // A list is one only when its values come again and again.
    if values.len() <= LIST && profile.present >= 5 * values.len() as u64 && profile.present >= 20 {
        let mut values: Vec<String> = values.into_iter().map(|(text, _)| text.to_owned()).collect();
        values.sort();
        proposal.values = values;
    }
}

fn odd(proposal: &mut Proposal, count: u64, what: &str) {
    if count > 0 {
        proposal.remarks.push(format!(
            "{count} of {} values are {what}: they would go to quarantine",
            proposal.present
        ));
    }
}

/// What a person has to look at before the contract is put in force.
pub(super) fn notes(columns: &[Proposal], key: &[usize], locale: Locale) -> Vec<String> {
    let mut notes = Vec::new();
    match locale {
        Locale::Plain => {}
        Locale::Indonesian => notes.push("numbers are written the Indonesian way (1.261,40)".to_owned()),
        Locale::English => notes.push("numbers are written the English way (1,261.40)".to_owned()),
        Locale::Mixed => notes.push(
            "numbers are written in both ways, 1.261,40 and 1,261.40: with `numberSigns: mixed` cells that can be read in \
             two ways are rejected with both readings"
                .to_owned(),
        ),
    }
    if key.is_empty() {
        notes.push(
            "no column or pair of columns names a row: the dataset takes rows only (append); mark the key with \
             `primaryKey` if there is one"
                .to_owned(),
        );
    } else {
        let names: Vec<&str> = key
            .iter()
            .filter_map(|at| columns.get(*at))
            .map(|column| column.name.as_str())
            .collect();
        notes.push(format!(
            "no two rows of the sample have the same {}: it is proposed as the primary key",
            names.join(" and ")
        ));
    }
    let personal: Vec<&str> = (columns.iter())
        .filter(|column| column.classification.starts_with("pribadi"))
        .map(|column| column.name.as_str())
        .collect();
    if !personal.is_empty() {
        notes.push(format!(
            "personal data are suspected in {}: check the classes, and whether the hub needs these columns at all",
            personal.join(", ")
        ));
    }
    notes
}
