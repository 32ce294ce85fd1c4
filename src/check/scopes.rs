//! Scopes and the variables in them (L-73).

use super::{
    Checker,
    facts::{Owner, Scope, ScopeId, SiteId, VarFacts, Visible},
};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    syntax::ast::{Ast, Decl, DeclId, DeclKind, Item, Stmt, Sym},
    types::Type,
};

/// The variables that can be named at the point where the walk is.
#[derive(Default)]
pub(super) struct Scopes {
    /// Per symbol: the innermost variable of that name.
    bindings: Vec<Option<Binding>>,
    /// All variables that can be named, the innermost last.
    stack: Vec<Entry>,
    frames: Vec<Frame>,
    /// Every variable below this place of the stack is seen by some `%name%` site.
    seen: usize,
    /// Per symbol: the variable at top level of that name, wherever it is declared (L-23).
    globals: Vec<Option<DeclId>>,
    pub(super) owner: Owner,
    /// A `%name%` site in a function sees all variables at top level.
    site_in_function: bool,
    read: Vec<bool>,
    assigned: Vec<bool>,
}

#[derive(Clone, Copy)]
struct Binding {
    decl: DeclId,
    frame: u32,
}

/// A variable and the one it hides.
struct Entry {
    decl: DeclId,
    hidden: Option<Binding>,
}

struct Frame {
    /// Where its variables start on the stack.
    start: usize,
    /// Set when there is a site in it that sees a variable of it.
    id: Option<ScopeId>,
}

impl Scopes {
    /// Makes them ready for a tree; they are empty.
    pub(super) fn make_room(&mut self, ast: &Ast) {
        self.bindings.resize(ast.name_count(), None);
        self.globals.resize(ast.name_count(), None);
        self.frames.push(Frame { start: 0, id: Some(ScopeId(0)) });
        self.read.resize(ast.decl_count(), false);
        self.assigned.resize(ast.decl_count(), false);
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.bindings.clear();
        self.globals.clear();
        self.stack.clear();
        self.frames.clear();
        self.seen = 0;
        self.owner = Owner::Main;
        self.site_in_function = false;
        self.read.clear();
        self.assigned.clear();
    }

    fn innermost(&self) -> usize {
        self.frames.len().saturating_sub(1)
    }

    /// Whether the walk is at top level, outside of every block.
    pub(super) fn at_top_level(&self) -> bool {
        self.frames.len() == 1 && self.owner == Owner::Main
    }

    /// The variable a name stands for. A function sees its own and those at top level, wherever they are declared.
    pub(super) fn find(&self, name: Sym) -> Option<DeclId> {
        let binding = self.bindings.get(name.index()).copied().flatten();
        match self.owner {
            Owner::Main => binding.map(|binding| binding.decl),
            Owner::Function(_) => match binding {
                Some(binding) if binding.frame > 0 => Some(binding.decl),
                _ => self.globals.get(name.index()).copied().flatten(),
            },
        }
    }

    pub(super) fn mark_read(&mut self, decl: DeclId) {
        if let Some(read) = self.read.get_mut(decl.index()) {
            *read = true;
        }
    }

    pub(super) fn mark_assigned(&mut self, decl: DeclId) {
        if let Some(assigned) = self.assigned.get_mut(decl.index()) {
            *assigned = true;
        }
    }

    /// The variables that can be named here, for suggestions.
    pub(super) fn nameable(&self) -> impl Iterator<Item = DeclId> {
        let globals = match self.owner {
            Owner::Main => None,
            Owner::Function(_) => Some(self.globals.iter().copied().flatten()),
        };
        self.stack.iter().map(|entry| entry.decl).chain(globals.into_iter().flatten())
    }
}

