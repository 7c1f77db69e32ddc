//! Names that are nearly the same, for the sender who mistyped one.

use smartcenter_warehouse::contract::fold_word;

/// Longest text, in characters, that is compared.
const LONGEST: usize = 64;

/// Up to `most` of `names` that differ from `wrong` by a third of its letters at most, the nearest first. `bare` is
/// the part of a name that is compared.
pub(super) fn nearest<'n>(
    wrong: &str,
    names: impl Iterator<Item = (&'n str, &'n str)>,
    bare: impl Fn(&'n str) -> &'n str,
    most: usize,
) -> Vec<(&'n str, &'n str)> {
    let wrong: Vec<char> = fold_word(wrong).chars().collect();
    if wrong.is_empty() || wrong.len() > LONGEST {
        return Vec::new();
    }
    let limit = (wrong.len() / 3).clamp(1, 4);
    let mut found: Vec<(usize, &str, &str)> = Vec::new();
    let mut rows = Rows::default();
    for (name, code) in names {
        let folded: Vec<char> = fold_word(bare(name)).chars().take(LONGEST + 1).collect();
        if let Some(steps) = rows.distance(&wrong, &folded, limit) {
            found.push((steps, name, code));
            if found.len() > 16 * most {
                found.sort_unstable();
                found.truncate(most);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(most);
    found.into_iter().map(|(_, name, code)| (name, code)).collect()
}

/// The two rows of the table that a comparison fills, kept from one to the next.
#[derive(Default)]
struct Rows(Vec<usize>, Vec<usize>);

impl Rows {
    /// Letters to add, drop or change; nothing where more than `limit` are needed.
    fn distance(&mut self, one: &[char], other: &[char], limit: usize) -> Option<usize> {
        if one.len().abs_diff(other.len()) > limit {
            return None;
        }
        let Self(before, row) = self;
        before.clear();
        before.extend(0..=other.len());
        for (i, a) in one.iter().enumerate() {
            row.clear();
            row.push(i + 1);
            let mut left = i + 1;
            let mut least = left;
            for (b, pair) in other.iter().zip(before.windows(2)) {
                let &[diagonal, above] = pair else { return None };
                left = (diagonal + usize::from(a != b)).min(above + 1).min(left + 1);
                least = least.min(left);
                row.push(left);
            }
            if least > limit {
                return None;
            }
            std::mem::swap(before, row);
        }
        before.last().copied().filter(|steps| *steps <= limit)
    }
}
