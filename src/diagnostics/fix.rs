//! Fixes, applied to the text they belong to.

use super::{Diagnostics, Fix};
use crate::source::SourceFile;

/// A text with its safe fixes applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixed {
    /// The text.
    pub text: String,
    /// How many fixes it has taken in, at least 1.
    pub count: usize,
}

impl Diagnostics {
    /// The text of a file with all fixes applied that are safe and do not touch each other; `None` when there are none.
    ///
    /// What a fix uncovers shows when the new text is checked; a front end repeats that until nothing is left.
    pub fn fixed(&self, file: &SourceFile) -> Option<Fixed> {
        let whole = file.span();
        let mut fixes: Vec<&Fix> = self
            .iter()
            .filter_map(|diagnostic| diagnostic.fix.as_ref())
            .filter(|fix| fix.safe && whole.contains(fix.span) && fix.span.start <= fix.span.end)
            .collect();
        fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
        let source = file.text();
        let offset = |position: u32| position.saturating_sub(file.base()) as usize;
        let (mut text, mut done, mut count) = (String::with_capacity(source.len()), 0, 0_usize);
        for Fix { span, replacement, .. } in fixes {
            let (start, end) = (offset(span.start), offset(span.end));
            // Two insertions at one place would run into each other as well.
            if start < done || (count > 0 && start == done) {
                continue;
            }
            let (Some(before), true) = (source.get(done..start), source.is_char_boundary(end)) else { continue };
            text.push_str(before);
            text.push_str(replacement);
            (done, count) = (end, count.saturating_add(1));
        }
        text.push_str(source.get(done..).unwrap_or(""));
        (count > 0).then_some(Fixed { text, count })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::super::{Diagnostic, Diagnostics, codes};
    use crate::source::{SourceMap, Span};

    fn fixed(text: &str, fixes: &[(u32, u32, &str, bool)]) -> Option<(String, usize)> {
        let mut sources = SourceMap::new();
        sources.add("before", "12345").unwrap();
        let file = sources.add("a.sil", text).unwrap();
        let base = sources.file(file).unwrap().base();
        let mut list = Diagnostics::new();
        for &(start, end, replacement, safe) in fixes {
            let span = Span::new(base.saturating_add(start), base.saturating_add(end));
            let found = Diagnostic::new(codes::syntax::FOREIGN_SPELLING, span, "x");
            list.push(found.fix(span, replacement, safe));
        }
        list.fixed(sources.file(file).unwrap()).map(|fixed| (fixed.text, fixed.count))
    }

    #[test]
    fn safe_fixes_that_do_not_touch_are_applied_in_order() {
        let done = |text: &str, count| Some((text.to_owned(), count));
        assert_eq!(fixed("a <> b", &[(6, 6, ";", true), (2, 4, "!=", true)]), done("a != b;", 2));
        assert_eq!(fixed("abcd", &[(0, 3, "x", true), (1, 4, "y", true)]), done("xd", 1));
        assert_eq!(fixed("abcd", &[(1, 3, "x", true), (3, 4, "y", true)]), done("axd", 1));
        assert_eq!(fixed("é=b", &[(2, 3, "==", true), (0, 2, "e", false)]), done("é==b", 1));
        assert_eq!(fixed("abcd", &[(0, 1, "x", false)]), None);
        // Outside of the file, backwards, or inside of a character.
        assert_eq!(fixed("abcd", &[(2, 99, "x", true)]), None);
        assert_eq!(fixed("é", &[(1, 1, "x", true)]), None);
        assert_eq!(fixed("é", &[(0, 1, "x", true)]), None);
    }
}
