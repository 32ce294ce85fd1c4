//! The plan of the house: which room looks into which, which library stays in which room, sizes, names.
//!
//! The tables are those of the chapter `design` of the guide. Change both together.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Which room may look into which.
const ARROWS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diagnostics", &["source"]),
    ("types", &["source"]),
    ("limits", &["source"]),
    ("syntax", &["types", "limits", "diagnostics", "source"]),
    ("value", &["types", "limits", "diagnostics", "source"]),
    ("signatures", &["types", "limits", "diagnostics", "source"]),
    ("check", &["syntax", "signatures", "types", "diagnostics", "source"]),
    ("host", &["value", "types", "limits", "diagnostics"]),
    ("call", &["host", "value", "signatures", "types", "limits", "diagnostics", "source"]),
    ("eval", &["call", "host", "value", "signatures", "types", "limits", "diagnostics", "source"]),
    ("routines", &["call", "host", "value", "signatures", "types", "limits", "diagnostics", "source"]),
    ("lower", &["eval", "call", "check", "syntax", "value", "signatures", "types", "limits", "diagnostics", "source"]),
    (
        "engine",
        &[
            "lower",
            "eval",
            "routines",
            "call",
            "check",
            "host",
            "syntax",
            "value",
            "signatures",
            "diagnostics",
            "types",
            "limits",
            "source",
        ],
    ),
    ("webhook", &["engine", "host", "value", "limits", "diagnostics"]),
    ("local", &["engine", "host", "value", "limits", "diagnostics"]),
    ("server", &["webhook", "local", "engine", "host", "value", "limits", "diagnostics"]),
    ("tools", &["engine", "host", "value", "check", "syntax", "signatures", "diagnostics", "source"]),
    ("bin", OUTSIDE),
    ("lsp", OUTSIDE),
    ("guide", OUTSIDE),
];

/// What those outside see: the upper rooms, and whatever `lib.rs` shows.
const OUTSIDE: &[&str] = &[
    "tools",
    "server",
    "local",
    "webhook",
    "engine",
    "call",
    "check",
    "diagnostics",
    "host",
    "limits",
    "signatures",
    "source",
    "syntax",
    "types",
    "value",
];

const ABOVE_ENGINE: &[&str] = &["webhook", "local", "server", "tools", "bin", "lsp"];
const ANYWHERE: &[&str] = &[];

/// Which room may use which library, as Rust names it. An empty list means any room.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("logos", &["syntax"]),
    ("lalrpop_util", &["syntax"]),
    ("indexmap", &["value", "syntax"]),
    ("itoa", &["value"]),
    ("memchr", &["routines"]),
    ("smallvec", &["value", "eval"]),
    ("arrayvec", &["value", "routines"]),
    ("jiff", &["value", "routines", "local"]),
    ("serde_json", &["value", "diagnostics", "webhook", "local", "server", "tools", "bin", "lsp"]),
    ("serde", &["value", "host", "diagnostics", "webhook", "local", "server", "tools", "bin", "lsp"]),
    // Rooms that walk trees or values, and the one that runs scripts inside of scripts.
    ("stacker", &["value", "host", "syntax", "check", "lower", "eval", "routines", "engine"]),
    ("form_urlencoded", &["webhook", "routines"]),
    ("csv", &["routines"]),
    ("encoding_rs", &["routines"]),
    ("sha2", &["routines", "webhook", "server"]),
    ("fancy_regex", &["routines"]),
    ("regex_syntax", &["routines"]),
    ("base64", &["routines", "webhook"]),
    ("percent_encoding", &["routines"]),
    ("hmac", &["routines", "webhook"]),
    ("subtle", &["webhook", "server"]),
    ("sha1", &["routines"]),
    ("aes_gcm", &["routines"]),
    ("rsa", &["routines"]),
    ("zip", &["routines"]),
    ("quick_xml", &["routines"]),
    ("cap_std", &["local"]),
    ("ureq", &["local"]),
    ("getrandom", &["local"]),
    ("libc", &["local"]),
    ("axum", &["server"]),
    ("tokio", &["server"]),
    ("hyper", &["server"]),
    ("hyper_util", &["server"]),
    ("http_body", &["server"]),
    ("http_body_util", &["server"]),
    ("tower_service", &["server"]),
    ("tokio_io_timeout", &["server"]),
    ("rusqlite", &["server"]),
    ("toml_edit", &["server"]),
    ("maud", &["server"]),
    ("tracing", &["server"]),
    ("annotate_snippets", &["diagnostics"]),
    ("clap", &["bin"]),
    ("tempfile", &["bin", "server"]),
    ("thiserror", ANYWHERE),
    ("foldhash", ANYWHERE),
];

