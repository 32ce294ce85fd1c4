//! The webhook system without HTTP, so that every front end gives the same answers.
//!
//! A front end does this with a request:
//!
//! 1. [`name_in_path`] and [`Registry::get`] find the webhook, [`method_use`] says what its method means;
//! 2. [`authenticate`] says who calls, before any content is read;
//! 3. [`build_request`] makes of query and content what the script sees ([`parse_query`], [`decode_content`]);
//! 4. [`Capacity`] says whether there is room for a run;
//! 5. [`respond_for`] runs the program of the webhook ([`respond`] any program) and makes the [`Answer`]; for an asynchronous webhook, [`TaskStore`] keeps the
//!    request until a worker does.
//!
//! [`read_config`] reads the definitions. This room knows no sockets, no files, no clock and no randomness; times are
//! milliseconds since 1970 and come from the caller.

mod answer;
mod auth;
mod capacity;
mod content;
mod definition;
mod query;
mod redact;
mod registry;
mod request;
mod respond;
mod route;
mod source;
mod store_error;
pub mod task;
mod wrap;

pub use crate::engine::{Reading, read_result};
pub use crate::host::{check_header, is_token};
pub use answer::{Answer, AnswerDefaults};
pub use auth::{
    Admission, AuthFailure, Credentials, Identity, JwtError, MemoryTokenStore, NewToken, SignatureCheck, TokenRecord,
    TokenStore, authenticate, check_token_store, create_token, verify_jwt,
};
pub use capacity::{Busy, Capacity, Permit};
pub use content::{ContentError, decode_content};
pub use definition::{
    Auth, Binary, HIDDEN, JwtConfig, Method, PoolConfig, Problem, Scheme, Secret, ServerConfig, SignatureConfig,
    WebhookDef, allow_header, has_errors, parse_duration, print_duration, read_config, read_webhook, validate,
    validate_webhook,
};
pub use query::parse_query;
pub use redact::{redact_query, redact_request};
pub use registry::{Change, Entry, Registry, ScriptFault};
pub use request::{RequestError, build_request, build_request_for, content_for};
pub use respond::{RespondOptions, WebhookResponse, respond, respond_for, respond_without};
pub use route::{MethodUse, accepted_request_id, cors_origin, is_webhook_path, method_use, name_in_path, path_of};
pub use source::{MemoryScripts, ScriptSource, SourceLoader};
pub use store_error::StoreError;
pub use task::{
    Attempt, Cancelled, Enqueued, Held, LogLine, Lost, MAX_OUTPUT, MemoryTaskStore, NewTask, Payload, Replayed,
    RunReport, TaskCounts, TaskFilter, TaskRecord, TaskState, TaskStore, new_task_id,
};
