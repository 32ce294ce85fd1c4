//! Every code there is: `syntax` 1 to 99, `check` 100 to 299, `run` 300 to 399.
//!
//! A number is never given to another kind of problem.

pub mod check;
pub mod run;
pub mod syntax;

use super::Code;

/// Declares the codes of one stage, and the list of them.
macro_rules! codes {
    ($($kind:ident $number:literal $name:ident $title:literal;)*) => {
        $(
            #[doc = concat!("SIL", stringify!($number), ": ", $title)]
            #[expect(clippy::zero_prefixed_literal, reason = "the digits name the page too")]
            pub const $name: $crate::diagnostics::Code = $crate::diagnostics::Code::$kind($number, $title);
        )*

        /// All codes of this stage.
        pub const ALL: &[$crate::diagnostics::Code] = &[$($name),*];

        /// The page of a code of this stage.
        pub(super) fn page(code: $crate::diagnostics::Code) -> Option<&'static str> {
            match code {
                $($name => Some(include_str!(concat!("../pages/SIL", stringify!($number), ".md"))),)*
                _ => None,
            }
        }
    };
}
use codes;

/// The page of a code: what it means, with a script that has the problem and the same script without it.
pub(super) fn page(code: Code) -> &'static str {
    // A test holds that every code has one.
    syntax::page(code).or_else(|| check::page(code)).or_else(|| run::page(code)).unwrap_or("")
}

/// The code of a number, as in `SIL0101`.
pub fn find(number: u16) -> Option<Code> {
    all().find(|code| code.number() == number)
}

/// All codes of all stages.
pub fn all() -> impl Iterator<Item = Code> {
    [syntax::ALL, check::ALL, run::ALL].into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_unique() {
        let mut numbers: Vec<u16> = super::all().map(super::Code::number).collect();
        let before = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), before);
    }
}
