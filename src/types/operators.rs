use super::{Base, Convertible, Type, convertible};

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `/` where division of integers is not whole: the dialect of L-58
    Ratio,
    /// `%`
    Rem,
    /// `<`, `lt`
    Lt,
    /// `>`, `gt`
    Gt,
    /// `<=`, `le`
    Le,
    /// `>=`, `ge`
    Ge,
    /// `==`, `eq`
    Eq,
    /// `!=`, `neq`
    Ne,
    /// `&&`, `and`
    And,
    /// `||`, `or`
    Or,
}

impl BinaryOp {
    /// How it is written in messages.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div | Self::Ratio => "/",
            Self::Rem => "%",
            Self::Lt => "<",
            Self::Gt => ">",
            Self::Le => "<=",
            Self::Ge => ">=",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::And => "&&",
            Self::Or => "||",
        }
    }

    /// Precedence level of L-50, higher binds tighter.
    pub const fn precedence(self) -> u8 {
        match self {
            Self::Mul | Self::Div | Self::Ratio | Self::Rem => 6,
            Self::Add | Self::Sub => 5,
            Self::Lt | Self::Gt | Self::Le | Self::Ge => 4,
            Self::Eq | Self::Ne => 3,
            Self::And => 2,
            Self::Or => 1,
        }
    }

    /// `+`, `-`, `*`, `/`, `%`.
    pub const fn is_arithmetic(self) -> bool {
        matches!(self, Self::Add | Self::Sub | Self::Mul | Self::Div | Self::Ratio | Self::Rem)
    }

    /// `<`, `>`, `<=`, `>=`.
    pub const fn is_ordering(self) -> bool {
        matches!(self, Self::Lt | Self::Gt | Self::Le | Self::Ge)
    }

    /// `==`, `!=`.
    pub const fn is_equality(self) -> bool {
        matches!(self, Self::Eq | Self::Ne)
    }
}

/// A unary operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `+`
    Plus,
    /// `!`, `not`
    Not,
}

/// What is known of the left operand, which decides what an operator means (L-52).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeftOperand {
    /// Its static type.
    pub ty: Type,
    /// Whether it is an integer literal in the sense of L-58.
    pub int_literal: bool,
}

/// The type of `left op right`, dynamic when it depends on the values; `None` when the operation fails whatever
/// the values are (nulls apart), by the tables of L-53 to L-61.
pub fn binary_type(op: BinaryOp, left: LeftOperand, right: Type) -> Option<Type> {
    match op {
        BinaryOp::Eq | BinaryOp::Ne => Some(Type::BOOLEAN),
        BinaryOp::And | BinaryOp::Or => {
            (can(left.ty, Type::BOOLEAN) && can(right, Type::BOOLEAN)).then_some(Type::BOOLEAN)
        }
        BinaryOp::Lt | BinaryOp::Gt | BinaryOp::Le | BinaryOp::Ge => ordering_type(left.ty, right),
        BinaryOp::Add | BinaryOp::Sub => additive_type(op, left, right),
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Ratio | BinaryOp::Rem => multiplicative_type(op, left, right),
    }
}

/// The type of `op operand`; `None` when it fails whatever the value is (L-56).
pub fn unary_type(op: UnaryOp, operand: Type) -> Option<Type> {
    match op {
        UnaryOp::Plus => Some(operand),
        _ if operand.is_dynamic() || operand.is_numeric() => Some(operand),
        UnaryOp::Neg => (operand == Type::INTERVAL).then_some(operand),
        UnaryOp::Not => can(operand, Type::BOOLEAN).then_some(Type::BOOLEAN),
    }
}

fn can(from: Type, to: Type) -> bool {
    convertible(from, to) != Convertible::Never
}

fn ordering_type(left: Type, right: Type) -> Option<Type> {
    if left.is_dynamic() {
        return Some(Type::BOOLEAN);
    }
    if left.is_array() || matches!(left.base, Base::Boolean | Base::Struct(_)) {
        return None;
    }
    // Numeric types compare by value, so a byte meets a number without conversion (L-60).
    let fits = can(right, left) || (left.is_numeric() && can(right, Type::NUMBER));
    fits.then_some(Type::BOOLEAN)
}

