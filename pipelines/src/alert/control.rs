//! How many of a day's flags are false? The false-discovery rate ([`fdr`]) within a day and a family: of the flags that
//! pass, at most the share `q` is expected to be false. Rules are not tested, nor are flags of methods that have no
//! probability (change points, charts): they pass.

use super::Flag;
use crate::detector::fdr;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Points tested on a day in a family, flagged or not; flags alone do not say how often one looked.
pub type Tested = BTreeMap<(NaiveDate, String), usize>;

/// True, in the order of `flags`, for those that pass. A family or day that `tested` does not name is taken to have
/// tested its flags only.
pub fn passes(flags: &[Flag], tested: &Tested, q: f64) -> Vec<bool> {
    let mut groups: BTreeMap<(NaiveDate, &str), Vec<(usize, f64)>> = BTreeMap::new();
    let mut passes = vec![true; flags.len()];
    for (index, flag) in flags.iter().enumerate() {
        if let (Some(p), false) = (flag.p, flag.is_rule) {
            groups.entry((flag.day, &flag.family)).or_default().push((index, p));
        }
    }
    for ((day, family), group) in groups {
        let looked = tested.get(&(day, family.to_owned())).copied().unwrap_or(0);
        let p: Vec<f64> = group.iter().map(|(_, p)| *p).collect();
        for ((index, _), adjusted) in group.iter().zip(fdr::benjamini_hochberg_among(&p, looked)) {
            passes[*index] = adjusted <= q;
        }
    }
    passes
}
