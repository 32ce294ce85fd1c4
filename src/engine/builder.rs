use super::{Embedded, Engine, IncludeLoader, Inner, embedded::complete};
use crate::{
    call::Callee,
    host::LogLevel,
    limits::SourceLimits,
    routines,
    signatures::{Family, Signature, Signatures, catalogue},
    types::{Origin, StructDef, StructTable, Type},
    value::Zone,
};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// Makes an [`Engine`]: routines, structures, includes, limits, time zone.
pub struct EngineBuilder {
    inner: Inner,
}

impl Default for EngineBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl EngineBuilder {
    /// The built-in routines and structures, UTC, default limits, no includes, open field names.
    pub fn new() -> Self {
        let mut inner = Inner {
            signatures: Signatures::new(),
            callees: HashMap::default(),
            measures: HashMap::default(),
            structs: Arc::new(StructTable::new()),
            loader: None,
            templates: None,
            source_limits: SourceLimits::default(),
            field_names: None,
            zone: Zone::utc(),
            number_literals: false,
            allow_inline: true,
            log_level: LogLevel::Trace,
        };
        let mut provided = HashSet::default();
        for routine in routines::all() {
            provided.insert(routine.signature.name.clone());
            let id = inner.signatures.add(routine.signature, true);
            inner.callees.insert(id, Callee::Routine(routine.function));
            inner.measures.extend(routine.measure.map(|measure| (id, measure)));
        }
        // Known, so that a call of it is told from a misspelling, but not offered here.
        for entry in catalogue().iter().filter(|entry| !provided.contains(&entry.signature.name)) {
            inner.signatures.add(entry.signature.clone(), false);
        }
        Self { inner }
    }

    /// Sets the time zone of dates that carry none (L-43). Default UTC.
    #[must_use]
    pub fn time_zone(mut self, zone: Zone) -> Self {
        self.inner.zone = zone;
        self
    }

    /// Sets where included files come from. Without a loader an `include` is a compile error.
    #[must_use]
    pub fn include_loader(mut self, loader: impl IncludeLoader + 'static) -> Self {
        self.inner.loader = Some(Box::new(loader));
        self
    }

    /// Sets where `executeTemplate` finds files: the home of the application, which need not be the scripts' root (L-28).
    /// Without it, templates come from where included files come from.
    #[must_use]
    pub fn template_loader(mut self, loader: impl IncludeLoader + 'static) -> Self {
        self.inner.templates = Some(Box::new(loader));
        self
    }

    /// Sets the level of the log: lines below it are not written, neither to the outcome nor to the host. `print` and
    /// `runnerLog` write at `INFO`. Default `TRACE`, so that every line is written.
    ///
    /// ```
    /// use sil::{Engine, Limits, MemoryHost, host::LogLevel};
    ///
    /// let engine = Engine::builder().log_level(LogLevel::Warn).build();
    /// let program = engine.compile("tide.sil", "logPrint(\"DEBUG\", 1); logPrint(\"ERROR\", 2);").unwrap();
    /// let outcome = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap();
    /// assert_eq!(outcome.log().iter().map(|line| &*line.message).collect::<Vec<_>>(), ["2"]);
    /// ```
    #[must_use]
    pub fn log_level(mut self, level: LogLevel) -> Self {
        self.inner.log_level = level;
        self
    }

    /// Sets the limits of compiling.
    #[must_use]
    pub fn source_limits(mut self, limits: SourceLimits) -> Self {
        self.inner.source_limits = limits;
        self
    }

    /// Closes the list of issue field names: any other name that is not declared is a compile error (L-140).
    /// `customfield_N` is always known.
    #[must_use]
    pub fn field_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.inner.field_names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Calculates as engines that knew numbers only (L-58): integer literals are numbers, and an integer on the left of
    /// `/` counts as a number too, so that `7 / 2` is 3.5, and so is `a / b` of two `integer` variables. A division by
    /// zero then gives an infinity instead of an error. Everything else about `integer` stays: variables and results
    /// hold whole numbers, and `a * 0.5` is cut. Bytes divide as before. Default off.
    #[must_use]
    pub fn number_literals(mut self, on: bool) -> Self {
        self.inner.number_literals = on;
        self
    }

    /// Whether `runSILInline` may compile text that a script makes at run time. Default on.
    #[must_use]
    pub fn allow_inline(mut self, on: bool) -> Self {
        self.inner.allow_inline = on;
        self
    }

    /// Registers a structure: its name and its fields with their types as a script would write them. A type that
    /// names no structure registered before is dynamic.
    #[must_use]
    pub fn structure<'a>(mut self, name: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut def = StructDef::new(name, Origin::Host);
        for (field, ty) in fields {
            def.push(field, Type::parse(ty, &self.inner.structs).unwrap_or(Type::DYNAMIC));
        }
        Arc::make_mut(&mut self.inner.structs).add(def);
        self
    }

    /// Registers a routine. Parameter and result types are those of the closure; the signature gives names and
    /// documentation. It comes before built-in routines of the same name.
    ///
    /// A closure of `bool`, `i64` and `f64` only, parameters and result, is called without making values of its
    /// arguments, with `&mut Context` in front or a `Result` around the result too. That is several times as fast.
    ///
    /// ```
    /// use sil::{Engine, Limits, MemoryHost, signatures::{Family, Signature}, types::Type};
    ///
    /// let engine = Engine::builder()
    ///     .routine(
    ///         Signature::new("greet", Family::Embedder).param("name", Type::STRING).doc("Greets somebody."),
    ///         |name: String| format!("Hello {name}"),
    ///     )
    ///     .build();
    /// let program = engine.compile("greet.sil", "return greet(\"Ada\");").unwrap();
    /// let outcome = program.run(&mut MemoryHost::new(), &Limits::default()).unwrap();
    /// assert_eq!(outcome.returned()[0].as_str(), Some("Hello Ada"));
    /// ```
    #[must_use]
    pub fn routine<K>(mut self, signature: Signature, function: impl Embedded<K>) -> Self {
        let mut signature = complete(signature, &function.params(), function.result());
        signature.family = Family::Embedder;
        let id = self.inner.signatures.add(signature, true);
        self.inner.callees.insert(id, Callee::Host(function.into_host_routine()));
        self
    }

    /// Finishes the engine.
    pub fn build(mut self) -> Engine {
        Arc::make_mut(&mut self.inner.structs).freeze();
        Engine { inner: Arc::new(self.inner) }
    }
}

impl std::fmt::Debug for EngineBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineBuilder").finish_non_exhaustive()
    }
}
