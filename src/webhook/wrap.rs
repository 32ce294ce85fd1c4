use crate::host::{
    Clock, Environment, Exchange, Files, Host, HttpClient, Issues, Locks, Log, Persistent, Random, Sleep, Webhook,
    WebhookRequest,
};
use std::any::Any;

/// A host with the webhook capability of one request; everything else is the embedder's.
pub(super) struct WebhookHost<'h> {
    inner: &'h mut dyn Host,
    exchange: Exchange,
}

impl<'h> WebhookHost<'h> {
    pub(super) fn new(inner: &'h mut dyn Host, request: WebhookRequest) -> Self {
        Self { inner, exchange: Exchange::new(request) }
    }

    pub(super) fn into_parts(self) -> (String, Vec<(String, String)>) {
        (self.exchange.body, self.exchange.headers)
    }
}

impl Host for WebhookHost<'_> {
    fn webhook(&mut self) -> Option<&mut dyn Webhook> {
        Some(&mut self.exchange)
    }

    fn issues(&mut self) -> Option<&mut dyn Issues> {
        self.inner.issues()
    }

    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        self.inner.persistent()
    }

    fn clock(&mut self) -> Option<&mut dyn Clock> {
        self.inner.clock()
    }

    fn log(&mut self) -> Option<&mut dyn Log> {
        self.inner.log()
    }

    fn environment(&mut self) -> Option<&mut dyn Environment> {
        self.inner.environment()
    }

    fn random(&mut self) -> Option<&mut dyn Random> {
        self.inner.random()
    }

    fn files(&mut self) -> Option<&mut dyn Files> {
        self.inner.files()
    }

    fn http(&mut self) -> Option<&mut dyn HttpClient> {
        self.inner.http()
    }

    fn sleep(&mut self) -> Option<&mut dyn Sleep> {
        self.inner.sleep()
    }

    fn locks(&mut self) -> Option<&mut dyn Locks> {
        self.inner.locks()
    }

    fn run_ended(&mut self) {
        self.inner.run_ended();
    }

    fn arguments(&mut self) -> Vec<(Option<String>, String)> {
        self.inner.arguments()
    }

    fn as_any(&mut self) -> Option<&mut dyn Any> {
        self.inner.as_any()
    }
}
