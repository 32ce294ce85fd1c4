//! The languages that are compared, one file each. To add one: a file that implements [`Engine`], a line in
//! [`all`], and its scripts.

mod koto;
mod lua;
mod rhai;
mod sil;
mod starlark;

pub type Error = Box<dyn std::error::Error>;

/// A prepared script; each call is one run and gives the result as text.
pub type Runner = Box<dyn FnMut() -> String>;

/// A prepared webhook; each call is one run for a request and gives status and content.
pub type Responder = Box<dyn FnMut(&Request) -> (i64, String)>;

/// Name and values of the query parameters.
pub struct Request {
    pub params: Vec<(String, Vec<String>)>,
}

/// What becomes of the state of a webhook after a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Every run starts anew.
    Fresh,
    /// The next run may use it.
    Kept,
}

/// A language to compare with.
pub trait Engine {
    /// Its name in the table.
    fn name(&self) -> &'static str;

    /// The package whose version counts.
    fn package(&self) -> &'static str;

    /// The ending of its scripts; a script that does not exist is work that the language cannot express.
    fn extension(&self) -> &'static str;

    /// Reads a script and drops what came of it.
    fn compile(&self, source: &str) -> Result<(), Error>;

    /// Prepares a script for many runs.
    fn prepare(&self, source: &str) -> Result<Runner, Error>;

    /// Prepares a webhook.
    fn webhook(&self, source: &str, state: State) -> Result<Responder, Error>;
}

/// All of them, the first being what the others are compared with.
pub fn all() -> Vec<Box<dyn Engine>> {
    vec![
        Box::new(sil::Sil),
        Box::new(rhai::Rhai),
        Box::new(lua::Lua54),
        Box::new(starlark::Starlark),
        Box::new(koto::KotoLang),
    ]
}
