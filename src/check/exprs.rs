//! The types of expressions.

use super::{
    Checker, deep,
    facts::{Resolution, SiteId},
    literals::strip,
    names::Use,
    temporal::temporal_literal,
};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    source::Span,
    syntax::ast::{AssignOp, Expr, ExprId, Link, List, Sym},
    types::{BinaryOp, Convertible, LeftOperand, Type, UnaryOp, binary_type, convertible, unary_type},
};

impl Checker<'_> {
    /// Types an expression for a place of unknown type.
    pub(super) fn expr(&mut self, id: ExprId) -> Type {
        let ty = deep(self.ast.expr_depth(id), || self.untargeted(id));
        self.set_type(id, ty)
    }

    /// Types an expression for a place of type `to`.
    pub(super) fn expr_to(&mut self, id: ExprId, to: Type) {
        self.expr(id);
        self.convert(id, to);
    }

    /// Types a condition (L-61).
    pub(super) fn condition(&mut self, id: ExprId) {
        let ty = self.expr(id);
        self.check_conversion(ty, Type::BOOLEAN, self.ast.expr_span(id));
    }

    fn untargeted(&mut self, id: ExprId) -> Type {
        let span = self.ast.expr_span(id);
        match self.ast.expr(id) {
            Expr::Int(_) => {
                self.mark_int_literal(id);
                Type::INTEGER
            }
            Expr::Num(_) => Type::NUMBER,
            Expr::Text(_) | Expr::Key(_) => Type::STRING,
            Expr::Bool(_) => Type::BOOLEAN,
            Expr::Null | Expr::Error => Type::DYNAMIC,
            Expr::Name(name) => {
                let name = self.name(name, span, Use::Read);
                self.resolve(id, Resolution::Name(name));
                self.type_of_name(name)
            }
            Expr::Subst(name) => {
                self.substitution(id, name);
                Type::DYNAMIC
            }
            Expr::SubstField { key, field } => {
                self.substitution(id, key);
                self.field_name(field, span);
                Type::DYNAMIC
            }
            Expr::Call { name, name_span, args } => self.call(id, name, name_span, args),
            Expr::Path { base, steps } => {
                let base = self.expr(base);
                self.path(base, steps)
            }
            Expr::Step { target, down, .. } => self.step(target, down),
            Expr::Unary { op, operand } => self.unary(id, op, operand),
            Expr::Cast { ty, operand } => {
                let ty = self.resolve_type(ty);
                self.expr_to(operand, ty);
                ty
            }
            Expr::Chain { first, links } => self.chain(id, first, links),
            Expr::Ternary { cond, yes, no } => {
                self.condition(cond);
                self.expr(yes);
                self.expr(no);
                self.check_branches(yes, no);
                self.ternary_type(yes, no)
            }
            Expr::Literal(elements) => {
                for index in 0..elements.len as usize {
                    if let Some(&element) = self.ast.expr_list(elements).get(index) {
                        self.expr(element);
                    }
                }
                self.literal_type(elements)
            }
            Expr::Paren(inner) => {
                let ty = self.expr(inner);
                if self.facts.is_int_literal(inner) {
                    self.mark_int_literal(id);
                }
                ty
            }
        }
    }

    fn mark_int_literal(&mut self, id: ExprId) {
        if let Some(slot) = self.facts.int_literals.get_mut(id.index()) {
            *slot = true;
        }
    }

    /// `%name%`: a text that names a variable, a field or an issue (L-123).
    fn substitution(&mut self, id: ExprId, name: Sym) -> SiteId {
        let holder = self.name(name, self.ast.expr_span(id), Use::Read);
        let site = self.site();
        self.resolve(id, Resolution::Subst(holder, site));
        site
    }

    /// Both branches give one type, that of the first (L-62).
    fn check_branches(&mut self, yes: ExprId, no: ExprId) {
        let (first, second) = (self.type_of(yes), self.type_of(no));
        if convertible(second, first) == Convertible::Never {
            let (first, second) = (self.show(first), self.show(second));
            let message = format!("both branches give one type, expected `{first}`, found `{second}`");
            self.report(
                Diagnostic::new(codes::IMPOSSIBLE_CONVERSION, self.ast.expr_span(no), message)
                    .label(self.ast.expr_span(yes), format!("this branch is `{first}`")),
            );
        }
    }

    /// The type of `cond ? yes : no`: that of `yes`, to which `no` is converted, if both are known (L-62).
    pub(super) fn ternary_type(&self, yes: ExprId, no: ExprId) -> Type {
        let (first, second) = (self.type_of(yes), self.type_of(no));
        let null = self.ast.expr(strip(self.ast, no)) == Expr::Null;
        if first == second || null || (!first.is_dynamic() && !second.is_dynamic()) { first } else { Type::DYNAMIC }
    }

    /// `x++` (L-57).
    fn step(&mut self, target: ExprId, down: bool) -> Type {
        let ty = self.target(target, AssignOp::Compound(if down { BinaryOp::Sub } else { BinaryOp::Add }));
        if !ty.is_dynamic() && !ty.is_numeric() {
            let word = if down { "--" } else { "++" };
            let message = format!("`{word}` expects a number, found `{}`", self.show(ty));
            self.say(codes::INVALID_OPERANDS, self.ast.expr_span(target), message);
            return Type::DYNAMIC;
        }
        ty
    }

    fn unary(&mut self, id: ExprId, op: UnaryOp, operand: ExprId) -> Type {
        let ty = self.expr(operand);
        if self.facts.is_int_literal(operand) {
            self.mark_int_literal(id);
        }
        let span = self.ast.expr_span(operand);
        if op == UnaryOp::Not && ty.is_numeric() {
            let message = "`!` on a number negates it arithmetically".to_owned();
            self.report(
                Diagnostic::new(codes::NUMERIC_NOT, self.ast.expr_span(id), message)
                    .label(span, format!("this is `{}`", self.show(ty)))
                    .hint("compare with 0, or put the whole comparison in parentheses: `!(a > b)`"),
            );
        }
        if let Some(result) = unary_type(op, ty) {
            return result;
        }
        if op == UnaryOp::Not {
            self.check_conversion(ty, Type::BOOLEAN, span);
            return Type::BOOLEAN;
        }
        let message = format!("`-` expects a number or an interval, found `{}`", self.show(ty));
        self.say(codes::INVALID_OPERANDS, span, message);
        Type::DYNAMIC
    }

    /// `first op x op y ...`: the left operand decides what an operator means (L-52).
    fn chain(&mut self, id: ExprId, first: ExprId, links: List<Link>) -> Type {
        let mut left = LeftOperand { ty: self.expr(first), int_literal: self.facts.is_int_literal(first) };
        let mut left_span = self.ast.expr_span(first);
        for (index, link) in self.ast.link_list(links).iter().enumerate() {
            self.expr(link.operand);
            if index == 0
                && link.op == BinaryOp::Sub
                && let Some(ty) = temporal_literal(self.ast, first, self.type_of(link.operand))
            {
                left.ty = ty;
            }
            let ty = self.link(left, left_span, link);
            let literal = left.int_literal && link.op.is_arithmetic() && self.facts.is_int_literal(link.operand);
            left = LeftOperand { ty, int_literal: literal };
            left_span = left_span.to(self.ast.expr_span(link.operand));
        }
        if left.int_literal {
            self.mark_int_literal(id);
        }
        left.ty
    }

    fn link(&mut self, left: LeftOperand, left_span: Span, link: &Link) -> Type {
        let right = self.right_operand(link.op, left.ty, link.operand);
        if let Some(ty) = binary_type(link.op, left, right) {
            return ty;
        }
        let (left_name, right_name) = (self.show(left.ty), self.show(right));
        let message = format!("operator `{}` cannot take `{left_name}` and `{right_name}`", link.op.symbol());
        let mut diagnostic = Diagnostic::new(codes::INVALID_OPERANDS, link.op_span, message)
            .label(left_span, format!("this is `{left_name}`"))
            .label(self.ast.expr_span(link.operand), format!("this is `{right_name}`"));
        diagnostic.hint = operand_hint(link.op, left.ty, right).map(str::to_owned);
        self.report(diagnostic);
        if link.op.is_arithmetic() { Type::DYNAMIC } else { Type::BOOLEAN }
    }

    /// The type of a right operand; a literal in braces takes one from the left operand.
    pub(super) fn right_operand(&mut self, op: BinaryOp, left: Type, operand: ExprId) -> Type {
        let literal = matches!(self.ast.expr(strip(self.ast, operand)), Expr::Literal(_));
        if !literal {
            return self.type_of(operand);
        }
        let to = match op {
            BinaryOp::Add | BinaryOp::Sub => self.operand_target(left, operand),
            // The right side of a comparison is converted to the left type (L-60).
            BinaryOp::Eq | BinaryOp::Ne => left,
            _ => Type::DYNAMIC,
        };
        self.retarget(operand, to)
    }
}

fn operand_hint(op: BinaryOp, left: Type, right: Type) -> Option<&'static str> {
    if op.is_ordering() {
        return match left {
            Type::BOOLEAN => Some("booleans are only equal or not"),
            left if left.is_array() => Some("arrays have no order; `size` tells how long they are"),
            _ => None,
        };
    }
    if op == BinaryOp::Add && left == Type::DATE && right == Type::DATE {
        return Some("the difference of two dates is an interval, and an interval can be added to a date");
    }
    if op == BinaryOp::Add && right == Type::STRING {
        return Some("the left operand decides: convert it with `(string)` to join texts");
    }
    if op.is_arithmetic() && left == Type::STRING {
        return Some("the left operand decides: convert it with `(number)` to calculate");
    }
    if matches!(op, BinaryOp::And | BinaryOp::Or)
        && (convertible(left, Type::BOOLEAN) == Convertible::Never
            || convertible(right, Type::BOOLEAN) == Convertible::Never)
    {
        return Some("`isNotNull(x)` tells whether there is a value");
    }
    None
}
