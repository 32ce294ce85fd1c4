use super::*;
use crate::{
    limits::Limits,
    value::{
        FaultKind,
        testing::{run, run_with, show, t, ty},
    },
};

fn read(text: &str, to: &str) -> String {
    run(|cx| match from_json(text, ty(to), cx) {
        Ok(value) => show(&value, cx),
        Err(fault) => format!("error: {}", fault.message()),
    })
}

#[test]
fn reading() {
    for (text, to, expected) in [
        ("{\"kind\":\"fig\",\"kg\":2.5}", "Fruit", "Fruit fig|2.5|"),
        ("{\"bins\":[\"A\",\"B\"],\"other\":{\"x\":[1]},\"kind\":null}", "Fruit", "Fruit ||A|B"),
        ("{\"next\":{\"next\":{\"value\":3}}}", "Node", "Node ||3||||"),
        ("{\"points\":{\"x\":1,\"y\":2}}", "Node", "Node ||1|2"),
        ("{\"x\":1,\"x\":2}", "Pt", "Pt 2|"),
        ("[4,5]", "integer[]", "integer[] 4|5"),
        ("[4.9,\"5\",null]", "integer[]", "integer[] 4|5|"),
        ("[[1],[2,3]]", "number[][]", "number[][] 1|2|3"),
        ("{\"x\":1}", "Pt[]", "Pt[] 1|"),
        ("[{\"x\":1},{\"y\":2}]", "Pt[]", "Pt[] 1|||2"),
        ("[1,2,3]", "Pt", "Pt 1|2"),
        ("7", "integer", "integer 7"),
        ("9007199254740993", "integer", "integer 9007199254740993"),
        ("18446744073709551615", "number", "number 18446744073709552000"),
        ("1e3", "integer", "integer 1000"),
        ("true", "boolean", "boolean true"),
        ("\"2024-02-29\"", "date", "date 2024-02-29 00:00:00"),
        ("\"1h\"", "interval", "interval 1h"),
        ("null", "number", "null"),
        ("null", "string[]", "string[] "),
        ("5", "number[]", "number[] 5"),
        ("[5]", "number", "number 5"),
        ("[]", "number", "null"),
        ("\"a\\u00e9\\ud83d\\ude00\"", "string", "string aé😀"),
        ("[1,[2,\"x\"]]", "string", "string 1|2|x"),
        ("{ \"a\" : [1, \"q\\\"\"] }", "string", "string {\"a\":[1,\"q\\\"\"]}"),
        ("[1,{\"a\":null}]", "string", "string [1,{\"a\":null}]"),
        ("{\"a\":1}", "string[]", "string[] {\"a\":1}"),
        (" {\"a\":1} ", "any", "string  {\"a\":1} "),
        ("[1,2.5]", "any[]", "number[] 1|2.5"),
    ] {
        assert_eq!(read(text, to), expected, "{text}");
    }
    for (text, to) in [
        ("", "string"),
        ("{", "Pt"),
        ("{\"x\":1} x", "Pt"),
        ("[1,]", "integer[]"),
        ("{'x':1}", "Pt"),
        ("abc", "any"),
        ("NaN", "number"),
        ("true", "number"),
        ("{\"x\":\"a\"}", "Pt"),
        ("{\"x\":1}", "number"),
        ("[1,2]", "number"),
        ("\"\\ud800\"", "string"),
    ] {
        assert!(read(text, to).starts_with("error: "), "{text}");
    }
    assert_eq!(read("{\"x\":1}", "number"), "error: a JSON object does not convert to a number");
}

/// A value as the reader gives it when `arbitrary_precision` is on: numbers are maps of one member.
struct Arbitrary<'t>(&'t serde_json::Value);

impl<'de> Deserializer<'de> for Arbitrary<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        use serde::de::value::{MapDeserializer, SeqDeserializer};
        match self.0 {
            serde_json::Value::Number(number) => {
                visitor.visit_map(MapDeserializer::new([(NUMBER, number.to_string())].into_iter()))
            }
            serde_json::Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Arbitrary))),
            serde_json::Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (FromDocument(name), Arbitrary(value)));
                visitor.visit_map(MapDeserializer::new(members))
            }
            other => other.clone().deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for Arbitrary<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The name of a member of a document, which the reader offers as an option.
