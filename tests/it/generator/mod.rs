//! Makes well-typed programs that end: loops count with variables nobody else changes, functions call earlier ones
//! only, or themselves with a smaller number.

mod expr;
mod host;
mod stmt;

use std::fmt::Write;

/// Where the choices come from: a seed, or bytes that a fuzzer changes.
pub enum Choices<'a> {
    /// Small, and the same everywhere (splitmix64).
    Seed(u64),
    /// Each choice takes a byte; where they end, it is always the first one, which ends a program soon.
    Bytes(&'a [u8]),
}

impl Choices<'_> {
    pub fn seed(seed: u64) -> Self {
        Self::Seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// Any number of a seed; a byte of bytes.
    pub fn number(&mut self) -> u64 {
        match self {
            Self::Seed(state) => {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = *state;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                z ^ (z >> 31)
            }
            Self::Bytes(bytes) => {
                let Some((first, rest)) = bytes.split_first() else { return 0 };
                *bytes = rest;
                u64::from(*first)
            }
        }
    }

    fn are_over(&self) -> bool {
        matches!(self, Self::Bytes([]))
    }

    /// A number below `count`; of bytes `count` is at most 256.
    pub fn below(&mut self, count: usize) -> usize {
        (self.number() % count as u64) as usize
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// The types of the programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    Int,
    Num,
    Bool,
    Byte,
    Span,
    Day,
    Text,
    Ints,
    Nums,
    Bools,
    Texts,
    Rec,
    Recs,
}

pub const ALL: [Ty; 13] = [
    Ty::Int,
    Ty::Num,
    Ty::Bool,
    Ty::Byte,
    Ty::Span,
    Ty::Day,
    Ty::Text,
    Ty::Ints,
    Ty::Nums,
    Ty::Bools,
    Ty::Texts,
    Ty::Rec,
    Ty::Recs,
];

impl Ty {
    fn name(self) -> &'static str {
        match self {
            Self::Int => "integer",
            Self::Num => "number",
            Self::Bool => "boolean",
            Self::Byte => "byte",
            Self::Span => "interval",
            Self::Day => "date",
            Self::Text => "string",
            Self::Ints => "integer[]",
            Self::Nums => "number[]",
            Self::Bools => "boolean[]",
            Self::Texts => "string[]",
            Self::Rec => "Rec",
            Self::Recs => "Rec[]",
        }
    }

    fn element(self) -> Option<Self> {
        Some(match self {
            Self::Ints => Self::Int,
            Self::Nums => Self::Num,
            Self::Bools => Self::Bool,
            Self::Texts => Self::Text,
            Self::Recs => Self::Rec,
            _ => return None,
        })
    }

    fn arrays_of(self) -> Option<Self> {
        ALL.into_iter().find(|ty| ty.element() == Some(self))
    }
}

/// The fields of the structure that the programs use.
const FIELDS: [(&str, Ty); 4] = [("a", Ty::Int), ("b", Ty::Text), ("c", Ty::Nums), ("d", Ty::Bool)];

#[derive(Clone)]
struct Var {
    name: String,
    ty: Ty,
    /// Declared without type: a parameter that takes anything.
    untyped: bool,
    /// Nothing may change it.
    fixed: bool,
}

#[derive(Clone)]
struct Function {
    name: String,
    params: Vec<(Ty, bool)>,
    /// How many parameters need no argument.
    defaults: usize,
    result: Ty,
    recursive: bool,
}

pub struct Generator<'a> {
    random: Choices<'a>,
    text: String,
    scopes: Vec<Vec<Var>>,
    functions: Vec<Function>,
    fresh: usize,
    indent: usize,
    /// Loops around the place, and statements that may still be made.
    loops: usize,
    room: usize,
    /// The result of the function around the place.
    result: Option<Ty>,
    /// How many calls an expression may still hold.
    calls: usize,
    /// Whether there are statements that need the host.
    host: bool,
}

/// The program that the choices make, of about `size` statements outside of functions.
pub fn program(choices: Choices<'_>, size: usize) -> String {
    made(choices, size, false)
}

/// The same with statements that need the host: webhook, files, issues and persistent variables.
pub fn program_with_host(choices: Choices<'_>, size: usize) -> String {
    made(choices, size, true)
}

fn made(choices: Choices<'_>, size: usize, host: bool) -> String {
    let mut generator = Generator {
        random: choices,
        text: String::new(),
        scopes: vec![Vec::new()],
        functions: Vec::new(),
        fresh: 0,
        indent: 0,
        loops: 0,
        room: size,
        result: None,
        calls: 2,
        host,
    };
    generator.program();
    generator.text
}

