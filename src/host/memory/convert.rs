//! Conversion of what a script writes to the type of the field, by the rules of the language (section 4).

use crate::{
    host::HostError,
    limits::{Budget, Limits},
    types::{StructTable, Type},
    value::{ConvCx, Data, Fault, Zone, convert as convert_value},
};

/// How much of a value an error shows, in characters.
const SHOWN: usize = 40;

/// A value does not convert to a type.
#[derive(Debug)]
pub(super) struct Mismatch {
    value: String,
    target: String,
}

impl Mismatch {
    fn new(value: &Data, target: Type, zone: &Zone) -> Self {
        let mut value = value.to_text_in(zone);
        if let Some((end, _)) = value.char_indices().nth(SHOWN) {
            value.truncate(end);
            value.push_str("...");
        }
        Self { value, target: target.display(&StructTable::default()) }
    }

    pub(super) fn for_field(self, field: &str) -> HostError {
        let Self { value, target } = self;
        HostError::new(format!("cannot convert `{value}` to {target} for the field `{field}`"))
    }
}

/// The type of a field whose first value is this one.
pub(super) fn type_of(value: &Data) -> Type {
    match value {
        Data::Boolean(_) => Type::BOOLEAN,
        Data::Integer(_) | Data::Number(_) | Data::Byte(_) => Type::NUMBER,
        Data::Date(_) => Type::DATE,
        Data::Interval(_) => Type::INTERVAL,
        Data::Text(_) => Type::STRING,
        Data::Array(_) => Type::STRINGS,
        _ => Type::DYNAMIC,
    }
}

/// A value as a field of type `target` holds it; dates without zone are in `zone`.
pub(super) fn convert(value: &Data, target: Type, zone: &Zone) -> Result<Data, Mismatch> {
    if target.is_dynamic() {
        return Ok(value.clone());
    }
    // The value has passed the limits of its run; here it can only become as large as its text.
    let limits = Limits::default().fuel(u64::MAX).memory(usize::MAX).string_size(usize::MAX).timeout(None);
    let mut budget = Budget::new(&limits);
    let structs = StructTable::default();
    let mut cx = ConvCx { structs: &structs, zone, budget: &mut budget };
    let mut converted = || -> Result<Data, Fault> {
        let inside = value.to_value(&mut cx)?;
        Data::from_value(&convert_value(inside, target, &mut cx)?, &mut cx)
    };
    converted().map_err(|_| Mismatch::new(value, target, zone))
}
