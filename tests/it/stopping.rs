//! Long routines notice in the middle that their run is to end.
//!
//! A script prepares what the routine works on, says `go`, and calls the routine again and again. A little later the
//! run is cancelled, most likely in the middle of a call; what is measured is how long it goes on.

use sil::{
    CancelFlag, Engine, ErrorKind, Host, LimitKind, Limits, MemoryHost,
    host::{Files, Log, LogLevel, Random},
};
use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// How long a run may go on, at the best of a few tries: the tests run unoptimised and beside others.
const PATIENCE: Duration = Duration::from_millis(500);
const TRIES: usize = 4;

/// Cancels the run a little after it has said something.
struct Canceller {
    flag: CancelFlag,
    at: Arc<Mutex<Option<Instant>>>,
}

/// Memory with a log that cancels.
struct Listening(MemoryHost, Canceller);

impl Host for Listening {
    fn log(&mut self) -> Option<&mut dyn Log> {
        Some(&mut self.1)
    }

    fn files(&mut self) -> Option<&mut dyn Files> {
        self.0.files()
    }

    fn random(&mut self) -> Option<&mut dyn Random> {
        self.0.random()
    }

    fn arguments(&mut self) -> Vec<(Option<String>, String)> {
        self.0.arguments()
    }
}

impl Log for Canceller {
    fn log(&mut self, _: LogLevel, _: &str) {
        let (flag, at) = (self.flag.clone(), Arc::clone(&self.at));
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(8));
            *at.lock().unwrap() = Some(Instant::now());
            flag.cancel();
        });
    }
}

fn goes_on(name: &str, script: &str) -> Duration {
    let program = Engine::new().compile(name, script).unwrap_or_else(|found| panic!("{name}: {found}"));
    let text: String =
        (0..200_000u32).map(|number| format!("k{},", number.wrapping_mul(2_654_435_761) % 99_991)).collect();
    let json = format!("[{}1]", "{\"a\":[1,2.5,\"x\"]},".repeat(50_000));
    let long = "k1<45,".repeat(1_300_000);
    let table = "left,\"mid,dle\",3\n".repeat(100_000);
    let memory =
        MemoryHost::new().with_argument(text).with_argument(json).with_argument(long).with_file("t.csv", table);
    let flag = CancelFlag::new();
    let at = Arc::new(Mutex::new(None));
    let mut host = Listening(memory, Canceller { flag: flag.clone(), at: Arc::clone(&at) });
    let limits =
        Limits::default().fuel(u64::MAX).memory(1 << 30).timeout(Some(Duration::from_secs(100))).cancel(Some(flag));
    let error = program.run(&mut host, &limits).expect_err(name);
    let end = Instant::now();
    match error.kind() {
        ErrorKind::Limit(hit) => assert_eq!(hit.kind, LimitKind::Cancel, "{name}: {error}"),
        _ => panic!("{name}: {error}"),
    }
    let at = at.lock().unwrap();
    end.saturating_duration_since(at.expect(name))
}