#[derive(Clone, Copy)]
struct FromDocument<'t>(&'t str);

impl<'de> Deserializer<'de> for FromDocument<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for FromDocument<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[test]
fn numbers_are_the_same_with_arbitrary_precision() {
    for text in [
        "7",
        "-0",
        "-7",
        "2.5",
        "1e3",
        "9007199254740993",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "1e-400",
        "1e300",
        "{\"x\":1,\"y\":2.5}",
        "{\"kind\":\"fig\",\"kg\":2.5}",
        "[4.9,\"5\",null,true]",
        "[[1],[2,3]]",
        "[1,{\"a\":2}]",
        "{}",
        "{\"next\":{\"next\":{\"value\":3}}}",
        "{\"$serde_json::private::Number\":\"7\"}",
        "{\"x\":{\"$serde_json::private::Number\":\"7\"}}",
    ] {
        // Without the feature the tree keeps numbers as they are read.
        let tree: serde_json::Value = serde_json::from_str(text).unwrap();
        for to in ["number", "integer", "string", "string[]", "number[]", "number[][]", "any[]", "Pt", "Fruit", "Node"]
        {
            let found = run(|cx| {
                let mut fault = None;
                let seed = Seed { to: ty(to), cx, fault: &mut fault, skipped: &mut false };
                match (seed.deserialize(Arbitrary(&tree)), fault) {
                    (Ok(value), _) => show(&value, cx),
                    (Err(_), Some(fault)) => format!("error: {}", fault.message()),
                    (Err(error), None) => format!("error: {error}"),
                }
            });
            assert_eq!(found, read(text, to), "{text} as {to}");
        }
    }
}

#[test]
fn depth_is_limited() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for to in ["any", "string", "any[]", "Pt"] {
        assert!(!read(&nested(127), to).is_empty());
        run(|cx| {
            let fault = from_json(&nested(128), ty(to), cx).unwrap_err();
            assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::JsonDepth));
            // Where the document ends, or whether it is one, is of no account any more.
            for deep in ["[".repeat(100_000), "{\"a\":[".repeat(64), "[".repeat(128) + "x"] {
                let fault = from_json(&deep, ty(to), cx).unwrap_err();
                assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::JsonDepth), "{to}");
            }
            for wrong in ["[".repeat(127), "{".repeat(200), "[[]x".to_owned() + &"[".repeat(200)] {
                let fault = from_json(&wrong, ty(to), cx).unwrap_err();
                assert!(matches!(fault.kind(), FaultKind::Error), "{to}");
            }
        });
    }
    // Nor is what does not convert before it; and what is skipped counts too.
    for (to, text) in [
        ("integer[]", format!("[\"x\",{}]", nested(127))),
        ("Pt", format!("{{\"skipped\":{}}}", nested(127))),
        ("Pt", format!("[1,2,{}]", nested(127))),
    ] {
        run(|cx| {
            let fault = from_json(&text, ty(to), cx).unwrap_err();
            assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::JsonDepth), "{text}");
        });
    }
    // A text that only looks like a deep document is an ordinary text.
    assert_eq!(run(|cx| show(&convert(t(&"{".repeat(200)), ty("Fruit"), cx).unwrap(), cx)).len(), 208);
}

#[test]
fn reading_needs_little_stack() {
    let deep = || {
        let text = format!("{}{{}}{}", "{\"next\":".repeat(126), "}".repeat(126));
        run(|cx| {
            let value = from_json(&text, ty("Node"), cx).unwrap();
            assert_eq!(value.depth(), 128);
            from_json(&text, Type::STRING, cx).unwrap();
        });
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(deep).unwrap().join().unwrap();
}

#[test]
fn reading_asks_for_memory() {
    let text = format!("[{}0]", "0,".repeat(100_000));
    let limits = Limits::default().memory(crate::limits::memory::live().saturating_add(500_000));
    for to in ["string[]", "integer[]", "any[]"] {
        run_with(&limits, |cx| {
            let fault = from_json(&text, ty(to), cx).unwrap_err();
            assert!(matches!(fault.kind(), FaultKind::Limit(hit) if hit.kind == LimitKind::Memory), "{to}");
        });
    }
}
