//! Workbooks: what is changed, what stays, and archives that lie.

use sil::{Engine, Limits, MemoryHost, RunError};
use std::io::{Cursor, Read, Write};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

pub const PARTS: &[(&str, &str)] = &[
    (
        "[Content_Types].xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><bookViews><workbookView activeTab="1"/></bookViews><sheets><sheet name="First &amp; last" sheetId="1" r:id="rId1"/><sheet name="Data" sheetId="5" r:id="rId2"/></sheets><definedNames><definedName name="a" localSheetId="0">1</definedName><definedName name="b" localSheetId="1">2</definedName></definedNames></workbook>"#,
    ),
    (
        "xl/sharedStrings.xml",
        r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>rope</t></si><si><r><t>two </t></r><r><rPr/><t xml:space="preserve">pieces</t></r><rPh><t>aloud</t></rPh></si></sst>"#,
    ),
    (
        "xl/worksheets/sheet1.xml",
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData/></worksheet>"#,
    ),
    (
        "xl/worksheets/sheet2.xml",
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x14="x"><sheetPr><!-- kept --></sheetPr><sheetData><row r="1" spans="1:3"><c r="A1" t="s" s="3"><v>0</v></c><c t="s"><v>1</v></c><c><v>2.50</v></c></row><row><c t="b"><v>1</v></c><c t="inlineStr"><is><t>&lt;in&gt; &#228;</t></is></c><c t="e"><v>#DIV/0!</v></c></row><row r="5"><c r="B5" s="1"><f>A1*2</f><v>84</v></c><c r="D5" t="str"><f>"x"</f><v>x</v></c></row></sheetData><extLst><ext uri="{1}"><x14:odd a='"'/></ext></extLst></worksheet>"#,
    ),
    ("xl/calcChain.xml", r#"<calcChain xmlns="x"><c r="B5" i="5"/></calcChain>"#),
    ("xl/media/image1.png", "no picture"),
];

pub fn pack<'a>(parts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of two sheets, `First & last` and, current, `Data`.
pub fn book() -> Vec<u8> {
    pack(PARTS.iter().copied())
}

pub fn try_run(bytes: Vec<u8>, script: &str, limits: &Limits) -> (MemoryHost, Result<Vec<String>, RunError>) {
    let program = Engine::new().compile("case.sil", script).unwrap_or_else(|found| panic!("{found}"));
    let mut host = MemoryHost::new().with_file("b.xlsx", bytes);
    let result = program.run(&mut host, limits);
    (host, result.map(|outcome| outcome.returned().iter().map(sil::Data::to_text).collect()))
}

/// Runs a script on the workbook `b.xlsx`; gives what it returns and the host.
fn run(script: &str) -> (MemoryHost, Vec<String>) {
    let script = format!("integer w = excelOpenWorkbook(\"b.xlsx\");\n{script}");
    let (host, result) = try_run(book(), &script, &Limits::default());
    (host, result.unwrap_or_else(|error| panic!("{error}")))
}

fn part(host: &MemoryHost, name: &str) -> Option<String> {
    let bytes = host.recorded_files().get("b.xlsx").unwrap().to_vec();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).ok()?.read_to_string(&mut text).unwrap();
    Some(text)
}