fn additive_type(op: BinaryOp, left: LeftOperand, right: Type) -> Option<Type> {
    let ty = left.ty;
    if ty.is_dynamic() {
        return Some(Type::DYNAMIC);
    }
    if ty.is_array() {
        return (can(right, ty) || can(right, ty.element())).then_some(ty);
    }
    match ty.base {
        Base::Number => can(right, Type::NUMBER).then_some(Type::NUMBER),
        Base::Integer => integer_type(left.int_literal, right),
        Base::Byte => can(right, Type::BYTE).then_some(Type::BYTE),
        Base::String => Some(Type::STRING),
        Base::Date => match op {
            BinaryOp::Add => can(right, Type::INTERVAL).then_some(Type::DATE),
            _ if right == Type::INTERVAL => Some(Type::DATE),
            _ if right == Type::DATE || right == Type::NUMBER || right == Type::INTEGER => Some(Type::INTERVAL),
            _ => (can(right, Type::DATE) || can(right, Type::INTERVAL)).then_some(Type::DYNAMIC),
        },
        Base::Interval => match op {
            BinaryOp::Add if right == Type::DATE => Some(Type::DATE),
            // A text is tried as interval, then as date.
            BinaryOp::Add if right == Type::STRING || right.is_dynamic() || right.is_array() => Some(Type::DYNAMIC),
            _ => can(right, Type::INTERVAL).then_some(Type::INTERVAL),
        },
        Base::Boolean | Base::Struct(_) => None,
        Base::Dynamic => Some(Type::DYNAMIC),
    }
}

/// `integer op right` for `+ - * / %`: a literal counts as a number unless the right side is whole (L-58).
fn integer_type(literal: bool, right: Type) -> Option<Type> {
    if right.is_dynamic() {
        return Some(if literal { Type::DYNAMIC } else { Type::INTEGER });
    }
    let whole = right == Type::INTEGER || right == Type::BYTE;
    let result = if literal && !whole { Type::NUMBER } else { Type::INTEGER };
    (can(right, Type::INTEGER) || can(right, Type::NUMBER)).then_some(result)
}

fn multiplicative_type(op: BinaryOp, left: LeftOperand, right: Type) -> Option<Type> {
    let ty = left.ty;
    if ty.is_dynamic() {
        return Some(Type::DYNAMIC);
    }
    if ty.is_array() {
        let numbers = ty.dims == 1 && matches!(ty.base, Base::Number | Base::Integer | Base::Dynamic);
        let result = if op == BinaryOp::Ratio && ty.base == Base::Integer { Type::NUMBER.array() } else { ty };
        return (numbers && (can(right, Type::NUMBER) || right.is_array())).then_some(result);
    }
    if op == BinaryOp::Ratio && ty == Type::INTEGER {
        return multiplicative_type(op, LeftOperand { ty: Type::NUMBER, int_literal: false }, right);
    }
    if right.is_array() && matches!(ty.base, Base::Number | Base::Integer) {
        // An array on the right of a number is treated element by element (L-55).
        let element = multiplicative_type(op, left, right.element())?;
        return Some(if element.is_dynamic() { Type::DYNAMIC } else { element.array() });
    }
    match ty.base {
        Base::Number | Base::Integer if op == BinaryOp::Mul && right == Type::INTERVAL => Some(Type::INTERVAL),
        // A text that is no number may still be an interval.
        Base::Number | Base::Integer if op == BinaryOp::Mul && right == Type::STRING => Some(Type::DYNAMIC),
        // It may turn out to be an array, or an interval.
        Base::Number | Base::Integer if right.is_dynamic() => Some(Type::DYNAMIC),
        Base::Number => can(right, Type::NUMBER).then_some(Type::NUMBER),
        Base::Integer => integer_type(left.int_literal, right),
        Base::Byte => can(right, Type::BYTE).then_some(Type::BYTE),
        Base::Interval if op != BinaryOp::Rem => can(right, Type::NUMBER).then_some(Type::INTERVAL),
        Base::Dynamic => Some(Type::DYNAMIC),
        _ => None,
    }
}
