//! The tree of a program, as flat data.
//!
//! Nodes live in vectors and name each other by `u32` ids; spans stand in parallel vectors. Lists are ranges of
//! shared vectors. So dropping is a loop, and equality can leave spans out.
//!
//! Invariants:
//! - Children are pushed before their parent.
//! - The depth of an expression or statement, counted in nodes, never passes the nesting limit: what would pass it is
//!   replaced by an error node and reported. Every later walk may recurse.
//! - Chains of operators of one precedence, member and index steps, `else if` arms and chained assignments are flat.
//!
//! The tree knows names and literals as written; it knows no meaning.

mod nodes;
mod rework;

pub use nodes::{
    Arm, AssignOp, Case, Catch, Decl, DeclKind, EachVar, Expr, FieldDecl, FnDecl, Item, Link, StepKind, Stmt,
    StructDecl, Target, TypeName, TypeRef,
};

use crate::{source::Span, types::BinaryOp};
use std::marker::PhantomData;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
            pub struct $name(pub u32);

            impl $name {
                /// As an index into a vector.
                pub const fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}

ids! {
    /// A name, interned: equal names have equal symbols.
    Sym;
    /// A text literal, after its escapes were read; equal ones have equal ids.
    TextId;
    /// An expression.
    ExprId;
    /// A statement.
    StmtId;
    /// A declared variable, parameter, each-variable or catch variable.
    DeclId;
    /// A member or index step of a path.
    StepId;
    /// A `struct`.
    StructDeclId;
    /// A `function`.
    FnId;
}

/// A range of one of the tree's list vectors.
pub struct List<T> {
    /// First element.
    pub start: u32,
    /// Number of elements.
    pub len: u32,
    kind: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// The range of `len` elements from `start`.
    pub const fn new(start: u32, len: u32) -> Self {
        Self { start, len, kind: PhantomData }
    }

    /// Whether it has no elements.
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.start == other.start && self.len == other.len
    }
}

impl<T> Eq for List<T> {}

impl<T> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}+{}", self.start, self.len)
    }
}

/// The tree of a program: one arena for all its files.
///
/// [`Ast::items`] lists the items of the main program in the order they run; items of included files stand where
/// they were first included.
#[derive(Clone, Debug, Default)]
pub struct Ast {
    /// Top-level items in order.
    pub items: Vec<Item>,
    names: super::interner::Interner,
    texts: super::interner::Interner,
    exprs: Vec<Expr>,
    expr_extents: Vec<Extent>,
    stmts: Vec<Stmt>,
    stmt_extents: Vec<Extent>,
    decls: Vec<Decl>,
    steps: Vec<StepKind>,
    step_spans: Vec<Span>,
    structs: Vec<StructDecl>,
    functions: Vec<FnDecl>,
    expr_lists: Vec<ExprId>,
    stmt_lists: Vec<StmtId>,
    links: Vec<Link>,
    targets: Vec<Target>,
    arms: Vec<Arm>,
    cases: Vec<Case>,
    catches: Vec<Catch>,
    fields: Vec<FieldDecl>,
}

/// Where a node stands and how much is in it.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    span: Span,
    size: Size,
}

/// How much is in a node, itself counted.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    /// Expressions; none in what is no expression.
    nodes: u32,
    /// Levels of nodes.
    depth: u16,
}

impl Size {
    /// The size of what has both beside each other in it.
    const fn beside(self, other: Self) -> Self {
        let depth = if self.depth > other.depth { self.depth } else { other.depth };
        Self { nodes: self.nodes.saturating_add(other.nodes), depth }
    }

    /// The size of an expression around this.
    const fn around(self) -> Self {
        Self { nodes: self.nodes.saturating_add(1), depth: self.depth.saturating_add(1) }
    }
}

/// Appends to a list vector and gives the range.
fn extend<T: Copy, K>(vec: &mut Vec<T>, items: &[T]) -> List<K> {
    let start = to_u32(vec.len());
    vec.extend_from_slice(items);
    List::new(start, to_u32(items.len()))
}

fn slice<T, K>(vec: &[T], list: List<K>) -> &[T] {
    let start = list.start as usize;
    vec.get(start..start.saturating_add(list.len as usize)).unwrap_or(&[])
}

/// Invariant: a tree has fewer nodes than its source has bytes, and that fits in u32.
fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

