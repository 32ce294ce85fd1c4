//! Memory that checking small scripts needs, kept from one script to the next.

use super::{
    Facts,
    facts::{Owner, Resolution, Scope, StepFacts, VarFacts},
    scopes::Scopes,
};
use crate::{
    signatures::SigId,
    syntax::ast::{Ast, FnId, Sym},
    types::{StructId, StructTable, Type},
};
use foldhash::HashMap;
use std::{
    cell::Cell,
    rc::Rc,
    sync::{Arc, LazyLock},
};

/// What is needed besides the facts.
#[derive(Default)]
pub(super) struct Desk {
    /// Per symbol: what the script declares under this name.
    pub names: Vec<Named>,
    /// The routines a name may mean, in the order of preference.
    pub candidates: HashMap<Sym, Rc<[SigId]>>,
    /// Fields of structures of scripts, which may be many.
    pub members: HashMap<(StructId, Sym), u32>,
    pub scopes: Scopes,
}

/// What a script declares under a name.
#[derive(Clone, Copy, Default)]
pub(super) struct Named {
    pub function: Option<FnId>,
    pub structure: Option<StructId>,
}

thread_local! {
    static DESK: Cell<Option<Box<Desk>>> = const { Cell::new(None) };
    static FACTS: Cell<Option<Box<Facts>>> = const { Cell::new(None) };
}

impl Desk {
    /// A desk for a tree.
    pub fn of(ast: &Ast) -> Box<Self> {
        let mut desk: Box<Self> = DESK.take().unwrap_or_default();
        desk.names.resize(ast.name_count(), Named::default());
        desk.scopes.make_room(ast);
        desk
    }

    /// Clears it and keeps it for the next tree.
    pub fn keep(mut self: Box<Self>, ast: &Ast) {
        if ast.is_small() {
            self.names.clear();
            self.candidates.clear();
            self.members.clear();
            self.scopes.clear();
            DESK.set(Some(self));
        }
    }
}

impl Facts {
    /// Facts for a tree, of which nothing is known yet.
    pub(super) fn of(ast: &Ast, structs: &Arc<StructTable>) -> Box<Self> {
        let mut facts: Box<Self> = FACTS.take().unwrap_or_default();
        let main = VarFacts { ty: Type::DYNAMIC, owner: Owner::Main, captured: false, seen_by_site: false };
        let step = StepFacts { ty: Type::DYNAMIC, field: None, name: None };
        facts.structs = Arc::clone(structs);
        facts.vars.resize(ast.decl_count(), main);
        facts.types.resize(ast.expr_count(), Type::DYNAMIC);
        facts.resolutions.resize(ast.expr_count(), Resolution::None);
        facts.steps.resize(ast.step_count(), step);
        facts.int_literals.resize(ast.expr_count(), false);
        facts.scopes.push(Scope::default());
        facts
    }

    /// Keeps the memory for the next tree, if this one is small.
    pub fn keep(mut self: Box<Self>, ast: &Ast) {
        static NO_STRUCTS: LazyLock<Arc<StructTable>> = LazyLock::new(Arc::default);
        if !ast.is_small() {
            return;
        }
        self.structs = Arc::clone(&NO_STRUCTS);
        self.struct_ids.clear();
        self.vars.clear();
        self.types.clear();
        self.resolutions.clear();
        self.steps.clear();
        self.int_literals.clear();
        self.calls.clear();
        self.returns.clear();
        self.scopes.clear();
        self.sites.clear();
        self.template_sites.clear();
        self.placements.clear();
        FACTS.set(Some(self));
    }
}
