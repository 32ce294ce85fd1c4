//! Scripts that want to do harm: each ends with a diagnostic, a result, or the limit that names itself.

use sil::{CancelFlag, Engine, ErrorKind, LimitKind, Limits, MemoryHost, RunError};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Runs on a thread with a small stack, where a walk without care would overflow.
fn on_small_stack<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
    thread::Builder::new().stack_size(256 << 10).spawn(work).unwrap().join().unwrap()
}

fn run(source: &str, limits: &Limits) -> Result<Vec<String>, RunError> {
    let program = Engine::new().compile("hostile.sil", source).unwrap_or_else(|found| panic!("{found}"));
    let outcome = program.run(&mut MemoryHost::new(), limits)?;
    Ok(outcome.returned().iter().map(sil::Data::to_text).collect())
}

fn hit(result: Result<Vec<String>, RunError>) -> LimitKind {
    match result.unwrap_err().kind() {
        ErrorKind::Limit(hit) => hit.kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn deep_but_allowed_scripts_compile_and_run_on_a_small_stack() {
    on_small_stack(|| {
        // As deep as the nesting limit lets through.
        let levels = 100;
        let parens = format!("return {}1{};", "(1 + ".repeat(levels), ")".repeat(levels));
        assert_eq!(run(&parens, &Limits::default()).unwrap(), ["101"]);
        let blocks = format!("number n; {} n = 7; {} return n;", "if (true) {".repeat(levels), "}".repeat(levels));
        assert_eq!(run(&blocks, &Limits::default()).unwrap(), ["7"]);
        let nots = format!("return {}true;", "!".repeat(levels));
        assert_eq!(run(&nots, &Limits::default()).unwrap(), ["true"]);
        let calls =
            format!("function f(number n) {{ return n + 1; }} return {}0{};", "f(".repeat(levels), ")".repeat(levels));
        assert_eq!(run(&calls, &Limits::default()).unwrap(), [levels.to_string()]);
    });
}

#[test]
fn long_flat_scripts_run() {
    on_small_stack(|| {
        let sum = format!("return 0{};", " + 1".repeat(1_000_000));
        assert_eq!(run(&sum, &Limits::default()).unwrap(), ["1000000"]);
        let text = format!("string s = \"\"; s = s{}; return length(s);", " + \"xy\"".repeat(100_000));
        assert_eq!(run(&text, &Limits::default()).unwrap(), ["200000"]);
        let any = format!("boolean b = true; return b{};", " && b".repeat(200_000));
        assert_eq!(run(&any, &Limits::default()).unwrap(), ["true"]);
        let chain = format!(
            "number n = 5; string r; if (n == 0) {{ r = \"0\"; }} {} return r;",
            (1..20_000).map(|i| format!("else if (n == {i}) {{ r = \"{i}\"; }}")).collect::<String>()
        );
        assert_eq!(run(&chain, &Limits::default()).unwrap(), ["5"]);
    });
}

#[test]
fn too_deep_scripts_get_a_diagnostic() {
    on_small_stack(|| {
        for (open, close) in [("(", ")"), ("{", "}"), ("[", "]"), ("!", ""), ("-", ""), ("(string) ", "")] {
            let source = format!("return {}1{};", open.repeat(1_000_000), close.repeat(1_000_000));
            let found = Engine::new().compile("deep.sil", &source).unwrap_err();
            assert!(found.has_errors());
        }
        let ifs = format!("{} ;", "if (true) ".repeat(1_000_000));
        assert!(Engine::new().compile("deep.sil", &ifs).unwrap_err().has_errors());
    });
}

#[test]
fn recursion_ends_by_depth_on_a_small_stack() {
    on_small_stack(|| {
        let sources = [
            "function f(number n) { return f(n + 1); } return f(0);",
            "function f(number n) { return g(n) + 1; } function g(number n) { if (n > 0) { return f(n + 1); } return f(1); } return f(1);",
            "function f(n) { string[] a; a[0] = \"\" + f(n); return a; } try { f(1); } catch { return \"caught\"; }",
            "function f(number n = f()) { return n; } return f();",
        ];
        for source in sources {
            assert_eq!(hit(run(source, &Limits::default())), LimitKind::Depth, "{source}");
        }
        // Deeply nested functions weigh more, and still fit.
        let nested =
            format!("function f(number n) {{ return {}f(n){}; }} return f(1);", "(1 + ".repeat(100), ")".repeat(100));
        assert_eq!(hit(run(&nested, &Limits::default())), LimitKind::Depth);
    });
}

#[test]
fn values_nested_too_deeply() {
    on_small_stack(|| {
        let source = "struct Node { integer v; Node next; } Node head;
            for (int i = 0; i < 100000; i++) { Node x; x.v = i; x.next = head; head = x; } return head.v;";
        assert_eq!(hit(run(source, &Limits::default())), LimitKind::ValueDepth);
        let fair = source.replace("100000", "900");
        assert_eq!(run(&fair, &Limits::default()).unwrap(), ["899"]);
        let printed = fair.replace(
            "return head.v;",
            "string s = head; Node other = head; return s == (string) other, toJson(head) != \"\";",
        );
        assert_eq!(run(&printed, &Limits::default()).unwrap(), ["true", "true"]);
    });
}

#[test]
fn memory_stays_within_the_limit() {
    let limits = Limits::default().memory(8 << 20);
    let sources = [
        "string s = \"xxxxxxxx\"; while (true) { s = s + s; }",
        "string s = \"xxxxxxxx\"; try { while (true) { s += s; } } catch { return \"caught\"; }",
        "string[] a; while (true) { a += \"some text that is not short\"; }",
        "number[] a; int i = 0; while (true) { a[i] = i; i++; }",
        "string[] a; int i = 0; while (true) { a[\"key\" + i] = \"v\"; i++; }",
        "string[] a = {\"x\"}; while (true) { a += a; }",
        "number[] a; a[5000000] = 1;",
        "struct S { string[] a; } S[] all; int i = 0; while (true) { all[i].a += \"text\"; i++; }",
        "function f(string s) { return f(s + s); } return f(\"0123456789\");",
    ];
    for source in sources {
        let kind = hit(run(source, &limits));
        assert!(matches!(kind, LimitKind::Memory | LimitKind::StringSize | LimitKind::ArraySize), "{kind:?}: {source}");
    }
}

#[test]
fn endless_loops_end_by_fuel_whatever_is_around_them() {
    let limits = Limits::default().fuel(100_000);
    for source in [
        "while (true) { }",
        "while (true);",
        "for (;;) { }",
        "do { } while (true);",
        "try { while (true) { } } catch { return \"caught\"; }",
        "while (true) { try { throw 1; } catch { continue; } }",
        "function f() { while (true) { } } try { f(); } catch { } return 1;",
        "for (int i = 0; i >= 0; i--) { i++; }",
    ] {
        assert_eq!(hit(run(source, &limits)), LimitKind::Fuel, "{source}");
    }
}

#[test]
fn deadline_and_cancel_end_a_run() {
    let endless = "int i = 0; while (true) { i++; }";
    let limits = Limits::default().fuel(u64::MAX).timeout(Some(Duration::from_millis(30)));
    let started = Instant::now();
    assert_eq!(hit(run(endless, &limits)), LimitKind::Deadline);
    assert!(started.elapsed() < Duration::from_secs(5));
    let flag = CancelFlag::new();
    let limits = Limits::default().fuel(u64::MAX).timeout(None).cancel(Some(flag.clone()));
    let runner = thread::spawn(move || hit(run("int i = 0; while (true) { i++; }", &limits)));
    flag.cancel();
    assert_eq!(runner.join().unwrap(), LimitKind::Cancel);
}

/// What a run says that ends by a limit.
fn said(source: &str, host: &mut MemoryHost, limits: &Limits) -> (LimitKind, String) {
    let program = Engine::new().compile("hostile.sil", source).unwrap_or_else(|found| panic!("{found}"));
    let error = program.run(host, limits).expect_err(source);
    match error.kind() {
        ErrorKind::Limit(hit) => (hit.kind, error.message().to_owned()),
        other => panic!("{other:?}: {error}"),
    }
}

#[test]
fn catastrophic_patterns_name_their_limit() {
    let text = format!("{}!", "a".repeat(5_000));
    // Without back-references and the like even these take linear time.
    for pattern in ["(a+)+b", "(a|a)*b", "(a|aa)+$", "(.*)*b", "^(\\w+\\s?)*$"] {
        let source = format!("try {{ return matches(argv[0], \"{pattern}\"); }} catch {{ return \"caught\"; }}");
        let program = Engine::new().compile("hostile.sil", &source).unwrap();
        let outcome = program.run(&mut MemoryHost::new().with_argument(&*text), &Limits::default()).unwrap();
        assert_eq!(outcome.returned()[0].to_text(), "false", "{pattern}");
    }
    for pattern in ["((a|aa)+)\\1b", "(?=(a+)+b)a", "(a*)*+\\1x", "(?:(a+)(?=a))*b"] {
        let source = format!("try {{ return matchStart(argv[0], \"{pattern}\"); }} catch {{ return \"caught\"; }}");
        let started = Instant::now();
        let program = Engine::new().compile("hostile.sil", &source).unwrap();
        match program.run(&mut MemoryHost::new().with_argument(&*text), &Limits::default()) {
            Ok(outcome) => assert_ne!(outcome.returned()[0].to_text(), "caught", "{pattern}"),
            Err(error) => assert!(error.message().starts_with("regex limit"), "{pattern}: {error}"),
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{pattern}: {:?}", started.elapsed());
    }
}

#[test]
fn json_nested_without_end_is_refused() {
    let limits = Limits::default().string_size(256 << 20).memory(1 << 30);
    let sizes = [("[", "string[] a", 100 << 20), ("{\"a\":", "Node a", 1 << 20), ("[{\"a\":[", "Node[] a", 1 << 20)];
    for (unit, receiver, size) in sizes {
        let source = format!("struct Node {{ Node a; }} {receiver} = fromJson(argv[0]);");
        let program = Engine::new().compile("hostile.sil", &source).unwrap();
        let mut host = MemoryHost::new().with_argument(unit.repeat(size / unit.len()));
        let error = program.run(&mut host, &limits).unwrap_err();
        assert_eq!(error.limit().map(|hit| hit.kind), Some(LimitKind::JsonDepth), "{error}");
        assert!(error.message().starts_with("JSON depth limit of 128 levels"), "{error}");
    }
}

#[test]
fn a_large_sort_keeps_a_short_deadline() {
    // The elements come as a field, so that the deadline begins when they are there.
    let elements: Vec<String> =
        (0..1_000_000u64).map(|i| format!("{}", i.wrapping_mul(0x9e37_79b9) % 1_000_003)).collect();
    let mut host = MemoryHost::new().with_argument(elements.join("|"));
    let limits = Limits::default().timeout(Some(Duration::from_millis(5)));
    let started = Instant::now();
    let source = "string[] all = argv[0]; try { arraySort(all, false); } catch { return 1; } return 2;";
    let (kind, message) = said(source, &mut host, &limits);
    assert_eq!(kind, LimitKind::Deadline);
    assert!(message.starts_with("deadline limit of 5 ms reached"), "{message}");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[test]
fn paths_out_of_the_root_are_refused_in_memory_too() {
    let hidden = ["../../etc/passwd", "a/../../x", "/etc/passwd", "..", "a\\0b"];
    for path in hidden {
        let source = format!("string s = readFromTextFile(\"{path}\"); return s;");
        let program = Engine::new().compile("hostile.sil", &source).unwrap();
        let error = program.run(&mut MemoryHost::new().with_file("a/x", "inside"), &Limits::default()).unwrap_err();
        assert!(error.message().contains("cannot read"), "{path}: {error}");
    }
}

#[test]
fn growth_by_routines_is_asked_for_first() {
    // A crowded machine shall not make it a question of time.
    let limits = Limits::default().memory(16 << 20).timeout(None);
    for step in [
        "s = join({s, s, s, s}, s);",
        "s = replace(s, \"x\", \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\");",
        "s = matchReplace(s, \"x\", \"$0$0$0$0$0$0$0$0\");",
        "s = escapeHtml(s + \"<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\" + s);",
        "s = urlEncode(s + \"%%%%%%%%%%%%%%%%%%%%%%\" + s);",
        "s = base64Encode(s + s);",
        "string[] a = split(s + s, \"\"); s = s + s + a;",
        "s = toJson({s, s, s});",
        "s = toUpper(s) + s; s = toLower(s) + s;",
        "s = formatNumber(1, s) + s + s;",
        "s = formatDate(\"2031-07-04\", \"'\" + s + s + \"'\") + s;",
        "printInFile(\"f\", s + s); s = readFromTextFile(\"f\");",
    ] {
        let source = format!("string s = \"xxxxxxxx\"; while (true) {{ {step} }}");
        let (kind, message) = said(&source, &mut MemoryHost::new(), &limits);
        let expected = matches!(kind, LimitKind::Memory | LimitKind::StringSize | LimitKind::ArraySize);
        assert!(expected && message.contains(" limit of "), "{step}: {message}");
    }
}

#[cfg(feature = "crypto")]
#[test]
fn what_is_encrypted_in_one_step_is_short() {
    let program = Engine::new()
        .compile("hostile.sil", "try { return encrypt(argv[0], argv[1]); } catch { return lastExceptionMessage(); }")
        .unwrap();
    let text = "x".repeat((8 << 20) + 1);
    let mut host = MemoryHost::new().with_argument(text).with_argument("0123456789abcdef");
    let outcome = program.run(&mut host, &Limits::default()).unwrap();
    assert!(outcome.returned()[0].to_text().contains("more than 8388608 bytes cannot be encrypted"));
}

#[test]
fn empty_lines_of_the_log_are_not_free() {
    let limits = Limits::default().memory(1 << 20);
    let (kind, message) = said("while (true) { print(\"\"); }", &mut MemoryHost::new(), &limits);
    assert_eq!(kind, LimitKind::Memory);
    assert!(message.starts_with("memory limit of 1048576 bytes reached"), "{message}");
    // The response is alive too, and so are the texts of the log.
    for part in ["print(s);", "appendToWebhookResponse(s);"] {
        let source = format!("string s = \"0123456789abcdef0123456789abcdef\"; while (true) {{ {part} }}");
        let mut host = MemoryHost::new().with_request(sil::WebhookRequest::new("GET"));
        let (kind, message) = said(&source, &mut host, &limits);
        assert_eq!(kind, LimitKind::Memory, "{part} {message}");
    }
}

#[test]
fn values_cannot_contain_themselves() {
    on_small_stack(|| {
        // An assignment copies (L-34): what is put into an array is the array before that.
        let source = "string[] a = {\"x\"}; a[1] = a; a[2] = a; return size(a);";
        assert_eq!(run(source, &Limits::default()).unwrap(), ["3"]);
        let source = "struct N { integer v; N n; N[] all; } N x; x.v = 1; x.n = x; x.all[0] = x; x.v = 2;
            return x.v, x.n.v, x.all[0].v, x.all[0].n.v, isNull(x.n.n.v);";
        assert_eq!(run(source, &Limits::default()).unwrap(), ["2", "1", "1", "1", "true"]);
        for step in ["x.n = x;", "x.all[0] = x;", "x.all[0].n = x;", "x.n.n = x;"] {
            let source = format!("struct N {{ N n; N[] all; }} N x; while (true) {{ {step} }}");
            let limits = Limits::default().fuel(10_000_000).memory(64 << 20);
            let kind = hit(run(&source, &limits));
            assert!(matches!(kind, LimitKind::ValueDepth | LimitKind::Memory), "{step} {kind:?}");
        }
    });
}

#[test]
fn numbers_at_the_edge() {
    let smallest = "integer m = 9223372036854775807; m = m + 1;";
    for (expression, expected) in [
        ("m / -1", Ok("-9223372036854775808")),
        ("m % -1", Ok("0")),
        ("m * -1", Ok("-9223372036854775808")),
        ("-m", Ok("-9223372036854775808")),
        ("abs(m)", Ok("9223372036854776000")),
        ("m / z", Err("division by zero")),
        ("m % z", Err("division by zero")),
        ("(integer) (f / f)", Ok("0")),
        ("(integer) (1.0 / f)", Ok("9223372036854775807")),
        ("(integer) (-1.0 / f)", Ok("-9223372036854775808")),
        ("(byte) m", Ok("0")),
        ("m - 1", Ok("9223372036854775807")),
    ] {
        let source = format!("{smallest} integer z = 0; number f = 0.0; return {expression};");
        match (run(&source, &Limits::default()), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, [expected], "{expression}"),
            (Err(error), Err(expected)) => assert!(error.message().contains(expected), "{expression}: {error}"),
            (found, _) => panic!("{expression}: {found:?}"),
        }
    }
}

/// Orders that contradict themselves: an order of the standard library would be allowed to panic on them.
#[test]
fn sorting_what_has_no_order() {
    let prepare = "number z = 0.0; number nan = z / z; number[] n; string[] s; integer i = 0;
        while (i < 500) {
            if (i % 3 == 0) { n += nan; s += \"x\" + i; } else { n += (i * 7919) % 503 - 250; s += (i * 31) % 97; }
            if (i % 7 == 0) { n += null; s += null; }
            i++;
        }";
    for sort in [
        "return size(arraySort(n, false));",
        "return size(arraySort(n, true));",
        "return size(arraySort(s, false));",
        "return size(arraySort(s, true));",
        "return size(arrayUnion(n, n)) > 0;",
        "return arrayFindBinary(n, nan), arrayFindBinary(n, 3), arrayFindBinary(s, \"7\");",
        "return size(arrayToSet(n)) > 0, arrayFind(n, nan);",
        "struct R { number k; string t; } R[] r; for (number e in n) { R one; one.k = e; one.t = e; r += one; }
         return size(arrayStructSort(r, \"k\")), size(arrayStructSort(r, \"t\"));",
        "number[] m; for (number e in n) { m[\"\" + e] = e; } return size(arrayKeySort(m)) > 0;",
    ] {
        let found = run(&format!("{prepare} {sort}"), &Limits::default());
        assert!(found.is_ok(), "{sort}: {found:?}");
    }
}

/// Scripts that run themselves through routines share the levels of the first one.
#[test]
fn recursion_through_scripts_that_run_scripts() {
    on_small_stack(|| {
        let inline = "runSILInline(argv[0], argv[0]);";
        let program = Engine::new().compile("hostile.sil", inline).unwrap();
        let mut host = MemoryHost::new().with_argument(inline);
        let error = program.run(&mut host, &Limits::default()).unwrap_err();
        assert_eq!(error.limit().map(|hit| hit.kind), Some(LimitKind::Depth), "{error}");

        let caught = "try { runSILInline(argv[0], argv[0]); } catch { print(\"caught\"); }";
        let program = Engine::new().compile("hostile.sil", caught).unwrap();
        let mut host = MemoryHost::new().with_argument(caught);
        let error = program.run(&mut host, &Limits::default()).unwrap_err();
        assert_eq!(error.limit().map(|hit| hit.kind), Some(LimitKind::Depth), "{error}");
        assert!(error.log().is_empty(), "{:?}", error.log());

        let loader = |_: &str| Ok(String::from("call(\"local\", \"self.sil\", \"\"); return 1;"));
        let engine = Engine::builder().include_loader(loader).build();
        let program = engine
            .compile("hostile.sil", "function f(integer n) { print(n); call(\"local\", \"self.sil\", \"\"); } f(1);")
            .unwrap();
        let error = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap_err();
        assert_eq!(error.limit().map(|hit| hit.kind), Some(LimitKind::Depth), "{error}");

        let loader = |_: &str| Ok(String::from("a template of itself: $executeTemplate(\"self\")$"));
        let engine = Engine::builder().template_loader(loader).build();
        let program = engine.compile("hostile.sil", "return executeTemplate(\"self\");").unwrap();
        let error = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap_err();
        assert_eq!(error.limit().map(|hit| hit.kind), Some(LimitKind::Depth), "{error}");
    });
}
