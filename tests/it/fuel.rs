//! What runs spend, to the unit: fast ways through the evaluator must not be cheaper ones.

use sil::{Engine, Limits, MemoryHost};

/// Scripts with the units they spend.
const SPENT: &[(&str, u64)] = &[
    ("integer[] a; for (integer i = 0; i < 10; i++) { a += i; } return size(a);", 38),
    ("number[] a; a += 1.5; boolean[] b; b += true; b += false;", 8),
    ("integer[] a = {1}; integer[] b = a; a += 2; b += a; return b;", 20),
    ("string[] a; for (integer i = 0; i < 10; i++) { a += \"x\"; } return size(a);", 38),
    ("integer n = 0; for (integer i = 1; i < 20; i += i) { if (i > 2 && i < 9 || n > 4) { n++; } } return n;", 19),
    ("integer n = 0; while (n < 5 && n >= 0) { n = n + 1; } do { n--; } while (n > 0); return n;", 27),
    ("integer[] a = {3, 1}; a[0] += 2; a[1]++; a[0] = a[0] - a[1]; for (integer e in a) { a[e] = e; } return a;", 27),
    ("struct P { integer x; number y; } P p; p.x += 1; p.y = p.y - 2; p.x++; return p.x;", 8),
    ("integer[] a; for (integer i = 0; i < 5; i++) { a[\"k\" + i] = i; a[\"k\"] = a[\"k\" + i]; } return size(a);", 33),
    (
        "string s = \"\"; for (integer i = 0; i < 9; i++) { s += \"l \"; s += i; s = s + i + \";\"; s += s; } return s;",
        206,
    ),
    ("function integer f(integer n) { if (n < 2) { return n; } return f(n - 1) + f(n - 2); } return f(6);", 92),
    ("integer n = 0; try { n = 1 / n; } catch { n = 7; } return n;", 8),
    // Texts that are compared, measured and put together where they are.
    (
        "struct P { string x; string[] l; } function string same(string a) { return a; }
         P p; p.x = \"quay\"; p.l = {\"a\", \"b\"}; string none; string long = \"\"; integer n = 0;
         for (integer i = 0; i < 20; i++) { long += \"ten bytes.\"; }
         for (string e in p.l) {
             if (e == \"a\" || e != p.x || none == e || long == long + \"x\" || same(e) == \"b\") { n += length(e) + size(p.l); }
         }
         if (isNull(none) && isNotNull(p.x) && long != p.l[1] && none == p.l[7] && same(\"a\") != none) { n++; }
         return n, length(long + \"é\"), \"n\" + length(p.x) + p.x + p.l[0] + long;",
        102,
    ),
    (
        "string t = \"\"; for (integer i = 0; i < 30; i++) { t += \"item \" + i + \",red,,open\\n\"; } \
         integer n = 0; string[] c; for (string line in split(t, \"\\n\")) { n += size(split(line, \
         \",\")); c += replace(line, \"red\", \"green\"); } return n, join(c, \"; \");",
        814,
    ),
    (
        "struct L { string name; integer n; string[] tags; L next; } L l; l.name = \"a \\\"b\\\"\"; \
         l.tags = {\"x\", \"y\"}; L m = l; l.next = m; string t = toJson(l); L[] read = fromJson(\"[\" + \
         t + \",\" + t + \"]\"); return toJson(read, false);",
        314,
    ),
    (
        "string s = \"a line of more than sixty-four bytes, so that copying it costs more than one unit, \
         \"; return replace(s + s, \"a\", s), join({s, null, \"x\"}, s), replace(s, \"?\", s);",
        79,
    ),
    (
        "string[][] a; string[] r = {\"q\"}; a += r; a += r; string[] s; s += 5; s += null; s += \"c\"; \
         string[] t = s; t += \"z\"; s += t; return s;",
        47,
    ),
];

#[test]
fn runs_spend_what_they_always_spent() {
    for &(source, units) in SPENT {
        let program = Engine::new().compile("fuel.sil", source).unwrap_or_else(|found| panic!("{found}"));
        let outcome = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(outcome.fuel_used(), units, "{source}");
        // The limit may be just that, and no unit less.
        let run = |fuel| program.run(&mut MemoryHost::new(), &Limits::default().fuel(fuel));
        assert!(run(units).is_ok(), "{source}");
        assert!(run(units - 1).is_err(), "{source}");
    }
}
