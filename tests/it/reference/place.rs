use super::Reference;
use sil::{
    check::{NameRef, Resolution},
    syntax::ast::{Expr, ExprId, StepId, StepKind, Sym},
    types::Type,
    value::{self, Fault, MemberResult, Record, Value},
};
use std::rc::Rc;

/// What is assigned to, its indexes evaluated.
pub(super) struct Place {
    root: Sym,
    /// The root is no variable but a field of the issue.
    is_field: bool,
    steps: Vec<PlaceStep>,
    pub(super) ty: Type,
}

struct PlaceStep {
    id: StepId,
    argument: Option<Value>,
    base: Type,
}

impl Reference<'_> {
    pub(super) fn argument(&mut self, step: StepId) -> Result<Option<Value>, Fault> {
        match self.ast.step(step) {
            StepKind::Index(index) => self.expr(index).map(Some),
            _ => Ok(None),
        }
    }

    pub(super) fn step(&mut self, base: &Value, step: StepId, index: Option<&Value>, ty: Type) -> Result<Value, Fault> {
        let part = self.part(base, step, index, ty)?;
        // A null of an array type is an empty array (L-40).
        value::convert(part, self.facts.step(step).ty, &mut self.cx())
    }

    fn part(&mut self, base: &Value, step: StepId, index: Option<&Value>, ty: Type) -> Result<Value, Fault> {
        match (self.ast.step(step), index) {
            (StepKind::Index(_), Some(index)) => value::index_get(base, index, ty, &mut self.cx()),
            (StepKind::Member(name), _) => {
                let name = self.ast.name(name);
                match value::member_get(base, name, &self.cx()) {
                    MemberResult::Value(value) => Ok(value),
                    other => panic!("the generator reads no member {name}: {other:?}"),
                }
            }
            other => panic!("the generator makes no step {other:?}"),
        }
    }

    pub(super) fn locate(&mut self, id: ExprId) -> Result<Place, Fault> {
        let ty = self.facts.type_of(id);
        match self.ast.expr(id) {
            Expr::Name(root) => {
                let is_field = matches!(self.facts.resolution(id), Resolution::Name(NameRef::Field(_)));
                let ty = if is_field { Type::DYNAMIC } else { self.variable(root).ty };
                Ok(Place { root, is_field, steps: Vec::new(), ty })
            }
            Expr::Path { base, steps } => {
                let Expr::Name(root) = self.ast.expr(base) else { panic!("the generator writes to names") };
                let mut base = self.variable(root).ty;
                let mut found = Vec::new();
                for id in self.ast.step_ids(steps) {
                    let argument = self.argument(id)?;
                    found.push(PlaceStep { id, argument, base });
                    base = self.facts.step(id).ty;
                }
                Ok(Place { root, is_field: false, steps: found, ty })
            }
            other => panic!("the generator does not write to {other:?}"),
        }
    }

    pub(super) fn read(&mut self, place: &Place) -> Result<Value, Fault> {
        if place.is_field {
            return self.get_field(place.root);
        }
        let mut value = self.variable(place.root).value.clone();
        for step in &place.steps {
            value = self.step(&value, step.id, step.argument.as_ref(), step.base)?;
        }
        Ok(value)
    }

    /// Writes a value, converted to the type of the place; gives what the place became.
    pub(super) fn write(&mut self, place: &Place, value: Value) -> Result<Value, Fault> {
        if place.is_field {
            self.set_field(place.root, &value)?;
            return Ok(value);
        }
        let value = value::convert(value, place.ty, &mut self.cx())?;
        let old = self.variable(place.root).value.clone();
        let new = self.put(old, &place.steps, value.clone())?;
        self.variable(place.root).value = new;
        Ok(value)
    }

    fn put(&mut self, mut base: Value, steps: &[PlaceStep], value: Value) -> Result<Value, Fault> {
        let Some((step, rest)) = steps.split_first() else { return Ok(value) };
        if let StepKind::Member(name) = self.ast.step(step.id) {
            if base.is_absent() {
                base = Value::Struct(Rc::new(Record::new(step.base.as_struct().unwrap(), &self.facts.structs)));
            }
            let Value::Struct(record) = &base else { panic!("the generator writes members of structures") };
            let field = self.facts.structs.get(record.id()).unwrap().field(self.ast.name(name)).unwrap();
            let part = self.put(value::field_get(&base, field), rest, value)?;
            value::field_put(&mut base, field, part, &mut self.cx())?;
        } else {
            let index = step.argument.as_ref().unwrap();
            let part = match rest {
                [] => value,
                _ => {
                    let old = value::index_get(&base, index, step.base, &mut self.cx())?;
                    self.put(old, rest, value)?
                }
            };
            value::index_set(&mut base, index, part, step.base, &mut self.cx())?;
        }
        Ok(base)
    }
}
