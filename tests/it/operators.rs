//! The operators have one meaning: code that is typed, and may take short cuts, gives what untyped code gives.
//!
//! Each script tries an operator with every pair of values of two types, in many forms: variables that are never null
//! and ones that may be, locals, captured globals, parameters, literals. The first entry of a group says what is
//! right, all others must agree. A null has a type only in typed code, so there the operator on values is the judge.

mod bench;

use bench::{Bench, LITERALS, OPS, Subject, TYPES};
use sil::{Data, Engine, Limits, MemoryHost};
use std::fmt::Write;

/// A line that is kept only if it compiles.
fn attempt(form: &str, expr: &str) -> String {
    format!("try {{ show(\"{form}\", {expr}); }} catch {{ failed(\"{form}\", lastExceptionMessage()); }}\n")
}

/// The same on one line that says what it is about.
fn marked(line: &str, label: &str) -> String {
    format!("{} // {label}\n", line.trim().replace('\n', " "))
}

fn declared(ty: &Subject, function: &str, name: &str, index: &str) -> String {
    format!("{} {name} = {function}_{}({index});\n", ty.name, ty.id)
}

/// Everything about one pair of types; `skip` says which operators do not compile.
fn pair(left: &Subject, right: &Subject, skip: &[bool]) -> String {
    let mut head = String::from("struct P { integer x; string y; }\n");
    head += &declared(left, "never", "gl", "0");
    head += &declared(right, "never", "gr", "0");
    head += &declared(left, "maybe", "gnl", "0");
    head += &declared(right, "maybe", "gnr", "0");
    let mut there = String::new();
    let mut nullable = String::new();
    for (number, op) in OPS.iter().enumerate() {
        writeln!(head, "function d{number}(a, b) {{ return a {op} b; }}").unwrap();
        writeln!(there, "group(\"{} {op} {}\", i, j, {});", left.name, right.name, skip[number]).unwrap();
        there += &attempt("dynamic", &format!("d{number}(l, r)"));
        writeln!(nullable, "if (i == {} or j == {}) {{", left.count(), right.count()).unwrap();
        writeln!(nullable, "group(\"{} {op} {}\", i, j, false);", left.name, right.name).unwrap();
        let rule = format!("rule(\"{op}\", \"{}\", \"{}\", false, nl, nr)", left.name, right.name);
        if skip[number] {
            nullable += "}\n";
            continue;
        }
        nullable += &attempt("rule", &rule);
        nullable += &attempt("nullable", &format!("nl {op} nr"));
        nullable += &attempt("in a function", &format!("n{number}()"));
        nullable += &attempt("parameters", &format!("q{number}(nl, nr)"));
        writeln!(nullable, "if (i < {}) {{", left.count()).unwrap();
        nullable += &declared(left, "never", "l", "i");
        nullable += &attempt("never null, nullable", &format!("l {op} nr"));
        writeln!(nullable, "}}\nif (j < {}) {{", right.count()).unwrap();
        nullable += &declared(right, "never", "r", "j");
        nullable += &attempt("nullable, never null", &format!("nl {op} r"));
        nullable += "}\n}\n";
        let (l, r) = (left.name, right.name);
        writeln!(head, "function g{number}() {{ return gl {op} gr; }}").unwrap();
        writeln!(head, "function n{number}() {{ return gnl {op} gnr; }}").unwrap();
        writeln!(head, "function t{number}({l} a, {r} b) {{ return a {op} b; }}").unwrap();
        writeln!(head, "function q{number}({l} a, {r} b) {{ return a {op} b; }}").unwrap();
        there += &attempt("rule", &rule.replace("nl, nr", "l, r"));
        there += &attempt("never null", &format!("l {op} r"));
        there += &attempt("nullable", &format!("nl {op} nr"));
        there += &attempt("mixed", &format!("l {op} nr"));
        there += &attempt("mixed the other way", &format!("nl {op} r"));
        there += &attempt("globals", &format!("g{number}()"));
        there += &attempt("nullable globals", &format!("n{number}()"));
        there += &attempt("parameters", &format!("t{number}(l, r)"));
        there += &attempt("nullable parameters", &format!("q{number}(l, r)"));
    }
    head += "q_null();\n";
    let mut nothing = String::new();
    for number in (0..OPS.len()).filter(|&number| !skip[number]) {
        writeln!(nothing, "try {{ {} a; {} b; q{number}(a, b); }} catch {{ }}", left.name, right.name).unwrap();
    }
    format!(
        "{head}function q_null() {{\n{nothing}}}\n\
         for (integer i = 0; i <= {}; i++) {{\nfor (integer j = 0; j <= {}; j++) {{\n{}{}gnl = nl; gnr = nr;\n\
         if (i < {} and j < {}) {{\n{}{}gl = l; gr = r;\n{there}}}\n{nullable}}}\n}}\n",
        left.count(),
        right.count(),
        declared(left, "maybe", "nl", "i"),
        declared(right, "maybe", "nr", "j"),
        left.count(),
        right.count(),
        declared(left, "never", "l", "i"),
        declared(right, "never", "r", "j"),
    )
}

