//! The kinds of tokens.
//!
//! Tokens carry no text: who needs it slices the source. That keeps them `Copy` and the lexer free of allocation.

use crate::types::BinaryOp;
use logos::Logos;

/// A kind of token. Kinds without a pattern are made by the lexer from others.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// Blanks and line breaks.
    #[regex(r"[ \t\r\n\x0B\x0C]+")]
    Whitespace,
    /// `// ...`; the pattern is only its start.
    #[token("//")]
    LineComment,
    /// `/* ... */`; the pattern is only its start.
    #[token("/*")]
    BlockComment,

    /// A name.
    #[regex("[A-Za-z_][A-Za-z0-9_]*")]
    Ident,
    /// A word that names a scalar type.
    #[token("string")]
    #[token("boolean")]
    #[token("number")]
    #[token("integer")]
    #[token("int")]
    #[token("byte")]
    #[token("date")]
    #[token("interval")]
    #[token("real")]
    #[token("double")]
    #[token("float")]
    TypeKw,
    /// `#{any text}` (L-18); the pattern is only its start.
    #[token("#{")]
    Quoted,
    /// `%name%` (L-17).
    Subst,
    /// `"text"`; the pattern is only its start.
    #[token("\"")]
    Text,
    /// What is an operand by itself.
    #[regex("[0-9]+", |_| Atom::Int)]
    #[regex(r"[0-9]+\.[0-9]+([eE][+-]?[0-9]+)?", |_| Atom::Num)]
    #[token("true", |_| Atom::True)]
    #[token("false", |_| Atom::False)]
    #[token("null", |_| Atom::Null)]
    #[token("nil", |_| Atom::Null)]
    Atom(Atom),

    /// `(`
    #[token("(")]
    ParenOpen,
    /// `)`
    #[token(")")]
    ParenClose,
    /// `[`
    #[token("[")]
    BracketOpen,
    /// `]`
    #[token("]")]
    BracketClose,
    /// `{` of a block, a structure or a `switch`.
    #[token("{")]
    BraceOpen,
    /// `}` of a block, a structure or a `switch`.
    #[token("}")]
    BraceClose,
    /// `{` of an array literal.
    LiteralOpen,
    /// `}` of an array literal.
    LiteralClose,
    /// `(` of a cast (L-151).
    CastOpen,
    /// The word in a cast.
    CastType,
    /// `[` `]` with nothing but blanks between (L-151).
    Dims,

    /// `,`
    #[token(",")]
    Comma,
    /// `;`
    #[token(";")]
    Semicolon,
    /// `;` in the header of a counting loop.
    HeaderSemicolon,
    /// `:`
    #[token(":")]
    Colon,
    /// `?`
    #[token("?")]
    Question,
    /// `.`
    #[token(".")]
    Dot,

    /// `+`
    #[token("+")]
    Plus,
    /// `-`
    #[token("-")]
    Minus,
    /// `!`, `not`
    #[token("!")]
    #[token("not")]
    Not,
    /// A binary operator other than `+` and `-`, as symbol or as word.
    #[token("*", |_| BinaryOp::Mul)]
    #[token("/", |_| BinaryOp::Div)]
    #[token("%", |_| BinaryOp::Rem)]
    #[token("<", |_| BinaryOp::Lt)]
    #[token(">", |_| BinaryOp::Gt)]
    #[token("<=", |_| BinaryOp::Le)]
    #[token(">=", |_| BinaryOp::Ge)]
    #[token("==", |_| BinaryOp::Eq)]
    #[token("!=", |_| BinaryOp::Ne)]
    #[token("&&", |_| BinaryOp::And)]
    #[token("and", |_| BinaryOp::And)]
    #[token("||", |_| BinaryOp::Or)]
    #[token("or", |_| BinaryOp::Or)]
    Op(BinaryOp),
    /// `++`, `--`; the flag says `--`.
    #[token("++", |_| false)]
    #[token("--", |_| true)]
    Step(bool),
    /// `=`
    #[token("=")]
    Assign,
    /// `+=` and its like.
    #[token("+=", |_| BinaryOp::Add)]
    #[token("-=", |_| BinaryOp::Sub)]
    #[token("*=", |_| BinaryOp::Mul)]
    #[token("/=", |_| BinaryOp::Div)]
    #[token("%=", |_| BinaryOp::Rem)]
    AssignOp(BinaryOp),

    /// `struct`
    #[token("struct")]
    Struct,
    /// `function`
    #[token("function")]
    Function,
    /// `const`
    #[token("const")]
    Const,
    /// `persistent`
    #[token("persistent")]
    Persistent,
    /// `if`
    #[token("if")]
    If,
    /// `else`
    #[token("else")]
    Else,
    /// `for`
    #[token("for")]
    For,
    /// `in`
    #[token("in")]
    In,
    /// `while`
    #[token("while")]
    While,
    /// `do`
    #[token("do")]
    Do,
    /// `switch`
    #[token("switch")]
    Switch,
    /// `case`
    #[token("case")]
    Case,
    /// `default`
    #[token("default")]
    Default,
    /// `break`
    #[token("break")]
    Break,
    /// `continue`
    #[token("continue")]
    Continue,
    /// `return`
    #[token("return")]
    Return,
    /// `try`
    #[token("try")]
    Try,
    /// `catch`
    #[token("catch")]
    Catch,
    /// `throw`
    #[token("throw")]
    Throw,
    /// `include`, `#include` before a text (L-6).
    Include,
    /// `use` before a text (L-6).
    Use,

    /// What is no token; a diagnostic was given.
    #[regex(r"(?s).", priority = 0)]
    Error,
}

/// What is an operand by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Atom {
    /// `12`
    Int,
    /// `1.5`
    Num,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`, `nil`
    Null,
    /// `OPS-17` (L-19)
    Key,
    /// `#{OPS-17}` before a dot (L-18)
    QuotedKey,
    /// `#{%k%.Some name}` (L-18)
    QuotedField,
}

impl Token {
    /// Blanks and comments.
    pub const fn is_trivia(self) -> bool {
        matches!(self, Self::Whitespace | Self::LineComment | Self::BlockComment)
    }

    /// A word that can never be a name, except after a dot.
    pub const fn is_keyword(self) -> bool {
        matches!(
            self,
            Self::TypeKw
                | Self::Atom(Atom::True | Atom::False | Atom::Null)
                | Self::Struct
                | Self::Function
                | Self::Const
                | Self::Persistent
                | Self::In
                | Self::Else
                | Self::Case
                | Self::Default
                | Self::Catch
        ) || self.starts_statement()
    }

    /// A word that can only stand at the start of a statement, `else`, `case` and declarations apart.
    pub const fn starts_statement(self) -> bool {
        matches!(
            self,
            Self::If
                | Self::For
                | Self::While
                | Self::Do
                | Self::Switch
                | Self::Break
                | Self::Continue
                | Self::Return
                | Self::Try
                | Self::Throw
        )
    }

    /// A word that is followed by something in parentheses.
    pub const fn has_header(self) -> bool {
        matches!(self, Self::If | Self::For | Self::While | Self::Switch)
    }
}
