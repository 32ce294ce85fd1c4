//! Habits of other languages, told by what the parser stumbles over.

use super::{Context, LOOK_BACK};
use crate::{
    diagnostics::{Diagnostic, codes::syntax as codes},
    source::Span,
    syntax::{
        lexer::{Lexeme, is_literal},
        scan::shorten,
        token::{Atom, Token},
    },
    types::BinaryOp,
};

fn not_equal(span: Span) -> Diagnostic {
    Diagnostic::new(codes::FOREIGN_SPELLING, span, "`<>` is written `!=`").fix(span, "!=", true)
}

impl Context<'_, '_> {
    /// A place where nothing but the beginning of a statement was read.
    pub(super) fn begins_statement(&self, back: usize) -> bool {
        let before = self.index.checked_sub(back.saturating_add(1)).and_then(|index| self.tokens.get(index));
        before.is_none_or(|before| matches!(before.token, Token::Semicolon | Token::BraceOpen | Token::BraceClose))
    }

    /// The place from the token `back` places before the error to the end of the one found.
    pub(super) fn reaching_back(&self, back: usize) -> Span {
        let first = self.index.checked_sub(back).and_then(|index| self.tokens.get(index));
        let found = self.place();
        first.map_or(found, |first| first.span.to(found))
    }

    /// Habits of other languages.
    pub(super) fn foreign(&self) -> Option<Diagnostic> {
        let found = self.found?;
        let last = self.last.map(|last| last.token);
        match found.token {
            Token::Colon if self.next_is(Token::Assign) => {
                let next = self.tokens.get(self.index.saturating_add(1))?;
                let span = found.span.to(next.span);
                Some(Diagnostic::new(codes::FOREIGN_SPELLING, span, "`:=` is written `=`").fix(span, "=", true))
            }
            Token::Colon => self.each_colon(found).or_else(|| self.type_behind_name(self.index)),
            Token::Ident if self.found_text() == "of" => self.each_colon(found),
            Token::Assign => self.foreign_assign(found),
            Token::Op(BinaryOp::Lt) if self.next_is(Token::Op(BinaryOp::Gt)) => {
                let next = self.tokens.get(self.index.saturating_add(1))?;
                Some(not_equal(found.span.to(next.span)))
            }
            Token::Op(BinaryOp::Mul) if last == Some(Token::Op(BinaryOp::Mul)) => {
                let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, self.reaching_back(1), "`**` is no operator");
                Some(diagnostic.hint(format!("write `power({}, {})`", self.before(2), self.after(1))))
            }
            Token::BraceOpen if self.before(2) == ":" && self.before(3) == ")" => self.result_behind(),
            Token::Op(BinaryOp::Gt) if last == Some(Token::Op(BinaryOp::Lt)) => Some(not_equal(self.reaching_back(1))),
            Token::Op(BinaryOp::Gt) if last == Some(Token::Assign) => Some(self.arrow(self.reaching_back(1))),
            Token::Op(BinaryOp::Rem) if self.expected.operand() => Some(self.percent(found)),
            _ if last == Some(Token::Op(BinaryOp::Rem)) && self.expected.operand() => {
                let message = "`%` has nothing on its right";
                let diagnostic = Diagnostic::new(codes::LONELY_PERCENT, self.last?.span, message);
                Some(diagnostic.hint("it gives the remainder of two numbers; `%name%` stands for what `name` names"))
            }
            Token::Question | Token::Dot if last == Some(Token::Question) => Some(self.null_operator(found)),
            Token::Text if last == Some(Token::Dot) && self.expected.has("Ident") => {
                let dot = self.last?.span;
                let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, dot, "`.` does not join texts");
                Some(diagnostic.hint("texts are joined with `+`").fix(dot, "+", true))
            }
            Token::Atom(Atom::Int) if last == Some(Token::Comma) && self.expected.has("Ident") => {
                self.decimal_comma(found)
            }
            Token::BraceOpen if self.before(1) == "then" => {
                let then = self.last?.span;
                let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, then, "there is no `then`");
                Some(diagnostic.fix(Span::new(then.start, found.span.start), "", true))
            }
            Token::BraceOpen if self.before(2) == "class" && last == Some(Token::Ident) => {
                let class = self.tokens.get(self.index.checked_sub(2)?)?.span;
                let message = "`class` is written `struct`";
                let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, class, message);
                Some(diagnostic.hint("a structure has fields only").fix(class, "struct", false))
            }
            Token::ParenClose | Token::Comma | Token::Semicolon if self.before(2) == ":" => {
                self.type_behind_name(self.index.checked_sub(2)?)
            }
            Token::BraceOpen if self.before(1) == "finally" => {
                let message = "there is no `finally`";
                let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, self.last?.span, message);
                Some(diagnostic.hint("put what always has to happen behind the last `catch` block"))
            }
            Token::Ident | Token::TypeKw if self.before(1) == "new" && !self.starts_line() => {
                let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, self.last?.span, "there is no `new`");
                Some(diagnostic.hint(match found.token {
                    Token::TypeKw => "an array is there once it is declared, and grows: `string[] a; a += \"x\";`",
                    _ if self.before(2) == "throw" => "any value can be thrown, such as a text: `throw \"no luck\";`",
                    _ => "a structure is there once it is declared: `Point p; p.x = 1;`",
                }))
            }
            token if is_literal(token) => self.call_without_parentheses(found),
            _ => None,
        }
    }

    /// `for (string x : list)`.
    fn each_colon(&self, found: Lexeme) -> Option<Diagnostic> {
        let before = self.tokens.get(..self.index)?;
        let typed = |token: &&Lexeme| matches!(token.token, Token::Ident | Token::TypeKw | Token::Dims);
        let words = before.iter().rev().take_while(typed).count();
        let open = self.index.checked_sub(words.saturating_add(1))?;
        let header = self.tokens.get(open)?.token == Token::ParenOpen
            && self.tokens.get(open.checked_sub(1)?)?.token == Token::For
            && words > 0;
        if !header {
            return None;
        }
        let written = self.found_text();
        let message = format!("`{written}` in the header of a `for` is written `in`");
        let blank = |near: Option<Lexeme>, gap: fn(Span, Span) -> Span| {
            near.is_some_and(|near| self.builder.source(gap(near.span, found.span)).is_empty())
        };
        let left = blank(self.last, |near, found| Span::new(near.end, found.start));
        let next = self.tokens.get(self.index.saturating_add(1)).copied();
        let right = blank(next, |near, found| Span::new(found.end, near.start));
        let fixed = format!("{}in{}", if left { " " } else { "" }, if right { " " } else { "" });
        Some(Diagnostic::new(codes::FOREIGN_SPELLING, found.span, message).fix(found.span, fixed, true))
    }

    /// An `=` where none can stand.
    fn foreign_assign(&self, found: Lexeme) -> Option<Diagnostic> {
        let last = self.last.map(|last| last.token);
        if self.next_is(Token::Op(BinaryOp::Gt)) {
            let next = self.tokens.get(self.index.saturating_add(1))?;
            return Some(self.arrow(found.span.to(next.span)));
        }
        if self.next_is(Token::Op(BinaryOp::Lt)) && self.expected.has(")") {
            let next = self.tokens.get(self.index.saturating_add(1))?;
            let span = found.span.to(next.span);
            return Some(Diagnostic::new(codes::FOREIGN_SPELLING, span, "`=<` is written `<=`").fix(span, "<=", true));
        }
        if matches!(last, Some(Token::Op(BinaryOp::Eq | BinaryOp::Ne))) {
            let (written, right) = (self.builder.source(self.reaching_back(1)), self.before(1));
            let message = format!("`{}` is written `{right}`", shorten(written));
            let span = self.reaching_back(1);
            return Some(Diagnostic::new(codes::FOREIGN_SPELLING, span, message).fix(span, right, true));
        }
        if self.expected.has(")") && last != Some(Token::Assign) {
            let message = "`=` assigns, and an assignment is a statement of its own";
            let diagnostic = Diagnostic::new(codes::ASSIGNMENT_AS_VALUE, found.span, message);
            return Some(diagnostic.hint("write `==` to compare").fix(found.span, "==", false));
        }
        None
    }

    /// A `%` with nothing to take the remainder of.
    fn percent(&self, found: Lexeme) -> Diagnostic {
        let closes = self.tokens.get(self.index.saturating_add(2)).filter(|token| {
            token.token == Token::Op(BinaryOp::Rem) && self.next_is(Token::Ident) && !self.after(1).is_empty()
        });
        let hint = "`%name%` stands for what the variable `name` names; between two numbers `%` gives the remainder";
        match closes {
            Some(close) => {
                let span = found.span.to(close.span);
                let message = "a substitution has no blanks between its signs";
                let fixed = format!("%{}%", self.after(1));
                let diagnostic = Diagnostic::new(codes::LONELY_PERCENT, span, message);
                diagnostic.hint(format!("write `{fixed}`")).fix(span, fixed, true)
            }
            None => Diagnostic::new(codes::LONELY_PERCENT, found.span, "`%` has nothing on its left").hint(hint),
        }
    }

    /// `??` and `?.`.
    fn null_operator(&self, found: Lexeme) -> Diagnostic {
        let span = self.reaching_back(1);
        if found.token == Token::Dot {
            let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, span, "`?.` is written `.`");
            return diagnostic.hint("a member of null is null, so nothing fails").fix(span, ".", true);
        }
        let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, span, "`??` is no operator");
        let value = self.before(2);
        diagnostic.hint(format!("write `isNull({value}) ? other : {value}`"))
    }

    /// `print "x";`
    fn call_without_parentheses(&self, found: Lexeme) -> Option<Diagnostic> {
        let name = self.last.filter(|last| last.token == Token::Ident && self.begins_statement(1))?;
        if self.starts_line() {
            return None;
        }
        let (word, argument) = (self.before(1), self.found_text());
        if matches!(word, "import" | "require" | "includes") && found.token == Token::Text {
            let message = format!("`{word}` is written `include`");
            let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, name.span, message);
            return Some(diagnostic.fix(name.span, "include", true));
        }
        let message = format!("the arguments of `{word}` stand in parentheses");
        let word = if word == "echo" { "print" } else { word };
        let hint = format!("write `{word}({});`", shorten(argument));
        Some(Diagnostic::new(codes::UNEXPECTED_TOKEN, found.span, message).hint(hint))
    }

    /// `x ? y` without a colon.
    pub(super) fn half_ternary(&self) -> Option<Diagnostic> {
        let ends = self.found.is_none_or(|found| {
            matches!(
                found.token,
                Token::Semicolon
                    | Token::HeaderSemicolon
                    | Token::ParenClose
                    | Token::BracketClose
                    | Token::LiteralClose
                    | Token::BraceClose
                    | Token::Comma
            )
        });
        if !ends || !self.expected.has(":") {
            return None;
        }
        // Ternaries nest to the right, so the last `?` without a colon is the one.
        let (mut depth, mut colons) = (0_usize, 0_usize);
        for token in self.tokens.get(..self.index)?.iter().rev().take(LOOK_BACK) {
            match token.token {
                Token::ParenClose | Token::BracketClose | Token::LiteralClose => depth = depth.saturating_add(1),
                Token::ParenOpen | Token::BracketOpen | Token::LiteralOpen | Token::CastOpen => {
                    depth = depth.checked_sub(1)?;
                }
                Token::Colon if depth == 0 => colons = colons.saturating_add(1),
                Token::Question if depth == 0 && colons > 0 => colons = colons.saturating_sub(1),
                Token::Question if depth == 0 => {
                    let place = self.last.map_or(self.place(), |last| last.span.after());
                    let message = "`?` without `:` and the other value";
                    let diagnostic = Diagnostic::new(codes::HALF_TERNARY, place, message);
                    return Some(
                        diagnostic
                            .label(token.span, "this `?` has only one value")
                            .hint("write `condition ? value : other value`"),
                    );
                }
                Token::Semicolon | Token::BraceOpen | Token::BraceClose | Token::Case => return None,
                _ => {}
            }
        }
        None
    }

    /// `=>`
    fn arrow(&self, span: Span) -> Diagnostic {
        let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, span, "`=>` is no operator");
        if self.expected.has(":") {
            return diagnostic.hint("a label ends in a colon: `case 1:`").fix(span, ":", true);
        }
        if self.in_condition() {
            return diagnostic.hint("greater or equal is written `>=`").fix(span, ">=", false);
        }
        diagnostic.hint("functions are not values; to go over an array write `for (string x in list) { ... }`")
    }

    /// `function f(...): type {`
    fn result_behind(&self) -> Option<Diagnostic> {
        let at = self.index.checked_sub(2)?;
        let (colon, ty, name) = (self.tokens.get(at)?.span, self.last?.span, self.called_name(at)?.span);
        let head = self.builder.source(Span::new(name.start, colon.start)).trim_end();
        let (ty_text, name_text) = (self.builder.source(ty), self.builder.source(name));
        let message = "the type of the result stands before the name of the function";
        let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, colon.to(ty), message);
        let diagnostic = diagnostic.hint(format!("write `function {ty_text} {name_text}(...)`"));
        Some(diagnostic.fix(name.to(ty), format!("{ty_text} {head}"), true))
    }

    /// `name: type`, where the colon is at an index.
    fn type_behind_name(&self, colon: usize) -> Option<Diagnostic> {
        let at = |index: usize| self.tokens.get(index).copied();
        let (name, ty) = (at(colon.checked_sub(1)?)?, at(colon.saturating_add(1))?);
        let typed = name.token == Token::Ident && matches!(ty.token, Token::TypeKw | Token::Ident);
        let begins = colon.checked_sub(2).and_then(at).is_none_or(|before| {
            matches!(
                before.token,
                Token::ParenOpen
                    | Token::Comma
                    | Token::Semicolon
                    | Token::BraceOpen
                    | Token::BraceClose
                    | Token::Ident
                    | Token::Const
            )
        });
        if !typed || !begins || at(colon)?.token != Token::Colon {
            return None;
        }
        let (name_text, ty_text) = (self.builder.source(name.span), self.builder.source(ty.span));
        let message = "the type stands before the name";
        let found = Diagnostic::new(codes::FOREIGN_SPELLING, name.span.to(ty.span), message);
        Some(found.hint(format!("write `{ty_text} {name_text}`")))
    }

    /// `1,5` for a fraction.
    fn decimal_comma(&self, found: Lexeme) -> Option<Diagnostic> {
        let whole = self.index.checked_sub(2).and_then(|index| self.tokens.get(index))?;
        if whole.token != Token::Atom(Atom::Int) || whole.span.end.saturating_add(1) != found.span.start {
            return None;
        }
        let span = whole.span.to(found.span);
        let message = "the fraction of a number follows a point, not a comma";
        let fixed = format!("{}.{}", self.before(2), self.found_text());
        Some(Diagnostic::new(codes::FOREIGN_SPELLING, span, message).fix(span, fixed, true))
    }

    /// Whether the innermost parenthesis around the error is that of an `if` or a `while`.
    fn in_condition(&self) -> bool {
        let mut depth = 0_usize;
        let before = self.tokens.get(..self.index).unwrap_or_default();
        let open = before.iter().enumerate().rev().take(LOOK_BACK).find(|(_, token)| match token.token {
            Token::ParenClose => {
                depth = depth.saturating_add(1);
                false
            }
            Token::ParenOpen if depth > 0 => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => token.token == Token::ParenOpen,
        });
        let owner = open.and_then(|(index, _)| before.get(index.checked_sub(1)?));
        owner.is_some_and(|owner| matches!(owner.token, Token::If | Token::While))
    }

    /// The word of what reads as a call, right before the error.
    pub(super) fn called_word(&self) -> Option<&str> {
        self.called_name(self.index).map(|name| self.builder.source(name.span))
    }

    /// The name of what reads as a call, right before the token at an index.
    fn called_name(&self, index: usize) -> Option<&Lexeme> {
        let mut depth = 0_usize;
        let before = self.tokens.get(..index)?;
        let (open, _) = before.iter().enumerate().rev().take(LOOK_BACK).find(|(_, token)| {
            match token.token {
                Token::ParenClose => depth = depth.saturating_add(1),
                Token::ParenOpen => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })?;
        self.tokens.get(open.checked_sub(1)?).filter(|name| name.token == Token::Ident)
    }

    /// Whether the error stands in the header of a `for`, before its first semicolon.
    pub(super) fn in_header_of_for(&self) -> bool {
        let before = self.tokens.get(..self.index).unwrap_or_default();
        let open = before.iter().rev().take(LOOK_BACK).position(|token| token.token == Token::ParenOpen);
        let semicolon = before.iter().rev().take(LOOK_BACK).position(|token| {
            matches!(token.token, Token::Semicolon | Token::HeaderSemicolon | Token::BraceOpen | Token::BraceClose)
        });
        let Some(open) = open.filter(|open| semicolon.is_none_or(|semicolon| *open < semicolon)) else { return false };
        let owner = before.len().checked_sub(open.saturating_add(2)).and_then(|index| before.get(index));
        owner.is_some_and(|owner| owner.token == Token::For)
    }

    /// Whether the error stands among the fields of a structure.
    pub(super) fn in_structure(&self) -> bool {
        let before = self.tokens.get(..self.index).unwrap_or_default();
        let mut back = before.iter().enumerate().rev().take(LOOK_BACK);
        let open = back.find(|(_, token)| matches!(token.token, Token::BraceOpen | Token::BraceClose));
        open.is_some_and(|(index, token)| {
            let struct_word = index.checked_sub(2).and_then(|index| before.get(index));
            token.token == Token::BraceOpen && struct_word.is_some_and(|word| word.token == Token::Struct)
        })
    }
}
