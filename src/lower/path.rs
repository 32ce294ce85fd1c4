//! Paths: members, indexes, and what is assigned to.

use super::{
    Lowerer,
    code::{Code, Family, Typed, family, map},
    expr::dynamic,
    slots::is_raw,
};
use crate::{
    check::{NameRef, Resolution},
    eval::{ElementRead, ElementWrite, Operand, PathRead, Place, Repr, Root, Step, StepKind, Stmt, Target},
    syntax::ast::{self, Expr, ExprId, List, StepId},
    types::Type,
    value::{self, Array},
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
                if let Some(element) = self.element_read(base, steps) {
                    return element;
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

    /// The variable with an array of raw scalars and the only index of a path, where they can be used directly.
    fn element(&self, base: ExprId, steps: List<StepId>) -> Option<(Place, ExprId)> {
        let Resolution::Name(NameRef::Var(decl)) = self.facts.resolution(base) else { return None };
        let place = self.place(decl)?;
        if steps.len != 1 || place.repr != Repr::Ref || !place.ty.is_array() || !is_raw(place.ty.element()) {
            return None;
        }
        let ast::StepKind::Index(index) = self.ast.step(ast::StepId(steps.start)) else { return None };
        // The array is read behind the index; nothing in the index may change it.
        if self.may_change(&[index]) {
            return None;
        }
        Some((place, index))
    }

    /// A raw integer position.
    fn position(&mut self, index: ExprId) -> Option<Operand<i64>> {
        if !super::infer::is_number(self.facts.type_of(index)) {
            return None;
        }
        match self.expr(index).code {
            Code::Int(operand) => Some(operand),
            Code::Num(operand) => Some(map(operand, value::num_to_int)),
            _ => None,
        }
    }

    fn element_read(&mut self, base: ExprId, steps: List<StepId>) -> Option<Typed> {
        let (place, index) = self.element(base, steps)?;
        let element = place.ty.element();
        let span = self.ast.step_span(ast::StepId(steps.start));
        let Place { bank, at, ty, .. } = place;
        if !matches!(element, Type::INTEGER | Type::NUMBER | Type::BOOLEAN) {
            return None;
        }
        let index = self.position(index)?.boxed();
        let code = match family(element) {
            Family::Int => Code::OptInt(Box::new(ElementRead { bank, at, index, ty, raw: Array::as_ints, span })),
            Family::Num => Code::OptNum(Box::new(ElementRead { bank, at, index, ty, raw: Array::as_nums, span })),
            Family::Bool => Code::OptBool(Box::new(ElementRead { bank, at, index, ty, raw: Array::as_bools, span })),
            Family::Value => return None,
        };
        Some(Typed { ty: element, code })
    }

    /// `a[i] = value` on an array of raw scalars in a variable.
    pub(super) fn element_write(&mut self, target: ExprId, value: ExprId) -> Option<Stmt> {
        let Expr::Path { base, steps } = self.ast.expr(target) else { return None };
        let (place, index) = self.element(base, steps)?;
        let element = place.ty.element();
        if !matches!(element, Type::INTEGER | Type::NUMBER | Type::BOOLEAN) {
            return None;
        }
        // Lowering twice what turns out not to fit would double the work at every level.
        let fits = super::infer::is_number(self.facts.type_of(value)) || self.facts.type_of(value) == element;
        if !fits {
            return None;
        }
        let span = self.ast.step_span(ast::StepId(steps.start));
        let Place { bank, at, ty, .. } = place;
        let index = self.position(index)?.boxed();
        let value_span = self.ast.expr_span(value);
        let value = self.expr(value).convert(element, value_span);
        Some(match value.code {
            Code::Int(value) => {
                let value = value.boxed();
                Box::new(ElementWrite { bank, at, index, value, ty, raw: Array::as_ints_mut, span })
            }
            Code::Num(value) => {
                let value = value.boxed();
                Box::new(ElementWrite { bank, at, index, value, ty, raw: Array::as_nums_mut, span })
            }
            Code::Bool(value) => {
                let value = value.boxed();
                Box::new(ElementWrite { bank, at, index, value, ty, raw: Array::as_bools_mut, span })
            }
            code => {
                let value = Typed { ty: element, code }.into_value();
                let index = Operand::Node(index);
                let index = Typed::int(index).into_value();
                let target = Target {
                    root: Root::Place(place),
                    steps: vec![Step { kind: StepKind::Index(index), base: ty, ty: element, span }],
                    ty: element,
                    span,
                };
                Box::new(crate::eval::Assign { target, op: None, value, value_ty: element, span })
            }
        })
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
