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
    let system = |name: &'static str| Signature::new(name, Family::System);
    // Two shapes, `(message, treatAsHtml, percent)` and `(message, percent, action)`, with one meaning here: what
    // follows the message is for a console that shows it.
    let mut runner_log = system("runnerLog")
        .param("message", Type::DYNAMIC)
        .optional("treatAsHtml", Type::DYNAMIC)
        .optional("percent", Type::DYNAMIC)
        .doc(
            "Writes a line to the console of an interactive run, here to the log. Behind the message may stand whether \
             it is HTML and how far the work has come, or the latter and the action `init_progressBar`.",
        )
        .example(
            "runnerLog(\"start\", 0, \"init_progressBar\"); runnerLog(\"<b>end</b>\", true, 100);",
            "start\n<b>end</b>",
        );
    runner_log.uncertain = true;
    vec![
        Routine::new(
            system("print")
                .param("variable", Type::DYNAMIC)
                .doc("Writes the text of a value to the log, as one line.")
                .example("print({\"ebb\", \"flow\"});", "ebb|flow"),
            |cx, arguments| line(cx, LogLevel::Info, argument(arguments, 0)),
        ),
        Routine::new(
            system("logPrint")
                .param("logLevel", Type::STRING)
                .param("message", Type::DYNAMIC)
                .doc("Writes a line at a level: TRACE, DEBUG, INFO, WARN, ERROR or FATAL. Lines below the level that the log is \
                     set to are left out.")
                .example("logPrint(\"WARN\", \"low tide at \" + 17);", "low tide at 17"),
            |cx, arguments| {
                let word = text(arguments, 0);
                let Some(level) = LogLevel::parse(word.trim()) else {
                    return Err(Fault::routine(format!("`{word}` is no log level")));
                };
                line(cx, level, argument(arguments, 1))
            },
        ),
        Routine::new(runner_log, |cx, arguments| line(cx, LogLevel::Info, argument(arguments, 0))),
    ]
}

fn line(cx: &mut Context<'_>, level: LogLevel, value: &Value) -> Result<Value, Fault> {
    let text = to_text(value, &mut cx.conv())?;
    cx.log(level, text.as_str().unwrap_or(""))?;
    Ok(Value::Null)
}
