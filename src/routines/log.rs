//! Lines in the log.

use super::{argument, text};
use crate::{
    call::{Context, Routine},
    host::LogLevel,
    signatures::{Family, Signature},
    types::Type,
    value::{Fault, Value, to_text},
};

pub(super) fn routines() -> Vec<Routine> {
    let core = |name: &'static str| Signature::new(name, Family::Core);
    vec![
        Routine::new(
            core("print").param("value", Type::DYNAMIC).doc("Writes the text of a value to the log, as one line."),
            |cx, arguments| line(cx, LogLevel::Info, argument(arguments, 0)),
        ),
        Routine::new(
            core("logPrint")
                .param("level", Type::STRING)
                .param("value", Type::DYNAMIC)
                .doc("Writes a line at a level: TRACE, DEBUG, INFO, WARN, ERROR or FATAL."),
            |cx, arguments| {
                let word = text(arguments, 0);
                let Some(level) = LogLevel::parse(word.trim()) else {
                    return Err(Fault::routine(format!("`{word}` is no log level")));
                };
                line(cx, level, argument(arguments, 1))
            },
        ),
        Routine::new(
            core("runnerLog")
                .param("value", Type::DYNAMIC)
                .optional("html", Type::DYNAMIC)
                .optional("percent", Type::DYNAMIC)
                .doc("Writes a line to the console of an interactive run."),
            |cx, arguments| line(cx, LogLevel::Info, argument(arguments, 0)),
        ),
    ]
}

fn line(cx: &mut Context<'_>, level: LogLevel, value: &Value) -> Result<Value, Fault> {
    let text = to_text(value, &mut cx.conv())?;
    cx.log(level, text.as_str().unwrap_or(""))?;
    Ok(Value::Null)
}
