//! Templates as SIL (L-28): `$expression$` becomes a call that prints, `$! code $` the code itself, everything else a
//! call that prints the text; `\$` is a dollar sign.
//!
//! Invariant: each line of the program is the line of the template with the same number. What stands before the
//! template is on its first line.

use crate::{
    call::SharedVariable,
    types::{Base, StructTable, Type},
};

/// What cannot be translated, and on which line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) message: &'static str,
}

/// Translates a template to a program that declares these variables.
pub(super) fn translate(
    template: &str,
    variables: &[SharedVariable],
    structs: &StructTable,
) -> Result<String, Problem> {
    let mut out = String::with_capacity(template.len().saturating_mul(2));
    for variable in variables {
        declare(variable, structs, &mut out);
    }
    out.push_str("_stl__init();");
    let mut rest = template.strip_prefix('\u{feff}').unwrap_or(template);
    let mut line = 1usize;
    while !rest.is_empty() {
        let (text, behind) = until_dollar(rest);
        print_text(text, &mut out);
        line = line.saturating_add(breaks(text));
        let Some(from) = behind.strip_prefix('$') else { break };
        let (inside, behind) = until_dollar(from);
        let Some(behind) = behind.strip_prefix('$') else {
            return Err(Problem { line, message: "`$` opens an expression or code that no `$` ends" });
        };
        match inside.strip_prefix('!') {
            Some(code) => push_code(code, &mut out),
            None if inside.trim().is_empty() => {
                return Err(Problem { line, message: "there is no expression between two `$`" });
            }
            None => {
                out.push_str("_stl__print(");
                push_code(inside, &mut out);
                out.push_str(");");
            }
        }
        line = line.saturating_add(breaks(inside));
        rest = behind;
    }
    out.push_str("_stl__done();");
    Ok(out)
}

/// Cuts before the first dollar sign without a backslash.
fn until_dollar(text: &str) -> (&str, &str) {
    let end = text
        .match_indices('$')
        .map(|(at, _)| at)
        .find(|&at| !text.get(..at).is_some_and(|before| before.ends_with('\\')));
    end.and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

fn breaks(text: &str) -> usize {
    text.matches('\n').count()
}

fn push_code(code: &str, out: &mut String) {
    out.push_str(&code.replace("\\$", "$"));
}

/// A call that prints a text, and as many line breaks behind it as there are in the text.
fn print_text(text: &str, out: &mut String) {
    if text.is_empty() {
        return;
    }
    out.push_str("_stl__print(\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.next_if_eq(&'$').is_some() => out.push('$'),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            other => out.push(other),
        }
    }
    out.push_str("\");");
    out.extend(std::iter::repeat_n('\n', breaks(text)));
}

/// Declares a variable of the script. One whose structure is hidden by another of its name cannot be declared.
fn declare(variable: &SharedVariable, structs: &StructTable, out: &mut String) {
    let mut ty = if variable.ty.is_dynamic() { variable.value.type_of() } else { variable.ty };
    match ty.base {
        // Nothing tells what it will hold.
        Base::Dynamic => ty = Type { base: Base::String, ..ty },
        Base::Struct(id) if structs.get(id).and_then(|def| structs.find(def.name())) != Some(id) => return,
        _ => {}
    }
    let (ty, name) = (ty.display(structs), &variable.name);
    out.push_str(&if variable.is_const { format!("const {ty} {name}=null;") } else { format!("{ty} {name};") });
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::{types::predefined, value::Value};

    fn body(template: &str) -> String {
        let program = translate(template, &[], &StructTable::new()).unwrap();
        program.strip_prefix("_stl__init();").unwrap().strip_suffix("_stl__done();").unwrap().to_owned()
    }

    #[test]
    fn texts_expressions_code() {
        assert_eq!(body(""), "");
        assert_eq!(body("Hi $name$!"), "_stl__print(\"Hi \");_stl__print(name);_stl__print(\"!\");");
        assert_eq!(body("$! if (a) { $x$! } $"), " if (a) { _stl__print(\"x\"); } ");
        assert_eq!(body("$a$$b$"), "_stl__print(a);_stl__print(b);");
        assert_eq!(body("$!$"), "");
        assert_eq!(body("\u{feff}x"), "_stl__print(\"x\");");
    }

    #[test]
    fn dollar_signs() {
        assert_eq!(body("5 \\$"), "_stl__print(\"5 $\");");
        assert_eq!(body("$p + \"\\$\"$"), "_stl__print(p + \"$\");");
        assert_eq!(body("\\n \\\\ \"q\""), "_stl__print(\"\\\\n \\\\\\\\ \\\"q\\\"\");");
    }

    #[test]
    fn lines_stay() {
        let template = "a\r\n\n$x\n+ 1$ b\n$!\n y = 2;\n$c\n";
        let program = translate(template, &[], &StructTable::new()).unwrap();
        assert_eq!(program.matches('\n').count(), template.matches('\n').count());
        assert_eq!(program.lines().position(|line| line.contains("+ 1)")), Some(3));
        assert_eq!(program.lines().position(|line| line.contains("y = 2")), Some(5));
    }

    #[test]
    fn variables_are_declared() {
        let variable = |name: &str, ty, is_const, value| SharedVariable { name: name.into(), ty, is_const, value };
        let mut structs = StructTable::new();
        let header = Type::structure(predefined::HTTP_HEADER);
        let variables = [
            variable("n", Type::INTEGER, true, Value::Int(1)),
            variable("s", Type::STRINGS, false, Value::Null),
            variable("d", Type::DYNAMIC, false, Value::Num(1.0)),
            variable("u", Type::DYNAMIC, false, Value::Null),
            variable("h", header.array(), false, Value::Null),
        ];
        let declared = |structs: &StructTable| translate("", &variables, structs).unwrap();
        let first = "const integer n=null;string[] s;number d;string u;";
        assert_eq!(declared(&structs), format!("{first}HttpHeader[] h;_stl__init();_stl__done();"));
        structs.add(crate::types::StructDef::new("HttpHeader", crate::types::Origin::Script));
        assert_eq!(declared(&structs), format!("{first}_stl__init();_stl__done();"));
    }

    #[test]
    fn what_cannot_be_translated() {
        let problem = |template| translate(template, &[], &StructTable::new()).unwrap_err();
        assert_eq!(problem("a\n$b").line, 2);
        assert_eq!(problem("$a\n$\n\n$ $").line, 4);
        assert_eq!(problem("$$").message, "there is no expression between two `$`");
        assert_eq!(problem("costs 5$").line, 1);
    }
}
