//! Empty. A dependency of every package of ours, so that `cargo build -p one` selects the same features of third-party
//! crates as the whole workspace does, and nothing large is built twice.
