use super::Reference;
use sil::{
    Data,
    host::{FieldError, IssueRef, Scope},
    syntax::ast::{DeclId, Sym},
    types::Type,
    value::{self, Fault, Value},
};

impl Reference<'_> {
    pub(super) fn get_field(&mut self, name: Sym) -> Result<Value, Fault> {
        let name = self.ast.name(name);
        let data = self.host.issues().unwrap().get_field(IssueRef::Current, name).map_err(told)?;
        data.to_value(&mut self.cx())
    }

    pub(super) fn set_field(&mut self, name: Sym, value: &Value) -> Result<(), Fault> {
        let data = Data::from_value(value, &mut self.cx())?;
        let name = self.ast.name(name);
        self.host.issues().unwrap().set_field(IssueRef::Current, name, data).map_err(told)
    }

    pub(super) fn respond(&mut self, part: &Value) -> Result<Value, Fault> {
        let part = value::to_text(part, &mut self.cx())?;
        let part = part.as_str().unwrap_or("");
        if !part.is_empty() {
            let done = self.host.webhook().unwrap().append(part);
            done.map_err(|error| Fault::host(error.message()))?;
        }
        Ok(Value::Null)
    }

    pub(super) fn print_in_file(&mut self, path: &Value, line: &Value) -> Result<Value, Fault> {
        let (path, line) = (path.as_str().unwrap(), line.as_str().unwrap_or(""));
        let done = self.host.files().unwrap().write(path, format!("{line}\n").as_bytes(), true);
        done.map_err(|error| Fault::routine(format!("cannot write to `{path}`: {error}")))?;
        Ok(Value::Null)
    }

    /// Asks for the value of a persistent variable; `false` when there is none.
    pub(super) fn load(&mut self, id: DeclId) -> Result<bool, Fault> {
        let decl = *self.ast.decl(id).unwrap();
        let (name, ty) = (self.ast.name(decl.name), self.type_named(decl.ty));
        let issue = self.host.issues().unwrap().current().unwrap().to_owned();
        let found = self.host.persistent().unwrap().load(Scope::Issue(&issue), name);
        let found = found.map_err(|error| Fault::host(error.message()))?;
        self.kept.push(decl.name);
        let Some(text) = found else { return Ok(false) };
        let value = if text.is_empty() && ty != Type::STRING { Value::Null } else { Value::text(&text) };
        self.declare(id, Some(value))?;
        Ok(true)
    }

    pub(super) fn save(&mut self) -> Result<(), Fault> {
        let issue = self.host.issues().and_then(|issues| issues.current().map(str::to_owned));
        for name in std::mem::take(&mut self.kept) {
            let value = self.variable(name).value.clone();
            let text = value::to_text(&value, &mut self.cx())?;
            let scope = Scope::Issue(issue.as_deref().unwrap());
            let done = self.host.persistent().unwrap().store(scope, self.ast.name(name), text.as_str().unwrap_or(""));
            done.map_err(|error| Fault::host(error.message()))?;
        }
        Ok(())
    }
}

fn told(error: FieldError) -> Fault {
    match error {
        FieldError::Other(error) => Fault::host(error.message()),
        other => panic!("the generator uses fields that are there: {other:?}"),
    }
}