/// Tests that whoever implements a trait runs on his own type, so they are part of the library.
const SUITES: &[&str] = &["src/webhook/auth/contract.rs", "src/webhook/task/contract.rs"];

/// What stands at the top, beside names with a dot and what Cargo builds.
const TOP: &[&str] = &["Cargo.toml", "Cargo.lock", "src", "grammar", "benches", "tests", "examples", "README.md"];

/// The largest number of lines of a file in `src`.
const LINES: usize = 800;
const MANY_LINES: usize = 500;

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of a kind under a folder, in order.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What Cargo builds may lie below a manifest.
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no .{extension} under {folder}");
    found
}

pub fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// A Rust file without its comments and with empty texts.
struct Code {
    /// As in `src/value/mod.rs`.
    name: String,
    room: String,
    text: String,
    lines: usize,
}

/// The code of `src` and of the grammar.
fn code() -> Vec<Code> {
    let mut found: Vec<Code> = files("src", "rs").iter().map(|path| read(path)).collect();
    let mut grammar = read(&root().join("grammar/sil.lalrpop"));
    grammar.room = "syntax".to_owned();
    found.push(grammar);
    found
}

fn read(path: &Path) -> Code {
    let raw = fs::read_to_string(path).unwrap();
    let name = short(path);
    let room = name.split('/').nth(1).unwrap().trim_end_matches(".rs").to_owned();
    Code { name, room, text: stripped(&raw), lines: raw.lines().count() }
}

/// Without comments, and with nothing inside of texts and characters.
fn stripped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let word = out.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_text(rest).filter(|_| !word) {
            out.push_str("\"\"");
            length
        } else if first == '"' {
            out.push_str("\"\"");
            quoted(rest, '"')
        } else if first == '\'' && is_character(rest) {
            out.push_str("' '");
            quoted(rest, '\'')
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}

/// The length of `r"..."` with any number of `#`, if one stands here.
fn raw_text(text: &str) -> Option<usize> {
    let behind = text.strip_prefix('r')?;
    let hashes = behind.len() - behind.trim_start_matches('#').len();
    let body = behind[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).unwrap();
    Some(1 + hashes + 1 + length + end.len())
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, found) in text.char_indices().skip(1) {
        if found == quote && !escaped {
            return at + 1;
        }
        escaped = found == '\\' && !escaped;
    }
    text.len()
}

/// `'x'` or `'\..'`, but no lifetime.
fn is_character(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    chars.next() == Some('\\') || chars.next() == Some('\'')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first word behind each `start::`, also in braces.
fn behind<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let pattern = format!("{start}::");
    for (at, _) in text.match_indices(&pattern) {
        if text[..at].ends_with(|c: char| is_word(c) || c == ':') {
            continue;
        }
        let rest = text[at + pattern.len()..].trim_start();
        match rest.strip_prefix('{') {
            Some(list) => found.extend(members(list)),
            None => found.push(first_word(rest)),
        }
    }
    found
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !is_word(c)).next().unwrap()
}

