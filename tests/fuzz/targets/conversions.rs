#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sil_fuzz::conversions(data));
