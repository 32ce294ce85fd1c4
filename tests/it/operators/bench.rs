//! Values of every type, and an engine that collects what the forms of an expression gave.

use sil::{
    Data, Engine, FromValue, IntoValue, Limits, MemoryHost,
    call::Context,
    signatures::{Family, Returns, Signature},
    types::{BinaryOp, LeftOperand, Type, UnaryOp},
    value::{self, DateData, Fault, Value},
};
use std::{
    cell::RefCell,
    collections::HashSet,
    sync::{Arc, Mutex},
};

pub const OPS: [&str; 13] = ["+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "!=", "&&", "||"];

/// A type with the values it is tried with.
pub struct Subject {
    pub name: &'static str,
    pub id: &'static str,
    values: fn() -> Vec<Data>,
}

impl Subject {
    /// How many values there are; at this index stands null.
    pub fn count(&self) -> usize {
        (self.values)().len()
    }

    pub fn element(&self) -> Option<&'static str> {
        match self.name {
            "string" => Some("string"),
            name => name.strip_suffix("[]"),
        }
    }
}

pub fn named(name: &str) -> &'static Subject {
    TYPES.iter().find(|subject| subject.name == name).unwrap()
}

fn texts(texts: &[&str]) -> Vec<Data> {
    texts.iter().map(|&text| Data::Text(text.to_owned())).collect()
}

fn integers(values: &[i64]) -> Vec<Data> {
    values.iter().map(|&value| Data::Integer(value)).collect()
}

fn numbers(values: &[f64]) -> Vec<Data> {
    values.iter().map(|&value| Data::Number(value)).collect()
}

fn booleans(values: &[bool]) -> Vec<Data> {
    values.iter().map(|&value| Data::Boolean(value)).collect()
}

fn point(x: Data, y: Data) -> Data {
    Data::Struct("P".to_owned(), vec![("x".to_owned(), x), ("y".to_owned(), y)])
}

fn date(millis: i64) -> Data {
    Data::Date(DateData { millis, zone: None })
}

pub static TYPES: &[Subject] = &[
    Subject {
        name: "string",
        id: "string",
        values: || texts(&["", "12", " 2.5 ", "abc", "2d", "2024-02-29", "true", "5|6"]),
    },
    Subject {
        name: "number",
        id: "number",
        values: || numbers(&[0.0, -0.0, 0.5, -1.0, 3.0, 9007199254740992.0, 1e300, f64::NAN, f64::INFINITY]),
    },
    Subject {
        name: "integer",
        id: "integer",
        values: || integers(&[0, 1, -1, 7, 300, i64::MIN, i64::MAX, 9007199254740993]),
    },
    Subject { name: "byte", id: "byte", values: || [0, 1, -1, 7, i8::MIN, i8::MAX].map(Data::Byte).to_vec() },
    Subject { name: "boolean", id: "boolean", values: || booleans(&[true, false]) },
    Subject {
        name: "date",
        id: "date",
        values: || vec![date(0), date(1709164800000), date(253402300799999), date(-62135596800000)],
    },
    Subject {
        name: "interval",
        id: "interval",
        values: || [0, 1, -1, 172800000, i64::MIN, i64::MAX].map(Data::Interval).to_vec(),
    },
    Subject {
        name: "string[]",
        id: "strings",
        values: || {
            vec![
                Data::Array(vec![]),
                Data::Array(texts(&["7"])),
                Data::Array(texts(&["2d", "a", "2d"])),
                Data::Map(vec![(Some("k".to_owned()), Data::Text("12".to_owned())), (None, Data::Null)]),
            ]
        },
    },
    Subject {
        name: "number[]",
        id: "numbers",
        values: || {
            vec![
                Data::Array(vec![]),
                Data::Array(numbers(&[0.5])),
                Data::Array(numbers(&[3.0, 0.0, f64::NAN, 1e300])),
                Data::Map(vec![(Some("k".to_owned()), Data::Number(2.0)), (Some("12".to_owned()), Data::Null)]),
            ]
        },
    },
    Subject {
        name: "integer[]",
        id: "integers",
        values: || {
            vec![
                Data::Array(vec![]),
                Data::Array(integers(&[7])),
                Data::Array(integers(&[1, i64::MIN, 9007199254740993, 0])),
                Data::Map(vec![(Some("k".to_owned()), Data::Integer(2)), (None, Data::Null)]),
            ]
        },
    },
    Subject {
        name: "boolean[]",
        id: "booleans",
        values: || vec![Data::Array(vec![]), Data::Array(booleans(&[true])), Data::Array(booleans(&[false, true]))],
    },
    Subject {
        name: "P",
        id: "struct",
        values: || {
            vec![point(Data::Integer(7), Data::Text("a".to_owned())), point(Data::Null, Data::Text("2d".to_owned()))]
        },
    },
];

/// A literal: its text, its type, and what it is read as before `-`.
pub struct Literal {
    pub text: &'static str,
    pub ty: &'static str,
    pub temporal: &'static str,
}

