//! Between texts and values of all types.

use crate::texts;
use sil::{
    Data, Limits, Zone,
    limits::Budget,
    types::{Origin, StructDef, StructTable, Type},
    value::{self, ConvCx, Date, Fault, FaultKind, JsonStyle, Value},
};
use std::sync::LazyLock;

const SCALARS: [Type; 7] =
    [Type::STRING, Type::NUMBER, Type::INTEGER, Type::BYTE, Type::BOOLEAN, Type::DATE, Type::INTERVAL];

static STRUCTS: LazyLock<StructTable> = LazyLock::new(|| {
    let mut structs = StructTable::new();
    let names = ["s", "n", "i", "b", "f", "d", "t"];
    let fields = names.iter().zip(SCALARS);
    let row = fields.fold(StructDef::new("Row", Origin::Script), |row, (name, ty)| row.with(name, ty));
    structs.add(row.with("list", Type::NUMBER.array()));
    structs
});

fn types() -> impl Iterator<Item = Type> {
    let row = Type::structure(STRUCTS.find("Row").expect("it was added"));
    SCALARS.into_iter().chain([row]).flat_map(|ty| [ty, ty.array()])
}

/// What a text means as a value survives the way to text or JSON and back; no conversion fails in another way than
/// with a message.
pub fn conversions(data: &[u8]) {
    let [text] = texts(data);
    let zone = Zone::named("America/New_York").expect("it is known");
    let mut budget = Budget::new(&Limits::default().memory(16 << 20));
    let mut cx = ConvCx { structs: &STRUCTS, zone: &zone, budget: &mut budget };
    for ty in types() {
        if let Some(value) = fair(value::convert(Value::text(&text), ty, &mut cx)) {
            // Structures are written flat, and then read by position.
            if SCALARS.contains(&ty) || SCALARS.contains(&ty.element()) {
                returns(&value, ty, &mut cx);
            } else {
                returns_from_json(&value, ty, &mut cx);
            }
            for other in types() {
                if let Some(other) = fair(value::convert(value.clone(), other, &mut cx)) {
                    fair(Data::from_value(&other, &mut cx));
                }
            }
        }
        if let Some(value) = fair(value::from_json(&text, ty, &mut cx)) {
            returns_from_json(&value, ty, &mut cx);
        }
    }
}

fn fair<T>(result: Result<T, Fault>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(fault) => {
            assert!(!matches!(fault.kind(), FaultKind::Internal), "{}", fault.message());
            None
        }
    }
}

fn text_of(value: &Value, cx: &mut ConvCx<'_>) -> Option<String> {
    let mut text = String::new();
    fair(value::write_text(value, &mut text, cx)).map(|()| text)
}

fn returns(value: &Value, ty: Type, cx: &mut ConvCx<'_>) {
    let Some(text) = text_of(value, cx) else { return };
    // Infinity has a word, which is no number again (L-41, L-42).
    if text.contains("Infinity") {
        return;
    }
    let again = value::convert(Value::text(&text), ty, cx).unwrap_or_else(|fault| {
        panic!("{value:?} is written as {text:?}, which is not read: {}", fault.message());
    });
    assert_eq!(text_of(&again, cx), Some(text), "from {value:?}");
    match (value, &again) {
        // Minus zero is written as zero (L-42).
        (Value::Num(one), Value::Num(two)) => assert!(one == two || one.is_nan(), "{one:?} {two:?}"),
        (Value::Int(_) | Value::Byte(_) | Value::Bool(_), _) => assert_eq!(format!("{value:?}"), format!("{again:?}")),
        _ => {}
    }
    let data = fair(Data::from_value(value, cx)).expect("a value of a text is flat");
    let back = fair(data.to_value(cx)).expect("what came out goes in");
    assert_eq!(fair(Data::from_value(&back, cx)), Some(data));
    returns_from_json(value, ty, cx);
}

fn returns_from_json(value: &Value, ty: Type, cx: &mut ConvCx<'_>) {
    let mut json = String::new();
    let Some(()) = fair(value::to_json(value, &mut json, JsonStyle::default(), cx)) else { return };
    let again = value::from_json(&json, ty, cx).unwrap_or_else(|fault| {
        panic!("{value:?} is written as {json}, which is not read: {}", fault.message());
    });
    let mut twice = String::new();
    value::to_json(&again, &mut twice, JsonStyle::default(), cx).expect("it was written before");
    // Offsets had seconds until 1972, which their text leaves out.
    let is_old = |date: Date| date.civil(cx.zone).year < 1973;
    let is_exempt = match value {
        Value::Date(date) => is_old(*date),
        Value::Array(_) | Value::Struct(_) => format!("{value:?}").contains("Date("),
        _ => false,
    };
    assert!(is_exempt || json == twice, "{json} {twice} from {value:?}");
}
