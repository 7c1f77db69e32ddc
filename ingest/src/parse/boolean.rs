//! Yes and no, as forms in Indonesia write them.

/// `ya`, `y`, `yes`, `true`, `benar`, `1`; `tidak`, `t`, `tdk`, `no`, `n`, `false`, `salah`, `0`; any case.
/// A lone `T` is `tidak`: no form here means "true" by it.
pub(super) fn parse(text: &str) -> Option<bool> {
    const YES: [&str; 6] = ["1", "ya", "y", "true", "yes", "benar"];
    const NO: [&str; 8] = ["0", "tidak", "t", "false", "no", "n", "tdk", "salah"];
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_one_of(&YES) {
        Some(true)
    } else if is_one_of(&NO) {
        Some(false)
    } else {
        None
    }
}
