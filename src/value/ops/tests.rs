use super::*;
use crate::{
    types::binary_type,
    value::testing::{arr, d, declared, fits, ints, iv, nums, run, samples, show, t, texts, ty},
};
use BinaryOp::{Add, Div, Eq, Ge, Gt, Le, Lt, Mul, Ne, Rem, Sub};
use Value::{Byte, Int, Null, Num};

fn info(ty: Type) -> LeftOperand {
    LeftOperand { ty, int_literal: false }
}

/// A variable on the left, the type of the value on the right.
fn var(op: BinaryOp, left: Value, right: Value) -> String {
    let ty = left.type_of();
    typed(op, ty, left, right)
}

/// A left side of a given type, which may be null.
fn typed(op: BinaryOp, ty: Type, left: Value, right: Value) -> String {
    let right_static = right.type_of();
    result(op, left, right, info(ty), right_static)
}

/// An integer literal on the left.
fn literal(op: BinaryOp, left: i64, right: Value) -> String {
    let right_static = right.type_of();
    result(op, Int(left), right, LeftOperand { ty: Type::INTEGER, int_literal: true }, right_static)
}

fn result(op: BinaryOp, left: Value, right: Value, info: LeftOperand, right_static: Type) -> String {
    run(|cx| match binary(op, &left, &right, info, right_static, cx) {
        Ok(value) => show(&value, cx),
        Err(fault) => format!("error: {}", fault.message()),
    })
}

fn fails(text: &str) -> bool {
    text.starts_with("error: ")
}

#[test]
fn plus() {
    assert_eq!(var(Add, Num(2.25), t("1.5")), "number 3.75");
    assert_eq!(var(Add, Num(2.5), Int(1)), "number 3.5");
    assert_eq!(var(Add, Num(2.5), Byte(1)), "number 3.5");
    assert_eq!(var(Add, Num(1.0), iv("1s")), "number 1001");
    assert_eq!(var(Add, Int(7), Int(1)), "integer 8");
    assert_eq!(var(Add, Int(7), Num(0.5)), "integer 7");
    assert_eq!(var(Add, Int(7), t("1.5")), "integer 8");
    assert_eq!(var(Add, Int(i64::MAX), Int(1)), format!("integer {}", i64::MIN));
    assert_eq!(var(Add, Byte(127), Byte(1)), "byte -128");
    assert_eq!(var(Add, Byte(1), Int(300)), "byte 45");
    assert_eq!(var(Add, t("n="), Int(1)), "string n=1");
    assert_eq!(var(Add, t("n="), texts(["a", "b"])), "string n=a|b");
    assert_eq!(var(Add, t("n="), Value::Bool(true)), "string n=true");
    assert_eq!(var(Add, t("on "), d("2024-02-29")), "string on 2024-02-29 00:00:00");
    assert_eq!(var(Add, t("1h 30m"), t("45m")), "string 1h 30m45m");
    assert_eq!(var(Add, d("2024-02-28"), iv("2d")), "date 2024-03-01 00:00:00");
    assert_eq!(var(Add, d("2024-02-28"), t("36h")), "date 2024-02-29 12:00:00");
    assert_eq!(var(Add, d("2024-02-28"), Int(1000)), "date 2024-02-28 00:00:01");
    assert_eq!(var(Add, iv("1h"), iv("30m")), "interval 1h 30m");
    assert_eq!(var(Add, iv("1h"), d("2024-02-28")), "date 2024-02-28 01:00:00");
    assert_eq!(var(Add, iv("1h"), t("30m")), "interval 1h 30m");
    assert_eq!(var(Add, iv("1h"), t("2024-02-28")), "date 2024-02-28 01:00:00");
    for (left, right) in [
        (Int(1), t("a")),
        (Num(1.0), t("a")),
        (Num(1.0), d("2024-02-29")),
        (d("2024-02-29"), d("2024-02-29")),
        (d("2024-02-29"), t("a")),
        (iv("1h"), t("a")),
        (Value::Bool(true), Value::Bool(true)),
        (Value::Bool(true), Null),
        (d("9999-12-31"), iv("1d")),
        (Value::Interval(i64::MAX), iv("1h")),
    ] {
        let shown = var(Add, left, right);
        assert!(fails(&shown), "{shown}");
    }
    assert_eq!(
        literal(Add, 1, t("a")),
        "error: `+` with a number on the left: `a` is no number; to join texts, write `(string)` before the left operand"
    );
}