const fn literal(text: &'static str, ty: &'static str, temporal: &'static str) -> Literal {
    Literal { text, ty, temporal }
}

pub static LITERALS: &[Literal] = &[
    literal("0", "integer", ""),
    literal("3", "integer", ""),
    literal("(-7)", "integer", ""),
    literal("9007199254740993", "integer", ""),
    literal("0.0", "number", ""),
    literal("2.5", "number", ""),
    literal("true", "boolean", ""),
    literal("\"\"", "string", ""),
    literal("\"12\"", "string", ""),
    literal("\"abc\"", "string", ""),
    literal("\"2d\"", "string", "interval"),
    literal("\"2024-03-01\"", "string", "date"),
];

/// An argument as it is.
struct Raw(Value);

impl FromValue for Raw {
    const TYPE: Type = Type::DYNAMIC;

    fn from_value(value: &Value, _: &mut Context<'_>) -> Result<Self, Fault> {
        Ok(Self(value.clone()))
    }
}

impl IntoValue for Raw {
    const TYPE: Type = Type::DYNAMIC;

    fn into_value(self, _: &mut Context<'_>) -> Result<Value, Fault> {
        Ok(self.0)
    }
}

struct Outcome(Result<Value, Fault>);

impl IntoValue for Outcome {
    const TYPE: Type = Type::DYNAMIC;

    fn into_value(self, _: &mut Context<'_>) -> Result<Value, Fault> {
        self.0
    }
}

fn operator(symbol: &str) -> BinaryOp {
    match symbol {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        "<" => BinaryOp::Lt,
        ">" => BinaryOp::Gt,
        "<=" => BinaryOp::Le,
        ">=" => BinaryOp::Ge,
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::Ne,
        "&&" => BinaryOp::And,
        "||" => BinaryOp::Or,
        _ => unreachable!("{symbol}"),
    }
}

/// What the forms of one expression gave.
struct Group {
    label: String,
    /// The checker refuses it, so it has to fail.
    refused: bool,
    entries: Vec<(String, String)>,
}

pub struct Bench {
    engine: Engine,
    pub numbers_only: bool,
    groups: Arc<Mutex<Vec<Group>>>,
    differences: RefCell<Vec<String>>,
    compared: RefCell<usize>,
}

fn shown(value: &Value, cx: &mut Context<'_>) -> String {
    let kind = value.type_of().display(&cx.structs);
    match Data::from_value(value, &mut cx.conv()) {
        Ok(data) => format!("{kind} {data:?}"),
        Err(fault) => format!("cannot be shown: {}", fault.message()),
    }
}

impl Bench {
    pub fn new() -> Self {
        Self::with_dialect(false)
    }

