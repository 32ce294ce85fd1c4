//! Syntax errors in words.

mod foreign;

use super::{
    build::TreeBuilder,
    lexer::{Lexeme, is_literal},
    scan::shorten,
    token::{Atom, Token},
};
use crate::{
    diagnostics::{Diagnostic, codes::syntax as codes},
    source::Span,
    types::BinaryOp,
};

/// What the parser could have read.
struct Expected<'a> {
    terminals: &'a [String],
    /// The token before it.
    last: Option<Token>,
}

impl Expected<'_> {
    /// Whether a terminal of the grammar is among it.
    fn has(&self, terminal: &str) -> bool {
        self.terminals.iter().any(|name| name.trim_matches('"') == terminal)
    }

    fn operand(&self) -> bool {
        self.has("Atom") && self.has("Ident")
    }

    fn statement(&self) -> bool {
        self.has("if") && self.has("return")
    }

    /// In words, most useful first. The one table of them.
    fn words(&self) -> Vec<&'static str> {
        let mut words = Vec::new();
        if self.statement() {
            words.push("a statement");
        } else if self.operand() {
            words.push("an expression");
        } else if self.has("TypeKw") && self.has("Ident") && self.last != Some(Token::Function) {
            words.push(if self.has("}") { "a field" } else { "a type" });
        } else if self.has("Ident") || self.has("Quoted") {
            words.push("a name");
        }
        let delimiters = [
            (";", "`;`"),
            ("HeaderSemicolon", "`;`"),
            (",", "`,`"),
            (")", "`)`"),
            ("]", "`]`"),
            ("LiteralClose", "`}`"),
            (":", "`:`"),
            ("in", "`in`"),
            ("while", "`while`"),
            ("=", "`=`"),
        ];
        let inside = !self.statement();
        if self.has("=") && self.has("(") && self.has("Dims") {
            // After a name at the start of a statement nearly everything may follow.
            return vec!["`;`", "`=`"];
        }
        // After a value a chained assignment could go on, but that is never what is missing.
        let shown = |name: &str| inside && self.has(name) && !(name == "=" && self.has("Op"));
        words.extend(delimiters.iter().filter(|(name, _)| shown(name)).map(|(_, word)| *word));
        if !self.operand() && !self.statement() {
            if self.has("(") && !self.has("Op") {
                words.push("`(`");
            }
            if self.has("{") {
                words.push("`{`");
            }
            if self.has("Op") && words.len() < 3 {
                words.push("an operator");
            }
        }
        if words.is_empty() && self.has("}") {
            words.push("`}`");
        }
        words
    }
}

/// How many tokens back an error may lie that has told what is wrong here.
const FORGOTTEN: usize = 3;

/// Reports that the token at `start`, or the end of the file, is not one of `expected`.
///
/// Says nothing where the lexer has complained: about what it could not read, and what it had to add.
pub(super) fn report(builder: &mut TreeBuilder<'_>, start: Option<u32>, expected: &[String]) {
    let tokens = builder.tokens();
    let index = start.map_or(tokens.len(), |start| tokens.partition_point(|token| token.span.start < start));
    // Added tokens are empty, so several may start at one place: the first that is not empty is in the text.
    let found = tokens.get(index).copied();
    let last = index.checked_sub(1).and_then(|before| tokens.get(before)).copied();
    let complained =
        |token: Option<Lexeme>| token.is_some_and(|token| token.token == Token::Error || token.span.is_empty());
    if complained(found) || complained(last) || (found.is_none() && builder.cut_short()) {
        return;
    }
    let after_new = index.checked_sub(2).and_then(|new| tokens.get(new)).is_some_and(|new| {
        // Said at `new` already.
        new.token == Token::Ident && builder.source(new.span) == "new"
    });
    let elseif = found.is_some_and(|found| found.token == Token::Else && builder.source(found.span) != "else");
    // What follows `name: type` is told with it.
    let typed = found.is_some_and(|found| found.token == Token::Assign)
        && index.checked_sub(2).and_then(|colon| tokens.get(colon)).is_some_and(|colon| colon.token == Token::Colon)
        && last.is_some_and(|last| matches!(last.token, Token::TypeKw | Token::Ident));
    // The parser forgets an error when the next one follows before it has built anything, so it may be untold.
    let near = tokens.get(index.saturating_sub(FORGOTTEN)).map_or(0, |token| token.span.start);
    let told = (elseif || after_new || typed) && builder.has_told_since(near);
    if told || inside_unclosed(tokens, index) {
        return;
    }
    let context = Context {
        builder,
        tokens,
        index,
        found,
        last,
        expected: Expected { terminals: expected, last: last.map(|last| last.token) },
    };
    let diagnostic = context.diagnose();
    // What is still to come of a list or a label in which something was found already.
    let goes_on = found.is_some_and(|found| {
        list_begins(tokens, index, found.token).is_some_and(|start| builder.has_told_between(start, found.span.start))
    });
    if !goes_on || diagnostic.code != codes::UNEXPECTED_TOKEN {
        builder.report(diagnostic);
    }
}

