//! Statements: declarations, assignments, control flow, functions.

use super::{Checker, deep, facts::Owner, literals::strip};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    source::Span,
    syntax::ast::{
        AssignOp, Case, Catch, DeclId, EachVar, Expr, ExprId, FnId, Item, List, Stmt, StmtId, Target, TypeRef,
    },
    types::{Base, BinaryOp, LeftOperand, Type, UnaryOp, binary_type},
};
use foldhash::HashMap;

/// What surrounds the statement that is walked.
#[derive(Default)]
pub(super) struct Flow {
    loops: u32,
    switches: u32,
    /// Types of the values that the function returns so far, where they are known.
    returned: Option<(Type, Span)>,
    mixed: bool,
}

/// A case label that is known before run time.
#[derive(PartialEq, Eq, Hash)]
enum Label<'t> {
    Number(u64),
    Text(&'t str),
    Bool(bool),
    Null,
}

impl<'a> Checker<'a> {
    pub(super) fn program(&mut self) {
        let mut ended = false;
        let mut warned = false;
        for index in 0..self.ast.items.len() {
            match self.ast.items.get(index).copied() {
                Some(Item::Stmt(stmt)) => {
                    if ended && !warned {
                        warned = self.warn_unreachable(stmt);
                    }
                    ended |= self.stmt(stmt);
                }
                Some(Item::Function(id)) => self.function(id),
                _ => {}
            }
        }
        self.close_top_level();
    }

    fn function(&mut self, id: FnId) {
        let Some(&decl) = self.ast.function(id) else { return };
        let outer = std::mem::take(&mut self.flow);
        self.desk.scopes.owner = Owner::Function(id);
        let mut with_default: Option<Span> = None;
        for param in self.ast.decl_ids(decl.params) {
            let Some(param) = self.ast.decl(param) else { continue };
            let ty = self.resolve_type(param.ty);
            let name = self.ast.name(param.name);
            match (param.init, with_default) {
                // Defaults are evaluated in the global scope (L-91): no parameter is known yet.
                (Some(init), _) => {
                    self.expr_to(init, ty);
                    with_default.get_or_insert(param.name_span);
                }
                (None, Some(first)) => self.report(
                    Diagnostic::new(
                        codes::DEFAULT_ORDER,
                        param.name_span,
                        format!("parameter `{name}` has no default, but stands behind one that has"),
                    )
                    .label(first, "this one has a default")
                    .hint("put the parameters with defaults last"),
                ),
                (None, None) => {}
            }
        }
        self.enter_scope();
        for param in self.ast.decl_ids(decl.params) {
            let ty = self.ast.decl(param).map_or(Type::DYNAMIC, |decl| self.known_type(decl.ty));
            self.declare(param, ty);
        }
        self.stmt(decl.body);
        self.leave_scope();
        self.desk.scopes.owner = Owner::Main;
        self.flow = outer;
    }

    /// Walks statements in order; true when the end is certainly not reached.
    fn stmts(&mut self, list: List<StmtId>) -> bool {
        let mut ended = false;
        let mut warned = false;
        for &stmt in self.ast.stmt_list(list) {
            if ended && !warned {
                warned = self.warn_unreachable(stmt);
            }
            ended |= self.stmt(stmt);
        }
        ended
    }

    fn warn_unreachable(&mut self, stmt: StmtId) -> bool {
        if matches!(self.ast.stmt(stmt), Stmt::Empty | Stmt::Error) {
            return false;
        }
        let message = "this is never reached".to_owned();
        self.say(codes::UNREACHABLE, self.ast.stmt_span(stmt), message);
        true
    }

    /// Walks a statement; true when what follows it is certainly not reached.
    fn stmt(&mut self, id: StmtId) -> bool {
        deep(self.ast.stmt_depth(id), || self.walk(id))
    }

    /// A body is a scope, with or without braces.
    fn body(&mut self, id: StmtId) -> bool {
        if matches!(self.ast.stmt(id), Stmt::Block(_)) {
            return self.stmt(id);
        }
        self.enter_scope();
        let ended = self.stmt(id);
        self.leave_scope();
        ended
    }

    fn loop_body(&mut self, id: StmtId) {
        self.flow.loops = self.flow.loops.saturating_add(1);
        self.body(id);
        self.flow.loops = self.flow.loops.saturating_sub(1);
    }