/// The first words of the members of a list, up to its closing brace.
fn members(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                found.push(first_word(list[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// The code without what only tests compile.
fn without_tests(text: &str) -> String {
    let mut out = text.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let open = out[start..].find(['{', ';']).unwrap() + start;
        let mut end = open + 1;
        if out[open..].starts_with('{') {
            let mut depth = 1;
            while depth > 0 {
                match out.as_bytes()[end] {
                    b'{' => depth += 1,
                    b'}' => depth -= 1,
                    _ => {}
                }
                end += 1;
            }
        }
        out.replace_range(start..end, "");
    }
    out
}

/// Files that are modules of tests, by their declarations.
fn test_files(all: &[Code]) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = SUITES.iter().map(|name| (*name).to_owned()).collect();
    for code in all {
        for (at, mark) in code.text.match_indices("#[cfg(test)]") {
            let declared = code.text[at + mark.len()..].split(['{', ';']).next().unwrap();
            let rest = &code.text[at + mark.len() + declared.len()..];
            if let Some((_, name)) = declared.rsplit_once("mod ").filter(|_| rest.starts_with(';')) {
                let folder = code.name.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_end_matches('/');
                found.insert(format!("{folder}/{}.rs", name.trim()));
            }
        }
    }
    found
}

fn nothing(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn rooms_look_down_only() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut problems = Vec::new();
    let mut seen = 0;
    for code in code().iter().filter(|code| code.room != "lib") {
        let Some(allowed) = arrows.get(code.room.as_str()) else {
            problems.push(format!("{}: no room of the plan", code.name));
            continue;
        };
        let door = if code.room == "bin" { "sil" } else { "crate" };
        for word in behind(&code.text, door) {
            seen += 1;
            let shown_by_lib = code.room == "bin" && !arrows.contains_key(word);
            if word != code.room && !shown_by_lib && !allowed.contains(&word) {
                problems.push(format!("{}: `{}` looks into `{word}`", code.name, code.room));
            }
        }
        if code.room == "bin" {
            let inside: BTreeSet<&str> = behind(&code.text, "crate").into_iter().collect();
            problems.extend(
                inside
                    .iter()
                    .filter(|word| {
                        arrows.contains_key(*word) && !root().join(format!("src/bin/sil/{word}.rs")).exists()
                    })
                    .map(|word| format!("{}: `crate::{word}` is no part of the command", code.name)),
            );
        }
    }
    assert!(seen > 200, "only {seen} arrows read");
    nothing(&problems);
}

#[test]
fn no_room_is_left_through_super() {
    let mut problems = Vec::new();
    for code in code() {
        let inside: Vec<&str> = code.name.split('/').skip(2).filter(|part| *part != "mod.rs").collect();
        for (at, _) in code.text.match_indices("super::") {
            if code.text[..at].ends_with("super::") {
                continue;
            }
            let mut steps = 0;
            let mut rest = &code.text[at..];
            while let Some(behind) = rest.strip_prefix("super::") {
                steps += 1;
                rest = behind;
            }
            // A module inside of the file is one level more.
            let before = &code.text[..at];
            let open = before.matches('{').count() - before.matches('}').count();
            let nested = usize::from(open > 0 && (before.contains("\nmod ") || before.contains("pub mod ")));
            if steps > inside.len() + nested {
                problems.push(format!("{}: `{}`", code.name, code.text[at..].lines().next().unwrap()));
            }
        }
    }
    nothing(&problems);
}

#[test]
fn libraries_stay_in_their_rooms() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let listed: BTreeSet<String> = section
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .collect();
    let known: BTreeSet<String> = LIBRARIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, known, "libraries of the manifest and of the table");

    let mut problems = Vec::new();
    for code in code() {
        for (library, rooms) in LIBRARIES.iter().filter(|(_, rooms)| !rooms.is_empty()) {
            let used = !behind(&code.text, library).is_empty();
            if used && !rooms.contains(&code.room.as_str()) {
                problems.push(format!("{}: `{library}` in `{}`", code.name, code.room));
            }
        }
    }
    nothing(&problems);
    let above = LIBRARIES.iter().find(|(name, _)| *name == "serde_json").unwrap().1;
    assert!(ABOVE_ENGINE.iter().all(|room| above.contains(room)));
}

#[test]
fn files_are_small() {
    let all = code();
    let mut long: Vec<&Code> =
        all.iter().filter(|code| code.name.starts_with("src/") && code.lines > MANY_LINES).collect();
    long.sort_by_key(|code| std::cmp::Reverse(code.lines));
    let show = |code: &&Code| format!("{} lines: {}", code.lines, code.name);
    println!("above {MANY_LINES}:\n{}", long.iter().map(show).collect::<Vec<_>>().join("\n"));
    long.retain(|code| code.lines > LINES);
    nothing(&long.iter().map(show).collect::<Vec<_>>());
}

#[test]
fn little_stands_at_the_top() {
    let mut problems = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.starts_with('.') && name != "target" && !TOP.contains(&name.as_str()) {
            problems.push(name);
        }
    }
    nothing(&problems);
}