/// `x op= e` on variables of all kinds, elements and fields, against `x = x op e`.
fn compound(left: &Subject, right: &Subject, skip: &[bool]) -> String {
    let (l, r) = (left.name, right.name);
    let mut head = String::from("struct P { integer x; string y; }\n");
    writeln!(head, "struct H {{ {l} f; }}").unwrap();
    head += &declared(left, "never", "gl", "0");
    head += &declared(left, "maybe", "gnl", "0");
    let mut body = String::new();
    for (number, op) in OPS.iter().take(5).enumerate() {
        if skip[number] {
            continue;
        }
        writeln!(head, "function g{number}({r} b) {{ gl {op}= b; }}").unwrap();
        writeln!(head, "function n{number}({r} b) {{ gnl {op}= b; }}").unwrap();
        writeln!(head, "function f{number}({l} a, {r} b) {{ a {op}= b; return a; }}").unwrap();
        writeln!(body, "group(\"{l} {op}= {r}\", i, j, false);").unwrap();
        let rule = format!("rule(\"{op}\", \"{l}\", \"{r}\", false, nl, nr)");
        let mut one = |form: &str, prepare: &str, act: &str, result: &str| {
            writeln!(
                body,
                "{{ {prepare} try {{ {act} }} catch {{ failed(\"{form}\", lastExceptionMessage()); }} show(\"{form}\", {result}); }}",
            )
            .unwrap();
        };
        one("rule", &format!("{l} x = nl;"), &format!("x = {rule};"), "x");
        one("nullable", &format!("{l} x = nl;"), &format!("x {op}= nr;"), "x");
        one("spelled out", &format!("{l} x = nl;"), &format!("x = x {op} nr;"), "x");
        one("global", "gnl = nl;", &format!("n{number}(nr);"), "gnl");
        one("field", "H h; h.f = nl;", &format!("h.f {op}= nr;"), "h.f");
        one("field by name", "H h; h[\"f\"] = nl;", &format!("h[\"f\"] {op}= nr;"), "h[\"f\"]");
        one("element", &format!("{l}[] a; a[0] = nl;"), &format!("a[0] {op}= nr;"), "a[0]");
        one("keyed element", &format!("{l}[] a; a[\"k\"] = nl;"), &format!("a[\"k\"] {op}= nr;"), "a[\"k\"]");
        writeln!(body, "if (i < {} and j < {}) {{", left.count(), right.count()).unwrap();
        writeln!(body, "{}{}", declared(left, "never", "l", "i"), declared(right, "never", "r", "j")).unwrap();
        writeln!(body, "group(\"{l} {op}= {r}\", i, j, false);").unwrap();
        let mut one = |form: &str, prepare: &str, act: &str, result: &str| {
            writeln!(
                body,
                "{{ {prepare} try {{ {act} }} catch {{ failed(\"{form}\", lastExceptionMessage()); }} show(\"{form}\", {result}); }}",
            )
            .unwrap();
        };
        one("rule", &format!("{l} x = l;"), &format!("x = {};", rule.replace("nl, nr", "l, r")), "x");
        one("never null", &format!("{l} x = l;"), &format!("x {op}= r;"), "x");
        one("never null, nullable", &format!("{l} x = l;"), &format!("x {op}= nr;"), "x");
        one("spelled out", &format!("{l} x = l;"), &format!("x = x {op} r;"), "x");
        one("global", "gl = l;", &format!("g{number}(r);"), "gl");
        one("parameter", &format!("{l} x = l;"), &format!("x = f{number}(l, r);"), "x");
        body += "}\n";
    }
    format!(
        "{head}for (integer i = 0; i <= {}; i++) {{\nfor (integer j = 0; j <= {}; j++) {{\n{}{}{body}}}\n}}\n",
        left.count(),
        right.count(),
        declared(left, "maybe", "nl", "i"),
        declared(right, "maybe", "nr", "j"),
    )
}

