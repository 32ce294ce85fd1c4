//! Files of a real folder: what scripts do with them, and that they never leave it.

use sil::{
    Engine, IncludeLoader, Limits, MemoryHost,
    host::{FileError, Files, OpenMode},
    local::{FolderFiles, FolderLoader, LocalHost},
};
use std::fs;
use tempfile::TempDir;

/// A folder `in` with files, and secrets beside it.
fn desk() -> TempDir {
    let desk = tempfile::tempdir().unwrap();
    fs::create_dir_all(desk.path().join("in/sub")).unwrap();
    fs::create_dir(desk.path().join("inner")).unwrap();
    fs::write(desk.path().join("in/a.txt"), "alpha").unwrap();
    fs::write(desk.path().join("in/sub/b.txt"), "beta").unwrap();
    fs::write(desk.path().join("secret.txt"), "secret").unwrap();
    fs::write(desk.path().join("inner/secret.txt"), "secret").unwrap();
    desk
}

fn folder(desk: &TempDir) -> FolderFiles {
    FolderFiles::new(desk.path().join("in")).unwrap()
}

fn run(desk: &TempDir, script: &str) -> Vec<String> {
    let program = Engine::new().compile("case.sil", script).unwrap_or_else(|found| panic!("{found}"));
    let mut host = LocalHost::over(MemoryHost::new()).with_files(folder(desk));
    let outcome = program.run(&mut host, &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    outcome.returned().iter().map(sil::Data::to_text).collect()
}

#[test]
fn scripts_read_and_write() {
    let desk = desk();
    let script = r#"
        printInFile("sub/new.txt", "one");
        printInFile("sub/new.txt", "two");
        createDirectory("made");
        fileCopy("a.txt", "made/copy.txt");
        fileMove("a.txt", "made/moved.txt");
        integer f = fileOpen("made/open.bin");
        fileWrite(f, "0123456789");
        fileSeek(f, 3);
        fileWrite(f, "X");
        string rest = fileReadLine(f);
        fileClose(f);
        string[] found = findFiles("made", ".*\\.(txt|bin)");
        return rest, size(found), readFromTextFile(found[0]), fileExists("a.txt"), fileSize("sub/new.txt"),
            fileSHA256Checksum("made/moved.txt"), findDirectories(".", "s.b") == fileInfo("sub")["absolutePath"];
    "#;
    let checksum = "8ed3f6ad685b959ead7022518e1af76cd816f8e8ec7ccdda1ed4018e8f2223f8";
    assert_eq!(run(&desk, script), ["456789", "3", "alpha", "false", "8", checksum, "true"]);
    assert_eq!(fs::read_to_string(desk.path().join("in/sub/new.txt")).unwrap(), "one\ntwo\n");
    assert_eq!(fs::read_to_string(desk.path().join("in/made/open.bin")).unwrap(), "012X456789");
}

#[test]
fn nothing_outside_is_reached_by_a_path() {
    let desk = desk();
    let mut files = folder(&desk);
    let outside = desk.path().join("secret.txt").display().to_string();
    let neighbour = format!("{}ner/secret.txt", desk.path().join("in").display());
    let around = format!("{}/../secret.txt", desk.path().join("in").display());
    let paths = [
        "../secret.txt",
        "sub/../../secret.txt",
        "..",
        "/",
        "/etc/passwd",
        "",
        " ",
        "a\0b",
        &outside,
        &neighbour,
        &around,
    ];
    for path in paths {
        assert_eq!(files.info(path), Err(FileError::Outside), "{path:?}");
        assert_eq!(files.read(path, 100), Err(FileError::Outside), "{path:?}");
        assert_eq!(files.list(path, 100), Err(FileError::Outside), "{path:?}");
        assert_eq!(files.open(path, OpenMode::Write), Err(FileError::Outside), "{path:?}");
        assert_eq!(files.write(path, b"x", true), Err(FileError::Outside), "{path:?}");
        assert!(files.remove_file(path).is_err(), "{path:?}");
        assert!(files.rename("a.txt", path).is_err(), "{path:?}");
        assert!(files.rename(path, "stolen.txt").is_err(), "{path:?}");
        assert!(files.create_dir(path).is_err(), "{path:?}");
    }
    assert_eq!(fs::read_to_string(desk.path().join("secret.txt")).unwrap(), "secret");
    // What only looks like it leads out stays possible.
    assert_eq!(files.read("sub/../a.txt", 100).unwrap(), b"alpha");
    let inside = fs::canonicalize(desk.path().join("in/a.txt")).unwrap();
    assert_eq!(files.read(&inside.display().to_string(), 100).unwrap(), b"alpha");
}

#[cfg(unix)]
#[test]
fn nothing_outside_is_reached_by_a_link() {
    use std::os::unix::fs::symlink;
    let desk = desk();
    let at = |name: &str| desk.path().join("in").join(name);
    symlink("../secret.txt", at("file")).unwrap();
    symlink("..", at("up")).unwrap();
    symlink(desk.path().join("secret.txt"), at("absolute")).unwrap();
    symlink("../new.txt", at("dangling")).unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink("a.txt", at("inside")).unwrap();
    let mut files = folder(&desk);
    for path in ["file", "up/secret.txt", "up", "absolute", "dangling", "loop", "sub/../file"] {
        assert!(files.info(path).is_err(), "{path}");
        assert!(files.read(path, 100).is_err(), "{path}");
        assert!(files.list(path, 100).is_err(), "{path}");
        assert!(files.open(path, OpenMode::Write).is_err(), "{path}");
        assert!(files.write(path, b"x", false).is_err(), "{path}");
        assert!(files.create_file(&format!("{path}/x")).is_err(), "{path}");
    }
    assert!(!desk.path().join("new.txt").exists());
    assert_eq!(fs::read_to_string(desk.path().join("secret.txt")).unwrap(), "secret");
    assert_eq!(files.read("inside", 100).unwrap(), b"alpha");
    assert!(files.info("inside").unwrap().is_symlink);
    // A folder behind a link that leads out is none.
    assert!(files.list(".", 100).unwrap().iter().all(|entry| !entry.is_dir || entry.name == "sub"));
    // A link itself may be removed, what it leads to stays.
    files.remove_file("file").unwrap();
    assert!(desk.path().join("secret.txt").exists());
}

#[cfg(unix)]
#[test]
fn links_and_rights_are_told() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let desk = desk();
    let at = |name: &str| desk.path().join("in").join(name);
    symlink("a.txt", at("link")).unwrap();
    fs::write(at("tool"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(at("tool"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(at("a.txt"), fs::Permissions::from_mode(0o644)).unwrap();
    let script = r#"
        string[] link = fileInfo("link"); string[] tool = fileInfo("tool"); string[] plain = fileInfo("a.txt");
        number age = currentDate() - millisToDate((number) plain["lastModifiedLong"]);
        boolean dates = (date) plain["lastModified"] == startOfSecond(plain["lastModifiedLong"]);
        boolean made = (date) plain["created"] == startOfSecond(plain["createdLong"]);
        function startOfSecond(number millis) { return millisToDate(millis - millis % 1000); }
        return link["isSymbolic"], tool["isSymbolic"], tool["canExecute"], plain["canExecute"], plain["canRead"],
            plain["canWrite"], age >= 0 && age < 600000, dates, made;
    "#;
    let program = Engine::new().compile("case.sil", script).unwrap_or_else(|found| panic!("{found}"));
    let mut host = LocalHost::over(MemoryHost::new()).with_files(folder(&desk)).with_system_clock();
    let outcome = program.run(&mut host, &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    let found: Vec<String> = outcome.returned().iter().map(sil::Data::to_text).collect();
    assert_eq!(found, ["true", "false", "true", "false", "true", "true", "true", "true", "true"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_changes_all_the_time_leads_nowhere() {
    use std::{
        os::unix::fs::symlink,
        sync::atomic::{AtomicBool, Ordering},
        thread,
    };
    let desk = desk();
    let link = desk.path().join("in/turn");
    let stop = AtomicBool::new(false);
    fs::create_dir(desk.path().join("in/good")).unwrap();
    fs::write(desk.path().join("in/good/secret.txt"), "public").unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                for target in ["good", ".."] {
                    let _ = fs::remove_file(&link);
                    let _ = symlink(target, &link);
                }
            }
        });
        let mut files = folder(&desk);
        let mut read = 0;
        for _ in 0..3_000 {
            if let Ok(bytes) = files.read("turn/secret.txt", 100) {
                read += 1;
                assert_eq!(bytes, b"public");
            }
        }
        stop.store(true, Ordering::Relaxed);
        println!("read {read} times");
    });
}

#[cfg(unix)]
#[test]
fn pipes_and_folders_are_no_files() {
    let desk = desk();
    let pipe = desk.path().join("in/pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut files = folder(&desk);
    assert!(files.read("pipe", 10).is_err());
    assert!(files.open("pipe", OpenMode::Read).is_err());
    assert!(files.write("pipe", b"x", true).is_err());
    assert_eq!(files.read("sub", 10), Err(FileError::WrongKind));
    assert_eq!(files.list("a.txt", 10), Err(FileError::WrongKind));
    assert_eq!(files.remove_file("sub"), Err(FileError::WrongKind));
    assert_eq!(files.remove_dir("sub"), Err(FileError::NotEmpty));
    assert_eq!(files.remove_dir("a.txt"), Err(FileError::WrongKind));
    let loader = FolderLoader::new(desk.path().join("in")).unwrap();
    assert!(loader.load("pipe").is_err());
}

#[test]
fn sizes_are_limited() {
    let desk = desk();
    let mut files = folder(&desk).write_limit(10);
    assert_eq!(files.read("a.txt", 4), Err(FileError::TooLarge));
    assert_eq!(files.list(".", 1), Err(FileError::TooLarge));
    files.write("b.txt", b"12345678", false).unwrap();
    assert_eq!(files.write("b.txt", b"123", true), Err(FileError::TooLarge));
    let file = files.open("b.txt", OpenMode::Write).unwrap();
    assert_eq!(files.write_open(file, b"123"), Err(FileError::TooLarge));
    files.write_open(file, b"12").unwrap();
    for _ in 1..64 {
        files.open("b.txt", OpenMode::Read).unwrap();
    }
    assert_eq!(files.open("b.txt", OpenMode::Read), Err(FileError::TooLarge));
    files.close(file).unwrap();
    assert_eq!(files.close(file), Err(FileError::NotFound));
    files.open("b.txt", OpenMode::Read).unwrap();
}

#[test]
fn a_folder_may_be_for_reading_only() {
    let desk = desk();
    let mut files = folder(&desk).read_only();
    assert_eq!(files.read("a.txt", 10).unwrap(), b"alpha");
    assert!(!files.info("a.txt").unwrap().can_write);
    assert_eq!(files.write("a.txt", b"x", false), Err(FileError::Denied));
    assert_eq!(files.create_file("x"), Err(FileError::Denied));
    assert_eq!(files.create_dir("x"), Err(FileError::Denied));
    assert_eq!(files.remove_file("a.txt"), Err(FileError::Denied));
    assert_eq!(files.rename("a.txt", "b.txt"), Err(FileError::Denied));
    assert_eq!(files.open("a.txt", OpenMode::Write), Err(FileError::Denied));
    let file = files.open("a.txt", OpenMode::Read).unwrap();
    assert!(files.write_open(file, b"x").is_err());
}

#[test]
fn what_a_run_leaves_open_is_closed() {
    let desk = desk();
    let program = Engine::new().compile("case.sil", "return fileOpen(\"a.txt\", true);").unwrap();
    let mut host = LocalHost::over(MemoryHost::new()).with_files(folder(&desk));
    for _ in 0..100 {
        program.run(&mut host, &Limits::default()).unwrap();
    }
}

#[test]
fn files_that_are_not_switched_on_are_not_there() {
    let program = Engine::new().compile("case.sil", "createFile(\"a\"); return 1;").unwrap();
    let error = program.run(&mut LocalHost::over(MemoryHost::new()), &Limits::default()).unwrap_err();
    assert!(error.message().contains("files are not available in this host"), "{error}");
}

#[test]
fn the_deadline_is_kept_while_files_are_read() {
    let desk = desk();
    fs::write(desk.path().join("in/large"), vec![b'x'; 8 << 20]).unwrap();
    let script = "while (true) { fileSHA256Checksum(\"large\"); }";
    let program = Engine::new().compile("case.sil", script).unwrap();
    let mut host = LocalHost::over(MemoryHost::new()).with_files(folder(&desk));
    let limits = Limits::default().timeout(Some(std::time::Duration::from_millis(200)));
    let begun = std::time::Instant::now();
    let error = program.run(&mut host, &limits).unwrap_err();
    assert!(error.limit().is_some_and(|hit| hit.kind == sil::LimitKind::Deadline), "{error}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn includes_stay_below_their_folder() {
    let desk = desk();
    let loader = FolderLoader::new(desk.path().join("in")).unwrap();
    assert_eq!(loader.load("sub/b.txt").unwrap(), "beta");
    assert_eq!(loader.load("./a.txt").unwrap(), "alpha");
    let inside = desk.path().join("in/a.txt").display().to_string();
    for path in ["../secret.txt", "sub/../a.txt", "/etc/passwd", "", "sub", "nothing", &inside] {
        assert!(loader.load(path).is_err(), "{path}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.txt", desk.path().join("in/link")).unwrap();
        let error = loader.load("link").unwrap_err();
        assert_eq!(error.message(), "the file is a link that leads out of the include folder");
    }
    fs::write(desk.path().join("in/bad"), b"a\xff").unwrap();
    assert_eq!(loader.load("bad").unwrap_err().message(), "cannot read it: it is not UTF-8 at byte 1");
    assert!(FolderLoader::new(desk.path().join("nowhere")).is_err());
}

#[cfg(feature = "zip")]
mod archives {
    use super::{desk, run};
    use std::{fs, process::Command};

    #[test]
    fn archives_are_made_and_extended() {
        let desk = desk();
        let script = r#"
            boolean first = zipFiles({"a.txt", "sub/b.txt"}, "x.zip");
            fileTruncate("a.txt");
            printInFile("a.txt", "changed");
            return first, zipFiles({"a.txt"}, "x.zip");
        "#;
        assert_eq!(run(&desk, script), ["true", "true"]);
        let python = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nz.testzip()\n\
                      print({n: z.read(n).decode() for n in sorted(z.namelist())})";
        let shown = Command::new("python3").args(["-c", python]).arg(desk.path().join("in/x.zip")).output();
        // Another reader agrees, where there is one.
        if let Ok(shown) = shown {
            let shown = String::from_utf8(shown.stdout).unwrap();
            assert_eq!(shown.trim(), "{'a.txt': 'changed\\n', 'b.txt': 'beta'}");
        }
    }

    #[test]
    fn archives_that_lie_are_refused() {
        let desk = desk();
        assert_eq!(run(&desk, "return zipFiles({\"a.txt\"}, \"x.zip\");"), ["true"]);
        let good = fs::read(desk.path().join("in/x.zip")).unwrap();
        // A directory with more files than are taken.
        let mut many = good.clone();
        for _ in 0..20_000 {
            many.extend_from_slice(b"PK\x01\x02");
        }
        fs::write(desk.path().join("in/many.zip"), many).unwrap();
        // Sizes, places and counts that are not true, byte by byte.
        assert_eq!(run(&desk, "return zipFiles({\"a.txt\"}, \"many.zip\");"), ["false"]);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0xff;
            fs::write(desk.path().join("in/bad.zip"), bad).unwrap();
            let said = run(&desk, "return zipFiles({\"sub/b.txt\"}, \"bad.zip\");");
            assert!(said == ["true"] || said == ["false"], "{said:?}");
        }
    }
}
