//! Webhooks with their programs, and how they change (WH-74 to WH-78).

use sil::{
    Engine, Limits, LoadError, MemoryHost, WebhookRequest,
    webhook::{
        Change, Entry, MemoryScripts, Method, Problem, Registry, RespondOptions, ScriptFault, ScriptSource,
        SourceLoader, StoreError, WebhookDef, respond_for,
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

fn def(name: &str, script: &str) -> WebhookDef {
    WebhookDef::new(name, [Method::Get], script)
}

fn registry(scripts: &Arc<MemoryScripts>) -> Registry {
    let engine = Engine::builder().include_loader(SourceLoader::new(scripts.clone())).build();
    Registry::new(engine, scripts.clone())
}

fn scripts(files: &[(&str, &str)]) -> Arc<MemoryScripts> {
    let scripts = Arc::new(MemoryScripts::new());
    for (path, text) in files {
        scripts.put(*path, *text);
    }
    scripts
}

fn apply(registry: &Registry, change: Change) -> Result<Vec<String>, Vec<String>> {
    let shown = |problems: Vec<Problem>| problems.iter().map(Problem::to_string).collect();
    registry.apply(change, None, |_| Ok(())).map(shown).map_err(shown)
}

fn save(registry: &Registry, def: WebhookDef) -> Result<Vec<String>, Vec<String>> {
    apply(registry, Change::Save { def: Box::new(def), replaces: None })
}

fn answer(entry: &Entry) -> (u16, String) {
    let options = RespondOptions::of(&entry.def, false, "");
    let response = respond_for(entry, &mut MemoryHost::new(), WebhookRequest::new("GET"), &Limits::default(), &options);
    (response.answer.status(), response.answer.content().to_owned())
}

fn says(registry: &Registry, name: &str) -> String {
    let (status, content) = answer(&registry.get(name).unwrap());
    assert_eq!(status, 200, "{content}");
    content
}

#[test]
fn a_change_is_seen_by_the_next_request_only() {
    let scripts = scripts(&[("a.sil", "appendToWebhookResponse(1);"), ("b.sil", "appendToWebhookResponse(2);")]);
    let registry = registry(&scripts);
    assert!(registry.get("stock").is_none());
    assert_eq!(save(&registry, def("stock", "a.sil")), Ok(Vec::new()));
    let before = registry.get("stock").unwrap();
    assert_eq!(answer(&before), (200, "1".to_owned()));
    assert!(registry.get("Stock").is_none());

    scripts.put("a.sil", "appendToWebhookResponse(10);");
    assert_eq!(registry.refresh(), ["stock"]);
    assert_eq!(registry.refresh(), [] as [&str; 0]);
    assert_eq!(says(&registry, "stock"), "10");

    let renamed = def("store", "b.sil");
    assert_eq!(
        apply(&registry, Change::Save { def: Box::new(renamed), replaces: Some("stock".into()) }),
        Ok(Vec::new())
    );
    assert!(registry.get("stock").is_none());
    assert_eq!(says(&registry, "store"), "2");
    assert_eq!(apply(&registry, Change::Remove("store".into())), Ok(Vec::new()));
    assert!(registry.get("store").is_none() && registry.entries().is_empty());
    // What was taken stays as it was.
    assert_eq!((answer(&before).1, before.def.name.as_str()), ("1".to_owned(), "stock"));
}

#[test]
fn included_files_count_too() {
    let scripts = scripts(&[
        ("main.sil", "include \"one.sil\"; appendToWebhookResponse(one());"),
        ("one.sil", "include \"two.sil\"; function one() { return two(); }"),
        ("two.sil", "function two() { return 2; }"),
        ("other.sil", "return true;"),
    ]);
    let registry = registry(&scripts);
    apply(&registry, Change::All(vec![def("main", "main.sil"), def("other", "other.sil")])).unwrap();
    let first = registry.get("main").unwrap();
    assert_eq!(first.files().collect::<Vec<_>>(), ["main.sil", "one.sil", "two.sil"]);
    assert_eq!(says(&registry, "main"), "2");

    scripts.put("two.sil", "function two() { return 22; }");
    assert_eq!(registry.refresh(), ["main"]);
    assert_eq!(says(&registry, "main"), "22");
    assert_ne!(registry.get("main").unwrap().hash, first.hash);
    assert_eq!(first.hash.len(), 64);

    // One that goes and comes back.
    scripts.remove("two.sil");
    assert_eq!(registry.refresh(), ["main"]);
    assert_eq!(registry.refresh(), [] as [&str; 0]);
    let broken = registry.get("main").unwrap();
    assert!(matches!(broken.program, Err(ScriptFault::Broken(_))));
    assert_eq!(broken.files().last(), Some("two.sil"));
    scripts.put("two.sil", "function two() { return 2; }");
    assert_eq!(registry.refresh(), ["main"]);
    assert_eq!(says(&registry, "main"), "2");
    assert_eq!(registry.get("main").unwrap().hash, first.hash);
    // The same text again is no new program for the other one.
    assert_eq!(says(&registry, "other"), "");
}

#[test]
fn scripts_that_are_missing_or_broken() {
    let scripts = scripts(&[("broken.sil", "return nobody();"), ("good.sil", "return true;")]);
    let registry = registry(&scripts);
    let missing = "webhook `stock`: script: the script `gone.sil` is not there: there is no such script";
    assert_eq!(save(&registry, def("stock", "gone.sil")), Err(vec![missing.to_owned()]));
    assert!(registry.get("stock").is_none());

    let warnings = save(&registry, def("stock", "broken.sil")).unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("does not compile") && warnings[0].contains("`nobody`"), "{warnings:?}");
    let (status, content) = answer(&registry.get("stock").unwrap());
    assert_eq!(status, 500);
    assert!(content.contains("the script does not compile") && !content.contains("nobody"), "{content}");

    scripts.remove("broken.sil");
    assert_eq!(registry.refresh(), ["stock"]);
    assert_eq!(registry.refresh(), [] as [&str; 0]);
    let (status, content) = answer(&registry.get("stock").unwrap());
    assert!(status == 500 && content.contains("the script is not there"), "{content}");
    // Another webhook can still be saved, and the one without script be removed.
    assert_eq!(save(&registry, def("other", "good.sil")), Ok(Vec::new()));
    scripts.put("broken.sil", "return true;");
    assert_eq!(registry.refresh(), ["stock"]);
    assert_eq!(answer(&registry.get("stock").unwrap()).0, 200);
    scripts.remove("broken.sil");
    registry.refresh();
    assert_eq!(apply(&registry, Change::Remove("stock".into())), Ok(Vec::new()));
}

#[test]
fn a_server_starts_without_one_script_but_takes_no_such_configuration() {
    let scripts = scripts(&[("good.sil", "return true;")]);
    let registry = registry(&scripts);
    let defs = vec![def("good", "good.sil"), def("bad", "gone.sil")];
    assert_eq!(apply(&registry, Change::All(defs.clone())).unwrap_err().len(), 1);
    assert!(registry.entries().is_empty());
    assert_eq!(apply(&registry, Change::Restore(defs)).unwrap().len(), 1);
    assert_eq!(says(&registry, "good"), "");
    assert_eq!(answer(&registry.get("bad").unwrap()).0, 500);
    assert!(apply(&registry, Change::Restore(vec![def("a b", "good.sil")])).is_err());
    assert_eq!(registry.entries().len(), 2);
}

#[test]
fn names_are_taken_once() {
    let registry = registry(&scripts(&[("a.sil", "return true;")]));
    for name in ["first", "second"] {
        save(&registry, def(name, "a.sil")).unwrap();
    }
    let twice = "webhook `second`: name: another webhook has this name";
    assert_eq!(save(&registry, def("second", "a.sil")), Err(vec![twice.to_owned()]));
    let case = "webhook `SECOND`: name: the name differs from that of the webhook `second` in case only";
    assert_eq!(save(&registry, def("SECOND", "a.sil")), Err(vec![case.to_owned()]));
    let rename = |def: WebhookDef, from: &str| {
        apply(&registry, Change::Save { def: Box::new(def), replaces: Some(from.to_owned()) })
    };
    assert_eq!(rename(def("SECOND", "a.sil"), "first"), Err(vec![case.to_owned()]));
    assert_eq!(rename(def("SECOND", "a.sil"), "second"), Ok(Vec::new()));
    let gone = "webhook `third`: there is no webhook of this name";
    assert_eq!(rename(def("x", "a.sil"), "third"), Err(vec![gone.to_owned()]));
    assert_eq!(apply(&registry, Change::Remove("third".into())), Err(vec![gone.to_owned()]));
    let names: Vec<String> = registry.entries().iter().map(|entry| entry.def.name.clone()).collect();
    assert_eq!(names, ["first", "SECOND"]);
    let mut nothing = def("", " ");
    nothing.methods.clear();
    assert_eq!(save(&registry, nothing).unwrap_err().len(), 3);
}

#[test]
fn a_change_that_cannot_be_stored_is_none() {
    let registry = registry(&scripts(&[("a.sil", "return true;")]));
    let failing = |_: &[WebhookDef]| Err(StoreError::new("the disk is full"));
    let change = Change::Save { def: Box::new(def("a", "a.sil")), replaces: None };
    let problems = registry.apply(change.clone(), None, failing).unwrap_err();
    assert_eq!(problems[0].to_string(), "the change could not be stored: the disk is full");
    assert!(registry.get("a").is_none());
    let mut stored = Vec::new();
    registry
        .apply(change, None, |defs| {
            stored = defs.to_vec();
            Ok(())
        })
        .unwrap();
    assert_eq!(stored, [def("a", "a.sil")]);
}

/// Counts how often texts are read.
#[derive(Debug)]
struct Counting(MemoryScripts, AtomicUsize);

impl ScriptSource for Counting {
    fn text(&self, path: &str) -> Result<String, LoadError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.text(path)
    }
    fn stamp(&self, path: &str) -> Result<String, LoadError> {
        self.0.stamp(path)
    }
}

