//! Workbooks (section 20 of the routines): .xlsx files are opened, changed and saved.
//!
//! What is not touched stays as it is, byte by byte: parts are copied, and trees are written as they were read. What moves
//! with added and removed rows are the cells; formulas, merged ranges, charts and names keep the addresses they speak of.

mod package;
mod sheet;
mod workbook;
mod xml;

use super::{argument, files, text};
use crate::{
    call::{Context, Routine},
    host::LogLevel,
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Fault, Text, Value, num_to_text},
};
use package::Problem;
use sheet::{Address, Content};
use std::collections::HashMap;
use workbook::{Tried, Workbook};

/// Workbooks open at a time.
const OPEN: usize = 16;

pub(super) fn routines() -> Vec<Routine> {
    let signature = |name, short: &'static str| {
        Signature::new(name, Family::System).package("excel", short).param("workbookFID", Type::INTEGER)
    };
    let yes_or_no = Returns::NeverNull(Type::BOOLEAN);
    let row = |name, short| signature(name, short).param("rowIndex", Type::INTEGER).returns(yes_or_no);
    vec![
        Routine::new(
            Signature::new("excelOpenWorkbook", Family::System)
                .package("excel", "openWorkbook")
                .param("path", Type::STRING)
                .returns(Returns::Is(Type::INTEGER))
                .doc(
                    "Opens an .xlsx workbook and gives its number, for this script only; a missing file is an error.",
                )
                .example(
                    "integer w = excelOpenWorkbook(\"stock.xlsx\"); return w > 0, excelGetCell(w, \"A1\");",
                    "true|rope",
                ),
            open,
        ),
        Routine::new(
            signature("excelCloseWorkbook", "closeWorkbook")
                .returns(yes_or_no)
                .doc("Saves a workbook, if it was changed, and closes it. What is never closed is not saved.")
                .example(
                    "integer w = excelOpenWorkbook(\"stock.xlsx\"); excelSetCell(w, \"lamp\", \"A1\"); \
                     excelCloseWorkbook(w); w = excelOpenWorkbook(\"stock.xlsx\"); return excelGetCell(w, \"A1\");",
                    "lamp",
                ),
            close,
        ),
        Routine::new(
            signature("excelGetCell", "getCell")
                .optional("worksheetName", Type::STRING)
                .param("cellAddrOrXY", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc(
                    "The text of a cell of a sheet, or of the current one. The cell is named like `B2` or by row and column \
                     from 0 like `1,1`. A date is the number that the file holds; of a formula the last result is given.",
                )
                .example(
                    "integer w = excelOpenWorkbook(\"stock.xlsx\"); return excelGetCell(w, \"A1\"), excelGetCell(w, \
                     \"Data\", \"0,2\");",
                    "rope|2.5",
                ),
            get_cell,
        ),
        Routine::new(
            signature("excelSetCell", "setCell")
                .param("value", Type::STRING)
                .optional("worksheetName", Type::STRING)
                .param("cellAddrOrXY", Type::STRING)
                .returns(yes_or_no)
                .doc(
                    "Puts a text into a cell of a sheet, or of the current one; the style of the cell stays.",
                )
                .example(
                    "integer w = excelOpenWorkbook(\"stock.xlsx\"); excelSetCell(w, \"lamp\", \"B2\"); return \
                     excelGetCell(w, \"1,1\");",
                    "lamp",
                ),
            set_cell,
        ),
        Routine::new(
            row("excelAddRow", "addRow")
            .doc(
                "Puts an empty row into the current sheet; the rows from there on move down.",
            )
            .example(
                "integer w = excelOpenWorkbook(\"stock.xlsx\"); excelAddRow(w, 0); return excelGetCell(w, \
                 \"A2\");",
                "rope",
            ),
            |cx, arguments| change_row(cx, arguments, |sheet, row, cx| sheet.add_row(row, cx)),
        ),
        Routine::new(
            row("excelRemoveRow", "removeRow")
            .doc(
                "Takes a row out of the current sheet; the rows behind it move up.",
            )
            .example(
                "integer w = excelOpenWorkbook(\"stock.xlsx\"); excelRemoveRow(w, 0); return excelGetCell(w, \
                 \"B1\") == \"rope\";",
                "false",
            ),
            |cx, arguments| change_row(cx, arguments, |sheet, row, cx| sheet.remove_row(row, cx)),
        ),
        Routine::new(
            row("excelReplaceRow", "replaceRow")
            .doc(
                "Puts an empty row into the place of one of the current sheet.",
            )
            .example(
                "integer w = excelOpenWorkbook(\"stock.xlsx\"); excelReplaceRow(w, 0); return \
                 length(excelGetCell(w, \"A1\"));",
                "0",
            ),
            |cx, arguments| change_row(cx, arguments, |sheet, row, cx| sheet.empty_row(row, cx)),
        ),
        Routine::new(
            signature("excelAddSheet", "addSheet")
                .param("sheetName", Type::STRING)
                .optional("makeCurrent", Type::BOOLEAN)
                .returns(yes_or_no)
                .doc("Adds an empty sheet at the end, and makes it the current one if wanted.")
                .example(
                    "integer w = excelOpenWorkbook(\"stock.xlsx\"); excelAddSheet(w, \"Notes\", true); \
                     excelSetCell(w, \"new\", \"A1\"); return excelGetCell(w, \"Notes\", \"A1\");",
                    "new",
                ),
            |cx, arguments| {
                let current = matches!(argument(arguments, 2), Value::Bool(true));
                change(cx, arguments, |book, cx| book.add_sheet(cx, text(arguments, 1), current))
            },
        ),
        Routine::new(
            signature("excelRemoveSheet", "removeSheet")
                .param("sheetName", Type::STRING)
                .returns(yes_or_no)
                .doc("Takes a sheet out; the only one stays.")
                .example(
                    "integer w = excelOpenWorkbook(\"stock.xlsx\"); return excelRemoveSheet(w, \"Data\"), \
                     excelSetCurrentSheet(w, \"Data\");",
                    "true|false",
                ),
            |cx, arguments| change(cx, arguments, |book, _| Ok(book.remove_sheet(text(arguments, 1)))),
        ),
        Routine::new(
            signature("excelSetCurrentSheet", "setCurrentSheet")
                .param("sheetName", Type::STRING)
                .returns(yes_or_no)
                .doc("Makes a sheet the one that is meant when none is named.")
                .example(
                    "integer w = excelOpenWorkbook(\"stock.xlsx\"); return excelSetCurrentSheet(w, \"Data\"), \
                     excelSetCurrentSheet(w, \"Nowhere\");",
                    "true|false",
                ),
            |cx, arguments| change(cx, arguments, |book, _| Ok(book.set_current(text(arguments, 1)))),
        ),
    ]
}

