//! Running other scripts and templates (L-28).

use super::{argument, array, template, text};
use crate::{
    call::{Arguments, Context, Nested, NestedScript, Routine, RunState, SharedVariables},
    signatures::{EXECUTE_TEMPLATE, Family, Returns, Signature, TEMPLATE_INIT},
    types::Type,
    value::{Array, Fault, Text, Value, to_text},
};
use std::rc::Rc;

pub(super) fn routines() -> Vec<Routine> {
    let core = |name: &'static str| Signature::new(name, Family::Core);
    let system = |name: &'static str| Signature::new(name, Family::System);
    let internal = |mut signature: Signature| {
        signature.uncertain = true;
        signature
    };
    vec![
        Routine::new(
            system("call")
                .param("sysname", Type::STRING)
                .param("silProgramPath", Type::STRING)
                .param("arguments", Type::STRINGS)
                .returns(Returns::Is(Type::STRINGS))
                .doc(
                    "Runs another script, which finds the arguments in `argv`, and gives the texts of what it returns. \
                     The path is one that `include` would take; the system is `\"\"` or `\"local\"`.",
                )
                .example("return call(\"local\", \"swap.sil\", \"ebb|flow\");", "flow|ebb"),
            call,
        ),
        Routine::new(
            core("runSILInline")
                .param("script", Type::STRING)
                .param("args", Type::STRINGS)
                .returns(Returns::Is(Type::STRINGS))
                .doc(
                    "Runs a text as a script of its own, which finds the arguments in `argv`, and gives the texts of \
                     what it returns.",
                )
                .example("return runSILInline(\"return argv[1], size(argv);\", \"ebb|tide\");", "tide|2"),
            run_inline,
        ),
        Routine::new(
            system(EXECUTE_TEMPLATE)
                .param("templatePath", Type::STRING)
                .optional("charset", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc(
                    "The text that a template becomes: `$expression$` is replaced by its text, `$! code $` is run, and \
                     `\\$` is a dollar sign. The template sees the variables of the script and may change them. The \
                     path starts at the home of the application, or where there is none at the root of the scripts; \
                     whoever loads the file has decoded it, so `charset` changes nothing.",
                )
                .example("number level = 2.5; return executeTemplate(\"tide.tpl\");", "Tide: 2.5 m"),
            execute_template,
        ),
        Routine::new(
            internal(core(TEMPLATE_INIT))
                .doc("Begins the output of a template; what translated templates call.")
                .example("_stl__print(\"old\"); _stl__init(); _stl__print(\"new\"); return _stl__done();", "new"),
            |cx, _| {
                *cx.state.get() = Output::default();
                Ok(Value::Null)
            },
        ),
        Routine::new(
            internal(core("_stl__print").param("value", Type::DYNAMIC))
                .doc("Adds the text of a value to the output of a template; what translated templates call.")
                .example("_stl__init(); _stl__print(\"level \"); _stl__print(3); return _stl__done();", "level 3"),
            print,
        ),
        Routine::new(
            internal(core("_stl__done").returns(Returns::Is(Type::STRING)))
                .doc("The output of a template; what translated templates call.")
                .example("_stl__init(); _stl__print(\"ebb\"); _stl__print(2); return _stl__done();", "ebb2"),
            |cx, _| Ok(cx.state.get::<Output>().0.clone().map_or_else(|| Value::text(""), Value::Text)),
        ),
    ]
}

/// What a template has printed.
#[derive(Default)]
struct Output(Option<Text>);

fn nested<'h>(cx: &Context<'h>) -> Result<&'h dyn Nested, Fault> {
    cx.nested.ok_or_else(|| Fault::host("other scripts cannot be run here"))
}

/// The elements of an array, as the arguments of a script.
fn script_arguments(cx: &mut Context<'_>, arguments: &[Value], index: usize) -> Result<Arguments, Fault> {
    let Some(array) = array(arguments, index) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut bytes = 0usize;
    for index in 0..array.len() {
        let text = to_text(&array.get(index).unwrap_or_default(), &mut cx.conv())?;
        let (key, text) = (array.key_at(index), text.as_str().unwrap_or(""));
        // These strings are not counted as live, so all of them are asked for together.
        let size = text.len().saturating_add(key.map_or(0, str::len)).saturating_add(size_of::<(String, String)>());
        bytes = bytes.saturating_add(size);
        cx.budget.charge((size as u64).div_euclid(64).saturating_add(1))?;
        cx.budget.grow(bytes)?;
        found.push((key.map(str::to_owned), text.to_owned()));
    }
    Ok(found)
}

fn run(cx: &mut Context<'_>, name: &str, source: &str, arguments: Arguments) -> Result<Value, Fault> {
    let script = NestedScript { name, source, arguments: Some(arguments), structs: None, state: RunState::default() };
    let (result, _) = nested(cx)?.run(cx, script);
    let returned = Array::from_texts(result?.iter().map(String::as_str), &cx.budget)?;
    Ok(Value::Array(Rc::new(returned)))
}

/// Pays for a text that was loaded.
fn paid(cx: &mut Context<'_>, source: String) -> Result<String, Fault> {
    cx.budget.charge((source.len() as u64).div_euclid(16))?;
    cx.budget.grow(source.len())?;
    Ok(source)
}

fn call(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let system = text(arguments, 0).trim();
    if !matches!(system, "" | "local") {
        return Err(Fault::host(format!("there is no system `{system}` here, only `local`")));
    }
    let path = text(arguments, 1).trim();
    let source = nested(cx)?.load(path)?;
    let source = paid(cx, source)?;
    let handed = script_arguments(cx, arguments, 2)?;
    run(cx, path, &source, handed)
}

fn run_inline(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    if !nested(cx)?.allows_inline() {
        return Err(Fault::host("`runSILInline` is switched off here"));
    }
    let handed = script_arguments(cx, arguments, 1)?;
    run(cx, "inline script", text(arguments, 0), handed)
}

fn execute_template(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let path = text(arguments, 0).trim();
    let template = nested(cx)?.load_template(path)?;
    let template = paid(cx, template)?;
    cx.budget.charge((template.len() as u64).div_euclid(8))?;
    // Each character may become two, each expression a call.
    cx.budget.grow(template.len().saturating_mul(8))?;
    let shared = std::mem::take(cx.state.get::<SharedVariables>());
    let source = template::translate(&template, &shared.variables, &cx.structs)
        .map_err(|problem| Fault::routine(format!("`{path}`: line {}: {}", problem.line, problem.message)));
    let source = match source {
        Ok(source) => source,
        Err(fault) => {
            *cx.state.get() = shared;
            return Err(fault);
        }
    };
    let mut state = RunState::default();
    let handed = shared.arguments.clone();
    *state.get() = shared;
    let structs = Some(cx.structs.clone());
    let script = NestedScript { name: path, source: &source, arguments: handed, structs, state };
    let (result, mut state) = nested(cx)?.run(cx, script);
    *cx.state.get() = std::mem::take(state.get::<SharedVariables>());
    result?;
    let output = std::mem::take(state.get::<Output>());
    Ok(output.0.map_or_else(|| Value::text(""), Value::Text))
}

fn print(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let printed = to_text(argument(arguments, 0), &mut cx.conv())?;
    let printed = printed.as_str().unwrap_or("");
    cx.budget.charge((printed.len() as u64).div_euclid(64))?;
    cx.state.get::<Output>().0.get_or_insert_with(|| Text::new("")).push_str(printed, &cx.budget)?;
    Ok(Value::Null)
}
