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
            pub const $name: $crate::diagnostics::Code = $crate::diagnostics::Code::$kind($number, $title);
        )*

        /// All codes of this stage.
        pub const ALL: &[$crate::diagnostics::Code] = &[$($name),*];
    };
}
use codes;

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
