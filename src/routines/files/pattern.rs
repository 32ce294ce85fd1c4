//! Patterns over names and contents of files, by the engine of the regular expression routines.

use crate::{call::Context, routines::regex::Search, value::Fault};

/// A pattern that was found to be one.
pub(super) struct Pattern {
    text: String,
    whole: bool,
}

impl Pattern {
    /// A pattern that has to match a whole name.
    pub(super) fn whole(cx: &mut Context<'_>, pattern: &str) -> Result<Self, Fault> {
        Self::compile(cx, pattern, true)
    }

    /// A pattern that may match anywhere.
    pub(super) fn anywhere(cx: &mut Context<'_>, pattern: &str) -> Result<Self, Fault> {
        Self::compile(cx, pattern, false)
    }

    fn compile(cx: &mut Context<'_>, pattern: &str, whole: bool) -> Result<Self, Fault> {
        // A faulty pattern is an error even when there is no name to try it on.
        Search::new(cx, "", pattern, whole)?;
        Ok(Self { text: pattern.to_owned(), whole })
    }

    /// Whether a text matches.
    pub(super) fn matches(&self, cx: &mut Context<'_>, text: &str) -> Result<bool, Fault> {
        let mut search = Search::new(cx, text, &self.text, self.whole)?;
        if self.whole { search.matches(cx) } else { Ok(search.next(cx)?.is_some()) }
    }
}
