use super::{
    Lowerer,
    chain::negate,
    code::{Code, Typed, map},
    deep,
    infer::choice,
};
use crate::{
    check::{NameRef, Resolution},
    eval::{
        self, Argv, Bank, Choice, Count, CountLocal, DynamicUnary, Expr as Node, FieldRead, Literal, NullNode, Operand,
        Repr, Rest, SubstKey, SubstRead, SubstText, TextConst,
    },
    syntax::ast::{Expr, ExprId, Link, Sym, TextId},
    types::{BinaryOp, Type, UnaryOp},
    value::Value,
};

impl Lowerer<'_> {
    /// Lowers an expression.
    pub(super) fn expr(&mut self, id: ExprId) -> Typed {
        deep(self.ast.expr_depth(id), || self.lower_expr(id))
    }

    /// Lowers a condition.
    pub(super) fn condition(&mut self, id: ExprId) -> Operand<bool> {
        let span = self.ast.expr_span(id);
        self.expr(id).truth(span)
    }

    /// Lowers the condition of a statement: its first part, and what `&&` or `||` add to it.
    pub(super) fn test(&mut self, id: ExprId) -> (Node<bool>, Rest) {
        match self.ast.expr(id) {
            Expr::Paren(inner) => self.test(inner),
            Expr::Chain { first, links } => match self.ast.link_list(links) {
                links @ [Link { op: BinaryOp::And | BinaryOp::Or, .. }, ..] => {
                    let stop = links.first().is_some_and(|link| link.op == BinaryOp::Or);
                    let first = self.condition(first).boxed();
                    let operands = links.iter().map(|link| self.condition(link.operand).boxed()).collect();
                    (first, Rest { operands, stop })
                }
                _ => (self.condition(id).boxed(), Rest::default()),
            },
            _ => (self.condition(id).boxed(), Rest::default()),
        }
    }

    fn lower_expr(&mut self, id: ExprId) -> Typed {
        let span = self.ast.expr_span(id);
        let ty = self.facts.type_of(id);
        match self.ast.expr(id) {
            Expr::Int(value) => Typed::int(Operand::Const(value)),
            Expr::Num(value) => Typed::num(Operand::Const(value)),
            Expr::Bool(value) => Typed::bool(Operand::Const(value)),
            Expr::Text(text) | Expr::Key(text) => self.text(text),
            Expr::Null | Expr::Error => null(),
            Expr::Paren(inner) => self.expr(inner),
            Expr::Name(_) => match self.facts.resolution(id) {
                Resolution::Name(name) => self.name(name, span),
                _ => null(),
            },
            Expr::Subst(name) => {
                let text = self.subst_text(id, name);
                let site = self.site(id);
                dynamic(Box::new(SubstRead { text, site, span }))
            }
            Expr::SubstField { .. } | Expr::Path { .. } => self.path(id),
            Expr::Call { args, .. } => self.call(id, args),
            Expr::Step { target, down, prefix } => self.count(target, down, prefix, span),
            Expr::Unary { op, operand } => self.unary(op, operand, span),
            Expr::Cast { operand, .. } => self.expr(operand).convert(ty, span),
            Expr::Chain { first, links } => self.chain(id, first, links),
            Expr::Ternary { cond, yes, no } => self.ternary(cond, yes, no, ty),
            Expr::Literal(elements) => {
                let elements = self.ast.expr_list(elements).iter().map(|&element| self.expr(element).into_value());
                Typed { ty, code: Code::Value(Box::new(Literal { elements: elements.collect(), ty, span })) }
            }
        }
    }

    /// A text constant.
    pub(super) fn text(&mut self, text: TextId) -> Typed {
        let index = self.text_number(text);
        Typed { ty: Type::STRING, code: Code::Value(Box::new(TextConst { index })) }
    }

    /// What a name stands for.
    pub(super) fn name(&mut self, name: NameRef, span: crate::source::Span) -> Typed {
        match name {
            NameRef::Var(decl) => match self.place(decl) {
                Some(place) => Typed::read(place),
                // A variable whose declaration is never reached, in unreachable code.
                None => null(),
            },
            NameRef::Argv => {
                self.uses_argv = true;
                Typed { ty: Type::STRINGS, code: Code::Value(Box::new(Argv)) }
            }
            NameRef::Field(field) => dynamic(Box::new(FieldRead { name: self.ast.name(field).into(), span })),
            NameRef::Uninitialized => null(),
        }
    }

    /// The text of `%name%` in an expression.
    pub(super) fn subst_text(&mut self, id: ExprId, name: Sym) -> Node<Value> {
        let span = self.ast.expr_span(id);
        let inner = match self.facts.resolution(id) {
            Resolution::Subst(name, _) => self.name(name, span),
            _ => null(),
        };
        Box::new(SubstText { inner: inner.into_value(), name: self.ast.name(name).into(), span })
    }

    /// The number of the site of a `%name%`.
    pub(super) fn site(&self, id: ExprId) -> u32 {
        match self.facts.resolution(id) {
            Resolution::Subst(_, site) => site.0,
            _ => u32::MAX,
        }
    }

    /// `%name%` before a member.
    pub(super) fn subst_key(&mut self, id: ExprId, name: Sym) -> Typed {
        let text = self.subst_text(id, name);
        let site = self.site(id);
        dynamic(Box::new(SubstKey { text, site }))
    }

    fn unary(&mut self, op: UnaryOp, operand: ExprId, span: crate::source::Span) -> Typed {
        let typed = self.expr(operand);
        let ty = typed.ty;
        match op {
            UnaryOp::Plus => typed,
            UnaryOp::Not if !(ty.is_dynamic() || ty.is_numeric()) => {
                if let Code::OptBool(inner) = typed.code {
                    return Typed::bool(Operand::Node(eval::or_else(inner, false, |value| !value)));
                }
                let operand_span = self.ast.expr_span(operand);
                Typed::bool(map(typed.truth(operand_span), |value| !value))
            }
            _ => {
                if super::infer::is_number(ty) {
                    if let Some(negated) = negate(Typed { ty, code: typed.code }) {
                        return negated;
                    }
                    return null();
                }
                let node = DynamicUnary { op, operand: typed.into_value(), ty, span };
                Typed::value(Box::new(node), ty, span)
            }
        }
    }

    fn ternary(&mut self, cond: ExprId, yes: ExprId, no: ExprId, ty: Type) -> Typed {
        let cond = self.condition(cond).boxed();
        let (yes_span, no_span) = (self.ast.expr_span(yes), self.ast.expr_span(no));
        let (yes, no) = (self.expr(yes), self.expr(no));
        let ty = if yes.ty == no.ty { yes.ty } else { ty };
        if let super::infer::Shape::Known(_, true) = choice(yes.shape(), no.shape(), ty) {
            let (yes, no) = (yes.convert(ty, yes_span), no.convert(ty, no_span));
            match (yes.code, no.code) {
                (Code::Int(yes), Code::Int(no)) => {
                    let node = Choice { cond, yes: yes.boxed(), no: no.boxed() };
                    return Typed { ty, code: Code::Int(Operand::Node(Box::new(node))) };
                }
                (Code::Num(yes), Code::Num(no)) => {
                    let node = Choice { cond, yes: yes.boxed(), no: no.boxed() };
                    return Typed { ty, code: Code::Num(Operand::Node(Box::new(node))) };
                }
                (Code::Bool(yes), Code::Bool(no)) => {
                    let node = Choice { cond, yes: yes.boxed(), no: no.boxed() };
                    return Typed { ty, code: Code::Bool(Operand::Node(Box::new(node))) };
                }
                _ => return null(),
            }
        }
        let yes = yes.convert(ty, yes_span).into_value();
        let no = no.convert(ty, no_span).into_value();
        Typed::value(Box::new(Choice { cond, yes, no }), ty, yes_span.to(no_span))
    }

    fn count(&mut self, target: ExprId, down: bool, prefix: bool, span: crate::source::Span) -> Typed {
        if let Resolution::Name(NameRef::Var(decl)) = self.facts.resolution(target)
            && let Some(place) = self.place(decl).filter(|place| place.repr == Repr::Raw && place.bank == Bank::Local)
        {
            let at = place.at;
            if place.ty == Type::INTEGER {
                let next: fn(i64) -> i64 = if down { |a| a.wrapping_sub(1) } else { |a| a.wrapping_add(1) };
                return Typed::int(Operand::Node(Box::new(CountLocal { at, next, prefix })));
            }
            if place.ty == Type::NUMBER {
                let next: fn(f64) -> f64 = if down { |a| a - 1.0 } else { |a| a + 1.0 };
                return Typed::num(Operand::Node(Box::new(CountLocal { at, next, prefix })));
            }
        }
        let raw = match self.facts.resolution(target) {
            Resolution::Name(NameRef::Var(decl)) => self.place(decl).is_some_and(|place| place.repr == Repr::Raw),
            _ => false,
        };
        let target = self.target(target);
        let ty = target.ty;
        let typed = Typed::value(Box::new(Count { target, down, prefix, span }), ty, span);
        if raw { typed.present(span) } else { typed }
    }
}

/// Null, of no type.
pub(super) fn null() -> Typed {
    dynamic(Box::new(NullNode))
}

/// Code of unknown type.
pub(super) fn dynamic(node: Node<Value>) -> Typed {
    Typed { ty: Type::DYNAMIC, code: Code::Value(node) }
}