#[test]
fn every_fuzz_target_is_known() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (manifest, script, chapter) =
        (read("tests/fuzz/Cargo.toml"), read("tests/fuzz/run.sh"), read("src/guide/design.md"));
    let listed = script.lines().find_map(|line| line.strip_prefix("all=(")?.strip_suffix(')')).unwrap();
    let mut listed: Vec<&str> = listed.split(' ').collect();
    listed.sort_unstable();
    let targets = files("tests/fuzz/targets", "rs");
    let targets: Vec<&str> = targets.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
    assert_eq!(listed, targets, "targets of the script and of the folder");
    for target in targets {
        assert!(manifest.contains(&format!("path = \"targets/{target}.rs\"")), "{target} in the manifest");
        assert!(chapter.contains(&format!("| `{target}` |")), "{target} in the chapter");
    }
}

#[test]
fn nothing_stops_the_program() {
    let all = code();
    let tests = test_files(&all);
    assert!(!tests.is_empty());
    let words = [
        ".unwrap()",
        ".expect(",
        ".unwrap_err(",
        "panic!",
        "todo!",
        "unimplemented!",
        "dbg!",
        "#[ignore",
        "#[should_panic",
    ];
    let mut problems = Vec::new();
    for code in all.iter().filter(|code| !tests.contains(&code.name)) {
        let text = without_tests(&code.text);
        for word in words.iter().filter(|word| text.contains(**word)) {
            // An exception carries its reason.
            if *word == ".expect(" && text.contains("#[expect(clippy::expect_used, reason =") {
                continue;
            }
            problems.push(format!("{}: `{word}`", code.name));
        }
    }
    for path in files("tests", "rs") {
        let text = stripped(&fs::read_to_string(&path).unwrap());
        for word in ["#[ignore", "#[should_panic"].iter().filter(|word| text.contains(**word)) {
            problems.push(format!("{}: `{word}`", short(&path)));
        }
    }
    nothing(&problems);
}

/// Files that read and write through `std::io` what lies in memory, as their libraries want it.
const IN_MEMORY: &[&str] = &["src/routines/excel/package.rs", "src/routines/files/csv.rs", "src/routines/files/zip.rs"];

/// Rooms that may touch the machine they run on.
const ON_THE_GROUND: &[&str] = &["local", "server", "bin", "lsp"];

#[test]
fn the_machine_is_far_away() {
    let all = code();
    let tests = test_files(&all);
    let mut problems = Vec::new();
    for code in all.iter().filter(|code| !tests.contains(&code.name) && !ON_THE_GROUND.contains(&code.room.as_str())) {
        let text = without_tests(&code.text);
        for module in behind(&text, "std") {
            let in_memory = module == "io" && IN_MEMORY.contains(&code.name.as_str());
            if ["fs", "env", "net", "process", "thread", "io"].contains(&module) && !in_memory {
                problems.push(format!("{}: `std::{module}`", code.name));
            }
        }
        // The deadline has a clock.
        for clock in ["SystemTime", "Instant"] {
            let used = text.split(|c: char| !is_word(c)).any(|word| word == clock);
            if used && (code.room != "limits" || clock == "SystemTime") {
                problems.push(format!("{}: `{clock}`", code.name));
            }
        }
    }
    nothing(&problems);
}

#[test]
fn the_front_door_has_no_logic() {
    let text = stripped(&fs::read_to_string(root().join("src/lib.rs")).unwrap());
    for word in ["fn", "impl", "let", "const", "static", "trait", "enum", "macro_rules", "type", "match", "if"] {
        assert!(!text.split(|c: char| !is_word(c)).any(|found| found == word), "`{word}` in lib.rs");
    }
}

#[test]
fn the_reader_of_arrows_sees_them() {
    let text = stripped(
        "use crate::{\n    call::{Context, x}, // crate::engine\n    types::Type,\n};\nlet y = crate::value::text(\"crate::host\");\
         $crate::source::Span; r#\"crate::host\"#; '\"'; &'a crate::limits::X; mycrate::nothing;",
    );
    assert_eq!(behind(&text, "crate"), ["call", "types", "value", "source", "limits"]);
    let text = without_tests("fn a() {}\n#[cfg(test)]\nmod tests { fn b() { x.unwrap() } }\nfn c() {}");
    assert_eq!(text.replace('\n', ""), "fn a() {}fn c() {}");
}
