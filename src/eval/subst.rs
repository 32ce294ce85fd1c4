//! `%name%`: names that are known only at run time (L-123).

use super::{Expr, Frame, Node, Place, get_field};
use crate::{
    host::IssueRef,
    source::Span,
    value::{Fault, Value},
};
use foldhash::HashMap;

/// The variables of a scope that a `%name%` can name. Sites share scopes.
#[derive(Debug, Default)]
pub struct ScopeTable {
    /// The scope around it, and how many of its variables are declared by then.
    pub outer: Option<(u32, u32)>,
    /// Its variables by name.
    pub names: HashMap<Box<str>, ScopeVariable>,
}

/// A variable of a scope.
#[derive(Clone, Copy, Debug)]
pub struct ScopeVariable {
    /// Which of the variables of the scope, as they are declared.
    pub order: u32,
    /// Where it lives.
    pub place: Place,
    /// It must not be assigned to.
    pub is_const: bool,
}

impl Frame<'_, '_> {
    /// The variable that a text names at a site: scopes from the inside outwards.
    pub fn site_place(&self, site: u32, name: &str) -> Option<Place> {
        let name = name.trim();
        let mut at = self.run.exe.sites.get(site as usize).copied();
        while let Some((scope, count)) = at {
            let table = self.run.exe.scopes.get(scope as usize)?;
            if let Some(variable) = table.names.get(name)
                && variable.order < count
            {
                return Some(variable.place);
            }
            at = table.outer;
        }
        None
    }
}

/// `%v%` on its own, or before an index: a variable, else a field of the current issue.
pub struct SubstRead {
    /// The text of `v`, never empty.
    pub text: Expr<Value>,
    /// Which variables it may name.
    pub site: u32,
    /// Where.
    pub span: Span,
}

impl Node<Value> for SubstRead {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let text = self.text.eval(f)?;
        let name = text.as_str().unwrap_or("").trim();
        match f.site_place(self.site, name) {
            Some(place) => Ok(f.read(place)),
            None => get_field(&mut f.run.cx, IssueRef::Current, name).map_err(|fault| fault.at(self.span)),
        }
    }
}

/// `%v%` before a member: a variable, else an issue key.
pub struct SubstKey {
    /// The text of `v`, never empty.
    pub text: Expr<Value>,
    /// Which variables it may name.
    pub site: u32,
}

impl Node<Value> for SubstKey {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let text = self.text.eval(f)?;
        let place = text.as_str().and_then(|name| f.site_place(self.site, name));
        Ok(place.map_or(text, |place| f.read(place)))
    }
}
