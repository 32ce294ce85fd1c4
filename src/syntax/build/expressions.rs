use super::{RawName, RawType, Run, TreeBuilder};
use crate::{
    source::Span,
    syntax::{
        ast::{Expr, ExprId, Link, List, StepKind},
        scan::{quoted_substitution, split_quoted_field},
        token::Atom,
    },
    types::UnaryOp,
};

/// A base and the steps read so far.
#[derive(Clone, Copy)]
pub(crate) struct PathSteps {
    pub base: ExprId,
    pub steps: Run<(StepKind, Span)>,
}

/// Operands and the operators between them, read so far.
#[derive(Clone, Copy)]
pub(crate) struct Operands {
    first: ExprId,
    links: Run<Link>,
}

/// An operand on its way into chains: operators of one precedence that wait for their end.
#[derive(Clone, Copy)]
pub(in crate::syntax) struct Pending {
    precedence: u8,
    first: ExprId,
    links: Run<Link>,
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
        self.leaf(expr, span)
    }

    pub fn text_expr(&mut self, span: Span) -> ExprId {
        let text = self.text(span);
        self.leaf(Expr::Text(text), span)
    }

    pub fn name_expr(&mut self, name: RawName) -> ExprId {
        self.leaf(Expr::Name(name.sym), name.span)
    }

    pub fn subst_expr(&mut self, span: Span) -> ExprId {
        let name = self.substituted(span);
        self.leaf(Expr::Subst(name), span)
    }

    pub fn quoted_expr(&mut self, span: Span) -> ExprId {
        let text = self.quoted(span);
        let expr = match quoted_substitution(text) {
            Some(name) => Expr::Subst(self.ast.intern(name)),
            None => Expr::Name(self.ast.intern(text)),
        };
        self.leaf(expr, span)
    }

    pub fn call(&mut self, name: RawName, args: Run<ExprId>, end: u32) -> ExprId {
        let args = self.expr_list(args);
        let span = Span::new(name.span.start, end);
        self.expr(Expr::Call { name: name.sym, name_span: name.span, args }, span)
    }

    pub(super) fn expr_list(&mut self, list: Run<ExprId>) -> List<ExprId> {
        let range = self.ast.push_expr_list(self.stacks.exprs.get(list));
        self.stacks.exprs.end(list);
        range
    }

    pub fn paren(&mut self, span: Span, inner: ExprId) -> ExprId {
        self.expr(Expr::Paren(inner), span)
    }

    pub fn literal(&mut self, span: Span, elements: Run<ExprId>) -> ExprId {
        let elements = self.expr_list(elements);
        self.expr(Expr::Literal(elements), span)
    }

    pub fn quoted_member(&mut self, span: Span) -> Run<(StepKind, Span)> {
        self.heard(());
        let text = self.quoted(span);
        let step = match quoted_substitution(text) {
            Some(name) => StepKind::Subst(self.ast.intern(name)),
            None => StepKind::Member(self.ast.intern(text)),
        };
        self.path_step(step, span)
    }

    pub fn substituted_member(&mut self, span: Span) -> Run<(StepKind, Span)> {
        self.heard(());
        let name = self.substituted(span);
        self.path_step(StepKind::Subst(name), span)
    }

    pub fn path_step(&mut self, step: StepKind, span: Span) -> Run<(StepKind, Span)> {
        self.stacks.steps.of((step, span))
    }

    pub fn add_step(&mut self, path: PathSteps, step: Run<(StepKind, Span)>) -> PathSteps {
        PathSteps { steps: self.stacks.steps.join(path.steps, step), ..path }
    }

    pub fn path(&mut self, path: PathSteps) -> ExprId {
        let start = self.ast.expr_span(path.base);
        let steps = self.stacks.steps.get(path.steps);
        let end = steps.last().map_or(start, |&(_, span)| span);
        let steps = self.ast.push_steps(steps);
        self.stacks.steps.end(path.steps);
        self.expr(Expr::Path { base: path.base, steps }, start.to(end))
    }

    pub fn step(&mut self, span: Span, target: ExprId, down: bool, prefix: bool) -> ExprId {
        self.expr(Expr::Step { target, down, prefix }, span)
    }

    pub fn unary(&mut self, span: Span, op: UnaryOp, operand: ExprId) -> ExprId {
        self.expr(Expr::Unary { op, operand }, span)
    }

    pub fn cast(&mut self, span: Span, ty: RawType, operand: ExprId) -> ExprId {
        let Some(ty) = self.type_of(ty) else { return operand };
        self.expr(Expr::Cast { ty, operand }, span)
    }

    pub fn ternary(&mut self, span: Span, cond: ExprId, yes: ExprId, no: ExprId) -> ExprId {
        self.expr(Expr::Ternary { cond, yes, no }, span)
    }

    pub fn operands(&mut self, first: ExprId, link: Link) -> Operands {
        Operands { first, links: self.stacks.links.of(link) }
    }

    pub fn add_link(&mut self, list: Operands, link: Link) -> Operands {
        Operands { links: self.stacks.links.add(list.links, link), ..list }
    }

    /// Folds operands and operators into chains by precedence (L-50). Each waiting chain binds tighter than the one
    /// below it, so there are never more than there are precedences.
    pub fn chain(&mut self, Operands { first, links }: Operands) -> ExprId {
        let rest = self.stacks.links.get(links);
        let tiers = rest.first().map(|link| link.op.precedence());
        if rest.iter().all(|link| Some(link.op.precedence()) == tiers) {
            let last = rest.last().map_or(first, |link| link.operand);
            return self.finish_chain(Pending { precedence: 0, first, links }, last);
        }
        // Their links stand above those that are still to be folded, the chain that waits last at the top.
        let mut waiting = std::mem::take(&mut self.stacks.waiting);
        let mut operand = first;
        for index in 0..links.len() {
            let Some(Link { op, op_span, operand: right }) = self.stacks.links.at(links, index) else { break };
            let precedence = op.precedence();
            while let Some(done) = waiting.pop_if(|chain| chain.precedence > precedence) {
                operand = self.finish_chain(done, operand);
            }
            let link = Link { op, op_span, operand: right };
            match waiting.last_mut().filter(|chain| chain.precedence == precedence) {
                Some(chain) => {
                    if let Some(last) = self.stacks.links.get_mut(chain.links).last_mut() {
                        last.operand = operand;
                    }
                    chain.links = self.stacks.links.add(chain.links, link);
                }
                None => {
                    let links = self.stacks.links.of(link);
                    waiting.push(Pending { precedence, first: operand, links });
                }
            }
            operand = right;
        }
        while let Some(done) = waiting.pop() {
            operand = self.finish_chain(done, operand);
        }
        self.stacks.waiting = waiting;
        self.stacks.links.end(links);
        operand
    }

    /// Ends a chain, whose last operand was not complete until now.
    fn finish_chain(&mut self, chain: Pending, last: ExprId) -> ExprId {
        let links = self.stacks.links.get_mut(chain.links);
        if let Some(link) = links.last_mut() {
            link.operand = last;
        }
        let links = self.ast.push_links(links);
        self.stacks.links.end(chain.links);
        let span = self.ast.expr_span(chain.first).to(self.ast.expr_span(last));
        self.expr(Expr::Chain { first: chain.first, links }, span)
    }
}
