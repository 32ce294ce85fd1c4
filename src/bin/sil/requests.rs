//! The webhook request, from a file or from options.

use crate::{
    Refusal,
    arguments::RunArguments,
    files::{is_stdin, read_bytes, read_json},
};
use serde::Deserialize;
use sil::{
    host::WebhookRequest,
    webhook::{decode_content, is_token, parse_query},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RequestFile {
    #[serde(default = "get")]
    http_method: String,
    #[serde(default)]
    payload: Option<String>,
    #[serde(default)]
    query_params: Vec<ParamFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParamFile {
    name: String,
    values: Vec<String>,
}

fn get() -> String {
    "GET".to_owned()
}

/// The request that the options describe; `None` when none of them is given.
pub fn read_request(arguments: &RunArguments) -> Result<Option<WebhookRequest>, Refusal> {
    let RunArguments { request, method, query, body, body_file, .. } = arguments;
    if let Some(path) = request {
        let file: RequestFile = read_json(path)?;
        let mut request = WebhookRequest::new(checked_method(&file.http_method)?);
        for ParamFile { name, values } in file.query_params {
            for value in values {
                request.add_param(name.clone(), value);
            }
        }
        return Ok(Some(request.content(file.payload.unwrap_or_default())));
    }
    if method.is_none() && query.is_none() && body.is_none() && body_file.is_none() {
        return Ok(None);
    }
    let content = match (body, body_file) {
        (Some(text), _) => Some(text.clone()),
        (None, Some(path)) => {
            if is_stdin(path) && is_stdin(&arguments.file) {
                return Err(Refusal::usage("script and body cannot both come from standard input"));
            }
            let decoded = decode_content(&read_bytes(path)?, None);
            decoded.map_err(|error| Refusal::usage(format!("{}: {error}", path.display())))?
        }
        (None, None) => None,
    };
    let method = match method {
        Some(method) => checked_method(method)?,
        None if body.is_some() || body_file.is_some() => "POST".to_owned(),
        None => get(),
    };
    let mut request = WebhookRequest::new(method).content(content.unwrap_or_default());
    request.params = parse_query(query.as_deref().unwrap_or_default());
    Ok(Some(request))
}

/// Methods are upper case on the wire; on a command line lower case is convenient.
fn checked_method(method: &str) -> Result<String, Refusal> {
    if is_token(method) {
        Ok(method.to_ascii_uppercase())
    } else {
        Err(Refusal::usage(format!("`{method}` is not an HTTP method")))
    }
}
