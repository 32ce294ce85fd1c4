//! Long routines notice in the middle that their run is to end.
//!
//! A script prepares what the routine works on, says `go`, and calls the routine again and again. A little later the
//! run is cancelled, most likely in the middle of a call; what is measured is how long it goes on. Unoptimised, most calls
//! take longer than a run may go on, many of them several times as long.

use crate::excel;
use sil::{
    CancelFlag, Engine, ErrorKind, Host, LimitKind, Limits, MemoryHost,
    host::{Files, Log, LogLevel, Random},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex},
    thread,
    time::{Duration, Instant},
};

/// How long a run may go on, at the best of a few tries. Unoptimised code takes several times as long for a step.
const PATIENCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 50 } else { 10 });
/// The same for an operator, which joins two large texts in one step.
const STEP: Duration = Duration::from_millis(50);
const TRIES: usize = 4;

/// The time of one thread. Others share the machine, so it is what the thread worked, where the system tells that.
struct Watch(Option<PathBuf>, Instant);

impl Watch {
    fn of_this_thread() -> Self {
        let thread = fs::read_link("/proc/thread-self").map(|thread| Path::new("/proc").join(thread).join("schedstat"));
        Self(thread.ok().filter(|path| path.exists()), Instant::now())
    }

    fn now(&self) -> Duration {
        let Some(path) = &self.0 else { return self.1.elapsed() };
        let text = fs::read_to_string(path).unwrap();
        Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
    }
}

/// Cancels the run a little after it has said something.
struct Canceller {
    flag: CancelFlag,
    watch: Arc<Watch>,
    at: Arc<Mutex<Option<Duration>>>,
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
        let (flag, at, watch) = (self.flag.clone(), Arc::clone(&self.at), Arc::clone(&self.watch));
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(4));
            *at.lock().unwrap() = Some(watch.now());
            flag.cancel();
        });
    }
}

/// Files that scripts find.
static FILES: LazyLock<[(&str, Vec<u8>); 3]> = LazyLock::new(|| {
    let table = "left,\"mid,dle\",3\n";
    let cells = "<c><v>1</v></c>".repeat(100_000);
    let sheet = format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    let part = |(name, text)| (name, if name == "xl/worksheets/sheet2.xml" { sheet.as_str() } else { text });
    let book = excel::pack(excel::PARTS.iter().copied().map(part));
    [("long.csv", table.repeat(500_000).into()), ("short.csv", table.repeat(100_000).into()), ("b.xlsx", book)]
});

/// Whole numbers in no order.
static NUMBERS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..2_000u32).map(|n| (n.wrapping_mul(2_654_435_761) % 99_991).to_string()).collect());

fn goes_on(name: &str, script: &str) -> Duration {
    let program = Engine::new().compile(name, script).unwrap_or_else(|found| panic!("{name}: {found}"));
    let mut memory = MemoryHost::new().with_argument(NUMBERS.join(",")).with_argument("k1<45,".repeat(40_000));
    for (file, bytes) in FILES.iter().filter(|(file, _)| script.contains(file)) {
        memory = memory.with_file(file, bytes.clone());
    }
    let (flag, at, watch) = (CancelFlag::new(), Arc::default(), Arc::new(Watch::of_this_thread()));
    let canceller = Canceller { flag: flag.clone(), watch: Arc::clone(&watch), at: Arc::clone(&at) };
    let limits =
        Limits::default().fuel(u64::MAX).memory(1 << 30).timeout(Some(Duration::from_secs(100))).cancel(Some(flag));
    let error = program.run(&mut Listening(memory, canceller), &limits).expect_err(name);
    let end = watch.now();
    match error.kind() {
        ErrorKind::Limit(hit) => assert_eq!(hit.kind, LimitKind::Cancel, "{name}: {error}"),
        _ => panic!("{name}: {error}"),
    }
    let at = at.lock().unwrap();
    end.saturating_sub(at.expect(name))
}

/// An array of 250,000 texts, one of a million, one of numbers, and texts of 8 and 30 megabytes.
const LIST: &str = "string[] a = split(argv[0], \",\"); for (int i = 0; i < 7; i++) { a += a; }";
const LONG_LIST: &str = "string[] a = split(argv[0], \",\"); for (int i = 0; i < 9; i++) { a += a; }";
const NUMBER_LIST: &str = "number[] n = split(argv[0], \",\"); for (int i = 0; i < 7; i++) { n += n; }";
const TEXT: &str = "string t = argv[1]; for (int i = 0; i < 5; i++) { t += t; }";
const LONG_TEXT: &str = "string t = argv[1]; for (int i = 0; i < 7; i++) { t += t; }";
const BOOK: &str = "integer w = excelOpenWorkbook(\"b.xlsx\");";

