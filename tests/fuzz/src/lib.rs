//! A fuzzer is one line: which feeds it reads, and what their files are called.
#![cfg(feature = "fuzz")]

#[doc(hidden)]
pub use libfuzzer_sys;
#[doc(hidden)]
pub use smartcenter_ingest::trial::Trial;

/// Fuzzes the decoder of files that are called like `$file`, under the contract of `tests/fixtures/feeds/$feeds`.
#[macro_export]
macro_rules! decoder {
    ($feeds:literal, $file:literal) => {
        static TRIAL: std::sync::LazyLock<$crate::Trial> = std::sync::LazyLock::new(|| {
            $crate::Trial::new(
                $file,
                include_str!(concat!("../../fixtures/feeds/", $feeds, "/contract.yaml")),
            )
        });
        $crate::libfuzzer_sys::fuzz_target!(|payload: &[u8]| TRIAL.read(payload));
    };
}
