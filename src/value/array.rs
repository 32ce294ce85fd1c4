//! Arrays, with keys and without.

mod growth;
mod keyed;

use self::{
    growth::{beside, reserve, reserve_values},
    keyed::{KEYED_ENTRY, Key, Keyed, Name},
};
use super::{DEEP, Plain, Text, Value, drop_deep};
use crate::{
    limits::{Budget, LimitHit, memory},
    types::{Base, Type},
};
use smallvec::SmallVec;

/// An ordered list of values, some or all with a text key (section 9 of the language guide).
///
/// Dense while nothing has a key; integers, numbers and booleans are then stored unboxed, as long as none is null.
#[derive(Debug)]
pub struct Array {
    element: Type,
    depth: u32,
    items: Items,
    /// Bytes counted as live.
    counted: usize,
}

#[derive(Clone, Debug)]
enum Items {
    Ints(Vec<i64>),
    Nums(Vec<f64>),
    Bools(Vec<bool>),
    Values(Values),
    Keyed(Box<Keyed>),
}

/// Boxed elements; a single one stands in the body of the array.
type Values = SmallVec<[Value; 1]>;

const OVERHEAD: usize = size_of::<Array>();

impl Array {
    /// An empty array.
    pub fn new(element: Type) -> Self {
        let items = match element {
            Type { base: Base::Integer, dims: 0 } => Items::Ints(Vec::new()),
            Type { base: Base::Number, dims: 0 } => Items::Nums(Vec::new()),
            Type { base: Base::Boolean, dims: 0 } => Items::Bools(Vec::new()),
            _ => Items::Values(Values::new()),
        };
        memory::add(OVERHEAD);
        Self { element, depth: 1, items, counted: OVERHEAD }
    }

    /// An array of given values, without keys.
    ///
    /// # Errors
    /// Memory, array size or value depth.
    pub fn from_values(
        element: Type,
        values: impl IntoIterator<Item = Value>,
        budget: &Budget,
    ) -> Result<Self, LimitHit> {
        let mut array = Self::new(element);
        for value in values {
            array.push(value, budget)?;
        }
        Ok(array)
    }

