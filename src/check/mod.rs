//! Names, scopes, types and flow: what can be known before a script runs.
//!
//! Reads the tree and the signatures, gives [`Facts`] and diagnostics, runs nothing. Only what is certainly wrong is
//! an error: a script that might work is never refused (language.md section 11).
//!
//! - Structures, functions, packages and the variables at top level are collected first (L-20, L-23).
//! - Then the items are walked in order. An expression is typed from its leaves upwards; where its place is known
//!   (declaration, assignment, parameter, cast, element) the type of the place is pushed down once into literals in
//!   braces and into calls that depend on their receiver (L-45, L-46). So every node is visited at most twice.
//!
//! Invariants: time and memory grow with the size of the script, not with a product of two of its sizes; suggestions
//! are only looked for a limited number of times.

mod calls;
mod collect;
mod desk;
mod exprs;
mod facts;
mod literals;
mod names;
mod paths;
mod placement;
mod scopes;
mod stmts;
mod suggest;
mod targets;
mod temporal;

use desk::Desk;
pub use facts::{Facts, NameRef, Owner, Resolution, Scope, ScopeId, SiteId, StepFacts, VarFacts, Visible};
pub use literals::is_int_literal;
use suggest::Near;
pub use suggest::closest;
pub use temporal::temporal_literal;

use crate::{
    diagnostics::{Code, Diagnostic, Diagnostics, codes},
    signatures::Signatures,
    source::Span,
    syntax::ast::{Ast, FnId, Sym},
    types::{Origin, StructId, StructTable, Type},
};
use foldhash::HashSet;
use std::sync::Arc;

/// What the checker may know besides the script.
#[derive(Clone, Copy, Debug)]
pub struct CheckConfig<'a> {
    /// Every routine there is.
    pub signatures: &'a Signatures,
    /// The predefined structures and those of the embedder.
    pub structs: &'a Arc<StructTable>,
    /// All names of issue fields, where the embedder can tell; else any name may be one (L-140).
    pub field_names: Option<&'a FieldNames>,
}

/// A closed list of issue field names: standard variables, aliases and names of custom fields, case-sensitive.
/// `customfield_` with a number is always a field.
#[derive(Clone, Debug, Default)]
pub struct FieldNames {
    names: HashSet<Box<str>>,
}

impl FieldNames {
    /// Whether there is such a field.
    pub fn contains(&self, name: &str) -> bool {
        let number = name.strip_prefix("customfield_");
        number.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
            || self.names.contains(name)
    }

    /// The names in the list.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }
}

impl<T: Into<Box<str>>> FromIterator<T> for FieldNames {
    fn from_iter<I: IntoIterator<Item = T>>(names: I) -> Self {
        Self { names: names.into_iter().map(Into::into).collect() }
    }
}

/// Levels of the tree that the native stack in reserve holds, without a look at it.
const SHALLOW: u16 = 4;

/// Calls `walk`, which walks a tree of so many levels, with enough native stack.
fn deep<R>(levels: u16, walk: impl FnOnce() -> R) -> R {
    if levels <= SHALLOW { walk() } else { stacker::maybe_grow(64 << 10, 1 << 20, walk) }
}

/// How many times a checker looks for a name that was perhaps meant.
const SUGGESTIONS: u32 = 100;

/// Checks a program. The facts are complete even if there are errors.
pub fn check(ast: &Ast, config: &CheckConfig<'_>, diagnostics: &mut Diagnostics) -> Box<Facts> {
    let mut checker = Checker::new(ast, config, diagnostics);
    checker.collect();
    checker.program();
    checker.desk.keep(ast);
    checker.facts
}

/// What is on while the tree is walked.
struct Checker<'a> {
    ast: &'a Ast,
    signatures: &'a Signatures,
    field_names: Option<&'a FieldNames>,
    diagnostics: &'a mut Diagnostics,
    facts: Box<Facts>,
    /// Used packages, the last `use` first.
    packages: Vec<Box<str>>,
    desk: Box<Desk>,
    flow: stmts::Flow,
    argv: Option<Sym>,
    uninitialized: Option<Sym>,
    suggestions_left: u32,
}

impl<'a> Checker<'a> {
    fn new(ast: &'a Ast, config: &CheckConfig<'a>, diagnostics: &'a mut Diagnostics) -> Self {
        let mut desk = Desk::of(ast);
        desk.members.extend(members_of_scripts(ast, config.structs));
        Self {
            ast,
            signatures: config.signatures,
            field_names: config.field_names,
            diagnostics,
            facts: Facts::of(ast, config.structs),
            packages: Vec::new(),
            desk,
            flow: stmts::Flow::default(),
            argv: ast.find_name("argv"),
            uninitialized: ast.find_name("uninitialized"),
            suggestions_left: SUGGESTIONS,
        }
    }

    /// The function of the script that has a name.
    fn function_named(&self, name: Sym) -> Option<FnId> {
        self.desk.names.get(name.index())?.function
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn say(&mut self, code: Code, span: Span, message: String) {
        self.report(Diagnostic::new(code, span, message));
    }

    fn show(&self, ty: Type) -> String {
        ty.display(&self.facts.structs)
    }

    /// Whether another look for a name that was perhaps meant is affordable.
    fn may_suggest(&mut self) -> bool {
        let may = self.suggestions_left > 0 && !self.diagnostics.is_full();
        self.suggestions_left = self.suggestions_left.saturating_sub(1);
        may
    }
}

/// The fields of structures that a script around this one has declared.
fn members_of_scripts(ast: &Ast, structs: &StructTable) -> impl Iterator<Item = ((StructId, Sym), u32)> {
    let declared = structs.iter().filter(|(_, def)| def.origin() == Origin::Script);
    let fields =
        declared.flat_map(|(id, def)| def.fields().iter().zip(0..).map(move |(field, place)| (id, field, place)));
    fields.filter_map(|(id, field, place)| Some(((id, ast.find_name(&field.name)?), place)))
}

/// Adds "did you mean" where a name is close enough, and a fix when it is the only one. The fix is safe when only the
/// case differs.
fn did_you_mean(diagnostic: Diagnostic, written: &str, near: Option<Near<'_>>) -> Diagnostic {
    let Some(Near { name, alone }) = near else { return diagnostic };
    // The name stands at the start of its place, unless that has quotes around it.
    let span = diagnostic.span;
    let length = u32::try_from(written.len()).unwrap_or(u32::MAX);
    let place = Span::new(span.start, span.start.saturating_add(length));
    let bare = place == span || diagnostic.code == codes::check::UNKNOWN_TYPE;
    let diagnostic = diagnostic.hint(format!("did you mean `{name}`?"));
    let plain = name.chars().all(|c| c == '_' || c.is_alphanumeric());
    if alone && plain && bare { diagnostic.fix(place, name, name.eq_ignore_ascii_case(written)) } else { diagnostic }
}
