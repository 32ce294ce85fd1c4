//! Growth of elements without keys: asked for before it happens, and counted as live.

use super::Values;
use crate::{
    limits::{Budget, LimitHit, memory},
    value::Value,
};

/// Makes room for `more` elements, asking for what a doubling takes first.
pub(super) fn reserve<T>(
    items: &mut Vec<T>,
    more: usize,
    counted: &mut usize,
    budget: &Budget,
) -> Result<(), LimitHit> {
    let Some(capacity) = grown(items.len(), more, items.capacity()) else { return Ok(()) };
    let extra = capacity.saturating_sub(items.capacity()).saturating_mul(size_of::<T>());
    count(extra, counted, budget)?;
    items.reserve_exact(capacity.saturating_sub(items.len()));
    Ok(())
}

/// The capacity to grow to, if there is no room for `more` elements.
#[inline]
fn grown(len: usize, more: usize, capacity: usize) -> Option<usize> {
    let wanted = len.saturating_add(more);
    (wanted > capacity).then(|| wanted.max(capacity.saturating_mul(2)).max(4))
}

/// Asks for so many bytes, which are going to be allocated, and counts them as live.
fn count(extra: usize, counted: &mut usize, budget: &Budget) -> Result<(), LimitHit> {
    budget.grow(extra)?;
    memory::add(extra);
    *counted = counted.saturating_add(extra);
    Ok(())
}

/// Elements for which there is room beside the body.
pub(super) fn beside(items: &Values) -> usize {
    if items.spilled() { items.capacity() } else { 0 }
}

/// [`reserve`] for boxed elements.
#[inline]
pub(super) fn reserve_values(
    items: &mut Values,
    more: usize,
    counted: &mut usize,
    budget: &Budget,
) -> Result<(), LimitHit> {
    match grown(items.len(), more, items.capacity()) {
        Some(capacity) => spill(items, capacity, counted, budget),
        None => Ok(()),
    }
}

#[inline(never)]
fn spill(items: &mut Values, capacity: usize, counted: &mut usize, budget: &Budget) -> Result<(), LimitHit> {
    let extra = capacity.saturating_sub(beside(items)).saturating_mul(size_of::<Value>());
    count(extra, counted, budget)?;
    items.reserve_exact(capacity.saturating_sub(items.len()));
    Ok(())
}
