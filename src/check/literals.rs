//! Literals: which expressions count as integer literals (L-58), and the types of literals in braces (L-45).

use super::{Checker, deep, facts::Resolution};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    signatures::Returns,
    source::Span,
    syntax::ast::{Ast, Expr, ExprId, List},
    types::{Base, Convertible, StructId, Type, convertible},
};

/// Whether an expression counts as an integer literal: digits, with signs or in parentheses, and arithmetic on such
/// literals only (L-58).
///
/// Visits every node at most once. [`Facts::is_int_literal`](super::Facts::is_int_literal) has the same answer stored.
pub fn is_int_literal(ast: &Ast, expr: ExprId) -> bool {
    deep(ast.expr_depth(expr), || match ast.expr(expr) {
        Expr::Int(_) => true,
        Expr::Paren(inner) => is_int_literal(ast, inner),
        // `!` on a literal is arithmetic negation (L-56), a sign like the others.
        Expr::Unary { operand, .. } => is_int_literal(ast, operand),
        Expr::Chain { first, links } => {
            let links = ast.link_list(links);
            links.iter().all(|link| link.op.is_arithmetic())
                && is_int_literal(ast, first)
                && links.iter().all(|link| is_int_literal(ast, link.operand))
        }
        _ => false,
    })
}

/// The expression without the parentheses around it.
pub(super) fn strip(ast: &Ast, mut expr: ExprId) -> ExprId {
    while let Expr::Paren(inner) = ast.expr(expr) {
        expr = inner;
    }
    expr
}

impl Checker<'_> {
    pub(super) fn type_of(&self, expr: ExprId) -> Type {
        self.facts.type_of(expr)
    }

    pub(super) fn set_type(&mut self, expr: ExprId, ty: Type) -> Type {
        if let Some(slot) = self.facts.types.get_mut(expr.index()) {
            *slot = ty;
        }
        ty
    }

    /// The type of a literal without a target: that of its elements, if all are known (L-45).
    pub(super) fn literal_type(&self, elements: List<ExprId>) -> Type {
        let mut found: Option<Type> = None;
        for &element in self.ast.expr_list(elements) {
            if self.ast.expr(strip(self.ast, element)) == Expr::Null {
                continue;
            }
            let ty = self.type_of(element);
            if ty.base == Base::Dynamic {
                return Type::DYNAMIC;
            }
            found = Some(match found {
                None => ty,
                Some(first) if first == ty => ty,
                Some(first) if first.is_numeric() && ty.is_numeric() => Type::NUMBER,
                Some(_) => Type::STRING,
            });
        }
        found.unwrap_or(Type::STRING).array()
    }

    /// Pushes the type of a place down into what stands there and checks that it can be converted to it (L-45 to L-47).
    pub(super) fn convert(&mut self, expr: ExprId, to: Type) {
        let from = self.retarget(expr, to);
        self.check_conversion(from, to, self.ast.expr_span(expr));
    }

    pub(super) fn check_conversion(&mut self, from: Type, to: Type, span: Span) {
        if convertible(from, to) == Convertible::Never {
            let message = format!("expected `{}`, found `{}`", self.show(to), self.show(from));
            let mut diagnostic = Diagnostic::new(codes::IMPOSSIBLE_CONVERSION, span, message);
            diagnostic.hint = conversion_hint(from, to).map(str::to_owned);
            self.report(diagnostic);
        }
    }

    /// Pushes the type of a place down into literals in braces and calls that depend on their receiver, and gives the
    /// type the expression has then.
    pub(super) fn retarget(&mut self, expr: ExprId, to: Type) -> Type {
        if to.base == Base::Dynamic {
            return self.type_of(expr);
        }
        deep(self.ast.expr_depth(expr), || match self.ast.expr(expr) {
            Expr::Paren(inner) => {
                let ty = self.retarget(inner, to);
                self.set_type(expr, ty)
            }
            Expr::Ternary { yes, no, .. } => {
                self.retarget(yes, to);
                self.retarget(no, to);
                let ty = self.ternary_type(yes, no);
                self.set_type(expr, ty)
            }
            Expr::Literal(elements) if to.is_array() => {
                self.fill_array(elements, to.element());
                self.set_type(expr, to)
            }
            Expr::Literal(elements) => match to.as_struct() {
                Some(id) => {
                    self.fill_struct(expr, elements, id);
                    self.set_type(expr, to)
                }
                None => self.type_of(expr),
            },
            Expr::Call { .. } => {
                let receives = match self.facts.resolution(expr) {
                    Resolution::Routine(id, _) => {
                        self.signatures.get(id).is_some_and(|signature| signature.returns == Returns::Receiver)
                    }
                    _ => false,
                };
                if receives { self.set_type(expr, to) } else { self.type_of(expr) }
            }
            _ => self.type_of(expr),
        })
    }

    fn fill_array(&mut self, elements: List<ExprId>, to: Type) {
        for index in 0..elements.len {
            let Some(&element) = self.ast.expr_list(elements).get(index as usize) else { continue };
            self.convert(element, to);
        }
    }

    fn fill_struct(&mut self, literal: ExprId, elements: List<ExprId>, id: StructId) {
        let fields = self.facts.structs.fields(id).len();
        for index in 0..elements.len as usize {
            let Some(&element) = self.ast.expr_list(elements).get(index) else { continue };
            match self.facts.structs.fields(id).get(index).map(|field| field.ty) {
                Some(ty) => self.convert(element, ty),
                None => {
                    let name = self.show(Type::structure(id));
                    let message = format!("`{name}` has {}, found {} values", count(fields, "field"), elements.len);
                    let span = self.ast.expr_span(element);
                    let whole = self.ast.expr_span(literal);
                    self.report(
                        Diagnostic::new(codes::TOO_MANY_ELEMENTS, span, message)
                            .label(whole, format!("this literal becomes a `{name}`")),
                    );
                    return;
                }
            }
        }
    }

    /// The type a literal in braces gets as the right operand of `left +` or `left -` (L-53), dynamic if its own.
    pub(super) fn operand_target(&self, left: Type, operand: ExprId) -> Type {
        let Expr::Literal(elements) = self.ast.expr(strip(self.ast, operand)) else { return Type::DYNAMIC };
        if !left.is_array() || left.base == Base::Dynamic {
            return Type::DYNAMIC;
        }
        let element = left.element();
        if !element.is_array() && element.as_struct().is_none() {
            return left;
        }
        let whole = self.ast.expr_list(elements).first().is_some_and(|&first| {
            matches!(self.ast.expr(strip(self.ast, first)), Expr::Literal(_)) || self.type_of(first) == element
        });
        if whole { left } else { element }
    }
}

/// `1 field`, `2 fields`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn conversion_hint(from: Type, to: Type) -> Option<&'static str> {
    if from == Type::DATE && to.is_numeric() {
        Some("milliseconds since 1970 are `d[\"TOMILLIS\"]`")
    } else if from == Type::DATE && to == Type::INTERVAL {
        Some("an interval is the difference of two dates")
    } else if to == Type::BOOLEAN && (from == Type::DATE || from == Type::INTERVAL || from.as_struct().is_some()) {
        Some("`isNotNull(x)` tells whether there is a value")
    } else if from.as_struct().is_some() && !to.is_array() {
        Some("take one field, or convert to `string` or an array first")
    } else {
        None
    }
}
