//! What can be said about a place in a script: code, severity, message, labels, hint, fix.
//!
//! Diagnostics are plain data. Text for people is made at the very end, by a view. This room knows nothing about
//! the language.
//!
//! Wording: lower case, one sentence, no final full stop, names in backticks; more goes into the hint.

mod code;
pub mod codes;
mod excerpt;
mod fix;
mod json;
mod plain;
#[cfg(feature = "render")]
mod render;
mod sarif;

pub use code::{Code, Severity};
pub use excerpt::SourceLine;
pub use fix::Fixed;
pub use sarif::sarif;

use crate::source::{SourceMap, Span};

/// A place with a few words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// A change of the text that removes the problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What to replace; empty to insert.
    pub span: Span,
    /// With what.
    pub replacement: String,
    /// Whether it is certainly what was meant: `sil check --fix` applies it without asking.
    pub safe: bool,
}

/// One thing to say about a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// What kind of problem.
    pub code: Code,
    /// One sentence.
    pub message: String,
    /// Where, primarily.
    pub span: Span,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub hint: Option<String>,
    /// How to change the text.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic with a message only.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span, labels: Vec::new(), hint: None, fix: None }
    }

    /// Adds a labelled place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Sets the hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the fix.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>, safe: bool) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into(), safe });
        self
    }

    /// Error or warning.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Whether it keeps the script from running.
    pub fn is_error(&self) -> bool {
        self.severity() == Severity::Error
    }
}

/// Diagnostics in the order they were found. Past the cap, errors are only counted.
///
/// With the sources set, the list can show itself: [`Display`](std::fmt::Display) as plain text, [`Self::to_json`] for
/// programs, [`sarif`] for code hosts, [`Self::fixed`] for the repaired text, and with the feature `render` as excerpts with carets and colours.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    errors: usize,
    cap: Option<usize>,
    sources: SourceMap,
}

impl Diagnostics {
    /// An empty list without cap.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty list that keeps at most `cap` errors and as many warnings.
    pub fn with_cap(cap: usize) -> Self {
        Self { cap: Some(cap), ..Self::default() }
    }

    /// Adds one, unless the cap is reached or the same thing was said about the same place.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let error = diagnostic.is_error();
        if error {
            self.errors = self.errors.saturating_add(1);
        }
        let same_kind = self.list.iter().filter(|old| old.is_error() == error);
        if self.cap.is_some_and(|cap| same_kind.count() >= cap) {
            return;
        }
        // Only the last few can repeat: stages report in source order.
        let repeated =
            self.list.iter().rev().take(8).any(|old| old.span == diagnostic.span && old.code == diagnostic.code);
        if !repeated {
            self.list.push(diagnostic);
        }
    }

    /// Sets the texts that the places refer to.
    pub fn set_sources(&mut self, sources: SourceMap) {
        self.sources = sources;
    }

    /// The texts that the places refer to; without files until they are set.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// Whether the cap on errors is reached, so that looking for more is a waste.
    pub fn is_full(&self) -> bool {
        self.cap.is_some_and(|cap| self.errors >= cap)
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// All of them, in the order found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter().filter(|diagnostic| diagnostic.is_error())
    }

    /// The warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter().filter(|diagnostic| !diagnostic.is_error())
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes over the diagnostics of another list.
    pub fn append(&mut self, other: Self) {
        for diagnostic in other.list {
            self.push(diagnostic);
        }
    }

    /// Sorts by place, keeping the order of those at one place.
    pub fn sort(&mut self) {
        self.list.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
