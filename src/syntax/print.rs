//! The tree as text, for tests and tools: two trees are equal, spans apart, when their texts are.

use super::ast::{
    AssignOp, Ast, Decl, DeclKind, EachVar, Expr, ExprId, FieldDecl, Item, List, StepKind, Stmt, StmtId, Sym, Target,
    TypeName, TypeRef,
};
use crate::types::UnaryOp;
use std::fmt::Write;

/// Items as nested lists, one item a line. Total: the depth of a tree is bounded.
pub fn print(ast: &Ast, items: &[Item]) -> String {
    let mut printer = Printer { ast, out: String::new(), indent: 0 };
    for &item in items {
        printer.item(item);
        printer.out.push('\n');
    }
    printer.out
}

struct Printer<'a> {
    ast: &'a Ast,
    out: String,
    indent: usize,
}

/// Runs a step of the walk with stack enough for it.
fn deeper<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, step)
}

impl Printer<'_> {
    fn word(&mut self, word: &str) {
        self.out.push_str(word);
    }

    /// A name, in bars if it is no plain word.
    fn name(&mut self, sym: Sym) {
        let name = self.ast.name(sym);
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if plain {
            self.out.push_str(name);
        } else {
            let _ = write!(self.out, "|{name}|");
        }
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }

    fn indented(&mut self, step: impl FnOnce(&mut Self)) {
        self.indent = self.indent.saturating_add(1);
        step(self);
        self.indent = self.indent.saturating_sub(1);
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Include { path, .. } => {
                let _ = write!(self.out, "(include {:?})", self.ast.text(path));
            }
            Item::Use { package, .. } => {
                let _ = write!(self.out, "(use {:?})", self.ast.text(package));
            }
            Item::Struct(id) => {
                let Some(decl) = self.ast.struct_decl(id).copied() else { return };
                self.word("(struct ");
                self.name(decl.name);
                for &FieldDecl { ty, name, .. } in self.ast.field_list(decl.fields) {
                    self.word(" (");
                    self.type_ref(ty);
                    self.word(" ");
                    self.name(name);
                    self.word(")");
                }
                self.word(")");
            }
            Item::Function(id) => {
                let Some(decl) = self.ast.function(id).copied() else { return };
                self.word("(function ");
                self.name(decl.name);
                self.word(" (");
                self.decls(decl.params);
                self.word(")");
                self.inner(decl.body);
                self.word(")");
            }
            Item::Stmt(id) => self.stmt(id),
        }
    }

    fn type_ref(&mut self, ty: TypeRef) {
        match ty.name {
            TypeName::None => self.word("untyped"),
            TypeName::Named(sym) => self.name(sym),
            TypeName::Keyword(ty) => self.word(ty.base.word().unwrap_or("?")),
        }
        for _ in 0..ty.dims {
            self.word("[]");
        }
    }

    fn decls(&mut self, list: List<super::ast::DeclId>) {
        for (index, &decl) in self.ast.decl_list(list).iter().enumerate() {
            if index > 0 {
                self.word(" ");
            }
            self.decl(decl);
        }
    }

    fn decl(&mut self, decl: Decl) {
        self.word("(");
        if decl.is_const {
            self.word("const ");
        }
        if decl.is_persistent {
            self.word("persistent ");
        }
        if !(decl.ty.name == TypeName::None && decl.kind != DeclKind::Param) {
            self.type_ref(decl.ty);
            self.word(" ");
        }
        self.name(decl.name);
        self.targets(decl.chain);
        if let Some(init) = decl.init {
            self.word(" ");
            self.expr(init);
        }
        self.word(")");
    }

    fn targets(&mut self, list: List<Target>) {
        for target in self.ast.target_list(list) {
            let op = match target.op {
                AssignOp::Set => "",
                AssignOp::Compound(op) => op.symbol(),
            };
            let _ = write!(self.out, " ({op}= ");
            self.expr(target.expr);
            self.word(")");
        }
    }

    /// A statement on a line of its own, one level in.
    fn inner(&mut self, id: StmtId) {
        self.indented(|printer| {
            printer.line();
            printer.stmt(id);
        });
    }

    fn inner_list(&mut self, list: List<StmtId>) {
        for &id in self.ast.stmt_list(list) {
            self.inner(id);
        }
    }

    fn exprs(&mut self, list: List<ExprId>) {
        for &id in self.ast.expr_list(list) {
            self.word(" ");
            self.expr(id);
        }
    }

    fn spaced(&mut self, id: ExprId) {
        self.word(" ");
        self.expr(id);
    }

    fn stmt(&mut self, id: StmtId) {
        deeper(|| self.stmt_inside(id));
    }

    fn stmt_inside(&mut self, id: StmtId) {
        self.word("(");
        match self.ast.stmt(id) {
            Stmt::Var(decls) => {
                self.word("var ");
                self.decls(decls);
            }
            Stmt::Assign { targets, value } => {
                self.word("assign");
                self.targets(targets);
                self.spaced(value);
            }
            Stmt::Expr(value) => {
                self.word("do");
                self.spaced(value);
            }
            Stmt::Block(list) => {
                self.word("block");
                self.inner_list(list);
            }
            Stmt::If { arms, other } => {
                self.word("if");
                for arm in self.ast.arm_list(arms) {
                    self.spaced(arm.cond);
                    self.inner(arm.body);
                }
                if let Some(other) = other {
                    self.word(" else");
                    self.inner(other);
                }
            }
            Stmt::While { cond, body } => {
                self.word("while");
                self.spaced(cond);
                self.inner(body);
            }
            Stmt::DoWhile { body, cond } => {
                self.word("do-while");
                self.inner(body);
                self.spaced(cond);
            }
            Stmt::For { init, cond, step, body } => {
                self.word("for ");
                match init {
                    Some(init) => self.stmt(init),
                    None => self.word("_"),
                }
                match cond {
                    Some(cond) => self.spaced(cond),
                    None => self.word(" _"),
                }
                for &step in self.ast.stmt_list(step) {
                    self.word(" ");
                    self.stmt(step);
                }
                self.inner(body);
            }
            Stmt::Each { var, subject, body } => {
                self.word("each ");
                match var {
                    EachVar::New(id) => {
                        if let Some(&decl) = self.ast.decl(id) {
                            self.decl(decl);
                        }
                    }
                    EachVar::Existing(id) => self.expr(id),
                }
                self.spaced(subject);
                self.inner(body);
            }
            Stmt::Switch { subject, cases } => {
                self.word("switch");
                self.spaced(subject);
                for case in self.ast.case_list(cases) {
                    self.indented(|printer| {
                        printer.line();
                        match case.label {
                            Some(label) => {
                                printer.word("(case");
                                printer.spaced(label);
                            }
                            None => printer.word("(default"),
                        }
                        printer.inner_list(case.body);
                        printer.word(")");
                    });
                }
            }
            Stmt::Break => self.word("break"),
            Stmt::Continue => self.word("continue"),
            Stmt::Return(values) => {
                self.word("return");
                self.exprs(values);
            }
            Stmt::Throw(value) => {
                self.word("throw");
                self.spaced(value);
            }
            Stmt::Try { body, catches } => {
                self.word("try");
                self.inner(body);
                for catch in self.ast.catch_list(catches) {
                    self.indented(|printer| {
                        printer.line();
                        printer.word("(catch");
                        if let Some(&decl) = catch.decl.and_then(|id| printer.ast.decl(id)) {
                            printer.word(" ");
                            printer.decl(decl);
                        }
                        printer.inner(catch.body);
                        printer.word(")");
                    });
                }
            }
            Stmt::Empty => self.word("empty"),
            Stmt::Error => self.word("error"),
        }
        self.word(")");
    }

    fn expr(&mut self, id: ExprId) {
        deeper(|| self.expr_inside(id));
    }

    fn expr_inside(&mut self, id: ExprId) {
        match self.ast.expr(id) {
            Expr::Int(value) => {
                let _ = write!(self.out, "{value}");
            }
            Expr::Num(value) => {
                let _ = write!(self.out, "{value:?}");
            }
            Expr::Text(text) => {
                let _ = write!(self.out, "{:?}", self.ast.text(text));
            }
            Expr::Bool(value) => self.word(if value { "true" } else { "false" }),
            Expr::Null => self.word("null"),
            Expr::Name(sym) => self.name(sym),
            Expr::Subst(sym) => {
                self.word("(subst ");
                self.name(sym);
                self.word(")");
            }
            Expr::SubstField { key, field } => {
                self.word("(subst-field ");
                self.name(key);
                self.word(" ");
                self.name(field);
                self.word(")");
            }
            Expr::Key(text) => {
                let _ = write!(self.out, "(key {})", self.ast.text(text));
            }
            Expr::Call { name, args, .. } => {
                self.word("(call ");
                self.name(name);
                self.exprs(args);
                self.word(")");
            }
            Expr::Path { base, steps } => {
                self.word("(path ");
                self.expr(base);
                for step in self.ast.step_ids(steps) {
                    match self.ast.step(step) {
                        StepKind::Member(sym) => {
                            self.word(" .");
                            self.name(sym);
                        }
                        StepKind::Subst(sym) => {
                            self.word(" .%");
                            self.name(sym);
                        }
                        StepKind::Index(index) => {
                            self.word(" [");
                            self.expr(index);
                            self.word("]");
                        }
                    }
                }
                self.word(")");
            }
            Expr::Step { target, down, prefix } => {
                let op = if down { "--" } else { "++" };
                let _ = if prefix { write!(self.out, "({op}_ ") } else { write!(self.out, "(_{op} ") };
                self.expr(target);
                self.word(")");
            }
            Expr::Unary { op, operand } => {
                self.word(match op {
                    UnaryOp::Neg => "(neg ",
                    UnaryOp::Plus => "(plus ",
                    UnaryOp::Not => "(not ",
                });
                self.expr(operand);
                self.word(")");
            }
            Expr::Cast { ty, operand } => {
                self.word("(cast ");
                self.type_ref(ty);
                self.spaced(operand);
                self.word(")");
            }
            Expr::Chain { first, links } => {
                self.word("(");
                self.expr(first);
                for link in self.ast.link_list(links) {
                    let _ = write!(self.out, " {} ", link.op.symbol());
                    self.expr(link.operand);
                }
                self.word(")");
            }
            Expr::Ternary { cond, yes, no } => {
                self.word("(?");
                self.spaced(cond);
                self.spaced(yes);
                self.spaced(no);
                self.word(")");
            }
            Expr::Literal(list) => {
                self.word("{");
                for (index, &id) in self.ast.expr_list(list).iter().enumerate() {
                    if index > 0 {
                        self.word(" ");
                    }
                    self.expr(id);
                }
                self.word("}");
            }
            Expr::Paren(inner) => {
                self.word("(paren ");
                self.expr(inner);
                self.word(")");
            }
            Expr::Error => self.word("<error>"),
        }
    }
}
