//! What is known of routines before a script runs: names, packages, parameters, types, documentation.
//!
//! The checker reads this table, the documentation prints it, and the evaluator calls through it. This room knows
//! no functions.

mod catalogue;
mod table;

pub use catalogue::{Entry, catalogue};
pub use table::{SigId, Signatures};

use crate::types::{StructTable, Type};
use std::borrow::Cow;

/// The routine that runs a template, which sees every variable of the script.
pub const EXECUTE_TEMPLATE: &str = "executeTemplate";
/// The routine that a program made of a template begins with; there the variables of the script come in.
pub const TEMPLATE_INIT: &str = "_stl__init";

/// Which part of the catalogue a routine belongs to. Arity and types are checked strictly for `Core`, `System`,
/// `Http` and `Embedder`, with warnings for the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Family {
    /// Needs nothing but the language.
    Core,
    /// Needs files, clock, processes.
    System,
    /// Needs an HTTP client.
    Http,
    /// Needs Jira.
    Jira,
    /// Needs something else.
    Other,
    /// Registered by the embedder.
    Embedder,
}

impl Family {
    /// Whether a wrong call is an error rather than a warning.
    pub const fn is_strict(self) -> bool {
        matches!(self, Self::Core | Self::System | Self::Http | Self::Embedder)
    }
}

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamType {
    /// Any value, as it is.
    Any,
    /// Any array.
    AnyArray,
    /// Converted to this type.
    Is(Type),
}

impl ParamType {
    /// As a SIL author writes it.
    pub fn display(self, structs: &StructTable) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::AnyArray => "array".to_owned(),
            Self::Is(ty) => ty.display(structs),
        }
    }
}

/// A parameter of a routine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it takes.
    pub ty: ParamType,
    /// Whether it may be left out.
    pub optional: bool,
}

/// What a routine gives back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Returns {
    /// Nothing: null.
    Nothing,
    /// A value of this type; `DYNAMIC` when it depends.
    Is(Type),
    /// A value of this type, never null.
    NeverNull(Type),
    /// Depends on the receiver (L-46); text or whatever without one.
    Receiver,
    /// The type of the first argument.
    LikeFirst,
    /// The element type of the first argument.
    ElementOfFirst,
}

impl Returns {
    /// As a SIL author reads it.
    pub fn display(self, structs: &StructTable) -> String {
        match self {
            Self::Nothing => "none".to_owned(),
            Self::Is(ty) | Self::NeverNull(ty) => ty.display(structs),
            Self::Receiver => "the type of its receiver".to_owned(),
            Self::LikeFirst => "the type of its first argument".to_owned(),
            Self::ElementOfFirst => "an element of its first argument".to_owned(),
        }
    }

    /// The static type when the arguments have these types and the receiver expects `expected`.
    pub fn ty(self, first: Option<Type>, expected: Type) -> Type {
        match self {
            Self::Nothing => Type::DYNAMIC,
            Self::Is(ty) | Self::NeverNull(ty) => ty,
            Self::Receiver => expected,
            Self::LikeFirst => first.filter(|ty| ty.is_array()).unwrap_or(Type::DYNAMIC),
            Self::ElementOfFirst => first.map_or(Type::DYNAMIC, Type::element),
        }
    }
}

/// A documented call and the text it gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Statements; the last line may be an expression whose text is the output.
    pub script: &'static str,
    /// What is returned or printed, as text.
    pub output: &'static str,
}

/// A routine as the checker and the documentation see it.
#[derive(Clone, PartialEq, Debug)]
pub struct Signature {
    /// Long name.
    pub name: Cow<'static, str>,
    /// Other long names.
    pub aliases: Vec<Cow<'static, str>>,
    /// Package of the short name.
    pub package: Option<Cow<'static, str>>,
    /// Name after `use "package";`.
    pub short: Option<Cow<'static, str>>,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// Further arguments are taken, of the type of the last parameter.
    pub variadic: bool,
    /// What it gives back.
    pub returns: Returns,
    /// Where it belongs.
    pub family: Family,
    /// What it does.
    pub doc: Cow<'static, str>,
    /// A call that is run as a test.
    pub example: Option<Example>,
    /// The parameters are not known for sure: wrong calls are warnings.
    pub uncertain: bool,
}

impl Signature {
    /// A routine without parameters that returns nothing.
    pub fn new(name: impl Into<Cow<'static, str>>, family: Family) -> Self {
        Self {
            name: name.into(),
            aliases: Vec::new(),
            package: None,
            short: None,
            params: Vec::new(),
            variadic: false,
            returns: Returns::Nothing,
            family,
            doc: Cow::Borrowed(""),
            example: None,
            uncertain: false,
        }
    }

    /// Adds another long name.
    #[must_use]
    pub fn alias(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.aliases.push(name.into());
        self
    }

    /// Sets package and short name (L-22).
    #[must_use]
    pub fn package(mut self, package: impl Into<Cow<'static, str>>, short: impl Into<Cow<'static, str>>) -> Self {
        self.package = Some(package.into());
        self.short = Some(short.into());
        self
    }

    /// Adds a parameter of a type.
    #[must_use]
    pub fn param(self, name: impl Into<Cow<'static, str>>, ty: Type) -> Self {
        let ty = if ty.is_dynamic() { ParamType::Any } else { ParamType::Is(ty) };
        self.param_of(name, ty, false)
    }

    /// Adds a parameter of a type that may be left out.
    #[must_use]
    pub fn optional(self, name: impl Into<Cow<'static, str>>, ty: Type) -> Self {
        let ty = if ty.is_dynamic() { ParamType::Any } else { ParamType::Is(ty) };
        self.param_of(name, ty, true)
    }

    /// Adds a parameter.
    #[must_use]
    pub fn param_of(mut self, name: impl Into<Cow<'static, str>>, ty: ParamType, optional: bool) -> Self {
        self.params.push(Param { name: name.into(), ty, optional });
        self
    }

    /// Takes further arguments like the last parameter.
    #[must_use]
    pub fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    /// Sets what it gives back.
    #[must_use]
    pub fn returns(mut self, returns: Returns) -> Self {
        self.returns = returns;
        self
    }

    /// Sets the documentation.
    #[must_use]
    pub fn doc(mut self, doc: impl Into<Cow<'static, str>>) -> Self {
        self.doc = doc.into();
        self
    }

    /// Sets the example.
    #[must_use]
    pub fn example(mut self, script: &'static str, output: &'static str) -> Self {
        self.example = Some(Example { script, output });
        self
    }

    /// How it is called: `name(type a, [type b])`.
    pub fn usage(&self, structs: &StructTable) -> String {
        let mut text = format!("{}(", self.name);
        for (index, param) in self.params.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            let shown = format!("{} {}", param.ty.display(structs), param.name);
            text.push_str(&if param.optional { format!("[{shown}]") } else { shown });
        }
        text.push_str(if self.variadic { ", ...)" } else { ")" });
        text
    }

    /// Least and most numbers of arguments; `None` for no upper end.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let least = self.params.iter().filter(|param| !param.optional).count();
        (least, (!self.variadic).then_some(self.params.len()))
    }

    /// Whether wrong calls are errors.
    pub fn is_strict(&self) -> bool {
        self.family.is_strict() && !self.uncertain
    }
}
