//! Reading a script and the files it includes into one tree (L-21).

use crate::{
    diagnostics::{Diagnostic, Diagnostics, codes::run},
    limits::SourceLimits,
    source::{FileId, SourceMap, Span},
    syntax::{
        ast::{Ast, Item},
        parse_file,
    },
};
use foldhash::HashSet;
use std::fmt;

/// Where included files come from.
///
/// A path is given as the script writes it; relative ones start at the scripts' root, not at the including file. What
/// paths are allowed is the loader's decision.
pub trait IncludeLoader: Send + Sync {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be had, which the compiler reports at the `include`.
    fn load(&self, path: &str) -> Result<String, LoadError>;
}

impl<F: Fn(&str) -> Result<String, LoadError> + Send + Sync> IncludeLoader for F {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self(path)
    }
}

/// Why a file could not be loaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoadError {
    message: String,
}

impl LoadError {
    /// An error with a message: lower case, one sentence, no final full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LoadError {}

/// A program's texts and its tree.
pub(super) struct Loaded {
    pub(super) sources: SourceMap,
    pub(super) ast: Box<Ast>,
    pub(super) diagnostics: Diagnostics,
}

struct Loading<'a> {
    loader: Option<&'a dyn IncludeLoader>,
    limits: &'a SourceLimits,
    loaded: Loaded,
    seen: HashSet<String>,
    includes: usize,
}

/// Reads a script; with `follow`, the files it includes too.
pub(super) fn load(
    name: &str,
    source: &str,
    loader: Option<&dyn IncludeLoader>,
    limits: &SourceLimits,
    follow: bool,
) -> Loaded {
    let loaded =
        Loaded { sources: SourceMap::new(), ast: Ast::reused(), diagnostics: Diagnostics::with_cap(limits.errors) };
    let mut loading = Loading { loader, limits, loaded, seen: HashSet::default(), includes: 0 };
    // Only what includes something can be included by it.
    if follow && source.contains("include") {
        loading.seen.insert(normalized(name));
    }
    if let Some(file) = loading.add(name, source, None) {
        let items = loading.parse(file);
        loading.expand(items, follow, 0);
    }
    loading.loaded
}

impl Loading<'_> {
    fn add(&mut self, name: &str, source: &str, include: Option<Span>) -> Option<FileId> {
        let limit = self.limits.script_size;
        let fits = source.len() <= limit;
        // A text that is too large is not read, but has to be there for the message to point at.
        let text = if fits { source } else { "" };
        let file = self.loaded.sources.add(name, text);
        if !fits || file.is_none() {
            let message = format!("script size limit of {limit} bytes reached: `{name}` has {} bytes", source.len());
            self.report(Diagnostic::new(run::SCRIPT_TOO_LARGE, include.unwrap_or_default(), message));
            return None;
        }
        file
    }

    fn parse(&mut self, file: FileId) -> Vec<Item> {
        let Loaded { sources, ast, diagnostics } = &mut self.loaded;
        parse_file(sources, file, self.limits, ast, diagnostics)
    }

    /// Appends items to the program, those of included files in the place of the `include`.
    fn expand(&mut self, items: Vec<Item>, follow: bool, depth: usize) {
        for item in items {
            match item {
                Item::Include { path, span } if follow => {
                    let path = self.loaded.ast.text(path).to_owned();
                    self.include(&path, span, depth);
                }
                item => self.loaded.ast.items.push(item),
            }
        }
    }

    fn include(&mut self, path: &str, span: Span, depth: usize) {
        if !self.seen.insert(normalized(path)) {
            return;
        }
        if depth >= self.limits.include_depth {
            let limit = self.limits.include_depth;
            let message = format!("includes nest more than {limit} levels deep at `{path}`");
            return self.report(Diagnostic::new(run::INCLUDES_TOO_DEEP, span, message));
        }
        if self.includes >= self.limits.includes {
            let limit = self.limits.includes;
            let message = format!("the program includes more than {limit} files");
            return self.report(Diagnostic::new(run::INCLUDES_TOO_MANY, span, message));
        }
        self.includes = self.includes.saturating_add(1);
        let loaded = match self.loader {
            Some(loader) => loader.load(path),
            None => Err(LoadError::new("this engine has no include loader")),
        };
        match loaded {
            Ok(text) => {
                if let Some(file) = self.add(path, &text, Some(span)) {
                    let items = self.parse(file);
                    // Invariant: at most `include_depth` levels, so the recursion is shallow.
                    self.expand(items, true, depth.saturating_add(1));
                }
            }
            Err(error) => {
                let message = format!("cannot include `{path}`: {error}");
                self.report(Diagnostic::new(run::INCLUDE_FAILED, span, message));
            }
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.loaded.diagnostics.push(diagnostic);
    }
}

/// Two spellings of one path are one file.
fn normalized(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
