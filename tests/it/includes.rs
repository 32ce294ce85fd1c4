//! Programs of several files (L-21), and what can go wrong with loading them.

use sil::{Diagnostics, Engine, IncludeLoader, Limits, LoadError, MemoryHost, SourceLimits};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Files in memory.
fn files(files: &[(&str, &str)]) -> impl IncludeLoader + use<> {
    let files: Vec<(String, String)> = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
    move |path: &str| {
        let file = files.iter().find(|(known, _)| known == path);
        file.map(|(_, text)| text.clone()).ok_or_else(|| LoadError::new("no such file"))
    }
}

fn engine(contents: &[(&str, &str)]) -> Engine {
    Engine::builder().include_loader(files(contents)).build()
}

fn run(engine: &Engine, script: &str) -> Vec<String> {
    let program = engine.compile("main.sil", script).unwrap_or_else(|found| panic!("{found}"));
    let outcome = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap();
    outcome.returned().iter().map(sil::Data::to_text).collect()
}

/// File, place, code and message of each diagnostic.
fn told(found: &Diagnostics) -> Vec<String> {
    found
        .iter()
        .map(|diagnostic| {
            let place = found.sources().place(diagnostic.span).unwrap();
            format!("{}:{}:{} {} {}", place.file, place.line, place.column, diagnostic.code, diagnostic.message)
        })
        .collect()
}

fn refused(engine: &Engine, script: &str) -> Vec<String> {
    told(&engine.compile("main.sil", script).unwrap_err())
}

#[test]
fn included_code_runs_in_place() {
    let engine =
        engine(&[("a.incl", "s += \"a\";"), ("b.incl", "include \"c.incl\"; s += \"b\";"), ("c.incl", "s += \"c\";")]);
    let script = "string s = \"<\"; include \"a.incl\"; s += \"-\"; include \"b.incl\"; return s + \">\";";
    assert_eq!(run(&engine, script), ["<a-cb>"]);
}

#[test]
fn declarations_are_shared() {
    let engine = engine(&[(
        "lib.incl",
        "struct Jar { string what; } const number pots = 3; function f(Jar j) { return j.what; }",
    )]);
    assert_eq!(run(&engine, "include \"lib.incl\"; Jar j = {\"fig\"}; return f(j), pots;"), ["fig", "3"]);
}

#[test]
fn a_file_is_included_once() {
    let engine = engine(&[("a.incl", "n += 1;"), ("b.incl", "include \"a.incl\"; include \"./a.incl\"; n += 10;")]);
    let script =
        "number n = 0; include \"a.incl\"; include \"b.incl\"; include \"b.incl\"; include \"a.incl\"; return n;";
    assert_eq!(run(&engine, script), ["11"]);
}

