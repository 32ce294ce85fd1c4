//! The one place that knows how a pattern is matched.

use crate::{call::Context, value::Fault};
use fancy_regex::{Regex, RegexBuilder};

/// Steps that a match may take back.
const STEPS: usize = 100_000;

/// A compiled pattern.
pub(super) struct Pattern(Regex);

impl Pattern {
    /// A pattern that has to match a whole name.
    pub(super) fn whole(cx: &mut Context<'_>, pattern: &str) -> Result<Self, Fault> {
        Self::compile(cx, &format!("\\A(?:{pattern})\\z"), pattern)
    }

    /// A pattern that may match anywhere.
    pub(super) fn anywhere(cx: &mut Context<'_>, pattern: &str) -> Result<Self, Fault> {
        Self::compile(cx, pattern, pattern)
    }

    fn compile(cx: &mut Context<'_>, full: &str, shown: &str) -> Result<Self, Fault> {
        cx.budget.charge(u64::try_from(full.len()).unwrap_or(u64::MAX).saturating_mul(16))?;
        let compiled = RegexBuilder::new(full).backtrack_limit(STEPS).build();
        compiled.map(Self).map_err(|error| Fault::routine(format!("`{shown}` is no pattern: {error}")))
    }

    /// Whether a text matches.
    pub(super) fn matches(&self, cx: &mut Context<'_>, text: &str) -> Result<bool, Fault> {
        cx.budget.charge(u64::try_from(text.len()).unwrap_or(u64::MAX))?;
        cx.budget.poll()?;
        self.0.is_match(text).map_err(|error| Fault::routine(format!("the pattern cannot be matched: {error}")))
    }
}
