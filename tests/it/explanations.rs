//! Every code has a title and a page that is right about itself.

use super::house::files;
use sil::{
    Engine, LoadError,
    diagnostics::{Code, Diagnostics, Severity, codes},
    limits::SourceLimits,
};

/// The scripts of a page: the wrong one and the right one.
fn scripts(code: Code) -> (String, String) {
    let page = code.explanation();
    let blocks: Vec<String> = page
        .split("```sil\n")
        .skip(1)
        .map(|rest| rest.split_once("```").unwrap_or_else(|| panic!("{code}: a block without an end")).0.to_owned())
        .collect();
    match <[String; 2]>::try_from(blocks) {
        Ok([wrong, right]) => (wrong, right),
        Err(blocks) => panic!("{code}: {} scripts", blocks.len()),
    }
}

/// An engine in which both scripts of a page can be tried: some codes need small limits or a closed list of fields.
fn engine(code: Code) -> Engine {
    let mut limits = SourceLimits::default();
    match code {
        codes::syntax::TOO_DEEP => limits.nesting = 8,
        codes::run::INCLUDES_TOO_MANY => limits.includes = 1,
        codes::run::INCLUDES_TOO_DEEP => limits.include_depth = 1,
        codes::run::SCRIPT_TOO_LARGE => limits.script_size = 60,
        _ => {}
    }
    let builder = Engine::builder().source_limits(limits).include_loader(|path: &str| match path {
        "lib/greetings.incl" | "lib/more.incl" => Ok("print(\"included\");".to_owned()),
        "lib/deep.incl" => Ok("include \"lib/greetings.incl\";".to_owned()),
        _ => Err(LoadError::new("there is no such file")),
    });
    if code == codes::check::UNKNOWN_FIELD {
        builder.field_names(["summary", "status"]).build()
    } else {
        builder.build()
    }
}

fn has(found: &Diagnostics, code: Code) -> bool {
    found.iter().any(|diagnostic| diagnostic.code == code)
}

/// What is said of a script, apart from that an engine for tests has no issues.
fn said(found: &Diagnostics, code: Code) -> (usize, usize) {
    let about_host = |other: Code| other == codes::check::NOT_PROVIDED && other != code;
    let warnings = found.warnings().filter(|warning| !about_host(warning.code)).count();
    (found.errors().count(), warnings)
}

#[test]
fn every_code_has_a_page_that_is_right() {
    let mut problems = Vec::new();
    for code in codes::all() {
        let page = code.explanation();
        let title = code.title();
        assert!(!title.is_empty() && !title.ends_with('.'), "{code}");
        assert!(page.starts_with(&format!("# {code}: {title}\n\n")), "{code}: the page begins otherwise");
        let text = page.lines().skip(2).take_while(|line| *line != "Wrong:").collect::<Vec<_>>().join(" ");
        assert!(text.len() > 60, "{code}: hardly an explanation");
        let (wrong, right) = scripts(code);
        let engine = engine(code);
        let found = engine.check("wrong.sil", &wrong);
        let (errors, warnings) = said(&found, code);
        // One problem, except where the page shows two of a kind.
        let expected = match code {
            codes::check::UNKNOWN_TYPE | codes::syntax::FOREIGN_SPELLING => (2, 0),
            _ if code.severity() == Severity::Error => (1, 0),
            _ => (0, 1),
        };
        if !has(&found, code) || (errors, warnings) != expected {
            problems.push(format!("{code}: the wrong script gives {errors} and {warnings}\n{found}"));
        }
        let found = engine.check("right.sil", &right);
        if said(&found, code) != (0, 0) {
            problems.push(format!("{code}: the right script gives\n{found}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[test]
fn every_page_belongs_to_a_code() {
    let numbers: Vec<String> = codes::all().map(|code| code.to_string()).collect();
    for path in files("src/diagnostics/pages", "md") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(numbers.contains(&name), "{name}");
    }
}
