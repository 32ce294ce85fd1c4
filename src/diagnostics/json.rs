//! The view for programs. The keys are stable: they are always there, with `null` where nothing is known.

use super::{Diagnostic, Diagnostics, Fix};
use crate::source::{SourceMap, Span};
use serde::{Serialize, Serializer};

/// A span in the words of an editor: all numbers from 1, columns in characters, the end exclusive.
#[derive(Serialize)]
pub(super) struct Range<'a> {
    pub file: Option<&'a str>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub end_line: Option<u32>,
    pub end_column: Option<u32>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: String,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    range: Range<'a>,
    labels: Vec<LabelEntry<'a>>,
    hint: Option<&'a str>,
    fix: Option<FixEntry<'a>>,
}

#[derive(Serialize)]
struct LabelEntry<'a> {
    message: &'a str,
    #[serde(flatten)]
    range: Range<'a>,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    replacement: &'a str,
    safe: bool,
    #[serde(flatten)]
    range: Range<'a>,
}

impl<'a> Range<'a> {
    pub fn new(sources: &'a SourceMap, span: Span) -> Self {
        let Some(file) = sources.file_at(span.start) else {
            return Self { file: None, line: None, column: None, end_line: None, end_column: None };
        };
        let (line, column) = file.line_column(span.start);
        // A span never ends before it starts, whatever it claims.
        let (end_line, end_column) = file.line_column(span.end.max(span.start));
        Self {
            file: Some(file.name()),
            line: Some(line),
            column: Some(column),
            end_line: Some(end_line),
            end_column: Some(end_column),
        }
    }
}

impl<'a> Entry<'a> {
    fn new(sources: &'a SourceMap, diagnostic: &'a Diagnostic) -> Self {
        let labels = diagnostic.labels.iter();
        Self {
            code: diagnostic.code.to_string(),
            severity: diagnostic.severity().word(),
            message: &diagnostic.message,
            range: Range::new(sources, diagnostic.span),
            labels: labels
                .map(|label| LabelEntry { message: &label.message, range: Range::new(sources, label.span) })
                .collect(),
            hint: diagnostic.hint.as_deref(),
            fix: diagnostic.fix.as_ref().map(|Fix { span, replacement, safe }| FixEntry {
                replacement,
                safe: *safe,
                range: Range::new(sources, *span),
            }),
        }
    }
}

/// An array, one object for each diagnostic.
impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|diagnostic| Entry::new(self.sources(), diagnostic)))
    }
}

impl Diagnostics {
    /// A JSON array with one object for each diagnostic: `code`, `severity`, `message`, `file`, `line`, `column`,
    /// `end_line`, `end_column`, `labels`, `hint`, `fix`.
    pub fn to_json(&self) -> String {
        // Texts and numbers always serialise; an empty array would be the honest answer if they did not.
        serde_json::to_string(self).unwrap_or_else(|_| "[]".to_owned())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]
mod tests {
    use super::super::{Diagnostic, Diagnostics, codes};
    use crate::source::{SourceMap, Span};

    #[test]
    fn every_key_is_there() {
        let mut sources = SourceMap::new();
        sources.add("a.sil", "é = 1;\nx").unwrap();
        let mut list = Diagnostics::new();
        list.set_sources(sources);
        list.push(
            Diagnostic::new(codes::syntax::UNEXPECTED_TOKEN, Span::new(3, 9), "unexpected `=`")
                .label(Span::new(0, 2), "after this")
                .fix(Span::new(3, 4), "==", true),
        );
        list.push(Diagnostic::new(codes::run::INCLUDE_FAILED, Span::new(900, 1), "far \"away\""));
        let json: serde_json::Value = serde_json::from_str(&list.to_json()).unwrap();
        let range = |line, column, end_line, end_column| {
            serde_json::json!({
                "file": "a.sil", "line": line, "column": column, "end_line": end_line, "end_column": end_column
            })
        };
        let with = |mut base: serde_json::Value, more: serde_json::Value| {
            base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            base
        };
        let label = with(range(1, 1, 1, 2), serde_json::json!({"message": "after this"}));
        let fix = with(range(1, 3, 1, 4), serde_json::json!({"replacement": "==", "safe": true}));
        let first = with(
            range(1, 3, 2, 2),
            serde_json::json!({
                "code": "SIL0001", "severity": "error", "message": "unexpected `=`",
                "labels": [label], "hint": null, "fix": fix
            }),
        );
        assert_eq!(json[0], first);
        assert_eq!((&json[1]["line"], &json[1]["end_column"]), (&2.into(), &2.into()));
        assert_eq!(json[1]["message"], "far \"away\"");
    }

    #[test]
    fn without_sources_places_are_null() {
        let mut list = Diagnostics::new();
        list.push(Diagnostic::new(codes::run::INCLUDE_FAILED, Span::new(0, 1), "lost"));
        let json: serde_json::Value = serde_json::from_str(&list.to_json()).unwrap();
        assert!(json[0]["file"].is_null() && json[0]["end_line"].is_null());
    }
}
