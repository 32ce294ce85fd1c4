//! Scripts and what the checker says about them.
//!
//! A script may start with `// fields: a, b`: then these are the only issue fields there are.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may panic")]

use sil::{
    check::{CheckConfig, Facts, FieldNames, NameRef, Resolution, SiteId, check},
    diagnostics::{Diagnostics, codes},
    limits::SourceLimits,
    signatures::{Family, ParamType, Returns, Signature, Signatures},
    source::{SourceMap, Span},
    syntax::{
        self,
        ast::{Ast, ExprId},
    },
    types::{StructTable, Type},
};
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// A few routines of every family, as in the catalogue.
fn signatures() -> Signatures {
    let mut table = Signatures::new();
    let mut add = |signature: Signature| {
        let provided = signature.family.is_strict();
        table.add(signature, provided);
    };
    let core = |name: &'static str| Signature::new(name, Family::Core);
    let jira = |name: &'static str| Signature::new(name, Family::Jira);
    add(core("runnerLog").param("text", Type::DYNAMIC));
    add(core("isNull").param("value", Type::DYNAMIC).returns(Returns::NeverNull(Type::BOOLEAN)));
    add(core("isNotNull").param("value", Type::DYNAMIC).returns(Returns::NeverNull(Type::BOOLEAN)));
    add(core("length").param("text", Type::STRING).returns(Returns::Is(Type::NUMBER)));
    add(core("substring")
        .param("text", Type::STRING)
        .param("from", Type::NUMBER)
        .param("to", Type::NUMBER)
        .returns(Returns::Is(Type::STRING)));
    add(core("max").param("first", Type::NUMBER).variadic().returns(Returns::Is(Type::NUMBER)));
    add(core("currentDate").returns(Returns::NeverNull(Type::DATE)));
    add(core("month").param("date", Type::DATE).returns(Returns::Is(Type::NUMBER)));
    add(core("fromJson").param("text", Type::STRING).returns(Returns::Receiver));
    add(core("arraySize")
        .alias("size")
        .param_of("array", ParamType::AnyArray, false)
        .returns(Returns::NeverNull(Type::NUMBER)));
    add(Signature::new("fileSize", Family::System)
        .package("file", "size")
        .param("path", Type::STRING)
        .param("follow", Type::BOOLEAN)
        .returns(Returns::Is(Type::NUMBER)));
    add(Signature::new("fileOpen", Family::System)
        .package("file", "open")
        .param("path", Type::STRING)
        .returns(Returns::Is(Type::STRING)));
    add(Signature::new("otherOpen", Family::System).package("other", "open").param("path", Type::STRING));
    add(Signature::new("deleteFile", Family::System).package("file", "delete").param("path", Type::STRING));
    add(Signature::new("httpDelete", Family::Http)
        .package("http", "delete")
        .param("url", Type::STRING)
        .param("request", Type::DYNAMIC)
        .returns(Returns::Receiver));
    // What the embedder registers comes before everything else, unless only something else fits.
    add(Signature::new("month", Family::Embedder).param("year", Type::NUMBER).param("month", Type::NUMBER));
    add(Signature::new("isNull", Family::Embedder).param("value", Type::DYNAMIC).returns(Returns::Is(Type::STRING)));
    add(jira("subtasks").param("key", Type::STRING).returns(Returns::Is(Type::STRINGS)));
    add(jira("linkIssue").param("from", Type::STRING).param("to", Type::STRING).param("kind", Type::STRING));
    add(jira("getCommentById").optional("key", Type::STRING).param("id", Type::NUMBER));
    table
}

struct Checked {
    map: SourceMap,
    ast: Ast,
    facts: Box<Facts>,
    diagnostics: Diagnostics,
}

