//! Copies on write: a body that others hold too is copied before it is changed (L-34).

use super::{Array, ConvCx, Fault, Record};
use std::rc::Rc;

/// The array, to change.
pub(super) fn array<'v>(array: &'v mut Rc<Array>, cx: &mut ConvCx<'_>) -> Result<&'v mut Array, Fault> {
    if Rc::get_mut(array).is_none() {
        cx.charge_bytes(array.size())?;
        cx.budget.grow(array.size())?;
        *array = Rc::new(Array::clone(array));
    }
    Rc::get_mut(array).ok_or_else(|| Fault::internal("a fresh array is shared"))
}

/// The structure, to change.
pub(super) fn record<'v>(record: &'v mut Rc<Record>, cx: &mut ConvCx<'_>) -> Result<&'v mut Record, Fault> {
    if Rc::get_mut(record).is_none() {
        cx.charge_bytes(record.size())?;
        cx.budget.grow(record.size())?;
        *record = Rc::new(Record::clone(record));
    }
    Rc::get_mut(record).ok_or_else(|| Fault::internal("a fresh structure is shared"))
}