    /// With or without the switch of L-58 that knows numbers only.
    pub fn with_dialect(numbers_only: bool) -> Self {
        let groups: Arc<Mutex<Vec<Group>>> = Arc::default();
        let signature = |name: String| Signature::new(name, Family::Embedder);
        let (begin, show, fail) = (Arc::clone(&groups), Arc::clone(&groups), Arc::clone(&groups));
        let entry = |groups: &Mutex<Vec<Group>>, form: String, text: String| {
            if let Some(group) = groups.lock().unwrap().last_mut() {
                group.entries.push((form, text));
            }
        };
        let mut builder = Engine::builder()
            .number_literals(numbers_only)
            .routine(signature("group".into()), move |label: String, i: i64, j: i64, refused: bool| {
                let label = format!("{label} with values {i} and {j}");
                begin.lock().unwrap().push(Group { label, refused, entries: Vec::new() });
            })
            .routine(signature("show".into()), move |cx: &mut Context<'_>, form: String, value: Raw| {
                let text = shown(&value.0, cx);
                entry(&show, form, text);
            })
            .routine(signature("failed".into()), move |form: String, message: String| {
                let message = message.split_once("] ").map_or(message.as_str(), |(_, rest)| rest).to_owned();
                entry(&fail, form, format!("error: {message}"));
            })
            .routine(
                signature("rule".into()),
                move |cx: &mut Context<'_>,
                      op: String,
                      left_ty: String,
                      right_ty: String,
                      int_literal: bool,
                      left: Raw,
                      right: Raw| {
                    let structs = Arc::clone(&cx.structs);
                    let ty = Type::parse(&left_ty, &structs).unwrap();
                    let info = LeftOperand { ty, int_literal };
                    let right_ty = Type::parse(&right_ty, &structs).unwrap();
                    let op = match operator(&op) {
                        BinaryOp::Div if numbers_only => BinaryOp::Ratio,
                        op => op,
                    };
                    Outcome(value::binary(op, &left.0, &right.0, info, right_ty, &mut cx.conv()))
                },
            )
            .routine(signature("unary".into()), |cx: &mut Context<'_>, op: String, ty: String, operand: Raw| {
                let structs = Arc::clone(&cx.structs);
                let ty = Type::parse(&ty, &structs).unwrap();
                let op = match op.as_str() {
                    "-" => UnaryOp::Neg,
                    "+" => UnaryOp::Plus,
                    _ => UnaryOp::Not,
                };
                Outcome(value::unary(op, &operand.0, ty, &mut cx.conv()))
            });
        for subject in TYPES {
            let structs = std::sync::Arc::new(sil::types::StructTable::new());
            let ty = Type::parse(subject.name, &structs);
            for (prefix, promise) in [("never", true), ("maybe", false)] {
                let returns = match (ty, promise) {
                    (Some(ty), true) => Returns::NeverNull(ty),
                    (Some(ty), false) => Returns::Is(ty),
                    (None, _) => Returns::Is(Type::DYNAMIC),
                };
                let values = subject.values;
                let name = subject.name;
                builder = builder.routine(
                    signature(format!("{prefix}_{}", subject.id)).returns(returns),
                    move |cx: &mut Context<'_>, index: i64| {
                        let data = values().into_iter().nth(usize::try_from(index).unwrap()).unwrap_or_default();
                        let structs = Arc::clone(&cx.structs);
                        let ty = Type::parse(name, &structs).unwrap();
                        let value = data.to_value(&mut cx.conv());
                        Outcome(value.and_then(|value| value::convert(value, ty, &mut cx.conv())))
                    },
                );
            }
        }
        Self {
            engine: builder.build(),
            numbers_only,
            groups,
            differences: RefCell::default(),
            compared: RefCell::default(),
        }
    }

    /// The lines on which the checker finds errors.
    pub fn error_lines(&self, text: &str) -> HashSet<u32> {
        let diagnostics = self.engine.check("case.sil", text);
        diagnostics.errors().map(|error| diagnostics.sources().place(error.span).unwrap().line).collect()
    }

    /// The labels in comments at the end of lines with errors.
    pub fn refused_labels(&self, text: &str) -> HashSet<String> {
        let mut found = HashSet::new();
        let lines: Vec<&str> = text.lines().collect();
        let mut text = text.to_owned();
        // Errors are capped, so what is refused is taken out until nothing is.
        loop {
            let errors = self.error_lines(&text);
            if errors.is_empty() {
                return found;
            }
            let mut rest: Vec<String> = text.lines().map(str::to_owned).collect();
            for line in errors {
                let at = line as usize - 1;
                let label = lines[at].rsplit_once("} // ").map(|(_, label)| label);
                let label = label.unwrap_or_else(|| panic!("unexpected error on line {line}: {}", lines[at]));
                found.insert(label.to_owned());
                rest[at] = String::new();
            }
            text = rest.join("\n");
        }
    }

    /// Runs a script and compares what the forms gave.
    pub fn compare(&self, text: &str) {
        let program = match self.engine.compile("case.sil", text) {
            Ok(program) => program,
            Err(diagnostics) => panic!("{diagnostics}"),
        };
        let limits = Limits::default();
        if let Err(error) = program.run(&mut MemoryHost::new(), &limits) {
            panic!("{error}\n{:?}", text.lines().nth(error.place().map_or(0, |place| place.line as usize - 1)));
        }
        for group in self.groups.lock().unwrap().drain(..) {
            // A form may have failed and then shown what it left behind.
            let mut forms: Vec<(String, String)> = Vec::new();
            for (form, text) in group.entries {
                match forms.last_mut() {
                    Some((last, texts)) if *last == form => *texts += &format!(", then {text}"),
                    _ => forms.push((form, text)),
                }
            }
            let Some(((first, expected), others)) = forms.split_first() else { continue };
            *self.compared.borrow_mut() += others.len();
            // What the left side decides alone is never wrong at run time.
            let decided = match (group.label.contains(" && "), group.label.contains(" || ")) {
                (true, _) => expected == "boolean Boolean(false)",
                (_, true) => expected == "boolean Boolean(true)",
                _ => false,
            };
            if group.refused && !expected.starts_with("error: ") && !decided {
                self.differences.borrow_mut().push(format!("{}: refused, but gives {expected}", group.label));
            }
            for (form, found) in others {
                if found != expected {
                    let label = &group.label;
                    self.differences.borrow_mut().push(format!("{label}: {first} {expected}, {form} {found}"));
                }
            }
        }
    }

    /// Fails when something differed.
    pub fn finish(self) {
        let differences = self.differences.into_inner();
        assert!(*self.compared.borrow() > 1000, "too little was compared");
        // One of a kind tells enough.
        let mut kinds = HashSet::new();
        let kind = |text: &str| text.split(" with values").next().unwrap_or("").to_owned();
        let some: Vec<&String> = differences.iter().filter(|text| kinds.insert(kind(text))).take(80).collect();
        let count = differences.len();
        assert!(differences.is_empty(), "{count} differences, such as {some:#?}");
    }
}