impl Generator<'_> {
    fn program(&mut self) {
        self.line("struct Rec { integer a; string b; number[] c; boolean d; }");
        self.line("integer ticks = 0;");
        self.scopes[0].push(Var { name: "ticks".into(), ty: Ty::Int, untyped: false, fixed: true });
        // Early globals, late ones, and ones that are only declared.
        let globals = 2 + self.random.below(5);
        for _ in 0..globals {
            self.declaration();
        }
        // Effects show in which order things happen.
        self.line("function tick(integer n) { ticks++; print(\"tick \" + n); return n; }");
        self.line("function at(integer n) { ticks += 1; if (isNull(n) || n % 3 < 0) { return 0; } return n % 3; }");
        for _ in 0..self.random.below(4) {
            self.function();
        }
        if self.random.one_in(3) && !self.functions.is_empty() {
            // A call before the remaining globals have their values.
            self.calls = 1;
            let function = self.random.pick(&self.functions).clone();
            let call = self.call(&function, 1);
            self.line(&format!("print({call});"));
        }
        while self.room > 0 && !self.random.are_over() {
            self.statement();
        }
        let mut values: Vec<String> = self.scopes[0].iter().map(|var| var.name.clone()).collect();
        values.push("size({1, 2})".into());
        let values = values.join(", ");
        self.line(&format!("return {values};"));
    }

    fn function(&mut self) {
        let result = *self.random.pick(&ALL);
        let recursive = self.random.one_in(3);
        let name = format!("f{}", self.functions.len());
        let mut params = Vec::new();
        let mut head = Vec::new();
        let mut scope = Vec::new();
        if recursive {
            params.push((Ty::Int, false));
            head.push("integer n".to_owned());
            scope.push(Var { name: "n".into(), ty: Ty::Int, untyped: false, fixed: true });
        }
        let count = self.random.below(3);
        let defaults = if recursive { 0 } else { self.random.below(count + 1) };
        for index in 0..count {
            let ty = *self.random.pick(&ALL);
            let untyped = self.random.one_in(5);
            let param = self.name("p");
            let mut text = if untyped { param.clone() } else { format!("{} {param}", ty.name()) };
            if index + defaults >= count {
                self.calls = 1;
                // A default is computed in the global scope.
                let value = self.value(ty, 1);
                write!(text, " = {value}").unwrap();
            }
            params.push((ty, untyped));
            head.push(text);
            scope.push(Var { name: param, ty, untyped, fixed: false });
        }
        let function = Function { name: name.clone(), params, defaults, result, recursive };
        let head = head.join(", ");
        self.open(&format!("function {name}({head}) {{"));
        let globals = self.scopes[0].clone();
        let outer = std::mem::replace(&mut self.scopes, vec![globals, scope, Vec::new()]);
        let outer_result = self.result.replace(result);
        if recursive {
            self.line("if (isNull(n) || n <= 0) {");
            let value = self.simple(result);
            self.line(&format!("    return {value};\n}}"));
        }
        let room = self.room;
        self.room = 1 + self.random.below(5);
        while self.room > 0 {
            self.statement();
        }
        self.room = room;
        if recursive {
            let arguments: Vec<String> = function.params.iter().skip(1).map(|&(ty, _)| self.simple(ty)).collect();
            let mut all = vec!["n - 1".to_owned()];
            all.extend(arguments);
            self.declare(result, &format!("{name}({})", all.join(", ")));
        }
        if !self.random.one_in(6) {
            self.calls = 1;
            let value = self.typed(result, 2);
            self.line(&format!("return {value};"));
        }
        self.scopes = outer;
        self.result = outer_result;
        self.close("}");
        self.functions.push(function);
    }

    fn line(&mut self, text: &str) {
        for line in text.lines() {
            writeln!(self.text, "{}{line}", "    ".repeat(self.indent)).unwrap();
        }
    }

    fn open(&mut self, text: &str) {
        self.line(text);
        self.indent += 1;
    }

    fn close(&mut self, text: &str) {
        self.indent -= 1;
        self.line(text);
    }

    fn name(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }

    /// The variables that a name means here, of a kind.
    fn vars(&self, fits: impl Fn(&Var) -> bool) -> Vec<Var> {
        let mut found: Vec<Var> = Vec::new();
        let mut hidden: Vec<&str> = Vec::new();
        for scope in self.scopes.iter().rev() {
            for var in scope.iter().rev() {
                if !hidden.contains(&var.name.as_str()) {
                    hidden.push(&var.name);
                    if fits(var) {
                        found.push(var.clone());
                    }
                }
            }
        }
        found
    }

    fn pick_var(&mut self, fits: impl Fn(&Var) -> bool) -> Option<Var> {
        let vars = self.vars(fits);
        if vars.is_empty() { None } else { Some(self.random.pick(&vars).clone()) }
    }
}
