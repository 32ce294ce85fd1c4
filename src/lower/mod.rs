//! From the checked tree to the executable one. The only room that knows both sides.
//!
//! Lowering decides where each variable lives and how it is stored, resolves calls to numbers, and picks the typed
//! nodes wherever the types are known; everything else becomes nodes on values with the complete semantics.
//!
//! Invariant: what [`infer`] says is never null is lowered to code that never yields null; both ask the same rules.

mod call;
mod chain;
mod code;
mod desk;
mod expr;
mod infer;
mod path;
mod slots;
mod stmt;
mod visit;

use crate::{
    call::{Callee, Measure},
    check::Facts,
    eval::{Bank, Block, Constants, Executable, FnResult, Function, PersistentVar, Place, ScopeTable, ScopeVariable},
    signatures::{SigId, Signatures},
    source::SourceMap,
    syntax::ast::{Ast, DeclId, FnId, Item, TextId},
    types::Type,
};
use desk::Desk;
use foldhash::HashMap;
use slots::Slots;
use std::sync::Arc;

/// What lowering needs beside tree and facts.
pub struct Linkage<'a> {
    /// The routines by name and type.
    pub signatures: &'a Signatures,
    /// The function behind a routine, if this engine offers it.
    pub callee: &'a dyn Fn(SigId) -> Option<Callee>,
    /// The short way to the result of a routine, if it has one.
    pub measure: &'a dyn Fn(SigId) -> Option<Measure>,
    /// All texts of the program.
    pub sources: Arc<SourceMap>,
}

/// Native stack kept in reserve by walks over the tree, in bytes.
const RED_ZONE: usize = 96 << 10;
/// Native stack that such a walk adds when the reserve is reached, in bytes.
const STACK_CHUNK: usize = 2 << 20;

/// Levels of the tree that the reserve holds, without a look at the native stack.
const SHALLOW: u16 = 4;

/// Calls `walk`, which walks a tree of so many levels, with enough native stack for one level.
fn deep<R>(levels: u16, walk: impl FnOnce() -> R) -> R {
    if levels <= SHALLOW { walk() } else { stacker::maybe_grow(RED_ZONE, STACK_CHUNK, walk) }
}

/// Lowers a program that was checked without errors.
pub fn lower(ast: &Ast, facts: &Facts, linkage: &Linkage<'_>) -> Executable {
    let mut lowerer = Lowerer::new(ast, facts, linkage);
    lowerer.place_globals();
    let main = lowerer.main();
    let functions: Vec<Function> =
        (0..ast.functions().len()).map(|index| lowerer.function(FnId(u32::try_from(index).unwrap_or(0)))).collect();
    lowerer.finish(main, functions)
}

struct Lowerer<'a> {
    ast: &'a Ast,
    facts: &'a Facts,
    linkage: &'a Linkage<'a>,
    desk: Box<Desk>,
    slots: Slots,
    globals: Slots,
    global_refs: Vec<Type>,
    texts: Constants,
    callees: Vec<Callee>,
    callee_numbers: HashMap<SigId, u32>,
    /// Functions that compute default values of parameters, with the parameter.
    defaults: Vec<Function>,
    default_numbers: HashMap<DeclId, u32>,
    persistent: Vec<PersistentVar>,
    uses_argv: bool,
    /// Variables of a `switch` body, which have their slots before their declarations are lowered.
    predeclared: foldhash::HashSet<DeclId>,
    /// Deep paths that cannot be read by [`VariablePart`](crate::eval::VariablePart): trying lowers what is inside of
    /// them, and trying again at each level would take twice as long for each.
    not_parts: foldhash::HashSet<crate::syntax::ast::ExprId>,
    /// What the function being lowered gives; the main program when none.
    result: Option<FnResult>,
}

impl<'a> Lowerer<'a> {
    fn new(ast: &'a Ast, facts: &'a Facts, linkage: &'a Linkage<'a>) -> Self {
        let mut desk = Desk::of(ast);
        infer::infer(ast, facts, linkage.signatures, &mut desk);
        Self {
            ast,
            facts,
            linkage,
            desk,
            slots: Slots::default(),
            globals: Slots::default(),
            global_refs: Vec::new(),
            texts: Constants::default(),
            callees: Vec::new(),
            callee_numbers: HashMap::default(),
            defaults: Vec::new(),
            default_numbers: HashMap::default(),
            persistent: Vec::new(),
            uses_argv: false,
            predeclared: foldhash::HashSet::default(),
            not_parts: foldhash::HashSet::default(),
            result: None,
        }
    }

    fn main(&mut self) -> Function {
        self.result = None;
        self.slots = Slots::default();
        let mut body = Vec::new();
        let mut cost = 0u32;
        let mut levels = 1;
        for item in &self.ast.items {
            if let Item::Stmt(stmt) = *item {
                cost = cost.saturating_add(self.cost(stmt));
                levels = levels.max(self.ast.stmt_depth(stmt));
                body.push((self.stmt(stmt), Some(self.ast.stmt_span(stmt))));
            }
        }
        Function::new("main program", Block::new(body, cost), self.slots.most_scalars(), self.slots.most_refs(), levels)
    }