impl Checker<'_> {
    pub(super) fn enter_scope(&mut self) {
        let start = self.desk.scopes.stack.len();
        self.desk.scopes.frames.push(Frame { start, id: None });
    }

    pub(super) fn leave_scope(&mut self) {
        let Some(frame) = self.desk.scopes.frames.pop() else { return };
        if let Some(scope) = frame.id {
            self.list_variables(scope, frame.start);
        }
        while self.desk.scopes.stack.len() > frame.start {
            let Some(entry) = self.desk.scopes.stack.pop() else { break };
            let place = self.desk.scopes.stack.len();
            self.close(&entry, place < self.desk.scopes.seen);
        }
        self.desk.scopes.seen = self.desk.scopes.seen.min(frame.start);
    }

    /// Notes what a scope has declared until its end.
    fn list_variables(&mut self, scope: ScopeId, start: usize) {
        let declared = self.desk.scopes.stack.get(start..).unwrap_or(&[]).iter().map(|entry| entry.decl);
        if let Some(scope) = self.facts.scopes.get_mut(scope.0 as usize) {
            scope.vars = declared.collect();
        }
    }

    /// The end of a variable's life.
    fn close(&mut self, &Entry { decl: id, hidden }: &Entry, seen: bool) {
        if let Some(facts) = self.facts.vars.get_mut(id.index()) {
            facts.seen_by_site |= seen;
        }
        let Some(decl) = self.ast.decl(id) else { return };
        if let Some(binding) = self.desk.scopes.bindings.get_mut(decl.name.index()) {
            *binding = hidden;
        }
        self.warn_if_unused(id, decl);
    }

    fn warn_if_unused(&mut self, id: DeclId, decl: &Decl) {
        let seen = self.facts.vars.get(id.index()).is_some_and(|facts| facts.seen_by_site);
        let read = self.desk.scopes.read.get(id.index()).copied().unwrap_or(true);
        // Each loops and typed catch clauses cannot do without their variable.
        let declared_freely = matches!(decl.kind, DeclKind::Var | DeclKind::Param);
        let name = self.ast.name(decl.name);
        if read || seen || decl.is_persistent || !declared_freely || name.starts_with('_') {
            return;
        }
        let (what, hint) = match decl.kind {
            DeclKind::Param => ("parameter", Some("a name that starts with `_` says that it is not needed")),
            _ => ("variable", None),
        };
        let assigned = self.desk.scopes.assigned.get(id.index()).copied().unwrap_or(false);
        let problem = if assigned { "is assigned but never read" } else { "is never used" };
        let mut diagnostic =
            Diagnostic::new(codes::UNUSED_VARIABLE, decl.name_span, format!("{what} `{name}` {problem}"));
        diagnostic.hint = hint.map(str::to_owned);
        self.report(diagnostic);
    }

    /// The end of the program: what is known of the variables at top level only now.
    pub(super) fn close_top_level(&mut self) {
        let function_site = self.desk.scopes.site_in_function;
        self.list_variables(ScopeId(0), 0);
        let mut stack = std::mem::take(&mut self.desk.scopes.stack);
        for (place, Entry { decl: id, .. }) in stack.drain(..).enumerate() {
            if let Some(facts) = self.facts.vars.get_mut(id.index()) {
                facts.seen_by_site |= function_site || place < self.desk.scopes.seen;
                facts.captured |= function_site;
            }
            if let Some(decl) = self.ast.decl(id) {
                self.warn_if_unused(id, decl);
            }
        }
        self.desk.scopes.stack = stack;
    }

    /// Makes the name of a variable known from here on.
    pub(super) fn declare(&mut self, id: DeclId, ty: Type) {
        let Some(decl) = self.ast.decl(id) else { return };
        let owner = self.desk.scopes.owner;
        if let Some(facts) = self.facts.vars.get_mut(id.index()) {
            *facts = VarFacts { ty, owner, ..*facts };
        }
        // Invariant: frames are as deep as statements, and that fits in u32.
        let frame = u32::try_from(self.desk.scopes.innermost()).unwrap_or(u32::MAX);
        let Some(binding) = self.desk.scopes.bindings.get_mut(decl.name.index()) else { return };
        if let Some(last) = binding
            && last.frame == frame
        {
            let first = last.decl;
            self.report_duplicate(first, decl);
            // What follows reads the first one; whether anybody reads the second is no question.
            return;
        }
        let hidden = binding.replace(Binding { decl: id, frame });
        self.desk.scopes.stack.push(Entry { decl: id, hidden });
    }

    fn report_duplicate(&mut self, first: DeclId, decl: &Decl) {
        let name = self.ast.name(decl.name);
        let message = format!("Variable >>{name}<< is already defined in the same context!");
        let mut diagnostic = Diagnostic::new(codes::DUPLICATE_VARIABLE, decl.name_span, message);
        if let Some(first) = self.ast.decl(first) {
            diagnostic = diagnostic.label(first.name_span, format!("`{name}` is first declared here"));
        }
        self.report(diagnostic);
    }

    /// What is visible here: makes the scopes of all frames that have declared something.
    fn visible_here(&mut self) -> Visible {
        let mut visible = Visible { scope: ScopeId(0), count: u32::MAX };
        // A function sees all variables at top level, those further down included.
        let first = usize::from(self.desk.scopes.owner != Owner::Main);
        for index in first..self.desk.scopes.frames.len() {
            let end = self
                .desk
                .scopes
                .frames
                .get(index.saturating_add(1))
                .map_or(self.desk.scopes.stack.len(), |next| next.start);
            let Some(frame) = self.desk.scopes.frames.get_mut(index) else { break };
            let count = u32::try_from(end.saturating_sub(frame.start)).unwrap_or(u32::MAX);
            if count == 0 && index > 0 {
                continue;
            }
            let scope = *frame.id.get_or_insert_with(|| {
                let id = ScopeId(u32::try_from(self.facts.scopes.len()).unwrap_or(u32::MAX));
                self.facts.scopes.push(Scope { outer: Some(visible), vars: Vec::new() });
                id
            });
            visible = Visible { scope, count };
        }
        visible
    }

    /// A place where a text names a variable.
    pub(super) fn site(&mut self) -> SiteId {
        self.desk.scopes.seen = self.desk.scopes.stack.len();
        if self.desk.scopes.owner != Owner::Main {
            self.desk.scopes.site_in_function = true;
        }
        let visible = self.visible_here();
        let last = self.facts.sites.len().checked_sub(1);
        let same = last.filter(|_| self.facts.sites.last() == Some(&visible));
        let index = same.unwrap_or_else(|| {
            self.facts.sites.push(visible);
            self.facts.sites.len().saturating_sub(1)
        });
        SiteId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Lists the variables at top level with their types, so that functions further up see them (L-23).
    pub(super) fn collect_globals(&mut self) {
        for index in 0..self.ast.items.len() {
            let Some(&Item::Stmt(stmt)) = self.ast.items.get(index) else { continue };
            let Stmt::Var(decls) = self.ast.stmt(stmt) else { continue };
            let Some(first) = self.ast.decl_list(decls).first() else { continue };
            let ty = self.resolve_type(first.ty);
            for id in self.ast.decl_ids(decls) {
                let Some(decl) = self.ast.decl(id) else { continue };
                if let Some(global) = self.desk.scopes.globals.get_mut(decl.name.index()) {
                    global.get_or_insert(id);
                }
                if let Some(facts) = self.facts.vars.get_mut(id.index()) {
                    facts.ty = ty;
                }
            }
        }
    }
}
