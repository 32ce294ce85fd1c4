//! The description of the admin API, and whether what is answered is as described.

use super::{
    OPEN, Running,
    admin_api::{ask, send},
    client::Reply,
    hook,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub fn description(running: &Running) -> Value {
    let reply = send(running, "GET", "/openapi.json", "", b"");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    serde_json::from_slice(&reply.body).unwrap()
}

/// Method and path of all operations.
pub fn operations(description: &Value) -> Vec<(String, String)> {
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().keys().map(move |method| (method.to_ascii_uppercase(), path.clone()))
    });
    operations.collect()
}

/// A path with something in the place of its parameters.
pub fn filled(path: &str) -> String {
    path.replace("{name}", "open").replace("{path}", "hello.sil").replace("{id}", "1")
}

fn segments(path: &str) -> Vec<&str> {
    path.trim_start_matches('/').split('/').collect()
}

/// Whether a described path is that of a request.
fn leads_to(described: &str, path: &str) -> bool {
    let (described, path) = (segments(described), segments(path));
    let rest = described.last() == Some(&"{path}") && path.len() > described.len();
    (rest || described.len() == path.len())
        && described.iter().zip(&path).all(|(part, given)| part.starts_with('{') || part == given)
}

/// Fails unless content and answer of a request are as they are described.
pub fn conforms(description: &Value, method: &str, path: &str, content: &Value, reply: &Reply) {
    let path = path.split('?').next().unwrap();
    let mut paths: Vec<&String> =
        description["paths"].as_object().unwrap().keys().filter(|one| leads_to(one, path)).collect();
    paths.sort_by_key(|one| one.matches('{').count());
    let operation = &description["paths"][paths[0].as_str()][method.to_ascii_lowercase()];
    let place = format!("{method} {path} {}", reply.status);
    let answer = &operation["responses"][reply.status.to_string()];
    assert!(answer.is_object(), "{place} is not described");
    let media_type = if reply.status < 400 { "application/json" } else { "application/problem+json" };
    match answer["content"][media_type].get("schema") {
        Some(schema) => fits(description, schema, &serde_json::from_slice(&reply.body).unwrap(), &place),
        None => assert!(reply.body.is_empty(), "{place} has a content that is not described"),
    }
    let schema = operation["requestBody"]["content"]["application/json"].get("schema");
    if let Some(schema) = schema.filter(|_| reply.status < 400) {
        let given: Value = match content.as_object() {
            // Any case will do for methods.
            Some(fields) => fields.iter().map(|(key, value)| (key.clone(), upper(key, value))).collect(),
            None => content.clone(),
        };
        fits(description, schema, &given, &format!("content of {place}"));
    }
}

fn upper(key: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if key == "method" => text.to_ascii_uppercase().into(),
        Value::Array(list) if key == "methods" => {
            list.iter().map(|one| one.as_str().unwrap().to_ascii_uppercase()).collect::<Vec<_>>().into()
        }
        other => other.clone(),
    }
}

