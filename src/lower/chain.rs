//! Chains of binary operators.

use super::{
    Lowerer,
    code::{Code, Typed, map},
    infer::{Shape, is_number, operation},
    visit::visit_expr,
};
use crate::{
    check::{NameRef, Resolution, temporal_literal},
    eval::{
        self, Both, ChainLink, Concat, Dynamic, DynamicTest, Logic, LongChain, Maybe, NeutralCut, Operand, Operator,
        Part, Repr, Scalar, Shifted, TextTest,
    },
    source::Span,
    syntax::ast::{self, ExprId, Link, List},
    types::{BinaryOp, LeftOperand, Type, binary_type},
};

/// Chains with more operators than this become loops.
pub(super) const LONG: usize = 12;

/// The type a text literal on the left of `-` is taken as (L-54).
pub(super) fn temporal(found: Option<Type>, op: BinaryOp) -> Option<Type> {
    found.filter(|_| op == BinaryOp::Sub)
}

impl Lowerer<'_> {
    pub(super) fn chain(&mut self, id: ExprId, first: ExprId, links: List<Link>) -> Typed {
        let links = self.ast.link_list(links);
        let Some(&Link { op, .. }) = links.first() else { return self.expr(first) };
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            return self.logic(first, links, op == BinaryOp::Or);
        }
        let literal = temporal(self.temporal_first(first, links), op);
        if literal.is_none() && self.is_text(first) && links.iter().all(|link| link.op == BinaryOp::Add) {
            let operands = std::iter::once(first).chain(links.iter().map(|link| link.operand));
            let parts = operands.map(|operand| self.part(operand)).collect();
            return Typed { ty: Type::STRING, code: Code::Value(Box::new(Concat { parts })) };
        }
        let span = self.ast.expr_span(id);
        let mut left = self.expr(first);
        if let Some(ty) = literal {
            left = left.convert(ty, self.ast.expr_span(first)).present(span);
        }
        if links.len() > LONG {
            return self.long_chain(left, first, links, span);
        }
        let mut int_literal = self.facts.is_int_literal(first);
        for link in links {
            let right = self.expr(link.operand);
            left = binary(link.op, left, int_literal, right, self.operation_span(first, link));
            int_literal = int_literal && self.facts.is_int_literal(link.operand);
        }
        left
    }

    fn temporal_first(&self, first: ExprId, links: &[Link]) -> Option<Type> {
        let right = links.first().map(|link| self.facts.type_of(link.operand))?;
        temporal_literal(self.ast, first, right)
    }

    /// Where an operation stands: from the start of the chain to the end of the right operand.
    fn operation_span(&self, first: ExprId, link: &Link) -> Span {
        self.ast.expr_span(first).to(self.ast.expr_span(link.operand))
    }

    /// Whether an expression is statically a text.
    pub(super) fn is_text(&self, id: ExprId) -> bool {
        self.facts.type_of(id) == Type::STRING
    }

    fn logic(&mut self, first: ExprId, links: &[Link], stop: bool) -> Typed {
        let operands = std::iter::once(first).chain(links.iter().map(|link| link.operand));
        let operands: Vec<_> = operands.map(|operand| self.condition(operand).boxed()).collect();
        Typed::bool(Operand::Node(match <[_; 2]>::try_from(operands) {
            Ok([left, right]) => Box::new(Both { left, right, stop }),
            Err(operands) => Box::new(Logic { operands, stop }),
        }))
    }

    fn long_chain(&mut self, left: Typed, first: ExprId, links: &[Link], span: Span) -> Typed {
        let mut shape = left.shape();
        let mut int_literal = self.facts.is_int_literal(first);
        let mut lowered = Vec::with_capacity(links.len());
        for link in links {
            let right = self.expr(link.operand);
            let ty = match shape {
                Shape::Known(ty, _) => ty,
                Shape::Unknown => Type::DYNAMIC,
            };
            shape = operation(link.op, shape, int_literal, right.shape());
            lowered.push(ChainLink {
                op: link.op,
                right_ty: right.ty,
                right: right.into_value(),
                info: LeftOperand { ty, int_literal },
                span: self.operation_span(first, link),
            });
            int_literal = int_literal && self.facts.is_int_literal(link.operand);
        }
        let (ty, never_null) = match shape {
            Shape::Known(ty, never_null) => (ty, never_null),
            Shape::Unknown => (Type::DYNAMIC, false),
        };
        let chain = Typed::value(Box::new(LongChain { first: left.into_value(), links: lowered }), ty, span);
        if never_null { chain.present(span) } else { chain }
    }

    /// A part of a text that is put together.
    pub(super) fn part(&mut self, id: ExprId) -> Part {
        if let ast::Expr::Text(text) = self.ast.expr(id) {
            return Part::Text(self.ast.text(text).into());
        }
        if let Resolution::Name(NameRef::Var(decl)) = self.facts.resolution(id)
            && let Some(place) = self.place(decl).filter(|place| place.repr == Repr::Ref)
        {
            return Part::Ref(place.bank, place.at);
        }
        let span = self.ast.expr_span(id);
        let typed = self.expr(id);
        match (typed.ty, typed.code) {
            (Type::INTEGER, Code::Int(operand)) => Part::Int(operand.boxed()),
            (Type::NUMBER, Code::Num(operand)) => Part::Num(operand.boxed()),
            (ty, code) => Part::of(Typed { ty, code }.into_value(), span),
        }
    }

    /// Whether evaluating an expression may change a variable of the script.
    pub(super) fn may_change(&self, ids: &[ExprId]) -> bool {
        let mut found = false;
        let mut look = |expr: &ast::Expr, id| {
            found |= matches!(expr, ast::Expr::Step { .. })
                || matches!(self.facts.resolution(id), Resolution::Function(_))
                || self.facts.template_sites.contains_key(&id);
        };
        ids.iter().for_each(|&id| visit_expr(self.ast, id, &mut look));
        found
    }
}

