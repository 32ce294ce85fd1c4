use super::{Flow, Reference};
use sil::{
    check::{NameRef, Resolution, temporal_literal},
    syntax::ast::{Expr, ExprId, FnDecl, Link, List, Sym},
    types::{BinaryOp, LeftOperand, Type, binary_type},
    value::{self, Fault, Value},
};

impl Reference<'_> {
    pub(super) fn expr(&mut self, id: ExprId) -> Result<Value, Fault> {
        let ty = self.facts.type_of(id);
        match self.ast.expr(id) {
            Expr::Int(value) => Ok(Value::Int(value)),
            Expr::Num(value) => Ok(Value::Num(value)),
            Expr::Bool(value) => Ok(Value::Bool(value)),
            Expr::Text(text) => Ok(Value::text(self.ast.text(text))),
            Expr::Null => Ok(Value::Null),
            Expr::Paren(inner) => self.expr(inner),
            Expr::Name(name) => match self.facts.resolution(id) {
                Resolution::Name(NameRef::Field(field)) => self.get_field(field),
                _ => Ok(self.variable(name).value.clone()),
            },
            Expr::Call { name, args, .. } => self.call(name, args),
            Expr::Path { base, steps } => {
                let mut value = self.expr(base)?;
                let mut base_ty = self.facts.type_of(base);
                for step in self.ast.step_ids(steps) {
                    let argument = self.argument(step)?;
                    value = self.step(&value, step, argument.as_ref(), base_ty)?;
                    base_ty = self.facts.step(step).ty;
                }
                Ok(value)
            }
            Expr::Step { target, down, prefix } => {
                let place = self.locate(target)?;
                let old = self.read(&place)?;
                let by = if down { -1 } else { 1 };
                let (old, new) = match (old, place.ty) {
                    (Value::Null, Type::NUMBER) => (Value::Num(0.0), Value::Num(f64::from(by))),
                    (Value::Null, Type::BYTE) => (Value::Byte(0), Value::Byte(by)),
                    (Value::Null, _) => (Value::Int(0), Value::Int(i64::from(by))),
                    (Value::Int(old), _) => (Value::Int(old), Value::Int(old.wrapping_add(i64::from(by)))),
                    (Value::Num(old), _) => (Value::Num(old), Value::Num(old + f64::from(by))),
                    (Value::Byte(old), _) => (Value::Byte(old), Value::Byte(old.wrapping_add(by))),
                    (other, _) => panic!("the generator counts {other:?}"),
                };
                self.write(&place, new.clone())?;
                Ok(if prefix { new } else { old })
            }
            Expr::Unary { op, operand } => {
                let value = self.expr(operand)?;
                value::unary(op, &value, self.facts.type_of(operand), &mut self.cx())
            }
            Expr::Cast { operand, .. } => {
                let value = self.expr(operand)?;
                value::convert(value, ty, &mut self.cx())
            }
            Expr::Chain { first, links } => self.chain(first, self.ast.link_list(links)),
            Expr::Ternary { cond, yes, no } => {
                let chosen = if self.condition(cond)? { yes } else { no };
                let value = self.expr(chosen)?;
                value::convert(value, ty, &mut self.cx())
            }
            Expr::Literal(elements) => {
                let mut values = Vec::new();
                for &element in self.ast.expr_list(elements) {
                    values.push(self.expr(element)?);
                }
                if ty.is_dynamic() {
                    value::literal_array(values, &mut self.cx())
                } else {
                    value::build_literal(values, ty, &mut self.cx())
                }
            }
            other => panic!("the generator makes no {other:?}"),
        }
    }

    pub(super) fn condition(&mut self, id: ExprId) -> Result<bool, Fault> {
        let value = self.expr(id)?;
        value::to_bool(&value, &mut self.cx())
    }

    fn chain(&mut self, first: ExprId, links: &[Link]) -> Result<Value, Fault> {
        let op = links[0].op;
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            let stop = op == BinaryOp::Or;
            let mut result = self.condition(first)?;
            for link in links {
                if result == stop {
                    break;
                }
                result = self.condition(link.operand)?;
            }
            return Ok(Value::Bool(result));
        }
        let mut left = self.expr(first)?;
        let mut ty = self.facts.type_of(first);
        let mut int_literal = self.facts.is_int_literal(first);
        let temporal = temporal_literal(self.ast, first, self.facts.type_of(links[0].operand));
        if let (Some(temporal), BinaryOp::Sub) = (temporal, op) {
            left = value::convert(left, temporal, &mut self.cx())?;
            ty = temporal;
        }
        for link in links {
            let right = self.expr(link.operand)?;
            let right_ty = self.facts.type_of(link.operand);
            let info = LeftOperand { ty, int_literal };
            left = value::binary(link.op, &left, &right, info, right_ty, &mut self.cx())?;
            ty = binary_type(link.op, info, right_ty).unwrap_or(Type::DYNAMIC);
            int_literal = int_literal && self.facts.is_int_literal(link.operand);
        }
        Ok(left)
    }

    fn call(&mut self, name: Sym, args: List<ExprId>) -> Result<Value, Fault> {
        self.tick()?;
        let functions = self.ast.functions();
        match functions.iter().find(|function| function.name == name) {
            Some(function) => self.function(*function, args),
            None => self.routine(name, args),
        }
    }

    fn function(&mut self, function: FnDecl, args: List<ExprId>) -> Result<Value, Fault> {
        let args = self.ast.expr_list(args);
        let mut values = Vec::new();
        for (index, param) in self.ast.decl_ids(function.params).enumerate() {
            let decl = *self.ast.decl(param).unwrap();
            let value = match args.get(index) {
                Some(&arg) => self.expr(arg)?,
                None => self.apart(|reference| reference.expr(decl.init.unwrap()))?,
            };
            let ty = self.type_named(decl.ty);
            values.push((param, value::convert(value, ty, &mut self.cx())?));
        }
        let flow = self.apart(|reference| {
            for (param, value) in values {
                reference.declare(param, Some(value))?;
            }
            reference.stmt(function.body)
        })?;
        let result = match flow {
            Flow::Return(mut values) => values.pop().unwrap_or_default(),
            _ => Value::Null,
        };
        self.null_result |= result.is_null();
        Ok(result)
    }

    fn routine(&mut self, name: Sym, args: List<ExprId>) -> Result<Value, Fault> {
        let args = self.ast.expr_list(args);
        let argument = self.expr(args[0])?;
        Ok(match self.ast.name(name) {
            "print" => {
                let text = value::to_text(&argument, &mut self.cx())?;
                self.log.push(text.as_str().unwrap_or("").to_owned());
                Value::Null
            }
            "size" => match argument {
                Value::Array(array) => Value::Num(array.len() as f64),
                Value::Null => Value::Num(0.0),
                _ => Value::Num(1.0),
            },
            "isNull" => Value::Bool(argument.is_null()),
            "appendToWebhookResponse" => return self.respond(&argument),
            "printInFile" => {
                let line = self.expr(args[1])?;
                return self.print_in_file(&argument, &line);
            }
            other => panic!("the generator calls no `{other}`"),
        })
    }
}