#[test]
fn plus_on_arrays() {
    assert_eq!(var(Add, texts(["a"]), t("b")), "string[] a|b");
    assert_eq!(var(Add, texts(["a"]), t("b|c")), "string[] a|b|c");
    assert_eq!(var(Add, texts(["a"]), texts(["b", "c"])), "string[] a|b|c");
    assert_eq!(var(Add, texts(["a"]), Int(5)), "string[] a|5");
    assert_eq!(var(Add, texts(["a"]), ints([5, 6])), "string[] a|5|6");
    assert_eq!(var(Add, nums([1.0]), t("5|6")), "number[] 1|5|6");
    assert_eq!(var(Add, nums([1.0]), t("5")), "number[] 1|5");
    assert_eq!(var(Add, nums([1.0]), Int(5)), "number[] 1|5");
    assert!(fails(&var(Add, nums([1.0]), t("5|x"))));
    assert!(fails(&var(Add, nums([1.0]), d("2024-02-29"))));
    // A null scalar is an element; a null or empty array is none.
    assert_eq!(result(Add, texts(["a"]), Null, info(Type::STRINGS), Type::STRING), "string[] a|");
    assert_eq!(result(Add, texts(["a"]), Null, info(Type::STRINGS), Type::DYNAMIC), "string[] a|");
    assert_eq!(result(Add, texts(["a"]), Null, info(Type::STRINGS), Type::STRINGS), "string[] a");
    assert_eq!(var(Add, texts(["a"]), texts([])), "string[] a");
    assert_eq!(typed(Add, Type::STRINGS, Null, t("a")), "string[] a");
    // One level less is an element of an array of arrays.
    let grid = arr(Type::STRINGS, [texts(["a"])]);
    run(|cx| {
        let appended = binary(Add, &grid, &texts(["b", "c"]), info(ty("string[][]")), Type::STRINGS, cx).unwrap();
        let Value::Array(array) = &appended else { panic!("no array") };
        assert_eq!(array.len(), 2);
        let both = binary(Add, &grid, &appended, info(ty("string[][]")), ty("string[][]"), cx).unwrap();
        let Value::Array(array) = &both else { panic!("no array") };
        assert_eq!((array.len(), show(&both, cx).as_str()), (3, "string[][] a|a|b|c"));
    });
}

#[test]
fn right_keys_are_dropped_and_left_ones_kept() {
    run(|cx| {
        let mut left = Value::default_of(Type::STRINGS);
        super::super::index_set(&mut left, &t("k"), t("a"), Type::STRINGS, cx).unwrap();
        let sum = binary(Add, &left, &left, info(Type::STRINGS), Type::STRINGS, cx).unwrap();
        let Value::Array(sum) = sum else { panic!("no array") };
        assert_eq!((sum.key_at(0), sum.key_at(1), sum.len()), (Some("k"), None, 2));
    });
}

#[test]
fn minus() {
    assert_eq!(var(Sub, Num(2.5), Int(1)), "number 1.5");
    assert_eq!(var(Sub, Int(7), Num(0.5)), "integer 6");
    assert_eq!(var(Sub, Byte(-128), Byte(1)), "byte 127");
    assert_eq!(var(Sub, t("banana"), t("an")), "string ba");
    assert_eq!(var(Sub, t("a1b1"), Int(1)), "string ab");
    assert_eq!(var(Sub, t("abc"), t("")), "string abc");
    assert_eq!(var(Sub, d("2024-03-01"), d("2024-02-28")), "interval 2d");
    assert_eq!(var(Sub, d("2024-03-01"), iv("2d")), "date 2024-02-28 00:00:00");
    assert_eq!(var(Sub, d("2024-03-01"), t("2w")), "date 2024-02-16 00:00:00");
    assert_eq!(var(Sub, d("2024-03-01"), t("2024-02-28")), "interval 2d");
    assert_eq!(var(Sub, iv("1h"), iv("90m")), "interval -30m");
    assert_eq!(var(Sub, texts(["a", "b", "a"]), t("a")), "string[] b|a");
    assert_eq!(var(Sub, texts(["a", "b", "a"]), texts(["a", "a", "x"])), "string[] b");
    assert_eq!(var(Sub, nums([1.0, 5.0, 6.0]), t("5|6")), "number[] 1");
    assert_eq!(var(Sub, ints([1, 2]), Num(2.9)), "integer[] 1");
    assert!(fails(&var(Sub, iv("1h"), d("2024-02-28"))));
    assert!(fails(&var(Sub, d("0001-01-01"), iv("1s"))));
    assert!(fails(&var(Sub, Value::Interval(i64::MIN), iv("1s"))));
}