fn check_text(text: &str) -> Checked {
    let signatures = signatures();
    let fields: Option<FieldNames> = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("// fields:"))
        .map(|names| names.split(',').map(str::trim).collect());
    let mut map = SourceMap::new();
    let file = map.add("script.sil", text).unwrap();
    let mut ast = Ast::new();
    let mut diagnostics = Diagnostics::new();
    ast.items = syntax::parse_file(&map, file, &SourceLimits::default(), &mut ast, &mut diagnostics);
    let structs = std::sync::Arc::new(StructTable::new());
    let config = CheckConfig { signatures: &signatures, structs: &structs, field_names: fields.as_ref() };
    let facts = check(&ast, &config, &mut diagnostics);
    diagnostics.sort();
    Checked { map, ast, facts, diagnostics }
}

fn show(map: &SourceMap, span: Span) -> String {
    let place = map.place(span).unwrap();
    format!("{}:{}", place.line, place.column)
}

fn render(checked: &Checked) -> String {
    let mut text = String::new();
    for diagnostic in &checked.diagnostics {
        let place = show(&checked.map, diagnostic.span);
        let (word, code, message) = (diagnostic.severity().word(), diagnostic.code, &diagnostic.message);
        writeln!(text, "{place} {word} {code}: {message}").unwrap();
        writeln!(text, "    at {:?}", checked.map.slice(diagnostic.span)).unwrap();
        for label in &diagnostic.labels {
            writeln!(text, "    label {}: {}", show(&checked.map, label.span), label.message).unwrap();
        }
        if let Some(hint) = &diagnostic.hint {
            writeln!(text, "    hint: {hint}").unwrap();
        }
        if let Some(fix) = &diagnostic.fix {
            writeln!(text, "    fix {}: {:?}", show(&checked.map, fix.span), fix.replacement).unwrap();
        }
    }
    if text.is_empty() {
        text.push_str("nothing to say\n");
    }
    text
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/check")
}

/// All scripts of the folder, in order.
fn scripts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for subject in fs::read_dir(folder()).unwrap() {
        for script in fs::read_dir(subject.unwrap().path()).unwrap() {
            let path = script.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "sil") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn scripts_get_their_diagnostics() {
    let mut seen = BTreeSet::new();
    for path in scripts() {
        let checked = check_text(&fs::read_to_string(&path).unwrap());
        seen.extend(checked.diagnostics.iter().map(|diagnostic| diagnostic.code.number()));
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let accepted = path.parent().unwrap().ends_with("accepted");
        insta::with_settings!({
            snapshot_path => path.parent().unwrap(),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, render(&checked));
        });
        assert!(!accepted || !checked.diagnostics.has_errors(), "{}", path.display());
    }
    let missing: Vec<_> =
        codes::check::ALL.iter().map(|code| code.number()).filter(|number| !seen.contains(number)).collect();
    assert_eq!(missing, [] as [u16; 0], "codes without a script");
}

/// The static type of the initialiser of the last declaration.
fn type_of_last(script: &str) -> String {
    let Checked { ast, facts, .. } = check_text(script);
    let last = (0..ast.decl_count())
        .rev()
        .find_map(|index| ast.decl(sil::syntax::ast::DeclId(u32::try_from(index).unwrap())).and_then(|decl| decl.init));
    facts.type_of(last.unwrap()).display(&facts.structs)
}

#[test]
fn literals_take_the_type_of_their_place() {
    assert_eq!(type_of_last("number[] x = {1, 2};"), "number[]");
    assert_eq!(type_of_last("string x = {1, 2};"), "integer[]");
    assert_eq!(type_of_last("string x = {1, 2.5};"), "number[]");
    assert_eq!(type_of_last("string x = {1, \"a\"};"), "string[]");
    assert_eq!(type_of_last("string x = {};"), "string[]");
    assert_eq!(type_of_last("string x = {null, true};"), "boolean[]");
    assert_eq!(type_of_last("string x = {summary};"), "any");
    assert_eq!(type_of_last("struct P { string a; } P[] x = ({{\"a\"}});"), "P[]");
    assert_eq!(type_of_last("struct P { string a; } P x = true ? {\"a\"} : null;"), "P");
}

