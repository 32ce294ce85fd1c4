use super::{ConvCx, Fault, Text, Value, convert, convert::article, cow};
use crate::types::{StructId, Type};

/// A field by position; on an array the field of its first element (L-105), on null null (L-132).
pub fn field_get(base: &Value, place: usize) -> Value {
    match base {
        Value::Struct(record) => record.get(place).cloned().unwrap_or_default(),
        Value::Array(array) => match array.value_ref(0) {
            Some(Value::Struct(record)) => record.get(place).cloned().unwrap_or_default(),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

/// Takes a field out by position to change it in place. Put it back with [`field_put`].
///
/// # Errors
/// The base is no structure, or a limit.
pub fn field_take(base: &mut Value, place: usize, cx: &mut ConvCx<'_>) -> Result<Value, Fault> {
    match base {
        Value::Struct(record) => Ok(cow::record(record, cx)?.take(place)),
        other => Err(no_fields(other, cx)),
    }
}

/// Writes a field by position, converted to its type.
///
/// # Errors
/// The value does not convert, the base is no structure, or a limit.
pub fn field_put(base: &mut Value, place: usize, value: Value, cx: &mut ConvCx<'_>) -> Result<(), Fault> {
    match base {
        Value::Struct(record) => {
            let ty = cx.structs.fields(record.id()).get(place).map_or(Type::DYNAMIC, |field| field.ty);
            let value = convert(value, ty, cx)?;
            cow::record(record, cx)?.set(place, value, cx.budget)?;
            Ok(())
        }
        other => Err(no_fields(other, cx)),
    }
}

#[cold]
fn no_fields(base: &Value, cx: &ConvCx<'_>) -> Fault {
    Fault::error(format!("{} has no fields", article(&base.type_of().display(cx.structs))))
}

/// What a member name found.
#[derive(Clone, Debug)]
pub enum MemberResult {
    /// The value of the field.
    Value(Value),
    /// The base is a text: the key of an issue, whose field is meant (L-122).
    IssueKey(Text),
    /// The base has no such member.
    NoSuchMember,
}

/// Where a member name leads.
#[derive(Clone, Debug)]
pub enum MemberPlace {
    /// A field of a structure, or of the structure that is the first element (L-105).
    Field(StructId, usize),
    /// The base is a text: the key of an issue.
    IssueKey(Text),
    /// The base is null, and nothing tells what it would be.
    Null,
    /// The base has no such member.
    NoSuchMember,
}

/// Where `base.name` leads, for a base whose type is known at run time only.
pub fn member_place(base: &Value, name: &str, cx: &ConvCx<'_>) -> MemberPlace {
    let id = match base {
        Value::Null => return MemberPlace::Null,
        Value::Text(text) => return MemberPlace::IssueKey(text.clone()),
        Value::Struct(record) => record.id(),
        Value::Array(array) => match (array.element_type().as_struct(), array.value_ref(0)) {
            (_, Some(Value::Struct(record))) => record.id(),
            (Some(id), _) => id,
            (None, _) => return MemberPlace::NoSuchMember,
        },
        _ => return MemberPlace::NoSuchMember,
    };
    match cx.structs.get(id).and_then(|def| def.field(name)) {
        Some(place) => MemberPlace::Field(id, place),
        None => MemberPlace::NoSuchMember,
    }
}

/// Reads `base.name`, for a base whose type is known at run time only; null gives null (L-132).
pub fn member_get(base: &Value, name: &str, cx: &ConvCx<'_>) -> MemberResult {
    match member_place(base, name, cx) {
        MemberPlace::Field(_, place) => MemberResult::Value(field_get(base, place)),
        MemberPlace::IssueKey(text) => MemberResult::IssueKey(text),
        MemberPlace::Null => MemberResult::Value(Value::Null),
        MemberPlace::NoSuchMember => MemberResult::NoSuchMember,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::value::testing::{run, t, texts, ty};

    #[test]
    fn fields_by_position() {
        run(|cx| {
            assert!(field_get(&Value::Null, 0).is_absent());
            // A field of an array is that of its first element.
            let rows = vec![convert(t("3|4"), ty("Pt"), cx).unwrap()];
            let points = crate::value::build_literal(rows, ty("Pt[]"), cx).unwrap();
            assert!(matches!(field_get(&points, 1), Value::Int(4)));
            let mut point = convert(t("3|4"), ty("Pt"), cx).unwrap();
            field_put(&mut point, 1, t("7"), cx).unwrap();
            assert!(matches!(field_take(&mut point, 1, cx), Ok(Value::Int(7))));
            assert!(field_put(&mut Value::Int(1), 0, Value::Null, cx).is_err());
            assert!(field_take(&mut Value::Null, 0, cx).is_err());
        });
    }

    #[test]
    fn members_by_name() {
        run(|cx| {
            let point = convert(t("3|4"), ty("Pt"), cx).unwrap();
            let points = convert(t("3|4"), ty("Pt[]"), cx).unwrap();
            let value = |base: &Value, name, cx: &ConvCx<'_>| match member_get(base, name, cx) {
                MemberResult::Value(value) => value,
                other => panic!("{other:?}"),
            };
            assert!(matches!(value(&point, "y", cx), Value::Int(4)));
            assert!(matches!(value(&points, "x", cx), Value::Int(3)));
            assert!(value(&Value::Null, "x", cx).is_absent());
            assert!(matches!(member_get(&point, "z", cx), MemberResult::NoSuchMember));
            assert!(matches!(member_get(&Value::Int(1), "z", cx), MemberResult::NoSuchMember));
            assert!(matches!(member_get(&texts(["OPS-1"]), "z", cx), MemberResult::NoSuchMember));
            assert!(
                matches!(member_get(&t("OPS-1"), "status", cx), MemberResult::IssueKey(key) if key.as_str() == "OPS-1")
            );
            // A synonym of a predefined field.
            let change = convert(t("ann|2024-02-29"), ty("JFieldChange"), cx).unwrap();
            assert!(matches!(value(&change, "date", cx), Value::Date(_)));
        });
    }
}
