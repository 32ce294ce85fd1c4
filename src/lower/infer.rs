//! Which scalar variables are never null, and which functions always give a scalar of one type.
//!
//! Both are greatest fixpoints: everything is assumed to hold, and what an assignment, an argument or a `return`
//! breaks is taken back, with everything that rested on it. The work is linear in the size of the tree, times the
//! few times an assumption can change.

use super::{
    chain, deep,
    desk::Desk,
    slots::is_raw,
    visit::{for_each_expr, visit_expr},
};
use crate::{
    check::{Facts, NameRef, Resolution, temporal_literal},
    eval::FnResult,
    signatures::{Returns, Signatures},
    syntax::ast::{AssignOp, Ast, DeclId, DeclKind, EachVar, Expr, ExprId, FnId, Item, Stmt, StmtId},
    types::{BinaryOp, LeftOperand, Type, UnaryOp, binary_type},
};
use std::ops::Range;

/// What is known of the values of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Nothing yet: it rests on a function whose result is still being found out.
    Unknown,
    /// A type, and whether it is never null.
    Known(Type, bool),
}

/// What was found out.
#[derive(Default)]
pub(super) struct Inferred {
    never_null: Vec<bool>,
    results: Vec<FnShape>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum FnShape {
    Unknown,
    Scalar(Type),
    Value,
}

impl Inferred {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.never_null.clear();
        self.results.clear();
    }

    /// Whether a variable is a scalar that never becomes null.
    pub(super) fn never_null(&self, decl: DeclId) -> bool {
        self.never_null.get(decl.index()).copied().unwrap_or(false)
    }

    /// What a function gives.
    pub(super) fn result(&self, function: FnId) -> FnResult {
        match self.results.get(function.index()) {
            Some(FnShape::Scalar(ty)) => FnResult::Scalar(*ty),
            _ => FnResult::Value,
        }
    }
}

/// Something that an assumption rests on.
enum Source {
    /// `target = expr`, an argument, a default value.
    Assign(DeclId, ExprId),
    /// `target op= expr`
    Update(DeclId, BinaryOp, ExprId),
    /// The returns of a function: a stretch of [`Facts::returns`].
    Returns(FnId, Range<usize>),
}

/// What is noted on the way.
#[derive(Default)]
pub(super) struct Notes {
    sources: Vec<Source>,
    /// Sources to look at again when a variable changes.
    by_decl: Readers,
    /// Sources to look at again when a function changes.
    by_function: Readers,
    /// Sources that are to be looked at, and per source whether it is one of them.
    pending: Vec<u32>,
    queued: Vec<bool>,
}

impl Notes {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.sources.clear();
        self.by_decl.clear();
        self.by_function.clear();
        self.pending.clear();
        self.queued.clear();
    }
}

/// For each of many things the sources that read it, as chains in one vector.
#[derive(Default)]
struct Readers {
    /// The last link of each chain, counted from one.
    last: Vec<u32>,
    /// A source, and the link before.
    links: Vec<(u32, u32)>,
}

impl Readers {
    fn make_room(&mut self, things: usize) {
        self.last.resize(things, 0);
    }

    fn clear(&mut self) {
        self.last.clear();
        self.links.clear();
    }

    fn link(&self, number: u32) -> Option<(u32, u32)> {
        self.links.get(number.checked_sub(1)? as usize).copied()
    }

    /// Adds a source, unless it was the last one added.
    fn add(&mut self, thing: usize, source: u32) {
        let Some(&before) = self.last.get(thing) else { return };
        if self.link(before).is_some_and(|(last, _)| last == source) {
            return;
        }
        self.links.push((source, before));
        if let Some(last) = self.last.get_mut(thing) {
            *last = u32::try_from(self.links.len()).unwrap_or(u32::MAX);
        }
    }

