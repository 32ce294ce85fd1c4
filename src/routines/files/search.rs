//! Finding files by name and by content.

use super::{
    YES_OR_NO,
    access::{cannot, charge, files},
    pattern::Pattern,
    signature,
    text::read_text,
};
use crate::{
    call::{Context, Routine},
    routines::text,
    signatures::Returns,
    types::Type,
    value::{Array, Fault, Value},
};
use std::rc::Rc;

/// Entries of a folder that are looked at; more are an error.
const ENTRIES: usize = 50_000;

pub(super) fn routines() -> Vec<Routine> {
    vec![
        Routine::new(
            signature("findFiles", "find")
                .param("directory", Type::STRING)
                .param("regex", Type::STRING)
                .returns(Returns::Is(Type::STRINGS))
                .doc("The absolute paths of the files in a folder whose whole name matches a pattern, sorted; folders in it are not entered.")
                .example(
                    "createFile(\"a.txt\"); createFile(\"b.csv\"); return size(findFiles(\".\", \".*\\\\.csv\"));",
                    "1",
                ),
            |cx, arguments| find(cx, arguments, false),
        ),
        Routine::new(
            signature("findDirectories", "findDirs")
                .param("directory", Type::STRING)
                .param("regex", Type::STRING)
                .returns(Returns::Is(Type::STRINGS))
                .doc(
                    "The absolute paths of the folders in a folder whose whole name matches a pattern, sorted.",
                )
                .example(
                    "createDirectory(\"jan\"); createDirectory(\"feb\"); return size(findDirectories(\".\", \
                     \"j.*\"));",
                    "1",
                ),
            |cx, arguments| find(cx, arguments, true),
        ),
        Routine::new(
            signature("fileContains", "contains")
                .param("path", Type::STRING)
                .param("regex", Type::STRING)
                .optional("charset", Type::STRING)
                .returns(YES_OR_NO)
                .doc("Whether a pattern matches somewhere in the text of a file; a missing file is an error.")
                .example("printInFile(\"a.txt\", \"room 12\"); return fileContains(\"a.txt\", \"\\\\d+\");", "true"),
            |cx, arguments| {
                let pattern = Pattern::anywhere(cx, text(arguments, 1))?;
                let content = read_text(cx, text(arguments, 0), text(arguments, 2))?;
                Ok(Value::Bool(pattern.matches(cx, &content)?))
            },
        ),
    ]
}

fn find(cx: &mut Context<'_>, arguments: &[Value], folders: bool) -> Result<Value, Fault> {
    let (folder, regex) = (text(arguments, 0), text(arguments, 1));
    charge(cx, 0)?;
    let mut found = Array::new(Type::STRING);
    let entries = files(cx)?.list(folder, ENTRIES).map_err(|error| cannot("search", folder, error))?;
    // An empty pattern finds nothing, not what has no name.
    if !regex.is_empty() {
        let pattern = Pattern::whole(cx, regex)?;
        for entry in entries.iter().filter(|entry| entry.is_dir == folders) {
            charge(cx, 64)?;
            if pattern.matches(cx, &entry.name)? {
                cx.budget.grow(entry.path.len())?;
                found.push(Value::text(&entry.path), &cx.budget)?;
            }
        }
    }
    Ok(Value::Array(Rc::new(found)))
}
