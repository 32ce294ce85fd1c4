use super::{Base, Type};

/// What is known before run time about a conversion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Convertible {
    /// Succeeds for every value.
    Always,
    /// Depends on the value.
    Maybe,
    /// Fails for every value but null (L-41: *x*).
    Never,
}

/// Whether a value of type `from` converts to type `to` (L-40 to L-46).
///
/// Null converts to everything (L-40) and does not count here.
pub fn convertible(from: Type, to: Type) -> Convertible {
    use Convertible::{Always, Maybe};
    if from == to || to.is_dynamic() {
        return Always;
    }
    if from.is_dynamic() {
        return Maybe;
    }
    match (from.is_array(), to.is_array()) {
        (true, true) => Maybe,
        (true, false) if to == Type::STRING => Always,
        (true, false) => Maybe,
        (false, true) if from == Type::STRING || from.as_struct().is_some() => Maybe,
        (false, true) => convertible(from, to.element()),
        (false, false) => scalar(from.base, to.base),
    }
}

fn scalar(from: Base, to: Base) -> Convertible {
    use Base::{Boolean, Byte, Date, Integer, Interval, Number, String, Struct};
    use Convertible::{Always, Maybe, Never};
    match (from, to) {
        (_, String) => Always,
        (String | Struct(_), Struct(_)) => Maybe,
        (Struct(_), _) | (_, Struct(_)) => Never,
        (String, _) => Maybe,
        (Number | Integer | Byte, Number | Integer | Byte) => Always,
        (Number | Integer, Boolean) => Always,
        (Number | Integer, Date | Interval) => Maybe,
        (Interval, Number | Integer) => Always,
        _ => Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_of_l_41() {
        let types = [Type::STRING, Type::NUMBER, Type::INTEGER, Type::BYTE, Type::BOOLEAN, Type::DATE, Type::INTERVAL];
        // Rows: source. `=` and `y` always, `?` depends on the value, `x` never.
        let rows = ["y??????", "yyyyy??", "yyyyy??", "yyyyxxx", "yxxxyxx", "yxxxxyx", "yyyxxxy"];
        for (from, row) in types.into_iter().zip(rows) {
            for (to, mark) in types.into_iter().zip(row.chars()) {
                let expected = match mark {
                    'y' => Convertible::Always,
                    '?' => Convertible::Maybe,
                    _ => Convertible::Never,
                };
                assert_eq!(convertible(from, to), expected, "{from:?} to {to:?}");
            }
        }
    }
}
