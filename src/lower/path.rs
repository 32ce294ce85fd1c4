//! Paths: members, indexes, and what is assigned to.

use super::{
    Lowerer,
    code::{Code, Family, Typed, family, map},
    expr::dynamic,
    infer::is_number,
};
use crate::{
    check::{NameRef, Resolution},
    eval::{
        self, Expr as Node, NullNode, Operand, OrElse, PartStep, PathRead, Repr, Root, Shifted, Step, StepKind, Stmt,
        Target, VariablePart,
    },
    source::Span,
    syntax::ast::{self, Expr, ExprId, List, StepId},
    types::{BinaryOp, Type},
    value,
};

impl Lowerer<'_> {
    /// Lowers a path that is read.
    pub(super) fn path(&mut self, id: ExprId) -> Typed {
        let span = self.ast.expr_span(id);
        match self.ast.expr(id) {
            Expr::SubstField { key, field } => {
                let base = self.subst_key(id, key);
                let step = Step {
                    kind: StepKind::Member(self.ast.name(field).into()),
                    base: Type::DYNAMIC,
                    ty: Type::DYNAMIC,
                    span,
                };
                dynamic(Box::new(PathRead { base: base.into_value(), steps: vec![step] }))
            }
            Expr::Path { base, steps } => {
                if let Some(part) = self.part_read(id) {
                    return part;
                }
                let lowered = self.path_base(base, steps);
                let base_ty = lowered.ty;
                let steps = self.steps(base_ty, steps);
                let ty = steps.last().map_or(base_ty, |step| step.ty);
                Typed::value(Box::new(PathRead { base: lowered.into_value(), steps }), ty, span)
            }
            _ => self.expr(id),
        }
    }

    /// The base of a path. `%v%` before a member is a variable or a key, not a field (L-123).
    fn path_base(&mut self, base: ExprId, steps: List<StepId>) -> Typed {
        let member = self
            .ast
            .step_ids(steps)
            .next()
            .is_some_and(|step| matches!(self.ast.step(step), ast::StepKind::Member(_) | ast::StepKind::Subst(_)));
        match self.ast.expr(base) {
            Expr::Subst(name) if member => self.subst_key(base, name),
            _ => self.expr(base),
        }
    }

    fn steps(&mut self, base: Type, steps: List<StepId>) -> Vec<Step> {
        let mut base = base;
        let mut lowered = Vec::with_capacity(steps.len as usize);
        for id in self.ast.step_ids(steps) {
            let facts = self.facts.step(id);
            let span = self.ast.step_span(id);
            let kind = match self.ast.step(id) {
                ast::StepKind::Member(name) => match facts.field {
                    Some(position) => StepKind::Field(position, self.ast.name(name).into()),
                    None => StepKind::Member(self.ast.name(name).into()),
                },
                ast::StepKind::Subst(name) => {
                    let inner = facts.name.map_or_else(super::expr::null, |name| self.name(name, span));
                    let name = self.ast.name(name).into();
                    StepKind::Subst(Box::new(crate::eval::SubstText { inner: inner.into_value(), name, span }))
                }
                ast::StepKind::Index(index) => StepKind::Index(self.expr(index).into_value()),
            };
            lowered.push(Step { kind, base, ty: facts.ty, span });
            base = facts.ty;
        }
        lowered
    }

    /// A path from a variable of the value bank through fields and positions, which can be walked by reference.
    ///
    /// Its positions are evaluated before the walk. For reading they must not change a variable, and behind another
    /// step they must be unable to fail too; `again` asks that of all of them.
    fn variable_part(&mut self, id: ExprId, reads: bool, again: bool) -> Option<VariablePart> {
        let Expr::Path { base, steps } = self.ast.expr(id) else { return None };
        let Resolution::Name(NameRef::Var(decl)) = self.facts.resolution(base) else { return None };
        let place = self.place(decl).filter(|place| place.repr == Repr::Ref)?;
        if steps.len as usize > VariablePart::MOST {
            return None;
        }
        let mut base = place.ty;
        for (number, step) in self.ast.step_ids(steps).enumerate() {
            let facts = self.facts.step(step);
            match (self.ast.step(step), facts.field) {
                (ast::StepKind::Member(_), Some(_)) if base.as_struct().is_some() => {}
                (ast::StepKind::Index(index), _) if base.is_array() && is_number(self.facts.type_of(index)) => {
                    let constant = (again || (reads && number > 0)) && !self.is_plain_position(index);
                    if constant || (reads && self.may_change(&[index])) {
                        return None;
                    }
                }
                _ => return None,
            }
            base = facts.ty;
        }
        let mut base = place.ty;
        let most = steps.len as usize;
        let (mut hops, mut long) = (Vec::with_capacity(most), Vec::with_capacity(most));
        for step in self.ast.step_ids(steps) {
            let facts = self.facts.step(step);
            let span = self.ast.step_span(step);
            match (self.ast.step(step), facts.field, base.as_struct()) {
                (ast::StepKind::Member(name), Some(position), Some(id)) => {
                    hops.push(PartStep::Field(id, position));
                    let kind = StepKind::Field(position, self.ast.name(name).into());
                    long.push(Step { kind, base, ty: facts.ty, span });
                }
                (ast::StepKind::Index(index), ..) => {
                    hops.push(PartStep::Element(self.position(index)?));
                    let kind = StepKind::Index(Box::new(NullNode));
                    long.push(Step { kind, base, ty: facts.ty, span });
                }
                _ => return None,
            }
            base = facts.ty;
        }
        let span = match long.as_slice() {
            [step] if matches!(step.kind, StepKind::Index(_)) => step.span,
            _ => self.ast.expr_span(id),
        };
        let long = Target { root: Root::Place(place), steps: long, ty: base, span };
        Some(VariablePart { bank: place.bank, at: place.at, steps: hops, long })
    }

    /// A position that is computed without changing or failing anything: a raw integer, with a constant added or not.
    fn is_plain_position(&self, index: ExprId) -> bool {
        match self.ast.expr(index) {
            Expr::Int(_) => true,
            Expr::Paren(inner) => self.is_plain_position(inner),
            Expr::Name(_) => match self.facts.resolution(index) {
                Resolution::Name(NameRef::Var(decl)) => {
                    self.place(decl).is_some_and(|place| place.repr == Repr::Raw && place.ty == Type::INTEGER)
                }
                _ => false,
            },
            Expr::Chain { first, links } => {
                let sums = |link: &ast::Link| {
                    matches!(link.op, BinaryOp::Add | BinaryOp::Sub) && self.is_plain_position(link.operand)
                };
                self.is_plain_position(first) && self.ast.link_list(links).iter().all(sums)
            }
            _ => false,
        }
    }

    /// A raw integer position. A local is one with nothing added, so that both are the same leaf.
    fn position(&mut self, index: ExprId) -> Option<Node<i64>> {
        match self.expr(index).code {
            Code::Int(Operand::Local(at)) => Some(Box::new(Shifted { at, by: 0 })),
            Code::Int(operand) => Some(operand.boxed()),
            Code::Num(operand) => Some(map(operand, value::num_to_int).boxed()),
            _ => None,
        }
    }

    fn part_read(&mut self, id: ExprId) -> Option<Typed> {
        let part = self.variable_part(id, true, false)?;
        self.read_of(part)
    }

    fn read_of(&self, part: VariablePart) -> Option<Typed> {
        let ty = part.long.ty;
        let code = match family(ty) {
            Family::Int if ty == Type::INTEGER => Code::OptInt(part.read()?),
            Family::Num => Code::OptNum(part.read()?),
            Family::Bool => Code::OptBool(part.read()?),
            _ => {
                let span = part.long.span;
                return Some(Typed::value(part.read_value()?, ty, span));
            }
        };
        Some(Typed { ty, code })
    }

    /// `a[i] = value` and `r.f = value` for scalars.
    pub(super) fn part_write(&mut self, target: ExprId, value: ExprId) -> Option<Stmt> {
        if !is_plain(self.facts.type_of(target)) {
            return None;
        }
        let part = self.variable_part(target, false, false)?;
        let value_span = self.ast.expr_span(value);
        let value = self.expr(value).convert(part.long.ty, value_span);
        write_of(part, value)
    }

    /// `a[i] += value` and `r.f += value` for numbers, where the path can be walked twice.
    pub(super) fn part_update(&mut self, target: ExprId, op: BinaryOp, value: ExprId, span: Span) -> Option<Stmt> {
        if !is_plain(self.facts.type_of(target)) || self.may_change(&[value]) {
            return None;
        }
        let ty = self.facts.type_of(target);
        if !is_number(ty) || !is_number(self.facts.type_of(value)) {
            return None;
        }
        let from = self.variable_part(target, true, true)?;
        let to = self.variable_part(target, false, true)?;
        let left = self.read_of(from)?;
        let right = self.expr(value);
        write_of(to, super::chain::binary(op, left, false, right, span).convert(ty, span))
    }

    /// `a[i]++` and `r.f--` as statements (L-57): null counts as 0.
    pub(super) fn part_count(&mut self, target: ExprId, down: bool) -> Option<Stmt> {
        if !is_number(self.facts.type_of(target)) {
            return None;
        }
        let from = self.variable_part(target, true, true)?;
        let to = self.variable_part(target, false, true)?;
        let left = self.read_of(from)?;
        let ty = left.ty;
        let code = match left.code {
            Code::OptInt(inner) => {
                let (left, by) = (Box::new(OrElse { inner, other: 0 }), if down { -1 } else { 1 });
                Code::Int(Operand::Node(eval::binary::<_, eval::AddInt>(Operand::Node(left), Operand::Const(by))))
            }
            Code::OptNum(inner) => {
                let (left, by) = (Box::new(OrElse { inner, other: 0.0 }), if down { -1.0 } else { 1.0 });
                Code::Num(Operand::Node(eval::binary::<_, eval::AddNum>(Operand::Node(left), Operand::Const(by))))
            }
            _ => return None,
        };
        write_of(to, Typed { ty, code })
    }

    /// Lowers what is assigned to.
    pub(super) fn target(&mut self, id: ExprId) -> Target {
        let span = self.ast.expr_span(id);
        let ty = self.facts.type_of(id);
        match self.ast.expr(id) {
            Expr::SubstField { key, field } => {
                let text = self.subst_text(id, key);
                let site = self.site(id);
                let kind = StepKind::Member(self.ast.name(field).into());
                let step = Step { kind, base: Type::DYNAMIC, ty: Type::DYNAMIC, span };
                Target { root: Root::Subst { text, site }, steps: vec![step], ty: Type::DYNAMIC, span }
            }
            Expr::Path { base, steps } => {
                let (root, base_ty) = self.root(base);
                let steps = self.steps(base_ty, steps);
                Target { root, steps, ty, span }
            }
            _ => {
                let (root, ty) = self.root(id);
                Target { root, steps: Vec::new(), ty, span }
            }
        }
    }

    fn root(&mut self, id: ExprId) -> (Root, Type) {
        match (self.ast.expr(id), self.facts.resolution(id)) {
            (Expr::Name(_), Resolution::Name(NameRef::Var(decl))) => {
                if let Some(place) = self.place(decl) {
                    return (Root::Place(place), place.ty);
                }
            }
            (Expr::Name(_), Resolution::Name(NameRef::Argv)) => {
                self.uses_argv = true;
                return (Root::Argv, Type::STRINGS);
            }
            (Expr::Name(_), Resolution::Name(NameRef::Field(name))) => {
                return (Root::Field(self.ast.name(name).into()), Type::DYNAMIC);
            }
            (Expr::Subst(name), _) => {
                let text = self.subst_text(id, name);
                let site = self.site(id);
                return (Root::Subst { text, site }, Type::DYNAMIC);
            }
            _ => {}
        }
        let typed = self.expr(id);
        let ty = typed.ty;
        (Root::Value(typed.into_value()), ty)
    }
}

/// Whether a type is one of the scalars that arrays hold unboxed.
fn is_plain(ty: Type) -> bool {
    matches!(ty, Type::INTEGER | Type::NUMBER | Type::BOOLEAN)
}

/// The statement that writes a value of its type to a part.
fn write_of(part: VariablePart, value: Typed) -> Option<Stmt> {
    match value.code {
        Code::Int(value) => part.write(value),
        Code::Num(value) => part.write(value),
        Code::Bool(value) => part.write(value),
        Code::OptInt(value) => part.write_nullable(value),
        Code::OptNum(value) => part.write_nullable(value),
        Code::OptBool(value) => part.write_nullable(value),
        Code::Value(_) => None,
    }
}
