use super::{DEEP, Value, drop_deep};
use crate::{
    limits::{Budget, LimitHit, memory},
    types::{StructId, StructTable},
};
use smallvec::SmallVec;

/// The fields of a structure value. Those of small structures stand in its body.
pub type Fields = SmallVec<[Value; 3]>;

/// The fields of a structure value, in declaration order.
#[derive(Debug)]
pub struct Record {
    id: StructId,
    depth: u32,
    /// Whether every field is null; kept, since structures that share fields could be walked for ever.
    null: bool,
    fields: Fields,
}

impl Record {
    /// A structure whose fields all have their default: null, or an empty array.
    pub fn new(id: StructId, structs: &StructTable) -> Self {
        let fields = structs.fields(id).iter().map(|field| Value::default_of(field.ty)).collect();
        Self::from_fields(id, fields)
    }

    /// A structure of given fields. Their number is that of the declaration, their depth was asked for.
    pub fn from_fields(id: StructId, fields: Fields) -> Self {
        let depth = fields.iter().map(Value::depth).max().unwrap_or(0).saturating_add(1);
        let null = fields.iter().all(Value::is_null);
        memory::add(bytes(&fields));
        Self { id, depth, null, fields }
    }

    /// A structure of given fields, as [`Record::from_fields`].
    #[inline]
    pub fn of<const N: usize>(id: StructId, fields: [Value; N]) -> Self {
        let mut list = Fields::with_capacity(N);
        let (mut depth, mut null) = (1, true);
        for field in fields {
            depth = field.depth().saturating_add(1).max(depth);
            null &= field.is_null();
            list.push(field);
        }
        memory::add(bytes(&list));
        Self { id, depth, null, fields: list }
    }

    /// Which structure.
    pub fn id(&self) -> StructId {
        self.id
    }

    /// Levels of values, itself counted.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Whether every field is null, an empty array, or a structure of such fields (L-32).
    pub fn is_null(&self) -> bool {
        self.null
    }

    /// All fields in order.
    pub fn fields(&self) -> &[Value] {
        &self.fields
    }

    /// A field by position.
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.fields.get(index)
    }

    /// A field by position, to replace a scalar in it by one of its kind: nothing else is kept up to date.
    pub(super) fn field_mut(&mut self, index: usize) -> Option<&mut Value> {
        self.fields.get_mut(index)
    }

    /// Replaces a field by position; nothing happens beyond the last one.
    ///
    /// # Errors
    /// Value depth.
    pub fn set(&mut self, index: usize, value: Value, budget: &Budget) -> Result<(), LimitHit> {
        let depth = value.depth().saturating_add(1);
        if depth > self.depth {
            budget.value_depth(depth)?;
            self.depth = depth;
        }
        let null = value.is_null();
        if let Some(slot) = self.fields.get_mut(index) {
            *slot = value;
            self.null = null && (self.null || self.fields.iter().all(Value::is_null));
        }
        Ok(())
    }

    /// Takes a field out to change it in place; put it back with [`Record::set`].
    pub fn take(&mut self, index: usize) -> Value {
        self.fields.get_mut(index).map(std::mem::take).unwrap_or_default()
    }

    /// Bytes it counts for, without what its fields point to.
    pub fn size(&self) -> usize {
        bytes(&self.fields)
    }

    pub(super) fn take_values(&mut self, into: &mut Vec<Value>) {
        into.extend(self.fields.iter_mut().map(std::mem::take));
    }
}

fn bytes(fields: &Fields) -> usize {
    let beside = if fields.spilled() { fields.capacity().saturating_mul(size_of::<Value>()) } else { 0 };
    beside.saturating_add(size_of::<Record>())
}

impl Clone for Record {
    fn clone(&self) -> Self {
        memory::add(bytes(&self.fields));
        Self { id: self.id, depth: self.depth, null: self.null, fields: self.fields.clone() }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        memory::sub(bytes(&self.fields));
        if self.depth > DEEP {
            let mut pending = Vec::new();
            self.take_values(&mut pending);
            drop_deep(pending);
        }
    }
}
