use crate::{
    signatures::SigId,
    syntax::ast::{DeclId, ExprId, FnId, StepId, StructDeclId, Sym},
    types::{StructId, StructTable, Type},
};
use foldhash::HashMap;
use std::sync::Arc;

/// What a plain name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameRef {
    /// A variable or parameter.
    Var(DeclId),
    /// The arguments of the run (L-24).
    Argv,
    /// A field of the current issue (L-120).
    Field(Sym),
    /// The identifier `uninitialized`, which reads as null (L-32).
    Uninitialized,
}

/// What an expression with a name in it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// Nothing to resolve, or unknown and reported.
    None,
    /// `Expr::Name`.
    Name(NameRef),
    /// `Expr::Subst` and `Expr::SubstField`: what holds the text, and which variables that text may name.
    Subst(NameRef, SiteId),
    /// `Expr::Call` of a function of the script.
    Function(FnId),
    /// `Expr::Call` of a routine. With a placement, argument `i` goes to parameter `placements[p][i]`.
    Routine(SigId, Option<u32>),
}

/// Which `%name%` site.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SiteId(pub u32);

/// Which scope.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ScopeId(pub u32);

/// The first variables of a scope, up to some point of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Visible {
    /// The scope.
    pub scope: ScopeId,
    /// How many of its variables are declared by then; `u32::MAX` for all there ever are.
    pub count: u32,
}

/// A scope that declares something which a `%name%` site in it sees. The first one holds the variables at top level.
///
/// Sites share scopes, so that many sites between many variables take no more room than the variables do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// What is visible around it.
    pub outer: Option<Visible>,
    /// Its variables in order; no two have one name.
    pub vars: Vec<DeclId>,
}

/// Whose variable it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Owner {
    /// The main program: a global when a function uses it.
    #[default]
    Main,
    /// A function.
    Function(FnId),
}

/// What is known of a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VarFacts {
    /// Its type; dynamic for a parameter without type.
    pub ty: Type,
    /// Whose it is.
    pub owner: Owner,
    /// A variable of the main program that some function reads or writes, `%name%` sites included.
    pub captured: bool,
    /// Some `%name%` site or template sees it.
    pub seen_by_site: bool,
}

/// What is known of a step of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StepFacts {
    /// Static type after the step.
    pub ty: Type,
    /// For a member of a structure, or of the first element of an array of structures (L-105): the field's position.
    /// Also for a constant index of a structure.
    pub field: Option<u32>,
    /// For `.%name%`: what holds the text.
    pub name: Option<NameRef>,
}

/// What checking found out, in the shape that lowering needs: every vector is indexed by the tree's ids.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// All structures of the program.
    pub structs: Arc<StructTable>,
    /// Per `struct` of the tree.
    pub struct_ids: Vec<StructId>,
    /// Per declaration.
    pub vars: Vec<VarFacts>,
    /// Per expression: its static type. A literal in braces has the type of its place; without one the type of L-45,
    /// dynamic if that depends on values.
    pub types: Vec<Type>,
    /// Per expression: what its name stands for.
    pub resolutions: Vec<Resolution>,
    /// Per step of a path.
    pub steps: Vec<StepFacts>,
    /// Per expression: it counts as an integer literal (L-58).
    pub int_literals: Vec<bool>,
    /// The scopes that matter to `%name%` sites, and that at top level.
    pub scopes: Vec<Scope>,
    /// The `%name%` sites: what a name can mean there (L-123). Where the scopes from the inside outwards have several
    /// variables of one name, the first counts.
    pub sites: Vec<Visible>,
    /// The calls of functions of the script.
    pub calls: Vec<(ExprId, FnId)>,
    /// The `return` statements of functions: the function, and its value if there is one. Those of one function stand
    /// together.
    pub returns: Vec<(FnId, Option<ExprId>)>,
    /// The calls of `executeTemplate`, with what the template can name: it sees every variable of the script.
    pub template_sites: HashMap<ExprId, SiteId>,
    /// Which parameters the arguments of a call belong to, where optional ones were left out at the front or middle.
    pub placements: Vec<Box<[u8]>>,
}

impl Facts {
    /// Static type of an expression.
    pub fn type_of(&self, expr: ExprId) -> Type {
        self.types.get(expr.index()).copied().unwrap_or(Type::DYNAMIC)
    }

    /// What the name in an expression stands for.
    pub fn resolution(&self, expr: ExprId) -> Resolution {
        self.resolutions.get(expr.index()).copied().unwrap_or(Resolution::None)
    }

    /// What is known of a variable.
    pub fn var(&self, decl: DeclId) -> Option<&VarFacts> {
        self.vars.get(decl.index())
    }

    /// What is known of a step.
    pub fn step(&self, step: StepId) -> StepFacts {
        self.steps.get(step.index()).copied().unwrap_or(StepFacts { ty: Type::DYNAMIC, field: None, name: None })
    }

    /// The structure a `struct` declares.
    pub fn struct_id(&self, decl: StructDeclId) -> Option<StructId> {
        self.struct_ids.get(decl.index()).copied()
    }

    /// Whether an expression counts as an integer literal (L-58).
    pub fn is_int_literal(&self, expr: ExprId) -> bool {
        self.int_literals.get(expr.index()).copied().unwrap_or(false)
    }

    /// A scope.
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }

    /// What a `%name%` site sees: its scope first, then the ones around it.
    pub fn scopes_of(&self, site: SiteId) -> impl Iterator<Item = Visible> {
        let first = self.sites.get(site.0 as usize).copied();
        std::iter::successors(first, |visible| self.scope(visible.scope).and_then(|scope| scope.outer))
    }

    /// The variables a `%name%` can name, innermost first; of several with one name the first counts.
    pub fn visible(&self, site: SiteId) -> impl Iterator<Item = DeclId> {
        self.scopes_of(site).flat_map(|Visible { scope, count }| {
            let vars = self.scope(scope).map_or(&[][..], |scope| &scope.vars);
            vars.get(..vars.len().min(count as usize)).unwrap_or(&[]).iter().rev().copied()
        })
    }
}
