//! What can be assigned to (L-71), and what must not be (L-35).

use super::{
    Checker,
    facts::{NameRef, Resolution},
    literals::strip,
    names::Use,
};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    syntax::ast::{AssignOp, Decl, Expr, ExprId, List, StepId, StepKind},
    types::{Base, Type},
};

/// What a step of a path leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Leads {
    /// A part of the value before it.
    Inside,
    /// A field of an issue, whose key was the value before it.
    ToIssue,
    /// One or the other, at run time.
    Perhaps,
}

impl Checker<'_> {
    /// Types the target of an assignment and reports what cannot be one.
    pub(super) fn target(&mut self, id: ExprId, op: AssignOp) -> Type {
        let span = self.ast.expr_span(id);
        let ty = match self.ast.expr(id) {
            Expr::Name(name) => {
                let usage = if op == AssignOp::Set { Use::Write } else { Use::Read };
                let name = self.name(name, span, usage);
                self.resolve(id, Resolution::Name(name));
                let ty = self.type_of_name(name);
                self.set_type(id, ty)
            }
            _ => self.expr(id),
        };
        match self.ast.expr(id) {
            Expr::Name(_) | Expr::Subst(_) | Expr::SubstField { .. } | Expr::Error => self.check_const(id, id),
            Expr::Path { base, steps } => self.check_path_target(id, base, steps),
            other => {
                let what = match other {
                    Expr::Call { .. } => "the result of a call",
                    Expr::Paren(_) => "an expression in parentheses",
                    Expr::Int(_) | Expr::Num(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Null | Expr::Literal(_) => {
                        "a literal"
                    }
                    Expr::Key(_) => "an issue key",
                    _ => "the result of an expression",
                };
                self.report(
                    Diagnostic::new(codes::NOT_ASSIGNABLE, span, format!("{what} cannot be assigned to"))
                        .hint("a target is a variable, a field, an element or a member"),
                );
            }
        }
        ty
    }

    /// What each step of a path leads to, with the type of the value before it.
    fn leads(&self, base: ExprId, steps: List<StepId>) -> impl Iterator<Item = (StepId, Type, Leads)> {
        let mut before = self.type_of(base);
        self.ast.step_ids(steps).map(move |step| {
            let leads = match (self.ast.step(step), before) {
                (StepKind::Index(_), _) => Leads::Inside,
                (_, Type::DYNAMIC) => Leads::Perhaps,
                (_, Type { base: Base::Struct(_), dims: 0 | 1 }) => Leads::Inside,
                (_, Type::STRING) => Leads::ToIssue,
                (_, ty) if ty.is_array() => Leads::Perhaps,
                _ => Leads::Inside,
            };
            let of = before;
            before = self.facts.step(step).ty;
            (step, of, leads)
        })
    }

    fn check_path_target(&mut self, id: ExprId, base: ExprId, steps: List<StepId>) {
        let (mut issue, mut part) = (false, None);
        for (step, of, leads) in self.leads(base, steps) {
            issue |= leads != Leads::Inside;
            // The last step decides, and it must not be a part of a date.
            part = (of == Type::DATE || of == Type::INTERVAL).then(|| (self.ast.step_span(step), of));
        }
        if let Some((span, of)) = part {
            let message = format!("a part of `{}` cannot be assigned to", self.show(of));
            let hint = match of {
                Type::DATE => "add an interval, as in `d += \"1d\";`",
                _ => "add to it, as in `i += \"1h\";`",
            };
            self.report(Diagnostic::new(codes::NOT_ASSIGNABLE, span, message).hint(hint));
            return;
        }
        let place = matches!(
            self.ast.expr(base),
            Expr::Name(_) | Expr::Subst(_) | Expr::SubstField { .. } | Expr::Key(_) | Expr::Error
        );
        if !place && !issue {
            let what = match self.ast.expr(base) {
                Expr::Call { .. } => "the result of a call",
                Expr::Paren(_) => "an expression in parentheses",
                _ => "a literal",
            };
            let message = format!("a part of {what} cannot be assigned to");
            self.report(
                Diagnostic::new(codes::NOT_ASSIGNABLE, self.ast.expr_span(id), message)
                    .label(self.ast.expr_span(base), "this value is gone after the statement")
                    .hint("store it in a variable first"),
            );
        }
        if !issue {
            self.check_const(id, base);
        }
    }

    /// Reports a change of a constant, of its elements or its fields.
    fn check_const(&mut self, id: ExprId, root: ExprId) {
        let Resolution::Name(NameRef::Var(decl)) = self.facts.resolution(strip(self.ast, root)) else { return };
        let Some(&Decl { name, name_span, is_const: true, .. }) = self.ast.decl(decl) else { return };
        let name = self.ast.name(name);
        let message = if id == root {
            format!("cannot assign to constant `{name}`")
        } else {
            format!("cannot change a part of constant `{name}`")
        };
        self.report(
            Diagnostic::new(codes::CONST_ASSIGNED, self.ast.expr_span(id), message)
                .label(name_span, format!("`{name}` is declared `const` here")),
        );
    }
}
