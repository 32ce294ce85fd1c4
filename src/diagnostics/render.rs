//! The view for people: excerpts with carets, labels and colours, laid out by annotate-snippets.
//!
//! It gets only excerpts that are already cut and cleaned, so its work is bounded on any input.

use super::{
    Diagnostic, Diagnostics, Severity,
    excerpt::{Excerpt, printable_text},
    plain::fix_text,
};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

impl Diagnostics {
    /// All diagnostics with source excerpts, as in the output of a compiler; with terminal colours if asked for.
    pub fn render(&self, color: bool) -> String {
        // Links in the output would need a terminal that understands them.
        let renderer = if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
        let rendered: Vec<String> = self.iter().map(|diagnostic| renderer.render(&[self.group(diagnostic)])).collect();
        rendered.join("\n\n")
    }

    fn group(&self, diagnostic: &Diagnostic) -> Group<'_> {
        let level = match diagnostic.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(printable_text(&diagnostic.message)).id(diagnostic.code.to_string());
        let mut group = Group::with_title(title);
        if let Some(primary) = Excerpt::new(self.sources(), diagnostic.span) {
            let labels = diagnostic
                .labels
                .iter()
                .filter_map(|label| Some((Excerpt::new(self.sources(), label.span)?, printable_text(&label.message))));
            let (here, elsewhere): (Vec<_>, Vec<_>) = labels.partition(|(other, _)| primary.locate(other).is_some());
            let own = AnnotationKind::Primary.span(bytes(&primary.text, primary.chars()));
            let notes = here.into_iter().filter_map(|(other, message)| {
                let range = bytes(&primary.text, primary.locate(&other)?);
                Some(AnnotationKind::Context.span(range).label(message))
            });
            group = add_snippet(group, &primary, std::iter::once(own).chain(notes).collect());
            for (other, message) in elsewhere {
                let note = AnnotationKind::Context.span(bytes(&other.text, other.chars())).label(message);
                group = add_snippet(group, &other, vec![note]);
            }
        }
        if let Some(hint) = &diagnostic.hint {
            group = group.element(Level::HELP.message(printable_text(hint)));
        }
        if let Some(fix) = &diagnostic.fix {
            let words = fix_text(self.sources().slice(fix.span), &fix.replacement);
            group = group.element(Level::HELP.with_name("fix").message(words));
        }
        group
    }
}

/// A cut line has columns of its own, so there the origin stands apart from the snippet.
fn add_snippet<'a>(group: Group<'a>, excerpt: &Excerpt<'_>, annotations: Vec<Annotation<'a>>) -> Group<'a> {
    let (path, line) = (printable_text(excerpt.file), excerpt.line as usize);
    let snippet = Snippet::source(excerpt.text.clone()).line_start(line).annotations(annotations);
    if excerpt.is_cut() {
        group.element(Origin::path(path).line(line).char_column(excerpt.column as usize)).element(snippet)
    } else {
        group.element(snippet.path(path))
    }
}

/// The bytes of some characters of a text, cut at its end.
fn bytes(text: &str, chars: Range<usize>) -> Range<usize> {
    let at = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(offset, _)| offset);
    at(chars.start)..at(chars.end)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::super::{Diagnostic, Diagnostics, codes};
    use crate::source::{SourceMap, Span};

    fn list(text: &str, diagnostic: Diagnostic) -> Diagnostics {
        let mut sources = SourceMap::new();
        sources.add("a.sil", text).unwrap();
        let mut list = Diagnostics::new();
        list.set_sources(sources);
        list.push(diagnostic);
        list
    }

    #[test]
    fn labels_hint_and_place() {
        let diagnostic =
            Diagnostic::new(codes::check::UNKNOWN_ROUTINE, Span::new(18, 21), "Routine not defined: `foo`")
                .label(Span::new(22, 23), "a number")
                .label(Span::new(7, 8), "declared here")
                .hint("it is called `floor`");
        let text = list("number n = 1;\n   foo(n);\n", diagnostic).render(false);
        let expected = "\
error[SIL0100]: Routine not defined: `foo`
 --> a.sil:2:5
";
        assert!(text.starts_with(expected), "{text}");
        for part in ["^^^ - a number", "- declared here", "= help: it is called `floor`", "a.sil:1:8"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn total_on_hostile_spans() {
        let long = "\u{1b}[2Jé漢\t".repeat(400);
        for text in ["", "\n\n", "é", long.as_str()] {
            let end = u32::try_from(text.len()).unwrap() + 2;
            for from in (0..end).step_by(7).chain([0, 1, 2, end, u32::MAX]) {
                for to in [0, from, from.saturating_add(3), u32::MAX] {
                    let diagnostic = Diagnostic::new(codes::run::INCLUDE_FAILED, Span::new(from, to), "x\n\u{1b}y")
                        .label(Span::new(to, from), "label")
                        .label(Span::new(1, 2), "other");
                    let rendered = list(text, diagnostic).render(false);
                    assert!(rendered.len() < 4_000, "{rendered}");
                    assert!(!rendered.contains('\u{1b}'));
                }
            }
        }
    }

    #[test]
    fn colours_on_demand() {
        let rendered = list("x", Diagnostic::new(codes::run::INCLUDE_FAILED, Span::new(0, 1), "y")).render(true);
        assert!(rendered.contains("\u{1b}["));
    }
}