/// An operator between each value of a type and a literal, on both sides.
fn literals(ty: &Subject, numbers_only: bool, skip: &dyn Fn(&str) -> bool) -> String {
    let mut head = String::from("struct P { integer x; string y; }\n");
    let mut body = String::new();
    for (number, op) in OPS.iter().enumerate() {
        writeln!(head, "function d{number}(a, b) {{ return a {op} b; }}").unwrap();
        for literal in LITERALS {
            let text = literal.text;
            let kind = if numbers_only && literal.ty == "integer" { "number" } else { literal.ty };
            let wrong = |name: &str| if skip(name) { "true" } else { "false" };
            let right = format!("{} {op} '{}'", ty.name, text.replace('"', "'"));
            writeln!(body, "group(\"{right}\", i, 0, {});", wrong(&right)).unwrap();
            body += &attempt("rule", &format!("rule(\"{op}\", \"{}\", \"{kind}\", false, v, {text})", ty.name));
            if !skip(&right) {
                body += &marked(&attempt("never null", &format!("v {op} {text}")), &right);
                body += &marked(&attempt("nullable", &format!("n {op} {text}")), &right);
            }
            let left = format!("'{}' {op} {}", text.replace('"', "'"), ty.name);
            writeln!(body, "group(\"{left}\", i, 0, {});", wrong(&left)).unwrap();
            // A text before `-` is what the right side makes of it (L-54).
            let kind = match (literal.temporal, *op, ty.name) {
                ("interval", "-", "interval") => "interval",
                ("date", "-", "interval" | "date") => "date",
                _ => kind,
            };
            let counts = kind == "integer";
            body +=
                &attempt("rule", &format!("rule(\"{op}\", \"{kind}\", \"{}\", {counts}, ({kind}) {text}, v)", ty.name));
            if !skip(&left) {
                body += &marked(&attempt("never null", &format!("{text} {op} v")), &left);
                body += &marked(&attempt("nullable", &format!("{text} {op} n")), &left);
            }
        }
    }
    format!(
        "{head}for (integer i = 0; i < {}; i++) {{\n{}{}{body}}}\n",
        ty.count(),
        declared(ty, "never", "v", "i"),
        declared(ty, "maybe", "n", "i")
    )
}

