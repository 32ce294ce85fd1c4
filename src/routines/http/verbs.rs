//! The verbs, and `saveURLToFile`.

use super::{
    request::{FORM, Parts, content, form, is_proxy, proxy},
    send::{escaped, max_body, send, with_query},
    signature,
};
use crate::{
    call::{Context, Routine},
    host::{HttpCall, HttpReply, LogLevel},
    routines::{argument, charset::Charset, files, text},
    signatures::{Returns, Signature},
    types::{Base, Type, predefined},
    value::{Fault, Text, Value, convert, from_json},
};

pub(super) fn routines() -> Vec<Routine> {
    let reading = |name, short, what: &'static str| {
        request(signature(name, short)).doc(format!(
            "{what} The parameters of the request go into the address. The content of the answer is converted from JSON to \
             the type of the variable it is assigned to; without one it is the text itself. The third argument is a proxy or \
             the content of the request, whatever its type says. In place of a request there may be a flat list of headers."
        ))
    };
    let writing = |name, short, data, what: &'static str| {
        request(signature(name, short)).optional(data, Type::DYNAMIC).doc(format!(
            "{what} A text is sent as it is, any other value as JSON; without data the parameters of the request are sent as \
             form fields. The proxy may be left out. The content of the answer is converted from JSON to the type of the \
             variable it is assigned to; without one it is the text itself. In place of a request there may be a flat list of \
             headers, and then a flat list of form fields as data."
        ))
    };
    vec![
        Routine::new(
            reading("httpGet", "get", "Asks a server for something.").example(
                "struct Tide { string port; number level; } HttpRequest ask; Tide tide = \
             httpGet(\"http://tide.example/now\", ask); return tide.level;",
                "2.5",
            ),
            |cx, arguments| verb(cx, "GET", arguments),
        ),
        Routine::new(
            reading("httpDelete", "delete", "Asks a server to remove something.").example(
                "HttpRequest ask; httpDelete(\"http://tide.example/now\", ask); return httpGetStatusCode();",
                "200",
            ),
            |cx, arguments| verb(cx, "DELETE", arguments),
        ),
        Routine::new(
            reading("httpOptions", "options", "Asks a server what it allows.").example(
                "HttpRequest ask; httpOptions(\"http://tide.example/now\", ask); return httpGetStatusCode();",
                "200",
            ),
            |cx, arguments| verb(cx, "OPTIONS", arguments),
        ),
        Routine::new(
            writing("httpPost", "post", "postData", "Sends data to a server.").example(
                "HttpRequest ask; string answer = httpPost(\"http://tide.example/now\", ask, \"level=3\"); \
             return answer;",
                "{\"port\":\"north\",\"level\":2.5}",
            ),
            |cx, arguments| verb(cx, "POST", arguments),
        ),
        Routine::new(
            writing("httpPut", "put", "putData", "Sends data to a server, in place of what is there.").example(
                "struct Tide { number level; } Tide tide; tide.level = 3; HttpRequest ask; string answer = \
                 httpPut(\"http://tide.example/now\", ask, tide); return answer;",
                "{\"port\":\"north\",\"level\":2.5}",
            ),
            |cx, arguments| verb(cx, "PUT", arguments),
        ),
        Routine::new(
            writing("httpPatch", "patch", "patchData", "Sends changes of what a server has.").example(
                "HttpRequest ask; httpPatch(\"http://tide.example/now\", ask, \"level=3\"); return \
                 httpGetStatusCode();",
                "200",
            ),
            |cx, arguments| verb(cx, "PATCH", arguments),
        ),
        Routine::new(
            signature("saveURLToFile", "saveURLToFile")
                .param("url", Type::STRING)
                .param("file", Type::STRING)
                .returns(Returns::NeverNull(Type::BOOLEAN))
                .doc(
                    "Gets an address and writes the content into a file; false, with the reason in the log, when \
                     that fails.",
                )
                .example(
                    "saveURLToFile(\"http://tide.example/now\", \"tide.json\"); return \
                     readFromTextFile(\"tide.json\");",
                    "{\"port\":\"north\",\"level\":2.5}",
                ),
            save,
        ),
    ]
}

/// Request and proxy are told apart by the types of the values, so the parameters take any.
fn request(signature: Signature) -> Signature {
    signature
        .param("url", Type::STRING)
        .param("request", Type::DYNAMIC)
        .optional("proxy", Type::DYNAMIC)
        .returns(Returns::Receiver)
}

