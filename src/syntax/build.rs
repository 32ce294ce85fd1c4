//! What the rules of the grammar build.
//!
//! Actions never fail. A node that would be nested deeper than the limit becomes an error node.

mod expressions;
mod spare;
mod statements;

use super::{
    ast::{
        AssignOp, Ast, Decl, Expr, ExprId, Item, Link, StepKind, Stmt, StmtId, Sym, Target, TextId, TypeName, TypeRef,
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

use spare::SpareLists;

pub(super) use expressions::PathSteps;
pub(super) use statements::{ForHead, IfArms, Modifiers, SwitchPart};

/// A name and where it stands.
#[derive(Clone, Copy)]
pub(super) struct RawName {
    pub sym: Sym,
    pub span: Span,
}

/// The targets of an assignment so far.
pub(super) type TargetList = Vec<Target>;

/// The tree that grows while the parser runs, and what it needs beside.
pub(super) struct TreeBuilder<'a> {
    ast: &'a mut Ast,
    file: &'a SourceFile,
    tokens: &'a [Lexeme],
    limit: usize,
    /// The nesting limit was passed: said once per file.
    too_deep: bool,
    pace: &'a Pace,
    spare: SpareLists,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> TreeBuilder<'a> {
    /// `cut_short`: the tokens end where the limit was passed.
    pub fn new(
        ast: &'a mut Ast,
        file: &'a SourceFile,
        tokens: &'a [Lexeme],
        limit: usize,
        cut_short: bool,
        pace: &'a Pace,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self { ast, file, tokens, limit, too_deep: cut_short, pace, spare: SpareLists::default(), diagnostics }
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

    /// Tells the token feed that something was built.
    pub fn heard<T>(&self, value: T) -> T {
        self.pace.idle.set(0);
        value
    }

    pub fn no_items(&mut self) -> Vec<Item> {
        self.spare.items.empty()
    }

    pub fn exprs(&mut self, first: ExprId) -> Vec<ExprId> {
        self.spare.exprs.of(first)
    }

    pub fn links(&mut self, first: Link) -> Vec<Link> {
        self.spare.links.of(first)
    }

    pub fn steps(&mut self, first: (StepKind, Span)) -> Vec<(StepKind, Span)> {
        self.spare.steps.of(first)
    }

    pub fn decls(&mut self, first: Decl) -> Vec<Decl> {
        self.spare.decls.of(first)
    }

    pub fn stmts(&mut self, first: StmtId) -> Vec<StmtId> {
        self.spare.stmts.of(first)
    }

    pub fn targets(&mut self, expr: ExprId, op: AssignOp, op_span: Span) -> TargetList {
        let first = self.target(expr, op, op_span);
        self.spare.targets.of(first)
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
        self.expr(Expr::Error, Span::new(start, end))
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

    pub fn type_word(&mut self, span: Span) -> TypeRef {
        self.heard(());
        let word = self.file.slice(span);
        let name = match Type::from_keyword(word) {
            Some(ty) => TypeName::Keyword(ty),
            None => TypeName::Named(self.ast.intern(word)),
        };
        TypeRef { name, dims: 0, span }
    }

    pub fn array_type(&mut self, ty: TypeRef, brackets: Span) -> TypeRef {
        self.heard(());
        let span = ty.span.to(brackets);
        let dims = ty.dims.saturating_add(1);
        if usize::from(dims) > self.limit || dims == u8::MAX {
            self.report_depth(span);
        }
        TypeRef { dims, span, ..ty }
    }
}
