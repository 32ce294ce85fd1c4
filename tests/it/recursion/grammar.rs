//! Which alternatives of the grammar lead back to their own rule, read from the grammar itself.

use crate::house::root;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// The rules with their alternatives, written without captures and actions: `"[" Arg "]"`.
pub struct Grammar(BTreeMap<String, Vec<String>>);

impl Grammar {
    pub fn read() -> Self {
        let raw = fs::read_to_string(root().join("grammar/sil.lalrpop")).unwrap();
        let text: String = raw.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n");
        let mut rest = &text[text.find("\npub File").unwrap()..];
        let mut rules = BTreeMap::new();
        // A rule is a name with a capital letter at the beginning of a line, its type, and what follows `=`.
        while let Some(at) = rest.find('\n') {
            rest = &rest[at + 1..];
            let line = rest.lines().next().unwrap().trim_start_matches("pub ");
            let Some((name, _)) = line.split_once(": ").filter(|_| line.starts_with(char::is_uppercase)) else {
                continue;
            };
            let body = &rest[rest.find(" = ").unwrap() + 3..];
            let body = match body.strip_prefix('{') {
                Some(list) => &list[..end(list, '}')],
                None => &body[..end(body, ';')],
            };
            rules.insert(name.to_owned(), alternatives(body));
        }
        Self(rules)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The rules that an alternative names.
    fn named<'a>(&'a self, alternative: &'a str) -> impl Iterator<Item = &'a str> {
        let plain = alternative.split('"').step_by(2);
        plain.flat_map(|part| part.split(|c: char| !c.is_alphanumeric())).filter(|word| self.0.contains_key(*word))
    }

    /// Alternatives of more than one symbol through which a rule comes back to itself: `PathStep: "[" Arg "]"`.
    pub fn recursive(&self) -> BTreeSet<String> {
        let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (rule, alternatives) in &self.0 {
            reached.insert(rule, alternatives.iter().flat_map(|text| self.named(text)).collect());
        }
        loop {
            let further = |all: &BTreeSet<&str>| all.iter().flat_map(|rule| reached[rule].iter().copied()).collect();
            let next: BTreeMap<&str, BTreeSet<&str>> =
                reached.iter().map(|(rule, all)| (*rule, &further(all) | all)).collect();
            if next == reached {
                break;
            }
            reached = next;
        }
        let mut found = BTreeSet::new();
        for (rule, alternatives) in &self.0 {
            for text in alternatives.iter().filter(|text| text.contains(' ')) {
                if self.named(text).any(|named| named == rule || reached[named].contains(rule.as_str())) {
                    found.insert(format!("{rule}: {text}"));
                }
            }
        }
        found
    }
}

/// Where the first of `stop` outside of brackets and texts is; the end if there is none.
fn end(text: &str, stop: char) -> usize {
    let (mut depth, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            _ if c == stop && depth == 0 => return at,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

fn alternatives(body: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), body);
    while !rest.is_empty() {
        let length = end(rest, ',');
        let mut alternative = rest[..length].trim();
        rest = rest.get(length + 1..).unwrap_or("");
        while alternative.starts_with("#[") {
            alternative = alternative[alternative.find(']').unwrap() + 1..].trim();
        }
        let symbols = alternative.split("=>").next().unwrap();
        // `<l: @L>` is a place, `<name: Name>` a captured symbol.
        let symbols = symbols.replace('<', " < ").replace('>', " > ");
        let symbols: Vec<&str> = symbols
            .split_whitespace()
            .filter(|symbol| {
                !matches!(*symbol, "<" | ">" | "@L" | "@R") && !symbol.ends_with(':') || symbol.contains('"')
            })
            .collect();
        if !symbols.is_empty() {
            found.push(symbols.join(" "));
        }
    }
    found
}