    fn get(&self, thing: usize) -> impl Iterator<Item = u32> {
        let last = self.last.get(thing).copied().and_then(|last| self.link(last));
        std::iter::successors(last, |&(_, before)| self.link(before)).map(|(source, _)| source)
    }
}

struct Inference<'a> {
    ast: &'a Ast,
    facts: &'a Facts,
    signatures: &'a Signatures,
    found: &'a mut Inferred,
    notes: &'a mut Notes,
}

/// Finds out what `desk.inferred` tells then.
pub(super) fn infer(ast: &Ast, facts: &Facts, signatures: &Signatures, desk: &mut Desk) {
    let Desk { inferred: found, notes, .. } = desk;
    found.never_null.resize(ast.decl_count(), false);
    found.results.resize(ast.functions().len(), FnShape::Unknown);
    notes.by_decl.make_room(ast.decl_count());
    notes.by_function.make_room(ast.functions().len());
    let mut inference = Inference { ast, facts, signatures, found, notes };
    inference.assume();
    inference.collect();
    inference.link();
    inference.solve();
    // A function that never returns a value of its own has no result to speak of.
    for (index, result) in inference.found.results.iter_mut().enumerate() {
        if *result == FnShape::Unknown {
            *result = FnShape::Value;
            inference.notes.pending.extend(inference.notes.by_function.get(index));
        }
    }
    inference.settle();
}

