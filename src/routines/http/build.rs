//! The parts of a request.

use super::core;
use crate::{
    call::{Context, Routine},
    routines::{argument, text},
    signatures::Returns,
    types::{StructId, Type, predefined},
    value::{Fault, Record, Text, Value},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::rc::Rc;

pub(super) fn routines() -> Vec<Routine> {
    let structure = |id| Returns::Is(Type::structure(id));
    vec![
        Routine::new(
            core("httpCreateHeader", "createHeader")
                .param("key", Type::STRING)
                .param("value", Type::STRING)
                .returns(structure(predefined::HTTP_HEADER))
                .doc("A header of the given name and value.")
                .example(
                    "HttpHeader h = httpCreateHeader(\"Accept\", \"text/csv\"); return h.key, h.value;",
                    "Accept|text/csv",
                ),
            |cx, arguments| pair(cx, predefined::HTTP_HEADER, arguments),
        ),
        Routine::new(
            core("httpCreateCookie", "createCookie")
                .param("name", Type::STRING)
                .param("value", Type::STRING)
                .returns(structure(predefined::HTTP_COOKIE))
                .doc("A cookie of the given name and value.")
                .example("HttpCookie c = httpCreateCookie(\"theme\", \"dark\"); return c.name, c.value;", "theme|dark"),
            |cx, arguments| pair(cx, predefined::HTTP_COOKIE, arguments),
        ),
        Routine::new(
            core("httpCreateParameter", "createParam")
                .param("name", Type::STRING)
                .param("value", Type::STRING)
                .returns(structure(predefined::HTTP_QUERY_PARAM))
                .doc("A query parameter or form field of the given name and value.")
                .example("HttpQueryParam p = httpCreateParameter(\"page\", \"2\"); return p.name, p.value;", "page|2"),
            |cx, arguments| pair(cx, predefined::HTTP_QUERY_PARAM, arguments),
        ),
        Routine::new(
            core("httpBasicAuthHeader", "basicAuth")
                .param("username", Type::STRING)
                .param("password", Type::STRING)
                .returns(structure(predefined::HTTP_HEADER))
                .doc("The header that authenticates by name and password.")
                .example(
                    "HttpHeader h = httpBasicAuthHeader(\"amy\", \"pw\"); return h.key, h.value;",
                    "Authorization|Basic YW15OnB3",
                ),
            basic_auth,
        ),
    ]
}

fn pair(cx: &mut Context<'_>, id: StructId, arguments: &[Value]) -> Result<Value, Fault> {
    let fields = [argument(arguments, 0).clone(), argument(arguments, 1).clone()];
    cx.budget.grow(size_of_val(&fields))?;
    Ok(Value::Struct(Rc::new(Record::from_fields(id, fields.into_iter().collect()))))
}

fn basic_auth(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (user, password) = (text(arguments, 0), text(arguments, 1));
    let length = user.len().saturating_add(password.len());
    cx.budget.charge(u64::try_from(length / 16).unwrap_or(u64::MAX))?;
    cx.budget.grow(length.saturating_mul(3))?;
    let value = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    let value = Value::Text(Text::try_from_string(value, &cx.budget)?);
    pair(cx, predefined::HTTP_HEADER, &[Value::text("Authorization"), value])
}