    /// An array of texts.
    ///
    /// # Errors
    /// Memory, string or array size.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = &'a str>, budget: &Budget) -> Result<Self, LimitHit> {
        let mut array = Self::new(Type::STRING);
        if let Items::Values(items) = &mut array.items {
            for text in texts {
                let text = Text::try_new(text, budget)?;
                budget.array_size(items.len().saturating_add(1))?;
                reserve_values(items, 1, &mut array.counted, budget)?;
                items.push(Value::Text(text));
            }
        }
        Ok(array)
    }

    /// The type of the elements.
    pub fn element_type(&self) -> Type {
        self.element
    }

    /// The same elements under another element type. The caller has converted them.
    pub fn set_element_type(&mut self, element: Type) {
        self.element = element;
    }

    /// Levels of values, itself counted.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        match &self.items {
            Items::Ints(items) => items.len(),
            Items::Nums(items) => items.len(),
            Items::Bools(items) => items.len(),
            Items::Values(items) => items.len(),
            Items::Keyed(keyed) => keyed.map.len(),
        }
    }

    /// Whether it has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an element may have a key, without looking at each.
    pub fn is_keyed(&self) -> bool {
        matches!(self.items, Items::Keyed(_))
    }

    /// Whether an element has a key.
    pub fn has_keys(&self) -> bool {
        match &self.items {
            Items::Keyed(keyed) => keyed.map.keys().any(|key| matches!(key, Key::Named(_))),
            _ => false,
        }
    }

    /// The element at a position.
    pub fn get(&self, index: usize) -> Option<Value> {
        match &self.items {
            Items::Ints(items) => items.get(index).copied().map(Value::Int),
            Items::Nums(items) => items.get(index).copied().map(Value::Num),
            Items::Bools(items) => items.get(index).copied().map(Value::Bool),
            Items::Values(items) => items.get(index).cloned(),
            Items::Keyed(keyed) => keyed.map.get_index(index).map(|(_, value)| value.clone()),
        }
    }

    /// The integers, while they are stored unboxed.
    pub fn as_ints(&self) -> Option<&[i64]> {
        match &self.items {
            Items::Ints(items) => Some(items),
            _ => None,
        }
    }

    /// The numbers, while they are stored unboxed.
    pub fn as_nums(&self) -> Option<&[f64]> {
        match &self.items {
            Items::Nums(items) => Some(items),
            _ => None,
        }
    }

    /// The booleans, while they are stored unboxed.
    pub fn as_bools(&self) -> Option<&[bool]> {
        match &self.items {
            Items::Bools(items) => Some(items),
            _ => None,
        }
    }

    /// The unboxed integers, to change in place.
    pub(super) fn as_ints_mut(&mut self) -> Option<&mut Vec<i64>> {
        match &mut self.items {
            Items::Ints(items) => Some(items),
            _ => None,
        }
    }

    /// The unboxed numbers, to change in place.
    pub(super) fn as_nums_mut(&mut self) -> Option<&mut Vec<f64>> {
        match &mut self.items {
            Items::Nums(items) => Some(items),
            _ => None,
        }
    }

    /// The unboxed booleans, to change in place.
    pub(super) fn as_bools_mut(&mut self) -> Option<&mut Vec<bool>> {
        match &mut self.items {
            Items::Bools(items) => Some(items),
            _ => None,
        }
    }

    /// A boxed element by position, while it is stored boxed.
    pub fn value_ref(&self, index: usize) -> Option<&Value> {
        match &self.items {
            Items::Values(items) => items.get(index),
            Items::Keyed(keyed) => keyed.map.get_index(index).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A boxed element by position, to replace a scalar in it by one of its kind: nothing else is kept up to date.
    pub(super) fn value_mut(&mut self, index: usize) -> Option<&mut Value> {
        self.slot(index)
    }

    /// The element with a key.
    pub fn get_key(&self, key: &str) -> Option<&Value> {
        match &self.items {
            Items::Keyed(keyed) => keyed.map.get(&Name(key)),
            _ => None,
        }
    }

    /// The position of a key.
    pub fn index_of_key(&self, key: &str) -> Option<usize> {
        match &self.items {
            Items::Keyed(keyed) => keyed.map.get_index_of(&Name(key)),
            _ => None,
        }
    }

    /// The key of the element at a position.
    pub fn key_at(&self, index: usize) -> Option<&str> {
        match &self.items {
            Items::Keyed(keyed) => match keyed.map.get_index(index)?.0 {
                Key::Named(name) => Some(name),
                Key::Unnamed(_) => None,
            },
            _ => None,
        }
    }

    /// Appends an element without key.
    ///
    /// # Errors
    /// Memory, array size or value depth; nothing is appended then.
    pub fn push(&mut self, value: Value, budget: &Budget) -> Result<(), LimitHit> {
        if let Items::Values(items) = &mut self.items {
            budget.array_size(items.len().saturating_add(1))?;
            note_depth(&mut self.depth, &value, budget)?;
            reserve_values(items, 1, &mut self.counted, budget)?;
            items.push(value);
            return Ok(());
        }
        self.push_other(value, budget)
    }

    /// Appends where the elements are not boxed, or have keys.
    fn push_other(&mut self, value: Value, budget: &Budget) -> Result<(), LimitHit> {
        budget.array_size(self.len().saturating_add(1))?;
        self.note_depth(&value, budget)?;
        let boxed = match (&mut self.items, &value) {
            (Items::Ints(items), &Value::Int(int)) => {
                reserve(items, 1, &mut self.counted, budget)?;
                items.push(int);
                return Ok(());
            }
            (Items::Nums(items), &Value::Num(num)) => {
                reserve(items, 1, &mut self.counted, budget)?;
                items.push(num);
                return Ok(());
            }
            (Items::Bools(items), &Value::Bool(bool)) => {
                reserve(items, 1, &mut self.counted, budget)?;
                items.push(bool);
                return Ok(());
            }
            (Items::Values(_) | Items::Keyed(_), _) => true,
            _ => false,
        };
        if !boxed {
            self.box_items(budget)?;
        }
        match &mut self.items {
            Items::Values(items) => {
                reserve_values(items, 1, &mut self.counted, budget)?;
                items.push(value);
            }
            Items::Keyed(keyed) => {
                keyed.reserve(0, &mut self.counted, budget)?;
                let key = keyed.unnamed();
                keyed.map.insert(key, value);
            }
            _ => {}
        }
        Ok(())
    }

    /// Appends texts without keys, asking once for what all of them need.
    ///
    /// # Errors
    /// Memory, string or array size; nothing is appended then.
    pub fn push_texts(&mut self, texts: &[&str], budget: &Budget) -> Result<(), LimitHit> {
        let Items::Values(items) = &mut self.items else {
            for text in texts {
                self.push(Value::Text(Text::try_new(text, budget)?), budget)?;
            }
            return Ok(());
        };
        budget.array_size(items.len().saturating_add(texts.len()))?;
        let mut bytes = 0usize;
        for text in texts {
            budget.text_size(text.len())?;
            bytes = bytes.saturating_add(Text::cost(text.len(), text.len()));
        }
        reserve_values(items, texts.len(), &mut self.counted, budget)?;
        if bytes > 0 {
            budget.grow(bytes)?;
        }
        items.extend(texts.iter().map(|text| Value::Text(Text::new(text))));
        Ok(())
    }

    /// Makes room for elements that are going to be appended.
    ///
    /// # Errors
    /// Memory or array size.
    pub fn reserve(&mut self, more: usize, budget: &Budget) -> Result<(), LimitHit> {
        budget.array_size(self.len().saturating_add(more))?;
        match &mut self.items {
            Items::Ints(items) => reserve(items, more, &mut self.counted, budget),
            Items::Nums(items) => reserve(items, more, &mut self.counted, budget),
            Items::Bools(items) => reserve(items, more, &mut self.counted, budget),
            Items::Values(items) => reserve_values(items, more, &mut self.counted, budget),
            Items::Keyed(_) => Ok(()),
        }
    }

    /// Appends an unboxed scalar where that needs no growth, no conversion and no new slice of fuel, for one unit as
    /// always; says whether it did.
    #[inline]
    #[must_use]
    pub fn try_push<P: Plain>(&mut self, element: P, budget: &mut Budget) -> bool {
        let Some(items) = P::items_mut(self) else { return false };
        let len = items.len();
        let fits = len < items.capacity() && budget.array_size(len.saturating_add(1)).is_ok() && budget.spend(1);
        if fits {
            items.push(element);
        }
        fits
    }

    /// Replaces the element at a position; at the end it appends, beyond that the gap is filled with nulls (L-111).
    ///
    /// # Errors
    /// Memory, array size or value depth.
    pub fn set(&mut self, index: usize, value: Value, budget: &Budget) -> Result<(), LimitHit> {
        let len = self.len();
        if index >= len {
            budget.array_size(index.saturating_add(1))?;
            let filler = Value::default_of(self.element);
            for _ in len..index {
                self.push(filler.clone(), budget)?;
            }
            return self.push(value, budget);
        }
        self.note_depth(&value, budget)?;
        match (&mut self.items, &value) {
            (Items::Ints(items), &Value::Int(int)) => {
                if let Some(slot) = items.get_mut(index) {
                    *slot = int;
                }
                return Ok(());
            }
            (Items::Nums(items), &Value::Num(num)) => {
                if let Some(slot) = items.get_mut(index) {
                    *slot = num;
                }
                return Ok(());
            }
            (Items::Bools(items), &Value::Bool(bool)) => {
                if let Some(slot) = items.get_mut(index) {
                    *slot = bool;
                }
                return Ok(());
            }
            (Items::Values(_) | Items::Keyed(_), _) => {}
            _ => self.box_items(budget)?,
        }
        if let Some(slot) = self.slot(index) {
            *slot = value;
        }
        Ok(())
    }

    /// Replaces the element under a key or appends a new keyed element (L-111).
    ///
    /// # Errors
    /// Memory, array size or value depth.
    pub fn set_key(&mut self, key: &str, value: Value, budget: &Budget) -> Result<(), LimitHit> {
        self.note_depth(&value, budget)?;
        self.make_keyed(budget)?;
        let len = self.len();
        let Items::Keyed(keyed) = &mut self.items else { return Ok(()) };
        if let Some(slot) = keyed.map.get_mut(&Name(key)) {
            *slot = value;
            return Ok(());
        }
        budget.array_size(len.saturating_add(1))?;
        keyed.reserve(key.len(), &mut self.counted, budget)?;
        keyed.key_bytes = keyed.key_bytes.saturating_add(key.len());
        keyed.map.insert(Key::Named(key.into()), value);
        Ok(())
    }

    /// Appends an element with the key of another array, or without one.
    ///
    /// # Errors
    /// Memory, array size or value depth.
    pub fn push_keyed(&mut self, key: Option<&str>, value: Value, budget: &Budget) -> Result<(), LimitHit> {
        match key {
            Some(key) => self.set_key(key, value, budget),
            None => self.push(value, budget),
        }
    }

    /// Takes an element out to change it in place; put it back with [`Array::set`].
    pub fn take(&mut self, index: usize) -> Value {
        match self.slot(index) {
            Some(slot) => std::mem::take(slot),
            None => self.get(index).unwrap_or_default(),
        }
    }

    /// Removes the element at a position, the ones behind it move up.
    pub fn remove(&mut self, index: usize) -> Option<Value> {
        if index >= self.len() {
            return None;
        }
        match &mut self.items {
            Items::Ints(items) => Some(Value::Int(items.remove(index))),
            Items::Nums(items) => Some(Value::Num(items.remove(index))),
            Items::Bools(items) => Some(Value::Bool(items.remove(index))),
            Items::Values(items) => Some(items.remove(index)),
            Items::Keyed(keyed) => keyed.map.shift_remove_index(index).map(|(_, value)| value),
        }
    }

    /// Elements in position order.
    pub fn iter(&self) -> Iter<'_> {
        Iter { array: self, next: 0 }
    }

    /// Bytes it counts for, without what its elements point to.
    pub fn size(&self) -> usize {
        self.counted
    }

    fn slot(&mut self, index: usize) -> Option<&mut Value> {
        match &mut self.items {
            Items::Values(items) => items.get_mut(index),
            Items::Keyed(keyed) => keyed.map.get_index_mut(index).map(|(_, value)| value),
            _ => None,
        }
    }

    fn note_depth(&mut self, value: &Value, budget: &Budget) -> Result<(), LimitHit> {
        note_depth(&mut self.depth, value, budget)
    }

    /// Turns unboxed elements into values, since one of them is going to be null or of another type.
    fn box_items(&mut self, budget: &Budget) -> Result<(), LimitHit> {
        if matches!(self.items, Items::Values(_) | Items::Keyed(_)) {
            return Ok(());
        }
        let len = self.len();
        budget.grow(len.saturating_mul(size_of::<Value>()))?;
        let values: Values = self.iter().collect();
        self.items = Items::Values(values);
        self.recount();
        Ok(())
    }

    fn make_keyed(&mut self, budget: &Budget) -> Result<(), LimitHit> {
        if matches!(self.items, Items::Keyed(_)) {
            return Ok(());
        }
        budget.grow(self.len().saturating_mul(KEYED_ENTRY))?;
        let mut keyed = Keyed::default();
        for value in self.iter() {
            let key = keyed.unnamed();
            keyed.map.insert(key, value);
        }
        self.items = Items::Keyed(Box::new(keyed));
        self.recount();
        Ok(())
    }

    fn recount(&mut self) {
        let now = OVERHEAD.saturating_add(match &self.items {
            Items::Ints(items) => items.capacity().saturating_mul(8),
            Items::Nums(items) => items.capacity().saturating_mul(8),
            Items::Bools(items) => items.capacity(),
            Items::Values(items) => beside(items).saturating_mul(size_of::<Value>()),
            Items::Keyed(keyed) => keyed.map.capacity().saturating_mul(KEYED_ENTRY).saturating_add(keyed.key_bytes),
        });
        memory::sub(self.counted);
        memory::add(now);
        self.counted = now;
    }

    pub(super) fn take_values(&mut self, into: &mut Vec<Value>) {
        match &mut self.items {
            Items::Values(items) => into.extend(items.drain(..)),
            Items::Keyed(keyed) => into.extend(keyed.map.values_mut().map(std::mem::take)),
            _ => {}
        }
    }
}