/// Tokens that are looked at, at most, to find what an error belongs to.
const LOOK_BACK: usize = 1000;

/// Where the list that `token`, at an index, goes on with or ends begins: the parenthesis before a comma or `)`, the
/// `case` before a colon.
fn list_begins(tokens: &[Lexeme], index: usize, token: Token) -> Option<u32> {
    let mut depth = 0_usize;
    for before in tokens.get(..index)?.iter().rev().take(LOOK_BACK) {
        match before.token {
            Token::ParenClose => depth = depth.saturating_add(1),
            Token::ParenOpen if depth == 0 && matches!(token, Token::Comma | Token::ParenClose) => {
                return Some(before.span.start);
            }
            Token::ParenOpen => depth = depth.checked_sub(1)?,
            Token::Case if token == Token::Colon => return Some(before.span.start),
            Token::Semicolon | Token::BraceOpen | Token::BraceClose => return None,
            _ => {}
        }
    }
    None
}

/// Whether a bracket around a token had to be closed by the lexer, which has said so.
fn inside_unclosed(tokens: &[Lexeme], index: usize) -> bool {
    let mut open = 0_usize;
    for token in tokens.iter().skip(index) {
        match token.token {
            Token::ParenOpen | Token::CastOpen | Token::BracketOpen | Token::LiteralOpen => {
                open = open.saturating_add(1);
            }
            Token::ParenClose | Token::BracketClose | Token::LiteralClose if open > 0 => {
                open = open.saturating_sub(1);
            }
            Token::ParenClose | Token::BracketClose | Token::LiteralClose if token.span.is_empty() => return true,
            Token::Semicolon | Token::BraceOpen | Token::BraceClose => return false,
            _ => {}
        }
    }
    false
}

/// The place of an error.
struct Context<'a, 'b> {
    builder: &'a TreeBuilder<'b>,
    tokens: &'a [Lexeme],
    index: usize,
    /// What stands there; nothing at the end of the file.
    found: Option<Lexeme>,
    /// What stands before it.
    last: Option<Lexeme>,
    expected: Expected<'a>,
}

impl Context<'_, '_> {
    fn diagnose(&self) -> Diagnostic {
        let known = self.keyword_as_name().or_else(|| self.lonely_word()).or_else(|| self.catch_without_type());
        let known = known.or_else(|| self.foreign()).or_else(|| self.half_ternary());
        known.or_else(|| self.missing_semicolon()).unwrap_or_else(|| self.unexpected())
    }

    /// The text of the token `back` places before the error.
    fn before(&self, back: usize) -> &str {
        let index = self.index.checked_sub(back);
        index.and_then(|index| self.tokens.get(index)).map_or("", |token| self.builder.source(token.span))
    }

    /// The text of the token `ahead` places after the error.
    fn after(&self, ahead: usize) -> &str {
        self.tokens.get(self.index.saturating_add(ahead)).map_or("", |token| self.builder.source(token.span))
    }

    fn next_is(&self, token: Token) -> bool {
        self.tokens.get(self.index.saturating_add(1)).is_some_and(|next| next.token == token)
    }

    fn found_text(&self) -> &str {
        self.found.map_or("", |found| self.builder.source(found.span))
    }

    /// Where to point: at the token, or behind the last one at the end of the file.
    fn place(&self) -> Span {
        self.found.map(|found| found.span).or(self.last.map(|last| last.span.after())).unwrap_or_default()
    }

    fn starts_line(&self) -> bool {
        let (Some(found), Some(last)) = (self.found, self.last) else { return true };
        self.builder.source(Span::new(last.span.end, found.span.start)).contains('\n')
    }

