use super::{RawName, TreeBuilder};
use crate::{
    source::Span,
    syntax::{
        ast::{Expr, ExprId, Link, List, StepKind, TypeRef},
        scan::{quoted_substitution, split_quoted_field},
        token::Atom,
    },
    types::UnaryOp,
};

/// A base and the steps read so far.
pub(crate) struct PathSteps {
    pub base: ExprId,
    pub steps: Vec<(StepKind, Span)>,
}

/// An operand on its way into chains: operators of one precedence that wait for their end.
struct Pending {
    precedence: u8,
    first: ExprId,
    links: Vec<Link>,
}

impl TreeBuilder<'_> {
    pub fn atom(&mut self, atom: Atom, span: Span) -> ExprId {
        let text = self.source(span);
        let expr = match atom {
            Atom::Int => match text.parse() {
                Ok(value) => Expr::Int(value),
                // Beyond 64 bits it is a number (L-8).
                Err(_) => Expr::Num(text.parse().unwrap_or(f64::INFINITY)),
            },
            Atom::Num => Expr::Num(text.parse().unwrap_or(f64::NAN)),
            Atom::True => Expr::Bool(true),
            Atom::False => Expr::Bool(false),
            Atom::Null => Expr::Null,
            Atom::Key => Expr::Key(self.ast.push_text(text)),
            Atom::QuotedKey => {
                let key = self.quoted(span);
                Expr::Key(self.ast.push_text(key))
            }
            Atom::QuotedField => match split_quoted_field(self.quoted(span)) {
                Some((key, field)) => Expr::SubstField { key: self.ast.intern(key), field: self.ast.intern(field) },
                None => Expr::Error,
            },
        };
        self.expr(expr, span)
    }

    pub fn text_expr(&mut self, span: Span) -> ExprId {
        let text = self.text(span);
        self.expr(Expr::Text(text), span)
    }

    pub fn name_expr(&mut self, name: RawName) -> ExprId {
        self.expr(Expr::Name(name.sym), name.span)
    }

    pub fn subst_expr(&mut self, span: Span) -> ExprId {
        let name = self.substituted(span);
        self.expr(Expr::Subst(name), span)
    }

    pub fn quoted_expr(&mut self, span: Span) -> ExprId {
        let text = self.quoted(span);
        let expr = match quoted_substitution(text) {
            Some(name) => Expr::Subst(self.ast.intern(name)),
            None => Expr::Name(self.ast.intern(text)),
        };
        self.expr(expr, span)
    }

    pub fn call(&mut self, name: RawName, args: Vec<ExprId>, end: u32) -> ExprId {
        let args = self.expr_list(args);
        let span = Span::new(name.span.start, end);
        self.expr(Expr::Call { name: name.sym, name_span: name.span, args }, span)
    }

    pub(super) fn expr_list(&mut self, list: Vec<ExprId>) -> List<ExprId> {
        let range = self.ast.push_expr_list(&list);
        self.spare.exprs.put(list);
        range
    }

    pub fn paren(&mut self, span: Span, inner: ExprId) -> ExprId {
        self.expr(Expr::Paren(inner), span)
    }

    pub fn literal(&mut self, span: Span, elements: Vec<ExprId>) -> ExprId {
        let elements = self.expr_list(elements);
        self.expr(Expr::Literal(elements), span)
    }

    pub fn quoted_member(&mut self, span: Span) -> (StepKind, Span) {
        self.heard(());
        let text = self.quoted(span);
        let step = match quoted_substitution(text) {
            Some(name) => StepKind::Subst(self.ast.intern(name)),
            None => StepKind::Member(self.ast.intern(text)),
        };
        (step, span)
    }

    pub fn substituted_member(&mut self, span: Span) -> (StepKind, Span) {
        self.heard(());
        (StepKind::Subst(self.substituted(span)), span)
    }

    pub fn path(&mut self, path: PathSteps) -> ExprId {
        let start = self.ast.expr_span(path.base);
        let end = path.steps.last().map_or(start, |&(_, span)| span);
        let steps = self.ast.push_steps(&path.steps);
        self.spare.steps.put(path.steps);
        self.expr(Expr::Path { base: path.base, steps }, start.to(end))
    }

    pub fn step(&mut self, span: Span, target: ExprId, down: bool, prefix: bool) -> ExprId {
        self.expr(Expr::Step { target, down, prefix }, span)
    }

    pub fn unary(&mut self, span: Span, op: UnaryOp, operand: ExprId) -> ExprId {
        self.expr(Expr::Unary { op, operand }, span)
    }

    pub fn cast(&mut self, span: Span, ty: TypeRef, operand: ExprId) -> ExprId {
        self.expr(Expr::Cast { ty, operand }, span)
    }

    pub fn ternary(&mut self, span: Span, cond: ExprId, yes: ExprId, no: ExprId) -> ExprId {
        self.expr(Expr::Ternary { cond, yes, no }, span)
    }

    /// Folds operands and operators into chains by precedence (L-50). Each waiting chain binds tighter than the one
    /// below it, so there are never more than there are precedences.
    pub fn chain(&mut self, first: ExprId, rest: Vec<Link>) -> ExprId {
        let tiers = rest.first().map(|link| link.op.precedence());
        if rest.iter().all(|link| Some(link.op.precedence()) == tiers) {
            let last = rest.last().map_or(first, |link| link.operand);
            return self.finish_chain(Pending { precedence: 0, first, links: rest }, last);
        }
        let mut waiting: Vec<Pending> = Vec::new();
        let mut operand = first;
        for &Link { op, op_span, operand: right } in &rest {
            let precedence = op.precedence();
            while let Some(done) = waiting.pop_if(|chain| chain.precedence > precedence) {
                operand = self.finish_chain(done, operand);
            }
            match waiting.last_mut().filter(|chain| chain.precedence == precedence) {
                Some(chain) => {
                    if let Some(link) = chain.links.last_mut() {
                        link.operand = operand;
                    }
                    chain.links.push(Link { op, op_span, operand: right });
                }
                None => {
                    let links = self.spare.links.of(Link { op, op_span, operand: right });
                    waiting.push(Pending { precedence, first: operand, links });
                }
            }
            operand = right;
        }
        while let Some(done) = waiting.pop() {
            operand = self.finish_chain(done, operand);
        }
        self.spare.links.put(rest);
        operand
    }

    /// Ends a chain, whose last operand was not complete until now.
    fn finish_chain(&mut self, mut chain: Pending, last: ExprId) -> ExprId {
        if let Some(link) = chain.links.last_mut() {
            link.operand = last;
        }
        let span = self.ast.expr_span(chain.first).to(self.ast.expr_span(last));
        let links = self.ast.push_links(&chain.links);
        self.spare.links.put(chain.links);
        self.expr(Expr::Chain { first: chain.first, links }, span)
    }
}