    fn function(&mut self, id: FnId) -> Function {
        let Some(decl) = self.ast.function(id).copied() else {
            return Function::new("", Block::new([], 0), 0, 0, 0);
        };
        self.result = Some(self.desk.inferred.result(id));
        self.slots = Slots::default();
        for param in self.ast.decl_ids(decl.params) {
            self.place_local(param);
        }
        let (param_scalars, param_refs) = (self.slots.scalars(), self.slots.refs());
        let body = self.body(decl.body);
        let mut function = Function::new(
            self.ast.name(decl.name),
            body,
            self.slots.most_scalars(),
            self.slots.most_refs(),
            self.ast.stmt_depth(decl.body),
        );
        function.param_scalars = param_scalars as usize;
        function.param_refs = param_refs as usize;
        self.result = None;
        function
    }

    fn finish(mut self, main: Function, mut functions: Vec<Function>) -> Executable {
        functions.append(&mut self.defaults);
        let sites = self.facts.sites.iter().map(|site| (site.scope.0, site.count)).collect();
        // Only a site looks up names at run time, and a template those at top level.
        let named = if self.facts.sites.is_empty() { 1 } else { self.facts.scopes.len() };
        let scopes = self.facts.scopes.iter().take(named).map(|scope| self.scope_table(scope)).collect();
        self.desk.keep(self.ast);
        Executable {
            main,
            functions,
            callees: self.callees,
            texts: self.texts,
            global_scalars: self.globals.most_scalars(),
            global_refs: self.global_refs,
            sites,
            scopes,
            persistent: self.persistent,
            uses_argv: self.uses_argv,
            structs: Arc::clone(&self.facts.structs),
            sources: Arc::clone(&self.linkage.sources),
        }
    }

    fn scope_table(&self, scope: &crate::check::Scope) -> ScopeTable {
        let outer = scope.outer.map(|outer| (outer.scope.0, outer.count));
        let mut names = foldhash::HashMap::default();
        for (&decl, order) in scope.vars.iter().zip(0..) {
            let (Some(info), Some(place)) = (self.ast.decl(decl), self.place(decl)) else { continue };
            let variable = ScopeVariable { order, place, is_const: info.is_const };
            names.insert(self.ast.name(info.name).into(), variable);
        }
        ScopeTable { outer, names }
    }

    /// Where a variable lives, once its declaration was lowered.
    fn place(&self, decl: DeclId) -> Option<Place> {
        self.desk.places.get(decl.index()).copied().flatten()
    }

    /// The number of a text constant.
    fn text_number(&mut self, text: TextId) -> u32 {
        let known = self.desk.text_numbers.get_mut(text.index());
        let add = || self.texts.push(self.ast.text(text));
        known.map_or(u32::MAX, |known| *known.get_or_insert_with(add))
    }

    /// The number of a routine, if this engine offers it.
    fn callee_number(&mut self, id: SigId) -> Option<u32> {
        if let Some(&number) = self.callee_numbers.get(&id) {
            return Some(number);
        }
        let callee = (self.linkage.callee)(id)?;
        let number = u32::try_from(self.callees.len()).unwrap_or(u32::MAX);
        self.callees.push(callee);
        self.callee_numbers.insert(id, number);
        Some(number)
    }

    fn is_global(&self, decl: DeclId) -> bool {
        let persistent = self.ast.decl(decl).is_some_and(|info| info.is_persistent);
        // A persistent variable keeps its value when its scope ends (L-126).
        persistent || self.facts.var(decl).is_some_and(|var| var.captured)
    }

    fn place_globals(&mut self) {
        for index in 0..self.ast.decl_count() {
            let decl = DeclId(u32::try_from(index).unwrap_or(u32::MAX));
            if self.is_global(decl) {
                let ty = self.facts.var(decl).map_or(Type::DYNAMIC, |var| var.ty);
                let place = self.globals.allocate(ty, Bank::Global, self.desk.inferred.never_null(decl));
                if place.repr == crate::eval::Repr::Ref {
                    self.global_refs.push(ty);
                }
                self.set_place(decl, place);
            }
        }
    }

    /// Gives a variable its slot in the frame, unless it is a global.
    fn place_local(&mut self, decl: DeclId) -> Place {
        if let Some(place) = self.place(decl)
            && (place.bank == Bank::Global || self.predeclared.contains(&decl))
        {
            return place;
        }
        let ty = self.facts.var(decl).map_or(Type::DYNAMIC, |var| var.ty);
        let place = self.slots.allocate(ty, Bank::Local, self.desk.inferred.never_null(decl));
        self.set_place(decl, place);
        place
    }

    fn set_place(&mut self, decl: DeclId, place: Place) {
        if let Some(slot) = self.desk.places.get_mut(decl.index()) {
            *slot = Some(place);
        }
    }
}