#[test]
fn times() {
    assert_eq!(var(Mul, Num(2.5), Int(2)), "number 5");
    assert_eq!(var(Mul, Int(7), Num(0.5)), "integer 3");
    assert_eq!(var(Mul, Int(3), iv("1h")), "interval 3h");
    assert_eq!(var(Mul, Num(0.5), iv("3s")), "interval 1s");
    assert_eq!(var(Mul, Num(2.0), t("1h")), "interval 2h");
    assert_eq!(var(Mul, Num(2.0), t("3")), "number 6");
    assert_eq!(var(Mul, iv("1h"), Num(1.5)), "interval 1h 30m");
    assert_eq!(var(Mul, iv("1h"), Int(2)), "interval 2h");
    assert_eq!(var(Div, iv("1h"), Int(7)), "interval 8m 34s");
    assert_eq!(var(Div, iv("1h"), iv("1s")), "interval 3s");
    assert_eq!(var(Div, iv("1h"), t("2")), "interval 30m");
    assert_eq!(var(Mul, Byte(100), Byte(2)), "byte -56");
    assert_eq!(var(Div, Byte(-128), Byte(-1)), "byte -128");
    assert_eq!(var(Div, Num(7.0), Int(2)), "number 3.5");
    assert_eq!(var(Div, Num(7.0), Int(0)), "number Infinity");
    assert_eq!(var(Rem, Num(-7.5), Int(2)), "number -1.5");
    assert_eq!(var(Rem, Int(-7), Int(2)), "integer -1");
    assert_eq!(var(Div, Int(i64::MIN), Int(-1)), format!("integer {}", i64::MIN));
    assert_eq!(var(Mul, nums([1.0, 2.5]), Int(2)), "number[] 2|5");
    assert_eq!(var(Mul, ints([1, 3]), Num(0.5)), "integer[] 0|1");
    assert_eq!(var(Mul, ints([1, 3]), t("2")), "integer[] 2|6");
    assert_eq!(var(Mul, Num(2.0), ints([1, 3])), "number[] 2|6");
    assert_eq!(literal(Mul, 2, nums([1.5, 3.0])), "number[] 3|6");
    assert_eq!(var(Mul, Int(2), arr(Type::INTERVAL, [iv("1h")])), "interval[] 2h");
    for (op, left, right) in [
        (Div, Int(1), Int(0)),
        (Rem, Int(1), Int(0)),
        (Div, Byte(1), Byte(0)),
        (Div, iv("1h"), Int(0)),
        (Div, iv("1h"), Num(0.0)),
        (Rem, iv("1h"), Int(2)),
        (Mul, iv("1h"), Num(f64::NAN)),
        (Mul, Value::Interval(i64::MAX), Int(2)),
        (Mul, t("2"), Int(2)),
        (Mul, d("2024-02-29"), Int(2)),
        (Mul, Value::Bool(true), Int(2)),
        (Mul, texts(["2"]), Int(2)),
        (Mul, arr(Type::BYTE, [Byte(2)]), Int(2)),
        (Mul, ints([1]), t("x")),
        (Div, ints([1]), Int(0)),
        (Mul, Num(2.0), t("x")),
        (Mul, Num(2.0), texts(["x"])),
    ] {
        let shown = var(op, left, right);
        assert!(fails(&shown), "{shown}");
    }
}

#[test]
fn integer_literals() {
    assert_eq!(literal(Mul, 3, Num(1.5)), "number 4.5");
    assert_eq!(literal(Sub, 1, Num(0.2)), "number 0.8");
    assert_eq!(literal(Add, 1, t("1.5")), "number 2.5");
    assert_eq!(literal(Div, 7, Int(2)), "integer 3");
    assert_eq!(literal(Add, 7, Byte(2)), "integer 9");
    assert_eq!(literal(Mul, 2, iv("1h")), "interval 2h");
    assert_eq!(literal(Add, 1, iv("1s")), "number 1001");
    let left = LeftOperand { ty: Type::INTEGER, int_literal: true };
    assert_eq!(result(Add, Int(1), Null, left, Type::NUMBER), "number 1");
    assert_eq!(result(Add, Int(1), Null, left, Type::INTEGER), "integer 1");
    assert_eq!(result(Add, Int(1), Null, left, Type::DYNAMIC), "integer 1");
}

