//! Statements.

use super::{
    Lowerer, chain,
    code::{Code, Typed},
    deep,
};
use crate::{
    check::{NameRef, Resolution},
    eval::{
        self, AddLocal, AfterTurn, Append, Assign, AssignOn, Bank, Block, CatchClause, Concat, DeclarePersistent,
        Discard, Each, Flow, FnResult, If, Leave, Loop, Nop, NullNode, Part, PersistentVar, Place, Repr, Reset,
        ReturnMain, ReturnValue, Stmt, Switch, SwitchCase, Throw, Try, Update,
    },
    source::Span,
    syntax::ast::{self, AssignOp, DeclId, EachVar, Expr, ExprId, List, StmtId},
    types::{BinaryOp, Type},
};

impl Lowerer<'_> {
    /// Lowers a statement.
    pub(super) fn stmt(&mut self, id: StmtId) -> Stmt {
        deep(self.ast.stmt_depth(id), || self.lower_stmt(id))
    }

    /// Units of fuel of a statement: one, and more where it is long.
    pub(super) fn cost(&self, id: StmtId) -> u32 {
        let of = |root: ExprId| self.ast.expr_nodes(root);
        let sum = |sum: u32, nodes: u32| sum.saturating_add(nodes);
        let nodes = match self.ast.stmt(id) {
            ast::Stmt::Var(decls) => self.ast.decl_list(decls).iter().filter_map(|decl| decl.init).map(of).fold(0, sum),
            ast::Stmt::Assign { value, .. } => of(value),
            ast::Stmt::Expr(expr) | ast::Stmt::Throw(expr) => of(expr),
            ast::Stmt::Return(values) => self.ast.expr_list(values).iter().copied().map(of).fold(0, sum),
            _ => 0,
        };
        (nodes / 16).saturating_add(1)
    }

    fn lower_stmt(&mut self, id: StmtId) -> Stmt {
        let span = self.ast.stmt_span(id);
        match self.ast.stmt(id) {
            ast::Stmt::Var(decls) => self.declarations(decls),
            ast::Stmt::Assign { targets, value } => self.assignment(targets, value, span),
            ast::Stmt::Expr(expr) => match self.counted_step(id) {
                Some(step) => Box::new(step),
                None => self.effect(expr),
            },
            ast::Stmt::Block(body) => {
                let before = self.slots;
                let block = self.block(self.ast.stmt_list(body));
                self.slots.release(before);
                Box::new(block)
            }
            ast::Stmt::If { arms, other } => {
                let arms = self.ast.arm_list(arms);
                if let &[arm] = arms {
                    let (first, rest) = self.test(arm.cond);
                    let body = self.body(arm.body);
                    return first.branch(rest, body, other.map(|other| self.body(other)));
                }
                let arms = arms.iter().map(|arm| (self.condition(arm.cond).boxed(), self.body(arm.body))).collect();
                Box::new(If { arms, other: other.map(|other| self.body(other)) })
            }
            ast::Stmt::While { cond, body } => {
                let (first, rest) = self.test(cond);
                first.turns(rest, self.body(body), AfterTurn::Nothing)
            }
            ast::Stmt::DoWhile { body, cond } => {
                let body = self.body(body);
                let after = Some(self.condition(cond).boxed());
                Box::new(Loop { body, step: AfterTurn::Nothing, after })
            }
            ast::Stmt::For { init, cond, step, body } => {
                let scope = self.slots;
                let init = init.map(|init| self.stmt(init));
                let cond = cond.map(|cond| self.test(cond));
                let step = self.after_turn(self.ast.stmt_list(step));
                let body = self.body(body);
                self.slots.release(scope);
                let turns = match (cond, step) {
                    (Some((first, rest)), step) => first.turns(rest, body, step),
                    (None, step) => Box::new(Loop { body, step, after: None }),
                };
                match init {
                    Some(init) => Box::new(Block::unplaced(vec![init, turns], 1)),
                    None => turns,
                }
            }
            ast::Stmt::Each { var, subject, body } => self.each(var, subject, body),
            ast::Stmt::Switch { subject, cases } => self.switch(subject, cases),
            ast::Stmt::Break => Box::new(Leave(Flow::Break)),
            ast::Stmt::Continue => Box::new(Leave(Flow::Continue)),
            ast::Stmt::Return(values) => self.returning(values),
            ast::Stmt::Throw(value) => {
                let ty = self.facts.type_of(value);
                let value = self.expr(value);
                Box::new(Throw { value: value.into_value(), ty, span })
            }
            ast::Stmt::Try { body, catches } => self.guarded(body, catches),
            ast::Stmt::Empty | ast::Stmt::Error => Box::new(Nop),
        }
    }

    /// What runs after each turn of a loop.
    fn after_turn(&mut self, steps: &[StmtId]) -> AfterTurn {
        let &[step] = steps else {
            return match steps {
                [] => AfterTurn::Nothing,
                _ => AfterTurn::Stmt(Box::new(self.block(steps))),
            };
        };
        match self.counted_step(step) {
            Some(step) => AfterTurn::Add(step),
            None => AfterTurn::Stmt(self.stmt(step)),
        }
    }

    /// `i++`, `i--`, `i += 2`, `i -= 2` or `i += j` on raw local integers.
    fn counted_step(&mut self, id: StmtId) -> Option<AddLocal> {
        let (target, other, by) = match self.ast.stmt(id) {
            ast::Stmt::Expr(expr) => match self.ast.expr(expr) {
                Expr::Step { target, down, .. } => (target, None, if down { -1 } else { 1 }),
                _ => return None,
            },
            ast::Stmt::Assign { targets, value } => match (self.ast.target_list(targets), self.ast.expr(value)) {
                (&[target], Expr::Int(by)) => match target.op {
                    AssignOp::Compound(BinaryOp::Add) => (target.expr, None, by),
                    AssignOp::Compound(BinaryOp::Sub) => (target.expr, None, by.wrapping_neg()),
                    _ => return None,
                },
                (&[target], Expr::Name(_)) if target.op == AssignOp::Compound(BinaryOp::Add) => {
                    (target.expr, Some(self.raw_integer(value)?), 0)
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(AddLocal { at: self.raw_integer(target)?, other, by })
    }

    /// The slot of an expression that is just a raw local integer.
    fn raw_integer(&self, id: ExprId) -> Option<u32> {
        let Resolution::Name(NameRef::Var(decl)) = self.facts.resolution(id) else { return None };
        let place = self.place(decl)?;
        let raw = place.repr == Repr::Raw && place.bank == Bank::Local && place.ty == Type::INTEGER;
        raw.then_some(place.at)
    }

    /// A statement with a scope of its own.
    pub(super) fn body(&mut self, id: StmtId) -> Block {
        let before = self.slots;
        let body = match self.ast.stmt(id) {
            ast::Stmt::Block(body) => self.block(self.ast.stmt_list(body)),
            // A single statement costs what it would in a block.
            _ => self.block(&[id]),
        };
        self.slots.release(before);
        body
    }

    fn block(&mut self, stmts: &[StmtId]) -> Block {
        let cost = stmts.iter().fold(0u32, |cost, &stmt| cost.saturating_add(self.cost(stmt)));
        Block::new(stmts.iter().map(|&stmt| (self.stmt(stmt), Some(self.ast.stmt_span(stmt)))), cost)
    }

    fn declarations(&mut self, decls: List<DeclId>) -> Stmt {
        let mut body: Vec<Stmt> = self.ast.decl_ids(decls).map(|decl| self.declaration(decl)).collect();
        match body.pop() {
            Some(only) if body.is_empty() => only,
            Some(last) => {
                body.push(last);
                Box::new(Block::unplaced(body, 0))
            }
            None => Box::new(Nop),
        }
    }

    fn declaration(&mut self, id: DeclId) -> Stmt {
        let Some(decl) = self.ast.decl(id).copied() else { return Box::new(Nop) };
        // The first value is computed before the name exists (L-72), so before it has a slot.
        if let (Some(init), false) = (decl.init, decl.chain.is_empty()) {
            return self.chained_declaration(id, decl, init);
        }
        let value = decl.init.map(|init| (self.expr(init), self.ast.expr_span(init)));
        let place = self.place_local(id);
        let init = match value {
            Some((value, span)) => value.convert(place.ty, span).store(place, span),
            None => Box::new(Reset(place)),
        };
        if !decl.is_persistent {
            return init;
        }
        let index = u32::try_from(self.persistent.len()).unwrap_or(u32::MAX);
        let name: Box<str> = self.ast.name(decl.name).into();
        self.persistent.push(PersistentVar { name: name.clone(), place });
        Box::new(DeclarePersistent { index, place, name, init, span: decl.name_span })
    }

    /// `int a = b = 1;`: the targets behind the name are assigned first.
    fn chained_declaration(&mut self, id: DeclId, decl: ast::Decl, init: ExprId) -> Stmt {
        // The variable comes first among the slots, since it outlives the place in which the value is held.
        let place = self.place_local(id);
        let before = self.slots;
        let targets = self.ast.target_list(decl.chain);
        let (held, mut body) = self.chained(targets, init, decl.name_span);
        body.push(Typed::read(held).convert(place.ty, decl.name_span).store(place, decl.name_span));
        self.slots.release(before);
        Box::new(Block::unplaced(body, 0))
    }

    fn effect(&mut self, id: ExprId) -> Stmt {
        if let Expr::Step { target, down, .. } = self.ast.expr(id)
            && let Some(stmt) = self.part_count(target, down)
        {
            return stmt;
        }
        match self.expr(id).code {
            Code::Int(operand) => Box::new(Discard(operand.boxed())),
            Code::Num(operand) => Box::new(Discard(operand.boxed())),
            Code::Bool(operand) => Box::new(Discard(operand.boxed())),
            Code::OptInt(node) => Box::new(Discard(node)),
            Code::OptNum(node) => Box::new(Discard(node)),
            Code::OptBool(node) => Box::new(Discard(node)),
            Code::Value(node) => Box::new(Discard(node)),
        }
    }

    fn assignment(&mut self, targets: List<ast::Target>, value: ExprId, span: Span) -> Stmt {
        let targets = self.ast.target_list(targets);
        if let &[target] = targets {
            return self.assign(target, value, span);
        }
        let before = self.slots;
        let (_, body) = self.chained(targets, value, span);
        self.slots.release(before);
        Box::new(Block::unplaced(body, 0))
    }

    /// `a = b = e`: from right to left, each taking over what the one on its right became. What the leftmost became
    /// is in the place that comes back.
    fn chained(&mut self, targets: &[ast::Target], value: ExprId, span: Span) -> (Place, Vec<Stmt>) {
        let at = self.slots.take_refs(1);
        let held = Place { ty: Type::DYNAMIC, bank: Bank::Local, repr: Repr::Ref, at };
        let first = self.expr(value);
        let value_ty = first.ty;
        let mut body: Vec<Stmt> =
            vec![Typed { ty: Type::DYNAMIC, code: Code::Value(first.into_value()) }.store(held, span)];
        for (index, target) in targets.iter().rev().enumerate() {
            let lowered = self.target(target.expr);
            let op = match target.op {
                AssignOp::Set => None,
                AssignOp::Compound(op) => Some(op),
            };
            let value_ty = if index == 0 { value_ty } else { Type::DYNAMIC };
            let value = Typed::read(held).into_value();
            let assign = Assign { target: lowered, op, value, value_ty, span: target.op_span };
            body.push(Box::new(AssignOn { assign, held: at }));
        }
        (held, body)
    }

    fn assign(&mut self, target: ast::Target, value: ExprId, span: Span) -> Stmt {
        let value_span = self.ast.expr_span(value);
        if let Resolution::Name(NameRef::Var(decl)) = self.facts.resolution(target.expr)
            && let Some(place) = self.place(decl)
        {
            return self.assign_variable(place, decl, target, value, span);
        }
        let op = match target.op {
            AssignOp::Set => {
                if let Some(stmt) = self.part_write(target.expr, value) {
                    return stmt;
                }
                if let Some(stmt) = self.keyed_write(target.expr, value, span) {
                    return stmt;
                }
                None
            }
            AssignOp::Compound(op) => {
                if let Some(stmt) = self.part_update(target.expr, op, value, span) {
                    return stmt;
                }
                Some(op)
            }
        };
        let lowered = self.target(target.expr);
        let value = self.expr(value);
        let value_ty = value.ty;
        let value = if op.is_none() { value.convert(lowered.ty, value_span) } else { value };
        Box::new(Assign { target: lowered, op, value: value.into_value(), value_ty, span })
    }

    fn assign_variable(&mut self, place: Place, decl: DeclId, target: ast::Target, value: ExprId, span: Span) -> Stmt {
        let value_span = self.ast.expr_span(value);
        let Place { bank, at, ty, repr } = place;
        match target.op {
            AssignOp::Set => {
                if let Some(parts) = self.own_text_first(decl, place, value) {
                    let left_first = self.may_change(&[value]);
                    return Box::new(Append { bank, at, parts, left_first });
                }
                self.expr(value).convert(ty, value_span).store(place, value_span)
            }
            AssignOp::Compound(BinaryOp::Add) if repr == Repr::Ref && ty == Type::STRING => {
                let parts = Concat { parts: self.text_parts(value) };
                let left_first = self.may_change(&[value]);
                Box::new(Append { bank, at, parts, left_first })
            }
            AssignOp::Compound(op) if repr == Repr::Ref => {
                let left_first = self.may_change(&[value]);
                let right = self.expr(value);
                let right_ty = right.ty;
                if op == BinaryOp::Add && ty.is_array() && right_ty == ty.element() && !left_first {
                    let update = |right| Update { bank, at, ty, op, right, right_ty, left_first, span };
                    let nothing = Box::new(NullNode);
                    match right.code {
                        Code::Int(operand) if right_ty == Type::INTEGER => return eval::push(operand, update(nothing)),
                        Code::Num(operand) => return eval::push(operand, update(nothing)),
                        Code::Bool(operand) => return eval::push(operand, update(nothing)),
                        code => return Box::new(update(Typed { ty: right_ty, code }.into_value())),
                    }
                }
                Box::new(Update { bank, at, ty, op, right: right.into_value(), right_ty, left_first, span })
            }
            AssignOp::Compound(op) => {
                // Read before the right side is evaluated, as the operator does anyway.
                let right = self.expr(value);
                chain::binary(op, Typed::read(place), false, right, span).convert(ty, span).store(place, span)
            }
        }
    }

    /// The parts of `s = s + a + b` behind the first `s`.
    fn own_text_first(&mut self, decl: DeclId, place: Place, value: ExprId) -> Option<Concat> {
        if place.repr != Repr::Ref || place.ty != Type::STRING {
            return None;
        }
        let Expr::Chain { first, links } = self.ast.expr(value) else { return None };
        let links = self.ast.link_list(links);
        let own = self.facts.resolution(first) == Resolution::Name(NameRef::Var(decl));
        if !own || links.iter().any(|link| link.op != BinaryOp::Add) {
            return None;
        }
        let parts: Vec<Part> = links.iter().map(|link| self.part(link.operand)).collect();
        Some(Concat { parts })
    }

    /// The parts of a text that is appended: those of a chain of texts, else one.
    pub(super) fn text_parts(&mut self, value: ExprId) -> Vec<Part> {
        if let Expr::Chain { first, links } = self.ast.expr(value) {
            let links = self.ast.link_list(links);
            if self.is_text(first) && links.iter().all(|link| link.op == BinaryOp::Add) {
                let operands = std::iter::once(first).chain(links.iter().map(|link| link.operand));
                return operands.map(|operand| self.part(operand)).collect();
            }
        }
        vec![self.part(value)]
    }

    fn each(&mut self, var: EachVar, subject: ExprId, body: StmtId) -> Stmt {
        let before = self.slots;
        let span = self.ast.expr_span(subject);
        let subject = self.expr(subject).into_value();
        let (place, assign, element) = match var {
            EachVar::New(decl) => (Some(self.place_local(decl)), None, 0),
            EachVar::Existing(expr) => {
                let element = self.slots.take_refs(1);
                let held = Place { ty: Type::DYNAMIC, bank: Bank::Local, repr: Repr::Ref, at: element };
                let target = self.target(expr);
                let value = Typed::read(held).into_value();
                let assign: Stmt = Box::new(Assign {
                    target,
                    op: None,
                    value,
                    value_ty: Type::DYNAMIC,
                    span: self.ast.expr_span(expr),
                });
                (None, Some(assign), element)
            }
        };
        let body = self.body(body);
        self.slots.release(before);
        Box::new(Each { subject, place, assign, element, body, span })
    }

    fn switch(&mut self, subject: ExprId, cases: List<ast::Case>) -> Stmt {
        let before = self.slots;
        let cases = self.ast.case_list(cases);
        // The body is one scope: a jump to a later label passes declarations, whose variables are then unset.
        let mut resets: Vec<Stmt> = Vec::new();
        for case in cases {
            for &stmt in self.ast.stmt_list(case.body) {
                if let ast::Stmt::Var(decls) = self.ast.stmt(stmt) {
                    for decl in self.ast.decl_ids(decls) {
                        if !self.is_global(decl) {
                            let place = self.place_local(decl);
                            self.predeclared.insert(decl);
                            resets.push(Box::new(Reset(place)));
                        }
                    }
                }
            }
        }
        // Behind the variables: they are unset before the subject is computed, so its calls must not use their slots.
        let subject = self.expr(subject);
        let ty = subject.ty;
        let mut body: Vec<Stmt> = Vec::new();
        let mut lowered = Vec::with_capacity(cases.len());
        for case in cases {
            let (label, label_ty) = match case.label {
                Some(label) => {
                    let label = self.expr(label);
                    (Some(label.ty), Some(label.into_value()))
                }
                None => (None, None),
            };
            lowered.push(SwitchCase {
                label: label_ty,
                ty: label.unwrap_or(Type::DYNAMIC),
                start: body.len(),
                span: case.span,
            });
            for &stmt in self.ast.stmt_list(case.body) {
                body.push(self.stmt(stmt));
            }
        }
        self.slots.release(before);
        let switch: Stmt = Box::new(Switch { subject: subject.into_value(), ty, cases: lowered, body });
        if resets.is_empty() {
            return switch;
        }
        resets.push(switch);
        Box::new(Block::unplaced(resets, 0))
    }

    fn returning(&mut self, values: List<ExprId>) -> Stmt {
        let values = self.ast.expr_list(values);
        let Some(result) = self.result else {
            let nodes = values.iter().map(|&value| self.expr(value).into_value()).collect();
            return Box::new(ReturnMain(nodes));
        };
        let Some(&value) = values.first() else { return Box::new(ReturnValue(Box::new(NullNode))) };
        let span = self.ast.expr_span(value);
        let typed = self.expr(value);
        match result {
            FnResult::Value => Box::new(ReturnValue(typed.into_value())),
            FnResult::Scalar(ty) => match typed.convert(ty, span).present(span).code {
                Code::Int(operand) => operand.boxed().give_back(),
                Code::Num(operand) => operand.boxed().give_back(),
                Code::Bool(operand) => operand.boxed().give_back(),
                // Invariant: inference has found a scalar here.
                _ => Box::new(Nop),
            },
        }
    }

    fn guarded(&mut self, body: StmtId, catches: List<ast::Catch>) -> Stmt {
        let live_refs = self.slots.refs();
        let body = self.body(body);
        let mut clauses = Vec::new();
        for catch in self.ast.catch_list(catches) {
            let before = self.slots;
            let place = catch.decl.map(|decl| self.place_local(decl));
            let body = self.body(catch.body);
            self.slots.release(before);
            clauses.push(CatchClause { place, body });
        }
        Box::new(Try { body, clauses, live_refs })
    }
}
