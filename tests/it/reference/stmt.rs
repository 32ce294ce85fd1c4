use super::{Flow, Reference};
use sil::{
    syntax::ast::{AssignOp, Case, Catch, EachVar, ExprId, Stmt, StmtId, Target},
    types::{BinaryOp, LeftOperand, Type},
    value::{self, Fault, FaultKind, Value},
};

impl Reference<'_> {
    pub(super) fn stmt(&mut self, id: StmtId) -> Result<Flow, Fault> {
        self.tick()?;
        match self.ast.stmt(id) {
            Stmt::Var(decls) => {
                for id in self.ast.decl_ids(decls) {
                    let decl = *self.ast.decl(id).unwrap();
                    if decl.is_persistent && self.load(id)? {
                        continue;
                    }
                    let value = match decl.init {
                        Some(init) => {
                            let targets = self.ast.target_list(decl.chain);
                            Some(self.assigned(targets, init)?)
                        }
                        None => None,
                    };
                    self.declare(id, value)?;
                }
            }
            Stmt::Assign { targets, value } => {
                self.assigned(self.ast.target_list(targets), value)?;
            }
            Stmt::Expr(expr) => {
                self.expr(expr)?;
            }
            Stmt::Block(body) => {
                let body = self.ast.stmt_list(body);
                return self.scoped(|reference| reference.sequence(body));
            }
            Stmt::If { arms, other } => {
                for arm in self.ast.arm_list(arms) {
                    if self.condition(arm.cond)? {
                        return self.scoped(|reference| reference.stmt(arm.body));
                    }
                }
                if let Some(other) = other {
                    return self.scoped(|reference| reference.stmt(other));
                }
            }
            Stmt::While { cond, body } => {
                while self.condition(cond)? {
                    if let Some(flow) = self.turn(body)? {
                        return Ok(flow);
                    }
                }
            }
            Stmt::DoWhile { body, cond } => loop {
                if let Some(flow) = self.turn(body)? {
                    return Ok(flow);
                }
                if !self.condition(cond)? {
                    break;
                }
            },
            Stmt::For { init, cond, step, body } => {
                return self.scoped(|reference| {
                    if let Some(init) = init {
                        reference.stmt(init)?;
                    }
                    while cond.map_or(Ok(true), |cond| reference.condition(cond))? {
                        if let Some(flow) = reference.turn(body)? {
                            return Ok(flow);
                        }
                        for &step in reference.ast.stmt_list(step) {
                            reference.stmt(step)?;
                        }
                    }
                    Ok(Flow::Next)
                });
            }
            Stmt::Each { var, subject, body } => {
                let subject = self.expr(subject)?;
                let elements = value::iterate(&subject, &mut self.cx())?;
                for element in elements.iter() {
                    let flow = self.scoped(|reference| {
                        match var {
                            EachVar::New(decl) => reference.declare(decl, Some(element))?,
                            EachVar::Existing(expr) => {
                                let place = reference.locate(expr)?;
                                reference.write(&place, element)?;
                            }
                        }
                        reference.turn(body)
                    })?;
                    if let Some(flow) = flow {
                        return Ok(flow);
                    }
                }
            }
            Stmt::Switch { subject, cases } => return self.switch(subject, self.ast.case_list(cases)),
            Stmt::Break => return Ok(Flow::Break),
            Stmt::Continue => return Ok(Flow::Continue),
            Stmt::Return(values) => {
                let mut found = Vec::new();
                for &value in self.ast.expr_list(values) {
                    found.push(self.expr(value)?);
                }
                return Ok(Flow::Return(found));
            }
            Stmt::Throw(expr) => {
                let value = self.expr(expr)?;
                let known = self.facts.type_of(expr);
                let ty = if known.is_dynamic() { value.type_of() } else { known };
                let text = value::to_text(&value, &mut self.cx())?;
                return Err(Fault::new(FaultKind::Thrown(value, ty), text.as_str().unwrap_or("")));
            }
            Stmt::Try { body, catches } => return self.guarded(body, self.ast.catch_list(catches)),
            Stmt::Empty => {}
            Stmt::Error => panic!("the generator makes no errors"),
        }
        Ok(Flow::Next)
    }

    fn sequence(&mut self, stmts: &[StmtId]) -> Result<Flow, Fault> {
        for &stmt in stmts {
            match self.stmt(stmt)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    /// A turn of a loop; what comes back ends the loop.
    fn turn(&mut self, body: StmtId) -> Result<Option<Flow>, Fault> {
        self.tick()?;
        Ok(match self.scoped(|reference| reference.stmt(body))? {
            Flow::Next | Flow::Continue => None,
            Flow::Break => Some(Flow::Next),
            flow => Some(flow),
        })
    }

    /// Assigns from right to left; gives what the leftmost target became, or the value if there is none.
    fn assigned(&mut self, targets: &[Target], value: ExprId) -> Result<Value, Fault> {
        // With one target its indexes come before the value (L-51); the old value of a compound assignment too.
        if let &[target] = targets {
            let place = self.locate(target.expr)?;
            let ty = self.facts.type_of(value);
            let new = match target.op {
                AssignOp::Set => self.expr(value)?,
                AssignOp::Compound(op) => {
                    let left = self.read(&place)?;
                    let right = self.expr(value)?;
                    let info = LeftOperand { ty: place.ty, int_literal: false };
                    value::binary(op, &left, &right, info, ty, &mut self.cx())?
                }
            };
            return self.write(&place, new);
        }
        let mut result = self.expr(value)?;
        let mut ty = self.facts.type_of(value);
        for target in targets.iter().rev() {
            let place = self.locate(target.expr)?;
            if let AssignOp::Compound(op) = target.op {
                let left = self.read(&place)?;
                let info = LeftOperand { ty: place.ty, int_literal: false };
                result = value::binary(op, &left, &result, info, ty, &mut self.cx())?;
            }
            self.write(&place, result)?;
            // What the target became: of a text written into a text, one character.
            result = self.read(&place)?;
            ty = Type::DYNAMIC;
        }
        Ok(result)
    }

    fn switch(&mut self, subject: ExprId, cases: &[Case]) -> Result<Flow, Fault> {
        let info = LeftOperand { ty: self.facts.type_of(subject), int_literal: false };
        let subject = self.expr(subject)?;
        self.scoped(|reference| {
            // The body is one scope, labels included; a jump passes the declarations before its label.
            for case in cases {
                for &stmt in reference.ast.stmt_list(case.body) {
                    if let Stmt::Var(decls) = reference.ast.stmt(stmt) {
                        for decl in reference.ast.decl_ids(decls) {
                            reference.declare(decl, None)?;
                        }
                    }
                }
            }
            let mut start = None;
            for (index, case) in cases.iter().enumerate() {
                let Some(label) = case.label else { continue };
                let ty = reference.facts.type_of(label);
                let label = reference.expr(label)?;
                let equal = value::binary(BinaryOp::Eq, &subject, &label, info, ty, &mut reference.cx())?;
                if matches!(equal, Value::Bool(true)) {
                    start = Some(index);
                    break;
                }
            }
            let start = start.or_else(|| cases.iter().position(|case| case.label.is_none()));
            let Some(start) = start else { return Ok(Flow::Next) };
            for case in &cases[start..] {
                match reference.sequence(reference.ast.stmt_list(case.body))? {
                    Flow::Next => {}
                    Flow::Break => return Ok(Flow::Next),
                    flow => return Ok(flow),
                }
            }
            Ok(Flow::Next)
        })
    }

    fn guarded(&mut self, body: StmtId, catches: &[Catch]) -> Result<Flow, Fault> {
        let (depth, own) = (self.scopes.len(), self.own);
        let fault = match self.stmt(body) {
            Ok(flow) => return Ok(flow),
            Err(fault) => fault,
        };
        if fault.is_uncatchable() {
            return Err(fault);
        }
        if !matches!(fault.kind(), FaultKind::Thrown(..)) {
            self.caught.push(fault.message().to_owned());
        }
        assert!(self.scopes.len() == depth && self.own == own, "scopes are left as they were");
        for catch in catches {
            let Some(decl) = catch.decl else {
                return self.scoped(|reference| reference.stmt(catch.body));
            };
            let FaultKind::Thrown(value, thrown) = fault.kind() else { continue };
            let wanted = self.type_named(self.ast.decl(decl).unwrap().ty);
            let fits = wanted == *thrown
                || (wanted == Type::NUMBER && matches!(*thrown, Type::INTEGER | Type::BYTE))
                || (wanted == Type::INTEGER && *thrown == Type::BYTE);
            if fits {
                let value = value.clone();
                return self.scoped(|reference| {
                    reference.declare(decl, Some(value))?;
                    reference.stmt(catch.body)
                });
            }
        }
        Err(fault)
    }
}
