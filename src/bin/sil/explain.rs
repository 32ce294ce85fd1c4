//! `sil explain`: what a code means.

use crate::{FINE, Refusal, arguments::ExplainArguments, output};
use sil::diagnostics::codes;

/// Prints the page of a code, or all codes.
pub fn explain(arguments: &ExplainArguments) -> Result<u8, Refusal> {
    let Some(wanted) = &arguments.code else {
        let lines: Vec<String> =
            codes::all().map(|code| format!("{code}  {:<7}  {}\n", code.severity().word(), code.title())).collect();
        output::put(&lines.concat())?;
        return Ok(FINE);
    };
    let upper = wanted.trim().to_ascii_uppercase();
    let number = upper.strip_prefix("SIL").unwrap_or(&upper).parse().ok();
    let Some(code) = number.and_then(codes::find) else {
        return Err(Refusal::no_input(format!("there is no code `{wanted}`; `sil explain` lists all")));
    };
    output::put(code.explanation())?;
    Ok(FINE)
}
