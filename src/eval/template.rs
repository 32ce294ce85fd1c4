//! Templates share the variables of the script that runs them (L-28): values go in by name and come back the same way.

use super::{Frame, Node, Place, RoutineCall, ScopeVariable};
use crate::{
    call::{Arguments, SharedVariable, SharedVariables},
    value::{self, Fault, Value},
};
use foldhash::HashSet;

/// A call of `executeTemplate`.
pub struct TemplateCall {
    /// The call.
    pub call: RoutineCall,
    /// Which variables the template sees: those that a `%name%` here could name.
    pub site: u32,
}

impl Node<Value> for TemplateCall {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let mut arguments = Vec::with_capacity(self.call.arguments.len());
        for node in &self.call.arguments {
            arguments.push(node.eval(f)?);
        }
        let (handed, places) = self.hand_over(f).map_err(|fault| fault.at(self.call.span))?;
        // A template inside a template: its own variables wait.
        let own = std::mem::replace(f.run.cx.state.get::<SharedVariables>(), handed);
        let result = self.call.value(f.run, &arguments);
        let came_back = std::mem::replace(f.run.cx.state.get::<SharedVariables>(), own);
        for (variable, place) in came_back.variables.into_iter().zip(places) {
            if !variable.is_const {
                let value = value::convert(variable.value, place.ty, &mut f.run.cx.conv());
                f.write(place, value.map_err(|fault| fault.at(self.call.span))?)?;
            }
        }
        result
    }
}

impl TemplateCall {
    /// The variables with their places, by name.
    fn hand_over(&self, f: &mut Frame<'_, '_>) -> Result<(SharedVariables, Vec<Place>), Fault> {
        let exe = f.run.exe;
        let mut seen = HashSet::default();
        let mut found = Vec::new();
        let mut at = exe.sites.get(self.site as usize).copied();
        while let Some((scope, count)) = at {
            let Some(table) = exe.scopes.get(scope as usize) else { break };
            f.run.cx.budget.charge(table.names.len() as u64)?;
            let named = table.names.iter().map(|(name, variable)| (&**name, *variable));
            let visible = named.filter(|(_, variable)| variable.order < count);
            found.extend(visible.filter(|(name, _)| seen.insert(*name)));
            at = table.outer;
        }
        f.run.cx.budget.grow(found.len().saturating_mul(size_of::<SharedVariable>()))?;
        found.sort_unstable_by_key(|(name, _)| *name);
        let shared = |&(name, variable): &(&str, ScopeVariable)| SharedVariable {
            name: name.into(),
            ty: variable.place.ty,
            is_const: variable.is_const,
            value: f.read(variable.place),
        };
        let variables = found.iter().map(shared).collect();
        let places = found.iter().map(|(_, variable)| variable.place).collect();
        Ok((SharedVariables { variables, arguments: arguments(f)? }, places))
    }
}

/// The arguments of the run as texts; `None` for those of the host.
fn arguments(f: &mut Frame<'_, '_>) -> Result<Option<Arguments>, Fault> {
    let run = &mut *f.run;
    if !run.exe.uses_argv {
        return Ok(run.cx.arguments.clone());
    }
    let Value::Array(argv) = &run.argv else { return Ok(Some(Vec::new())) };
    run.cx.budget.charge(argv.len() as u64)?;
    let mut texts = Vec::with_capacity(argv.len());
    for index in 0..argv.len() {
        let text = value::to_text(&argv.get(index).unwrap_or_default(), &mut run.cx.conv())?;
        run.cx.budget.grow(text.as_str().map_or(0, str::len))?;
        texts.push((argv.key_at(index).map(str::to_owned), text.as_str().unwrap_or("").to_owned()));
    }
    Ok(Some(texts))
}

/// A call of `_stl__init`: the variables of the script come in.
pub struct TemplateInit {
    /// The call.
    pub call: RoutineCall,
}

impl Node<Value> for TemplateInit {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let shared = std::mem::take(f.run.cx.state.get::<SharedVariables>());
        for variable in &shared.variables {
            let Some(place) = global_place(f, &variable.name) else { continue };
            let value = value::convert(variable.value.clone(), place.ty, &mut f.run.cx.conv())?;
            f.write(place, value)?;
        }
        *f.run.cx.state.get() = shared;
        self.call.eval(f)
    }
}

/// Puts what became of the variables of the script back, however the program ended.
pub(super) fn hand_back(f: &mut Frame<'_, '_>) {
    let Some(shared) = f.run.cx.state.find::<SharedVariables>() else { return };
    let mut shared = std::mem::take(shared);
    for variable in shared.variables.iter_mut().filter(|variable| !variable.is_const) {
        if let Some(place) = global_place(f, &variable.name) {
            variable.value = f.read(place);
        }
    }
    *f.run.cx.state.get() = shared;
}

/// A variable at top level.
fn global_place(f: &Frame<'_, '_>, name: &str) -> Option<Place> {
    f.run.exe.scopes.first().and_then(|scope| scope.names.get(name)).map(|variable| variable.place)
}
