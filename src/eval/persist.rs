//! Persistent variables (L-126): ordinary variables whose declaration asks the host, and which are saved at the end.

use super::{Exec, Flow, Frame, Place, Run, Stmt};
use crate::{
    host::Scope,
    source::Span,
    types::Type,
    value::{self, Fault, Value},
};

/// A persistent variable whose declaration was reached.
#[derive(Clone, Debug)]
pub struct Persisted {
    /// Which of [`Executable::persistent`](super::Executable::persistent).
    pub index: u32,
    /// The issue it belongs to; none is global.
    pub issue: Option<String>,
}

/// What is known of a persistent variable.
#[derive(Clone, Debug)]
pub struct PersistentVar {
    /// Its name.
    pub name: Box<str>,
    /// Where it lives: always among the globals, so that its value outlives its scope.
    pub place: Place,
}

/// `persistent T name = init;`
pub struct DeclarePersistent {
    /// Which variable.
    pub index: u32,
    /// Where it lives.
    pub place: Place,
    /// Its name.
    pub name: Box<str>,
    /// Runs when nothing is stored.
    pub init: Stmt,
    /// Where the declaration stands.
    pub span: Span,
}

impl DeclarePersistent {
    /// Whether a value was found.
    fn load(&self, f: &mut Frame<'_, '_>) -> Result<bool, Fault> {
        if f.run.persistent.iter().any(|known| known.index == self.index) {
            // Reached again in the same run: the value it had is the one that would be found.
            return Ok(true);
        }
        let cx = &mut f.run.cx;
        let issue = cx.host.issues().and_then(|issues| issues.current()).map(str::to_owned);
        let Some(store) = cx.host.persistent() else {
            return Err(Fault::host("persistent variables are not available in this host"));
        };
        let scope = issue.as_deref().map_or(Scope::Global, Scope::Issue);
        let found = store.load(scope, &self.name).map_err(|error| Fault::host(error.message()))?;
        f.run.persistent.push(Persisted { index: self.index, issue });
        let Some(text) = found else { return Ok(false) };
        let ty = self.place.ty;
        // A null is stored as its text.
        let loaded = match text.as_str() {
            "" if ty != Type::STRING => Value::default_of(ty),
            text => value::convert(Value::text(text), ty, &mut f.run.cx.conv())?,
        };
        f.write(self.place, loaded)?;
        Ok(true)
    }
}

impl Exec for DeclarePersistent {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        match self.load(f) {
            Ok(true) => Flow::Next,
            Ok(false) => self.init.exec(f),
            Err(fault) => f.run.fail(fault.at(self.span)),
        }
    }
}

/// Saves the persistent variables that were reached, after a run without error.
pub(super) fn save(f: &mut Frame<'_, '_>) -> Result<(), Fault> {
    let exe = f.run.exe;
    for reached in std::mem::take(&mut f.run.persistent) {
        let Some(var) = exe.persistent.get(reached.index as usize) else { continue };
        let value = f.read(var.place);
        let run: &mut Run<'_> = f.run;
        let text = value::to_text(&value, &mut run.cx.conv())?;
        let scope = reached.issue.as_deref().map_or(Scope::Global, Scope::Issue);
        if let Some(store) = run.cx.host.persistent() {
            store.store(scope, &var.name, text.as_str().unwrap_or("")).map_err(|error| Fault::host(error.message()))?;
        }
    }
    Ok(())
}
