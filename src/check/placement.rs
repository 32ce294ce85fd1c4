//! Which argument belongs to which parameter, where optional ones stand at the front or in the middle.

use crate::{
    signatures::{Param, ParamType, Signature},
    types::{Base, Convertible, Type, convertible},
};

/// What is known of an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Arg {
    pub(super) ty: Type,
    /// A literal in braces, which takes the type of its parameter.
    pub(super) literal: bool,
}

/// Where the arguments of a call go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Placement {
    /// To the parameters in order; further ones to the last.
    InOrder,
    /// Argument `i` to parameter `.0[i]`.
    Spread(Box<[u8]>),
}

impl Placement {
    /// The parameter of argument `index`.
    pub(super) fn parameter<'s>(&self, signature: &'s Signature, index: usize) -> Option<&'s Param> {
        match self {
            Self::InOrder => {
                let last = signature.params.len().checked_sub(1)?;
                signature.params.get(index.min(last))
            }
            Self::Spread(places) => signature.params.get(usize::from(*places.get(index)?)),
        }
    }
}

/// Whether the number of arguments is right.
pub(super) fn count_fits(signature: &Signature, args: usize) -> bool {
    let (least, most) = signature.arity();
    args >= least && most.is_none_or(|most| args <= most)
}

/// The way to leave out optional parameters whose types fit without conversion, else one that fits with conversion;
/// of several the one that leaves out the last ones. `None` when the arguments certainly do not fit.
pub(super) fn place(signature: &Signature, args: &[Arg]) -> Option<Placement> {
    let params = &signature.params;
    if !count_fits(signature, args.len()) {
        return None;
    }
    if args.len() >= params.len() {
        let fits = params.is_empty()
            || args.iter().enumerate().all(|(index, &arg)| {
                Placement::InOrder.parameter(signature, index).is_some_and(|param| fits(arg, param, false))
            });
        return fits.then_some(Placement::InOrder);
    }
    spread(params, args, true).or_else(|| spread(params, args, false))
}

/// Where the arguments go if their types do not matter: the last optional parameters are left out.
pub(super) fn place_anyhow(signature: &Signature, args: usize) -> Placement {
    let anything = vec![Arg { ty: Type::DYNAMIC, literal: false }; args];
    place(signature, &anything).unwrap_or(Placement::InOrder)
}

/// Finds the places of fewer arguments than parameters.
fn spread(params: &[Param], args: &[Arg], exact: bool) -> Option<Placement> {
    // possible[param][arg]: the arguments from `arg` on can go to the parameters from `param` on.
    let width = args.len().saturating_add(1);
    let mut possible = vec![vec![false; width]; params.len().saturating_add(1)];
    let at = |table: &[Vec<bool>], param: usize, arg: usize| {
        table.get(param).and_then(|row| row.get(arg)).copied().unwrap_or(false)
    };
    let takes = |param: &Param, arg: usize| args.get(arg).is_some_and(|&arg| fits(arg, param, exact));
    if let Some(cell) = possible.last_mut().and_then(|row| row.last_mut()) {
        *cell = true;
    }
    for (index, param) in params.iter().enumerate().rev() {
        let next = index.saturating_add(1);
        for arg in 0..width {
            let taken = takes(param, arg) && at(&possible, next, arg.saturating_add(1));
            let value = taken || (param.optional && at(&possible, next, arg));
            if let Some(cell) = possible.get_mut(index).and_then(|row| row.get_mut(arg)) {
                *cell = value;
            }
        }
    }
    if !at(&possible, 0, 0) {
        return None;
    }
    let mut places = Vec::with_capacity(args.len());
    for (index, param) in params.iter().enumerate() {
        let arg = places.len();
        if takes(param, arg) && at(&possible, index.saturating_add(1), arg.saturating_add(1)) {
            places.push(u8::try_from(index).ok()?);
        }
    }
    let in_order = places.iter().enumerate().all(|(index, &place)| index == usize::from(place));
    Some(if in_order { Placement::InOrder } else { Placement::Spread(places.into()) })
}

/// Whether an argument can go to a parameter; `exact`: without conversion.
fn fits(arg: Arg, param: &Param, exact: bool) -> bool {
    if arg.ty.base == Base::Dynamic {
        return true;
    }
    match param.ty {
        ParamType::Any => true,
        ParamType::AnyArray => !exact || arg.ty.is_array(),
        ParamType::Is(ty) if arg.literal && exact => ty.is_array() || ty.as_struct().is_some(),
        // Every whole number is a number; which kind a routine takes says nothing about what was meant.
        ParamType::Is(ty) if exact => ty == arg.ty || (ty.is_numeric() && arg.ty.is_numeric()),
        ParamType::Is(ty) => convertible(arg.ty, ty) != Convertible::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signatures::Family;

    fn args(types: &[Type]) -> Vec<Arg> {
        types.iter().map(|&ty| Arg { ty, literal: false }).collect()
    }

    fn optional_key() -> Signature {
        Signature::new("f", Family::Jira).optional("key", Type::STRING).param("id", Type::NUMBER)
    }

    #[test]
    fn the_types_choose_what_is_left_out() {
        let front = optional_key();
        assert_eq!(place(&front, &args(&[Type::STRING, Type::NUMBER])), Some(Placement::InOrder));
        assert_eq!(place(&front, &args(&[Type::INTEGER])), Some(Placement::Spread([1].into())));
        // A text converts to a number, too, so the required parameter gets it.
        assert_eq!(place(&front, &args(&[Type::STRING])), Some(Placement::Spread([1].into())));
        let middle = Signature::new("g", Family::Http)
            .param("url", Type::STRING)
            .optional("count", Type::NUMBER)
            .optional("on", Type::BOOLEAN)
            .param("body", Type::STRING);
        assert_eq!(
            place(&middle, &args(&[Type::STRING, Type::BOOLEAN, Type::STRING])),
            Some(Placement::Spread([0, 2, 3].into()))
        );
        assert_eq!(
            place(&middle, &args(&[Type::STRING, Type::DYNAMIC, Type::STRING])),
            Some(Placement::Spread([0, 1, 3].into()))
        );
        assert_eq!(place(&middle, &args(&[Type::STRING, Type::STRING])), Some(Placement::Spread([0, 3].into())));
        assert_eq!(place(&middle, &args(&[Type::STRING])), None);
    }

    #[test]
    fn optional_ones_at_the_end_need_no_places() {
        let tail = Signature::new("h", Family::Core).param("a", Type::STRING).optional("b", Type::NUMBER);
        assert_eq!(place(&tail, &args(&[Type::STRING])), Some(Placement::InOrder));
        assert_eq!(place(&tail, &args(&[Type::STRING, Type::DATE])), None);
        assert_eq!(place(&tail, &args(&[])), None);
    }

    #[test]
    fn further_arguments_go_to_the_last_parameter() {
        let more = Signature::new("h", Family::Core).param("a", Type::STRING).param("b", Type::NUMBER).variadic();
        assert_eq!(place(&more, &args(&[Type::STRING, Type::NUMBER, Type::INTEGER])), Some(Placement::InOrder));
        assert_eq!(place(&more, &args(&[Type::STRING, Type::NUMBER, Type::DATE])), None);
    }
}