/// `-x`, `+x`, `!x`, `x++`, conditions and conversions.
fn single(ty: &Subject, skip: &dyn Fn(&str) -> bool) -> String {
    let name = ty.name;
    let mut head = String::from("struct P { integer x; string y; }\n");
    writeln!(head, "struct H {{ {name} f; }}").unwrap();
    head += &declared(ty, "never", "g", "0");
    head += &declared(ty, "maybe", "gn", "0");
    let mut body = String::new();
    let mut group = |what: &str, forms: &[(&str, String, String)]| {
        let label = format!("{what} {name}");
        writeln!(body, "group(\"{label}\", i, 0, {});", skip(&label)).unwrap();
        for (form, prepare, expr) in forms {
            let line = attempt(form, expr).replacen("try {", &format!("try {{ {prepare}"), 1);
            if *form == "dynamic" {
                body += &line;
            } else if !skip(&label) {
                body += &marked(&line, &label);
            }
        }
    };
    let none = String::new;
    for (number, op) in ["-", "+", "!"].iter().enumerate() {
        writeln!(head, "function u{number}(a) {{ return {op}a; }}").unwrap();
        group(
            op,
            &[
                ("dynamic", none(), format!("u{number}(v)")),
                ("never null", none(), format!("{op}v")),
                ("nullable", none(), format!("{op}n")),
                ("twice undone", none(), format!("{op}(({name}) v)")),
            ],
        );
    }
    writeln!(head, "function cond(a) {{ if (a) {{ return true; }} return false; }}").unwrap();
    writeln!(head, "function both(a) {{ return a && true; }}").unwrap();
    group(
        "if",
        &[
            ("dynamic", none(), "cond(v)".into()),
            ("never null", none(), "v ? true : false".into()),
            ("nullable", none(), "n ? true : false".into()),
            ("and", none(), "v && true".into()),
            ("or", none(), "false || n".into()),
            ("dynamic and", none(), "both(v)".into()),
            ("not not", none(), "v ? !false : !true".into()),
        ],
    );
    for (number, (pre, post)) in [("++", ""), ("--", ""), ("", "++"), ("", "--")].iter().enumerate() {
        writeln!(head, "function c{number}(a) {{ string s = {pre}a{post}; return s + \"/\" + a; }}").unwrap();
        let label = format!("count{number} {name}");
        if !skip(&label) {
            let function = format!("function k{number}() {{ string s = {pre}g{post}; return s + \"/\" + g; }}");
            head += &marked(&function, &label);
        }
        let text = |target: &str| format!("\"\" + {pre}{target}{post} + \"/\" + {target}");
        group(
            &format!("count{number}"),
            &[
                ("dynamic", none(), format!("c{number}(v)")),
                ("never null", format!("{name} x = v;"), text("x")),
                ("nullable", format!("{name} x = n;"), text("x")),
                ("element", format!("{name}[] x; x[0] = v;"), text("x[0]")),
                ("field", "H x; x.f = v;".into(), text("x.f")),
                ("global", "g = v;".into(), format!("k{number}()")),
            ],
        );
    }
    for target in TYPES {
        let to = target.name;
        writeln!(head, "function to_{}(a) {{ return ({to}) a; }}", target.id).unwrap();
        group(
            &format!("({to})"),
            &[
                ("dynamic", none(), format!("to_{}(v)", target.id)),
                ("never null", none(), format!("({to}) v")),
                ("nullable", none(), format!("({to}) n")),
                ("assigned", format!("{to} x; x = v;"), "x".into()),
                ("declared", format!("{to} x = n;"), "x".into()),
            ],
        );
    }
    // Null: `-` and a `!` that negates numbers keep it (L-56, L-59), counting takes it as 0 (L-57).
    let number = matches!(name, "number" | "integer" | "byte");
    let nothing = if ty.element().is_some() && name != "string" { "gn" } else { "null" };
    let negated = if number { "null" } else { "true" };
    let mut group = |what: &str, expected: &str, forms: &[(&str, String, String)]| {
        let label = format!("{what} {name}");
        if skip(&label) {
            return;
        }
        writeln!(body, "if (i == 0) {{\ngroup(\"null: {label}\", i, 0, false);\nshow(\"rule\", {expected});").unwrap();
        for (form, prepare, expr) in forms {
            body += &marked(&attempt(form, expr).replacen("try {", &format!("try {{ {prepare}"), 1), &label);
        }
        body += "}\n";
    };
    let unset = format!("{name} x; gn = x;");
    for (number, (op, expected)) in
        [("-", nothing), ("+", nothing), ("!", negated), ("if", "false")].into_iter().enumerate()
    {
        let of = |value: &str| if op == "if" { format!("{value} ? true : false") } else { format!("{op}{value}") };
        let mut forms = vec![
            ("unset", unset.clone(), of("x")),
            ("global", unset.clone(), of("gn")),
            ("element", format!("{name}[] x; x[1] = v;"), of("x[0]")),
            ("field", "H x;".into(), of("x.f")),
            ("routine", String::new(), of(&format!("maybe_{}({})", ty.id, ty.count()))),
            ("parameter", unset.clone(), format!("p{number}(x)")),
        ];
        if op != "if" {
            forms.push(("on values", unset.clone(), format!("unary(\"{op}\", \"{name}\", x)")));
        }
        group(op, expected, &forms);
        let label = format!("{op} {name}");
        if !skip(&label) {
            let function = format!("function p{number}({name} a) {{ return {}; }}", of("a"));
            head += &marked(&function, &label);
        }
    }
    for (number, expected) in ["1/1", "-1/-1", "0/1", "0/-1"].iter().enumerate() {
        let (pre, post) = [("++", ""), ("--", ""), ("", "++"), ("", "--")][number];
        let text = |target: &str| format!("\"\" + {pre}{target}{post} + \"/\" + {target}");
        group(
            &format!("count{number}"),
            &format!("\"{expected}\""),
            &[
                ("unset", unset.clone(), text("x")),
                ("global", unset.clone(), text("gn")),
                ("element", format!("{name}[] x;"), text("x[1]")),
                ("field", "H x;".into(), text("x.f")),
            ],
        );
    }
    // A null of unknown type is no number: `!` finds it false (L-61).
    writeln!(head, "function nothing() {{ return null; }}").unwrap();
    writeln!(body, "if (i == 0) {{\ngroup(\"null: ! any\", i, 0, false);\nshow(\"rule\", true);").unwrap();
    body += &attempt("dynamic", "u2(nothing())");
    body += &attempt("direct", "!nothing()");
    body += &attempt("on values", "unary(\"!\", \"any\", nothing())");
    body += "}\n";
    format!(
        "{head}for (integer i = 0; i < {}; i++) {{\n{}{}gn = n;\n{body}}}\n",
        ty.count(),
        declared(ty, "never", "v", "i"),
        declared(ty, "maybe", "n", "i")
    )
}

