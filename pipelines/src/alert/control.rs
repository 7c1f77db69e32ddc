//! How many of a day's flags are false? Benjamini and Hochberg (1995) within a day and a family: of the flags that pass,
//! at most the share `q` is expected to be false. Rules are not tested, nor are flags of methods that have no probability
//! (change points, charts): they pass.

use super::Flag;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Points tested on a day in a family, flagged or not; flags alone do not say how often one looked.
pub type Tested = BTreeMap<(NaiveDate, String), usize>;

/// True, in the order of `flags`, for those that pass. A family or day that `tested` does not name is taken to have
/// tested its flags only.
pub fn passes(flags: &[Flag], tested: &Tested, q: f64) -> Vec<bool> {
    let mut groups: BTreeMap<(NaiveDate, &str), Vec<(f64, usize)>> = BTreeMap::new();
    let mut passes: Vec<bool> = flags.iter().map(|flag| flag.is_rule || flag.p.is_none()).collect();
    for (index, flag) in flags.iter().enumerate() {
        if let (Some(p), false) = (flag.p, flag.is_rule) {
            groups.entry((flag.day, &flag.family)).or_default().push((p, index));
        }
    }
    for ((day, family), mut group) in groups {
        group.sort_by(|a, b| a.0.total_cmp(&b.0));
        let looked = tested
            .get(&(day, family.to_owned()))
            .copied()
            .unwrap_or(0)
            .max(group.len()) as f64;
        let last = (1..)
            .zip(&group)
            .filter(|(rank, (p, _))| *p <= q * f64::from(*rank) / looked)
            .last()
            .map_or(0, |(rank, _)| rank as usize);
        for (_, index) in &group[..last] {
            passes[*index] = true;
        }
    }
    passes
}