impl Inference<'_> {
    /// Assumes that every scalar with a first value is never null.
    fn assume(&mut self) {
        let captured = self.facts.vars.iter().any(|var| var.captured);
        let early = if captured { self.early_globals() } else { foldhash::HashSet::default() };
        for (index, never_null) in self.found.never_null.iter_mut().enumerate() {
            let id = DeclId(u32::try_from(index).unwrap_or(u32::MAX));
            let (Some(decl), Some(var)) = (self.ast.decl(id), self.facts.var(id)) else { continue };
            let first_value = match decl.kind {
                DeclKind::Var => decl.init.is_some() && (!var.captured || early.contains(&id)),
                DeclKind::Param => true,
                DeclKind::Each | DeclKind::Catch => false,
            };
            *never_null = is_raw(var.ty) && first_value && !var.seen_by_site && !decl.is_persistent;
        }
        // A jump to a later label passes the declarations before it.
        let ast = self.ast;
        for index in 0..u32::try_from(ast.stmt_count()).unwrap_or(u32::MAX) {
            if let Stmt::Switch { cases, .. } = ast.stmt(StmtId(index)) {
                for case in ast.case_list(cases) {
                    for &inner in ast.stmt_list(case.body) {
                        if let Stmt::Var(decls) = ast.stmt(inner) {
                            for decl in ast.decl_ids(decls) {
                                forget(&mut self.found.never_null, decl);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Globals that are set before the first call of a function of the script, so that no function sees them unset.
    fn early_globals(&self) -> foldhash::HashSet<DeclId> {
        let mut early = foldhash::HashSet::default();
        for item in &self.ast.items {
            let Item::Stmt(stmt) = *item else { continue };
            let Stmt::Var(decls) = self.ast.stmt(stmt) else {
                if self.calls_function(stmt) {
                    break;
                }
                continue;
            };
            if self.calls_function(stmt) {
                break;
            }
            early.extend(self.ast.decl_ids(decls));
        }
        early
    }

    fn calls_function(&self, stmt: StmtId) -> bool {
        let mut found = false;
        for_each_expr(self.ast, stmt, &mut |_, id| {
            found |= matches!(self.facts.resolution(id), Resolution::Function(_));
            found |= self.facts.template_sites.contains_key(&id);
        });
        found
    }

    fn collect(&mut self) {
        let ast = self.ast;
        for stmt in 0..u32::try_from(ast.stmt_count()).unwrap_or(u32::MAX) {
            match ast.stmt(StmtId(stmt)) {
                Stmt::Var(decls) => {
                    for id in ast.decl_ids(decls) {
                        let Some(decl) = ast.decl(id) else { continue };
                        if let Some(init) = decl.init {
                            self.notes.sources.push(Source::Assign(id, init));
                        }
                        // `int a = b = 1;` takes over what `b` became.
                        if !decl.chain.is_empty() {
                            forget(&mut self.found.never_null, id);
                        }
                        for target in ast.target_list(decl.chain) {
                            if let Some(target) = self.variable(target.expr) {
                                forget(&mut self.found.never_null, target);
                            }
                        }
                    }
                }
                Stmt::Assign { targets, value } => {
                    let targets = ast.target_list(targets);
                    for (index, target) in targets.iter().enumerate() {
                        let Some(decl) = self.variable(target.expr) else { continue };
                        // In a chain a target takes over what stands right of it, whatever it became there.
                        if index.saturating_add(1) < targets.len() {
                            forget(&mut self.found.never_null, decl);
                            continue;
                        }
                        self.notes.sources.push(match target.op {
                            AssignOp::Set => Source::Assign(decl, value),
                            AssignOp::Compound(op) => Source::Update(decl, op, value),
                        });
                    }
                }
                Stmt::Each { var: EachVar::Existing(expr), .. } => {
                    if let Some(decl) = self.variable(expr) {
                        forget(&mut self.found.never_null, decl);
                    }
                }
                _ => {}
            }
        }
        for &(call, function) in &self.facts.calls {
            let (Expr::Call { args, .. }, Some(decl)) = (ast.expr(call), ast.function(function)) else { continue };
            let args = ast.expr_list(args);
            for (index, param) in ast.decl_ids(decl.params).enumerate() {
                match args.get(index).copied().or_else(|| ast.decl(param).and_then(|decl| decl.init)) {
                    Some(arg) => self.notes.sources.push(Source::Assign(param, arg)),
                    None => forget(&mut self.found.never_null, param),
                }
            }
        }
        for (index, function) in ast.functions().iter().enumerate() {
            if completes(ast, function.body) {
                self.set_result(FnId(u32::try_from(index).unwrap_or(u32::MAX)), FnShape::Value);
            }
        }
        let mut start = 0usize;
        for values in self.facts.returns.chunk_by(|left, right| left.0 == right.0) {
            let end = start.saturating_add(values.len());
            if let Some(&(function, _)) = values.first()
                && self.found.results.get(function.index()) != Some(&FnShape::Value)
            {
                self.notes.sources.push(Source::Returns(function, start..end));
            }
            start = end;
        }
    }

    /// Takes back at once what does not hold even under all assumptions, and notes for each variable and function which
    /// of the other sources look at it.
    fn link(&mut self) {
        let mut sources = std::mem::take(&mut self.notes.sources);
        sources.retain(|source| self.may_hold(source));
        for (index, source) in sources.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let Notes { by_decl, by_function, .. } = &mut *self.notes;
            let facts = self.facts;
            let mut note = |_: &Expr, id: ExprId| match facts.resolution(id) {
                Resolution::Name(NameRef::Var(decl)) => by_decl.add(decl.index(), index),
                Resolution::Function(function) => by_function.add(function.index(), index),
                _ => {}
            };
            match source {
                Source::Assign(_, expr) => visit_expr(self.ast, *expr, &mut note),
                Source::Update(decl, _, expr) => {
                    visit_expr(self.ast, *expr, &mut note);
                    by_decl.add(decl.index(), index);
                }
                Source::Returns(_, values) => {
                    let values = returned(facts, values).iter().filter_map(|&(_, value)| value);
                    values.for_each(|value| visit_expr(self.ast, value, &mut note));
                }
            }
        }
        self.notes.sources = sources;
    }

    /// Whether an assumption that a source speaks of still stands after a look at it.
    fn may_hold(&mut self, source: &Source) -> bool {
        self.take_back(source);
        match *source {
            Source::Assign(decl, _) | Source::Update(decl, ..) => self.found.never_null(decl),
            Source::Returns(function, _) => self.found.results.get(function.index()) != Some(&FnShape::Value),
        }
    }

    /// The shape of what a source assigns.
    fn assigned(&self, source: &Source) -> Shape {
        match *source {
            Source::Assign(_, expr) => self.shape(expr),
            Source::Update(decl, op, expr) => {
                let ty = self.facts.var(decl).map_or(Type::DYNAMIC, |var| var.ty);
                let left = Shape::Known(ty, self.found.never_null(decl));
                operation(op, left, false, self.shape(expr))
            }
            Source::Returns(..) => Shape::Unknown,
        }
    }

    fn solve(&mut self) {
        let all = 0..u32::try_from(self.notes.sources.len()).unwrap_or(u32::MAX);
        self.notes.pending.extend(all.rev());
        self.settle();
    }

    /// Looks at all pending sources, and at those that rest on what they take back.
    fn settle(&mut self) {
        let Notes { sources, pending, queued, .. } = &mut *self.notes;
        queued.clear();
        queued.resize(sources.len(), false);
        for &index in pending.iter() {
            set(queued, index, true);
        }
        while let Some(index) = self.notes.pending.pop() {
            set(&mut self.notes.queued, index, false);
            let sources = std::mem::take(&mut self.notes.sources);
            let changed = sources.get(index as usize).filter(|source| self.take_back(source));
            let Notes { by_decl, by_function, pending, queued, .. } = &mut *self.notes;
            let again = changed.map(|source| match *source {
                Source::Assign(decl, _) | Source::Update(decl, ..) => by_decl.get(decl.index()),
                Source::Returns(function, _) => by_function.get(function.index()),
            });
            for next in again.into_iter().flatten() {
                if queued.get(next as usize) == Some(&false) {
                    set(queued, next, true);
                    pending.push(next);
                }
            }
            self.notes.sources = sources;
        }
    }

    /// Looks at a source; gives whether an assumption changed.
    fn take_back(&mut self, source: &Source) -> bool {
        match *source {
            Source::Assign(decl, _) | Source::Update(decl, ..) => {
                self.found.never_null(decl) && {
                    let shape = self.assigned(source);
                    self.demand(decl, shape)
                }
            }
            Source::Returns(function, ref values) => {
                let result = self.join(values);
                self.set_result(function, result)
            }
        }
    }

    /// Takes back that a variable is never null unless the shape keeps it so; gives whether it did.
    fn demand(&mut self, decl: DeclId, shape: Shape) -> bool {
        if !self.found.never_null(decl) {
            return false;
        }
        let to = self.facts.var(decl).map_or(Type::DYNAMIC, |var| var.ty);
        match converted(shape, to) {
            Shape::Unknown | Shape::Known(_, true) => false,
            Shape::Known(_, false) => {
                forget(&mut self.found.never_null, decl);
                true
            }
        }
    }

    fn set_result(&mut self, function: FnId, result: FnShape) -> bool {
        match self.found.results.get_mut(function.index()) {
            // Invariant: results only go from unknown to scalar to value.
            Some(slot) if *slot != result && *slot != FnShape::Value && result != FnShape::Unknown => {
                *slot = if *slot == FnShape::Unknown { result } else { FnShape::Value };
                true
            }
            _ => false,
        }
    }

    fn join(&self, values: &Range<usize>) -> FnShape {
        let mut result = FnShape::Unknown;
        for &(_, value) in returned(self.facts, values) {
            let Some(value) = value else { return FnShape::Value };
            let Shape::Known(ty, never_null) = self.shape(value) else { continue };
            if !never_null || !is_raw(ty) {
                return FnShape::Value;
            }
            match result {
                FnShape::Scalar(known) if known != ty => return FnShape::Value,
                _ => result = FnShape::Scalar(ty),
            }
        }
        result
    }

    /// The variable that an assignment target names, if it is just that.
    fn variable(&self, expr: ExprId) -> Option<DeclId> {
        match self.facts.resolution(expr) {
            Resolution::Name(NameRef::Var(decl)) => Some(decl),
            _ => None,
        }
    }

    fn shape(&self, id: ExprId) -> Shape {
        deep(self.ast.expr_depth(id), || self.shape_of(id))
    }

    fn shape_of(&self, id: ExprId) -> Shape {
        let ty = self.facts.type_of(id);
        match self.ast.expr(id) {
            Expr::Int(_) => Shape::Known(Type::INTEGER, true),
            Expr::Num(_) => Shape::Known(Type::NUMBER, true),
            Expr::Bool(_) => Shape::Known(Type::BOOLEAN, true),
            Expr::Paren(inner) => self.shape(inner),
            Expr::Name(_) => match self.facts.resolution(id) {
                Resolution::Name(NameRef::Var(decl)) => {
                    let ty = self.facts.var(decl).map_or(Type::DYNAMIC, |var| var.ty);
                    Shape::Known(ty, self.found.never_null(decl))
                }
                _ => Shape::Known(ty, false),
            },
            // Null counts as 0 (L-57).
            Expr::Step { target, .. } => Shape::Known(ty, self.counts(target)),
            Expr::Unary { op, operand } => unary(op, self.shape(operand)),
            Expr::Cast { operand, .. } => converted(self.shape(operand), ty),
            Expr::Ternary { yes, no, .. } => choice(self.shape(yes), self.shape(no), ty),
            Expr::Chain { first, links } => {
                let mut left = self.shape(first);
                let mut literal = self.facts.is_int_literal(first);
                for (index, link) in self.ast.link_list(links).iter().enumerate() {
                    let right = self.shape(link.operand);
                    if index == 0 {
                        let right_ty = self.facts.type_of(link.operand);
                        if let Some(temporal) = chain::temporal(temporal_literal(self.ast, first, right_ty), link.op) {
                            left = Shape::Known(temporal, true);
                        }
                    }
                    left = operation(link.op, left, literal, right);
                    literal = literal && self.facts.is_int_literal(link.operand);
                }
                left
            }
            Expr::Call { .. } => match self.facts.resolution(id) {
                Resolution::Function(function) => match self.found.results.get(function.index()) {
                    Some(FnShape::Scalar(ty)) => Shape::Known(*ty, true),
                    Some(FnShape::Unknown) => Shape::Unknown,
                    _ => Shape::Known(Type::DYNAMIC, false),
                },
                Resolution::Routine(sig, _) => match self.signatures.get(sig).map(|signature| signature.returns) {
                    Some(Returns::NeverNull(ty)) if is_raw(ty) && self.signatures.is_provided(sig) => {
                        Shape::Known(ty, true)
                    }
                    _ => Shape::Known(ty, false),
                },
                _ => Shape::Known(ty, false),
            },
            _ => Shape::Known(ty, false),
        }
    }

    /// Whether `++` on a target is lowered to a raw scalar.
    fn counts(&self, target: ExprId) -> bool {
        match self.facts.resolution(target) {
            Resolution::Name(NameRef::Var(decl)) => self.found.never_null(decl),
            _ => false,
        }
    }
}

/// The shape of `left op right`; lowering takes the typed path exactly where this says never null.
pub(super) fn operation(op: BinaryOp, left: Shape, int_literal: bool, right: Shape) -> Shape {
    if matches!(op, BinaryOp::And | BinaryOp::Or) || op.is_ordering() || op.is_equality() {
        return Shape::Known(Type::BOOLEAN, true);
    }
    let (Shape::Known(left_ty, left_some), Shape::Known(right_ty, right_some)) = (left, right) else {
        return Shape::Unknown;
    };
    let ty = binary_type(op, LeftOperand { ty: left_ty, int_literal }, right_ty).unwrap_or(Type::DYNAMIC);
    let never_null = match op {
        // A null operand is neutral (L-59).
        BinaryOp::Add | BinaryOp::Sub if is_number(left_ty) && is_number(right_ty) => left_some || right_some,
        BinaryOp::Add | BinaryOp::Sub if left_ty == Type::INTERVAL && right_ty == Type::INTERVAL => {
            left_some && right_some
        }
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Ratio | BinaryOp::Rem
            if is_number(left_ty) && is_number(right_ty) =>
        {
            left_some && right_some
        }
        _ => false,
    };
    Shape::Known(ty, never_null)
}

/// The shape of a unary operator.
pub(super) fn unary(op: UnaryOp, operand: Shape) -> Shape {
    let Shape::Known(ty, _) = operand else { return Shape::Unknown };
    match op {
        UnaryOp::Plus => operand,
        _ if is_number(ty) => operand,
        UnaryOp::Not if ty.is_dynamic() || ty == Type::BYTE => Shape::Known(ty, false),
        UnaryOp::Not => Shape::Known(Type::BOOLEAN, true),
        UnaryOp::Neg => Shape::Known(ty, false),
    }
}

/// The shape after a conversion.
pub(super) fn converted(shape: Shape, to: Type) -> Shape {
    let Shape::Known(from, never_null) = shape else { return Shape::Unknown };
    Shape::Known(to, never_null && converts_raw(from, to))
}

/// Whether a scalar converts without leaving the raw bank, and cannot become null on the way.
pub(super) fn converts_raw(from: Type, to: Type) -> bool {
    if from == to {
        return is_raw(to);
    }
    match to {
        Type::INTEGER | Type::NUMBER => is_number(from) || from == Type::BYTE || from == Type::INTERVAL,
        Type::BOOLEAN | Type::BYTE => is_number(from),
        _ => false,
    }
}

/// The shape of `c ? yes : no`, where the facts give `ty`.
pub(super) fn choice(yes: Shape, no: Shape, ty: Type) -> Shape {
    match (yes, no) {
        (Shape::Unknown, other) | (other, Shape::Unknown) => other,
        (Shape::Known(a, some_a), Shape::Known(b, some_b)) => {
            let ty = if a == b { a } else { ty };
            Shape::Known(ty, some_a && some_b && converts_raw(a, ty) && converts_raw(b, ty))
        }
    }
}

/// `integer` or `number`.
pub(super) fn is_number(ty: Type) -> bool {
    ty == Type::INTEGER || ty == Type::NUMBER
}

fn forget(never_null: &mut [bool], decl: DeclId) {
    if let Some(slot) = never_null.get_mut(decl.index()) {
        *slot = false;
    }
}

fn set(flags: &mut [bool], index: u32, value: bool) {
    if let Some(slot) = flags.get_mut(index as usize) {
        *slot = value;
    }
}

/// Whether control can reach the end of a statement. Says yes when in doubt.
fn completes(ast: &Ast, stmt: StmtId) -> bool {
    deep(ast.stmt_depth(stmt), || match ast.stmt(stmt) {
        Stmt::Return(_) | Stmt::Throw(_) => false,
        Stmt::Block(body) => ast.stmt_list(body).iter().all(|&inner| completes(ast, inner)),
        Stmt::If { arms, other } => {
            let Some(other) = other else { return true };
            completes(ast, other) || ast.arm_list(arms).iter().any(|arm| completes(ast, arm.body))
        }
        Stmt::Try { body, catches } => {
            completes(ast, body) || ast.catch_list(catches).iter().any(|catch| completes(ast, catch.body))
        }
        _ => true,
    })
}

/// A stretch of the values that functions return.
fn returned<'a>(facts: &'a Facts, values: &Range<usize>) -> &'a [(FnId, Option<ExprId>)] {
    facts.returns.get(values.clone()).unwrap_or(&[])
}
