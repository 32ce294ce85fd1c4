use super::{RawName, RawType, Run, TreeBuilder};
use crate::{
    diagnostics::{Diagnostic, codes::syntax as codes},
    source::Span,
    syntax::{
        ast::{
            Arm, Case, Catch, Decl, DeclId, DeclKind, EachVar, ExprId, FieldDecl, FnDecl, Item, List, Stmt, StmtId,
            StructDecl, Target, TypeName, TypeRef,
        },
        token::Token,
    },
};

/// The arms of an `if` chain read so far.
#[derive(Clone, Copy)]
pub(crate) struct IfArms {
    start: u32,
    arms: Run<Arm>,
}

/// What stands before the names of a declaration.
#[derive(Clone, Copy, Default)]
pub(crate) struct Modifiers {
    is_const: bool,
    is_persistent: bool,
}

impl Modifiers {
    pub fn constant(self) -> Self {
        Self { is_const: true, ..self }
    }

    pub fn persistent(self) -> Self {
        Self { is_persistent: true, ..self }
    }
}

/// What stands in the parentheses of a `for`, by its number in the builder.
#[derive(Clone, Copy)]
pub(crate) struct ForHead(u32);

#[derive(Clone, Copy)]
pub(in crate::syntax) enum Header {
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
#[derive(Clone, Copy)]
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

    pub fn no_fields(&self) -> Run<FieldDecl> {
        self.stacks.fields.empty()
    }

    pub fn add_field(&mut self, fields: Run<FieldDecl>, ty: RawType, name: RawName) -> Run<FieldDecl> {
        let Some(ty) = self.type_of(ty) else { return fields };
        self.stacks.fields.add(fields, FieldDecl { ty, name: name.sym, name_span: name.span })
    }

    pub fn structure(&mut self, name: RawName, fields: Run<FieldDecl>) -> Item {
        self.heard(());
        let list = self.ast.push_fields(self.stacks.fields.get(fields));
        self.stacks.fields.end(fields);
        Item::Struct(self.ast.push_struct(StructDecl { name: name.sym, name_span: name.span, fields: list }))
    }

    pub fn function(&mut self, name: RawName, params: Run<Decl>, body: StmtId) -> Item {
        self.heard(());
        let params = self.decl_list(params);
        Item::Function(self.ast.push_function(FnDecl { name: name.sym, name_span: name.span, params, body }))
    }

    fn decl_list(&mut self, list: Run<Decl>) -> List<DeclId> {
        let range = self.ast.push_decls(self.stacks.decls.get(list));
        self.stacks.decls.end(list);
        range
    }

    pub fn param(&mut self, is_const: bool, ty: Option<RawType>, name: RawName, init: Option<ExprId>) -> Run<Decl> {
        let untyped = TypeRef { name: TypeName::None, dims: 0, span: name.span.at_start() };
        let ty = ty.and_then(|ty| self.type_of(ty)).unwrap_or(untyped);
        self.stacks.decls.of(Decl { is_const, ..declare(name, ty, init, DeclKind::Param) })
    }

