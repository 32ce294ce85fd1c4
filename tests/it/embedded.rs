//! Routines of an embedder: those of scalars that are never null are called without values, and nobody can tell.

use sil::{
    Engine, Limits, MemoryHost,
    call::Context,
    host::HostError,
    signatures::{Family, Signature},
    value::Fault,
};

/// Each routine twice: with a result that is never null, and with one that may be, which is called with values.
fn engine(scalars: bool) -> Engine {
    let signature = |name: &'static str| Signature::new(name, Family::Embedder);
    let mix = |a: i64, b: f64, c: bool| if c { a as f64 + b } else { b };
    let weigh = |cx: &mut Context<'_>, n: i64| -> Result<i64, Fault> {
        cx.budget.charge(n.unsigned_abs())?;
        Ok(n % 10 + i64::try_from(cx.given).unwrap() + i64::from(cx.call_span.start))
    };
    let root = |n: i64| if n < 0 { Err(HostError::new(format!("no root of {n}"))) } else { Ok(n.isqrt()) };
    let builder = Engine::builder()
        .routine(signature("name"), |n: i64| format!("number {n}"))
        .routine(signature("bytes"), |text: String| i64::try_from(text.len()).unwrap());
    if scalars {
        builder
            .routine(signature("mix"), mix)
            .routine(signature("weigh"), weigh)
            .routine(signature("root"), root)
            .routine(signature("seven"), || 7)
            .routine(signature("even"), |n: i64| n % 2 == 0)
            .build()
    } else {
        builder
            .routine(signature("mix"), move |a: i64, b: f64, c: bool| Some(mix(a, b, c)))
            .routine(signature("weigh"), move |cx: &mut Context<'_>, n: i64| weigh(cx, n).map(Some))
            .routine(signature("root"), move |n: i64| root(n).map(Some))
            .routine(signature("seven"), || Some(7))
            .routine(signature("even"), |n: i64| Some(n % 2 == 0))
            .build()
    }
}

/// Scripts with what they return, as text.
const CALLS: &[(&str, &str)] = &[
    ("integer n = 2; number x = 0.5; boolean b = true; return mix(n, x, b);", "2.5"),
    ("return mix(1, 2.5, false) + mix(1, 2.5, true);", "6"),
    // Conversions are those of any parameter: integer to number, number to integer, text to all.
    ("integer i = 3; return mix(2.9, i, i);", "5"),
    ("return mix(\"4\", \"0.25\", \"true\");", "4.25"),
    ("byte b = 7; interval d = \"1s\"; return mix(b, d, true);", "1007"),
    // Null counts as zero and false; a number then is none.
    ("integer[] a = {5}; return mix(a[0], 1, true) + mix(a[9], 1, true);", "7"),
    ("boolean b; integer n; return mix(n, 1, b);", "1"),
    ("number x; return mix(1, x, true);", "NaN"),
    ("string s = \"\"; return root(s);", "0"),
    // A call among the arguments of a call does not reach the other arguments.
    ("integer i = 1; return mix(i, mix(2, mix(3, 4, true), true), even(root(i + 15)));", "10"),
    (
        "function integer f(integer n) { return n < 1 ? seven() : f(n - 1) + root(n); } return mix(f(40), f(9), true);",
        "185",
    ),
    ("return name(root(17)) + \" and \" + seven();", "number 4 and 7"),
    ("integer n; for (integer i = 0; i < 9 && !even(i + seven()); i++) { n += seven(); } return n;", "7"),
    ("integer n = 0; while (root(n) < 3) { n++; } return even(n) ? \"even\" : n;", "9"),
    ("return weigh(23);", "11"),
    (
        "string s; try { root(0 - 4); } catch { s = lastExceptionMessage(); } return s;",
        "[SIL Error on line: 1, column: 17] no root of -4",
    ),
    ("string s; try { root(\"four\"); } catch { s = \"caught\"; } return s;", "caught"),
];

#[test]
fn scalars_and_values_are_the_same_to_a_script() {
    let engines = [engine(true), engine(false)];
    for &(source, expected) in CALLS {
        let spent = engines.each_ref().map(|engine| {
            let program = engine.compile("call.sil", source).unwrap_or_else(|found| panic!("{source}\n{found}"));
            let run = |limits: &Limits| program.run(&mut MemoryHost::new(), limits);
            let outcome = run(&Limits::default()).unwrap_or_else(|error| panic!("{source}\n{error}"));
            assert_eq!(outcome.returned()[0].to_text(), expected, "{source}");
            // The limit may be just what was spent, and no unit less.
            let spent = outcome.fuel_used();
            assert!(run(&Limits::default().fuel(spent)).is_ok(), "{source}");
            assert!(run(&Limits::default().fuel(spent - 1)).is_err(), "{source}");
            spent
        });
        assert_eq!(spent[0], spent[1], "{source}");
    }
}

#[test]
fn a_routine_of_scalars_ends_a_run_that_is_at_its_limit() {
    let program = engine(true).compile("limit.sil", "try { weigh(100000); } catch { } return 1;").unwrap();
    let error = program.run(&mut MemoryHost::new(), &Limits::default().fuel(1000)).unwrap_err();
    assert_eq!(error.to_string(), "[SIL Error on line: 1, column: 7] fuel limit of 1000 units reached (1000 used)");
}
