//! What the command does with what it finds: fixes, SARIF, explanations, stacks.

use super::{Desk, Run};
use serde_json::Value;
use std::fs;

fn read(desk: &Desk, name: &str) -> String {
    fs::read_to_string(desk.path().join(name)).unwrap()
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn certain_fixes_are_applied() {
    let broken = "\u{feff}String name = 'Ada'\r\nfor (string x : {\"a\"}) { print(x + name) }\r\n\
                  if (name <> \"\") { print(1); } elseif (name === \"x\") { print(2) }\r\nreturn (true, 201);\r\n";
    let desk = Desk::new(&[("a.sil", broken), ("lib/b.incl", "def f() { return 1; }\n")]);
    let run = desk.sil(&["check", ".", "--fix"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.err.contains("2 files checked: 11 fixes applied, 0 errors, 0 warnings"), "{}", run.err);
    let fixed = "\u{feff}string name = \"Ada\";\r\nfor (string x in {\"a\"}) { print(x + name); }\r\n\
                 if (name != \"\") { print(1); } else if (name == \"x\") { print(2); }\r\nreturn true, 201;\r\n";
    assert_eq!(read(&desk, "a.sil"), fixed);
    assert_eq!(read(&desk, "lib/b.incl"), "function f() { return 1; }\n");
    let again = json(&desk.sil(&["check", "a.sil", "--fix", "--json"]));
    assert_eq!((&again["fixed"], &again["errors"]), (&0.into(), &0.into()));
}

#[test]
fn uncertain_fixes_are_only_told() {
    let broken = "if (lenght(\"a\") = 1) { print(1); }\n";
    let desk = Desk::new(&[("a.sil", broken)]);
    let run = desk.sil(&["check", "a.sil", "--fix", "--json"]);
    assert_eq!(run.code, 2);
    let fix = &json(&run)["diagnostics"][0]["fix"];
    assert_eq!((&fix["replacement"], &fix["safe"]), (&"==".into(), &false.into()));
    assert_eq!(read(&desk, "a.sil"), broken);
}

#[test]
fn a_file_without_certain_fixes_is_not_written() {
    let desk = Desk::new(&[("a.sil", "return 1;"), ("main.sil", "include \"b.incl\";\n"), ("b.incl", "print(1)")]);
    let touched = |name: &str| fs::metadata(desk.path().join(name)).unwrap().modified().unwrap();
    let (before, included) = (touched("a.sil"), touched("b.incl"));
    assert_eq!(desk.sil(&["check", "a.sil", "main.sil", "--fix"]).code, 2);
    assert_eq!((touched("a.sil"), touched("b.incl")), (before, included));
    let run = desk.sil(&["check", "-", "--fix"]);
    assert_eq!(run.code, 64, "{}", run.err);
}

#[test]
fn a_read_only_file_stays_as_it_is() {
    let desk = Desk::new(&[("a.sil", "print(1)\n")]);
    let path = desk.path().join("a.sil");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let run = desk.sil(&["check", "a.sil", "--fix"]);
    assert_eq!(run.code, 66, "{}", run.err);
    assert!(run.err.contains("cannot fix a.sil: it is read-only"), "{}", run.err);
    assert_eq!(read(&desk, "a.sil"), "print(1)\n");
}

/// What SARIF 2.1.0 asks of a log, as far as this command uses it.
fn check_sarif(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-2.1.0.json"));
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "sil");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = driver["rules"].as_array().unwrap();
    let level = |value: &Value| assert!(["error", "warning"].contains(&value.as_str().unwrap()), "{value}");
    for rule in rules {
        assert!(rule["id"].as_str().unwrap().starts_with("SIL"));
        assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
        assert!(rule["help"]["markdown"].as_str().unwrap().starts_with("# SIL"));
        level(&rule["defaultConfiguration"]["level"]);
    }
    let place = |location: &Value| {
        let uri = location["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.contains([' ', '\\', '<']), "{uri}");
        region(&location["region"]);
    };
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[index]["id"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        level(&result["level"]);
        result["locations"].as_array().unwrap().iter().for_each(|at| place(&at["physicalLocation"]));
        for related in result["relatedLocations"].as_array().into_iter().flatten() {
            place(&related["physicalLocation"]);
            assert!(related["message"]["text"].is_string());
        }
        for change in result["fixes"].as_array().into_iter().flatten() {
            assert!(change["description"]["text"].is_string());
            for artifact in change["artifactChanges"].as_array().unwrap() {
                assert!(artifact["artifactLocation"]["uri"].is_string());
                for replacement in artifact["replacements"].as_array().unwrap() {
                    region(&replacement["deletedRegion"]);
                    assert!(replacement["insertedContent"]["text"].is_string());
                }
            }
        }
    }
}

fn region(region: &Value) {
    let number = |key: &str| region[key].as_u64().unwrap();
    let (start, end) = ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{region}");
}

#[test]
fn sarif_is_one_log_for_all_files() {
    let desk = Desk::new(&[
        ("grüße 1.sil", "string é = 'x';\nnumber unused = 1;\n"),
        ("sub/b.sil", "number n;\nnumber n = 2\nprint(lenght(n));\n"),
        ("sub/c.sil", "return 1;\n"),
    ]);
    let run = desk.sil(&["check", ".", "--sarif"]);
    assert_eq!((run.code, run.err.as_str()), (2, ""));
    let log = json(&run);
    check_sarif(&log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let codes: Vec<&str> = results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
    assert_eq!(codes, ["SIL0008", "SIL0002"]);
    let location = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "gr%C3%BC%C3%9Fe%201.sil");
    assert_eq!(location["region"]["startColumn"], 12);
    assert_eq!(results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"], "\"x\"");
    // Nothing wrong is a log too.
    let fine = json(&desk.sil(&["check", "sub/c.sil", "--sarif"]));
    check_sarif(&fine);
    assert_eq!(fine["runs"][0]["results"].as_array().unwrap().len(), 0);
    assert_eq!(desk.sil(&["check", ".", "--sarif", "--json"]).code, 64);
}

#[test]
fn codes_are_explained() {
    let desk = Desk::new(&[]);
    let page = desk.sil(&["explain", "SIL0012"]);
    assert_eq!((page.code, page.err.as_str()), (0, ""));
    assert!(page.out.starts_with("# SIL0012: "), "{}", page.out);
    for other in ["12", "sil12", "SIL0012 "] {
        assert_eq!(desk.sil(&["explain", other]).out, page.out);
    }
    let all = desk.sil(&["explain"]);
    assert_eq!((all.code, all.out.lines().count()), (0, sil::diagnostics::codes::all().count()));
    assert!(all.out.starts_with("SIL0001  error    unexpected token\n"), "{}", all.out);
    for unknown in ["SIL9999", "x", "-1", ""] {
        let run = desk.sil(&["explain", "--", unknown]);
        assert_eq!((run.code, run.out.as_str()), (66, ""), "{unknown}");
        assert!(run.err.contains("`sil explain` lists all"), "{}", run.err);
    }
}

#[test]
fn a_stack_shows_its_lines() {
    let script = "function share(number total, integer people) {\n    integer t = total;\n    return t / people;\n}\nshare(120, 0);\n";
    let desk = Desk::new(&[
        ("a.sil", script),
        ("deeper.sil", "function f(integer n) {\n    f(n + 1);\n}\nf(1);\n"),
        ("deep.sil", "function f(integer n) {\n    if (n == 0) { throw \"down\"; }\n    f(n - 1);\n}\nf(40);\n"),
    ]);
    let run = desk.sil(&["run", "a.sil"]);
    let expected = "error: [SIL Error on line: 3, column: 12] division by zero
  in share at a.sil:3:12
    3 |     return t / people;
      |            ^^^^^^^^^^
  in main program at a.sil:5:1
    5 | share(120, 0);
      | ^^^^^^^^^^^^^
";
    assert_eq!((run.code, run.err.as_str()), (3, expected));
    let run = desk.sil(&["run", "deep.sil"]);
    assert!(
        run.err.contains("    3 |     f(n - 1);\n      |     ^^^^^^^^\n  and 39 times more the same\n"),
        "{}",
        run.err
    );
    let run = desk.sil(&["run", "deeper.sil", "--max-depth", "100"]);
    let end = "  and 63 times more the same\n  and 36 calls more\n  in main program at deeper.sil:4:1
    4 | f(1);
      | ^^^^
  help: --max-depth LEVELS sets another limit\n";
    assert!(run.err.ends_with(end), "{}", run.err);
    let stack = json(&desk.sil(&["run", "a.sil", "--json"]))["error"]["stack"].clone();
    assert_eq!(stack[0]["source"], "    return t / people;");
    assert_eq!(stack[1]["source"], "share(120, 0);");
}