    fn walk(&mut self, id: StmtId) -> bool {
        match self.ast.stmt(id) {
            Stmt::Var(decls) => {
                let mut ty = None;
                for decl in self.ast.decl_ids(decls) {
                    let Some(written) = self.ast.decl(decl).map(|decl| decl.ty) else { continue };
                    let ty = *ty.get_or_insert_with(|| self.declared_type(written));
                    self.variable(decl, ty);
                }
            }
            Stmt::Assign { targets, value } => {
                self.assign(targets, value);
            }
            Stmt::Expr(expr) => {
                self.expr(expr);
                self.warn_unused_value(expr);
            }
            Stmt::Block(stmts) => {
                self.enter_scope();
                let ended = self.stmts(stmts);
                self.leave_scope();
                return ended;
            }
            Stmt::If { arms, other } => {
                let mut all_end = true;
                for &arm in self.ast.arm_list(arms) {
                    self.condition(arm.cond);
                    all_end &= self.body(arm.body);
                }
                return match other {
                    Some(other) => self.body(other) && all_end,
                    None => false,
                };
            }
            Stmt::While { cond, body } => {
                self.condition(cond);
                self.loop_body(body);
            }
            Stmt::DoWhile { body, cond } => {
                self.loop_body(body);
                self.condition(cond);
            }
            Stmt::For { init, cond, step, body } => {
                self.enter_scope();
                if let Some(init) = init {
                    self.stmt(init);
                }
                if let Some(cond) = cond {
                    self.condition(cond);
                }
                for &step in self.ast.stmt_list(step) {
                    self.stmt(step);
                }
                self.loop_body(body);
                self.leave_scope();
            }
            Stmt::Each { var, subject, body } => self.each(var, subject, body),
            Stmt::Switch { subject, cases } => self.switch(subject, cases),
            Stmt::Break => {
                if self.flow.loops == 0 && self.flow.switches == 0 {
                    let message = "`break` stands neither in a loop nor in a switch";
                    let found = Diagnostic::new(codes::MISPLACED_JUMP, self.ast.stmt_span(id), message);
                    self.report(found.hint("`return` ends a function or the script"));
                }
                return true;
            }
            Stmt::Continue => {
                if self.flow.loops == 0 {
                    let message = "`continue` does not stand in a loop".to_owned();
                    self.say(codes::MISPLACED_JUMP, self.ast.stmt_span(id), message);
                }
                return true;
            }
            Stmt::Return(values) => {
                self.return_values(id, values);
                return true;
            }
            Stmt::Throw(value) => {
                self.expr(value);
                return true;
            }
            Stmt::Try { body, catches } => return self.try_catch(body, catches),
            Stmt::Empty | Stmt::Error => {}
        }
        false
    }

    /// The types at top level were resolved, and unknown ones reported, when they were collected.
    fn declared_type(&mut self, written: TypeRef) -> Type {
        if self.desk.scopes.at_top_level() { self.known_type(written) } else { self.resolve_type(written) }
    }

    fn variable(&mut self, id: DeclId, ty: Type) {
        let Some(decl) = self.ast.decl(id) else { return };
        let name = self.ast.name(decl.name);
        // The initialiser is evaluated before the name exists (L-72).
        match decl.init {
            Some(init) if decl.chain.is_empty() => self.expr_to(init, ty),
            Some(init) => {
                let from = self.assign(decl.chain, init);
                self.check_conversion(from, ty, self.ast.expr_span(init));
            }
            None => {}
        }
        if decl.is_const && decl.is_persistent {
            let message = format!("variable `{name}` cannot be `const` and `persistent` at once");
            self.say(codes::CONST_PERSISTENT, decl.name_span, message);
        } else if decl.is_const && decl.init.is_none() {
            self.report(
                Diagnostic::new(codes::CONST_WITHOUT_VALUE, decl.name_span, format!("constant `{name}` needs a value"))
                    .hint(format!("write `{name} = ...`, or leave `const` out")),
            );
        }
        self.declare(id, ty);
    }

    /// `a = b += value`: from right to left, each target gets the value of the one behind it. Gives the type of the
    /// first target.
    fn assign(&mut self, targets: List<Target>, value: ExprId) -> Type {
        self.expr(value);
        let targets = self.ast.target_list(targets);
        // Most assignments have one target.
        if let [target] = targets {
            let ty = self.target(target.expr, target.op);
            match target.op {
                AssignOp::Set => self.convert(value, ty),
                AssignOp::Compound(op) => {
                    let right = self.right_operand(op, ty, value);
                    self.compound(target, op, ty, right);
                }
            }
            return ty;
        }
        let types: Vec<Type> = targets.iter().map(|target| self.target(target.expr, target.op)).collect();
        let mut from: Option<Type> = None;
        for (target, ty) in targets.iter().zip(types).rev() {
            let span = self.ast.expr_span(value);
            match (target.op, from) {
                (AssignOp::Set, None) => self.convert(value, ty),
                (AssignOp::Set, Some(from)) => self.check_conversion(from, ty, span),
                (AssignOp::Compound(op), from) => {
                    let right = from.unwrap_or_else(|| self.right_operand(op, ty, value));
                    self.compound(target, op, ty, right);
                }
            }
            from = Some(ty);
        }
        from.unwrap_or_else(|| self.type_of(value))
    }