/// As much of JSON Schema as the description uses; a word beyond that fails.
fn fits(description: &Value, schema: &Value, value: &Value, place: &str) {
    for (word, rule) in schema.as_object().unwrap() {
        match word.as_str() {
            "$ref" => {
                let target = rule.as_str().unwrap().strip_prefix('#').unwrap();
                let target = description.pointer(target).unwrap_or_else(|| panic!("{place}: {rule} leads nowhere"));
                fits(description, target, value, place);
            }
            "type" => {
                let one = |name: &Value| match name.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "null" => value.is_null(),
                    other => panic!("{place}: {other}"),
                };
                let good = rule.as_array().map_or_else(|| one(rule), |names| names.iter().any(one));
                assert!(good, "{place}: expected {rule}, found {value}");
            }
            "enum" => assert!(rule.as_array().unwrap().contains(value), "{place}: {value} is none of {rule}"),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    fits(description, rule, item, &format!("{place}[{index}]"));
                }
            }
            "properties" => {
                for (key, schema) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        fits(description, schema, value, &format!("{place}.{key}"));
                    }
                }
            }
            "required" => {
                for key in rule.as_array().unwrap() {
                    assert!(value.get(key.as_str().unwrap()).is_some(), "{place}: {key} is missing in {value}");
                }
            }
            "additionalProperties" => {
                let own = |key: &&String| schema["properties"].get(key.as_str()).is_none();
                for key in value.as_object().unwrap().keys().filter(own) {
                    assert_ne!(*rule, json!(false), "{place}: {key} is not described");
                    fits(description, rule, &value[key], &format!("{place}.{key}"));
                }
            }
            "anyOf" => {
                let own = rule.as_array().unwrap();
                let schema = own.iter().find(|one| (one["type"] == "null") == value.is_null()).unwrap();
                fits(description, schema, value, place);
            }
            "minItems" => assert!(value.as_array().unwrap().len() as u64 >= rule.as_u64().unwrap(), "{place}"),
            "pattern" => assert!(!value.as_str().unwrap().contains([' ', '/']), "{place}: {value}"),
            "description" | "format" => {}
            other => panic!("{place}: the word {other} is not known here"),
        }
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(target) = fields.get("$ref") {
                found.insert(target.as_str().unwrap().to_owned());
            }
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn the_description_is_whole() {
    let running = Running::start(&hook("open", "\"GET\"", "hello.sil", OPEN), &[("hello.sil", "return true;")]);
    let description = description(&running);
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(description["servers"][0]["url"], "/admin/api");
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    for target in &found {
        assert!(description.pointer(&target[1..]).is_some(), "{target} leads nowhere");
    }
    for name in description["components"]["schemas"].as_object().unwrap().keys() {
        assert!(found.contains(&format!("#/components/schemas/{name}")), "nothing uses {name}");
    }
    let mut ids = BTreeSet::new();
    for (method, path) in operations(&description) {
        let operation = &description["paths"][&path][method.to_ascii_lowercase()];
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{method} {path}");
        assert!(!operation["summary"].as_str().unwrap().is_empty());
        let parameters = operation["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "path");
        assert_eq!(parameters.count(), path.matches('{').count(), "{path}");
        for (status, answer) in operation["responses"].as_object().unwrap() {
            assert!(answer["description"].is_string(), "{method} {path} {status}");
        }
        assert_eq!(operation["security"] == json!([]), path == "/openapi.json");
    }
}

/// Routes and description are made of one list, so only the other direction is to be tested.
#[test]
fn every_described_operation_answers() {
    let running = Running::start(&hook("open", "\"GET\"", "hello.sil", OPEN), &[("hello.sil", "return true;")]);
    let description = description(&running);
    // Those that remove come last, so that the others find something.
    let mut all = operations(&description);
    all.sort_by_key(|(method, path)| (method == "DELETE", std::cmp::Reverse(path.len())));
    for (method, path) in all {
        let reply = ask(&running, &method, &filled(&path), &Value::Null);
        assert_ne!(reply.status, 405, "{method} {path}");
        let detail = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(!detail.contains("the admin API has nothing at this address"), "{method} {path}");
        conforms(&description, &method, &filled(&path), &Value::Null, &reply);
    }
}

#[test]
fn a_base_path_is_in_all_addresses() {
    let config = format!("base_path = \"/sil\"\n{}", hook("open", "\"GET\"", "hello.sil", OPEN));
    let running = Running::start(&config, &[("hello.sil", "return true;")]);
    let head = "Host: test\r\nConnection: close\r\nAuthorization: Bearer the key of these tests\r\n\r\n";
    let get = |path: &str| running.raw(format!("GET /sil/admin/api{path} HTTP/1.1\r\n{head}").as_bytes()).remove(0);
    let description: Value = serde_json::from_slice(&get("/openapi.json").body).unwrap();
    assert_eq!(description["servers"][0]["url"], "/sil/admin/api");
    let webhook: Value = serde_json::from_slice(&get("/webhooks/open").body).unwrap();
    assert_eq!(webhook["uri"], "/sil/rest/keplerrominfo/refapp/latest/webhooks/open/run");
}
