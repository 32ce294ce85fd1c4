//! The view for code hosts: SARIF 2.1.0, the interchange format of static analysis.

use super::{Diagnostic, Diagnostics, json::Range, plain::fix_text};
use crate::source::{SourceMap, Span};
use serde_json::{Value, json};

/// One SARIF log with the diagnostics of any number of files, as JSON text.
///
/// Every code that occurs is a rule with its page as help. Columns count characters. Files are named as they were given
/// to the engine, relative names as relative references, so that a code host finds them from the root of a checkout.
pub fn sarif<'a>(files: impl IntoIterator<Item = &'a Diagnostics>) -> String {
    let mut rules: Vec<super::Code> = Vec::new();
    let mut results = Vec::new();
    for list in files {
        for diagnostic in list {
            let known = rules.iter().position(|rule| *rule == diagnostic.code);
            let index = known.unwrap_or(rules.len());
            if known.is_none() {
                rules.push(diagnostic.code);
            }
            results.push(result(list.sources(), diagnostic, index));
        }
    }
    let rules: Vec<Value> = rules
        .iter()
        .map(|code| {
            json!({
                "id": code.to_string(),
                "shortDescription": {"text": code.title()},
                "help": {"text": code.explanation(), "markdown": code.explanation()},
                "defaultConfiguration": {"level": code.severity().word()},
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "sil", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
    .to_string()
}

fn result(sources: &SourceMap, diagnostic: &Diagnostic, rule: usize) -> Value {
    let mut text = diagnostic.message.clone();
    if let Some(hint) = &diagnostic.hint {
        text.push_str("; ");
        text.push_str(hint);
    }
    let mut object = json!({
        "ruleId": diagnostic.code.to_string(),
        "ruleIndex": rule,
        "level": diagnostic.severity().word(),
        "message": {"text": text},
    });
    let Some(members) = object.as_object_mut() else { return object };
    if let Some(place) = physical(sources, diagnostic.span) {
        members.insert("locations".to_owned(), json!([{"physicalLocation": place}]));
    }
    let labels = diagnostic.labels.iter().filter_map(|label| {
        let place = physical(sources, label.span)?;
        Some(json!({"physicalLocation": place, "message": {"text": label.message}}))
    });
    let labels: Vec<Value> = labels.collect();
    if !labels.is_empty() {
        members.insert("relatedLocations".to_owned(), labels.into());
    }
    if let Some(fix) = &diagnostic.fix
        && let Some((artifact, region)) = place(sources, fix.span)
    {
        let words = fix_text(sources.slice(fix.span), &fix.replacement);
        let replacement = json!({"deletedRegion": region, "insertedContent": {"text": fix.replacement}});
        members.insert(
            "fixes".to_owned(),
            json!([{
                "description": {"text": words},
                "artifactChanges": [{"artifactLocation": artifact, "replacements": [replacement]}],
                "properties": {"safe": fix.safe},
            }]),
        );
    }
    object
}

fn physical(sources: &SourceMap, span: Span) -> Option<Value> {
    let (artifact, region) = place(sources, span)?;
    Some(json!({"artifactLocation": artifact, "region": region}))
}

fn place(sources: &SourceMap, span: Span) -> Option<(Value, Value)> {
    let range = Range::new(sources, span);
    let region = json!({
        "startLine": range.line?,
        "startColumn": range.column?,
        "endLine": range.end_line?,
        "endColumn": range.end_column?,
    });
    Some((json!({"uri": reference(range.file?)}), region))
}

/// A file name as a URI reference: absolute ones with a scheme, relative ones as they are.
fn reference(name: &str) -> String {
    let name = if cfg!(windows) { name.replace('\\', "/") } else { name.to_owned() };
    let mut uri = String::new();
    let drive = name.as_bytes().get(1) == Some(&b':');
    if name.starts_with('/') || drive {
        uri.push_str(if drive { "file:///" } else { "file://" });
    }
    for byte in name.trim_start_matches("./").bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => uri.push(char::from(byte)),
            b':' if drive => uri.push(':'),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn names_become_references() {
        for (name, uri) in [
            ("a/b.sil", "a/b.sil"),
            ("./a.sil", "a.sil"),
            ("/srv/été 1.sil", "file:///srv/%C3%A9t%C3%A9%201.sil"),
            ("<stdin>", "%3Cstdin%3E"),
            ("a%b:c#.sil", "a%25b%3Ac%23.sil"),
        ] {
            assert_eq!(reference(name), uri);
        }
    }
}
