//! Fields of issues, through the host (section 10 of the language guide).

use super::{Expr, Frame, Node};
use crate::{
    call::Context,
    host::{FieldError, IssueRef},
    source::Span,
    value::{Data, Fault, Value},
};

/// The text of L-140.
pub fn unknown_field(name: &str) -> String {
    format!("Field >>{name}<< cannot be matched against a standard field, a custom field or an alias. What is it?")
}

/// Reads a field.
///
/// # Errors
/// Whatever the host says, as an error that a catch-all takes.
pub fn get_field(cx: &mut Context<'_>, issue: IssueRef<'_>, name: &str) -> Result<Value, Fault> {
    cx.budget.charge(4)?;
    let data = match cx.host.issues() {
        Some(issues) => issues.get_field(issue, name),
        None => Err(FieldError::NoContext),
    };
    let data = data.map_err(|error| field_fault(&error, issue, name))?;
    data.to_value(&mut cx.conv())
}

/// Writes a field.
///
/// # Errors
/// Whatever the host says, as an error that a catch-all takes.
pub fn set_field(cx: &mut Context<'_>, issue: IssueRef<'_>, name: &str, value: &Value) -> Result<(), Fault> {
    cx.budget.charge(4)?;
    let data = Data::from_value(value, &mut cx.conv())?;
    let done = match cx.host.issues() {
        Some(issues) => issues.set_field(issue, name, data),
        None => Err(FieldError::NoContext),
    };
    done.map_err(|error| field_fault(&error, issue, name))
}

#[cold]
fn field_fault(error: &FieldError, issue: IssueRef<'_>, name: &str) -> Fault {
    let message = match (error, issue) {
        (FieldError::NoContext, IssueRef::Key(key)) => format!("there are no issues here, so `{key}` has no fields"),
        (FieldError::Unknown | FieldError::NoContext, _) => unknown_field(name),
        (FieldError::NoIssue, IssueRef::Key(key)) => format!("there is no issue `{key}`"),
        (FieldError::NoIssue, IssueRef::Current) => "there is no current issue".to_owned(),
        (FieldError::ReadOnly, _) => format!("field `{name}` is read-only"),
        (FieldError::Other(error), _) => error.message().to_owned(),
    };
    Fault::host(message)
}

/// Which issue a key names; an empty key is an error (L-122).
///
/// # Errors
/// An empty key.
pub fn issue_key(text: &str) -> Result<IssueRef<'_>, Fault> {
    match text.trim() {
        "" => Err(Fault::error("the issue key is empty")),
        key => Ok(IssueRef::Key(key)),
    }
}

/// Reads a field of the current issue by a name in the script (L-120).
pub struct FieldRead {
    /// The name.
    pub name: Box<str>,
    /// Where.
    pub span: Span,
}

impl Node<Value> for FieldRead {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        get_field(&mut f.run.cx, IssueRef::Current, &self.name).map_err(|fault| fault.at(self.span))
    }
}

/// The text of `%v%`: a name or a key. An unset or empty one is an error (L-123).
pub struct SubstText {
    /// What `v` holds.
    pub inner: Expr<Value>,
    /// The name of `v`, for the message.
    pub name: Box<str>,
    /// Where.
    pub span: Span,
}

impl Node<Value> for SubstText {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<Value, Fault> {
        let value = self.inner.eval(f)?;
        let text = crate::value::to_text(&value, &mut f.run.cx.conv()).map_err(|fault| fault.at(self.span))?;
        match text.as_str().map(str::trim) {
            None | Some("") => {
                Err(Fault::error(format!("`%{}%` names nothing: `{}` is empty", self.name, self.name)).at(self.span))
            }
            Some(_) => Ok(text),
        }
    }
}
