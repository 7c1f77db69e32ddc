//! The scale R's `stl` takes for its robustness weights. R looks for the two middle ranks by a partial quicksort
//! (Singleton 1969) that wants them ascending and gets them descending, so that for an even number of residuals it now
//! and then stops at a neighbour of the median. Weights that shall equal R's need the same near-miss.

/// A stretch of positions still to be ordered, both ends included, and the wanted ranks in it.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    first: usize,
    last: usize,
    wanted: (usize, usize),
}

/// Twice what R takes for the median of the values. Reorders them.
pub(super) fn two_middles(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n < 2 {
        return 2.0 * values.first().copied().unwrap_or(f64::NAN);
    }
    let middle = n / 2;
    let ranks = [middle, n - 1 - middle];
    order(values, &ranks);
    values[ranks[0]] + values[ranks[1]]
}

/// Moves the values of the wanted ranks to their places, if `ranks` ascend.
fn order(a: &mut [f64], ranks: &[usize; 2]) {
    // `wanted` counts from 1, so that an empty range needs no sign.
    let mut now = Stretch {
        first: 0,
        last: a.len() - 1,
        wanted: (1, 2),
    };
    let mut waiting: Vec<Stretch> = Vec::new();
    loop {
        let is_done = if now.last - now.first > 10 || (now.first == 0 && now.first < now.last) {
            let (left, right) = split(a, now);
            !narrow(&mut now, left, right, ranks, &mut waiting)
        } else {
            insertion(a, now.first, now.last);
            true
        };
        if is_done {
            loop {
                match waiting.pop() {
                    None => return,
                    Some(next) if next.wanted.0 <= next.wanted.1 => {
                        now = next;
                        break;
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

/// Splits a stretch at the median of its ends and middle: (last of the lower part, first of the upper part).
fn split(a: &mut [f64], Stretch { first, last, .. }: Stretch) -> (usize, usize) {
    // Positions from 1 decide which middle is taken.
    let middle = (first + last + 2) / 2 - 1;
    if a[first] > a[middle] {
        a.swap(first, middle);
    }
    if a[last] < a[middle] {
        a.swap(last, middle);
        if a[first] > a[middle] {
            a.swap(first, middle);
        }
    }
    let pivot = a[middle];
    let (mut k, mut l) = (first, last);
    loop {
        l -= 1;
        if a[l] > pivot {
            continue;
        }
        k += 1;
        while a[k] < pivot {
            k += 1;
        }
        if k > l {
            return (l, k);
        }
        a.swap(k, l);
    }
}

/// Goes on with the shorter part and lets the other wait; false if no rank is wanted in the part gone on with.
fn narrow(now: &mut Stretch, left: usize, right: usize, ranks: &[usize; 2], waiting: &mut Vec<Stretch>) -> bool {
    let mut other = *now;
    let goes_left = left as i64 - now.first as i64 <= now.last as i64 - right as i64;
    if goes_left {
        other.first = right;
        now.last = left;
        while now.wanted.0 <= now.wanted.1 && ranks[now.wanted.1 - 1] > now.last {
            now.wanted.1 -= 1;
        }
        if now.wanted.0 <= now.wanted.1 {
            other.wanted.0 = now.wanted.1 + 1;
        }
    } else {
        other.last = left;
        now.first = right;
        while now.wanted.0 <= now.wanted.1 && ranks[now.wanted.0 - 1] < now.first {
            now.wanted.0 += 1;
        }
        if now.wanted.0 <= now.wanted.1 {
            other.wanted.1 = now.wanted.0 - 1;
        }
    }
    waiting.push(other);
    now.wanted.0 <= now.wanted.1
}

fn insertion(a: &mut [f64], first: usize, last: usize) {
    for i in first..last {
        let mut k = i + 1;
        while k > 0 && a[k - 1] > a[k] {
            a.swap(k - 1, k);
            k -= 1;
        }
    }
}