const CASES: &[(&str, &str, &str)] = &[
    ("join", "string[] a = split(argv[0], \",\");", "s = join(a, \"; \");"),
    ("split", "", "split(argv[2], \",\");"),
    ("split by a class", "", "split(argv[2], \"[,;]\");"),
    ("text to array", "string t = replace(argv[0], \",\", \"|\");", "string[] b = t;"),
    ("array to text", "string[] a = split(argv[0], \",\");", "s = \"\" + a;"),
    ("replace", "", "s = replace(argv[2], \"k\", \"number\");"),
    ("indexOf", "", "indexOf(argv[2], \"k1,k1,k1,k1\");"),
    ("lastIndexOf", "", "lastIndexOf(argv[2], \"k1,k1,k1,k1\");"),
    ("contains", "", "contains(argv[2], \"k1,k1,k1,k1\");"),
    ("minus", "", "s = argv[2]; s = s - \"9\";"),
    ("toUpper", "", "s = toUpper(argv[2]);"),
    ("isAlphaNumeric", "string t = matchReplace(argv[2], \"[<,]\", \"\");", "isAlphaNumeric(t);"),
    ("length", "", "length(argv[2]);"),
    ("matchReplace", "", "s = matchReplace(argv[2], \"k(\\\\d)\", \"$1\");"),
    ("allMatches", "", "allMatches(argv[2], \"k\\\\d+\");"),
    ("sort texts", "string[] a = split(argv[0], \",\");", "arraySort(a, true);"),
    (
        "sort numbers",
        "number[] n; for (int i = 0; i < 300000; i++) { n += (i * 7919) % 100003; }",
        "arraySort(n, false);",
    ),
    ("union", "string[] a = split(argv[0], \",\");", "arrayUnion(a, a);"),
    ("intersect", "string[] a = split(argv[0], \",\");", "arrayIntersect(a, a);"),
    ("diff", "string[] a = split(argv[0], \",\");", "arrayDiff(a, {\"k1\", \"k2\"});"),
    ("toSet", "string[] a = split(argv[0], \",\");", "arrayToSet(a);"),
    ("find", "string[] a = split(argv[0], \",\");", "arrayFind(a, \"nowhere\");"),
    ("concat", "string[] a = split(argv[0], \",\");", "arraysConcat(a, a);"),
    (
        "compare arrays",
        "string[] a = split(argv[0], \",\"); string[] b = split(argv[0], \",\");",
        "boolean same = a == b;",
    ),
    ("toJson", "string[] a = split(argv[0], \",\");", "s = toJson(a);"),
    ("fromJson", "struct R { string[] a; }", "R[] r = fromJson(argv[1]);"),
    ("base64Encode", "", "s = base64Encode(argv[2]);"),
    ("base64Decode", "string t = base64Encode(argv[2]);", "s = base64Decode(t);"),
    ("urlEncode", "", "s = urlEncode(argv[2]);"),
    ("urlDecode", "string t = replace(argv[2], \"<\", \"%20\");", "s = urlDecode(t);"),
    ("escapeHtml", "", "s = escapeHtml(argv[2]);"),
    ("hashString", "", "s = hashString(argv[2]);"),
    ("hmacSHA1", "", "hmacSHA1(argv[2], \"key\");"),
    ("hmacSHA256", "", "hmacSHA256(argv[2], \"key\");"),
    ("read a text", "", "s = readFromTextFile(\"t.csv\");"),
    ("read bytes", "", "readFromBinaryFile(\"t.csv\");"),
    ("read a table", "", "string[] cells = readFromCSVFile(\"t.csv\", false);"),
    ("checksum", "", "fileSHA256Checksum(\"t.csv\");"),
    ("search a file", "", "fileContains(\"t.csv\", \"mid.*\\\\d{7}\");"),
    ("write a text", "", "printInFile(\"out.txt\", argv[2]); deleteFile(\"out.txt\");"),
    ("write bytes", "byte[] b = readFromBinaryFile(\"t.csv\");", "writeToBinaryFile(\"out.bin\", b);"),
    ("copy", "", "fileCopy(\"t.csv\", \"u.csv\"); deleteFile(\"u.csv\");"),
    ("zip", "", "zipFiles({\"t.csv\"}, \"t.zip\"); deleteFile(\"t.zip\");"),
    ("run a text", "", "runSILInline(\"for (int i = 0; i < 1000000; i++) { }\", \"\");"),
    ("growth", "", "s = \"x\"; for (int i = 0; i < 25; i++) { s += s; }"),
];

#[test]
fn long_routines_end_soon_after_their_run_is_cancelled() {
    let mut problems = Vec::new();
    for (name, before, call) in CASES {
        let script = format!("string s; {before} print(\"go\"); while (true) {{ {call} }} return s;");
        let started = Instant::now();
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            best = best.min(goes_on(name, &script));
            if best < PATIENCE {
                break;
            }
        }
        println!("{name:<20} {:>6} ms of {} ms", best.as_millis(), started.elapsed().as_millis());
        if best >= PATIENCE {
            problems.push(format!("{name} goes on for {} ms", best.as_millis()));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}