#[test]
fn receivers_are_passed_to_routines() {
    assert_eq!(type_of_last("number[] x = fromJson(\"[]\");"), "number[]");
    assert_eq!(type_of_last("number[] x = true ? (fromJson(\"[]\")) : null;"), "number[]");
    assert_eq!(type_of_last("string x = (number[]) fromJson(\"[]\");"), "number[]");
    assert_eq!(type_of_last("string x = fromJson(\"1\") + 1;"), "any");
}

#[test]
fn operators_follow_the_left_operand() {
    assert_eq!(type_of_last("string x = 2 * 3 * 0.25;"), "number");
    assert_eq!(type_of_last("string x = (2) * -3;"), "integer");
    assert_eq!(type_of_last("int i = 7; string x = i * 0.5;"), "integer");
    assert_eq!(type_of_last("string x = 1 + \"1.5\";"), "number");
    assert_eq!(type_of_last("interval i; string x = \"2d\" - i;"), "interval");
    assert_eq!(type_of_last("interval i; string x = \"2024-02-29\" - i - i;"), "date");
    assert_eq!(type_of_last("interval i; string x = \"two\" - i;"), "string");
}

fn expressions(ast: &Ast) -> impl Iterator<Item = ExprId> {
    (0..u32::try_from(ast.expr_count()).unwrap()).map(ExprId)
}

/// The names that each `%name%` site sees, innermost first.
fn sites(script: &str) -> Vec<Vec<String>> {
    let Checked { ast, facts, .. } = check_text(script);
    let sites = expressions(&ast).filter_map(|id| match facts.resolution(id) {
        Resolution::Subst(_, site) => Some(site),
        _ => None,
    });
    let names = |site: SiteId| {
        facts.visible(site).map(|decl| ast.name(ast.decl(decl).unwrap().name).to_owned()).collect::<Vec<_>>()
    };
    sites.map(names).collect()
}

#[test]
fn sites_see_what_is_in_scope() {
    let script = "
        string a; %a% = 1; string b; %a% = 1; %b% = 2;
        { string c; { string hidden; } string d; %c% = 1; string e; }
        function f(string p) { string l; %p% = 1; string m; { string n; %n% = 1; } }
        string z;";
    let expected = ["a", "b a", "b a", "d c b a", "l p z b a", "n m l p z b a"];
    let found: Vec<String> = sites(script).into_iter().map(|names| names.join(" ")).collect();
    assert_eq!(found, expected);
}

