//! Whole texts.

use super::{
    access::{cannot, read_all, write_all},
    signature,
};
use crate::{
    call::{Context, Routine},
    routines::{charset::Charset, text},
    signatures::Returns,
    types::Type,
    value::{Fault, Text, Value},
};

pub(super) fn routines() -> Vec<Routine> {
    vec![
        Routine::new(
            signature("readFromTextFile", "readText")
                .param("path", Type::STRING)
                .optional("charset", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc("The whole text of a file, in UTF-8 or another charset; a missing file is an error.")
                .example("printInFile(\"a.txt\", \"tea\"); return length(readFromTextFile(\"a.txt\"));", "4"),
            |cx, arguments| {
                let text = read_text(cx, text(arguments, 0), text(arguments, 1))?;
                Ok(Value::Text(Text::try_from_string(text, &cx.budget)?))
            },
        ),
        Routine::new(
            signature("printInFile", "print")
                .param("path", Type::STRING)
                .param("value", Type::STRING)
                .optional("charset", Type::STRING)
                .doc("Adds a line to a text file, which is made when it is missing.")
                .example(
                    "printInFile(\"a.txt\", \"ebb\"); printInFile(\"a.txt\", \"flow\"); return \
                     readFromTextFile(\"a.txt\") == \"ebb\\nflow\\n\";",
                    "true",
                ),
            print_in_file,
        ),
    ]
}

/// The text of a file.
pub(super) fn read_text(cx: &mut Context<'_>, path: &str, charset: &str) -> Result<String, Fault> {
    let charset = Charset::named(charset)?;
    let bytes = read_all(cx, path, |budget, length| budget.text_size(length))?;
    let bytes = bytes.map_err(|error| cannot("read", path, error))?;
    charset.decode(bytes, cx)
}

fn print_in_file(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let path = text(arguments, 0);
    let charset = Charset::named(text(arguments, 2))?;
    let mut line = charset.encode(text(arguments, 1), cx)?;
    // A mark of UTF-16 belongs to the start of a file only.
    if matches!(charset, Charset::Utf16(None)) && super::access::info(cx, path)?.is_some_and(|info| info.size > 0) {
        line.drain(..2);
    }
    let end = match charset {
        Charset::Utf16(None) => Charset::Utf16(Some(crate::routines::charset::Order::Big)),
        charset => charset,
    };
    line.extend(end.encode("\n", cx)?);
    write_all(cx, path, &line, true)?.map_err(|error| cannot("write to", path, error))?;
    Ok(Value::Null)
}
