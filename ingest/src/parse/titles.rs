//! Names without academic, religious and honorary titles: `Dr. H. Budi Santoso, S.Pd., M.M.` is kept as
//! `Budi Santoso`. The lists are conservative: what could be an initial or a name stays.

use smartcenter_warehouse::contract::fold_word;

/// Titles in front, folded. Those of one letter count with their dot only.
const FRONT: &[&str] = &[
    "prof", "dr", "drg", "drh", "drs", "dra", "ir", "h", "hj", "kh", "khr", "ust", "ustadz", "ustaz", "ustadzah",
    "pdt", "ns", "bdn", "apt", "drhc",
];

/// Titles behind, folded.
const BEHIND: &[&str] = &[
    // Titles in front that registers put behind.
    "prof", "dr", "drg", "drh", "drs", "dra", "ir", "h", "hj", "ns", "apt", "bdn", // Diplomas.
    "ama", "amapd", "ampd", "amd", "amdkeb", "amdkep", "amdkes", "amdkom", "amdgz", "amdgizi", "amdfarm", "amdak",
    "amdrmik", "amdkl", "amdt", "amdi", "amdrad", "amdtem", "amk", "amkeb", "amkg", "amg", "akp", "skm",
    // First degrees.
    "sag", "sadm", "sap", "sark", "sars", "sds", "se", "sei", "sesy", "sfarm", "sfil", "sgz", "sh", "shi", "shum",
    "shut", "sikom", "sip", "sipem", "sked", "skeb", "skep", "skepns", "skel", "skg", "skh", "skom", "skpm", "smat",
    "spd", "spdi", "spdsd", "spdk", "spdaud", "spdpaud", "spi", "spsi", "spt", "sp", "spwk", "ss", "ssi", "ssn",
    "ssos", "ssosi", "sst", "sstp", "sstkeb", "sstft", "st", "sth", "sthi", "str", "strkeb", "strkep", "strkes",
    "strgz", "strkom", "strip", "strsos", "stp", "sud", // Second and third degrees.
    "ma", "mag", "mak", "map", "mba", "mbiomed", "mcs", "mds", "me", "mei", "mekdev", "meng", "mepid", "mesy", "mfarm",
    "mfil", "mgizi", "mh", "mhi", "mhkes", "mhum", "mikom", "mip", "mkeb", "mkep", "mkes", "mkesos", "mkkk", "mkm",
    "mkn", "mkom", "mling", "mm", "mmkes", "mmpd", "mmt", "mmrs", "mp", "mpa", "mpd", "mpdi", "mph", "mpp", "mps",
    "mpsi", "mpsdm", "mpt", "mpwk", "mred", "msc", "mse", "msi", "msn", "mstr", "msos", "mt", "mthi", "mtp", "mtr",
    "mtrkeb", "mtrkep", "mtrip", "phd", "ba", "bsc", "beng", "bba", "lc",
];

/// A name without its titles; whole where nothing would be left of it.
pub(super) fn strip(name: &str) -> &str {
    let mut rest = name;
    while let Some(shorter) = without_front(rest).or_else(|| without_behind(rest)) {
        if !shorter.contains(char::is_alphabetic) {
            break;
        }
        rest = shorter;
    }
    // What is left may be a title itself, and nobody is called `H.`.
    let left = fold_word(rest);
    let is_left = FRONT.contains(&left.as_str()) || BEHIND.contains(&left.as_str());
    if is_left { name } else { rest }
}

/// Without one title in front: a word, or the start of one up to a dot (`Dr.Budi`).
fn without_front(name: &str) -> Option<&str> {
    let end = name.find(char::is_whitespace).unwrap_or(name.len());
    let word = name.get(..end)?;
    let dots = word.match_indices('.').map(|(at, _)| at + 1);
    let ends = std::iter::once(end).chain(dots);
    ends.filter_map(|end| name.split_at_checked(end))
        .find(|(title, _)| {
            let folded = fold_word(title.trim_end_matches(','));
            let is_plain = folded.chars().count() > 1 || title.contains('.');
            is_plain && FRONT.contains(&folded.as_str())
        })
        .map(|(_, rest)| rest.trim_start_matches(|c: char| c.is_whitespace() || c == ','))
        .filter(|rest| !rest.is_empty())
}

/// Without what stands behind the last comma, if titles are all it is, or without a last word with dots.
fn without_behind(name: &str) -> Option<&str> {
    let name = name.trim_end_matches(|c: char| c.is_whitespace() || c == ',');
    if let Some((front, behind)) = name.rsplit_once(',')
        && is_titles(behind)
    {
        return Some(front.trim_end());
    }
    let (front, word) = name.rsplit_once(char::is_whitespace)?;
    let has_inner_dot = word.trim_end_matches('.').contains('.');
    (has_inner_dot && is_title(word)).then(|| front.trim_end())
}

fn is_titles(words: &str) -> bool {
    is_title(words) || (!words.trim().is_empty() && words.split_whitespace().all(is_title))
}

/// A degree, or a specialist's `Sp.` with its field: `Sp.A`, `Sp.OG(K)`.
fn is_title(word: &str) -> bool {
    let folded = fold_word(word);
    let plain = folded.strip_suffix("(k)").unwrap_or(&folded);
    let is_specialist = || {
        let field = plain.strip_prefix("sp").unwrap_or_default();
        let is_dotted = word.trim_start().get(2..3) == Some(".");
        is_dotted && (1..=4).contains(&field.len()) && field.bytes().all(|b| b.is_ascii_alphabetic())
    };
    BEHIND.contains(&plain) || is_specialist()
}
