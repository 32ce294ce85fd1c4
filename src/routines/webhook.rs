//! The request and the answer of a webhook run (WH-1 to WH-29).

use super::{argument, text};
use crate::{
    call::{Context, Routine},
    host::{LogLevel, WebhookParam, check_header},
    signatures::{Family, Returns, Signature},
    types::{Type, predefined},
    value::{Array, Fault, Record, Text, Value, to_text},
};
use std::rc::Rc;

pub(super) fn routines() -> Vec<Routine> {
    vec![
        Routine::new(
            Signature::new("getWebhookPayload", Family::System)
                .returns(Returns::Is(Type::structure(predefined::WEBHOOK_PAYLOAD)))
                .doc("The request: its query parameters, method and content.")
                .example(
                    "WebhookPayload asked = getWebhookPayload(); return asked.httpMethod, asked.queryParams[0].name, \
                     asked.queryParams[0].values[0];",
                    "POST|who|Ida",
                ),
            payload,
        ),
        Routine::new(
            Signature::new("appendToWebhookResponse", Family::System)
                .param("responsePart", Type::DYNAMIC)
                .doc("Adds the text of a value to the end of the response.")
                .example("appendToWebhookResponse(\"Hello, \"); appendToWebhookResponse(\"Ida\");", "Hello, Ida"),
            append,
        ),
        Routine::new(
            Signature::new("addWebhookResponseHeader", Family::System)
                .param("httpHeader", Type::structure(predefined::HTTP_HEADER))
                .doc("Adds a header to the response; `Content-Type` replaces the default.")
                .example("addWebhookResponseHeader(httpCreateHeader(\"X-Tide\", \"ebb\"));", "X-Tide: ebb"),
            add_header,
        ),
    ]
}

/// A copy of the request each time (WH-3); empty outside a webhook run (WH-15).
fn payload(cx: &mut Context<'_>, _: &[Value]) -> Result<Value, Fault> {
    let budget = &cx.budget;
    let structs = &cx.structs;
    let Some(webhook) = cx.host.webhook() else {
        return Ok(Value::Struct(Rc::new(Record::new(predefined::WEBHOOK_PAYLOAD, structs))));
    };
    let request = webhook.request();
    let text = |text: &str| Text::try_new(text, budget).map(Value::Text);
    let param = |param: &WebhookParam| -> Result<Value, Fault> {
        let values = Array::from_texts(param.values.iter().map(String::as_str), budget)?;
        let fields = [text(&param.name)?, Value::Array(Rc::new(values))];
        budget.grow(size_of_val(&fields))?;
        Ok(Value::Struct(Rc::new(Record::of(predefined::WEBHOOK_PARAM, fields))))
    };
    let mut params = Array::new(Type::structure(predefined::WEBHOOK_PARAM));
    params.reserve(request.params.len(), budget)?;
    for one in &request.params {
        params.push(param(one)?, budget)?;
    }
    let content = match request.content.as_deref() {
        None | Some("") => Value::Null,
        Some(content) => text(content)?,
    };
    let fields = [Value::Array(Rc::new(params)), text(&request.method)?, content];
    Ok(Value::Struct(Rc::new(Record::of(predefined::WEBHOOK_PAYLOAD, fields))))
}

fn append(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let part = to_text(argument(arguments, 0), &mut cx.conv())?;
    let part = part.as_str().unwrap_or("");
    cx.budget.charge(part.len() as u64 / 64)?;
    if cx.host.webhook().is_none() {
        return outside(cx, "appendToWebhookResponse");
    }
    cx.budget.respond(part.len())?;
    match cx.host.webhook() {
        Some(webhook) if !part.is_empty() => {
            webhook.append(part).map_err(|error| Fault::host(error.message()))?;
        }
        _ => {}
    }
    Ok(Value::Null)
}

fn outside(cx: &mut Context<'_>, routine: &str) -> Result<Value, Fault> {
    cx.log(LogLevel::Warn, &format!("{routine} does nothing outside a webhook run"))?;
    Ok(Value::Null)
}

fn add_header(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (name, value) = match argument(arguments, 0) {
        Value::Struct(header) => {
            (header.get(0).cloned().unwrap_or_default(), header.get(1).cloned().unwrap_or_default())
        }
        _ => (Value::Null, Value::Null),
    };
    let fields = [name, value];
    let (name, value) = (text(&fields, 0), text(&fields, 1));
    check_header(name, value).map_err(|error| Fault::routine(error.message()))?;
    cx.budget.respond(name.len().saturating_add(value.len()))?;
    match cx.host.webhook() {
        Some(webhook) => webhook.add_header(name, value).map_err(|error| Fault::host(error.message()))?,
        None => return outside(cx, "addWebhookResponseHeader"),
    }
    Ok(Value::Null)
}
