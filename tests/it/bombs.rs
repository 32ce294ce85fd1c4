//! Archives with an entry of ten gigabytes: one that really unpacks to them, and some that only claim to.

use crate::excel::{PARTS, try_run};
use sil::{Engine, LimitKind, Limits, MemoryHost};
use std::{
    io::{Cursor, Write},
    time::{Duration, Instant},
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

const TEN_GB: u64 = 10_000_000_000;
const SHEET: &str = "xl/worksheets/sheet2.xml";
/// The beginning of a deflate stream in which two zero bits repeat the byte before them 258 times.
const BEGIN: [u8; 14] = [237, 192, 129, 0, 0, 0, 0, 128, 160, 253, 169, 23, 169, 0];

/// A deflate stream of so many zero bytes, or a little more.
fn zeros(size: u64) -> Vec<u8> {
    let mut stream = BEGIN.to_vec();
    stream.resize(BEGIN.len() + usize::try_from(size / (4 * 258)).unwrap() + 1, 0);
    // The mark of the end.
    stream.push(6);
    stream
}

/// An archive of one entry, written by hand: its size is what it is said to be.
fn archive(name: &str, stream: &[u8], claimed: u64) -> Vec<u8> {
    let length = u64::try_from(stream.len()).unwrap();
    let mut sizes = vec![1, 0, 16, 0];
    sizes.extend(claimed.to_le_bytes());
    sizes.extend(length.to_le_bytes());
    // From the flags to the lengths of name and sizes; the sizes of four bytes say that those of eight count.
    let mut common = vec![0, 0, 8, 0, 0, 0, 0x21, 0, 0, 0, 0, 0];
    common.extend([0xff; 8]);
    common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    common.extend(u16::try_from(sizes.len()).unwrap().to_le_bytes());
    let mut bytes = [b"PK\x03\x04\x2d\x00", &*common, name.as_bytes(), &sizes, stream].concat();
    let directory = bytes.len();
    bytes.extend([b"PK\x01\x02\x2d\x00\x2d\x00", &*common, &[0; 14], name.as_bytes(), &sizes].concat());
    let end = bytes.len();
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    bytes.extend(u32::try_from(end - directory).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(directory).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// The workbook of the other tests with a sheet from an archive, bytes and claims as they are there.
fn workbook(sheet: Vec<u8>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in PARTS.iter().filter(|(name, _)| *name != SHEET) {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let mut sheet = ZipArchive::new(Cursor::new(sheet)).unwrap();
    writer.raw_copy_file(sheet.by_index_raw(0).unwrap()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// Bytes that no run below may need: what the archive takes, its copy, and the largest part.
const LITTLE: usize = 96 << 20;

#[test]
fn a_part_of_ten_gigabytes_is_refused() {
    let real = zeros(TEN_GB);
    let small = zeros(1_000);
    assert!(real.len() < 10 << 20);
    let script = "integer w = excelOpenWorkbook(\"b.xlsx\"); return excelGetCell(w, \"A1\");";
    let large = "cannot read the cell: a part of it is larger than 32 MiB";
    for (what, stream, claimed, message) in [
        ("real and told", &real, TEN_GB, large),
        ("told, not real", &small, TEN_GB, large),
        ("real, not told", &real, 1_000, "cannot read the cell: it is no .xlsx workbook"),
    ] {
        let bytes = workbook(archive(SHEET, stream, claimed));
        let started = Instant::now();
        let error = try_run(bytes, script, &Limits::default().memory(LITTLE)).1.unwrap_err();
        assert_eq!(error.message(), message, "{what}");
        assert!(started.elapsed() < Duration::from_secs(8), "{what}: {:?}", started.elapsed());
    }
    // What is allowed as a part, but not to this run, meets the limit of the run.
    let limits = Limits::default().memory(24 << 20);
    let error = try_run(workbook(archive(SHEET, &real, 30 << 20)), script, &limits).1.unwrap_err();
    assert_eq!(error.limit().map(|hit| hit.kind), Some(LimitKind::Memory), "{error}");
}

#[test]
fn an_archive_is_extended_without_unpacking_it() {
    for (stream, claimed) in [(zeros(TEN_GB), TEN_GB), (zeros(TEN_GB), 7), (zeros(1_000), TEN_GB)] {
        let bytes = archive("zeros", &stream, claimed);
        let size = bytes.len();
        let program = Engine::new().compile("case.sil", "return zipFiles({\"a.txt\"}, \"b.zip\");").unwrap();
        let mut host = MemoryHost::new().with_file("b.zip", bytes).with_file("a.txt", "low tide");
        let started = Instant::now();
        let outcome = program.run(&mut host, &Limits::default().memory(LITTLE)).unwrap();
        assert_eq!(outcome.returned()[0].to_text(), "true");
        assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
        let found = host.recorded_files().get("b.zip").unwrap();
        assert!(found.len() < size + 1_000, "{} from {size}", found.len());
        assert_eq!(ZipArchive::new(Cursor::new(found)).unwrap().len(), 2);
    }
}
