//! What the rules of the grammar build.
//!
//! Actions never fail. A node that would be nested deeper than the limit becomes an error node.

mod expressions;
mod runs;
mod statements;

use super::{
    ast::{
        Arm, AssignOp, Ast, Catch, Decl, Expr, ExprId, FieldDecl, Item, Link, StepKind, Stmt, StmtId, Sym, Target,
        TextId, TypeName, TypeRef,
    },
    escape::decode,
    lexer::{Lexeme, too_deep},
    parser::Pace,
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    source::{SourceFile, Span},
    types::Type,
};

pub(super) use expressions::{Operands, PathSteps};
pub(super) use runs::{Run, Stacks};
pub(super) use statements::{ForHead, IfArms, Modifiers, SwitchPart};

/// A name and where it stands.
#[derive(Clone, Copy)]
pub(super) struct RawName {
    pub sym: Sym,
    pub span: Span,
}

/// A type as written, by its number in the builder.
#[derive(Clone, Copy)]
pub(super) struct RawType(u32);

/// The tree that grows while the parser runs, and what it needs beside.
pub(super) struct TreeBuilder<'a> {
    ast: &'a mut Ast,
    file: &'a SourceFile,
    tokens: &'a [Lexeme],
    limit: usize,
    /// The nesting limit was passed: said once per file.
    too_deep: bool,
    pace: &'a Pace,
    stacks: &'a mut Stacks,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> TreeBuilder<'a> {
    pub fn new(
        ast: &'a mut Ast,
        file: &'a SourceFile,
        tokens: &'a [Lexeme],
        limit: usize,
        pace: &'a Pace,
        stacks: &'a mut Stacks,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        stacks.clear();
        Self { ast, file, tokens, limit, too_deep: false, pace, stacks, diagnostics }
    }

    /// Tells whether the tokens end where the limit was passed.
    pub fn ends_early(&mut self, cut_short: bool) {
        self.too_deep = cut_short;
    }

    /// The tokens of the file.
    pub fn tokens(&self) -> &'a [Lexeme] {
        self.tokens
    }

    /// Whether reading ended early, so that what is missing at the end is no mistake.
    pub fn cut_short(&self) -> bool {
        self.too_deep
    }

    /// The text of a span.
    pub fn source(&self, span: Span) -> &'a str {
        self.file.slice(span)
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
        self.pace.stop.set(self.diagnostics.is_full());
    }

    /// Whether an error was reported whose place ends at a position or behind it.
    pub fn has_told_since(&self, position: u32) -> bool {
        self.diagnostics.errors().any(|error| error.span.end >= position)
    }

    /// Whether an error was reported that lies between two positions.
    pub fn has_told_between(&self, start: u32, end: u32) -> bool {
        self.diagnostics.errors().any(|error| error.span.start >= start && error.span.end <= end)
    }

    /// Tells the token feed that something was built.
    pub fn heard<T>(&self, value: T) -> T {
        self.pace.idle.set(0);
        value
    }

    pub fn no_items(&self) -> Run<Item> {
        self.stacks.items.empty()
    }

    pub fn add_item(&mut self, items: Run<Item>, item: Item) -> Run<Item> {
        self.stacks.items.add(items, item)
    }

    /// The items of the file.
    pub fn file(&self, items: Run<Item>) -> Vec<Item> {
        self.stacks.items.get(items).to_vec()
    }

    pub fn exprs(&mut self, first: ExprId) -> Run<ExprId> {
        self.stacks.exprs.of(first)
    }

    pub fn add_expr(&mut self, list: Run<ExprId>, expr: ExprId) -> Run<ExprId> {
        self.stacks.exprs.add(list, expr)
    }

    pub fn add_decls(&mut self, list: Run<Decl>, more: Run<Decl>) -> Run<Decl> {
        self.stacks.decls.join(list, more)
    }

    pub fn stmts(&mut self, first: StmtId) -> Run<StmtId> {
        self.stacks.stmts.of(first)
    }

    pub fn add_stmt(&mut self, list: Run<StmtId>, stmt: StmtId) -> Run<StmtId> {
        self.stacks.stmts.add(list, stmt)
    }

    pub fn targets(&mut self, expr: ExprId, op: AssignOp, op_span: Span) -> Run<Target> {
        let first = self.heard(Target { expr, op, op_span });
        self.stacks.targets.of(first)
    }

    pub fn add_target(&mut self, list: Run<Target>, expr: ExprId, op: AssignOp, op_span: Span) -> Run<Target> {
        let target = self.heard(Target { expr, op, op_span });
        self.stacks.targets.add(list, target)
    }

    fn expr(&mut self, expr: Expr, span: Span) -> ExprId {
        self.heard(());
        let id = self.ast.push_expr(expr, span);
        if usize::from(self.ast.expr_depth(id)) > self.limit {
            self.report_depth(span);
            self.ast.fail_expr(id);
        }
        id
    }

    /// An expression that has no expressions in it.
    fn leaf(&mut self, expr: Expr, span: Span) -> ExprId {
        if self.limit == 0 {
            return self.expr(expr, span);
        }
        self.heard(());
        self.ast.push_leaf(expr, span)
    }

    fn stmt(&mut self, stmt: Stmt, span: Span) -> StmtId {
        self.heard(());
        let id = self.ast.push_stmt(stmt, span);
        if usize::from(self.ast.stmt_depth(id)) > self.limit {
            self.report_depth(span);
            self.ast.fail_stmt(id);
        }
        id
    }

    fn report_depth(&mut self, span: Span) {
        if !std::mem::replace(&mut self.too_deep, true) {
            self.report(too_deep(span, self.limit));
        }
    }

    pub fn error_expr(&mut self, start: u32, end: u32) -> ExprId {
        self.leaf(Expr::Error, Span::new(start, end))
    }

    pub fn error_item(&mut self, start: u32, end: u32) -> Item {
        Item::Stmt(self.stmt(Stmt::Error, Span::new(start, end)))
    }

    pub fn name(&mut self, span: Span) -> RawName {
        self.heard(());
        RawName { sym: self.ast.intern(self.file.slice(span)), span }
    }

    /// The trimmed text of `#{...}`.
    fn quoted(&self, span: Span) -> &'a str {
        let inner = self.source(span).strip_prefix("#{").unwrap_or("");
        inner.strip_suffix('}').unwrap_or(inner).trim()
    }

    pub fn quoted_name(&mut self, span: Span) -> RawName {
        self.heard(());
        let name = self.quoted(span);
        RawName { sym: self.ast.intern(name), span }
    }

    /// The name between the percent signs.
    fn substituted(&mut self, span: Span) -> Sym {
        let name = self.source(span).trim_matches('%');
        self.ast.intern(name)
    }

    /// A text literal, without its quotes whatever they are.
    fn text(&mut self, span: Span) -> TextId {
        let written = self.source(span);
        let mut inner = written.chars();
        let quote = inner.next().map_or(0, char::len_utf8);
        inner.next_back();
        let start = span.start.saturating_add(u32::try_from(quote).unwrap_or(0));
        let text = decode(inner.as_str(), start, self.diagnostics);
        self.ast.push_text(&text)
    }

    pub fn type_word(&mut self, span: Span) -> RawType {
        self.heard(());
        let word = self.file.slice(span);
        let name = match Type::from_keyword(word) {
            Some(ty) => TypeName::Keyword(ty),
            None => TypeName::Named(self.ast.intern(word)),
        };
        // Invariant: a file has fewer types than bytes, and those are counted in u32.
        let number = u32::try_from(self.stacks.types.len()).unwrap_or(u32::MAX);
        self.stacks.types.push(TypeRef { name, dims: 0, span });
        RawType(number)
    }

    pub fn array_type(&mut self, number: RawType, brackets: Span) -> RawType {
        self.heard(());
        if let Some(ty) = self.stacks.types.get_mut(number.0 as usize) {
            ty.span = ty.span.to(brackets);
            ty.dims = ty.dims.saturating_add(1);
            let (span, dims) = (ty.span, ty.dims);
            if usize::from(dims) > self.limit || dims == u8::MAX {
                self.report_depth(span);
            }
        }
        number
    }

    /// The type of a number.
    fn type_of(&self, number: RawType) -> Option<TypeRef> {
        self.stacks.types.get(number.0 as usize).copied()
    }
}
