#![doc = include_str!("front.md")]

/// Declares chapters: modules without code, each with a Markdown file and the meaning of its marks.
macro_rules! chapters {
    ($($name:ident $file:literal;)*) => {
        $(
            #[doc = include_str!($file)]
            ///
            /// [D]: crate::guide#how-sure-a-rule-is
            /// [E]: crate::guide#how-sure-a-rule-is
            /// [C]: crate::guide#how-sure-a-rule-is
            /// [I]: crate::guide#how-sure-a-rule-is
            pub mod $name {}
        )*
    };
}

chapters! {
    lexical "lexical.md";
    programs "programs.md";
    types "types.md";
    conversions "conversions.md";
    operators "operators.md";
    statements "statements.md";
    functions "functions.md";
    structures "structures.md";
    arrays "arrays.md";
    issues "issues.md";
    errors "errors.md";
    mistakes "mistakes.md";
    syntax "syntax.md";
    predefined "predefined.md";
    routines "routines.md";
    reference "reference.md";
    coverage "coverage.md";
    webhooks "webhooks.md";
    administration "administration.md";
    compatibility "compatibility.md";
    limits "limits.md";
    hostile "hostile.md";
    embedding "embedding.md";
    design "design.md";
}
