//! The types of SIL: scalars, arrays, structures, and the tables that say what converts to what and what an
//! operator yields.
//!
//! This room knows types only: no values, no syntax. [`Type`] is `Copy`, so it is passed around freely.

mod conversion;
mod operators;
mod structs;

pub use conversion::{Convertible, convertible};
pub use operators::{BinaryOp, LeftOperand, UnaryOp, binary_type, unary_type};
pub use structs::{FieldDef, Origin, StructDef, StructId, StructTable, predefined};

/// What a type is without its array brackets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Base {
    /// Known only at run time: results of user functions, issue fields, `%name%` (L-31).
    Dynamic,
    /// Text.
    String,
    /// 64-bit floating point.
    Number,
    /// Signed 64 bit.
    Integer,
    /// Signed 8 bit.
    Byte,
    /// True or false.
    Boolean,
    /// A point in time with the zone it is shown in.
    Date,
    /// A signed length of time in milliseconds.
    Interval,
    /// A structure, by its place in the [`StructTable`].
    Struct(StructId),
}

impl Base {
    /// The word of the language; dynamic values have none, and structures have names.
    pub const fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Byte => "byte",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Interval => "interval",
            Self::Dynamic | Self::Struct(_) => return None,
        })
    }
}

/// A SIL type: a base and the number of array brackets behind it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Type {
    /// The innermost element type.
    pub base: Base,
    /// How many `[]` follow.
    pub dims: u8,
}

impl Type {
    /// Known only at run time.
    pub const DYNAMIC: Self = Self::scalar(Base::Dynamic);
    /// `string`
    pub const STRING: Self = Self::scalar(Base::String);
    /// `number`
    pub const NUMBER: Self = Self::scalar(Base::Number);
    /// `integer`
    pub const INTEGER: Self = Self::scalar(Base::Integer);
    /// `byte`
    pub const BYTE: Self = Self::scalar(Base::Byte);
    /// `boolean`
    pub const BOOLEAN: Self = Self::scalar(Base::Boolean);
    /// `date`
    pub const DATE: Self = Self::scalar(Base::Date);
    /// `interval`
    pub const INTERVAL: Self = Self::scalar(Base::Interval);
    /// `string[]`
    pub const STRINGS: Self = Self { base: Base::String, dims: 1 };

    /// A type without brackets.
    pub const fn scalar(base: Base) -> Self {
        Self { base, dims: 0 }
    }

    /// A structure type.
    pub const fn structure(id: StructId) -> Self {
        Self::scalar(Base::Struct(id))
    }

    /// `self[]`.
    pub const fn array(self) -> Self {
        Self { base: self.base, dims: self.dims.saturating_add(1) }
    }

    /// The element type of an array; `DYNAMIC` for everything else.
    pub const fn element(self) -> Self {
        match self.dims {
            0 => Self::DYNAMIC,
            dims => Self { base: self.base, dims: dims.saturating_sub(1) },
        }
    }

    /// Whether nothing is known before run time.
    pub const fn is_dynamic(self) -> bool {
        matches!(self, Self { base: Base::Dynamic, dims: 0 })
    }

    /// Whether it has brackets.
    pub const fn is_array(self) -> bool {
        self.dims > 0
    }

    /// The structure, if it is one (not an array of one).
    pub const fn as_struct(self) -> Option<StructId> {
        match self {
            Self { base: Base::Struct(id), dims: 0 } => Some(id),
            _ => None,
        }
    }

    /// `number`, `integer` or `byte`.
    pub const fn is_numeric(self) -> bool {
        self.dims == 0 && matches!(self.base, Base::Number | Base::Integer | Base::Byte)
    }

    /// The type as a SIL author writes it; a dynamic one is `any`.
    pub fn display(self, structs: &StructTable) -> String {
        let mut text = match self.base {
            Base::Struct(id) => structs.get(id).map_or("structure", |def| def.name()),
            base => base.word().unwrap_or("any"),
        }
        .to_owned();
        for _ in 0..self.dims {
            text.push_str("[]");
        }
        text
    }

    /// The scalar type a keyword names (L-6).
    pub fn from_keyword(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::STRING,
            "number" | "real" | "double" | "float" => Self::NUMBER,
            "integer" | "int" => Self::INTEGER,
            "byte" => Self::BYTE,
            "boolean" => Self::BOOLEAN,
            "date" => Self::DATE,
            "interval" => Self::INTERVAL,
            _ => return None,
        })
    }

    /// Reads a type as written in a signature: a keyword, `any`, or a structure of the table, with brackets.
    pub fn parse(text: &str, structs: &StructTable) -> Option<Self> {
        let mut text = text.trim();
        let mut dims = 0u8;
        while let Some(rest) = text.strip_suffix("[]") {
            text = rest.trim_end();
            dims = dims.checked_add(1)?;
        }
        let base = match text {
            "any" => Self::DYNAMIC,
            word => match Self::from_keyword(word) {
                Some(ty) => ty,
                None => Self::structure(structs.find(word)?),
            },
        };
        Some(Self { base: base.base, dims })
    }
}
