//! The chapters `reference` and `coverage` of the guide are made of the signatures. `SIL_UPDATE=1 cargo test
//! --all-features --test it routine_reference` writes them anew.

use super::{
    facts,
    house::{files, root, short},
};
use sil::{
    Engine,
    signatures::{Entry, Family, Signature, catalogue},
    types::StructTable,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
};

const REFERENCE: &str = "src/guide/reference.md";
const COVERAGE: &str = "src/guide/coverage.md";

const REFERENCE_HEAD: &str = "# Every routine that is built in

Made from the signatures in the code, as `sil routines NAME` shows them; the tests run every example.
What holds for all of them is in [`routines`](crate::guide::routines).
`[...]` encloses a parameter that may be left out.

Examples run at 2031-07-04 17:05:09 in UTC, as the script `example.sil`, with an empty folder for files.
In it only the examples for workbooks find `stock.xlsx`, whose current sheet `Data` begins with `rope` in `A1`.
`http://tide.example/now` answers `{\"port\":\"north\",\"level\":2.5}` to every verb, the script `swap.sil` returns its two
arguments the other way round, and the template `tide.tpl` is `Tide: $level$ m`.
Under an example stands what it returns, with `|` between values; where it returns nothing, what it logs or answers.
";

const COVERAGE_HEAD: &str = "# Which routines are there

All routines of the catalogue that need neither Jira nor another service.
*Feature* is the feature of this crate that brings a routine; where it is empty, the bare library has it.
Each has an example that is run as a test; *tests* names one script below `tests/scripts/run` that calls it, often
one of several.
*facts* tells how many facts about the routine, documented or shown by a documented example, a test holds: the rows of
`tests/tables/facts` that name it and a test.
";

fn expected() -> Vec<&'static Entry> {
    let own = |entry: &&Entry| matches!(entry.signature.family, Family::Core | Family::System | Family::Http);
    catalogue().iter().filter(own).collect()
}

/// The signatures of an engine with every feature, by long name.
fn built_in(engine: &Engine) -> BTreeMap<&str, &Signature> {
    let table = engine.signatures();
    let provided = table.iter().filter(|(id, _)| table.is_provided(*id));
    provided.map(|(_, signature)| (&*signature.name, signature)).collect()
}

const fn needs(entry: &Entry) -> &'static str {
    match entry.signature.family {
        Family::System => "the host (clock, files, log, scripts and the like)",
        Family::Http => "the host (requests to servers)",
        _ => "nothing",
    }
}

fn describe(out: &mut String, signature: &Signature, entry: &Entry) {
    let structs = StructTable::new();
    write!(out, "\n### `{}`\n\n{}\n\n", signature.name, signature.doc).unwrap();
    write!(out, "- call: `{}`\n- gives: {}\n", signature.usage(&structs), signature.returns.display(&structs)).unwrap();
    if !signature.aliases.is_empty() {
        writeln!(out, "- also called: `{}`", signature.aliases.join("`, `")).unwrap();
    }
    if let (Some(package), Some(short)) = (&signature.package, &signature.short) {
        writeln!(out, "- short name: `{short}`, after `use \"{package}\";`").unwrap();
    }
    writeln!(out, "- needs: {}", needs(entry)).unwrap();
    if let Some(feature) = entry.feature() {
        writeln!(out, "- feature: `{feature}`").unwrap();
    }
    if signature.uncertain {
        out.push_str("- its parameters are not known for sure, so a wrong call is a warning only\n");
    }
    let example = signature.example.as_ref().unwrap();
    write!(out, "\n```sil\n{}\n```\n", example.script).unwrap();
    if example.output.is_empty() {
        out.push_str("gives an empty text.\n");
    } else {
        write!(out, "```text\n{}\n```\n", example.output).unwrap();
    }
}

fn reference(engine: &Engine) -> String {
    let built_in = built_in(engine);
    let mut categories: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in expected() {
        categories.entry(entry.category).or_default().push(entry);
    }
    let mut out = REFERENCE_HEAD.to_owned();
    for (category, mut entries) in categories {
        write!(out, "\n## {category}\n").unwrap();
        entries.sort_by_key(|entry| &entry.signature.name);
        for entry in entries {
            if let Some(signature) = built_in.get(&*entry.signature.name) {
                describe(&mut out, signature, entry);
            }
        }
    }
    out
}

/// Compares a chapter with what it should be, or writes it.
fn hold(path: &str, wanted: &str) {
    let file = root().join(path);
    if env::var_os("SIL_UPDATE").is_some() {
        fs::write(&file, wanted).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    let differs = found.lines().zip(wanted.lines()).zip(1..).find(|((found, wanted), _)| found != wanted);
    assert!(found == wanted, "{path} is not current, SIL_UPDATE=1 writes it anew; first difference: {differs:?}");
}

#[test]
fn the_reference_is_current() {
    hold(REFERENCE, &reference(&Engine::new()));
}

#[test]
fn every_routine_is_covered() {
    let engine = Engine::new();
    let built_in = built_in(&engine);
    let scripts: BTreeMap<String, BTreeSet<String>> = files("tests/scripts/run", "sil")
        .into_iter()
        .map(|path| {
            let name = short(&path).trim_start_matches("tests/scripts/run/").to_owned();
            (name, facts::calls(&fs::read_to_string(&path).unwrap()))
        })
        .collect();
    // A row stays as it is while its script calls the routine, so that new scripts change nothing here.
    let committed = fs::read_to_string(root().join(COVERAGE)).unwrap_or_default();
    let told: BTreeMap<&str, &str> = committed
        .lines()
        .filter_map(|line| {
            let name = line.strip_prefix("| `")?.split('`').next()?;
            Some((name, line.rsplit('`').nth(1)?))
        })
        .collect();
    let mut out = COVERAGE_HEAD.to_owned();
    let mut missing = Vec::new();
    let shown = facts::shown();
    let all = expected();
    write!(
        out,
        "\n{} routines.\n\n| name | implemented | feature | tests | facts |\n| --- | --- | --- | --- | --: |\n",
        all.len()
    )
    .unwrap();
    for entry in all {
        let name = &*entry.signature.name;
        let shows = |script: &&str| scripts.get(*script).is_some_and(|called| called.contains(name));
        let own = |script: &str| script.starts_with("routines-");
        let callers = scripts.iter().filter(|(_, called)| called.contains(name)).map(|(script, _)| &**script);
        let mut callers: Vec<&str> = callers.collect();
        callers.sort_by_key(|script| (!own(script), script.len(), *script));
        let script = told.get(name).copied().filter(shows).or_else(|| callers.first().copied());
        let implemented = built_in.contains_key(name);
        if !implemented || script.is_none() {
            missing.push(name);
        }
        let implemented = if implemented { "yes" } else { "no" };
        let feature = entry.feature().map_or(String::new(), |feature| format!("`{feature}`"));
        let facts = shown.get(name).copied().unwrap_or_default();
        writeln!(out, "| `{name}` | {implemented} | {feature} | `{}` | {facts} |", script.unwrap_or("none")).unwrap();
    }
    assert!(missing.is_empty(), "not built in, or without a script: {missing:?}");
    hold(COVERAGE, &out);
}
