//! `sil routines`: what scripts can call.

use crate::{FINE, Refusal, arguments::RoutinesArguments, output};
use serde_json::{Value, json};
use sil::{
    Engine,
    check::closest,
    signatures::{Entry, Family, Signature, catalogue},
    types::StructTable,
};
use std::collections::BTreeMap;

/// A routine with what is known around it.
struct Known<'a> {
    signature: &'a Signature,
    entry: Option<&'static Entry>,
    provided: bool,
}

/// Lists, searches or explains routines.
pub fn routines(arguments: &RoutinesArguments) -> Result<u8, Refusal> {
    let engine = Engine::new();
    let structs = StructTable::new();
    let table = engine.signatures();
    let entries: BTreeMap<&str, &'static Entry> =
        catalogue().iter().map(|entry| (&*entry.signature.name, entry)).collect();
    let mut all: Vec<Known<'_>> = table
        .iter()
        .map(|(id, signature)| Known {
            signature,
            entry: entries.get(&*signature.name).copied(),
            provided: table.is_provided(id),
        })
        .collect();
    all.sort_by(|left, right| (left.category(), &left.signature.name).cmp(&(right.category(), &right.signature.name)));
    let Some(name) = &arguments.name else {
        return list(&all, arguments, &structs);
    };
    let wanted = name.to_lowercase();
    let exact: Vec<&Known<'_>> =
        all.iter().filter(|known| known.names().any(|name| name.to_lowercase() == wanted)).collect();
    let found: Vec<&Known<'_>> = if exact.is_empty() {
        all.iter().filter(|known| known.names().any(|name| name.to_lowercase().contains(&wanted))).collect()
    } else {
        exact
    };
    if arguments.json && !found.is_empty() {
        return put_json(found.into_iter(), &structs);
    }
    match found.as_slice() {
        [] => {
            let close = closest(name, all.iter().flat_map(Known::names));
            let hint = close.map_or(String::new(), |close| format!(", did you mean `{close}`?"));
            Err(Refusal::no_input(format!("no routine is called `{name}`{hint}")))
        }
        // A short name may stand for several.
        few if few.len() <= 3 => {
            let texts: Vec<String> = few.iter().map(|known| known.explained(&structs)).collect();
            output::put(&texts.join("\n"))?;
            Ok(FINE)
        }
        many => {
            let lines: Vec<String> = many.iter().map(|known| known.line(&structs)).collect();
            output::put(&lines.concat())?;
            Ok(FINE)
        }
    }
}

fn list(all: &[Known<'_>], arguments: &RoutinesArguments, structs: &StructTable) -> Result<u8, Refusal> {
    let shown = || all.iter().filter(|known| known.provided || arguments.all);
    if arguments.json {
        return put_json(shown(), structs);
    }
    let mut text = String::new();
    let mut category = "";
    for known in shown() {
        if known.category() != category {
            category = known.category();
            let gap = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}{category}\n"));
        }
        text.push_str(&known.line(structs));
    }
    let hidden = all.len().saturating_sub(shown().count());
    if hidden > 0 {
        text.push_str(&format!("\n{hidden} more are known, but not offered here; --all lists them too.\n"));
    }
    output::put(&text)?;
    Ok(FINE)
}

fn put_json<'a>(found: impl Iterator<Item = &'a Known<'a>>, structs: &StructTable) -> Result<u8, Refusal> {
    let list: Vec<Value> = found.map(|known| known.to_json(structs)).collect();
    output::put(&format!("{}\n", Value::Array(list)))?;
    Ok(FINE)
}

impl Known<'_> {
    fn category(&self) -> &'static str {
        self.entry.map_or("Others", |entry| entry.category)
    }

    fn feature(&self) -> Option<&'static str> {
        self.entry.and_then(Entry::feature)
    }

    /// Long name, aliases, short name.
    fn names(&self) -> impl Iterator<Item = &str> {
        let Signature { name, aliases, short, .. } = self.signature;
        std::iter::once(&**name).chain(aliases.iter().map(|alias| &**alias)).chain(short.as_deref())
    }

    fn line(&self, structs: &StructTable) -> String {
        let mark = if self.provided { "" } else { "  (not offered here)" };
        format!("  {}{mark}\n", self.signature.usage(structs))
    }

    fn explained(&self, structs: &StructTable) -> String {
        let signature = self.signature;
        let mut text = format!("{}\n", signature.usage(structs));
        let mut line = |label: &str, value: &str| text.push_str(&format!("  {label:<10}{value}\n"));
        line("gives", &signature.returns.display(structs));
        line("category", self.category());
        if !signature.aliases.is_empty() {
            line("also", &signature.aliases.join(", "));
        }
        if let (Some(package), Some(short)) = (&signature.package, &signature.short) {
            line("short", &format!("{short}, after `use \"{package}\";`"));
        }
        if let Some(needs) = self.needs() {
            line("needs", needs);
        }
        if let Some(feature) = self.feature() {
            line("feature", feature);
        }
        if signature.uncertain {
            line("note", "its parameters are not known for sure, so a wrong call is a warning only");
        }
        line("offered", if self.provided { "yes" } else { "no: a call of it is an error at run time" });
        if !signature.doc.is_empty() {
            text.push_str(&format!("\n  {}\n", wrapped(&signature.doc)));
        }
        if let Some(example) = &signature.example {
            text.push_str(&format!("\n  Example:\n    {}\n  gives:\n", example.script));
            for line in example.output.lines() {
                text.push_str(&format!("    {line}\n"));
            }
        }
        text
    }

    /// What of the host it needs.
    fn needs(&self) -> Option<&'static str> {
        match (self.signature.family, self.category()) {
            (_, "Files" | "Excel") => Some("files (--allow-files)"),
            (Family::Http, _) => Some("requests to other servers (--allow-net)"),
            (Family::Jira, _) => Some("Jira"),
            (Family::Other, _) => Some("another service"),
            _ => None,
        }
    }

    fn to_json(&self, structs: &StructTable) -> Value {
        let Signature { name, aliases, package, short, params, variadic, returns, doc, example, uncertain, .. } =
            self.signature;
        let params: Vec<Value> = params
            .iter()
            .map(|param| json!({"name": param.name, "type": param.ty.display(structs), "optional": param.optional}))
            .collect();
        json!({
            "name": name,
            "aliases": aliases,
            "package": package,
            "short": short,
            "category": self.category(),
            "usage": self.signature.usage(structs),
            "parameters": params,
            "variadic": variadic,
            "returns": returns.display(structs),
            "uncertain": uncertain,
            "provided": self.provided,
            "needs": self.needs(),
            "feature": self.feature(),
            "doc": doc,
            "example": example.as_ref().map(|example| json!({"script": example.script, "output": example.output})),
        })
    }
}

/// Lines of at most 100 characters, but for longer words.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0usize;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width.saturating_add(length) >= 100 {
            out.push_str("\n  ");
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width = width.saturating_add(1);
        }
        out.push_str(word);
        width = width.saturating_add(length);
    }
    out
}