/// `left op right`; not for `&&` and `||`.
pub(super) fn binary(op: BinaryOp, left: Typed, int_literal: bool, right: Typed, span: Span) -> Typed {
    let shape = operation(op, left.shape(), int_literal, right.shape());
    let result = match shape {
        Shape::Known(ty, _) => ty,
        Shape::Unknown => Type::DYNAMIC,
    };
    if op.is_ordering() || op.is_equality() {
        return comparison(op, left, int_literal, right, span);
    }
    let plain = matches!(op, BinaryOp::Add | BinaryOp::Sub);
    let both = is_scalar(&left) && is_scalar(&right);
    if is_number(left.ty) && is_number(right.ty) && (both || plain) {
        return arithmetic(op, left, right, result, span);
    }
    if plain && both && left.ty == Type::INTERVAL && right.ty == Type::INTERVAL {
        if let (Code::Int(left), Code::Int(right)) = (left.code, right.code) {
            let sum = match op {
                BinaryOp::Sub => eval::checked::<eval::SubInterval>(left, right, span),
                _ => eval::checked::<eval::AddInterval>(left, right, span),
            };
            return Typed { ty: Type::INTERVAL, code: Code::Int(Operand::Node(sum)) };
        }
        return Typed { ty: Type::INTERVAL, code: Code::Int(Operand::Const(0)) };
    }
    let ty = binary_type(op, LeftOperand { ty: left.ty, int_literal }, right.ty).unwrap_or(Type::DYNAMIC);
    Typed::value(Box::new(dynamic(op, left, int_literal, right, span)), ty, span)
}

fn is_scalar(typed: &Typed) -> bool {
    matches!(typed.code, Code::Int(_) | Code::Num(_) | Code::Bool(_))
}

fn dynamic(op: BinaryOp, left: Typed, int_literal: bool, right: Typed, span: Span) -> Dynamic {
    let info = LeftOperand { ty: left.ty, int_literal };
    Dynamic { op, info, right_ty: right.ty, left: left.into_value(), right: right.into_value(), span }
}