    /// A keyword where only a name can stand.
    fn keyword_as_name(&self) -> Option<Diagnostic> {
        let found = self.found.filter(|found| found.token.is_keyword())?;
        let of_function = self.last.is_some_and(|last| last.token == Token::Function);
        let typed = self.expected.has("TypeKw") && !of_function;
        let name_only = self.expected.has("Ident") && !self.expected.operand() && !typed;
        // On a line of its own it starts the next statement.
        if !name_only || self.starts_line() {
            return None;
        }
        let word = self.found_text();
        if word == "function" {
            let message = "`function` stands before the type of a function";
            let found = Diagnostic::new(codes::FUNCTION_WORD, found.span, message);
            return Some(
                found.hint(format!("write `function {} name(...)`; the type may be left out", self.before(1))),
            );
        }
        let message = format!("`{word}` is a keyword and cannot be a name here");
        let found = Diagnostic::new(codes::KEYWORD_AS_NAME, found.span, message);
        Some(found.hint(format!("choose another name, such as `{word}_`")))
    }

    /// `else`, `catch` and `case` without what they belong to.
    fn lonely_word(&self) -> Option<Diagnostic> {
        let found = self.found.filter(|_| self.expected.statement())?;
        let (word, owner) = match found.token {
            Token::Else => ("else", "if"),
            Token::Catch => ("catch", "try"),
            Token::Case => ("case", "switch"),
            Token::Default => ("default", "switch"),
            _ => return None,
        };
        let message = format!("this `{word}` belongs to no `{owner}`");
        let diagnostic = Diagnostic::new(codes::UNEXPECTED_TOKEN, found.span, message);
        let semicolon = self.last.filter(|last| last.token == Token::Semicolon && found.token == Token::Else);
        Some(match semicolon {
            Some(last) => diagnostic.label(last.span, "this `;` ends the `if`"),
            None => diagnostic,
        })
    }

    /// `catch (e)`, as other languages write it.
    fn catch_without_type(&self) -> Option<Diagnostic> {
        let found = self.found?;
        let name = match (self.before(2), self.before(3)) {
            ("catch", _) if found.token == Token::BraceOpen => self.last?.span,
            ("(", "catch") if found.token == Token::ParenClose => self.last?.span,
            _ => return None,
        };
        let written = self.builder.source(name);
        let message = format!("expected a type and a name in `catch`, found only `{written}`");
        let hint = format!("write `catch {{` to catch everything, or a type as in `catch string {written} {{`");
        Some(Diagnostic::new(codes::CATCH_WITHOUT_TYPE, name, message).hint(hint))
    }

    /// A statement that could end here, before something that starts another one.
    fn missing_semicolon(&self) -> Option<Diagnostic> {
        let last = self.last?;
        // In a list of statements or fields a semicolon is possible but not missing.
        if !self.expected.has(";") || self.expected.operand() || self.expected.has("}") {
            return None;
        }
        let starts_other = match self.found {
            None => true,
            Some(found) => {
                // On one line with a value a constant is one more value: `return true false;`.
                let value = is_literal(found.token) && last.operand_end && !self.starts_line();
                found.token == Token::BraceClose
                    || (found.token.is_keyword() && found.token != Token::In && !value)
                    || (self.starts_line() && can_start(found.token))
            }
        };
        if !starts_other {
            return None;
        }
        let place = last.span.after();
        let found = Diagnostic::new(codes::MISSING_SEMICOLON, place, "missing `;` after this");
        Some(found.fix(place, ";", true))
    }

