//! A second evaluator, as plain as can be: it walks the tree, looks names up in maps, and computes on values only. It
//! shares the operations on values with the crate, and nothing of its lowering and running.

mod expr;
mod host;
mod place;
mod stmt;

use sil::{
    Data, Diagnostics, Engine, ErrorKind, Host, Limits, SourceLimits, Zone,
    check::{CheckConfig, Facts, check},
    limits::Budget,
    source::SourceMap,
    syntax::{
        ast::{Ast, DeclId, Item, Stmt, Sym, TypeName, TypeRef},
        parse_file,
    },
    types::{StructTable, Type},
    value::{self, ConvCx, Fault, FaultKind, Value},
};
use std::collections::HashMap;

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    pub log: Vec<String>,
    /// What the script caught that it had not thrown.
    pub caught: Vec<String>,
    /// Some function gave null. Nothing is known of the type of what functions give.
    pub null_result: bool,
    pub end: End,
}

/// How it ended.
#[derive(Debug)]
pub enum End {
    Returned(Vec<Data>),
    Thrown(String),
    /// What failed, and what it said.
    Failed(ErrorKind, String),
    /// It took more time or room than the reference is patient for.
    TooLong,
}

struct Variable {
    ty: Type,
    value: Value,
}

enum Flow {
    Next,
    Break,
    Continue,
    Return(Vec<Value>),
}

struct Reference<'a> {
    ast: &'a Ast,
    facts: &'a Facts,
    zone: Zone,
    budget: Budget,
    log: Vec<String>,
    caught: Vec<String>,
    /// The first is that of the globals.
    scopes: Vec<HashMap<Sym, Variable>>,
    /// Where the scopes of the running function begin.
    own: usize,
    steps: u32,
    host: &'a mut dyn Host,
    /// The persistent variables that were reached.
    kept: Vec<Sym>,
    null_result: bool,
}

const PATIENCE: u32 = 60_000;

/// Runs a program that compiles.
pub fn run(engine: &Engine, source: &str, host: &mut dyn Host) -> Ran {
    let mut sources = SourceMap::new();
    let file = sources.add("case.sil", source).unwrap();
    let mut ast = Ast::new();
    let mut diagnostics = Diagnostics::new();
    ast.items = parse_file(&sources, file, &SourceLimits::default(), &mut ast, &mut diagnostics);
    let structs = std::sync::Arc::new(StructTable::new());
    let config = CheckConfig { signatures: engine.signatures(), structs: &structs, field_names: None };
    let facts = check(&ast, &config, &mut diagnostics);
    let mut reference = Reference {
        ast: &ast,
        facts: &facts,
        zone: engine.time_zone().clone(),
        budget: Budget::new(&Limits::default().array_size(2_000).string_size(100_000)),
        log: Vec::new(),
        caught: Vec::new(),
        scopes: vec![HashMap::new()],
        own: 0,
        steps: 0,
        host,
        kept: Vec::new(),
        null_result: false,
    };
    let end = match reference.program() {
        Ok(values) => End::Returned(values),
        Err(fault) => match fault.kind() {
            FaultKind::Thrown(..) => End::Thrown(fault.message().to_owned()),
            FaultKind::Limit(_) => End::TooLong,
            FaultKind::Internal if fault.message() == "patience" => End::TooLong,
            FaultKind::Host => End::Failed(ErrorKind::Host, fault.message().to_owned()),
            FaultKind::Routine => End::Failed(ErrorKind::Routine, fault.message().to_owned()),
            _ => End::Failed(ErrorKind::Script, fault.message().to_owned()),
        },
    };
    Ran { log: reference.log, caught: reference.caught, null_result: reference.null_result, end }
}

impl Reference<'_> {
    fn program(&mut self) -> Result<Vec<Data>, Fault> {
        let items: Vec<_> = self.ast.items.clone();
        // A function that runs earlier sees the variables unset.
        for item in &items {
            if let Item::Stmt(stmt) = item
                && let Stmt::Var(decls) = self.ast.stmt(*stmt)
            {
                for decl in self.ast.decl_ids(decls) {
                    self.declare(decl, None)?;
                }
            }
        }
        for item in items {
            let Item::Stmt(stmt) = item else { continue };
            if let Flow::Return(values) = self.stmt(stmt)? {
                self.save()?;
                let flat = value::flatten(values, &mut self.cx())?;
                return flat.iter().map(|value| Data::from_value(value, &mut self.cx())).collect();
            }
        }
        self.save()?;
        Ok(Vec::new())
    }

    fn cx(&mut self) -> ConvCx<'_> {
        ConvCx { structs: &self.facts.structs, zone: &self.zone, budget: &mut self.budget }
    }

    fn tick(&mut self) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps > PATIENCE { Err(Fault::internal("patience")) } else { Ok(()) }
    }

    fn type_named(&self, ty: TypeRef) -> Type {
        let base = match ty.name {
            TypeName::Keyword(ty) => ty,
            TypeName::Named(name) => Type::structure(self.facts.structs.find(self.ast.name(name)).unwrap()),
            TypeName::None => Type::DYNAMIC,
        };
        Type { base: base.base, dims: ty.dims }
    }

    /// Makes a variable in the innermost scope.
    fn declare(&mut self, decl: DeclId, value: Option<Value>) -> Result<(), Fault> {
        let decl = *self.ast.decl(decl).unwrap();
        let ty = self.type_named(decl.ty);
        let value = match value {
            Some(value) => value::convert(value, ty, &mut self.cx())?,
            None => Value::default_of(ty),
        };
        self.scopes.last_mut().unwrap().insert(decl.name, Variable { ty, value });
        Ok(())
    }

    fn variable(&mut self, name: Sym) -> &mut Variable {
        let own = self.own;
        let at = (own..self.scopes.len()).rev().find(|&at| self.scopes[at].contains_key(&name)).unwrap_or(0);
        let text = self.ast.name(name);
        self.scopes[at].get_mut(&name).unwrap_or_else(|| panic!("no variable `{text}`"))
    }

    /// Runs something in a scope of its own.
    fn scoped<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        let depth = self.scopes.len();
        self.scopes.push(HashMap::new());
        let result = run(self);
        self.scopes.truncate(depth);
        result
    }

    /// Runs something that sees the globals only.
    fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        let own = std::mem::replace(&mut self.own, self.scopes.len());
        let result = self.scoped(run);
        self.own = own;
        result
    }
}