/// Keeps the depth of an array up to date with one more element.
#[inline]
fn note_depth(own: &mut u32, value: &Value, budget: &Budget) -> Result<(), LimitHit> {
    let depth = value.depth().saturating_add(1);
    if depth > *own {
        budget.value_depth(depth)?;
        *own = depth;
    }
    Ok(())
}

impl Clone for Array {
    fn clone(&self) -> Self {
        let mut copy = Self { element: self.element, depth: self.depth, items: self.items.clone(), counted: 0 };
        copy.recount();
        copy
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        memory::sub(self.counted);
        if self.depth > DEEP {
            let mut pending = Vec::new();
            self.take_values(&mut pending);
            drop_deep(pending);
        }
    }
}

/// The elements of an array, in position order.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    array: &'a Array,
    next: usize,
}

impl Iterator for Iter<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let value = self.array.get(self.next)?;
        self.next = self.next.saturating_add(1);
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.array.len().saturating_sub(self.next);
        (left, Some(left))
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = Value;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn budget() -> Budget {
        Budget::new(&Limits::default())
    }

    fn ints(array: &Array) -> Vec<Option<i64>> {
        array
            .iter()
            .map(|value| match value {
                Value::Int(integer) => Some(integer),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn unboxed_until_a_null_comes() {
        let budget = budget();
        let mut array = Array::from_values(Type::INTEGER, [1, 2].map(Value::Int), &budget).unwrap();
        assert_eq!(array.as_ints(), Some(&[1, 2][..]));
        array.set(3, Value::Int(4), &budget).unwrap();
        assert_eq!(array.as_ints(), None);
        assert_eq!(ints(&array), [Some(1), Some(2), None, Some(4)]);
    }

    #[test]
    fn keys_and_positions_together() {
        let budget = budget();
        let mut array = Array::new(Type::INTEGER);
        array.push(Value::Int(1), &budget).unwrap();
        array.set_key("a", Value::Int(2), &budget).unwrap();
        array.push(Value::Int(3), &budget).unwrap();
        array.set_key("a", Value::Int(4), &budget).unwrap();
        array.set(2, Value::Int(5), &budget).unwrap();
        assert_eq!(ints(&array), [Some(1), Some(4), Some(5)]);
        assert_eq!((array.key_at(0), array.key_at(1), array.index_of_key("a")), (None, Some("a"), Some(1)));
        assert!(array.has_keys());
        array.remove(0);
        assert_eq!((array.key_at(0), array.index_of_key("a")), (Some("a"), Some(0)));
        array.remove(0);
        assert!(!array.has_keys() && array.is_keyed());
        array.push(Value::Int(6), &budget).unwrap();
        assert_eq!(ints(&array), [Some(5), Some(6)]);
    }

    #[test]
    fn memory_is_given_back() {
        let budget = budget();
        let before = memory::live();
        {
            let mut plain = Array::new(Type::NUMBER);
            let mut keyed = Array::new(Type::STRING);
            for number in 0..1000 {
                plain.push(Value::Num(f64::from(number)), &budget).unwrap();
                keyed.set_key(&number.to_string(), Value::text("x"), &budget).unwrap();
            }
            let mut copy = keyed.clone();
            copy.remove(5);
            plain.push(Value::Null, &budget).unwrap();
            assert!(memory::live() > before);
        }
        assert_eq!(memory::live(), before);
    }
}