    /// `x op= e` is `x = x op e` (L-63).
    fn compound(&mut self, target: &Target, op: BinaryOp, ty: Type, right: Type) {
        match binary_type(op, LeftOperand { ty, int_literal: false }, right) {
            Some(result) => self.check_conversion(result, ty, target.op_span),
            None => {
                let (left, right) = (self.show(ty), self.show(right));
                let message = format!("operator `{}=` cannot take `{left}` and `{right}`", op.symbol());
                let mut diagnostic = Diagnostic::new(codes::INVALID_OPERANDS, target.op_span, message)
                    .label(self.ast.expr_span(target.expr), format!("this is `{left}`"));
                diagnostic.hint = compound_hint(op, ty).map(str::to_owned);
                self.report(diagnostic);
            }
        }
    }

    fn warn_unused_value(&mut self, expr: ExprId) {
        if self.has_effect(expr) {
            return;
        }
        let mut diagnostic = Diagnostic::new(
            codes::UNUSED_VALUE,
            self.ast.expr_span(expr),
            "this value is computed and thrown away".to_owned(),
        );
        if let Expr::Chain { links, .. } = self.ast.expr(strip(self.ast, expr))
            && self.ast.link_list(links).iter().any(|link| link.op == BinaryOp::Eq)
        {
            diagnostic = diagnostic.hint("`==` compares, `=` assigns");
        }
        self.report(diagnostic);
    }

    fn has_effect(&self, expr: ExprId) -> bool {
        match self.ast.expr(strip(self.ast, expr)) {
            Expr::Call { .. } | Expr::Step { .. } | Expr::Error => true,
            Expr::Ternary { yes, no, .. } => [yes, no]
                .into_iter()
                .any(|branch| matches!(self.ast.expr(strip(self.ast, branch)), Expr::Call { .. } | Expr::Step { .. })),
            _ => false,
        }
    }

    /// `for (T v in e)`, `for (v in e)` (L-77).
    fn each(&mut self, var: EachVar, subject: ExprId, body: StmtId) {
        let of = self.expr(subject);
        let element = if of.is_array() { of.element() } else { Type::DYNAMIC };
        self.enter_scope();
        let ty = match var {
            EachVar::New(decl) => {
                let ty = self.ast.decl(decl).map(|decl| decl.ty).map_or(Type::DYNAMIC, |ty| self.resolve_type(ty));
                self.declare(decl, ty);
                ty
            }
            // An existing variable may serve the loop alone, so it counts as read.
            EachVar::Existing(target) => self.target(target, AssignOp::Compound(BinaryOp::Add)),
        };
        self.check_conversion(element, ty, self.ast.expr_span(subject));
        self.loop_body(body);
        self.leave_scope();
    }

    /// The whole body is one scope (L-78).
    fn switch(&mut self, subject: ExprId, cases: List<Case>) {
        self.expr(subject);
        self.enter_scope();
        self.flow.switches = self.flow.switches.saturating_add(1);
        let mut labels: HashMap<Label<'a>, Span> = HashMap::default();
        let mut default: Option<Span> = None;
        for case in self.ast.case_list(cases) {
            let first = match case.label {
                Some(label) => {
                    self.expr(label);
                    let span = self.ast.expr_span(label);
                    self.case_label(label).and_then(|label| labels.insert(label, span)).map(|first| (first, span))
                }
                None => default.replace(case.span).map(|first| (first, case.span)),
            };
            if let Some((first, span)) = first {
                let message = match case.label {
                    Some(_) => "this case is never taken: an earlier one has the same label",
                    None => "this is the second `default` of the switch",
                };
                self.report(
                    Diagnostic::new(codes::DUPLICATE_CASE, span, message).label(first, "the earlier one is here"),
                );
            }
            self.stmts(case.body);
        }
        self.flow.switches = self.flow.switches.saturating_sub(1);
        self.leave_scope();
    }