#[test]
fn null_operands() {
    for (shown, expected) in [
        (typed(Add, Type::NUMBER, Null, Int(2)), "number 2"),
        (typed(Add, Type::INTEGER, Null, Num(2.5)), "integer 2"),
        (typed(Sub, Type::NUMBER, Null, Num(2.5)), "number -2.5"),
        (typed(Sub, Type::INTEGER, Null, Int(2)), "integer -2"),
        (typed(Sub, Type::BYTE, Null, Byte(2)), "byte -2"),
        (typed(Sub, Type::INTERVAL, Null, iv("1h")), "interval -1h"),
        (typed(Add, Type::INTERVAL, Null, iv("1h")), "interval 1h"),
        (typed(Add, Type::INTERVAL, Null, t("1h")), "interval 1h"),
        (typed(Add, Type::INTERVAL, Null, Null), "null"),
        (typed(Add, Type::STRING, Null, Int(2)), "string 2"),
        (typed(Add, Type::STRING, Null, Null), "string "),
        (typed(Sub, Type::STRING, Null, t("a")), "string "),
        (typed(Add, Type::DATE, Null, iv("1h")), "null"),
        (typed(Sub, Type::DATE, Null, d("2024-02-29")), "null"),
        (typed(Add, Type::DYNAMIC, Null, iv("1h")), "interval 1h"),
        (typed(Add, Type::DYNAMIC, Null, Null), "null"),
        (typed(Sub, Type::DYNAMIC, Null, Int(2)), "integer -2"),
        (typed(Sub, Type::DYNAMIC, Null, d("2024-02-29")), "null"),
        (var(Add, Num(1.5), Null), "number 1.5"),
        (var(Sub, Int(1), Null), "integer 1"),
        (var(Sub, Int(1), t("")), "integer 1"),
        (var(Sub, d("2024-02-29"), Null), "date 2024-02-29 00:00:00"),
        (var(Add, d("2024-02-29"), Null), "date 2024-02-29 00:00:00"),
        (result(Sub, d("2024-02-29"), Null, info(Type::DATE), Type::DATE), "null"),
        (var(Sub, t("a"), Null), "string a"),
        (var(Sub, texts(["a", ""]), Null), "string[] a|"),
        (var(Mul, Num(1.5), Null), "null"),
        (typed(Mul, Type::NUMBER, Null, Num(1.5)), "null"),
        (typed(Div, Type::INTERVAL, Null, Num(1.5)), "null"),
        (var(Mul, ints([1, 2]), Null), "integer[] |"),
    ] {
        assert_eq!(shown, expected);
    }
    for left in [Num(1.0), Int(1), Byte(1), iv("1h"), Null] {
        assert_eq!(var(Div, left, Null), "error: division by null");
    }
}

