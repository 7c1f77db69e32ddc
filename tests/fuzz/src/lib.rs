//! A fuzzer is one line: which feeds it reads, and what their files are called.
#![cfg(feature = "fuzz")]

#[doc(hidden)]
pub use libfuzzer_sys;
pub use smartcenter_ingest::trial::Trial;

use std::{
    panic::{AssertUnwindSafe, catch_unwind, set_hook},
    sync::Mutex,
};

/// What the last panic said.
static LAST: Mutex<String> = Mutex::new(String::new());

/// A trial in a fuzzer. The decoders catch the panics of the libraries that they call, which libFuzzer would end the
/// program for: only what gets out of a trial is a finding.
#[must_use]
pub fn prepared(trial: Trial) -> Trial {
    set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST.lock() {
            *last = panic.to_string();
        }
    }));
    trial
}

/// Reads a payload, and ends the program where that does not end well.
pub fn read(trial: &Trial, payload: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| trial.read(payload))).is_err() {
        if let Ok(last) = LAST.lock() {
            eprintln!("{last}");
        }
        std::process::abort();
    }
}

/// Fuzzes the decoder of files that are called like `$file`, under the contract of `tests/fixtures/feeds/$feeds`.
#[macro_export]
macro_rules! decoder {
    ($feeds:literal, $file:literal) => {
        static TRIAL: std::sync::LazyLock<$crate::Trial> = std::sync::LazyLock::new(|| {
            $crate::prepared($crate::Trial::new(
                $file,
                include_str!(concat!("../../fixtures/feeds/", $feeds, "/contract.yaml")),
            ))
        });
        $crate::libfuzzer_sys::fuzz_target!(|payload: &[u8]| $crate::read(&TRIAL, payload));
    };
}