    fn case_label(&self, label: ExprId) -> Option<Label<'a>> {
        Some(match self.ast.expr(strip(self.ast, label)) {
            // Numbers compare by value (L-60).
            Expr::Int(value) => Label::Number(float(value).to_bits()),
            Expr::Num(value) => Label::Number(value.to_bits()),
            Expr::Unary { op: UnaryOp::Neg, operand } => match self.ast.expr(strip(self.ast, operand)) {
                Expr::Int(value) => Label::Number((-float(value)).to_bits()),
                Expr::Num(value) => Label::Number((-value).to_bits()),
                _ => return None,
            },
            Expr::Text(text) => Label::Text(self.ast.text(text)),
            Expr::Bool(value) => Label::Bool(value),
            Expr::Null => Label::Null,
            _ => return None,
        })
    }

    fn return_values(&mut self, id: StmtId, values: List<ExprId>) {
        for &value in self.ast.expr_list(values) {
            self.expr(value);
        }
        let Owner::Function(function) = self.desk.scopes.owner else { return };
        self.facts.returns.push((function, self.ast.expr_list(values).first().copied()));
        match *self.ast.expr_list(values) {
            [] => {}
            [value] => self.compare_returns(value),
            [_, second, ..] => {
                let message = "a function returns one value only";
                self.report(
                    Diagnostic::new(codes::SEVERAL_VALUES, self.ast.stmt_span(id), message)
                        .label(self.ast.expr_span(second), "this one is too many")
                        .hint("return an array or a structure"),
                );
            }
        }
    }

    /// Warns where a function certainly returns different types (L-92).
    fn compare_returns(&mut self, value: ExprId) {
        let ty = self.type_of(value);
        let span = self.ast.expr_span(value);
        let literal = matches!(self.ast.expr(strip(self.ast, value)), Expr::Literal(_));
        if ty.base == Base::Dynamic || literal || self.flow.mixed {
            return;
        }
        let Some((first, first_span)) = self.flow.returned else {
            self.flow.returned = Some((ty, span));
            return;
        };
        if first == ty || (first.is_numeric() && ty.is_numeric()) {
            return;
        }
        self.flow.mixed = true;
        let message = format!("this returns `{}`, an earlier `return` gives `{}`", self.show(ty), self.show(first));
        self.report(
            Diagnostic::new(codes::MIXED_RETURNS, span, message)
                .label(first_span, format!("this is `{}`", self.show(first)))
                .hint("other engines refuse this: a function returns values of one type"),
        );
    }

    fn try_catch(&mut self, body: StmtId, catches: List<Catch>) -> bool {
        let mut all_end = self.body(body);
        let mut catch_all: Option<Span> = None;
        let mut caught: Vec<(Type, Span)> = Vec::new();
        for catch in self.ast.catch_list(catches) {
            self.enter_scope();
            let ty =
                catch.decl.and_then(|decl| self.ast.decl(decl)).map(|decl| decl.ty).map(|ty| self.resolve_type(ty));
            if let (Some(decl), Some(ty)) = (catch.decl, ty) {
                self.declare(decl, ty);
            }
            match (ty, catch_all) {
                (None, Some(first)) => self.report(
                    Diagnostic::new(codes::SECOND_CATCH_ALL, catch.span, "a `try` has one catch-all clause only")
                        .label(first, "the first one is here"),
                ),
                (None, None) => catch_all = Some(catch.span),
                (Some(_), Some(first)) => self.report(
                    Diagnostic::new(codes::UNREACHABLE_CATCH, catch.span, "this clause is never reached")
                        .label(first, "this clause catches everything"),
                ),
                (Some(ty), None) => {
                    if let Some(&(_, first)) = caught.iter().find(|&&(earlier, _)| catches_also(earlier, ty)) {
                        let message = format!("this clause is never reached: `{}` is caught before", self.show(ty));
                        self.report(
                            Diagnostic::new(codes::UNREACHABLE_CATCH, catch.span, message)
                                .label(first, "this clause catches it"),
                        );
                    } else if caught.len() < MOST_CATCHES {
                        caught.push((ty, catch.span));
                    }
                }
            }
            all_end &= self.body(catch.body);
            self.leave_scope();
        }
        all_end
    }
}

/// More clauses than a person writes are not compared with each other.
const MOST_CATCHES: usize = 64;

/// Whether a clause for `clause` catches every value of type `thrown` (L-81).
fn catches_also(clause: Type, thrown: Type) -> bool {
    if clause.base == Base::Dynamic || thrown.base == Base::Dynamic {
        return false;
    }
    clause == thrown
        || match clause {
            Type::NUMBER => thrown == Type::INTEGER || thrown == Type::BYTE,
            Type::INTEGER => thrown == Type::BYTE,
            _ => false,
        }
}

#[expect(clippy::cast_precision_loss, reason = "labels are compared as numbers are at run time")]
fn float(value: i64) -> f64 {
    value as f64
}

/// What to do about `x op= e` that does not work, seen from the type of `x`.
fn compound_hint(op: BinaryOp, left: Type) -> Option<&'static str> {
    match left {
        Type::STRING => Some("a text takes `+=` and `-=` only"),
        Type::DATE => Some("an interval is added to a date, as in `d += \"1d\";`"),
        Type::BOOLEAN if op.is_arithmetic() => Some("booleans are combined by `&&` and `||`"),
        _ => None,
    }
}
