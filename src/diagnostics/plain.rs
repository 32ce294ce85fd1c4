//! The view as plain text: one line that tools understand (`file:line:column: error SIL0101: message`), the source line
//! and a caret, then labels, hint and fix.

use super::{
    Diagnostic, Diagnostics,
    excerpt::{Excerpt, printable_text},
};
use std::fmt;

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            self.write_plain(f, diagnostic)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl Diagnostics {
    fn write_plain(&self, f: &mut fmt::Formatter<'_>, diagnostic: &Diagnostic) -> fmt::Result {
        let Diagnostic { code, message, span, labels, hint, fix } = diagnostic;
        let primary = Excerpt::new(self.sources(), *span);
        if let Some(excerpt) = &primary {
            write_place(f, excerpt)?;
        }
        write!(f, "{} {code}: {}", diagnostic.severity().word(), printable_text(message))?;
        if let Some(excerpt) = &primary {
            write_excerpt(f, excerpt, '^')?;
        }
        for label in labels {
            writeln!(f)?;
            let excerpt = Excerpt::new(self.sources(), label.span);
            if let Some(excerpt) = &excerpt {
                write_place(f, excerpt)?;
            }
            write!(f, "note: {}", printable_text(&label.message))?;
            if let Some(excerpt) = &excerpt {
                write_excerpt(f, excerpt, '-')?;
            }
        }
        if let Some(hint) = hint {
            write!(f, "\n  hint: {}", printable_text(hint))?;
        }
        if let Some(fix) = fix {
            write!(f, "\n  fix: {}", fix_text(self.sources().slice(fix.span), &fix.replacement))?;
        }
        Ok(())
    }
}

/// What is shown of a text in a fix, which may be as long as the script.
fn beginning(text: &str) -> String {
    const WIDTH: usize = 80;
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}...", printable_text(text.get(..end).unwrap_or(text))),
        None => printable_text(text),
    }
}

/// A fix in words.
pub(super) fn fix_text(old: &str, new: &str) -> String {
    let (old, new) = (beginning(old), beginning(new));
    match (old.is_empty(), new.is_empty()) {
        (true, _) => format!("insert `{new}`"),
        (false, true) => format!("remove `{old}`"),
        (false, false) => format!("replace `{old}` by `{new}`"),
    }
}

fn write_place(f: &mut fmt::Formatter<'_>, excerpt: &Excerpt<'_>) -> fmt::Result {
    write!(f, "{}:{}:{}: ", printable_text(excerpt.file), excerpt.line, excerpt.column)
}

fn write_excerpt(f: &mut fmt::Formatter<'_>, excerpt: &Excerpt<'_>, mark: char) -> fmt::Result {
    let Excerpt { line, text, start, length, .. } = excerpt;
    let marks: String = std::iter::repeat_n(mark, *length).collect();
    write!(f, "\n{line:>5} | {text}\n      | {:start$}{marks}", "")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::super::{Diagnostic, Diagnostics, codes};
    use crate::source::{SourceMap, Span};

    #[test]
    fn place_excerpt_labels_hint_and_fix() {
        let mut sources = SourceMap::new();
        sources.add("a.sil", "number n = 1;\n\tfoo(n);\n").unwrap();
        let mut list = Diagnostics::new();
        list.push(
            Diagnostic::new(codes::check::UNKNOWN_ROUTINE, Span::new(15, 18), "Routine not defined: `foo`")
                .label(Span::new(7, 8), "declared here")
                .hint("it is called `floor`")
                .fix(Span::new(15, 18), "floor", false),
        );
        list.set_sources(sources);
        let expected = "\
a.sil:2:2: error SIL0100: Routine not defined: `foo`
    2 |  foo(n);
      |  ^^^
a.sil:1:8: note: declared here
    1 | number n = 1;
      |        -
  hint: it is called `floor`
  fix: replace `foo` by `floor`";
        assert_eq!(list.to_string(), expected);
    }

    #[test]
    fn without_sources_only_the_words() {
        let mut list = Diagnostics::new();
        list.push(Diagnostic::new(codes::run::INCLUDE_FAILED, Span::new(3, 4), "two\u{1b}[31m\nlines"));
        assert_eq!(list.to_string(), "error SIL0301: two\u{fffd}[31m lines");
    }
}
