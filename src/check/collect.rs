//! What is known before the first statement: structures, functions, packages (L-20).

use super::{Checker, did_you_mean, suggest::near};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    source::Span,
    syntax::ast::{Expr, FnId, Item, Stmt, StmtId, StructDecl, Sym, TypeName, TypeRef},
    types::{FieldDef, Origin, StructDef, StructId, Type},
};
use foldhash::HashMap;
use std::sync::Arc;

impl Checker<'_> {
    pub(super) fn collect(&mut self) {
        self.collect_structs();
        self.collect_functions();
        self.collect_packages();
        self.collect_globals();
        self.warn_late_function();
    }

    fn collect_structs(&mut self) {
        // Names first: a field may have the type of a structure further down, or of its own (L-100).
        let mut declared: HashMap<_, (StructId, Span)> = HashMap::default();
        for decl in self.ast.structs() {
            let name = self.ast.name(decl.name);
            if let Some(&(id, first)) = declared.get(&decl.name) {
                let message = format!("structure `{name}` is declared twice");
                self.report(
                    Diagnostic::new(codes::DUPLICATE_STRUCT, decl.name_span, message)
                        .label(first, format!("`{name}` is first declared here")),
                );
                self.facts.struct_ids.push(id);
                continue;
            }
            if self.facts.structs.find(name).is_some() {
                let message = format!("structure `{name}` hides the predefined structure of that name");
                self.report(
                    Diagnostic::new(codes::HIDDEN_STRUCT, decl.name_span, message)
                        .hint("values of the predefined one convert to it by position"),
                );
            }
            let id = Arc::make_mut(&mut self.facts.structs).add(StructDef::new(name, Origin::Script));
            declared.insert(decl.name, (id, decl.name_span));
            if let Some(named) = self.desk.names.get_mut(decl.name.index()) {
                named.structure = Some(id);
            }
            self.facts.struct_ids.push(id);
        }
        for (index, decl) in self.ast.structs().iter().enumerate() {
            let Some(&id) = self.facts.struct_ids.get(index) else { continue };
            if declared.get(&decl.name).is_some_and(|&(_, span)| span == decl.name_span) {
                self.collect_members(id, decl);
            }
        }
    }

    fn collect_members(&mut self, id: StructId, decl: &StructDecl) {
        let mut fields = Vec::new();
        let mut spans = Vec::new();
        for field in self.ast.field_list(decl.fields) {
            let ty = self.resolve_type(field.ty);
            let name = self.ast.name(field.name);
            if let Some(&first) = self.desk.members.get(&(id, field.name)) {
                let first = spans.get(first as usize).copied().unwrap_or(field.name_span);
                let message = format!("structure `{}` has two fields `{name}`", self.ast.name(decl.name));
                self.report(
                    Diagnostic::new(codes::DUPLICATE_MEMBER, field.name_span, message)
                        .label(first, format!("`{name}` is first declared here")),
                );
                continue;
            }
            self.desk.members.insert((id, field.name), u32::try_from(fields.len()).unwrap_or(u32::MAX));
            spans.push(field.name_span);
            fields.push(FieldDef { name: name.into(), ty });
        }
        Arc::make_mut(&mut self.facts.structs).set_fields(id, fields);
    }

    fn collect_functions(&mut self) {
        for (id, decl) in (0..).map(FnId).zip(self.ast.functions()) {
            let Some(named) = self.desk.names.get_mut(decl.name.index()) else { continue };
            let Some(first) = named.function else {
                named.function = Some(id);
                continue;
            };
            let name = self.ast.name(decl.name);
            let mut diagnostic = Diagnostic::new(
                codes::DUPLICATE_FUNCTION,
                decl.name_span,
                format!("function `{name}` is declared twice"),
            )
            .hint("there is no overloading: give the second function another name");
            if let Some(first) = self.ast.function(first) {
                diagnostic = diagnostic.label(first.name_span, format!("`{name}` is first declared here"));
            }
            self.report(diagnostic);
        }
    }

    fn collect_packages(&mut self) {
        for item in &self.ast.items {
            if let &Item::Use { package, span } = item {
                self.use_package(self.ast.text(package), span);
            }
        }
    }

    /// Warns of the first function that stands behind executable code (L-20).
    fn warn_late_function(&mut self) {
        let mut code: Option<Span> = None;
        for item in &self.ast.items {
            match *item {
                Item::Stmt(stmt) if code.is_none() && self.is_code(stmt) => code = Some(self.ast.stmt_span(stmt)),
                Item::Function(id) => {
                    let (Some(code), Some(decl)) = (code, self.ast.function(id)) else { continue };
                    // Code of an included file comes earlier, but its place is further down.
                    if code.start > decl.name_span.start {
                        continue;
                    }
                    let message = format!("function `{}` is declared behind executable code", self.ast.name(decl.name));
                    self.report(
                        Diagnostic::new(codes::FUNCTION_AFTER_CODE, decl.name_span, message)
                            .label(code, "the first code is here")
                            .hint("other engines refuse this: declare functions before the code"),
                    );
                    return;
                }
                _ => {}
            }
        }
    }

    /// Whether a statement is more than a declaration.
    fn is_code(&self, stmt: StmtId) -> bool {
        match self.ast.stmt(stmt) {
            Stmt::Var(_) | Stmt::Empty | Stmt::Error => false,
            Stmt::Expr(expr) => self.ast.expr(expr) != Expr::Error,
            _ => true,
        }
    }

    fn use_package(&mut self, name: &str, span: Span) {
        if self.signatures.has_package(name) {
            self.packages.retain(|known| **known != *name);
            self.packages.insert(0, name.into());
            return;
        }
        let diagnostic = Diagnostic::new(codes::UNKNOWN_PACKAGE, span, format!("there is no package `{name}`"));
        let close = if self.may_suggest() { near(name, self.signatures.packages()) } else { None };
        self.report(did_you_mean(diagnostic, name, close));
    }

    /// The type that was written; dynamic for none and for an unknown one, which is reported.
    pub(super) fn resolve_type(&mut self, ty: TypeRef) -> Type {
        self.written_type(ty).unwrap_or_else(|name| {
            self.report_unknown_type(self.ast.name(name), ty.span);
            Type::DYNAMIC
        })
    }

    /// The type that was written, without a report.
    pub(super) fn known_type(&self, ty: TypeRef) -> Type {
        self.written_type(ty).unwrap_or(Type::DYNAMIC)
    }

    /// The type that was written, or the name that no type has.
    fn written_type(&self, ty: TypeRef) -> Result<Type, Sym> {
        let base = match ty.name {
            TypeName::Keyword(base) => base,
            TypeName::None => return Ok(Type::DYNAMIC),
            TypeName::Named(name) => {
                let declared = self.desk.names.get(name.index()).and_then(|named| named.structure);
                let id = declared.or_else(|| self.facts.structs.find(self.ast.name(name)));
                id.map(Type::structure).ok_or(name)?
            }
        };
        Ok(Type { base: base.base, dims: base.dims.saturating_add(ty.dims) })
    }

    fn report_unknown_type(&mut self, name: &str, span: Span) {
        let diagnostic = Diagnostic::new(codes::UNKNOWN_TYPE, span, format!("there is no type `{name}`"));
        const WORDS: [&str; 11] =
            ["string", "number", "integer", "int", "byte", "boolean", "date", "interval", "real", "double", "float"];
        let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
        let word = Span::new(span.start, span.start.saturating_add(length));
        let diagnostic = match foreign_type(name) {
            Some(Foreign::Type(known)) => diagnostic.hint(format!("write `{known}`")).fix(word, known, true),
            Some(Foreign::Hint(hint)) => diagnostic.hint(hint),
            None => {
                let may_suggest = self.may_suggest();
                let structs = std::sync::Arc::clone(&self.facts.structs);
                let names = structs.iter().map(|(_, def)| def.name()).chain(WORDS);
                did_you_mean(diagnostic, name, if may_suggest { near(name, names) } else { None })
            }
        };
        self.report(diagnostic);
    }
}

