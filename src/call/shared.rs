use crate::{types::Type, value::Value};

/// The arguments of a run, each with its key if it has one (L-24).
pub type Arguments = Vec<(Option<String>, String)>;

/// A variable of a script that a template sees and may change.
#[derive(Clone, Debug)]
pub struct SharedVariable {
    /// Its name.
    pub name: Box<str>,
    /// Its declared type.
    pub ty: Type,
    /// It must not be assigned to.
    pub is_const: bool,
    /// What it holds.
    pub value: Value,
}

/// The variables that are handed to a template, and what became of them. They travel in the [`RunState`](super::RunState): the call of
/// `executeTemplate` puts them in, the program made of the template takes them over at its start and puts them back
/// at its end.
#[derive(Clone, Debug, Default)]
pub struct SharedVariables {
    /// The variables, by name.
    pub variables: Vec<SharedVariable>,
    /// The arguments of the script.
    pub arguments: Option<Arguments>,
}
