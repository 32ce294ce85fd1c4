//! Scripts that want to do harm. They never end by themselves, or not soon.

pub const SCRIPTS: &[&str] = &[
    "while (true) { }",
    "for (;;) { try { throw 1; } catch { } }",
    "int i = 0; do { i++; } while (i > 0);",
    "function f(number n) { return f(n + 1) + 1; } return f(0);",
    "function f(string s) { return f(s + s); } return f(\"0123456789\");",
    "function f(number n = f()) { return n; } return f();",
    "string s = \"xxxxxxxx\"; while (true) { s += s; }",
    "string s = \"x\"; while (true) { s = replace(s, \"x\", \"xx\"); }",
    "string s = \"<\"; while (true) { s = escapeHtml(s + s); }",
    "string s = \"%\"; while (true) { s = urlEncode(s); }",
    "string s; while (true) { s = base64Encode(s + \"abc\"); }",
    "string[] a; while (true) { a += \"some text that is not short\"; }",
    "string[] a = {\"x\"}; while (true) { a += a; }",
    "number[] a; int i = 0; while (true) { a[i] = i; i++; }",
    "string[] a; int i = 0; while (true) { a[\"key\" + i] = \"v\"; i++; }",
    "number[] a; a[5000000] = 1; return a;",
    "struct S { string[] a; } S[] all; int i = 0; while (true) { all[i].a += \"text\"; i++; }",
    "struct Node { integer v; Node next; } Node head;
     while (true) { Node x; x.v = 1; x.next = head; head = x; }",
    "integer n = 1; integer[] a; for (int i = 0; i < 300000; i++) { n = (n * 48271) % 2147483647; a[i] = n; }
     while (true) { arraySort(a, true); arraySort(a, false); }",
    "string[] a; for (int i = 0; i < 50000; i++) { a[i] = \"k\" + (i * 7919 % 50021); }
     while (true) { a = arrayUnion(a, arrayToSet(a)); arraySort(a, true); }",
    "string s = \"a\"; for (int i = 0; i < 14; i++) { s += s; } s += \"!\";
     while (true) { matchStart(s, \"((a|aa)+)\\\\1b\"); }",
    "string s = \"a\"; for (int i = 0; i < 14; i++) { s += s; } s += \"!\";
     while (true) { try { matchStart(s, \"(?=(a+)+b)a\"); } catch { } }",
    "string s = \"ab,\"; for (int i = 0; i < 18; i++) { s += s; } while (true) { split(s, \"[,;]|(?<=b)\"); }",
    "string s = \"ab,\"; for (int i = 0; i < 16; i++) { s += s; } while (true) { matchReplace(s, \"(a)(b)\", \"$2$1$2\"); }",
    "string s = \"[\"; for (int i = 0; i < 16; i++) { s += s; } while (true) { try { string[] a = fromJson(s); } catch { } }",
    "struct R { string[] a; } string j = \"{\\\"a\\\":[1,2.5,\\\"x\\\"]},\"; for (int i = 0; i < 12; i++) { j += j; }
     j = \"[\" + j + \"{}]\"; while (true) { R[] r = fromJson(j); string t = toJson(r); }",
    "while (true) { print(\"a line of a log that grows and grows\"); }",
    "while (true) { appendToWebhookResponse(\"an answer that grows and grows\"); }",
    "string s = \"d\"; for (int i = 0; i < 12; i++) { s += s; } while (true) { try { formatDate(currentDate(), s); } catch { } }",
    "function f(integer n) { runSILInline(\"while (true) { }\", {}); return f(n + 1); } return f(0);",
    "while (true) { string s = hashString(\"abc\"); integer[] a = {1, 2, 3}; for (integer i in a) { s += i; } }",
    "string s = \"x\"; for (int i = 0; i < 22; i++) { s += s; } while (true) { indexOf(s, \"xxxxy\"); contains(s, \"xxxy\"); }",
];
