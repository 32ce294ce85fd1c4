//! The scripts the benches share. Each bench uses a part of them.
#![allow(dead_code, reason = "every bench compiles this file and uses its own part of it")]

use criterion::Criterion;
use sil::{Engine, Program};
use std::time::Duration;

/// 22 lines.
pub const SHORT: &str = include_str!("../scripts/short.sil");

/// A hundred lines of everyday functions; their own names end in `_0`.
const FUNCTIONS: &str = include_str!("../scripts/functions.sil");

/// 2,000 lines: the same functions twenty times under other names.
pub fn long() -> String {
    (0..20).map(|copy| FUNCTIONS.replace("_0", &format!("_{copy}"))).collect()
}

/// The two texts the front is measured with.
pub fn texts() -> [(&'static str, String); 2] {
    [("22_lines", SHORT.to_owned()), ("2000_lines", long())]
}

/// A program out of a script that has no errors.
pub fn compiled(name: &str, source: &str) -> Program {
    Engine::new().compile(name, source).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

/// Settings that give a whole file of benches in a minute.
pub fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(20)
        .configure_from_args()
}