#[test]
fn the_loader_is_asked_once_per_file() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let loader = move |_: &str| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(String::from("number n = 4;"))
    };
    let engine = Engine::builder().include_loader(loader).build();
    let program = engine.compile("main.sil", "include \"x\"; include \"x\"; return n;").unwrap();
    for _ in 0..3 {
        program.run(&mut MemoryHost::new(), &Limits::default()).unwrap();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn circles_end() {
    let engine = engine(&[
        ("a.incl", "include \"b.incl\"; n += 1;"),
        ("b.incl", "include \"a.incl\"; include \"main.sil\"; n += 10;"),
        ("self.incl", "include \"self.incl\"; n += 100;"),
    ]);
    let script = "number n = 0; include \"a.incl\"; include \"self.incl\"; return n;";
    assert_eq!(run(&engine, script), ["111"]);
}

#[test]
fn spellings_of_include() {
    let engine = engine(&[("a.incl", "n += 1;"), ("b.incl", "n += 10;"), ("c.incl", "n += 100;")]);
    let script = "number n = 0;\ninclude \"a.incl\"\n#include \"b.incl\"\n#include \"c.incl\";\nreturn n;";
    assert_eq!(run(&engine, script), ["111"]);
}

#[test]
fn line_ends_of_other_systems() {
    let engine =
        engine(&[("a.incl", "\u{feff}// comment\r\nn += 1;\r\nfunction f() {\r\n  return unknownOne();\r\n}\r\n")]);
    let script = "number n = 0;\r\ninclude \"a.incl\"\r\nreturn n;\r\n";
    let told = refused(&engine, script);
    let errors: Vec<&String> = told.iter().filter(|told| told.contains("SIL0100")).collect();
    assert_eq!(errors.len(), 1, "{told:?}");
    assert!(errors[0].starts_with("a.incl:4:10 "), "{told:?}");
}

#[test]
fn nobody_loads() {
    let told = refused(&Engine::new(), "string s;\n  include \"a.incl\";");
    assert_eq!(told, ["main.sil:2:3 SIL0301 cannot include `a.incl`: this engine has no include loader"]);
}

#[test]
fn the_loader_refuses() {
    let engine = engine(&[("a.incl", "number n;\n\ninclude \"../secret\";")]);
    let told = refused(&engine, "include \"a.incl\"; include \"gone.incl\";");
    assert_eq!(
        told,
        [
            "main.sil:1:19 SIL0301 cannot include `gone.incl`: no such file",
            "a.incl:3:1 SIL0301 cannot include `../secret`: no such file",
        ]
    );
}

#[test]
fn too_many_files() {
    let mut limits = SourceLimits::default();
    limits.includes = 2;
    let loader = |_: &str| Ok(String::from("runnerLog(1);"));
    let engine = Engine::builder().include_loader(loader).source_limits(limits).build();
    assert!(engine.compile("main.sil", "include \"a\"; include \"b\"; include \"a\";").is_ok());
    let told = refused(&engine, "include \"a\";\ninclude \"b\";\ninclude \"c\";");
    assert_eq!(told, ["main.sil:3:1 SIL0302 the program includes more than 2 files"]);
}

#[test]
fn too_deep() {
    let mut limits = SourceLimits::default();
    limits.include_depth = 3;
    // Each file includes the next one.
    let loader = |path: &str| {
        let next = path.parse::<u32>().unwrap() + 1;
        Ok(if next > 6 { String::new() } else { format!("// {path}\ninclude \"{next}\";") })
    };
    let engine = Engine::builder().include_loader(loader).source_limits(limits).build();
    assert!(engine.compile("main.sil", "include \"4\";").is_ok());
    let told = refused(&engine, "include \"1\";");
    assert_eq!(told, ["3:2:1 SIL0303 includes nest more than 3 levels deep at `4`"]);
}

#[test]
fn endless_chains_end_by_the_default_limits() {
    let loader = |path: &str| Ok(format!("include \"{path}x\";"));
    let told = refused(&Engine::builder().include_loader(loader).build(), "include \"x\";");
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("SIL0303"), "{told:?}");
    let loader = |_: &str| Ok(String::new());
    let many: String = (0..300).map(|n| format!("include \"{n}\";\n")).collect();
    let told = refused(&Engine::builder().include_loader(loader).build(), &many);
    assert_eq!(told.len(), 300 - 256);
    assert!(told[0].starts_with("main.sil:257:1 SIL0302"), "{told:?}");
}

#[test]
fn too_large() {
    let mut limits = SourceLimits::default();
    limits.script_size = 40;
    let loader = |path: &str| Ok(" ".repeat(path.parse().unwrap()));
    let engine = Engine::builder().include_loader(loader).source_limits(limits).build();
    assert!(engine.compile("main.sil", "include \"40\";").is_ok());
    let told = refused(&engine, "string s;\ninclude \"41\";");
    assert_eq!(told, ["main.sil:2:1 SIL0304 script size limit of 40 bytes reached: `41` has 41 bytes"]);
    let told = refused(&engine, &" ".repeat(50));
    assert_eq!(told, ["main.sil:1:1 SIL0304 script size limit of 40 bytes reached: `main.sil` has 50 bytes"]);
}

#[test]
fn errors_are_in_their_files() {
    let engine = engine(&[("a.incl", "\n  number n = ;\n"), ("b.incl", "number b = 1;\nb.c = 2; unknownOne();")]);
    let told = refused(&engine, "include \"a.incl\";\nnumber m = ;");
    assert!(told.iter().any(|told| told.starts_with("a.incl:2:14 SIL0001")), "{told:?}");
    assert!(told.iter().any(|told| told.starts_with("main.sil:2:12 SIL0001")), "{told:?}");
    let told = refused(&engine, "include \"b.incl\";");
    assert!(told.iter().any(|told| told.starts_with("b.incl:2:10 SIL0100")), "{told:?}");
}

#[test]
fn failures_are_in_their_files() {
    let engine = engine(&[("a.incl", "function f(number n) {\n  return 1 / (integer) n;\n}")]);
    let program = engine.compile("main.sil", "include \"a.incl\";\n\nreturn f(0);").unwrap();
    let error = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap_err();
    let place = error.place().unwrap();
    assert_eq!((&*place.file, place.line), ("a.incl", 2), "{error}");
    let places: Vec<String> = error
        .stack()
        .iter()
        .map(|entry| {
            format!("{} {}:{}", entry.function, entry.place.as_ref().unwrap().file, entry.place.as_ref().unwrap().line)
        })
        .collect();
    assert_eq!(places, ["f a.incl:2", "main program main.sil:3"]);
}

#[test]
fn parsing_alone_loads_nothing() {
    let found = Engine::new().parse("main.sil", "include \"a.incl\"; return 1;");
    assert!(found.is_empty(), "{found}");
}