fn verb(cx: &mut Context<'_>, method: &str, arguments: &[Value]) -> Result<Value, Fault> {
    let expected = cx.expected;
    let mut parts = Parts::read(cx, argument(arguments, 1))?;
    let (through, data) = optional_arguments(cx, argument(arguments, 2), argument(arguments, 3))?;
    let proxy = proxy(&through)?;
    let mut body = content(cx, &data, parts.flat)?;
    let parameters = form(cx, &parts.parameters)?;
    let address = text(arguments, 0);
    cx.budget.grow(address.len().saturating_mul(4))?;
    let mut url = escaped(address);
    if body.is_none() && matches!(method, "POST" | "PUT" | "PATCH") {
        body = Some(if parameters.is_empty() { (Vec::new(), "") } else { (parameters.into_bytes(), FORM) });
    } else {
        url = with_query(&url, &parameters);
    }
    if let Some((_, kind)) = body
        && !kind.is_empty()
        && !parts.has_header("Content-Type")
    {
        parts.headers.push(("Content-Type".to_owned(), kind.to_owned()));
    }
    let call = HttpCall {
        method: method.to_owned(),
        url,
        headers: parts.into_headers()?,
        body: body.map(|(bytes, _)| bytes),
        proxy,
        max_body: max_body(cx),
        timeout: cx.budget.time_left(),
    };
    match send(cx, &call)? {
        Some(reply) => received(cx, reply, expected),
        None => Ok(Value::default_of(expected)),
    }
}

/// The proxy and the data, whichever of them were left out.
fn optional_arguments(cx: &mut Context<'_>, third: &Value, fourth: &Value) -> Result<(Value, Value), Fault> {
    if is_proxy(third) || third.is_absent() {
        return Ok((third.clone(), fourth.clone()));
    }
    if fourth.is_absent() || is_proxy(fourth) {
        return Ok((fourth.clone(), third.clone()));
    }
    let proxy = convert(third.clone(), Type::structure(predefined::HTTP_PROXY), &mut cx.conv())?;
    Ok((proxy, fourth.clone()))
}

/// The content of an answer as a value of the receiver's type.
fn received(cx: &mut Context<'_>, reply: HttpReply, expected: Type) -> Result<Value, Fault> {
    let charset = header(&reply, "content-type").and_then(|kind| charset_of(&kind).map(str::to_owned));
    // A server may name what nobody knows.
    let charset = charset.and_then(|name| Charset::named(&name).ok());
    let charset = match charset {
        Some(charset) => charset,
        None => Charset::named("UTF-8")?,
    };
    cx.budget.grow(reply.body.len())?;
    let content = charset.decode(reply.body, cx)?;
    if expected.is_dynamic() || expected == Type::STRING {
        return Ok(Value::Text(Text::try_from_string(content, &cx.budget)?));
    }
    if content.trim().is_empty() {
        return Ok(Value::default_of(expected));
    }
    let fault = match from_json(&content, expected, &mut cx.conv()) {
        Err(fault) if !fault.is_uncatchable() => fault,
        done => return done,
    };
    // A plain text converts as any text does, but no page of HTML becomes a structure.
    let fault = if matches!(expected.base, Base::Struct(_)) {
        fault
    } else {
        let text = Value::Text(Text::try_new(&content, &cx.budget)?);
        match convert(text, expected, &mut cx.conv()) {
            Err(fault) if !fault.is_uncatchable() => fault,
            done => return done,
        }
    };
    if reply.status < 400 {
        return Err(fault);
    }
    // The script can ask for the status; what the server says about an error need not be of any type.
    cx.log(LogLevel::Warn, &format!("the answer with status {} is left out: {}", reply.status, fault.message()))?;
    Ok(Value::default_of(expected))
}

/// A header of an answer; several of one name in one.
pub(super) fn header(reply: &HttpReply, name: &str) -> Option<String> {
    let values = reply.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
    if values.is_empty() { None } else { Some(values.join(", ")) }
}

fn charset_of(kind: &str) -> Option<&str> {
    let mut parameters = kind.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    parameters
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim().trim_matches('"'))
}

fn save(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (address, path) = (text(arguments, 0), text(arguments, 1));
    cx.budget.grow(address.len().saturating_mul(4))?;
    let call = HttpCall {
        method: "GET".to_owned(),
        url: escaped(address),
        headers: Vec::new(),
        body: None,
        proxy: None,
        max_body: max_body(cx),
        timeout: cx.budget.time_left(),
    };
    let Some(reply) = send(cx, &call)? else { return Ok(Value::Bool(false)) };
    if !(200..300).contains(&reply.status) {
        cx.log(LogLevel::Warn, &format!("GET {address} was answered with status {}", reply.status))?;
        return Ok(Value::Bool(false));
    }
    match files::write_all(cx, path, &reply.body, false)? {
        Ok(()) => Ok(Value::Bool(true)),
        Err(error) => {
            cx.log(LogLevel::Warn, &format!("cannot write to `{path}`: {error}"))?;
            Ok(Value::Bool(false))
        }
    }
}
