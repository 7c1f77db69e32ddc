//! What a column holds, told from its cells without keeping them.

use crate::{
    decode::Cell,
    parse::{Layout, Reader, Signs},
};
use chrono::{Datelike, Utc};
use smartcenter_warehouse::contract::ColumnType;
use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};
use xxhash_rust::xxh3::xxh3_64;

/// Different values that are counted exactly.
const DISTINCT: usize = 1 << 20;
/// Different values that are kept as they are.
const LISTED: usize = 64;
/// Values up to this length may be kept.
const LONGEST: usize = 120;

/// Date patterns that are tried, the likelier first.
pub(super) const DATES: [&str; 9] = [
    "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d-%b-%Y", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y",
];

/// Indonesian and English signs.
pub(super) const SIGNS: [Signs; 2] = [
    Signs {
        decimal: ',',
        thousands: Some('.'),
    },
    Signs {
        decimal: '.',
        thousands: Some(','),
    },
];

/// What can be read as what. Made once: they are the readers of pushes.
struct Readers {
    dates: Vec<Reader>,
    moment: Reader,
    numbers: [Reader; 2],
    boolean: Reader,
    /// The present one.
    year: i32,
}

static READERS: LazyLock<Readers> = LazyLock::new(|| {
    let layout = |signs| Layout {
        signs,
        utc_offset_minutes: 7 * 60,
    };
    let plain = layout(Signs::PLAIN);
    let date = |pattern: &&str| {
        let formats = match *pattern {
            "%Y-%m-%d" => Vec::new(),
            other => vec![other.to_owned()],
        };
        Reader::plain(ColumnType::Date, &formats, plain)
    };
    Readers {
        dates: DATES.iter().map(date).collect(),
        moment: Reader::plain(ColumnType::Timestamp, &[], plain),
        numbers: SIGNS.map(|signs| Reader::plain(ColumnType::Decimal(38, 12), &[], layout(signs))),
        boolean: Reader::plain(ColumnType::Boolean, &[], plain),
        year: Utc::now().year(),
    }
});

/// What was seen in a column.
#[derive(Debug, Default)]
pub(super) struct Profile {
    /// Rows without a value.
    pub missing: u64,
    /// Rows with one.
    pub present: u64,
    /// Values that the document itself calls numbers or booleans.
    pub native: u64,
    /// Lists and objects.
    pub nested: u64,
    /// Values that begin with a zero and go on.
    pub leading_zeros: u64,
    /// Values of digits only.
    pub digits: u64,
    /// Values that are whole numbers without any sign but that of a negative.
    pub whole: u64,
    /// Values that are numbers: under Indonesian signs, under English ones.
    pub numbers: [u64; 2],
    /// Of these, values that only one of the two can read.
    pub only: [u64; 2],
    /// Longest fraction.
    pub fraction: usize,
    /// Least and greatest number.
    pub range: Option<(f64, f64)>,
    /// Values that are dates, by pattern of [`DATES`].
    pub dates: [u64; DATES.len()],
    /// Values that are times.
    pub moments: u64,
    /// Values that are yes or no in words.
    pub words: u64,
    /// Least and greatest length in characters.
    pub length: Option<(usize, usize)>,
    /// Values that look like a NIK, a telephone number, an e-mail address.
    pub niks: u64,
    /// See `niks`.
    pub telephones: u64,
    /// See `niks`.
    pub mails: u64,
    /// Values that are region codes of the Kemendagri, with dots.
    pub regions: u64,
    /// Values that are codes of ICD-10.
    pub diseases: u64,
    hashes: HashSet<u64>,
    overflow: bool,
    listed: HashMap<String, u64>,
    too_many: bool,
}

impl Profile {
    /// A row in which the column is not there at all.
    pub fn add_missing(&mut self) {
        self.missing += 1;
    }

    /// One cell.
    pub fn add(&mut self, cell: Cell<'_>) {
        let text = cell.text;
        if text.is_empty() {
            self.missing += 1;
            return;
        }
        self.present += 1;
        self.native += u64::from(cell.native);
        if cell.nested {
            self.nested += 1;
            return;
        }
        self.remember(text);
        let length = text.chars().count();
        let (least, most) = self.length.unwrap_or((length, length));
        self.length = Some((least.min(length), most.max(length)));
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        self.digits += u64::from(digits);
        self.leading_zeros += u64::from(digits && text.len() > 1 && text.starts_with('0'));
        self.number(cell, digits);
        self.time(cell);
        self.words += u64::from(!digits && READERS.boolean.reads(cell, READERS.year));
        self.niks += u64::from(digits && is_nik(text));
        self.telephones += u64::from(is_telephone(text));
        self.mails += u64::from(is_mail(text));
        self.regions += u64::from(is_region(text));
        self.diseases += u64::from(is_icd10(text));
    }