/// `a[i]`, read and written.
fn indexing(base: &Subject, index: &Subject, skip: &dyn Fn(&str) -> bool) -> String {
    let (b, x) = (base.name, index.name);
    let mut head = String::from("struct P { integer x; string y; }\n");
    writeln!(head, "function rd(a, i) {{ return a[i]; }}").unwrap();
    writeln!(head, "function wr(a, i, v) {{ a[i] = v; return a; }}").unwrap();
    let mut body = String::new();
    // Far beyond the end every gap would be filled.
    let near = if matches!(x, "number" | "integer") { "p < 1000 or p != p" } else { "true" };
    let mut group = |label: String, forms: &[(&str, String, String)]| {
        writeln!(body, "if ({near}) {{\ngroup(\"{label}\", i, j, {});", skip(&label)).unwrap();
        for (form, prepare, expr) in forms {
            let line = format!(
                "try {{ {prepare} show(\"{form}\", {expr}); }} catch {{ failed(\"{form}\", lastExceptionMessage()); }}"
            );
            if *form == "dynamic" {
                writeln!(body, "{line}").unwrap();
            } else if !skip(&label) {
                body += &marked(&line, &label);
            }
        }
        body += "}\n";
    };
    group(
        format!("{b} at {x}"),
        &[
            ("dynamic", String::new(), "rd(a, i)".replace("i)", "p)")),
            ("never null", String::new(), "a[p]".into()),
            ("nullable", String::new(), "m[q]".into()),
            ("mixed", String::new(), "a[q]".into()),
        ],
    );
    if let Some(element) = base.element() {
        let value = format!("{element} e = never_{}(1);", bench::named(element).id);
        group(
            format!("{b} set at {x}"),
            &[
                ("dynamic", value.clone(), "wr(a, p, e)".into()),
                ("never null", format!("{value} {b} c = a; c[p] = e;"), "c".into()),
                ("nullable", format!("{value} {b} c = m; c[q] = e;"), "c".into()),
                ("spelled out", format!("{value} {element} o = e; {b} c = a; c[p] = o;"), "c".into()),
            ],
        );
    }
    format!(
        "{head}for (integer i = 0; i < {}; i++) {{\nfor (integer j = 0; j < {}; j++) {{\n{}{}{}{}{body}}}\n}}\n",
        base.count(),
        index.count(),
        declared(base, "never", "a", "i"),
        declared(base, "maybe", "m", "i"),
        declared(index, "never", "p", "j"),
        declared(index, "maybe", "q", "j"),
    )
}