/// Numbers and integers (L-58): an integer result with a number on the right is computed as number and cut.
fn arithmetic(op: BinaryOp, left: Typed, right: Typed, result: Type, span: Span) -> Typed {
    if result == Type::INTEGER && left.ty == Type::INTEGER && right.ty == Type::INTEGER {
        return match (left.code, right.code) {
            (Code::Int(a), Code::Int(b)) => Typed::int(match op {
                BinaryOp::Add => sum(a, b),
                BinaryOp::Sub => difference(a, b),
                BinaryOp::Mul => Operand::Node(eval::product::<_, eval::MulInt>(a, b)),
                BinaryOp::Div => Operand::Node(eval::checked::<eval::DivInt>(a, b, span)),
                _ => Operand::Node(eval::checked::<eval::RemInt>(a, b, span)),
            }),
            (left, right) => neutral_ints(op, left, right, span),
        };
    }
    let cut = result == Type::INTEGER;
    if cut && left.ty == Type::INTEGER && !(is_scalar(&left) && is_scalar(&right)) {
        return neutral_cut(op, left, right, span);
    }
    let left = left.convert(Type::NUMBER, span);
    let right = right.convert(Type::NUMBER, span);
    let typed = match (left.code, right.code) {
        (Code::Num(a), Code::Num(b)) => Typed::num(match op {
            BinaryOp::Add => Operand::Node(eval::sum::<_, eval::AddNum, eval::MulNum>(a, b)),
            BinaryOp::Sub => Operand::Node(eval::sum::<_, eval::SubNum, eval::MulNum>(a, b)),
            BinaryOp::Mul => Operand::Node(eval::product::<_, eval::MulNum>(a, b)),
            BinaryOp::Div | BinaryOp::Ratio => node::<_, eval::DivNum>(a, b),
            _ => node::<_, eval::RemNum>(a, b),
        }),
        (left, right) => neutral_nums(op, left, right, span),
    };
    if cut { typed.convert(Type::INTEGER, span) } else { typed }
}

/// A local and a constant are one leaf, which positions of elements are made of.
fn sum(left: Operand<i64>, right: Operand<i64>) -> Operand<i64> {
    match (left, right) {
        (Operand::Local(at), Operand::Const(by)) | (Operand::Const(by), Operand::Local(at)) => {
            Operand::Node(Box::new(Shifted { at, by }))
        }
        (left, right) => Operand::Node(eval::sum::<_, eval::AddInt, eval::MulInt>(left, right)),
    }
}

fn difference(left: Operand<i64>, right: Operand<i64>) -> Operand<i64> {
    match (left, right) {
        (Operand::Local(at), Operand::Const(by)) => Operand::Node(Box::new(Shifted { at, by: by.wrapping_neg() })),
        (left, right) => Operand::Node(eval::sum::<_, eval::SubInt, eval::MulInt>(left, right)),
    }
}

fn neutral_ints(op: BinaryOp, left: Code, right: Code, span: Span) -> Typed {
    let of = |code| Typed { ty: Type::INTEGER, code }.into_maybe_int();
    let (Some(left), Some(right)) = (of(left), of(right)) else { return Typed::int(Operand::Const(0)) };
    let node = match op {
        BinaryOp::Add => eval::neutral::<_, eval::AddInt>(left, right, |a| a, span),
        _ => eval::neutral::<_, eval::SubInt>(left, right, i64::wrapping_neg, span),
    };
    match node {
        Maybe::There(operand) => Typed::int(operand),
        Maybe::Null(node) => Typed { ty: Type::INTEGER, code: Code::OptInt(node) },
    }
}

fn neutral_cut(op: BinaryOp, left: Typed, right: Typed, span: Span) -> Typed {
    let never_null = is_scalar(&left) || is_scalar(&right);
    let (Some(left), Some(right)) = (left.into_opt_int(), right.into_opt_num()) else {
        return Typed::int(Operand::Const(0));
    };
    let cut = NeutralCut { left, right, minus: op == BinaryOp::Sub };
    let typed = Typed { ty: Type::INTEGER, code: Code::OptInt(Box::new(cut)) };
    if never_null { typed.present(span) } else { typed }
}

fn neutral_nums(op: BinaryOp, left: Code, right: Code, span: Span) -> Typed {
    let of = |code| Typed { ty: Type::NUMBER, code }.into_maybe_num();
    let (Some(left), Some(right)) = (of(left), of(right)) else { return Typed::num(Operand::Const(0.0)) };
    let node = match op {
        BinaryOp::Add => eval::neutral::<_, eval::AddNum>(left, right, |a| a, span),
        _ => eval::neutral::<_, eval::SubNum>(left, right, |a| -a, span),
    };
    match node {
        Maybe::There(operand) => Typed::num(operand),
        Maybe::Null(node) => Typed { ty: Type::NUMBER, code: Code::OptNum(node) },
    }
}

fn node<T: Scalar, O: Operator<T>>(left: Operand<T>, right: Operand<T>) -> Operand<O::Out> {
    Operand::Node(eval::binary::<T, O>(left, right))
}

