//! What the table of routines says of them is true.

use sil::{Engine, Limits, MemoryHost, WebhookRequest};

#[test]
fn examples_give_what_they_say() {
    let engine = Engine::new();
    let mut problems = Vec::new();
    let mut run = 0;
    for (id, signature) in engine.signatures().iter() {
        let Some(example) = signature.example.as_ref().filter(|_| engine.signatures().is_provided(id)) else {
            continue;
        };
        run += 1;
        let name = &signature.name;
        let program = match engine.compile(name, example.script) {
            Ok(program) => program,
            Err(found) => {
                problems.push(format!("{name} does not compile:\n{found}"));
                continue;
            }
        };
        if !program.diagnostics().is_empty() {
            problems.push(format!("{name} has warnings:\n{}", program.diagnostics()));
        }
        let mut host = MemoryHost::new().with_request(WebhookRequest::new("POST").param("who", "Ida"));
        match program.run(&mut host, &Limits::default()) {
            Ok(outcome) => {
                let zone = engine.time_zone();
                let texts: Vec<String> = outcome.returned().iter().map(|value| value.to_text_in(zone)).collect();
                let texts = texts.join("|");
                if texts != example.output {
                    problems.push(format!("{name} gives {texts:?}, not {:?}", example.output));
                }
            }
            Err(error) => problems.push(format!("{name} fails: {error}")),
        }
    }
    assert!(run > 5);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn routines_say_what_they_do() {
    let engine = Engine::new();
    let silent: Vec<&str> = engine
        .signatures()
        .iter()
        .filter(|(id, signature)| engine.signatures().is_provided(*id) && signature.doc.trim().is_empty())
        .map(|(_, signature)| &*signature.name)
        .collect();
    assert_eq!(silent, [""; 0], "routines without documentation");
}

#[test]
fn routines_are_called_by_their_names() {
    let engine = Engine::new();
    let table = engine.signatures();
    for (id, signature) in table.iter().filter(|(id, _)| table.is_provided(*id)) {
        for name in std::iter::once(&signature.name).chain(&signature.aliases) {
            assert!(table.by_long_name(name).contains(&id), "{name}");
        }
        if let (Some(package), Some(short)) = (&signature.package, &signature.short) {
            assert_eq!(table.by_short_name(package, short), Some(id), "{package} {short}");
        }
        let names: std::collections::BTreeSet<&str> = signature.params.iter().map(|param| &*param.name).collect();
        assert_eq!(names.len(), signature.params.len(), "parameters of {}", signature.name);
    }
}