/// Which operators of a pair the checker refuses, seen from a script that has nothing else in it.
fn refused(bench: &Bench, left: &Subject, right: &Subject) -> Vec<bool> {
    let mut text = format!("struct P {{ integer x; string y; }}\n{} l; {} r;\n", left.name, right.name);
    for op in OPS {
        writeln!(text, "show(\"\", l {op} r);").unwrap();
    }
    let lines = bench.error_lines(&text);
    (0..OPS.len()).map(|number| lines.contains(&(number as u32 + 3))).collect()
}

fn walk_pairs(bench: Bench) {
    for left in TYPES {
        for right in TYPES {
            let skip = refused(&bench, left, right);
            bench.compare(&pair(left, right, &skip));
        }
    }
    bench.finish();
}

#[test]
fn typed_operators_mean_what_untyped_ones_do() {
    walk_pairs(Bench::new());
}

#[test]
fn typed_operators_mean_what_untyped_ones_do_with_numbers_only() {
    walk_pairs(Bench::with_dialect(true));
}

fn walk_compound(bench: Bench) {
    for left in TYPES {
        for right in TYPES {
            let mut text = format!("struct P {{ integer x; string y; }}\n{} l; {} r;\n", left.name, right.name);
            for op in &OPS[..5] {
                writeln!(text, "l {op}= r;").unwrap();
            }
            let lines = bench.error_lines(&text);
            let skip: Vec<bool> = (0..5).map(|number| lines.contains(&(number + 3))).collect();
            bench.compare(&compound(left, right, &skip));
        }
    }
    bench.finish();
}

#[test]
fn compound_assignments_mean_what_they_abbreviate() {
    walk_compound(Bench::new());
}

#[test]
fn compound_assignments_mean_what_they_abbreviate_with_numbers_only() {
    walk_compound(Bench::with_dialect(true));
}

fn walk_literals(bench: Bench) {
    for ty in TYPES {
        let skip = bench.refused_labels(&literals(ty, bench.numbers_only, &|_| false));
        bench.compare(&literals(ty, bench.numbers_only, &|label| skip.contains(label)));
    }
    bench.finish();
}

#[test]
fn literals_mean_what_their_values_do() {
    walk_literals(Bench::new());
}

#[test]
fn literals_mean_what_their_values_do_with_numbers_only() {
    walk_literals(Bench::with_dialect(true));
}

#[test]
fn with_numbers_only_integers_divide_as_numbers() {
    let script = "integer a = 7; integer b = 2; byte c = 2; integer none; integer[] list = {7, 8};
function divided(x, y) { return x / y; }
integer whole = 7;
whole /= 2;
number sum = 1;
for (integer i = 1; i < 20; i++) { sum += i / 2; }
return a / b, 7 / 2, a / c, divided(a, b), list / b, a / list, whole, a % b, a * 0.5, none / b, a / (b - 2),
    a / b / 2 * 4, c / c, sum, (integer) (a / b), isNull(none / b);";
    let run = |numbers_only: bool| -> Vec<String> {
        let engine = Engine::builder().number_literals(numbers_only).build();
        let program = engine.compile("case.sil", script).unwrap_or_else(|found| panic!("{found}"));
        let outcome = program.run(&mut MemoryHost::new(), &Limits::default());
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => return vec![error.message().to_owned()],
        };
        outcome.returned().iter().map(Data::to_text).collect()
    };
    let expected = [
        "3.5", "3.5", "3.5", "3.5", "3.5", "4", "1", "0.875", "3", "1", "3", "", "Infinity", "7", "1", "96", "3",
        "true",
    ];
    assert_eq!(run(true), expected);
    assert_eq!(run(false), ["division by zero"]);
}

#[test]
fn one_operand_means_the_same_typed_and_untyped() {
    let bench = Bench::new();
    for ty in TYPES {
        let skip = bench.refused_labels(&single(ty, &|_| false));
        bench.compare(&single(ty, &|label| skip.contains(label)));
    }
    bench.finish();
}

#[test]
fn an_index_means_the_same_typed_and_untyped() {
    let bench = Bench::new();
    for base in TYPES {
        for index in TYPES {
            let skip = bench.refused_labels(&indexing(base, index, &|_| false));
            bench.compare(&indexing(base, index, &|label| skip.contains(label)));
        }
    }
    bench.finish();
}