macro_rules! lists {
    ($($(#[$doc:meta])* $get:ident $push:ident $field:ident: $item:ty as $kind:ty;)*) => {
        /// Expressions of a small tree, at most.
const SMALL: usize = 8 << 10;

impl Ast {
            $(
                $(#[$doc])*
                pub fn $get(&self, list: List<$kind>) -> &[$item] {
                    slice(&self.$field, list)
                }

                /// Appends a list.
                pub fn $push(&mut self, items: &[$item]) -> List<$kind> {
                    extend(&mut self.$field, items)
                }
            )*
        }
    };
}

lists! {
    /// The expressions of a list.
    expr_list push_expr_list expr_lists: ExprId as ExprId;
    /// The statements of a list.
    stmt_list push_stmt_list stmt_lists: StmtId as StmtId;
    /// The links of a chain.
    link_list push_links links: Link as Link;
    /// The targets of an assignment.
    target_list push_targets targets: Target as Target;
    /// The arms of an `if`.
    arm_list push_arms arms: Arm as Arm;
    /// The cases of a `switch`.
    case_list push_cases cases: Case as Case;
    /// The clauses of a `try`.
    catch_list push_catches catches: Catch as Catch;
    /// The fields of a `struct`.
    field_list push_fields fields: FieldDecl as FieldDecl;
    /// The declarations of a list; see [`Ast::decl_ids`] for their ids.
    decl_list push_decls decls: Decl as DeclId;
}

impl Ast {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// The symbol of a name.
    pub fn intern(&mut self, name: &str) -> Sym {
        self.names.intern(name)
    }

    /// The symbol of a name that occurs in the tree.
    pub fn find_name(&self, name: &str) -> Option<Sym> {
        self.names.find(name)
    }

    /// The name of a symbol.
    pub fn name(&self, sym: Sym) -> &str {
        self.names.name(sym)
    }

    /// How many different names there are; symbols are below it.
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// The number of a text literal: equal ones have the same.
    pub fn push_text(&mut self, text: &str) -> TextId {
        TextId(self.texts.intern(text).0)
    }

    /// How many different text literals there are; ids are below it.
    pub fn text_count(&self) -> usize {
        self.texts.len()
    }

    /// A text literal.
    pub fn text(&self, id: TextId) -> &str {
        self.texts.name(Sym(id.0))
    }

    /// Adds an expression and computes its size.
    pub fn push_expr(&mut self, expr: Expr, span: Span) -> ExprId {
        let id = ExprId(to_u32(self.exprs.len()));
        let size = self.size_of_expr(&expr);
        self.exprs.push(expr);
        self.expr_extents.push(Extent { span, size });
        id
    }

    /// Adds an expression that has no expressions in it.
    pub(in crate::syntax) fn push_leaf(&mut self, expr: Expr, span: Span) -> ExprId {
        let id = ExprId(to_u32(self.exprs.len()));
        self.exprs.push(expr);
        self.expr_extents.push(Extent { span, size: Size { nodes: 1, depth: 1 } });
        id
    }

    /// An expression.
    pub fn expr(&self, id: ExprId) -> Expr {
        self.exprs.get(id.index()).copied().unwrap_or(Expr::Error)
    }

    /// Where an expression stands.
    pub fn expr_span(&self, id: ExprId) -> Span {
        self.expr_extents.get(id.index()).map_or_else(Span::default, |extent| extent.span)
    }

    /// How many levels of expressions are in it, itself counted.
    pub fn expr_depth(&self, id: ExprId) -> u16 {
        self.expr_size(id).depth
    }

    /// How many expressions are in it, itself counted.
    pub fn expr_nodes(&self, id: ExprId) -> u32 {
        self.expr_size(id).nodes
    }

    fn expr_size(&self, id: ExprId) -> Size {
        self.expr_extents.get(id.index()).map_or_else(Size::default, |extent| extent.size)
    }

    /// Whether what works on it shall keep its memory for the next tree: a thread keeps what the largest of the small
    /// trees needed.
    pub fn is_small(&self) -> bool {
        self.exprs.len() <= SMALL
    }

    /// How many expressions there are; ids are below it.
    pub fn expr_count(&self) -> usize {
        self.exprs.len()
    }

    /// Adds a statement and computes its depth.
    pub fn push_stmt(&mut self, stmt: Stmt, span: Span) -> StmtId {
        let id = StmtId(to_u32(self.stmts.len()));
        let size = Size { nodes: 0, depth: self.depth_of_stmt(&stmt) };
        self.stmts.push(stmt);
        self.stmt_extents.push(Extent { span, size });
        id
    }

    /// A statement.
    pub fn stmt(&self, id: StmtId) -> Stmt {
        self.stmts.get(id.index()).copied().unwrap_or(Stmt::Error)
    }

    /// Where a statement stands.
    pub fn stmt_span(&self, id: StmtId) -> Span {
        self.stmt_extents.get(id.index()).map_or_else(Span::default, |extent| extent.span)
    }

    /// How many levels of statements and expressions are in it, itself counted.
    pub fn stmt_depth(&self, id: StmtId) -> u16 {
        self.stmt_extents.get(id.index()).map_or(0, |extent| extent.size.depth)
    }

    /// How many statements there are; ids are below it.
    pub fn stmt_count(&self) -> usize {
        self.stmts.len()
    }

    /// A declaration.
    pub fn decl(&self, id: DeclId) -> Option<&Decl> {
        self.decls.get(id.index())
    }

    /// Adds a declaration.
    pub fn push_decl(&mut self, decl: Decl) -> DeclId {
        self.decls.push(decl);
        DeclId(to_u32(self.decls.len().saturating_sub(1)))
    }

    /// The ids of a list of declarations.
    pub fn decl_ids(&self, list: List<DeclId>) -> impl Iterator<Item = DeclId> + use<> {
        (list.start..list.start.saturating_add(list.len)).map(DeclId)
    }

    /// How many declarations there are; ids are below it.
    pub fn decl_count(&self) -> usize {
        self.decls.len()
    }

    /// Appends the statements among items, if these are nothing else.
    pub(in crate::syntax) fn push_stmts(&mut self, items: &[Item]) -> Option<List<StmtId>> {
        let start = self.stmt_lists.len();
        for item in items {
            let Item::Stmt(stmt) = *item else {
                self.stmt_lists.truncate(start);
                return None;
            };
            self.stmt_lists.push(stmt);
        }
        Some(List::new(to_u32(start), to_u32(items.len())))
    }

    /// Appends the steps of a path.
    pub fn push_steps(&mut self, steps: &[(StepKind, Span)]) -> List<StepId> {
        let start = to_u32(self.steps.len());
        self.steps.extend(steps.iter().map(|&(step, _)| step));
        self.step_spans.extend(steps.iter().map(|&(_, span)| span));
        List::new(start, to_u32(steps.len()))
    }

    /// The ids of the steps of a path.
    pub fn step_ids(&self, list: List<StepId>) -> impl DoubleEndedIterator<Item = StepId> + ExactSizeIterator + use<> {
        (list.start..list.start.saturating_add(list.len)).map(StepId)
    }

    /// A step of a path.
    pub fn step(&self, id: StepId) -> StepKind {
        self.steps.get(id.index()).copied().unwrap_or(StepKind::Index(ExprId(u32::MAX)))
    }

    /// Where a step stands: the member's name, or the brackets with their content.
    pub fn step_span(&self, id: StepId) -> Span {
        self.step_spans.get(id.index()).copied().unwrap_or_default()
    }

    /// How many steps there are; ids are below it.
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// Adds a structure.
    pub fn push_struct(&mut self, decl: StructDecl) -> StructDeclId {
        self.structs.push(decl);
        StructDeclId(to_u32(self.structs.len().saturating_sub(1)))
    }

    /// All structures; those of included files too.
    pub fn structs(&self) -> &[StructDecl] {
        &self.structs
    }

    /// A structure.
    pub fn struct_decl(&self, id: StructDeclId) -> Option<&StructDecl> {
        self.structs.get(id.index())
    }

    /// Adds a function.
    pub fn push_function(&mut self, decl: FnDecl) -> FnId {
        self.functions.push(decl);
        FnId(to_u32(self.functions.len().saturating_sub(1)))
    }

    /// All functions; those of included files too.
    pub fn functions(&self) -> &[FnDecl] {
        &self.functions
    }

    /// A function.
    pub fn function(&self, id: FnId) -> Option<&FnDecl> {
        self.functions.get(id.index())
    }

    fn size_of_expr(&self, expr: &Expr) -> Size {
        let of = |id: ExprId| self.expr_size(id);
        let list =
            |list: List<ExprId>| self.expr_list(list).iter().fold(Size::default(), |size, &id| size.beside(of(id)));
        let inner = match *expr {
            Expr::Call { args, .. } | Expr::Literal(args) => list(args),
            Expr::Path { base, steps } => slice(&self.steps, steps).iter().fold(of(base), |size, step| match *step {
                StepKind::Index(index) => size.beside(of(index)),
                _ => size,
            }),
            Expr::Step { target: operand, .. }
            | Expr::Unary { operand, .. }
            | Expr::Cast { operand, .. }
            | Expr::Paren(operand) => of(operand),
            Expr::Chain { first, links } => {
                self.link_list(links).iter().fold(of(first), |size, link| size.beside(of(link.operand)))
            }
            Expr::Ternary { cond, yes, no } => of(cond).beside(of(yes)).beside(of(no)),
            _ => Size::default(),
        };
        inner.around()
    }

    fn depth_of_stmt(&self, stmt: &Stmt) -> u16 {
        let expr = |id: ExprId| self.expr_depth(id);
        let of = |id: StmtId| self.stmt_depth(id);
        let list = |list: List<StmtId>| self.stmt_list(list).iter().map(|&id| of(id)).max().unwrap_or(0);
        let inner = match *stmt {
            Stmt::Var(decls) => {
                let decls = self.decl_list(decls).iter().map(|decl| {
                    let chain = self.target_list(decl.chain).iter().map(|target| expr(target.expr));
                    chain.max().unwrap_or(0).max(decl.init.map_or(0, expr))
                });
                decls.max().unwrap_or(0)
            }
            Stmt::Assign { targets, value } => {
                let targets = self.target_list(targets).iter().map(|target| expr(target.expr));
                targets.max().unwrap_or(0).max(expr(value))
            }
            Stmt::Expr(id) | Stmt::Throw(id) => expr(id),
            Stmt::Block(stmts) => list(stmts),
            Stmt::If { arms, other } => {
                let arms = self.arm_list(arms).iter().map(|arm| expr(arm.cond).max(of(arm.body)));
                arms.max().unwrap_or(0).max(other.map_or(0, of))
            }
            Stmt::While { cond, body } | Stmt::DoWhile { body, cond } => expr(cond).max(of(body)),
            Stmt::For { init, cond, step, body } => {
                init.map_or(0, of).max(cond.map_or(0, expr)).max(list(step)).max(of(body))
            }
            Stmt::Each { subject, body, var } => {
                let var = match var {
                    EachVar::Existing(id) => expr(id),
                    EachVar::New(_) => 0,
                };
                var.max(expr(subject)).max(of(body))
            }
            Stmt::Switch { subject, cases } => {
                let cases = self.case_list(cases).iter().map(|case| case.label.map_or(0, expr).max(list(case.body)));
                cases.max().unwrap_or(0).max(expr(subject))
            }
            Stmt::Return(values) => self.expr_list(values).iter().map(|&id| expr(id)).max().unwrap_or(0),
            Stmt::Try { body, catches } => {
                let catches = self.catch_list(catches).iter().map(|catch| of(catch.body));
                catches.max().unwrap_or(0).max(of(body))
            }
            Stmt::Break | Stmt::Continue | Stmt::Empty | Stmt::Error => 0,
        };
        inner.saturating_add(1)
    }
}

impl Ast {
    /// Makes every integer literal a number, and division of integers one of numbers: the dialect of engines that knew
    /// numbers only (L-58).
    pub fn numbers_only(&mut self) {
        let ratio = |op: &mut BinaryOp| {
            if *op == BinaryOp::Div {
                *op = BinaryOp::Ratio;
            }
        };
        self.links.iter_mut().for_each(|link| ratio(&mut link.op));
        for target in &mut self.targets {
            if let AssignOp::Compound(op) = &mut target.op {
                ratio(op);
            }
        }
        for expr in &mut self.exprs {
            if let Expr::Int(value) = *expr {
                #[expect(clippy::cast_precision_loss, reason = "that is what such engines did")]
                let number = value as f64;
                *expr = Expr::Num(number);
            }
        }
    }
}
