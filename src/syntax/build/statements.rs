use super::{RawName, TargetList, TreeBuilder};
use crate::{
    diagnostics::{Diagnostic, codes::syntax as codes},
    source::Span,
    syntax::{
        ast::{
            Arm, AssignOp, Case, Catch, Decl, DeclKind, EachVar, ExprId, FieldDecl, FnDecl, Item, List, Stmt, StmtId,
            StructDecl, Target, TypeName, TypeRef,
        },
        token::Token,
    },
};

/// The arms of an `if` chain read so far.
pub(crate) struct IfArms {
    start: u32,
    arms: Vec<Arm>,
}

impl IfArms {
    /// No arms, of an `if` at `start`.
    pub fn at(start: u32) -> Self {
        Self { start, arms: Vec::new() }
    }

    pub fn and(mut self, cond: ExprId, body: StmtId) -> Self {
        self.arms.push(Arm { cond, body });
        self
    }
}

/// What stands before the names of a declaration.
#[derive(Clone, Copy, Default)]
pub(crate) struct Modifiers {
    is_const: bool,
    is_persistent: bool,
    ty: Option<TypeRef>,
}

impl Modifiers {
    pub fn of(ty: TypeRef) -> Self {
        Self { ty: Some(ty), ..Self::default() }
    }

    pub fn with(self, ty: TypeRef) -> Self {
        Self { ty: Some(ty), ..self }
    }

    pub fn constant(self) -> Self {
        Self { is_const: true, ..self }
    }

    pub fn persistent(self) -> Self {
        Self { is_persistent: true, ..self }
    }
}

/// What stands in the parentheses of a `for`.
pub(crate) enum ForHead {
    /// The counting form.
    Counting {
        init: Option<StmtId>,
        cond: Option<ExprId>,
        step: List<StmtId>,
    },
    /// The each form.
    Each {
        var: EachVar,
        subject: ExprId,
    },
    Unreadable,
}

/// A label or a statement of a `switch`.
pub(crate) enum SwitchPart {
    /// `case` (or `default`) with its label and its place.
    Label(Option<ExprId>, Span),
    Item(Item),
}

