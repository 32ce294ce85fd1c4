use super::{
    Engine, Program,
    load::{Loaded, load},
};
use crate::{
    check::{self, CheckConfig},
    diagnostics::Diagnostics,
    lower::{Linkage, lower},
    signatures::SigId,
    types::StructTable,
};
use std::sync::Arc;

impl Engine {
    /// Compiles a script that knows `structs`, by default those of the engine.
    pub(super) fn compile_text(
        &self,
        name: &str,
        source: &str,
        structs: Option<&Arc<StructTable>>,
    ) -> Result<Program, Diagnostics> {
        let config = CheckConfig { structs: structs.unwrap_or(&self.inner.structs), ..self.check_config() };
        let Loaded { sources, ast, mut diagnostics } = self.load(name, source, true);
        let facts = (!diagnostics.has_errors()).then(|| check::check(&ast, &config, &mut diagnostics));
        let sources_size = sources.files().map(|file| file.text().len()).sum();
        let sources = Arc::new(sources);
        // Also without diagnostics: who follows changes asks them which files the program was made of.
        diagnostics.set_sources((*sources).clone());
        diagnostics.sort();
        let Some(facts) = facts.filter(|_| !diagnostics.has_errors()) else { return Err(diagnostics) };
        let callee = |id: SigId| self.inner.callees.get(&id).cloned();
        let measure = |id: SigId| self.inner.measures.get(&id).copied();
        let linkage = Linkage { signatures: &self.inner.signatures, callee: &callee, measure: &measure, sources };
        let executable = lower(&ast, &facts, &linkage);
        facts.keep(&ast);
        ast.keep(sources_size);
        Ok(Program::new(name, executable, diagnostics, self.clone()))
    }

    pub(super) fn check_text(&self, name: &str, source: &str) -> Diagnostics {
        let Loaded { sources, ast, mut diagnostics } = self.load(name, source, true);
        if !diagnostics.has_errors() {
            check::check(&ast, &self.check_config(), &mut diagnostics);
        }
        diagnostics.set_sources(sources);
        diagnostics.sort();
        diagnostics
    }

    pub(super) fn parse_text(&self, name: &str, source: &str) -> Diagnostics {
        let Loaded { sources, mut diagnostics, .. } = self.load(name, source, false);
        diagnostics.set_sources(sources);
        diagnostics.sort();
        diagnostics
    }

    fn load(&self, name: &str, source: &str, follow: bool) -> Loaded {
        let mut loaded = load(name, source, self.inner.loader.as_deref(), &self.inner.source_limits, follow);
        if self.inner.number_literals {
            loaded.ast.numbers_only();
        }
        loaded
    }

    fn check_config(&self) -> CheckConfig<'_> {
        CheckConfig {
            signatures: &self.inner.signatures,
            structs: &self.inner.structs,
            field_names: self.inner.field_names.as_ref(),
        }
    }
}
