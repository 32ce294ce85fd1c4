//! Habits of other languages, read as what they mean so that one mistake is one message. Nothing here touches a
//! script that the grammar accepts.

use super::{Lexeme, Lexer, brackets::Opener};
use crate::{
    diagnostics::{Diagnostic, codes::syntax as codes},
    source::Span,
    syntax::token::Token,
};

impl Lexer<'_> {
    fn token_at(&self, index: usize) -> Option<Lexeme> {
        self.tokens.get(index).copied()
    }

    /// What stands before `token` when that cannot follow a call: `elseif (...) x`, `foreach (...) {`, and functions
    /// that are not introduced by `function`.
    pub(super) fn foreign_header(&mut self, token: Token) {
        if !self.last_is(Token::ParenClose) || self.reading.keep_trivia {
            return;
        }
        let starts =
            token.starts_statement() || matches!(token, Token::BraceOpen | Token::Ident | Token::TypeKw | Token::Colon);
        if !starts {
            return;
        }
        let index = self.last_paren.saturating_sub(1);
        let Some(name) = self.token_at(index).filter(|name| name.token == Token::Ident) else { return };
        let word = self.text(name.span);
        let before = index.checked_sub(1).and_then(|before| self.token_at(before)).map(|before| before.token);
        // Behind a type or `function` it is the name of a function.
        let declared = matches!(before, Some(Token::Function | Token::TypeKw | Token::Ident | Token::Dims));
        if token == Token::Colon && !declared {
            return;
        }
        let (right, tokens): (_, &[Token]) = match word {
            _ if declared => {
                if matches!(token, Token::BraceOpen | Token::Colon) {
                    self.function_without_word(index, token == Token::Colon);
                }
                return;
            }
            "elseif" | "elsif" | "elif" => ("else if", &[Token::Else, Token::If]),
            "foreach" => ("for", &[Token::For]),
            _ => return,
        };
        let message = format!("`{word}` is written `{right}`");
        let found = Diagnostic::new(codes::FOREIGN_SPELLING, name.span, message);
        self.diagnostics.push(found.fix(name.span, right, true));
        self.put_instead(index..=index, tokens, name.span);
    }

    /// `struct Name =`: the sign is left out.
    pub(super) fn assigned_structure(&mut self, span: Span) -> bool {
        let mut back = self.tokens.iter().rev().map(|token| token.token);
        if back.next() != Some(Token::Ident) || back.next() != Some(Token::Struct) || self.reading.keep_trivia {
            return false;
        }
        let found = Diagnostic::new(codes::FOREIGN_SPELLING, span, "a structure is declared without `=`");
        let found = found.hint("write `struct Point { number x; number y; }`");
        self.diagnostics.push(found.fix(Span::new(self.end().start, span.end), "", true));
        true
    }

    fn put_instead(&mut self, range: std::ops::RangeInclusive<usize>, tokens: &[Token], span: Span) {
        let read = tokens.iter().map(|&token| Lexeme { token, span, operand_end: false });
        self.tokens.splice(range, read);
        if let Some(close) = self.tokens.last_mut() {
            close.operand_end = false;
        }
    }

    /// `def name(...) {` and `string name(...) {`, where `name` is at `index`. Before a colon only the first.
    fn function_without_word(&mut self, index: usize, colon: bool) {
        let Some(name) = self.token_at(index) else { return };
        let mut start = index;
        while let Some(before) = start.checked_sub(1).and_then(|at| self.token_at(at)) {
            if !matches!(before.token, Token::Ident | Token::TypeKw | Token::Dims) {
                break;
            }
            start = start.saturating_sub(1);
        }
        let Some(first) = self.token_at(start).filter(|_| start < index) else { return };
        let begins_statement = match start.checked_sub(1).and_then(|at| self.token_at(at)) {
            None => true,
            Some(before) => matches!(before.token, Token::Semicolon | Token::BraceOpen | Token::BraceClose),
        };
        let one_line = !self.text(first.span.to(name.span)).contains('\n');
        if !begins_statement || !one_line {
            return;
        }
        let words = self.text(Span::new(first.span.start, name.span.start)).trim_end();
        let introduces = |word: &str| {
            matches!(
                word,
                "def" | "func" | "fn" | "fun" | "sub" | "proc" | "void" | "public" | "private" | "static" | "async"
            )
        };
        let foreign = words.split_whitespace().all(introduces);
        let span = Span::new(first.span.start, name.span.start);
        if foreign {
            let message = format!("`{words}` does not begin a function");
            let found = Diagnostic::new(codes::FUNCTION_WORD, first.span, message);
            let called = self.text(name.span);
            let found = found.hint(format!("write `function {called}(...)`")).fix(span, "function ", true);
            self.diagnostics.push(found);
            self.put_instead(start..=index.saturating_sub(1), &[Token::Function], first.span);
        } else if !colon {
            let message = "a function begins with the word `function`";
            let called = self.text(name.span);
            let hint = format!("write `function {words} {called}(...)`; the type may be left out");
            let place = first.span.at_start();
            let found = Diagnostic::new(codes::FUNCTION_WORD, first.span.to(name.span), message).hint(hint);
            self.diagnostics.push(found.fix(place, "function ", true));
            self.tokens.insert(start, Lexeme { token: Token::Function, span: place, operand_end: false });
            if let Some(close) = self.tokens.last_mut() {
                close.operand_end = false;
            }
        }
    }

    /// `string name[]`: the brackets belong to the type, where they are put.
    pub(super) fn brackets_behind_name(&mut self, brackets: Span) -> bool {
        let mut back = self.tokens.iter().rev().copied();
        let (Some(name), Some(ty)) = (back.next(), back.next()) else { return false };
        let begins = back.next().is_none_or(|before| {
            matches!(
                before.token,
                Token::Semicolon
                    | Token::BraceOpen
                    | Token::BraceClose
                    | Token::ParenOpen
                    | Token::Comma
                    | Token::Const
            )
        });
        let typed = name.token == Token::Ident && matches!(ty.token, Token::Ident | Token::TypeKw);
        let whole = ty.span.to(brackets);
        if !begins || !typed || self.reading.keep_trivia || self.text(whole).contains('\n') {
            return false;
        }
        let fixed = format!("{}[] {}", self.text(ty.span), self.text(name.span));
        let message = "the brackets stand behind the type, not behind the name";
        let found = Diagnostic::new(codes::FOREIGN_SPELLING, brackets, message);
        self.diagnostics.push(found.fix(whole, fixed, true));
        let index = self.tokens.len().saturating_sub(1);
        self.tokens.insert(index, Lexeme { token: Token::Dims, span: ty.span.after(), operand_end: false });
        true
    }

    /// `value.name(`: there are no methods. The arguments are left out.
    pub(super) fn method_call(&mut self) -> bool {
        let mut back = self.tokens.iter().rev();
        let (Some(name), Some(dot)) = (back.next().copied(), back.next().copied()) else { return false };
        if name.token != Token::Ident || dot.token != Token::Dot || self.reading.keep_trivia {
            return false;
        }
        self.report_method(name.span);
        self.skipping_arguments = 1;
        true
    }

    #[cold]
    fn report_method(&mut self, name: Span) {
        let mut back = self.tokens.iter().rev().skip(2);
        let receiver = back.next().filter(|token| token.token == Token::Ident).copied();
        let alone = back.next().is_none_or(|before| before.token != Token::Dot);
        let receiver = receiver.filter(|_| alone).map_or("value", |token| self.text(token.span));
        let called = self.text(name);
        let hint = method_hint(receiver, called);
        let message = format!("`{called}` cannot be called on a value");
        self.diagnostics.push(Diagnostic::new(codes::METHOD_CALL, name, message).hint(hint));
    }

    /// Leaves out the arguments of a call on a value.
    pub(super) fn skip_arguments(&mut self, token: Token) -> bool {
        if self.skipping_arguments == 0 {
            return false;
        }
        match token {
            Token::ParenOpen => self.skipping_arguments = self.skipping_arguments.saturating_add(1),
            Token::ParenClose => self.skipping_arguments = self.skipping_arguments.saturating_sub(1),
            // The parenthesis is missing; what ends the statement counts again.
            Token::Semicolon | Token::BraceOpen | Token::BraceClose => {
                self.skipping_arguments = 0;
                return false;
            }
            _ => {}
        }
        true
    }

    /// At a comma: if it stands in the parentheses around the values of a `return`, those are taken out.
    pub(super) fn open_returned_list(&mut self) {
        let level = self.level();
        let before = level.index.checked_sub(1).and_then(|index| self.token_at(index));
        let returned = before.is_some_and(|before| before.token == Token::Return);
        let open = self.token_at(level.index).filter(|open| open.token == Token::ParenOpen);
        if level.opener != Opener::Paren || level.taken_out.is_some() || !returned || self.reading.keep_trivia {
            return;
        }
        if let Some(open) = open {
            self.tokens.remove(level.index);
            self.level_mut(|level| level.taken_out = Some(open.span));
        }
    }

    /// The parentheses around returned values end.
    pub(super) fn report_returned_list(&mut self, open: Span, close: Span) {
        let message = "several values are returned without parentheses around them";
        let found = Diagnostic::new(codes::RETURN_IN_PARENTHESES, open, message);
        let inner = self.text(Span::new(open.end, close.start)).trim().to_owned();
        self.diagnostics.push(match close.is_empty() {
            true => found.hint("write `return a, b;`"),
            false => found.label(close, "they end here").fix(open.to(close), inner, true),
        });
    }
}

/// How SIL does what a method of another language does.
fn method_hint(receiver: &str, called: &str) -> String {
    match called {
        "push" | "add" | "append" => format!("an element is added with `+=`: `{receiver} += element;`"),
        "length" | "len" => format!("a routine takes the value in parentheses: `length({receiver})`"),
        "size" | "count" => format!("a routine takes the value in parentheses: `size({receiver})`"),
        "toUpperCase" | "toUpper" | "upper" => format!("write `toUpper({receiver})`"),
        "toLowerCase" | "toLower" | "lower" => format!("write `toLower({receiver})`"),
        "toString" => format!("write `(string) {receiver}`"),
        "equals" => format!("`==` compares: `{receiver} == other`"),
        "get" => format!("write `{receiver}[index]`"),
        "put" | "set" => format!("write `{receiver}[key] = value;`"),
        "println" | "printf" | "log" => "a line of the log is written by `print(value);`".to_owned(),
        "getMessage" => format!("what is caught is a value like any other: use `{receiver}` itself"),
        _ => format!("a routine takes the value in parentheses: `{called}({receiver}, ...)`"),
    }
}