impl TreeBuilder<'_> {
    pub fn include(&mut self, path: Span, span: Span) -> Item {
        self.heard(());
        Item::Include { path: self.text(path), span }
    }

    pub fn use_package(&mut self, package: Span, span: Span) -> Item {
        self.heard(());
        Item::Use { package: self.text(package), span }
    }

    pub fn structure(&mut self, _span: Span, name: RawName, fields: Vec<FieldDecl>) -> Item {
        self.heard(());
        let fields = self.ast.push_fields(&fields);
        Item::Struct(self.ast.push_struct(StructDecl { name: name.sym, name_span: name.span, fields }))
    }

    pub fn function(&mut self, _span: Span, name: RawName, params: Vec<Decl>, body: StmtId) -> Item {
        self.heard(());
        let params = self.ast.push_decls(&params);
        Item::Function(self.ast.push_function(FnDecl { name: name.sym, name_span: name.span, params, body }))
    }

    pub fn param(&mut self, is_const: bool, ty: Option<TypeRef>, name: RawName, init: Option<ExprId>) -> Decl {
        let untyped = TypeRef { name: TypeName::None, dims: 0, span: name.span.at_start() };
        Decl { is_const, ..declare(name, ty.unwrap_or(untyped), init, DeclKind::Param) }
    }

    /// The statements among items; what is only allowed at the top level is reported.
    fn statements(&mut self, items: Vec<Item>) -> List<StmtId> {
        let mut statements = self.spare.stmts.empty();
        for &item in &items {
            let (what, span) = match item {
                Item::Stmt(id) => {
                    statements.push(id);
                    continue;
                }
                Item::Include { span, .. } => ("an `include`", span),
                Item::Use { span, .. } => ("a `use`", span),
                Item::Struct(id) => {
                    ("a structure", self.ast.struct_decl(id).map_or(Span::default(), |decl| decl.name_span))
                }
                Item::Function(id) => {
                    ("a function", self.ast.function(id).map_or(Span::default(), |decl| decl.name_span))
                }
            };
            if !self.brace_missing() {
                let message = format!("{what} can only stand at the top level of a script");
                self.report(Diagnostic::new(codes::NOT_TOP_LEVEL, span, message).hint("move it out of the braces"));
            }
            statements.push(self.stmt(Stmt::Error, span));
        }
        self.spare.items.put(items);
        self.stmt_list(statements)
    }

    fn stmt_list(&mut self, list: Vec<StmtId>) -> List<StmtId> {
        let range = self.ast.push_stmt_list(&list);
        self.spare.stmts.put(list);
        range
    }

    /// Whether the lexer had to close a block at the end of the file: then what follows it seems to stand inside.
    fn brace_missing(&self) -> bool {
        self.tokens.last().is_some_and(|last| last.token == Token::BraceClose && last.span.is_empty())
    }

    pub fn block(&mut self, span: Span, items: Vec<Item>) -> StmtId {
        let statements = self.statements(items);
        self.stmt(Stmt::Block(statements), span)
    }

    fn if_chain(&mut self, arms: IfArms, other: Option<StmtId>) -> StmtId {
        let last = other.or_else(|| arms.arms.last().map(|arm| arm.body));
        let end = last.map_or(arms.start, |body| self.ast.stmt_span(body).end);
        let list = self.ast.push_arms(&arms.arms);
        self.stmt(Stmt::If { arms: list, other }, Span::new(arms.start, end))
    }

    pub fn if_only(&mut self, arms: IfArms, cond: ExprId, body: StmtId) -> StmtId {
        self.if_chain(arms.and(cond, body), None)
    }

    pub fn if_else(&mut self, arms: IfArms, other: StmtId) -> StmtId {
        self.if_chain(arms, Some(other))
    }

    pub fn while_loop(&mut self, span: Span, cond: ExprId, body: StmtId) -> StmtId {
        self.stmt(Stmt::While { cond, body }, span)
    }

    pub fn do_while(&mut self, span: Span, body: StmtId, cond: ExprId) -> StmtId {
        self.stmt(Stmt::DoWhile { body, cond }, span)
    }

    pub fn each_new(&mut self, ty: TypeRef, name: RawName, subject: ExprId) -> ForHead {
        let decl = self.ast.push_decl(declare(name, ty, None, DeclKind::Each));
        ForHead::Each { var: EachVar::New(decl), subject }
    }

    pub fn each_existing(&mut self, name: RawName, subject: ExprId) -> ForHead {
        ForHead::Each { var: EachVar::Existing(self.name_expr(name)), subject }
    }

    pub fn counting(&mut self, init: Option<StmtId>, cond: Option<ExprId>, step: Vec<StmtId>) -> ForHead {
        ForHead::Counting { init, cond, step: self.stmt_list(step) }
    }

    pub fn for_loop(&mut self, span: Span, head: ForHead, body: StmtId) -> StmtId {
        let stmt = match head {
            ForHead::Counting { init, cond, step } => Stmt::For { init, cond, step, body },
            ForHead::Each { var, subject } => Stmt::Each { var, subject, body },
            // The body is kept as what it would be in a loop whose header says nothing.
            ForHead::Unreadable => {
                let step = self.ast.push_stmt_list(&[]);
                Stmt::For { init: None, cond: None, step, body }
            }
        };
        self.stmt(stmt, span)
    }

    pub fn switch(&mut self, span: Span, subject: ExprId, parts: Vec<SwitchPart>) -> StmtId {
        let mut cases: Vec<Case> = Vec::new();
        let mut items: Vec<Item> = Vec::new();
        let mut label: Option<(Option<ExprId>, Span)> = None;
        // A label ends the statements of the one before.
        for part in parts.into_iter().map(Some).chain([None]) {
            let next = match part {
                Some(SwitchPart::Item(item)) => {
                    items.push(item);
                    continue;
                }
                Some(SwitchPart::Label(label, span)) => Some((label, span)),
                None => None,
            };
            let body = self.statements(std::mem::take(&mut items));
            match label {
                Some((label, span)) => cases.push(Case { label, span, body }),
                None => self.check_before_cases(body),
            }
            label = next;
        }
        let cases = self.ast.push_cases(&cases);
        self.stmt(Stmt::Switch { subject, cases }, span)
    }

    fn check_before_cases(&mut self, body: List<StmtId>) {
        let first = self.ast.stmt_list(body).iter().copied().find(|&id| self.ast.stmt(id) != Stmt::Error);
        if let Some(first) = first {
            let message = "expected `case` or `default` before the first statement of a `switch`";
            self.report(Diagnostic::new(codes::STATEMENT_BEFORE_CASE, self.ast.stmt_span(first), message));
        }
    }

    pub fn catch(&mut self, span: Span, ty: TypeRef, name: RawName, body: StmtId) -> Catch {
        let decl = self.ast.push_decl(declare(name, ty, None, DeclKind::Catch));
        Catch { decl: Some(decl), span, body }
    }

    pub fn try_catch(&mut self, span: Span, body: StmtId, catches: Vec<Catch>) -> StmtId {
        let catches = self.ast.push_catches(&catches);
        self.stmt(Stmt::Try { body, catches }, span)
    }

    pub fn return_values(&mut self, span: Span, values: Vec<ExprId>) -> StmtId {
        let values = self.expr_list(values);
        self.stmt(Stmt::Return(values), span)
    }

    pub fn throw(&mut self, span: Span, value: ExprId) -> StmtId {
        self.stmt(Stmt::Throw(value), span)
    }

    pub fn break_loop(&mut self, span: Span) -> StmtId {
        self.stmt(Stmt::Break, span)
    }

    pub fn continue_loop(&mut self, span: Span) -> StmtId {
        self.stmt(Stmt::Continue, span)
    }

    pub fn empty(&mut self, span: Span) -> StmtId {
        self.stmt(Stmt::Empty, span)
    }

    pub fn declarator(&mut self, name: RawName, chain: TargetList, init: Option<ExprId>) -> Decl {
        let untyped = TypeRef { name: TypeName::None, dims: 0, span: name.span.at_start() };
        let chain = self.target_list(chain);
        Decl { chain, ..declare(name, untyped, init, DeclKind::Var) }
    }

    pub fn declaration(&mut self, span: Span, modifiers: Modifiers, mut decls: Vec<Decl>) -> StmtId {
        for decl in &mut decls {
            decl.ty = modifiers.ty.unwrap_or(decl.ty);
            decl.is_const = modifiers.is_const;
            decl.is_persistent = modifiers.is_persistent;
        }
        let range = self.ast.push_decls(&decls);
        self.spare.decls.put(decls);
        self.stmt(Stmt::Var(range), span)
    }

    pub fn expr_stmt(&mut self, span: Span, value: ExprId) -> StmtId {
        self.stmt(Stmt::Expr(value), span)
    }

    pub fn expr_stmt_of(&mut self, value: ExprId) -> StmtId {
        self.expr_stmt(self.ast.expr_span(value), value)
    }

    pub fn target(&mut self, expr: ExprId, op: AssignOp, op_span: Span) -> Target {
        self.heard(Target { expr, op, op_span })
    }

    fn target_list(&mut self, list: TargetList) -> List<Target> {
        let range = self.ast.push_targets(&list);
        self.spare.targets.put(list);
        range
    }

    pub fn assignment(&mut self, span: Span, targets: TargetList, value: ExprId) -> StmtId {
        let targets = self.target_list(targets);
        self.stmt(Stmt::Assign { targets, value }, span)
    }

    /// Lets a statement reach to its semicolon.
    pub fn extend_stmt(&mut self, stmt: StmtId, end: u32) -> StmtId {
        self.ast.extend_stmt_span(stmt, end);
        stmt
    }
}

fn declare(name: RawName, ty: TypeRef, init: Option<ExprId>, kind: DeclKind) -> Decl {
    Decl {
        name: name.sym,
        name_span: name.span,
        ty,
        init,
        kind,
        is_const: false,
        is_persistent: false,
        chain: List::new(0, 0),
    }
}
