//! What a script hands over, as a request: in structures, or in flat lists of pairs as old scripts do.

use crate::{
    call::Context,
    host::{HttpProxy, is_token},
    types::{Type, predefined},
    value::{Array, Fault, JsonStyle, Record, Value, convert, to_json, to_text},
};
use std::rc::Rc;

/// Headers that follow from the request or belong to the connection.
const OWN: &[&str] = &["connection", "content-length", "host", "transfer-encoding", "upgrade"];

type Pairs = Vec<(String, String)>;

/// Headers, cookies and parameters of a request.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) headers: Pairs,
    pub(super) cookies: Pairs,
    pub(super) parameters: Pairs,
    /// It came as a flat list; then a flat list of data are form fields.
    pub(super) flat: bool,
}

impl Parts {
    /// Reads the second argument of a verb.
    pub(super) fn read(cx: &mut Context<'_>, value: &Value) -> Result<Self, Fault> {
        let mut parts = Self::default();
        match value {
            Value::Null => {}
            Value::Struct(record) if record.id() == predefined::HTTP_REQUEST => parts.add_request(cx, record)?,
            Value::Array(array) => parts.add_array(cx, array)?,
            Value::Text(text) => {
                if !text.as_str().trim().is_empty() {
                    let list = convert(value.clone(), Type::STRINGS, &mut cx.conv())?;
                    parts.headers = pairs(cx, &list, "headers")?;
                }
                parts.flat = true;
            }
            value => {
                let target = Type::structure(predefined::HTTP_REQUEST);
                if let Value::Struct(record) = convert(value.clone(), target, &mut cx.conv())? {
                    parts.add_request(cx, &record)?;
                }
            }
        }
        Ok(parts)
    }

    fn add_request(&mut self, cx: &mut Context<'_>, record: &Record) -> Result<(), Fault> {
        for field in record.fields() {
            if let Value::Array(array) = field {
                for value in array.iter() {
                    self.add_part(cx, &value)?;
                }
            }
        }
        Ok(())
    }

    /// An array is a flat list of headers, or one of the parts of a request.
    fn add_array(&mut self, cx: &mut Context<'_>, array: &Rc<Array>) -> Result<(), Fault> {
        let structures = |value: &Value| matches!(value, Value::Struct(_) | Value::Array(_));
        if !array.iter().any(|value| structures(&value)) {
            self.headers = pairs(cx, &Value::Array(Rc::clone(array)), "headers")?;
            self.flat = true;
            return Ok(());
        }
        for value in array.iter() {
            match &value {
                // A literal of a list of headers, one of cookies, one of parameters.
                Value::Array(inner) => {
                    for value in inner.iter() {
                        self.add_part(cx, &value)?;
                    }
                }
                value => self.add_part(cx, value)?,
            }
        }
        Ok(())
    }

    fn add_part(&mut self, cx: &mut Context<'_>, value: &Value) -> Result<(), Fault> {
        let record = match value {
            Value::Null => return Ok(()),
            Value::Struct(record) => record,
            _ => return Err(Fault::routine("a request is made of headers, cookies and parameters")),
        };
        let field = |index: usize, cx: &mut Context<'_>| owned(cx, record.get(index).unwrap_or(&Value::Null));
        match record.id() {
            predefined::HTTP_HEADER => {
                let header = (field(0, cx)?, field(1, cx)?);
                self.headers.push(header);
            }
            predefined::HTTP_COOKIE => {
                let cookie = (field(0, cx)?, field(1, cx)?);
                self.cookies.push(cookie);
            }
            predefined::HTTP_QUERY_PARAM => {
                let parameter = (field(0, cx)?, field(1, cx)?);
                self.parameters.push(parameter);
            }
            _ => return Err(Fault::routine("a request is made of headers, cookies and parameters")),
        }
        Ok(())
    }

