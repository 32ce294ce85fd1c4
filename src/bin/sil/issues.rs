//! Issues from a JSON file.

use crate::{
    Refusal,
    files::{parse_json, read_bytes},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use sil::{host::MemoryIssues, value::Data};
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueEntry {
    key: String,
    #[serde(default)]
    fields: Map<String, Value>,
}

/// Adds the issues of a file; the script runs for the first.
pub fn read_issues(path: &Path, issues: &mut MemoryIssues) -> Result<(), Refusal> {
    let bytes = read_bytes(path)?;
    // Looking at the first character keeps the place of a mistake, which trying both would lose.
    let list = bytes.trim_ascii_start().starts_with(b"[");
    let entries: Vec<IssueEntry> = if list { parse_json(path, &bytes)? } else { vec![parse_json(path, &bytes)?] };
    issues.set_current(entries.first().map(|entry| entry.key.clone()));
    for IssueEntry { key, fields } in entries {
        if key.trim().is_empty() {
            return Err(Refusal::usage(format!("{}: the key of an issue is empty", path.display())));
        }
        issues.add_issue(&key);
        for (name, value) in fields {
            let put = issues.put(&key, &name, data(value));
            put.map_err(|error| Refusal::usage(format!("{}: issue {key}: {error}", path.display())))?;
        }
    }
    Ok(())
}

/// JSON as field values: objects become arrays with keys.
fn data(value: Value) -> Data {
    match value {
        Value::Null => Data::Null,
        Value::Bool(flag) => Data::Boolean(flag),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Data::Integer(integer),
            None => Data::Number(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Data::Text(text),
        Value::Array(elements) => Data::Array(elements.into_iter().map(data).collect()),
        Value::Object(members) => {
            Data::Map(members.into_iter().map(|(name, value)| (Some(name), data(value))).collect())
        }
    }
}
