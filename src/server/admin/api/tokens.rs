//! Tokens of a webhook. Their text is shown once, when they are made (WH-81).

use super::{
    Operation,
    exchange::{Done, Failure, Given, Reply, blocking},
};
use crate::{
    server::{Server, TokenError, admin::access::Access, now_millis},
    webhook::{Method, Problem, TokenRecord},
};
use axum::{
    extract::{Path, State},
    routing::{delete, get, post},
};
use serde_json::{Value, json};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            "GET",
            "/webhooks/{name}/tokens",
            get(list),
            "listTokens",
            "The tokens of a webhook, oldest first",
        )
        .gives(200, "TokenList")
        .fails(&[404, 503]),
        Operation::new(
            "POST",
            "/webhooks/{name}/tokens",
            post(create),
            "createToken",
            "A new token for one method, valid to the end of the day `expires`. Its text is shown here and never again",
        )
        .takes("TokenInput")
        .gives(201, "NewToken")
        .fails(&[404, 503]),
        Operation::new(
            "DELETE",
            "/webhooks/{name}/tokens",
            delete(expire),
            "expireTokens",
            "Ends all tokens of a webhook",
        )
        .gives(200, "ExpiredTokens")
        .fails(&[404, 503]),
        Operation::new("DELETE", "/webhooks/{name}/tokens/{id}", delete(revoke), "revokeToken", "Ends one token")
            .fails(&[404, 503]),
    ]
}

fn shown(record: &TokenRecord) -> Value {
    json!({
        "id": record.id,
        "method": record.method,
        "expires": record.expires,
        "created": record.created,
        "expired": record.expires_at <= now_millis(),
    })
}

fn known(server: &Server, name: &str) -> Result<(), Failure> {
    server.registry().get(name).map(|_| ()).ok_or_else(Failure::no_webhook)
}

async fn list(State(access): State<Access>, Path(name): Path<String>) -> Reply {
    blocking(access, move |access| {
        known(access.server(), &name)?;
        let tokens: Vec<Value> = access.server().tokens().list(&name)?.iter().map(shown).collect();
        Ok(Done::ok(json!({"tokens": tokens})))
    })
    .await
}

async fn create(State(access): State<Access>, Path(name): Path<String>, mut given: Given) -> Reply {
    let (method, expires) = (given.needed("method"), given.needed("expires"));
    given.close()?;
    blocking(access, move |access| {
        let _changing = access.changing();
        known(access.server(), &name)?;
        let Some(method) = Method::parse(&method.to_ascii_uppercase()) else {
            return Err(Failure::field("method", format!("there is no method `{method}` for webhooks")));
        };
        let token = access.server().create_token(&name, method, &expires).map_err(|error| match &error {
            TokenError::NoWebhook => Failure::no_webhook(),
            TokenError::Method(_) => Failure::field("method", error.to_string()),
            TokenError::Expires(_) => Failure::field("expires", error.to_string()),
            TokenError::Store(error) => error.clone().into(),
        })?;
        let mut shown = shown(&token.record);
        if let Value::Object(fields) = &mut shown {
            fields.insert("token".to_owned(), token.text.into());
        }
        Ok(Done::created(shown))
    })
    .await
}

async fn expire(State(access): State<Access>, Path(name): Path<String>) -> Reply {
    blocking(access, move |access| {
        known(access.server(), &name)?;
        let expired = access.server().tokens().expire_all(&name)?;
        Ok(Done::ok(json!({"expired": expired})))
    })
    .await
}

async fn revoke(State(access): State<Access>, Path((name, id)): Path<(String, String)>) -> Reply {
    blocking(access, move |access| {
        known(access.server(), &name)?;
        match access.server().tokens().revoke(&name, &id)? {
            true => Ok(Done::nothing()),
            false => Err(Failure::invalid(vec![Problem::error(Some(&name), "id", "there is no such token")])
                .status(404, "the webhook has no such token")),
        }
    })
    .await
}