#[test]
fn comparisons() {
    let holds = |op, left: Value, right: Value| match var(op, left, right).as_str() {
        "boolean true" => true,
        "boolean false" => false,
        other => panic!("{other}"),
    };
    assert!(!holds(Eq, Int(2), Num(2.5)));
    assert!(holds(Lt, Int(2), Num(2.5)));
    assert!(holds(Eq, Int(2), Num(2.0)));
    assert!(holds(Eq, Byte(2), Int(2)));
    assert!(holds(Ne, Byte(44), Int(300)));
    assert!(holds(Eq, Num(2.5), t(" 2.5 ")));
    assert!(holds(Ne, Int(9_007_199_254_740_993), Num(9_007_199_254_740_992.0)));
    assert!(holds(Eq, t("3"), Num(3.0)));
    assert!(holds(Ne, t("3"), t("3.0")));
    assert!(holds(Ne, t("a"), t("A")));
    assert!(holds(Lt, t("B"), t("a")));
    assert!(holds(Lt, t("10"), Int(9)));
    assert!(holds(Lt, iv("23h"), t("24h")));
    assert!(holds(Gt, d("2024-02-29"), t("2024-02-28")));
    assert!(holds(Ge, d("2024-02-29"), d("2024-02-29")));
    assert!(holds(Eq, Value::Bool(true), t("TRUE")));
    assert!(holds(Ne, Num(f64::NAN), Num(f64::NAN)));
    assert!(!holds(Le, Num(f64::NAN), Num(f64::NAN)));
    assert!(holds(Eq, Num(0.0), Num(-0.0)));
    // A conversion that fails makes different, but ordering an error.
    assert!(holds(Ne, Int(1), t("a")));
    assert!(holds(Ne, d("2024-02-29"), Int(5)));
    assert!(holds(Ne, Value::Bool(true), iv("1h")));
    assert!(fails(&var(Lt, Int(1), t("a"))));
    assert!(fails(&var(Lt, Value::Bool(true), Value::Bool(false))));
    assert!(fails(&var(Lt, texts(["a"]), texts(["b"]))));
    // Nulls.
    assert!(holds(Eq, Null, Null));
    assert!(holds(Eq, Null, t("")));
    assert!(holds(Eq, t(""), Null));
    assert!(holds(Ne, iv("1h"), t("")));
    assert!(holds(Ne, Int(0), Null));
    assert!(holds(Ne, Value::Bool(false), Null));
    assert!(holds(Eq, texts([]), Null));
    assert!(holds(Eq, Null, texts([])));
    assert!(!holds(Lt, Int(1), Null));
    assert!(!holds(Ge, Null, Int(1)));
    assert!(!holds(Le, iv("1h"), t("")));
    // Arrays.
    assert!(holds(Eq, texts(["a@x"]), t("a@x")));
    assert!(holds(Eq, texts(["a", "b"]), t("a|b")));
    assert!(holds(Eq, texts([]), t("")));
    assert!(holds(Ne, texts(["a"]), texts(["a", "b"])));
    assert!(holds(Eq, ints([1, 2]), nums([1.0, 2.0])));
    assert!(holds(Ne, ints([1, 2]), nums([1.0, 2.5])));
    assert!(holds(Eq, ints([1, 2]), texts(["1", "2"])));
    assert!(holds(Eq, Int(1), ints([1])));
    assert!(holds(Ne, Int(1), ints([1, 2])));
}

#[test]
fn structures_compare_field_by_field() {
    run(|cx| {
        let pt = ty("Pt");
        let point = convert(t("3|4"), pt, cx).unwrap();
        for (right, expected) in [
            (t("3|4"), true),
            (t("3|5"), false),
            (t("{\"y\":4,\"x\":3}"), true),
            (ints([3, 4]), true),
            (ints([3]), false),
            (t("x|y"), false),
            (t(""), false),
            (Null, false),
        ] {
            assert_eq!(equals(&point, &right, pt, cx).unwrap(), expected, "{right:?}");
        }
        let empty = convert(t("|"), pt, cx).unwrap();
        assert!(equals(&empty, &Null, pt, cx).unwrap());
        assert!(equals(&empty, &t(""), pt, cx).unwrap());
        assert!(compare(&point, &point, pt, cx).is_err());
    });
}

#[test]
fn unary_operators() {
    let shown = |op, value: Value| {
        run(|cx| match unary(op, &value, Type::DYNAMIC, cx) {
            Ok(value) => show(&value, cx),
            Err(fault) => format!("error: {}", fault.message()),
        })
    };
    assert_eq!(shown(UnaryOp::Neg, Int(7)), "integer -7");
    assert_eq!(shown(UnaryOp::Neg, Int(i64::MIN)), format!("integer {}", i64::MIN));
    assert_eq!(shown(UnaryOp::Neg, Byte(-128)), "byte -128");
    assert_eq!(shown(UnaryOp::Neg, iv("1h")), "interval -1h");
    assert_eq!(shown(UnaryOp::Neg, Null), "null");
    assert!(fails(&shown(UnaryOp::Neg, Value::Interval(i64::MIN))));
    assert!(fails(&shown(UnaryOp::Neg, t("1"))));
    assert_eq!(shown(UnaryOp::Not, Int(7)), "integer -7");
    assert_eq!(shown(UnaryOp::Not, Num(2.5)), "number -2.5");
    assert_eq!(shown(UnaryOp::Not, Value::Bool(true)), "boolean false");
    assert_eq!(shown(UnaryOp::Not, t("false")), "boolean true");
    assert_eq!(shown(UnaryOp::Not, Null), "boolean true");
    assert!(fails(&shown(UnaryOp::Not, t("maybe"))));
    assert_eq!(shown(UnaryOp::Plus, t("x")), "string x");
}

