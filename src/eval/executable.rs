use super::{Block, Flow, Frame, Globals, PersistentVar, Run, ScopeTable, persist, template};
use crate::{
    call::{Callee, Context},
    source::SourceMap,
    types::{StructTable, Type},
    value::{Array, Fault, Value},
};
use smallvec::SmallVec;
use std::{ops::Range, rc::Rc, sync::Arc};

/// Native stack that is added at once when it runs short, in bytes.
pub(super) const NATIVE_CHUNK: usize = 2 << 20;
/// Native stack that one level of nested nodes may take, in bytes: measured, with a reserve.
const NATIVE_PER_LEVEL: usize = if cfg!(debug_assertions) { 4096 } else { 1024 };
/// Native stack that a routine may take without asking, in bytes.
pub(super) const NATIVE_RESERVE: usize = 128 << 10;

/// What every return of a function yields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FnResult {
    /// Anything.
    Value,
    /// A scalar of this type, never null.
    Scalar(Type),
}

/// A function of the script, or its main program.
pub struct Function {
    /// Its name.
    pub name: Box<str>,
    /// What runs.
    pub body: Block,
    /// Raw slots it needs, windows of its calls included.
    pub scalars: usize,
    /// Value slots it needs, windows of its calls included.
    pub refs: usize,
    /// Raw slots of its parameters.
    pub param_scalars: usize,
    /// Value slots of its parameters.
    pub param_refs: usize,
    /// Levels of depth a call counts for.
    pub weight: u32,
    /// Native stack of its own, without the calls in it, in bytes.
    pub own_native: usize,
}

impl Function {
    /// Puts a function together; `levels` is how deeply its statements and expressions nest.
    pub fn new(name: &str, body: Block, scalars: usize, refs: usize, levels: u16) -> Self {
        // One level more for the call itself.
        let own_native = usize::from(levels).saturating_add(1).saturating_mul(NATIVE_PER_LEVEL);
        Self {
            name: name.into(),
            body,
            scalars,
            refs,
            param_scalars: 0,
            param_refs: 0,
            // Calls alone do not bound the stack: deeply nested functions weigh more.
            weight: u32::from(levels / 32).saturating_add(1),
            own_native,
        }
    }

    /// Native stack a call needs, in bytes: its own and a reserve.
    pub(super) fn native(&self) -> usize {
        self.own_native.saturating_add(NATIVE_RESERVE)
    }
}

/// The text constants of a program, behind each other: none has an allocation of its own.
#[derive(Default)]
pub struct Constants {
    text: String,
    places: Vec<Range<usize>>,
}

impl Constants {
    /// Adds a text and gives its number.
    pub fn push(&mut self, text: &str) -> u32 {
        // Invariant: a program has fewer texts than its source has bytes, and those are counted in u32.
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        let start = self.text.len();
        self.text.push_str(text);
        self.places.push(start..self.text.len());
        number
    }

    /// A text; empty for a number that was not given.
    pub fn get(&self, number: usize) -> &str {
        self.places.get(number).and_then(|place| self.text.get(place.clone())).unwrap_or("")
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }
}

/// A program that runs: plain data, shared by all its runs.
pub struct Executable {
    /// The main program.
    pub main: Function,
    /// Functions, by the tree's ids; default values of parameters behind them.
    pub functions: Vec<Function>,
    /// Routines that the program calls.
    pub callees: Vec<Callee>,
    /// Text constants.
    pub texts: Constants,
    /// Raw slots of the globals.
    pub global_scalars: usize,
    /// Value slots of the globals, with what they hold at first.
    pub global_refs: Vec<Type>,
    /// For each `%name%` the scope it stands in, and how many of its variables are declared by then.
    pub sites: Vec<(u32, u32)>,
    /// The scopes of the `%name%` sites.
    pub scopes: Vec<ScopeTable>,
    /// Persistent variables.
    pub persistent: Vec<PersistentVar>,
    /// Whether the program reads its arguments.
    pub uses_argv: bool,
    /// All structures.
    pub structs: Arc<StructTable>,
    /// All texts of the program.
    pub sources: Arc<SourceMap>,
}

impl Executable {
    /// A fault with its place, in the documented form of L-81.
    pub fn positioned(&self, fault: &Fault) -> String {
        let message = fault.message();
        match fault.span().and_then(|span| self.sources.place(span)) {
            Some(place) => format!("[SIL Error on line: {}, column: {}] {message}", place.line, place.column),
            None => message.to_owned(),
        }
    }
}

/// How a run ended.
pub struct Finished<'h> {
    /// What the main program returned.
    pub returned: Vec<Value>,
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
    /// Host, budget and log.
    pub cx: Context<'h>,
}

/// Runs a program. Total: whatever goes wrong is in [`Finished::fault`].
pub fn run<'h>(exe: &'h Executable, mut cx: Context<'h>) -> Finished<'h> {
    let argv = match argv(exe, &mut cx) {
        Ok(argv) => argv,
        Err(fault) => return Finished { returned: Vec::new(), fault: Some(fault), cx },
    };
    let mut run = Run {
        cx,
        exe,
        globals: Globals {
            scalars: vec![0; exe.global_scalars],
            refs: exe.global_refs.iter().map(|&ty| Value::default_of(ty)).collect(),
        },
        ret: 0,
        ret_value: Value::Null,
        returned: Vec::new(),
        fault: None,
        argv,
        texts: vec![Value::Null; exe.texts.len()],
        persistent: Vec::new(),
        spare: Vec::new(),
        scratch: String::new(),
        native: 0,
    };
    // Room for the main program and a few calls of small functions.
    let mut scalars = SmallVec::<[u64; 64]>::from_elem(0, exe.main.scalars.saturating_add(32));
    let mut refs = SmallVec::<[Value; 32]>::from_elem(Value::Null, exe.main.refs.saturating_add(16));
    let native = exe.main.native();
    let mut frame = Frame { scalars: &mut scalars, refs: &mut refs, run: &mut run };
    let fault = stacker::maybe_grow(native, NATIVE_CHUNK.max(native), || {
        frame.run.native = stacker::remaining_stack().unwrap_or(0).saturating_sub(exe.main.own_native);
        match exe.main.body.run(&mut frame) {
            Flow::Fail => Some(frame.run.take_fault()),
            _ => persist::save(&mut frame).err(),
        }
    });
    template::hand_back(&mut frame);
    Finished { returned: if fault.is_some() { Vec::new() } else { run.returned }, fault, cx: run.cx }
}

fn argv(exe: &Executable, cx: &mut Context<'_>) -> Result<Value, Fault> {
    if !exe.uses_argv {
        return Ok(Value::Null);
    }
    let mut argv = Array::new(Type::STRING);
    let arguments = match cx.arguments.take() {
        Some(arguments) => arguments,
        None => cx.host.arguments(),
    };
    for (key, text) in arguments {
        cx.budget.text_size(text.len())?;
        argv.push_keyed(key.as_deref(), Value::text(&text), &cx.budget)?;
    }
    Ok(Value::Array(Rc::new(argv)))
}
