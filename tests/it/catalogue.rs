//! The catalogue against the engine: every routine that needs neither Jira nor another service is built in, called as the
//! catalogue says, and shown by a script.

use super::{facts::calls, house::files};
use sil::{
    Engine,
    signatures::{Entry, Family, SigId, Signature, catalogue},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// Routines that this build may leave out, with the feature that brings them.
fn left_out(entry: &Entry) -> bool {
    match entry.feature() {
        Some("zip") => cfg!(not(feature = "zip")),
        Some("excel") => cfg!(not(feature = "excel")),
        // Whether an engine has the rest is seen when every feature is on.
        Some(_) => !cfg!(feature = "full"),
        None => false,
    }
}

/// What is built in, by long name.
fn built_in(engine: &Engine) -> BTreeMap<&str, &Signature> {
    let table = engine.signatures();
    let provided = table.iter().filter(|(id, _): &(SigId, _)| table.is_provided(*id));
    provided.map(|(_, signature)| (&*signature.name, signature)).collect()
}

fn expected() -> impl Iterator<Item = &'static Entry> {
    catalogue().iter().filter(|entry| matches!(entry.signature.family, Family::Core | Family::System | Family::Http))
}

/// Names that the scripts call.
fn called() -> BTreeSet<String> {
    files("tests/scripts/run", "sil").iter().flat_map(|path| calls(&fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_routine_is_built_in_and_shown() {
    let engine = Engine::new();
    let (built_in, called) = (built_in(&engine), called());
    let mut problems: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    println!("{:<30} {:<9} called", "name", "built in");
    for entry in expected() {
        let name = &*entry.signature.name;
        let (here, shown) = (built_in.contains_key(name), called.contains(name));
        println!("{name:<30} {:<9} {}", if here { "yes" } else { "no" }, if shown { "yes" } else { "no" });
        if left_out(entry) {
            continue;
        }
        if !here {
            problems.entry(entry.category).or_default().push(format!("{name} is not built in"));
        } else if !shown {
            problems.entry(entry.category).or_default().push(format!("no script calls {name}"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn routines_are_called_as_the_catalogue_says() {
    let engine = Engine::new();
    let built_in = built_in(&engine);
    let mut problems = Vec::new();
    for entry in catalogue() {
        let wanted = &entry.signature;
        let Some(found) = built_in.get(&*wanted.name) else { continue };
        let mut differ = |what: &str, wanted: String, found: String| {
            if wanted != found {
                problems.push(format!("{}: {what} is {found}, in the catalogue {wanted}", entry.signature.name));
            }
        };
        let params = |signature: &Signature| -> String {
            let shown =
                signature.params.iter().map(|param| format!("{}{}", param.name, if param.optional { "?" } else { "" }));
            shown.collect::<Vec<_>>().join(", ")
        };
        differ("aliases", format!("{:?}", wanted.aliases), format!("{:?}", found.aliases));
        differ("package", format!("{:?}", wanted.package), format!("{:?}", found.package));
        differ("short name", format!("{:?}", wanted.short), format!("{:?}", found.short));
        differ("family", format!("{:?}", wanted.family), format!("{:?}", found.family));
        differ("parameters", params(wanted), params(found));
        differ("variadic", wanted.variadic.to_string(), found.variadic.to_string());
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn what_is_built_in_is_in_the_catalogue() {
    let engine = Engine::new();
    let known: BTreeSet<&str> = catalogue().iter().map(|entry| &*entry.signature.name).collect();
    let invented: Vec<&str> = built_in(&engine).into_keys().filter(|name| !known.contains(name)).collect();
    assert_eq!(invented, [""; 0], "routines that no catalogue knows");
}