#[test]
fn globals_of_functions_are_captured() {
    let script = "
        string a; string b; string c;
        function f() { a = \"x\"; return later; }
        string later;
        { string local; local = b; c = local; }";
    let Checked { ast, facts, .. } = check_text(script);
    let captured: Vec<&str> = facts
        .vars
        .iter()
        .zip(0..)
        .filter(|(facts, _)| facts.captured)
        .map(|(_, index)| ast.name(ast.decl(sil::syntax::ast::DeclId(index)).unwrap().name))
        .collect();
    assert_eq!(captured, ["a", "later"]);
}

#[test]
fn initialisers_do_not_see_their_variable() {
    let Checked { ast, facts, .. } = check_text("string priority = priority; runnerLog(priority);");
    let found: Vec<bool> = expressions(&ast)
        .filter_map(|id| match facts.resolution(id) {
            Resolution::Name(name) => Some(matches!(name, NameRef::Field(_))),
            _ => None,
        })
        .collect();
    assert_eq!(found, [true, false]);
}

#[test]
fn optional_parameters_at_the_front_are_left_out_by_type() {
    let placements = |script: &str| check_text(script).facts.placements;
    assert_eq!(placements("getCommentById(5);"), [Box::from([1u8])]);
    assert_eq!(placements("getCommentById(\"A-1\", 5);"), [] as [Box<[u8]>; 0]);
}

#[test]
fn routines_of_the_embedder_come_first() {
    let called = |script: &str| {
        let Checked { ast, facts, .. } = check_text(script);
        let table = signatures();
        let found = expressions(&ast).find_map(|id| match facts.resolution(id) {
            Resolution::Routine(sig, _) => table.get(sig).map(|signature| signature.family),
            _ => None,
        });
        found.unwrap()
    };
    assert_eq!(called("isNull(1);"), Family::Embedder);
    assert_eq!(called("month(2024, 5);"), Family::Embedder);
    assert_eq!(called("month(\"2024-01-01\");"), Family::Core);
}

#[test]
fn later_packages_win() {
    let called = |script: &str| {
        let Checked { ast, facts, .. } = check_text(script);
        let table = signatures();
        let last = expressions(&ast).filter_map(|id| match facts.resolution(id) {
            Resolution::Routine(sig, _) => table.get(sig).map(|signature| signature.name.to_string()),
            _ => None,
        });
        last.last().unwrap()
    };
    assert_eq!(called("use \"other\"; use \"file\"; open(\"x\");"), "fileOpen");
    assert_eq!(called("use \"file\"; use \"other\"; open(\"x\");"), "otherOpen");
    assert_eq!(called("use \"file\"; use \"other\"; use \"file\"; open(\"x\");"), "fileOpen");
}

#[test]
fn deep_scripts_need_little_stack() {
    let deep = 200;
    let nest = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(deep), close.repeat(deep));
    let scripts = [
        format!("string s = {};", nest("(", "1", ")")),
        format!("string s = {};", nest("(1 + ", "1", ")")),
        format!("string s = {};", nest("- ", "1", "")),
        format!("string s = {};", nest("length(", "1", ")")),
        format!("string s = {};", nest("true ? 1 : ", "1", "")),
        format!("number[] s = {};", nest("{", "1", "}")),
        format!("string[] s; runnerLog(s{});", nest("[s", "[0]", "]")),
        nest("{", "int i;", "}"),
        nest("if (true) ", "return;", ""),
        nest("while (true) { ", "break;", "}"),
        nest("switch (1) { default: ", "break;", "}"),
        nest("try { ", "throw 1;", "} catch { }"),
    ];
    let run = move || {
        for script in scripts {
            let checked = check_text(&script);
            assert!(checked.ast.stmt_count() > 0, "{script}");
        }
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn stored_and_computed_integer_literals_agree() {
    let Checked { ast, facts, .. } =
        check_text("string s = 1 + 2 * (3 - -4) * 0.5 + (!5); int i = 2; s = i + 1 * (2 * i); s = \"a\" + 1 + 2;");
    let stored: Vec<bool> = expressions(&ast).map(|id| facts.is_int_literal(id)).collect();
    let computed: Vec<bool> = expressions(&ast).map(|id| sil::check::is_int_literal(&ast, id)).collect();
    assert_eq!(stored, computed);
    assert!(stored.contains(&true) && stored.contains(&false));
}

#[test]
fn checking_takes_time_in_proportion_to_the_script() {
    // Each of these shapes would take minutes if some pair of its parts were compared.
    let many = 20_000;
    type Line = fn(usize) -> String;
    let shapes: [(&str, Line); 5] = [
        ("sites between variables", |n| format!("string v{n} = \"x\"; %v{n}% = 1;\n")),
        ("unknown routines", |n| format!("unknown_routine_{n}();\n")),
        ("functions with sites", |n| format!("string g{n}; function f{n}(string a) {{ return %a%; }}\n")),
        ("cases", |n| if n == 0 { "switch (1) { ".to_owned() } else { format!("case {n}: break;\n") }),
        ("packages", |n| format!("use \"p{n}\"; use \"file\"; open(\"x\");\n")),
    ];
    for (what, line) in shapes {
        let mut script: String = (0..many).map(line).collect();
        if what == "cases" {
            script.push('}');
        }
        let checked = check_text(&script);
        assert!(checked.facts.types.len() >= many - 1, "{what}");
        assert!(checked.facts.scopes.iter().map(|scope| scope.vars.len()).sum::<usize>() <= 2 * many, "{what}");
    }
}
