//! The piece of a source line that a view shows for a span.
//!
//! Spans are taken as they come: clamped to the file, cut at the end of their first line, and long lines are cut
//! around them. Nothing here fails.

use crate::source::{SourceFile, SourceMap, Span};

/// How many characters of a line are shown at most.
const WIDTH: usize = 120;
/// How many of them stand before the span when a line is cut.
const BEFORE: usize = 40;
/// Stands for what was cut.
const ELLIPSIS: &str = "...";

/// A place in a file with the text around it. Every character of `text` can be printed as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Excerpt<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) text: String,
    /// Characters of `text` before the span.
    pub(super) start: usize,
    /// Characters of `text` in the span, at least 1; the last may be just behind the text.
    pub(super) length: usize,
    /// Characters of the line before the first one in `text`.
    skipped: usize,
}

/// A line of a script with a place in it, for one who has the place but not the text at hand.
///
/// Printed, it is two lines: the source with its number, and carets below the place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceLine {
    /// The number of the line, from 1.
    pub line: u32,
    /// The text without its line end, cut around the place when it is long, free of control characters.
    pub text: String,
    /// Characters of the text before the place.
    pub start: usize,
    /// Characters of the place, at least 1; the last may be just behind the text.
    pub length: usize,
}

impl SourceLine {
    /// The line of a span; `None` when the map has no files.
    pub fn new(sources: &SourceMap, span: Span) -> Option<Self> {
        let Excerpt { line, text, start, length, .. } = Excerpt::new(sources, span)?;
        Some(Self { line, text, start, length })
    }
}

impl std::fmt::Display for SourceLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, text, start, length } = self;
        let marks: String = std::iter::repeat_n('^', *length).collect();
        write!(f, "{line:>5} | {text}\n      | {:start$}{marks}", "")
    }
}

impl<'a> Excerpt<'a> {
    /// The excerpt of a span; `None` when the map has no files.
    pub(super) fn new(sources: &'a SourceMap, span: Span) -> Option<Self> {
        let file = sources.file_at(span.start)?;
        let (line, column) = file.line_column(span.start);
        let whole = file.line(line);
        let characters = whole.chars().count();
        // A position may lie behind the line, on its line end.
        let before = (column as usize).saturating_sub(1).min(characters);
        let rest = characters.saturating_sub(before);
        let length = covered(file, span).min(rest).max(1);
        let cut = characters > WIDTH;
        let skipped = if cut { before.saturating_sub(BEFORE) } else { 0 };
        let mut text = String::new();
        let mut start = before.saturating_sub(skipped);
        if skipped > 0 {
            text.push_str(ELLIPSIS);
            start = start.saturating_add(ELLIPSIS.len());
        }
        text.extend(whole.chars().skip(skipped).take(WIDTH).map(printable));
        let shown = text.chars().count();
        if characters.saturating_sub(skipped) > WIDTH {
            text.push_str(ELLIPSIS);
        }
        let length = length.min(shown.saturating_sub(start)).max(1);
        Some(Self { file: file.name(), line, column, text, start, length, skipped })
    }

    /// Where another excerpt's span lies in this text, if it is shown here.
    #[cfg(feature = "render")]
    pub(super) fn locate(&self, other: &Self) -> Option<std::ops::Range<usize>> {
        let same_text = (self.file, self.line, self.skipped) == (other.file, other.line, other.skipped);
        same_text.then(|| other.chars())
    }

    /// Whether characters before the text are left out.
    #[cfg(feature = "render")]
    pub(super) fn is_cut(&self) -> bool {
        self.skipped > 0
    }

    /// The characters of the span in the text.
    #[cfg(feature = "render")]
    pub(super) fn chars(&self) -> std::ops::Range<usize> {
        self.start..self.start.saturating_add(self.length)
    }
}

/// How many characters of the first line a span covers.
fn covered(file: &SourceFile, span: Span) -> usize {
    file.slice(span).chars().take_while(|c| !matches!(c, '\n' | '\r')).count()
}

/// A text for a view: without line ends and whatever else a terminal would act on.
pub(super) fn printable_text(text: &str) -> String {
    text.chars().map(printable).collect()
}

/// One character for one character, so that carets stay in place.
fn printable(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => ' ',
        // Marks that change the direction of what follows can make a line read as something else.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn map(text: &str) -> SourceMap {
        let mut map = SourceMap::new();
        map.add("a.sil", text).unwrap();
        map
    }

    #[test]
    fn a_span_over_lines_stops_at_the_first_line_end() {
        let map = map("one two\r\nthree");
        let excerpt = Excerpt::new(&map, Span::new(4, 12)).unwrap();
        assert_eq!((excerpt.text.as_str(), excerpt.start, excerpt.length), ("one two", 4, 3));
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let text = format!("{}HERE{}", "x".repeat(5_000), "y".repeat(5_000));
        let map = map(&text);
        let excerpt = Excerpt::new(&map, Span::new(5_000, 5_004)).unwrap();
        assert!(excerpt.text.len() < 150, "{}", excerpt.text);
        let shown: String = excerpt.text.chars().skip(excerpt.start).take(excerpt.length).collect();
        assert_eq!((shown.as_str(), excerpt.column), ("HERE", 5_001));
    }

    #[test]
    fn every_span_of_hostile_texts_has_an_excerpt() {
        let long = "é\u{1b}[2J".repeat(60);
        for text in ["", "\n", "é\u{202e}\t\u{0}x\r\n", long.as_str()] {
            let map = map(text);
            let end = u32::try_from(text.len()).unwrap() + 3;
            for from in 0..end {
                for to in [0, from, from + 1, end, u32::MAX] {
                    let excerpt = Excerpt::new(&map, Span::new(from, to)).unwrap();
                    assert!(excerpt.length >= 1);
                    assert!(excerpt.start <= excerpt.text.chars().count());
                    assert!(!excerpt.text.contains(|c: char| c.is_control() || c == '\u{202e}'));
                }
            }
        }
        assert_eq!(Excerpt::new(&SourceMap::new(), Span::new(0, 1)), None);
    }
}