/// What a type of another language is here.
enum Foreign {
    Type(&'static str),
    Hint(&'static str),
}

fn foreign_type(name: &str) -> Option<Foreign> {
    Some(match name {
        "bool" | "Bool" => Foreign::Type("boolean"),
        "str" | "Str" | "text" | "Text" | "char" | "Char" => Foreign::Type("string"),
        "long" | "Long" | "short" | "Short" | "Int" => Foreign::Type("integer"),
        "decimal" | "Decimal" | "BigDecimal" => Foreign::Type("number"),
        "datetime" | "DateTime" | "timestamp" | "Timestamp" => Foreign::Type("date"),
        "let" | "var" | "val" | "auto" | "dim" | "my" | "local" | "final" => {
            Foreign::Hint("a declaration begins with the type of the variable, as in `string name = \"x\";`")
        }
        "void" => Foreign::Hint("a function is declared without a result type: `function name() { ... }`"),
        "array" | "Array" | "list" | "List" | "ArrayList" | "Set" => {
            Foreign::Hint("a list is an array of its element type, such as `string[]`")
        }
        "map" | "Map" | "HashMap" | "dict" | "Dictionary" | "object" | "Object" => {
            Foreign::Hint("an array has text keys too: `string[] map; map[\"key\"] = \"value\";`")
        }
        "any" | "Any" => Foreign::Hint("every variable has a type; a parameter may be declared without one"),
        "Exception" | "Error" | "Throwable" => {
            Foreign::Hint("`catch {` takes every error, and `lastExceptionMessage()` tells what it was")
        }
        _ => return None,
    })
}