/// What the checker was told holds for every pair of values: the result fits its type, and what it calls impossible
/// fails.
#[test]
fn results_have_the_type_the_checker_was_told() {
    let live = crate::limits::memory::live();
    let mut lefts: Vec<(Type, Value)> = samples().into_iter().map(|value| (value.type_of(), value)).collect();
    lefts.extend(samples().into_iter().map(|value| (Type::DYNAMIC, value)));
    lefts.extend(declared().into_iter().map(|ty| (ty, Value::default_of(ty))));
    lefts.push((Type::DYNAMIC, Null));
    let rights = lefts.clone();
    let mut completed = 0;
    let mut wrong = Vec::new();
    run(|cx| {
        for op in [Add, Sub, Mul, Div, Rem, Lt, Gt, Le, Ge, Eq, Ne] {
            for (left_ty, left) in &lefts {
                for (right_ty, right) in &rights {
                    for int_literal in [false, true] {
                        if int_literal && (*left_ty != Type::INTEGER || left.is_absent()) {
                            continue;
                        }
                        let info = LeftOperand { ty: *left_ty, int_literal };
                        let told = binary_type(op, info, *right_ty);
                        let found = binary(op, left, right, info, *right_ty, cx);
                        let line = format!("{left:?} {} {right:?} as {left_ty:?}, {right_ty:?}", op.symbol());
                        match (told, found) {
                            (Some(told), Ok(value)) => {
                                completed += 1;
                                if !fits(&value, told) {
                                    wrong.push(format!("{line}: {value:?} is no {told:?}"));
                                }
                            }
                            (None, Ok(_)) if left.is_null() || right.is_null() => {}
                            (None, Ok(value)) => wrong.push(format!("{line}: gives {value:?}")),
                            (_, Err(fault)) if fault.is_uncatchable() => {
                                wrong.push(format!("{line}: {}", fault.message()));
                            }
                            (_, Err(_)) => {}
                        }
                    }
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(completed > 20_000, "{completed}");
    drop((lefts, rights));
    assert_eq!(crate::limits::memory::live(), live, "what was counted is given back");
}

#[test]
fn texts_and_arrays_grow_in_place() {
    run(|cx| {
        let (mut text, mut moved, mut place) = (t("a"), 0, std::ptr::null());
        for _ in 0..1000 {
            text = binary_owned(Add, text, &t("bc"), info(Type::STRING), Type::STRING, cx).unwrap();
            let now = text.as_str().unwrap().as_ptr();
            moved += usize::from(now != place && text.as_str().unwrap().len() > 14);
            place = now;
        }
        assert_eq!(text.as_str().unwrap().len(), 2001);
        assert!(moved <= 8, "a text that grows is copied now and then only, not {moved} times");

        let mut array = ints([]);
        for integer in 0..1000 {
            array = binary_owned(Add, array, &Int(integer), info(Type::INTEGER.array()), Type::INTEGER, cx).unwrap();
        }
        let shared = array.clone();
        let longer = binary_owned(Add, array, &shared, info(Type::INTEGER.array()), Type::INTEGER.array(), cx).unwrap();
        let (Value::Array(shared), Value::Array(longer)) = (shared, longer) else { panic!("no arrays") };
        assert_eq!((shared.len(), longer.len()), (1000, 2000));
    });
}

#[test]
fn limits_end_growth() {
    use crate::limits::{LimitKind, Limits};
    let kind = |limits: &Limits, left: Value, ty: Type| {
        crate::value::testing::run_with(limits, |cx| {
            let mut value = left;
            loop {
                let other = value.clone();
                match binary_owned(Add, value, &other, info(ty), ty, cx) {
                    Ok(next) => value = next,
                    Err(fault) => match fault.kind() {
                        crate::value::FaultKind::Limit(hit) => return hit.kind,
                        other => panic!("{other:?}"),
                    },
                }
            }
        })
    };
    let small = Limits::default();
    assert_eq!(kind(&small.clone().string_size(10_000), t("abc"), Type::STRING), LimitKind::StringSize);
    assert_eq!(kind(&small.clone().array_size(10_000), ints([1, 2]), Type::INTEGER.array()), LimitKind::ArraySize);
    let memory = crate::limits::memory::live() + 1_000_000;
    assert_eq!(kind(&small.clone().memory(memory), t("abc"), Type::STRING), LimitKind::Memory);
    assert_eq!(kind(&small.fuel(20), t("abc"), Type::STRING), LimitKind::Fuel);
}
