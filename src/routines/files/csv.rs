//! `readFromCSVFile` (L-46).

use super::{signature, text::read_text};
use crate::{
    call::{Context, Routine},
    limits::{Budget, LimitHit},
    routines::{argument, text},
    signatures::Returns,
    types::{StructId, Type},
    value::{Array, ConvCx, Fault, Fields, Record, Text, Value, convert},
};
use csv::{ReaderBuilder, StringRecord};
use foldhash::{HashSet, HashSetExt};
use std::{
    cell::RefCell,
    io::{self, Read},
    rc::Rc,
};

pub(super) fn routines() -> Vec<Routine> {
    vec![Routine::new(
        signature("readFromCSVFile", "readCSV")
            .param("path", Type::STRING)
            .param("hasHeader", Type::BOOLEAN)
            .optional("charset", Type::STRING)
            .returns(Returns::Receiver)
            .doc(
                "The cells of a table file, row after row, without the header row. A structure takes the first row, an \
                 array of structures one row for each element if it has as many fields as the table has columns.",
            )
            .example(
                "struct Fig { string kind; number kg; } printInFile(\"a.csv\", \"fig,2\\nplum,3\"); \
                 Fig[] figs = readFromCSVFile(\"a.csv\", false); return figs[1].kind, figs[1].kg;",
                "plum|3",
            ),
        read_csv,
    )]
}

/// What the rows become.
enum Shape {
    /// All cells in one list.
    Flat,
    /// The first row as a structure.
    First(StructId),
    /// A structure for each row.
    Rows(StructId, usize),
}

fn read_csv(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let path = text(arguments, 0);
    let has_header = matches!(argument(arguments, 1), Value::Bool(true));
    let content = read_text(cx, path, text(arguments, 2))?;
    let expected = cx.expected;
    let mut shape = match (expected.as_struct(), expected.element().as_struct()) {
        (Some(id), _) => Shape::First(id),
        (_, Some(id)) => Shape::Rows(id, cx.structs.fields(id).len()),
        _ => Shape::Flat,
    };
    // What is read now is paid for now: a row may be as long as the file.
    cx.budget.grow(content.len())?;
    let stopped = RefCell::new(None);
    let budget = RefCell::new(&mut cx.budget);
    let source = Paid { bytes: content.as_bytes(), budget: &budget, stopped: &stopped };
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(source);
    let mut row = StringRecord::new();
    let mut found = Array::new(if let Shape::Rows(id, _) = shape { Type::structure(id) } else { Type::STRING });
    let mut next = |row: &mut StringRecord| match reader.read_record(row) {
        Ok(more) => Ok(more),
        Err(error) => Err(match stopped.take() {
            Some(hit) => Fault::from(hit),
            None => Fault::routine(format!("`{path}` is no table: {error}")),
        }),
    };
    if has_header && next(&mut row)? {
        differing(path, &row)?;
    }
    while next(&mut row)? {
        if let Shape::Rows(_, fields) = shape
            && found.is_empty()
            && row.len() != fields
        {
            shape = Shape::Flat;
            found = Array::new(Type::STRING);
        }
        let mut budget = budget.borrow_mut();
        let mut conv = ConvCx { structs: &cx.structs, zone: &cx.zone, budget: &mut budget };
        match shape {
            Shape::Flat => {
                for cell in &row {
                    found.push(cell_text(cell, &mut conv)?, conv.budget)?;
                }
            }
            Shape::First(id) => return structure(id, &row, &mut conv),
            Shape::Rows(id, _) => {
                let value = structure(id, &row, &mut conv)?;
                found.push(value, conv.budget)?;
            }
        }
    }
    if let Shape::First(_) = shape {
        return Ok(Value::Null);
    }
    Ok(Value::Array(Rc::new(found)))
}

/// The names in a header row must differ.
fn differing(path: &str, header: &StringRecord) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    match header.iter().find(|name| !seen.insert(*name)) {
        Some(name) => Err(Fault::routine(format!("two columns of `{path}` are called `{name}`"))),
        None => Ok(()),
    }
}

fn cell_text(cell: &str, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    cx.budget.charge(u64::try_from(cell.len() / 64).unwrap_or(u64::MAX).saturating_add(1))?;
    Ok(Value::Text(Text::try_new(cell, cx.budget)?))
}

/// A row as a structure, by position: missing cells are null, surplus ones are left out.
fn structure(id: StructId, row: &StringRecord, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    let defs = cx.structs.fields(id);
    cx.budget.grow(size_of::<Value>().saturating_mul(defs.len()).saturating_add(size_of::<Record>()))?;
    let mut fields = Fields::with_capacity(defs.len());
    for (index, def) in defs.iter().enumerate() {
        fields.push(match row.get(index) {
            Some(cell) => {
                let cell = cell_text(cell, cx)?;
                convert(cell, def.ty, cx)?
            }
            None => Value::default_of(def.ty),
        });
    }
    Ok(Value::Struct(Rc::new(Record::from_fields(id, fields))))
}

/// Bytes that cost fuel when they are read.
struct Paid<'a, 'b> {
    bytes: &'a [u8],
    budget: &'a RefCell<&'b mut Budget>,
    stopped: &'a RefCell<Option<LimitHit>>,
}

impl Read for Paid<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut budget = self.budget.borrow_mut();
        let paid = budget.charge(u64::try_from(into.len() / 16).unwrap_or(u64::MAX)).and_then(|()| budget.poll());
        if let Err(hit) = paid {
            *self.stopped.borrow_mut() = Some(hit);
            return Err(io::Error::other("limit"));
        }
        self.bytes.read(into)
    }
}