    fn number(&mut self, cell: Cell<'_>, digits: bool) {
        let text = cell.text;
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let whole = digits || (!unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()));
        self.whole += u64::from(whole);
        let reads = [0, 1].map(|at| READERS.numbers[at].reads(cell, READERS.year));
        for at in [0, 1] {
            self.numbers[at] += u64::from(reads[at]);
            self.only[at] += u64::from(reads[at] && !reads[1 - at]);
        }
        let Some(at) = (0..2).find(|at| reads[*at]) else { return };
        let signs = if cell.native { Signs::PLAIN } else { SIGNS[at] };
        let plain: String = text
            .chars()
            .filter(|c| Some(*c) != signs.thousands)
            .map(|c| if c == signs.decimal { '.' } else { c })
            .collect();
        let fraction = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        self.fraction = self.fraction.max(fraction);
        if let Ok(value) = plain.parse::<f64>() {
            let (least, most) = self.range.unwrap_or((value, value));
            self.range = Some((least.min(value), most.max(value)));
        }
    }

    fn time(&mut self, cell: Cell<'_>) {
        // No date is shorter, and most values are: that saves nine tries each.
        if cell.text.len() < 8 || !cell.text.bytes().any(|b| b.is_ascii_digit()) {
            return;
        }
        for (count, reader) in self.dates.iter_mut().zip(&READERS.dates) {
            *count += u64::from(reader.reads(cell, READERS.year));
        }
        self.moments += u64::from(READERS.moment.reads(cell, READERS.year));
    }

    fn remember(&mut self, text: &str) {
        if self.hashes.len() < DISTINCT {
            self.hashes.insert(xxh3_64(text.as_bytes()));
        } else if !self.overflow {
            self.overflow = !self.hashes.contains(&xxh3_64(text.as_bytes()));
        }
        if self.too_many {
            return;
        }
        if let Some(count) = self.listed.get_mut(text) {
            *count += 1;
        } else if self.listed.len() < LISTED && text.len() <= LONGEST {
            self.listed.insert(text.to_owned(), 1);
        } else {
            self.too_many = true;
        }
    }

    /// How many different values there are; at least so many when [`Self::is_counted`] is false.
    pub fn distinct(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// Whether the different values were all counted.
    pub fn is_counted(&self) -> bool {
        !self.overflow
    }

    /// All values with their counts, the most frequent first; none when there are many.
    pub fn values(&self) -> Option<Vec<(&str, u64)>> {
        if self.too_many {
            return None;
        }
        Some(self.most())
    }

    /// The most frequent of the values that were met first.
    pub fn most(&self) -> Vec<(&str, u64)> {
        let mut all: Vec<(&str, u64)> = self
            .listed
            .iter()
            .map(|(text, count)| (text.as_str(), *count))
            .collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        all
    }

    /// Whether nearly all values (98 of 100) are among `count`.
    pub fn nearly_all(&self, count: u64) -> bool {
        self.present > 0 && count * 100 >= self.present * 98
    }
}

/// Sixteen digits with a possible birthday: day 1 to 31 (women 41 to 71), month 1 to 12.
fn is_nik(text: &str) -> bool {
    let part = |from: usize| text.get(from..from + 2).and_then(|two| two.parse::<u32>().ok());
    text.len() == 16
        && part(6).is_some_and(|day| matches!(day, 1..=31 | 41..=71))
        && part(8).is_some_and(|month| (1..=12).contains(&month))
}

fn is_telephone(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let rest = ["+628", "628", "08"]
        .iter()
        .find_map(|start| digits.strip_prefix(start));
    rest.is_some_and(|rest| (7..=11).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit()))
}

fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    !name.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace)
}

/// `35`, `35.03`, `35.03.01`, `35.03.01.2001`.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('.');
    text.contains('.')
        && [2, 2, 2, 4].iter().take(text.split('.').count()).all(|length| {
            parts
                .next()
                .is_some_and(|part| part.len() == *length && part.bytes().all(|b| b.is_ascii_digit()))
        })
        && parts.next().is_none()
}

/// A letter and two digits, perhaps a point and one or two more.
fn is_icd10(text: &str) -> bool {
    let bytes = text.as_bytes();
    let stem =
        bytes.len() >= 3 && bytes[0].is_ascii_uppercase() && bytes[1].is_ascii_digit() && bytes[2].is_ascii_digit();
    stem && match bytes.get(3..) {
        None | Some([]) => true,
        Some([b'.', rest @ ..]) => (1..=2).contains(&rest.len()) && rest.iter().all(u8::is_ascii_alphanumeric),
        _ => false,
    }
}
