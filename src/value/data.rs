/// A value outside a run: owned, `Send`, comparable, and natural JSON for serde.
///
/// This is what a host gets and gives, and what an outcome holds.
#[derive(Clone, PartialEq, Debug, Default)]
#[non_exhaustive]
pub enum Data {
    /// No value.
    #[default]
    Null,
    /// `boolean`
    Boolean(bool),
    /// `integer`
    Integer(i64),
    /// `number`
    Number(f64),
    /// `byte`
    Byte(i8),
    /// `date`
    Date(DateData),
    /// `interval`, in milliseconds.
    Interval(i64),
    /// `string`
    Text(String),
    /// An array without keys.
    Array(Vec<Data>),
    /// An array with keys: each element with its key, if it has one.
    Map(Vec<(Option<String>, Data)>),
    /// A structure: its name and its fields in order.
    Struct(String, Vec<(String, Data)>),
}

/// A point in time outside a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DateData {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub millis: i64,
    /// The zone it is shown in; `None` is the engine's. A name such as `Europe/Paris`, or an offset such as `+02:00`.
    pub zone: Option<String>,
}
