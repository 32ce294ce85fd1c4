//! Paths: members, indexes, and what is assigned to.

use super::{
    Lowerer, SHALLOW,
    code::{Code, Family, Typed, family, map},
    deep,
    expr::dynamic,
    infer::is_number,
};
use crate::{
    check::{NameRef, Resolution},
    eval::{
        self, Concat, Expr as Node, Key, KeyRead, KeyWrite, NullNode, Operand, Part, PartStep, PathRead, Place, Ref,
        Repr, Root, Shifted, Step, StepKind, Steps, Stmt, Target, VariablePart,
    },
    source::Span,
    syntax::ast::{self, Expr, ExprId, List, StepId, Sym},
    types::{BinaryOp, Type},
    value,
};
use std::sync::Arc;

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
                dynamic(Box::new(PathRead { base: base.into_value(), steps: Steps::from_buf([step]) }))
            }
            Expr::Path { base, steps } => {
                if let Some(part) = self.part_read(id).or_else(|| self.keyed_read(id)) {
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

    fn steps(&mut self, base: Type, steps: List<StepId>) -> Steps {
        let mut base = base;
        let mut lowered = Steps::with_capacity(steps.len as usize);
        for id in self.ast.step_ids(steps) {
            let facts = self.facts.step(id);
            let span = self.ast.step_span(id);
            let kind = match self.ast.step(id) {
                ast::StepKind::Member(name) => match facts.field {
                    Some(position) => StepKind::Field(position, self.field_name(name)),
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

    /// The name of a field, one text for all steps that take it.
    fn field_name(&mut self, name: Sym) -> Arc<str> {
        let text = self.ast.name(name);
        match self.desk.field_names.get_mut(name.index()) {
            Some(known) => Arc::clone(known.get_or_insert_with(|| text.into())),
            None => text.into(),
        }
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
        let (mut hops, mut long) = ([const { None }; VariablePart::MOST], Steps::with_capacity(most));
        for (hop, step) in hops.iter_mut().zip(self.ast.step_ids(steps)) {
            let facts = self.facts.step(step);
            let span = self.ast.step_span(step);
            match (self.ast.step(step), facts.field, base.as_struct()) {
                (ast::StepKind::Member(name), Some(position), Some(id)) => {
                    *hop = Some(PartStep::Field(id, position));
                    let kind = StepKind::Field(position, self.field_name(name));
                    long.push(Step { kind, base, ty: facts.ty, span });
                }
                (ast::StepKind::Index(index), ..) => {
                    *hop = Some(PartStep::Element(self.position(index)?));
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

    /// The variable and the key of a path that is an array variable with a text as index.
    fn keyed(&self, id: ExprId) -> Option<(Place, ExprId, Span)> {
        let Expr::Path { base, steps } = self.ast.expr(id) else { return None };
        let Resolution::Name(NameRef::Var(decl)) = self.facts.resolution(base) else { return None };
        let place = self.place(decl).filter(|place| place.repr == Repr::Ref && place.ty.is_array())?;
        let step = self.ast.step_ids(steps).next().filter(|_| steps.len == 1)?;
        match self.ast.step(step) {
            ast::StepKind::Index(index) if self.is_text(index) => Some((place, index, self.ast.step_span(step))),
            _ => None,
        }
    }

    fn key(&mut self, index: ExprId) -> Key {
        let mut parts = self.text_parts(index);
        match (parts.len(), parts.pop()) {
            (1, Some(Part::Text(key))) => Key::Constant(key),
            (1, Some(Part::Value(node, _) | Part::Seen(node, _))) => Key::Value(node),
            (1, Some(Part::Ref(bank, at))) => Key::Value(Box::new(Ref { bank, at })),
            (_, last) => {
                parts.extend(last);
                Key::Parts(Concat { parts })
            }
        }
    }

    /// `a["key"]`
    fn keyed_read(&mut self, id: ExprId) -> Option<Typed> {
        let (place, index, span) = self.keyed(id)?;
        if self.may_change(&[index]) {
            return None;
        }
        let ty = place.ty.element();
        let key = self.key(index);
        let long = Step { kind: StepKind::Index(Box::new(NullNode)), base: place.ty, ty, span };
        let read = KeyRead { bank: place.bank, at: place.at, key, long };
        Some(Typed::value(Box::new(read), ty, self.ast.expr_span(id)))
    }

    /// `a["key"] = value`
    pub(super) fn keyed_write(&mut self, target: ExprId, value: ExprId, span: Span) -> Option<Stmt> {
        let (place, index, step_span) = self.keyed(target)?;
        let ty = place.ty.element();
        let key = self.key(index);
        let step = Step { kind: StepKind::Index(Box::new(NullNode)), base: place.ty, ty, span: step_span };
        let long =
            Target { root: Root::Place(place), steps: Steps::from_buf([step]), ty, span: self.ast.expr_span(target) };
        let value_span = self.ast.expr_span(value);
        let value = self.expr(value).convert(ty, value_span).into_value();
        Some(Box::new(KeyWrite { bank: place.bank, at: place.at, key, value, long, span }))
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
        if self.not_parts.contains(&id) {
            return None;
        }
        let read = self.variable_part(id, true, false).and_then(|part| self.read_of(part));
        if read.is_none() && self.ast.expr_depth(id) > SHALLOW {
            self.not_parts.insert(id);
        }
        read
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

    /// `a[i] = value` and `r.f = value` for texts and scalars.
    pub(super) fn part_write(&mut self, target: ExprId, value: ExprId) -> Option<Stmt> {
        let value_span = self.ast.expr_span(value);
        match self.facts.type_of(target) {
            ty if is_plain(ty) => {}
            Type::STRING | Type::DATE | Type::INTERVAL | Type::BYTE => {
                let mut part = self.variable_part(target, false, false)?;
                part.long.span = self.ast.expr_span(target);
                let value = self.expr(value).convert(part.long.ty, value_span);
                return part.write_value(value.into_value());
            }
            _ => return None,
        }
        if let Some((from, op, right)) = self.own_sum(target, value)
            && let Some(stmt) = self.quiet_update(target, from, op, right, value_span)
        {
            return Some(stmt);
        }
        let part = self.variable_part(target, false, false)?;
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
        if let Some(stmt) = self.quiet_update(target, target, op, value, span) {
            return Some(stmt);
        }
        let from = self.variable_part(target, true, true)?;
        let to = self.variable_part(target, false, true)?;
        let left = self.read_of(from)?;
        let right = self.expr(value);
        write_of(to, super::chain::binary(op, left, false, right, span).convert(ty, span))
    }

    /// `a[i] += value` and `r.f = r.f - value` in one step: for sums of one type whose right side is never null and
    /// does nothing but compute. `from` is where the part is read.
    fn quiet_update(&mut self, target: ExprId, from: ExprId, op: BinaryOp, value: ExprId, span: Span) -> Option<Stmt> {
        let ty = self.facts.type_of(target);
        if !is_number(ty) || !matches!(op, BinaryOp::Add | BinaryOp::Sub) || !self.is_quiet(value) {
            return None;
        }
        let from = self.variable_part(from, true, true)?.long;
        let part = self.variable_part(target, false, true)?;
        let right = self.expr(value);
        if right.ty != ty && ty == Type::INTEGER {
            return None;
        }
        let add = op == BinaryOp::Add;
        match right.convert(ty, span).code {
            Code::Int(right) if add => part.update::<_, eval::AddInt>(from, right, |right| right),
            Code::Int(right) => part.update::<_, eval::SubInt>(from, right, i64::wrapping_neg),
            Code::Num(right) if add => part.update::<_, eval::AddNum>(from, right, |right| right),
            Code::Num(right) => part.update::<_, eval::SubNum>(from, right, |right| -right),
            _ => None,
        }
    }

    /// Whether an expression only computes with numbers of variables and constants: it can fail, but nothing else.
    fn is_quiet(&self, id: ExprId) -> bool {
        is_number(self.facts.type_of(id))
            && deep(self.ast.expr_depth(id), || match self.ast.expr(id) {
                Expr::Int(_) | Expr::Num(_) => true,
                Expr::Paren(inner) => self.is_quiet(inner),
                Expr::Name(_) => matches!(self.facts.resolution(id), Resolution::Name(NameRef::Var(_))),
                Expr::Chain { first, links } => {
                    let links = self.ast.link_list(links);
                    // A long chain charges fuel.
                    links.len() <= super::chain::LONG
                        && self.is_quiet(first)
                        && links.iter().all(|link| self.is_quiet(link.operand))
                }
                _ => false,
            })
    }

    /// The parts of the right side of `a[i] = a[i] + value` and `r.f = r.f - value`.
    fn own_sum(&self, target: ExprId, value: ExprId) -> Option<(ExprId, BinaryOp, ExprId)> {
        let Expr::Chain { first, links } = self.ast.expr(value) else { return None };
        match self.ast.link_list(links) {
            &[link] if self.is_same(target, first) => Some((first, link.op, link.operand)),
            _ => None,
        }
    }

    /// Whether two paths or positions are written alike.
    fn is_same(&self, a: ExprId, b: ExprId) -> bool {
        deep(self.ast.expr_depth(a), || match (self.ast.expr(a), self.ast.expr(b)) {
            (Expr::Int(a), Expr::Int(b)) => a == b,
            (Expr::Name(_), Expr::Name(_)) => self.facts.resolution(a) == self.facts.resolution(b),
            (Expr::Paren(a), Expr::Paren(b)) => self.is_same(a, b),
            (Expr::Chain { first: a, links: a_links }, Expr::Chain { first: b, links: b_links }) => {
                let (a_links, b_links) = (self.ast.link_list(a_links), self.ast.link_list(b_links));
                let same = |(a, b): (&ast::Link, &ast::Link)| a.op == b.op && self.is_same(a.operand, b.operand);
                self.is_same(a, b) && a_links.len() == b_links.len() && a_links.iter().zip(b_links).all(same)
            }
            (Expr::Path { base: a, steps: a_steps }, Expr::Path { base: b, steps: b_steps }) => {
                let mut pairs = self.ast.step_ids(a_steps).zip(self.ast.step_ids(b_steps));
                a_steps.len == b_steps.len
                    && self.is_same(a, b)
                    && pairs.all(|(a, b)| match (self.ast.step(a), self.ast.step(b)) {
                        (ast::StepKind::Member(a), ast::StepKind::Member(b)) => a == b,
                        (ast::StepKind::Index(a), ast::StepKind::Index(b)) => self.is_same(a, b),
                        _ => false,
                    })
            }
            _ => false,
        })
    }

    /// `a[i]++` and `r.f--` as statements (L-57): null counts as 0.
    pub(super) fn part_count(&mut self, target: ExprId, down: bool) -> Option<Stmt> {
        let from = self.variable_part(target, true, true)?.long;
        let part = self.variable_part(target, false, true)?;
        let by: i32 = if down { -1 } else { 1 };
        match self.facts.type_of(target) {
            Type::INTEGER => part.update::<i64, eval::AddInt>(from, Operand::Const(i64::from(by)), |by| by),
            Type::NUMBER => part.update::<f64, eval::AddNum>(from, Operand::Const(f64::from(by)), |by| by),
            _ => None,
        }
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
                Target { root: Root::Subst { text, site }, steps: Steps::from_buf([step]), ty: Type::DYNAMIC, span }
            }
            Expr::Path { base, steps } => {
                let (root, base_ty) = self.root(base);
                let steps = self.steps(base_ty, steps);
                Target { root, steps, ty, span }
            }
            _ => {
                let (root, ty) = self.root(id);
                Target { root, steps: Steps::new(), ty, span }
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