    fn unexpected(&self) -> Diagnostic {
        let words = self.expected.words();
        let found = match self.found {
            None => "the end of the file".to_owned(),
            Some(found) => describe(found.token, self.found_text()),
        };
        let message = match words.as_slice() {
            [] => format!("did not expect {found} here"),
            words => format!("expected {}, found {found}", either(words)),
        };
        let diagnostic = Diagnostic::new(codes::UNEXPECTED_TOKEN, self.place(), message);
        let comma = self.last.filter(|last| {
            last.token == Token::Comma && self.found.is_some_and(|found| found.token == Token::ParenClose)
        });
        if let Some(comma) = comma {
            return diagnostic.hint("nothing follows the last comma").fix(comma.span, "", true);
        }
        match self.hint() {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    }

    fn hint(&self) -> Option<String> {
        let found = self.found?;
        let last = self.last.map(|last| last.token);
        let text = self.found_text();
        Some(match found.token {
            Token::Assign if last == Some(Token::Assign) => "one `=` assigns, `==` compares".to_owned(),
            Token::Atom(Atom::Int)
                if last == Some(Token::Dot) && self.before(2).ends_with(|c: char| c.is_ascii_digit()) =>
            {
                "a number has one point, and nothing between its thousands".to_owned()
            }
            Token::Atom(Atom::Int) if last == Some(Token::Dot) => {
                "write a digit before the point, as in `0.5`".to_owned()
            }
            Token::If if self.expected.operand() => "a value is chosen by `condition ? value : other value`".to_owned(),
            _ if self.before(2) == "instanceof" || self.before(1) == "instanceof" => {
                "there is no `instanceof`: a variable has the type that it is declared with".to_owned()
            }
            Token::Op(BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge | BinaryOp::Ne)
                if self.in_header_of_for() =>
            {
                "the three parts of the header are separated by `;`".to_owned()
            }
            Token::Op(_) | Token::Plus | Token::Minus | Token::Question if self.expected.has("=") => {
                "the value of such an expression is used nowhere; a statement is an assignment, a call or a declaration"
                    .to_owned()
            }
            Token::Assign if matches!(self.before(2), "const" | "persistent") => {
                format!("a declaration needs a type: `{} string {} = ...`", self.before(2), self.before(1))
            }
            Token::Ident if text == "is" => "write `== null`, or `isNull(x)`".to_owned(),
            _ if self.before(2) == "include" && last == Some(Token::Ident) => {
                format!("the path of the file is a text: `include \"{}...\";`", self.before(1))
            }
            Token::Dims if self.last.is_some_and(|last| last.operand_end) => {
                "an index is missing in the brackets".to_owned()
            }
            Token::BraceOpen if self.expected.has(":") => "a label ends in a colon: `case 1:`".to_owned(),
            Token::Assign if last == Some(Token::Dims) => "an element is added with `+=`".to_owned(),
            Token::TypeKw | Token::Ident
                if self.expected.has(",") && self.expected.has(")") && !self.expected.has("Op") =>
            {
                "parameters are separated by commas".to_owned()
            }
            Token::TypeKw if last == Some(Token::ParenOpen) || last == Some(Token::Comma) => {
                format!("`{text}` is a type")
            }
            Token::Dot if last == Some(Token::Dot) => {
                "there are no ranges: count with `for (int i = 1; i <= 5; i++)`".to_owned()
            }
            Token::Dot if self.tokens.get(self.index.saturating_add(1)).is_some_and(|next| is_literal(next.token)) => {
                format!("write a digit before the point: `0.{}`", self.after(1))
            }
            Token::Comma if self.expected.has(":") => {
                "each label has a `case` of its own: `case 1: case 2:`".to_owned()
            }
            Token::Comma if self.in_structure() => "each field ends in a semicolon".to_owned(),
            Token::BracketOpen if matches!(last, Some(Token::Ident | Token::TypeKw)) => {
                "an array has no fixed size: it is declared with `[]` and grows".to_owned()
            }
            Token::ParenOpen if last == Some(Token::Function) => {
                "a function has a name and is no value: `function name(...) { ... }`".to_owned()
            }
            Token::Semicolon if last == Some(Token::Throw) => {
                "to pass on what was caught, throw it again: `catch string e { throw e; }`".to_owned()
            }
            _ if self.expected.has("{") && matches!(last, Some(Token::ParenClose | Token::Try | Token::Catch)) => {
                "the statements of a function, `try` or `catch` stand in braces".to_owned()
            }
            Token::BraceOpen if last == Some(Token::ParenClose) => match self.called_word() {
                Some(word) => format!("`{word}` begins no statement, so this reads as a call"),
                None => return None,
            },
            _ if is_literal(found.token)
                && self.last.is_some_and(|last| last.operand_end)
                && self.expected.has("+") =>
            {
                "two operands need an operator or a comma between them".to_owned()
            }
            _ => return None,
        })
    }
}

/// Whether a statement can start with it, besides those that start with a keyword.
const fn can_start(token: Token) -> bool {
    matches!(
        token,
        Token::Ident
            | Token::Quoted
            | Token::Subst
            | Token::Text
            | Token::Atom(_)
            | Token::BraceOpen
            | Token::ParenOpen
            | Token::Step(_)
            | Token::Include
            | Token::Use
    )
}

/// A token in a message.
fn describe(token: Token, text: &str) -> String {
    match token {
        Token::Text => format!("the text {}", shorten(text)),
        Token::Dims => "`[]`".to_owned(),
        _ => format!("`{}`", shorten(text)),
    }
}

/// `a`, `a or b`, `a, b or c`.
fn either(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
