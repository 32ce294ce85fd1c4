//! Runs scripts that would never end, or eat all memory, and shows what stops them.
//!
//! The lesson: every run has limits, a script cannot catch them, and another thread can end a run.

use sil::{CancelFlag, Engine, Limits, MemoryHost};
use std::{error::Error, thread, time::Duration};

const ENDLESS: &str = "while (true) { try { int n = 1; } catch { } }";
const DEEP: &str = "function down(int n) { return down(n + 1); } return down(0);";
const GROWING: &str = "string s = \"x\"; while (true) { s += s; }";

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::new();
    let limits = Limits::default().timeout(None);
    let cases = [
        ("fuel", ENDLESS, limits.clone().fuel(100_000)),
        ("deadline", ENDLESS, limits.clone().fuel(u64::MAX).timeout(Some(Duration::from_millis(50)))),
        ("depth", DEEP, limits.clone().depth(100)),
        ("memory", GROWING, limits.clone().memory(1 << 20)),
        ("cancel", ENDLESS, limits.fuel(u64::MAX).cancel(Some(cancelled_soon()))),
    ];
    for (name, source, limits) in cases {
        let program = engine.compile(name, source)?;
        match program.run(&mut MemoryHost::new(), &limits) {
            Ok(_) => println!("{name}: the script came to its end"),
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}

/// A flag that another thread sets after a moment.
fn cancelled_soon() -> CancelFlag {
    let flag = CancelFlag::new();
    let remote = flag.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        remote.cancel();
    });
    flag
}
