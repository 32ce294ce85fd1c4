//! Lexing and parsing.

super::codes! {
    error 1 UNEXPECTED_TOKEN "unexpected token";
}
