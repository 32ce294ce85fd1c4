//! What the table of routines says of them is true.

use sil::{Engine, Limits, LoadError, MemoryHost, WebhookRequest, host::HttpReply};

/// What surrounds an example; the chapter `reference` of the guide tells it to the reader.
fn engine_of_examples() -> Engine {
    let load = |path: &str| match path {
        "swap.sil" => Ok("return argv[1], argv[0];".to_owned()),
        "tide.tpl" => Ok("Tide: $level$ m".to_owned()),
        _ => Err(LoadError::new("no such file")),
    };
    Engine::builder().include_loader(load).build()
}

fn host_of_examples() -> MemoryHost {
    // 2031-07-04 17:05:09 in UTC.
    let mut host =
        MemoryHost::new().with_clock(1_940_951_109_000).with_request(WebhookRequest::new("POST").param("who", "Ida"));
    for verb in ["GET", "DELETE", "OPTIONS", "POST", "PUT", "PATCH"] {
        let reply = HttpReply {
            status: 200,
            reason: "OK".to_owned(),
            headers: vec![
                ("Content-Type".to_owned(), "application/json".to_owned()),
                ("Set-Cookie".to_owned(), "harbour=north; Path=/".to_owned()),
            ],
            body: b"{\"port\":\"north\",\"level\":2.5}".to_vec(),
        };
        host = host.with_reply(verb, "http://tide.example/now", reply);
    }
    #[cfg(feature = "excel")]
    let host = host.with_file("stock.xlsx", super::excel::book());
    host
}

/// The returned values; without any, what was logged, added to the headers and to the response, a line each.
fn shown(host: &MemoryHost, returned: &[String]) -> String {
    if !returned.is_empty() {
        return returned.join("|");
    }
    let mut lines: Vec<String> = host.log_lines().iter().map(|(_, line)| line.clone()).collect();
    lines.extend(host.headers().iter().map(|(name, value)| format!("{name}: {value}")));
    lines.extend(Some(host.body().to_owned()).filter(|body| !body.is_empty()));
    lines.join("\n")
}

#[test]
fn every_routine_has_an_example_that_gives_what_it_says() {
    let engine = engine_of_examples();
    let mut problems = Vec::new();
    for (_, signature) in engine.signatures().iter().filter(|(id, _)| engine.signatures().is_provided(*id)) {
        let name = &signature.name;
        let Some(example) = signature.example.as_ref() else {
            problems.push(format!("{name} has no example"));
            continue;
        };
        let program = match engine.compile("example.sil", example.script) {
            Ok(program) => program,
            Err(found) => {
                problems.push(format!("{name} does not compile:\n{found}"));
                continue;
            }
        };
        if !program.diagnostics().is_empty() {
            problems.push(format!("{name} has warnings:\n{}", program.diagnostics()));
        }
        let mut host = host_of_examples();
        match program.run(&mut host, &Limits::default()) {
            Ok(outcome) => {
                let zone = engine.time_zone();
                let texts: Vec<String> = outcome.returned().iter().map(|value| value.to_text_in(zone)).collect();
                let text = shown(&host, &texts);
                if text != example.output {
                    problems.push(format!("{name} gives {text:?}, not {:?}", example.output));
                }
            }
            Err(error) => problems.push(format!("{name} fails: {error}")),
        }
    }
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