/// The open workbooks of a script, by the numbers it knows them by.
#[derive(Default)]
struct Workbooks {
    books: HashMap<i64, Workbook>,
    last: i64,
}

fn number(arguments: &[Value]) -> i64 {
    match argument(arguments, 0) {
        Value::Int(number) => *number,
        _ => 0,
    }
}

fn open(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let path = text(arguments, 0);
    if cx.state.get::<Workbooks>().books.len() >= OPEN {
        return Err(Fault::routine(format!("more than {OPEN} workbooks are open")));
    }
    let bytes = files::read_all(cx, path, |budget, length| budget.text_size(length))?;
    let bytes = bytes.map_err(|error| files::cannot("open", path, error))?;
    let book = Workbook::open(cx, path, bytes)?;
    let book = book.map_err(|problem| Fault::routine(format!("cannot open `{path}`: {problem}")))?;
    let open = cx.state.get::<Workbooks>();
    open.last = open.last.saturating_add(1);
    open.books.insert(open.last, book);
    Ok(Value::Int(open.last))
}

fn close(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let Some(mut book) = cx.state.get::<Workbooks>().books.remove(&number(arguments)) else { return not_open() };
    let bytes = match book.write(cx)? {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(Value::Bool(true)),
        Err(problem) => return failed(cx, &format!("cannot save `{}`", book.path), problem),
    };
    match files::write_all(cx, &book.path, &bytes, false)? {
        Ok(()) => Ok(Value::Bool(true)),
        Err(error) => failed(cx, &format!("cannot save `{}`", book.path), error.message()),
    }
}

