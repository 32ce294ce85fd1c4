//! The catalogue: every SIL routine that is known, whether an engine offers it or not.
//!
//! With it a misspelt name can be told from a routine that this host does not have.

use super::{Family, Param, ParamType, Returns, Signature};
use crate::types::{StructTable, Type};
use std::{borrow::Cow, sync::LazyLock};

static TEXT: &str = include_str!("catalogue.tsv");

static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let structs = StructTable::new();
    TEXT.lines().filter(|line| !line.starts_with('#')).filter_map(|line| entry(line, &structs)).collect()
});

/// A routine of the catalogue.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is known of it.
    pub signature: Signature,
    /// The group it is documented under.
    pub category: &'static str,
}

impl Entry {
    /// The feature of this crate that brings the routine, if it takes one.
    pub fn feature(&self) -> Option<&'static str> {
        let crypto = ["encrypt", "decrypt", "hmac", "rsa"];
        match (self.category, &*self.signature.name) {
            ("Excel", _) => Some("excel"),
            ("Files", "zipFiles") => Some("zip"),
            ("Encoding and encryption", name) if crypto.iter().any(|word| name.starts_with(word)) => Some("crypto"),
            _ => None,
        }
    }
}

/// All routines of the catalogue, by family, category and name.
pub fn catalogue() -> &'static [Entry] {
    &CATALOGUE
}

fn entry(line: &'static str, structs: &StructTable) -> Option<Entry> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    let family = match next()? {
        "core" => Family::Core,
        "system" => Family::System,
        "http" => Family::Http,
        "jira" => Family::Jira,
        _ => Family::Other,
    };
    let category = next()?;
    let mut signature = Signature::new(next()?, family);
    signature.aliases = next()?.split(',').filter(|alias| !alias.is_empty()).map(Cow::Borrowed).collect();
    signature.package = next().filter(|package| !package.is_empty()).map(Cow::Borrowed);
    signature.short = next().filter(|short| !short.is_empty()).map(Cow::Borrowed);
    for param in next()?.split(", ").filter(|param| !param.is_empty()) {
        let (name, ty) = param.split_once(": ")?;
        let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        let ty = match ty.strip_suffix("...") {
            Some(ty) => {
                signature.variadic = true;
                ty
            }
            None => ty,
        };
        signature.params.push(Param { name: Cow::Borrowed(name), ty: param_type(ty, structs), optional });
    }
    signature.returns = match next()? {
        "none" => Returns::Nothing,
        "contextual" => Returns::Receiver,
        ty => Returns::Is(Type::parse(ty, structs).unwrap_or(Type::DYNAMIC)),
    };
    signature.uncertain = next()? == "*";
    Some(Entry { signature, category })
}

/// A type that is not one of ours (a structure of Jira's administration, a choice of types) takes anything.
fn param_type(ty: &str, structs: &StructTable) -> ParamType {
    match ty {
        "array" | "struct[]" | "any[]" => ParamType::AnyArray,
        ty => match Type::parse(ty, structs) {
            Some(ty) if !ty.is_dynamic() => ParamType::Is(ty),
            _ => ParamType::Any,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(catalogue().len(), lines);
        let core = catalogue().iter().filter(|entry| entry.signature.family == Family::Core).count();
        assert_eq!((lines, core), (786, 133));
    }
}
