//! What the tests of this room share.

use super::{Array, ConvCx, Date, Value, Zone, parse_interval, to_text};
use crate::{
    limits::{Budget, Limits},
    types::{FieldDef, Origin, StructDef, StructTable, Type},
};
use std::rc::Rc;

/// Structures `Pt { integer x; integer y; }`, `Fruit { string kind; number kg; string[] bins; }` and
/// `Node { integer value; Node next; Pt[] points; }`.
pub(super) fn structs() -> StructTable {
    let mut table = StructTable::new();
    table.add(StructDef::new("Pt", Origin::Script).with("x", Type::INTEGER).with("y", Type::INTEGER));
    table.add(
        StructDef::new("Fruit", Origin::Script)
            .with("kind", Type::STRING)
            .with("kg", Type::NUMBER)
            .with("bins", Type::STRINGS),
    );
    let node = table.add(StructDef::new("Node", Origin::Script));
    let points = Type::structure(table.find("Pt").unwrap()).array();
    let field = |name: &str, ty| FieldDef { name: name.into(), ty };
    let fields = vec![field("value", Type::INTEGER), field("next", Type::structure(node)), field("points", points)];
    table.set_fields(node, fields);
    table
}

/// Runs a test with the structures above, in UTC, with default limits.
pub(super) fn run<R>(test: impl FnOnce(&mut ConvCx<'_>) -> R) -> R {
    run_with(&Limits::default(), test)
}

/// Runs a test with other limits.
pub(super) fn run_with<R>(limits: &Limits, test: impl FnOnce(&mut ConvCx<'_>) -> R) -> R {
    let structs = structs();
    let zone = Zone::utc();
    let mut budget = Budget::new(limits);
    test(&mut ConvCx { structs: &structs, zone: &zone, budget: &mut budget })
}

/// The type of a name.
pub(super) fn ty(name: &str) -> Type {
    Type::parse(name, &structs()).unwrap()
}

pub(super) fn t(text: &str) -> Value {
    Value::text(text)
}

pub(super) fn d(text: &str) -> Value {
    Value::Date(Date::parse(text, &Zone::utc()).unwrap())
}

pub(super) fn iv(text: &str) -> Value {
    Value::Interval(parse_interval(text).unwrap())
}

pub(super) fn arr(element: Type, values: impl IntoIterator<Item = Value>) -> Value {
    let budget = Budget::new(&Limits::default());
    Value::Array(Rc::new(Array::from_values(element, values, &budget).unwrap()))
}

pub(super) fn ints(values: impl IntoIterator<Item = i64>) -> Value {
    arr(Type::INTEGER, values.into_iter().map(Value::Int))
}

pub(super) fn nums(values: impl IntoIterator<Item = f64>) -> Value {
    arr(Type::NUMBER, values.into_iter().map(Value::Num))
}

pub(super) fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> Value {
    arr(Type::STRING, values.into_iter().map(t))
}

/// Type and text of a value: `integer 5`, `null`.
pub(super) fn show(value: &Value, cx: &mut ConvCx<'_>) -> String {
    if value.is_absent() {
        return "null".to_owned();
    }
    let text = to_text(value, cx).unwrap();
    format!("{} {}", value.type_of().display(cx.structs), text.as_str().unwrap())
}

/// Whether a place of a type can hold the value.
pub(super) fn fits(value: &Value, ty: Type) -> bool {
    match value {
        _ if ty.is_dynamic() => true,
        Value::Null => !ty.is_array(),
        Value::Array(array) => {
            ty.is_array()
                && (array.element_type() == ty.element() || ty.element().is_dynamic())
                && array.iter().all(|item| fits(&item, ty.element()))
        }
        value => value.type_of() == ty,
    }
}

/// Values of every type, the borders among them.
pub(super) fn samples() -> Vec<Value> {
    let structs = structs();
    let pt = structs.find("Pt").unwrap();
    let record =
        |fields: [Value; 2]| Value::Struct(Rc::new(super::Record::from_fields(pt, fields.into_iter().collect())));
    let mut samples = vec![
        Value::Bool(true),
        Value::Bool(false),
        d("2024-02-29"),
        d("0001-01-01"),
        d("9999-12-31T23:59:59.999"),
        record([Value::Int(3), Value::Int(4)]),
        record([Value::Null, Value::Null]),
    ];
    samples.extend([0, 1, 7, -1, i64::MAX, i64::MIN].map(Value::Int));
    samples.extend([0.0, -0.0, 2.5, 1e300, f64::NAN, f64::INFINITY].map(Value::Num));
    samples.extend([0, 1, -128].map(Value::Byte));
    samples.extend([0, 90_000, i64::MAX, i64::MIN].map(Value::Interval));
    samples.extend(["", " ", "abc", "5", "2.5", "1w 2d", "2024-02-29", "true", "5|6", "{\"x\":1}", "[]"].map(t));
    samples.extend([ints([]), ints([1, 2]), nums([2.5]), nums([]), texts([]), texts(["a", "b"]), texts(["5"])]);
    samples.extend([
        arr(Type::INTEGER, [Value::Null, Value::Int(2)]),
        arr(Type::BYTE, [Value::Byte(1)]),
        arr(Type::BOOLEAN, [Value::Bool(true)]),
        arr(Type::STRINGS, [texts(["a"]), texts([])]),
        arr(Type::INTERVAL, [iv("1h")]),
        arr(Type::structure(pt), [record([Value::Int(1), Value::Int(2)])]),
        arr(Type::DYNAMIC, [Value::Int(1), t("x"), ints([1])]),
    ]);
    samples
}

/// The types that declared variables of the samples have.
pub(super) fn declared() -> Vec<Type> {
    [
        "string",
        "number",
        "integer",
        "byte",
        "boolean",
        "date",
        "interval",
        "Pt",
        "string[]",
        "number[]",
        "integer[]",
        "byte[]",
        "boolean[]",
        "string[][]",
        "interval[]",
        "Pt[]",
    ]
    .map(ty)
    .to_vec()
}