fn not_open<T>() -> Result<T, Fault> {
    Err(Fault::routine("the workbook is not open"))
}

fn failed(cx: &mut Context<'_>, what: &str, problem: Problem) -> Result<Value, Fault> {
    cx.log(LogLevel::Warn, &format!("{what}: {problem}"))?;
    Ok(Value::Bool(false))
}

/// Does something with an open workbook.
fn with_book<T>(
    cx: &mut Context<'_>,
    arguments: &[Value],
    work: impl FnOnce(&mut Workbook, &mut Context<'_>) -> Tried<T>,
) -> Tried<T> {
    cx.budget.charge(16)?;
    let number = number(arguments);
    let Some(mut book) = cx.state.get::<Workbooks>().books.remove(&number) else { return not_open() };
    let result = work(&mut book, cx);
    cx.state.get::<Workbooks>().books.insert(number, book);
    result
}

/// True, or false with the reason in the log.
fn change(
    cx: &mut Context<'_>,
    arguments: &[Value],
    work: impl FnOnce(&mut Workbook, &mut Context<'_>) -> Tried<()>,
) -> Result<Value, Fault> {
    match with_book(cx, arguments, work)? {
        Ok(()) => Ok(Value::Bool(true)),
        Err(problem) => failed(cx, "cannot change the workbook", problem),
    }
}

fn change_row(
    cx: &mut Context<'_>,
    arguments: &[Value],
    work: fn(&mut sheet::Sheet, u32, &mut Context<'_>) -> Result<bool, Fault>,
) -> Result<Value, Fault> {
    let row = match argument(arguments, 1) {
        Value::Int(row) => u32::try_from(*row).ok(),
        _ => None,
    };
    change(cx, arguments, |book, cx| {
        let Some(row) = row else { return Ok(Err("there is no such row")) };
        match book.sheet(cx, "")? {
            Ok(sheet) => Ok(if work(sheet, row, cx)? { Ok(()) } else { Err("there is no such row") }),
            Err(problem) => Ok(Err(problem)),
        }
    })
}

/// Sheet and cell; the sheet may stand in front of the cell, as in `Sheet1!B2`.
fn place<'a>(sheet: &'a str, cell: &'a str) -> Result<(&'a str, Address), Fault> {
    let (sheet, cell) = match cell.rsplit_once('!') {
        Some((name, cell)) if sheet.is_empty() => (name.trim_matches('\''), cell),
        _ => (sheet, cell),
    };
    match Address::parse(cell) {
        Some(address) => Ok((sheet, address)),
        None => Err(Fault::routine(format!("`{cell}` is no cell; write `B2`, or row and column as `1,1`"))),
    }
}

fn get_cell(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (sheet, address) = place(text(arguments, 1), text(arguments, 2))?;
    let found = with_book(cx, arguments, |book, cx| {
        let content = match book.sheet(cx, sheet)? {
            Ok(sheet) => sheet.content(address, cx)?,
            Err(problem) => return Ok(Err(problem)),
        };
        Ok(Ok(match content {
            Content::Empty => String::new(),
            Content::Text(text) => text,
            Content::Shared(index) => return book.shared(cx, index),
            Content::Number(number) => num_to_text(number),
            Content::Boolean(value) => value.to_string(),
        }))
    })?;
    match found {
        Ok(text) => Ok(Value::Text(Text::try_from_string(text, &cx.budget)?)),
        Err(problem) => Err(Fault::routine(format!("cannot read the cell: {problem}"))),
    }
}

fn set_cell(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (sheet, address) = place(text(arguments, 2), text(arguments, 3))?;
    change(cx, arguments, |book, cx| match book.sheet(cx, sheet)? {
        Ok(sheet) => {
            Ok(if sheet.set_text(address, text(arguments, 1), cx)? { Ok(()) } else { Err("the sheet has no cells") })
        }
        Err(problem) => Ok(Err(problem)),
    })
}