const CASES: &[(&str, &[&str], &str)] = &[
    ("join", &[LONG_LIST], "s = join(a, \"; \");"),
    ("split", &[TEXT], "split(t, \",\");"),
    ("split by a class", &[TEXT], "split(t, \"[,;]\");"),
    ("text to array", &[TEXT, "t = replace(t, \",\", \"|\");"], "string[] b = t;"),
    ("array to text", &[LONG_LIST], "s = \"\" + a;"),
    ("replace", &[TEXT], "s = replace(t, \"k\", \"number\");"),
    ("indexOf", &[LONG_TEXT], "indexOf(t, \"k1,k1,k1,k1\");"),
    ("lastIndexOf", &[LONG_TEXT], "lastIndexOf(t, \"k1,k1,k1,k1\");"),
    ("contains", &[LONG_TEXT], "contains(t, \"k1,k1,k1,k1\");"),
    ("minus", &[LONG_TEXT], "s = t; s = s - \"9\";"),
    ("toUpper", &[LONG_TEXT], "s = toUpper(t);"),
    ("isAlphaNumeric", &["string t = \"abcdefg1\"; for (int i = 0; i < 20; i++) { t += t; }"], "isAlphaNumeric(t);"),
    ("length", &[LONG_TEXT], "length(t);"),
    ("matchReplace", &[TEXT], "s = matchReplace(t, \"k(\\\\d)\", \"$1\");"),
    ("allMatches", &[TEXT], "allMatches(t, \"k\\\\d+\");"),
    ("sort texts", &[LIST], "arraySort(a, true);"),
    ("sort numbers", &[NUMBER_LIST], "arraySort(n, false);"),
    ("union", &[LIST], "arrayUnion(a, a);"),
    ("intersect", &[LIST], "arrayIntersect(a, a);"),
    ("diff", &[LONG_LIST], "arrayDiff(a, {\"k1\", \"k2\"});"),
    ("toSet", &[LIST], "arrayToSet(a);"),
    ("find", &[LONG_LIST], "arrayFind(a, \"nowhere\");"),
    ("concat", &[LONG_LIST], "arraysConcat(a, a);"),
    ("compare arrays", &[LONG_LIST, "string[] b = a; b += \"x\"; a += \"x\";"], "boolean same = a == b;"),
    ("toJson", &[LIST], "s = toJson(a);"),
    (
        "fromJson",
        &[
            "struct R { string[] a; } string j = \"{\\\"a\\\":[1,2.5,\\\"x\\\"]},\";",
            "for (int i = 0; i < 15; i++) { j += j; } j = \"[\" + j + \"{}]\";",
        ],
        "R[] r = fromJson(j);",
    ),
    ("base64Encode", &[LONG_TEXT], "s = base64Encode(t);"),
    ("base64Decode", &[TEXT, "t = base64Encode(t);"], "s = base64Decode(t);"),
    ("urlEncode", &[TEXT], "s = urlEncode(t);"),
    ("urlDecode", &["string t = \"k1%2045,\"; for (int i = 0; i < 20; i++) { t += t; }"], "s = urlDecode(t);"),
    ("escapeHtml", &[TEXT], "s = escapeHtml(t);"),
    ("hashString", &[TEXT], "s = hashString(t);"),
    ("hmacSHA1", &[TEXT], "hmacSHA1(t, \"key\");"),
    ("hmacSHA256", &[TEXT], "hmacSHA256(t, \"key\");"),
    // The cipher takes a text in one step; these are short.
    ("encrypt", &["string t = chop(argv[1], 100000);"], "s = encrypt(t, \"0123456789abcdef\");"),
    (
        "decrypt",
        &["string t = encrypt(chop(argv[1], 100000), \"0123456789abcdef\");"],
        "s = decrypt(t, \"0123456789abcdef\");",
    ),
    ("read a text", &[], "s = readFromTextFile(\"long.csv\");"),
    ("read bytes", &[], "readFromBinaryFile(\"long.csv\");"),
    ("read a table", &[], "string[] cells = readFromCSVFile(\"long.csv\", false);"),
    ("checksum", &[], "fileSHA256Checksum(\"long.csv\");"),
    ("search a file", &[], "fileContains(\"short.csv\", \"mid.*\\\\d{7}\");"),
    ("write a text", &[LONG_TEXT], "printInFile(\"out.txt\", t); deleteFile(\"out.txt\");"),
    ("write bytes", &["byte[] b = readFromBinaryFile(\"short.csv\");"], "writeToBinaryFile(\"out.bin\", b);"),
    ("copy", &[], "fileCopy(\"long.csv\", \"u.csv\"); deleteFile(\"u.csv\");"),
    ("zip", &[], "zipFiles({\"long.csv\"}, \"t.zip\"); deleteFile(\"t.zip\");"),
    ("open a workbook", &[BOOK], "w = excelOpenWorkbook(\"b.xlsx\"); excelGetCell(w, \"A1\"); excelCloseWorkbook(w);"),
    ("read a cell", &[BOOK], "excelGetCell(w, \"A2\");"),
    ("write a cell", &[BOOK], "excelSetCell(w, \"x\", \"B7\");"),
    ("add a row", &[BOOK], "excelAddRow(w, 0);"),
    (
        "save a workbook",
        &[BOOK],
        "excelSetCell(w, \"x\", \"A1\"); excelCloseWorkbook(w); w = excelOpenWorkbook(\"b.xlsx\");",
    ),
    ("run a text", &[], "runSILInline(\"for (int i = 0; i < 1000000; i++) { }\", \"\");"),
];

/// Operators that join large values in one step.
const STEPS: &[(&str, &[&str], &str)] = &[("growth", &[], "s = \"x\"; for (int i = 0; i < 25; i++) { s += s; }")];

#[test]
fn long_routines_end_soon_after_their_run_is_cancelled() {
    let mut problems = Vec::new();
    let cases = CASES.iter().map(|case| (case, PATIENCE)).chain(STEPS.iter().map(|case| (case, STEP)));
    for ((name, before, call), patience) in cases {
        let script = format!("string s; {} print(\"go\"); while (true) {{ {call} }} return s;", before.join(" "));
        let started = Instant::now();
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            best = best.min(goes_on(name, &script));
            if best < patience {
                break;
            }
        }
        println!("{name:<20} {:>6} ms of {} ms", best.as_millis(), started.elapsed().as_millis());
        if best >= patience {
            problems.push(format!("{name} goes on for {} ms", best.as_millis()));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}
