//! Calls of routines that only look at a value.

use super::{Expr, Frame, Node, RoutineCall, Scalar, Seen};
use crate::value::{Fault, Value};

/// A call of a routine of one value that has a short way, to a scalar that is never null.
pub struct Measured<T> {
    /// The argument, converted to the parameter's type.
    pub argument: Expr<Value>,
    /// The short way.
    pub measure: fn(&Value) -> Option<T>,
    /// The call, without its argument.
    pub call: RoutineCall,
}

impl<T: Scalar> Node<T> for Measured<T> {
    fn eval(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        let found = match self.argument.look(f) {
            Some(Seen::Value(value)) => (self.measure)(value),
            _ => None,
        };
        match found {
            Some(found) => self.charged(found, f),
            None => self.eval_argument(f),
        }
    }
}

impl<T: Scalar> Measured<T> {
    /// The result, for the fuel of the call.
    #[inline]
    fn charged(&self, found: T, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        match f.run.charge(1) {
            Ok(()) => Ok(found),
            Err(fault) => Err(fault.at(self.call.span)),
        }
    }

    #[inline(never)]
    fn eval_argument(&self, f: &mut Frame<'_, '_>) -> Result<T, Fault> {
        let argument = self.argument.eval(f)?;
        if let Some(found) = (self.measure)(&argument) {
            return self.charged(found, f);
        }
        self.call.scalar(f.run, &[argument])
    }
}
