//! The tree as a script again: what it means does not change when it is written in another way.

mod writing;

use crate::sound::parse;
use sil::syntax::print;
use writing::write;

/// Whether a text is free of errors, and then whether its tree, written and read, is the same tree.
pub fn returns(text: &str) -> Result<bool, String> {
    let first = parse(text);
    if first.found.has_errors() {
        return Ok(false);
    }
    let written = write(&first.ast, &first.items);
    let second = parse(&written);
    if second.found.has_errors() {
        return Err(format!("{:?} in\n{written}", second.messages()));
    }
    let (expected, found) = (print(&first.ast, &first.items), print(&second.ast, &second.items));
    if expected == found { Ok(true) } else { Err(format!("expected\n{expected}found\n{found}in\n{written}")) }
}

#[test]
fn scripts_return() {
    use crate::syntax::scripts;
    let mut compared = 0;
    for script in ["corpus", "parse", "lex", "check", "run"].iter().flat_map(|folder| scripts(folder)) {
        let text = std::fs::read_to_string(&script).unwrap();
        match returns(&text) {
            Ok(done) => compared += usize::from(done),
            Err(problem) => panic!("{}: {problem}", script.display()),
        }
    }
    assert!(compared > 1000, "only {compared} scripts");
}