/// Comparisons (L-60): scalars of one kind by their own nodes, everything else by value.
fn comparison(op: BinaryOp, left: Typed, int_literal: bool, right: Typed, span: Span) -> Typed {
    let (left, right) = meet(left, right);
    let ty = left.ty;
    if ty == Type::STRING && right.ty == Type::STRING && op.is_equality() {
        let (left, right) = (left.into_value(), right.into_value());
        return Typed::bool(Operand::Node(Box::new(TextTest { left, right, unequal: op == BinaryOp::Ne, span })));
    }
    if ty != right.ty || !(is_number(ty) || ty == Type::INTERVAL || (ty == Type::BOOLEAN && op.is_equality())) {
        return Typed::bool(Operand::Node(Box::new(DynamicTest(dynamic(op, left, int_literal, right, span)))));
    }
    let operand = match (left.code, right.code) {
        (Code::Int(a), Code::Int(b)) => match op {
            BinaryOp::Lt => node::<_, eval::LtInt>(a, b),
            BinaryOp::Gt => node::<_, eval::GtInt>(a, b),
            BinaryOp::Le => node::<_, eval::LeInt>(a, b),
            BinaryOp::Ge => node::<_, eval::GeInt>(a, b),
            BinaryOp::Eq => node::<_, eval::EqInt>(a, b),
            _ => node::<_, eval::NeInt>(a, b),
        },
        (Code::Num(a), Code::Num(b)) => match op {
            BinaryOp::Lt => node::<_, eval::LtNum>(a, b),
            BinaryOp::Gt => node::<_, eval::GtNum>(a, b),
            BinaryOp::Le => node::<_, eval::LeNum>(a, b),
            BinaryOp::Ge => node::<_, eval::GeNum>(a, b),
            BinaryOp::Eq => node::<_, eval::EqNum>(a, b),
            _ => node::<_, eval::NeNum>(a, b),
        },
        (Code::Bool(a), Code::Bool(b)) if op == BinaryOp::Eq => node::<_, eval::EqBool>(a, b),
        (Code::Bool(a), Code::Bool(b)) => node::<_, eval::NeBool>(a, b),
        (left, right) => nullable_comparison(op, ty, left, right, int_literal, span),
    };
    Typed::bool(operand)
}

/// An integer constant beside a number is a number: no value is lost below 2^53.
fn meet(left: Typed, right: Typed) -> (Typed, Typed) {
    let small =
        |typed: &Typed| matches!(typed.code, Code::Int(Operand::Const(value)) if value.unsigned_abs() < (1 << 53));
    if left.ty == Type::NUMBER && right.ty == Type::INTEGER && small(&right) {
        let span = Span::default();
        return (left, right.convert(Type::NUMBER, span));
    }
    if left.ty == Type::INTEGER && right.ty == Type::NUMBER && small(&left) {
        let span = Span::default();
        return (left.convert(Type::NUMBER, span), right);
    }
    (left, right)
}

fn nullable_comparison(
    op: BinaryOp,
    ty: Type,
    left: Code,
    right: Code,
    int_literal: bool,
    span: Span,
) -> Operand<bool> {
    let (left, right) = (Typed { ty, code: left }, Typed { ty, code: right });
    match super::code::family(ty) {
        super::code::Family::Int => {
            let (Some(left), Some(right)) = (left.into_opt_int(), right.into_maybe_int()) else {
                return Operand::Const(false);
            };
            Operand::Node(eval::compare_nullable(op, left, right))
        }
        super::code::Family::Num => {
            let (Some(left), Some(right)) = (left.into_opt_num(), right.into_maybe_num()) else {
                return Operand::Const(false);
            };
            Operand::Node(eval::compare_nullable(op, left, right))
        }
        _ => Operand::Node(Box::new(DynamicTest(dynamic(op, left, int_literal, right, span)))),
    }
}

/// Whole milliseconds and such: negation that wraps (L-33).
pub(super) fn negate(typed: Typed) -> Option<Typed> {
    let ty = typed.ty;
    Some(match typed.code {
        Code::Int(a) if ty == Type::INTEGER => Typed { ty, code: Code::Int(map(a, i64::wrapping_neg)) },
        Code::Num(a) => Typed { ty, code: Code::Num(map(a, |a| -a)) },
        Code::OptInt(a) if ty == Type::INTEGER => {
            Typed { ty, code: Code::OptInt(super::code::map_some(a, |a| a.map(i64::wrapping_neg))) }
        }
        Code::OptNum(a) => Typed { ty, code: Code::OptNum(super::code::map_some(a, |a| a.map(|a| -a))) },
        _ => return None,
    })
}