#[test]
fn programs_are_kept_while_nothing_changes() {
    let source = Arc::new(Counting(MemoryScripts::new(), AtomicUsize::new(0)));
    source.0.put("a.sil", "return true;");
    source.0.put("b.sil", "return true;");
    let registry = Registry::new(Engine::new(), source.clone());
    apply(&registry, Change::All(vec![def("a", "a.sil"), def("b", "b.sil")])).unwrap();
    assert_eq!(source.1.load(Ordering::SeqCst), 2);
    let a = registry.get("a").unwrap();
    let mut changed = def("b", "b.sil");
    changed.description = Some("new".into());
    apply(&registry, Change::All(vec![def("a", "a.sil"), changed])).unwrap();
    registry.refresh();
    assert_eq!(source.1.load(Ordering::SeqCst), 2);
    assert!(Arc::ptr_eq(&a, &registry.get("a").unwrap()));
    assert_eq!(registry.get("b").unwrap().def.description.as_deref(), Some("new"));
}

#[test]
fn requests_see_old_or_new_and_nothing_in_between() {
    let scripts = scripts(&[
        ("m.sil", "include \"i.sil\"; appendToWebhookResponse(\"0\" + i());"),
        ("i.sil", "function i() { return \"0\"; }"),
    ]);
    let registry = registry(&scripts);
    save(&registry, def("m", "m.sil")).unwrap();
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let text = says(&registry, "m");
                        assert_eq!(text.get(..1), text.get(1..), "{text}");
                    }
                })
            })
            .collect();
        for round in 1..20u32 {
            let digit = round % 10;
            // Both change before the registry looks.
            scripts.put("m.sil", format!("include \"i.sil\"; appendToWebhookResponse(\"{digit}\" + i());"));
            scripts.put("i.sil", format!("function i() {{ return \"{digit}\"; }}"));
            registry.refresh();
        }
        for reader in readers {
            reader.join().unwrap();
        }
    });
}
