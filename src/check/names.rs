//! What a plain name stands for: a variable, the arguments, or a field of the current issue.

use super::{
    Checker, did_you_mean,
    facts::{NameRef, Owner, Resolution},
    suggest::near,
};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    source::Span,
    syntax::ast::{ExprId, Sym},
    types::Type,
};

/// Why a name is looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Use {
    /// The value is needed.
    Read,
    /// The whole value is replaced.
    Write,
}

impl Checker<'_> {
    /// Looks a name up: variables from the inside outwards, the arguments, then the current issue (L-120).
    pub(super) fn name(&mut self, name: Sym, span: Span, usage: Use) -> NameRef {
        if let Some(decl) = self.desk.scopes.find(name) {
            match usage {
                Use::Read => self.desk.scopes.mark_read(decl),
                Use::Write => self.desk.scopes.mark_assigned(decl),
            }
            let in_function = self.desk.scopes.owner != Owner::Main;
            if let Some(facts) = self.facts.vars.get_mut(decl.index())
                && in_function
                && facts.owner == Owner::Main
            {
                facts.captured = true;
            }
            return NameRef::Var(decl);
        }
        if self.argv == Some(name) {
            return NameRef::Argv;
        }
        // Older scripts unset a variable by assigning this one, which was never set (L-32).
        if self.uninitialized == Some(name) && usage == Use::Read {
            return NameRef::Uninitialized;
        }
        self.field_name(name, span);
        NameRef::Field(name)
    }

    /// Reports a name that no issue field has, where the list of fields is closed (L-140).
    pub(super) fn field_name(&mut self, field: Sym, span: Span) {
        let name = self.ast.name(field);
        let Some(known) = self.field_names else {
            self.warn_of_foreign_constant(name, span);
            return;
        };
        if known.contains(name) {
            return;
        }
        let message = format!(
            "Field >>{name}<< cannot be matched against a standard field, a custom field or an alias. What is it?"
        );
        let diagnostic = Diagnostic::new(codes::UNKNOWN_FIELD, span, message);
        let close = if self.may_suggest() {
            let variables =
                self.desk.scopes.nameable().filter_map(|id| self.ast.decl(id)).map(|decl| self.ast.name(decl.name));
            near(name, variables.chain(known.iter()))
        } else {
            None
        };
        self.report(did_you_mean(diagnostic, name, close));
    }

    /// Warns of `True` and `undefined`, which are read as names of fields.
    fn warn_of_foreign_constant(&mut self, name: &str, span: Span) {
        let constant = match name {
            "undefined" | "None" | "nullptr" => "null",
            _ => {
                let Some(found) =
                    ["true", "false", "null", "nil"].into_iter().find(|word| word.eq_ignore_ascii_case(name))
                else {
                    return;
                };
                found
            }
        };
        let message = format!("`{name}` is read as the name of an issue field");
        let diagnostic = Diagnostic::new(codes::FOREIGN_CONSTANT, span, message);
        self.report(diagnostic.hint(format!("the constant is written `{constant}`")).fix(span, constant, false));
    }

    /// The static type of what a name stands for.
    pub(super) fn type_of_name(&self, name: NameRef) -> Type {
        match name {
            NameRef::Var(decl) => self.facts.var(decl).map_or(Type::DYNAMIC, |facts| facts.ty),
            NameRef::Argv => Type::STRINGS,
            NameRef::Field(_) | NameRef::Uninitialized => Type::DYNAMIC,
        }
    }

    pub(super) fn resolve(&mut self, expr: ExprId, resolution: Resolution) {
        if let Some(slot) = self.facts.resolutions.get_mut(expr.index()) {
            *slot = resolution;
        }
    }
}
