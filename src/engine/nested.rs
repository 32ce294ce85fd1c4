//! Scripts that run inside another run.

use super::{Engine, IncludeLoader, Program, program::Inside};
use std::sync::Arc;

use crate::{
    call::{Context, Nested, NestedScript, RunState},
    eval::Finished,
    limits::{Budget, Limits},
    types::StructTable,
    value::{Fault, FaultKind, flatten_texts},
};

/// Levels of depth that a script inside another one counts for.
const WEIGHT: u32 = 16;
/// Native stack for compiling and entering a script, in bytes.
const NATIVE: usize = 512 << 10;

impl Nested for Engine {
    fn load(&self, path: &str) -> Result<String, Fault> {
        from(self.inner.loader.as_deref(), path)
    }

    fn load_template(&self, path: &str) -> Result<String, Fault> {
        from(self.inner.templates.as_deref().or(self.inner.loader.as_deref()), path)
    }

    fn allows_inline(&self) -> bool {
        self.inner.allow_inline
    }

    fn run(&self, cx: &mut Context<'_>, script: NestedScript<'_>) -> (Result<Vec<String>, Fault>, RunState) {
        if let Err(hit) = cx.budget.enter(WEIGHT) {
            return (Err(hit.into()), script.state);
        }
        let result = stacker::maybe_grow(NATIVE, NATIVE.saturating_mul(4), || self.run_inside(cx, script));
        cx.budget.leave(WEIGHT);
        result
    }
}

fn from(loader: Option<&dyn IncludeLoader>, path: &str) -> Result<String, Fault> {
    let cannot = |why: &dyn std::fmt::Display| Fault::routine(format!("cannot load `{path}`: {why}"));
    match loader {
        Some(loader) => loader.load(path).map_err(|error| cannot(&error)),
        None => Err(cannot(&"this engine has no include loader")),
    }
}

impl Engine {
    fn run_inside(&self, cx: &mut Context<'_>, script: NestedScript<'_>) -> (Result<Vec<String>, Fault>, RunState) {
        let NestedScript { name, source, arguments, structs, state } = script;
        let program = match self.compile_inside(cx, name, source, structs.as_ref()) {
            Ok(program) => program,
            Err(fault) => return (Err(fault), state),
        };
        let budget = std::mem::replace(&mut cx.budget, Budget::new(&Limits::default()));
        let log = std::mem::take(&mut cx.log);
        let finished = program.start(&mut *cx.host, budget, Inside { log, arguments, state });
        let Finished { returned, fault, cx: mut inner } = finished;
        let result = match fault {
            None => flatten_texts(returned, &mut inner.conv()),
            Some(fault) => Err(match fault.kind() {
                FaultKind::Limit(hit) => Fault::from(*hit),
                FaultKind::Internal => fault,
                _ => Fault::routine(format!("`{name}`: {}", program.executable().positioned(&fault))),
            }),
        };
        cx.budget = inner.budget;
        cx.log = inner.log;
        (result, inner.state)
    }

    fn compile_inside(
        &self,
        cx: &mut Context<'_>,
        name: &str,
        source: &str,
        structs: Option<&Arc<StructTable>>,
    ) -> Result<Program, Fault> {
        // Compiling cannot be interrupted, so it is paid for first; its size is limited.
        let known = structs.map_or(0, |structs| structs.iter().map(|(_, def)| def.fields().len()).sum::<usize>());
        cx.budget.charge((source.len() as u64).saturating_add(known as u64))?;
        cx.budget.grow(source.len().saturating_mul(16))?;
        self.compile_text(name, source, structs).map_err(|diagnostics| {
            let first = diagnostics.errors().next();
            let place = first.and_then(|error| diagnostics.sources().place(error.span));
            let message = first.map_or("it does not compile", |error| error.message.as_str());
            Fault::routine(match place {
                Some(place) => format!(
                    "`{}` does not compile: line {}, column {}: {message}",
                    place.file, place.line, place.column
                ),
                None => format!("`{name}` does not compile: {message}"),
            })
        })
    }
}