    /// The statements among items; what is only allowed at the top level is reported.
    fn statements(&mut self, items: Run<Item>) -> List<StmtId> {
        if let Some(statements) = self.ast.push_stmts(self.stacks.items.get(items)) {
            self.stacks.items.end(items);
            return statements;
        }
        let mut statements = self.stacks.stmts.empty();
        for index in 0..items.len() {
            let Some(item) = self.stacks.items.at(items, index) else { break };
            let (what, span) = match item {
                Item::Stmt(id) => {
                    statements = self.stacks.stmts.add(statements, id);
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
            let error = self.stmt(Stmt::Error, span);
            statements = self.stacks.stmts.add(statements, error);
        }
        self.stacks.items.end(items);
        self.stmt_list(statements)
    }

    fn stmt_list(&mut self, list: Run<StmtId>) -> List<StmtId> {
        let range = self.ast.push_stmt_list(self.stacks.stmts.get(list));
        self.stacks.stmts.end(list);
        range
    }

    /// Whether the lexer had to close a block at the end of the file: then what follows it seems to stand inside.
    fn brace_missing(&self) -> bool {
        self.tokens.last().is_some_and(|last| last.token == Token::BraceClose && last.span.is_empty())
    }

    pub fn block(&mut self, span: Span, items: Run<Item>) -> StmtId {
        let statements = self.statements(items);
        self.stmt(Stmt::Block(statements), span)
    }

    /// The first arm of an `if` at `start`.
    pub fn if_arms(&mut self, start: u32, cond: ExprId, body: StmtId) -> IfArms {
        IfArms { start, arms: self.stacks.arms.of(Arm { cond, body }) }
    }

    pub fn add_arm(&mut self, arms: IfArms, cond: ExprId, body: StmtId) -> IfArms {
        IfArms { arms: self.stacks.arms.add(arms.arms, Arm { cond, body }), ..arms }
    }

    fn if_chain(&mut self, IfArms { start, arms }: IfArms, other: Option<StmtId>) -> StmtId {
        let list = self.stacks.arms.get(arms);
        let last = other.or_else(|| list.last().map(|arm| arm.body));
        let end = last.map_or(start, |body| self.ast.stmt_span(body).end);
        let list = self.ast.push_arms(list);
        self.stacks.arms.end(arms);
        self.stmt(Stmt::If { arms: list, other }, Span::new(start, end))
    }

    pub fn if_only(&mut self, start: u32, cond: ExprId, body: StmtId) -> StmtId {
        let arms = self.if_arms(start, cond, body);
        self.if_chain(arms, None)
    }

    pub fn if_last(&mut self, arms: IfArms, cond: ExprId, body: StmtId) -> StmtId {
        let arms = self.add_arm(arms, cond, body);
        self.if_chain(arms, None)
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

    fn head(&mut self, head: Header) -> ForHead {
        // Invariant: a file has fewer loops than bytes, and those are counted in u32.
        let number = u32::try_from(self.stacks.heads.len()).unwrap_or(u32::MAX);
        self.stacks.heads.push(head);
        ForHead(number)
    }

    pub fn each_new(&mut self, ty: RawType, name: RawName, subject: ExprId) -> ForHead {
        let Some(ty) = self.type_of(ty) else { return self.unreadable_head() };
        let decl = self.ast.push_decl(declare(name, ty, None, DeclKind::Each));
        self.head(Header::Each { var: EachVar::New(decl), subject })
    }

    pub fn each_existing(&mut self, name: RawName, subject: ExprId) -> ForHead {
        let var = EachVar::Existing(self.name_expr(name));
        self.head(Header::Each { var, subject })
    }

    pub fn counting(&mut self, init: Option<StmtId>, cond: Option<ExprId>, step: Run<StmtId>) -> ForHead {
        let step = self.stmt_list(step);
        self.head(Header::Counting { init, cond, step })
    }

    pub fn unreadable_head(&mut self) -> ForHead {
        self.head(Header::Unreadable)
    }

    pub fn for_loop(&mut self, span: Span, head: ForHead, body: StmtId) -> StmtId {
        let stmt = match self.stacks.heads.get(head.0 as usize).copied().unwrap_or(Header::Unreadable) {
            Header::Counting { init, cond, step } => Stmt::For { init, cond, step, body },
            Header::Each { var, subject } => Stmt::Each { var, subject, body },
            // The body is kept as what it would be in a loop whose header says nothing.
            Header::Unreadable => {
                let step = self.ast.push_stmt_list(&[]);
                Stmt::For { init: None, cond: None, step, body }
            }
        };
        self.stmt(stmt, span)
    }

    pub fn no_parts(&self) -> Run<SwitchPart> {
        self.stacks.parts.empty()
    }

    /// `case` (or `default`) with its label and its place.
    pub fn label(&mut self, label: Option<ExprId>, span: Span) -> Run<SwitchPart> {
        self.stacks.parts.of(SwitchPart::Label(label, span))
    }

    pub fn add_parts(&mut self, parts: Run<SwitchPart>, more: Run<SwitchPart>) -> Run<SwitchPart> {
        self.stacks.parts.join(parts, more)
    }

    pub fn add_part(&mut self, parts: Run<SwitchPart>, part: SwitchPart) -> Run<SwitchPart> {
        self.stacks.parts.add(parts, part)
    }

    pub fn switch(&mut self, span: Span, subject: ExprId, parts: Run<SwitchPart>) -> StmtId {
        let mut cases: Vec<Case> = Vec::new();
        let mut items = self.stacks.items.empty();
        let mut label: Option<(Option<ExprId>, Span)> = None;
        // A label ends the statements of the one before, as the end does.
        for index in 0..=parts.len() {
            let next = match self.stacks.parts.at(parts, index) {
                Some(SwitchPart::Item(item)) => {
                    items = self.stacks.items.add(items, item);
                    continue;
                }
                Some(SwitchPart::Label(label, span)) => Some((label, span)),
                None => None,
            };
            let body = self.statements(items);
            items = self.stacks.items.empty();
            match label {
                Some((label, span)) => cases.push(Case { label, span, body }),
                None => self.check_before_cases(body),
            }
            label = next;
        }
        self.stacks.parts.end(parts);
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

    pub fn catch(&mut self, span: Span, ty: RawType, name: RawName, body: StmtId) -> Run<Catch> {
        let Some(ty) = self.type_of(ty) else { return self.catch_all(span, body) };
        let decl = self.ast.push_decl(declare(name, ty, None, DeclKind::Catch));
        self.stacks.catches.of(Catch { decl: Some(decl), span, body })
    }

    pub fn catch_all(&mut self, span: Span, body: StmtId) -> Run<Catch> {
        self.stacks.catches.of(Catch { decl: None, span, body })
    }

    pub fn add_catches(&mut self, list: Run<Catch>, more: Run<Catch>) -> Run<Catch> {
        self.stacks.catches.join(list, more)
    }

    pub fn try_catch(&mut self, span: Span, body: StmtId, catches: Run<Catch>) -> StmtId {
        let list = self.ast.push_catches(self.stacks.catches.get(catches));
        self.stacks.catches.end(catches);
        self.stmt(Stmt::Try { body, catches: list }, span)
    }

    pub fn return_values(&mut self, span: Span, values: Run<ExprId>) -> StmtId {
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

    pub fn declarator(&mut self, name: RawName, chain: Run<Target>, init: Option<ExprId>) -> Run<Decl> {
        let untyped = TypeRef { name: TypeName::None, dims: 0, span: name.span.at_start() };
        let chain = self.target_list(chain);
        self.stacks.decls.of(Decl { chain, ..declare(name, untyped, init, DeclKind::Var) })
    }

    /// Gives variables what stands before their names.
    pub fn declare_all(&mut self, modifiers: Modifiers, ty: RawType, decls: Run<Decl>) -> Run<Decl> {
        let ty = self.type_of(ty);
        for decl in self.stacks.decls.get_mut(decls) {
            decl.ty = ty.unwrap_or(decl.ty);
            decl.is_const = modifiers.is_const;
            decl.is_persistent = modifiers.is_persistent;
        }
        decls
    }

    pub fn declaration(&mut self, span: Span, decls: Run<Decl>) -> StmtId {
        let range = self.decl_list(decls);
        self.stmt(Stmt::Var(range), span)
    }

    pub fn expr_stmt(&mut self, span: Span, value: ExprId) -> StmtId {
        self.stmt(Stmt::Expr(value), span)
    }

    pub fn expr_stmt_of(&mut self, value: ExprId) -> StmtId {
        self.expr_stmt(self.ast.expr_span(value), value)
    }

    fn target_list(&mut self, list: Run<Target>) -> List<Target> {
        let range = self.ast.push_targets(self.stacks.targets.get(list));
        self.stacks.targets.end(list);
        range
    }

    pub fn assignment(&mut self, span: Span, targets: Run<Target>, value: ExprId) -> StmtId {
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
