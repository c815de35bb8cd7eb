//! `accept` for `cargo fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| winsock_fuzz::run("accept", data));