#[test]
fn cells_are_read_as_texts() {
    let (_, found) = run(r#"
        string[] seen;
        for (string a in {"A1", "B1", "0,2", "A2", "1|1", "c2", "B5", "D5", "Z99", "Data!A1", "'First & last'!A1"}) {
            seen += "<" + excelGetCell(w, a) + ">";
        }
        seen += "<" + excelGetCell(w, "data", "A1") + ">";
        seen += "<" + excelGetCell(w, "First & last", "A1") + ">";
        return seen;
    "#);
    let expected = [
        "<rope>",
        "<two pieces>",
        "<2.5>",
        "<true>",
        "<<in> ä>",
        "<#DIV/0!>",
        "<84>",
        "<x>",
        "<>",
        "<rope>",
        "<>",
        "<rope>",
        "<>",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_not_touched_stays() {
    let (host, found) = run("excelGetCell(w, \"A1\"); return excelCloseWorkbook(w);");
    assert_eq!(found, ["true"]);
    assert_eq!(host.recorded_files().get("b.xlsx").unwrap(), book());

    let (host, found) = run("return excelSetCell(w, \"new\", \"A2\"), excelCloseWorkbook(w);");
    assert_eq!(found, ["true", "true"]);
    for (name, text) in PARTS.iter().filter(|(name, _)| *name != "xl/worksheets/sheet2.xml") {
        assert_eq!(part(&host, name).as_deref(), Some(*text), "{name}");
    }
    let sheet = part(&host, "xl/worksheets/sheet2.xml").unwrap();
    for kept in [
        "<!-- kept -->",
        "<x14:odd a='\"'/>",
        "<c r=\"A1\" t=\"s\" s=\"3\"><v>0</v></c>",
        "<f>A1*2</f>",
        "&lt;in&gt; &#228;",
        "<?xml version=\"1.0\"?>",
    ] {
        assert!(sheet.contains(kept), "{kept} in {sheet}");
    }
}

#[test]
fn cells_are_written_in_their_places() {
    let (host, found) = run(r#"
        excelSetCell(w, "a<b & \"c\"", "A1");
        excelSetCell(w, "between", "C5");
        excelSetCell(w, "row 4", "3,1");
        excelSetCell(w, "last", "Data!E5");
        excelSetCell(w, "first", "First & last", "B2");
        excelCloseWorkbook(w);
        integer v = excelOpenWorkbook("b.xlsx");
        return excelGetCell(v, "A1"), excelGetCell(v, "C5"), excelGetCell(v, "B4"), excelGetCell(v, "E5"),
            excelGetCell(v, "First & last", "B2"), excelGetCell(v, "B5");
    "#);
    assert_eq!(found, ["a<b & \"c\"", "between", "row 4", "last", "first", "84"]);
    let sheet = part(&host, "xl/worksheets/sheet2.xml").unwrap();
    let places = sheet.match_indices(" r=\"").map(|(at, mark)| sheet[at + mark.len()..].split('"').next().unwrap());
    let places: Vec<&str> = places.filter(|place| place.starts_with(char::is_alphabetic)).collect();
    assert_eq!(places, ["A1", "B1", "C1", "A2", "B2", "C2", "B4", "B5", "C5", "D5", "E5"]);
    assert!(sheet.contains("<c r=\"A1\" t=\"inlineStr\" s=\"3\">"), "{sheet}");
}

#[test]
fn a_lost_formula_takes_the_order_of_calculation_along() {
    let (host, _) = run("excelSetCell(w, \"5\", \"B5\"); excelCloseWorkbook(w);");
    assert_eq!(part(&host, "xl/calcChain.xml"), None);
    assert!(!part(&host, "[Content_Types].xml").unwrap().contains("calcChain"));
    assert!(!part(&host, "xl/_rels/workbook.xml.rels").unwrap().contains("calcChain"));
}

#[test]
fn rows_move() {
    let (_, found) = run(r#"
        string[] seen;
        seen += excelAddRow(w, 1);
        seen += excelGetCell(w, "A2") + "," + excelGetCell(w, "A3") + "," + excelGetCell(w, "B6");
        seen += excelRemoveRow(w, 0);
        seen += excelGetCell(w, "A1") + "," + excelGetCell(w, "A2") + "," + excelGetCell(w, "B5");
        seen += excelReplaceRow(w, 1);
        seen += excelGetCell(w, "A2") + "," + excelGetCell(w, "B5");
        seen += excelAddRow(w, -1);
        seen += excelAddRow(w, 2000000);
        excelSetCell(w, "end", "A1048576");
        seen += excelAddRow(w, 0);
        return seen;
    "#);
    assert_eq!(found, ["true", ",true,84", "true", ",true,84", "true", ",84", "false", "false", "false"]);
}

#[test]
fn sheets_come_and_go() {
    let (host, found) = run(r#"
        boolean[] seen;
        seen += excelAddSheet(w, "New", true);
        seen += excelSetCell(w, "here", "A1");
        seen += excelAddSheet(w, "new", false);
        seen += excelAddSheet(w, "a/b", false);
        seen += excelSetCurrentSheet(w, "Data");
        seen += excelGetCell(w, "A1") == "rope";
        seen += excelRemoveSheet(w, "First & last");
        seen += excelRemoveSheet(w, "nothing");
        seen += excelSetCurrentSheet(w, "First & last");
        seen += excelCloseWorkbook(w);
        integer v = excelOpenWorkbook("b.xlsx");
        seen += excelGetCell(v, "New", "A1") == "here";
        seen += excelRemoveSheet(v, "New");
        seen += excelRemoveSheet(v, "Data");
        return seen;
    "#);
    let expected = [true, true, false, false, true, true, true, false, false, true, true, true, false];
    assert_eq!(found, expected.map(|seen| seen.to_string()));
    let book = part(&host, "xl/workbook.xml").unwrap();
    assert!(book.contains("<sheet name=\"New\" sheetId=\"6\" r:id=\"rId5\"/>"), "{book}");
    assert!(book.contains("<definedName name=\"b\" localSheetId=\"0\">") && !book.contains("name=\"a\""), "{book}");
    assert!(book.contains("activeTab=\"0\""), "{book}");
    let types = part(&host, "[Content_Types].xml").unwrap();
    assert!(types.contains("/xl/worksheets/sheet3.xml") && !types.contains("sheet1.xml"), "{types}");
    assert_eq!(part(&host, "xl/worksheets/sheet1.xml"), None);
    assert_eq!(part(&host, "xl/media/image1.png").as_deref(), Some("no picture"));
}

#[test]
fn mistakes_are_told() {
    let message = |script: &str| {
        let script = format!("integer w = excelOpenWorkbook(\"b.xlsx\");\n{script}");
        try_run(book(), &script, &Limits::default()).1.unwrap_err().message().to_owned()
    };
    assert_eq!(message("excelOpenWorkbook(\"no.xlsx\");"), "cannot open `no.xlsx`: there is no such file or folder");
    assert_eq!(
        message("excelGetCell(w, \"nowhere\");"),
        "`nowhere` is no cell; write `B2`, or row and column as `1,1`"
    );
    assert_eq!(message("excelGetCell(w, \"No\", \"A1\");"), "cannot read the cell: there is no such sheet");
    assert_eq!(message("excelCloseWorkbook(w); excelGetCell(w, \"A1\");"), "the workbook is not open");
    assert_eq!(
        message("for (integer i = 0; i < 20; i++) { excelOpenWorkbook(\"b.xlsx\"); }"),
        "more than 16 workbooks are open"
    );
}

/// Everything that a script can do with a workbook.
const ALL: &str = "
    integer w = excelOpenWorkbook(\"b.xlsx\");
    excelGetCell(w, \"B1\"); excelSetCell(w, \"x\", \"B5\"); excelAddRow(w, 0); excelRemoveRow(w, 1);
    excelAddSheet(w, \"N\", true); excelSetCell(w, \"x\", \"A1\"); excelRemoveSheet(w, \"Data\");
    return excelCloseWorkbook(w);";

#[test]
fn damaged_workbooks_are_errors_or_work() {
    assert_eq!(try_run(book(), ALL, &Limits::default()).1.unwrap(), ["true"]);
    // Every part with every piece cut off or doubled.
    for (index, (name, text)) in PARTS.iter().enumerate().filter(|(_, (name, _))| name.ends_with("xml")) {
        for at in (0..text.len()).step_by(7).filter(|&at| text.is_char_boundary(at)) {
            for damaged in [text[..at].to_owned(), format!("{}{}", &text[..at], &text[at / 2..])] {
                let parts = PARTS.iter().enumerate();
                let parts = parts.map(|(other, (name, text))| (*name, if other == index { &*damaged } else { *text }));
                if let Err(error) = try_run(pack(parts), ALL, &Limits::default()).1 {
                    assert!(error.limit().is_none(), "{name}: {error}");
                }
            }
        }
    }
    let good = book();
    for at in (0..good.len()).step_by(3) {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        let (_, result) = try_run(bad, ALL, &Limits::default());
        if let Err(error) = result {
            assert!(!matches!(error.kind(), sil::ErrorKind::Internal), "{error}");
        }
    }
}

#[test]
fn bombs_do_not_go_off() {
    let with =
        |part: &str, text: &str| pack(PARTS.iter().map(|(name, old)| (*name, if *name == part { text } else { *old })));
    // Small as an archive, large when unpacked.
    let zeros = " ".repeat(40 << 20);
    let bytes = with("xl/worksheets/sheet2.xml", &zeros);
    assert!(bytes.len() < 1 << 20);
    let error = try_run(bytes, ALL, &Limits::default()).1.unwrap_err();
    assert_eq!(error.message(), "cannot read the cell: a part of it is larger than 32 MiB");
    // Deep elements, entities that refer to entities.
    for text in [
        "<a>".repeat(100_000),
        "<!DOCTYPE a [<!ENTITY b \"&c;&c;\"><!ENTITY c \"&d;&d;\">]><worksheet>&b;</worksheet>".to_owned(),
    ] {
        let error = try_run(with("xl/worksheets/sheet2.xml", &text), ALL, &Limits::default()).1.unwrap_err();
        assert_eq!(error.message(), "cannot read the cell: it is no .xlsx workbook");
    }
    // A large sheet meets the limits of the run, not those of the machine.
    let cells = "<c><v>1</v></c>".repeat(400_000);
    let sheet = format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    let limits = Limits::default().memory(16 << 20);
    let error = try_run(with("xl/worksheets/sheet2.xml", &sheet), ALL, &limits).1.unwrap_err();
    assert!(error.limit().is_some_and(|hit| hit.kind == sil::LimitKind::Memory), "{error}");
}