    /// Whether there is a header of this name.
    pub(super) fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// The headers as they are sent, cookies included.
    pub(super) fn into_headers(self) -> Result<Pairs, Fault> {
        let mut headers = Pairs::new();
        for (name, value) in self.headers {
            let name = name.trim();
            if !is_token(name) {
                return Err(Fault::routine(format!("`{name}` is not the name of an HTTP header")));
            }
            if value.contains(['\r', '\n', '\0']) {
                return Err(Fault::routine(format!("the value of the header `{name}` has a line end or a NUL in it")));
            }
            if !OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                headers.push((name.to_owned(), value));
            }
        }
        let mut cookies = String::new();
        for (name, value) in self.cookies {
            if !is_token(&name) || value.contains(|c: char| c == ';' || c.is_control()) {
                return Err(Fault::routine(format!(
                    "`{name}` is not the name of a cookie, or its value has a `;` in it"
                )));
            }
            if !cookies.is_empty() {
                cookies.push_str("; ");
            }
            cookies.push_str(&format!("{name}={value}"));
        }
        if !cookies.is_empty() {
            headers.push(("Cookie".to_owned(), cookies));
        }
        Ok(headers)
    }
}

/// The proxy of a structure; `None` for any other value.
pub(super) fn proxy(value: &Value) -> Result<Option<HttpProxy>, Fault> {
    let Value::Struct(record) = value else { return Ok(None) };
    if record.id() != predefined::HTTP_PROXY {
        return Ok(None);
    }
    let host = record.get(0).and_then(Value::as_str).unwrap_or("").trim();
    if host.is_empty() {
        return Ok(None);
    }
    let port = match record.get(1) {
        Some(&Value::Num(port)) if port.fract() == 0.0 && (1.0..=65535.0).contains(&port) => {
            crate::value::num_to_int(port)
        }
        _ => return Err(Fault::routine("the port of a proxy is a whole number from 1 to 65535")),
    };
    Ok(Some(HttpProxy { host: host.to_owned(), port: u16::try_from(port).unwrap_or(0) }))
}

/// Whether a value is in the place of a proxy.
pub(super) fn is_proxy(value: &Value) -> bool {
    matches!(value, Value::Struct(record) if record.id() == predefined::HTTP_PROXY)
}

/// The content of a request and its type.
pub(super) fn content(
    cx: &mut Context<'_>,
    data: &Value,
    flat: bool,
) -> Result<Option<(Vec<u8>, &'static str)>, Fault> {
    match data {
        Value::Null => Ok(None),
        Value::Text(text) => {
            cx.budget.grow(text.len())?;
            Ok(Some((text.as_str().as_bytes().to_vec(), "text/plain; charset=UTF-8")))
        }
        Value::Array(array) if flat && array.element_type() == Type::STRING => {
            let fields = pairs(cx, data, "form fields")?;
            Ok(Some((form(cx, &fields)?.into_bytes(), FORM)))
        }
        data => {
            let mut text = String::new();
            to_json(data, &mut text, JsonStyle::default(), &mut cx.conv())?;
            Ok(Some((text.into_bytes(), "application/json; charset=UTF-8")))
        }
    }
}

/// The type of form fields.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Pairs as they stand in a query or a form.
pub(super) fn form(cx: &mut Context<'_>, pairs: &[(String, String)]) -> Result<String, Fault> {
    let length = pairs.iter().map(|(name, value)| name.len().saturating_add(value.len()).saturating_add(2));
    let length = length.fold(0usize, usize::saturating_add);
    cx.budget.charge(u64::try_from(length / 16).unwrap_or(u64::MAX))?;
    cx.budget.grow(length.saturating_mul(4))?;
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// A flat list as pairs; an element with a key is one by itself.
fn pairs(cx: &mut Context<'_>, list: &Value, what: &str) -> Result<Pairs, Fault> {
    let Value::Array(array) = list else { return Ok(Pairs::new()) };
    cx.budget.charge(u64::try_from(array.len()).unwrap_or(u64::MAX))?;
    let mut found = Pairs::new();
    let mut open: Option<String> = None;
    for (index, value) in array.iter().enumerate() {
        let text = owned(cx, &value)?;
        match (array.key_at(index), open.take()) {
            (Some(key), None) => found.push((key.to_owned(), text)),
            (_, Some(name)) => found.push((name, text)),
            (None, None) => open = Some(text),
        }
    }
    match open {
        Some(name) => Err(Fault::routine(format!("the {what} come in pairs, but `{name}` has no value"))),
        None => Ok(found),
    }
}

fn owned(cx: &mut Context<'_>, value: &Value) -> Result<String, Fault> {
    let text = to_text(value, &mut cx.conv())?;
    let text = text.as_str().unwrap_or("");
    cx.budget.charge(u64::try_from(text.len() / 64).unwrap_or(u64::MAX).saturating_add(1))?;
    cx.budget.grow(text.len())?;
    Ok(text.to_owned())
}
