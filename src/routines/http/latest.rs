//! What is known of the latest answer.

use super::{send::Latest, signature, verbs::header};
use crate::{
    call::{Context, Routine},
    routines::text,
    signatures::Returns,
    types::{Type, predefined},
    value::{Fault, Record, Value},
};
use std::rc::Rc;

pub(super) fn routines() -> Vec<Routine> {
    let uncertain = |mut routine: Routine| {
        routine.signature.uncertain = true;
        routine
    };
    vec![
        Routine::new(
            signature("httpGetStatusCode", "statusCode")
                .returns(Returns::Is(Type::NUMBER))
                .doc("The status code of the latest answer; null when there was none.")
                .example(
                    "HttpRequest ask; httpOptions(\"http://tide.example/now\", ask); return httpGetStatusCode();",
                    "200",
                ),
            |cx, _| Ok(latest(cx).reply.as_ref().map_or(Value::Null, |reply| Value::Num(f64::from(reply.status)))),
        ),
        uncertain(Routine::new(
            signature("httpGetReasonPhrase", "reasonPhrase")
                // The short name as the documentation misspells it.
                .alias("reeasonPhrase")
                .returns(Returns::Is(Type::STRING))
                .doc("The words behind the status code of the latest answer; null when there was none.")
                .example(
                    "HttpRequest ask; httpOptions(\"http://tide.example/now\", ask); return httpGetReasonPhrase();",
                    "OK",
                ),
            |cx, _| Ok(latest(cx).reply.as_ref().map_or(Value::Null, |reply| Value::text(&reply.reason))),
        )),
        Routine::new(
            signature("httpGetErrorMessage", "errorMessage")
                .returns(Returns::Is(Type::STRING))
                .doc("Why the latest request was not answered, or status and words of an error; else empty.")
                .example(
                    "HttpRequest ask; string answer = httpGet(\"http://nowhere.example/\", ask); return \
                     isNull(answer), httpGetErrorMessage();",
                    "true|no server answers at http://nowhere.example/",
                ),
            |cx, _| Ok(Value::text(&latest(cx).error)),
        ),
        Routine::new(
            signature("httpGetHeader", "getHeader")
                .param("headerName", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc("A header of the latest answer, several of one name joined with `, `; null when it has none.")
                .example(
                    "HttpRequest ask; httpOptions(\"http://tide.example/now\", ask); return \
                     httpGetHeader(\"content-type\");",
                    "application/json",
                ),
            |cx, arguments| {
                let value = latest(cx).reply.as_ref().and_then(|reply| header(reply, text(arguments, 0)));
                Ok(value.map_or(Value::Null, |value| Value::text(&value)))
            },
        ),
        Routine::new(
            signature("httpGetCookie", "getCookie")
                .param("cookieName", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc("The value of a cookie that the latest answer sets; null when it sets none of this name.")
                .example(
                    "HttpRequest ask; string answer = httpGet(\"http://tide.example/now\", ask); return \
                     httpGetCookie(\"harbour\"), length(answer) > 0;",
                    "north|true",
                ),
            cookie,
        ),
        Routine::new(
            signature("httpGetResponseInfo", "responseInfo")
                .returns(Returns::Is(Type::structure(predefined::HTTP_RESPONSE_INFO)))
                .doc("Status code, error message and words of the latest answer in one structure.")
                .example(
                    "HttpRequest ask; httpOptions(\"http://tide.example/now\", ask); HttpResponseInfo info = \
                     httpGetResponseInfo(); return info.statusCode, info.reasonPhrase;",
                    "200|OK",
                ),
            info,
        ),
    ]
}

fn latest<'a>(cx: &'a mut Context<'_>) -> &'a Latest {
    cx.state.get::<Latest>()
}

fn cookie(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let name = text(arguments, 0);
    let Some(reply) = &latest(cx).reply else { return Ok(Value::Null) };
    let set = reply.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"));
    let mut pairs = set.filter_map(|(_, value)| value.split(';').next()?.split_once('='));
    let value = pairs.find(|(known, _)| known.trim() == name).map(|(_, value)| value.trim().trim_matches('"'));
    Ok(value.map_or(Value::Null, Value::text))
}

fn info(cx: &mut Context<'_>, _: &[Value]) -> Result<Value, Fault> {
    let latest = latest(cx);
    let (status, reason) = match &latest.reply {
        Some(reply) => (Value::Int(i64::from(reply.status)), Value::text(&reply.reason)),
        None => (Value::Null, Value::Null),
    };
    let fields = [Value::Null, status, Value::text(&latest.error), reason];
    cx.budget.grow(size_of_val(&fields))?;
    Ok(Value::Struct(Rc::new(Record::from_fields(predefined::HTTP_RESPONSE_INFO, fields.into_iter().collect()))))
}
