//! Syntax errors in words.

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
    if elseif || after_new || inside_unclosed(tokens, index) {
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
    builder.report(diagnostic);
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
        let known = self.keyword_as_name().or_else(|| self.lonely_else()).or_else(|| self.catch_without_type());
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

    fn lonely_else(&self) -> Option<Diagnostic> {
        let found = self.found.filter(|found| found.token == Token::Else && self.expected.statement())?;
        let message = "this `else` belongs to no `if`";
        let diagnostic = Diagnostic::new(codes::UNEXPECTED_TOKEN, found.span, message);
        let semicolon = self.last.filter(|last| last.token == Token::Semicolon);
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

    /// A place where nothing but the beginning of a statement was read.
    fn begins_statement(&self, back: usize) -> bool {
        let before = self.index.checked_sub(back.saturating_add(1)).and_then(|index| self.tokens.get(index));
        before.is_none_or(|before| matches!(before.token, Token::Semicolon | Token::BraceOpen | Token::BraceClose))
    }

    /// The place from the token `back` places before the error to the end of the one found.
    fn reaching_back(&self, back: usize) -> Span {
        let first = self.index.checked_sub(back).and_then(|index| self.tokens.get(index));
        let found = self.place();
        first.map_or(found, |first| first.span.to(found))
    }

    /// Habits of other languages.
    fn foreign(&self) -> Option<Diagnostic> {
        let found = self.found?;
        let last = self.last.map(|last| last.token);
        match found.token {
            Token::Colon => self.each_colon(found),
            Token::Ident if self.found_text() == "of" => self.each_colon(found),
            Token::Assign => self.foreign_assign(found),
            Token::Op(BinaryOp::Lt) if self.next_is(Token::Op(BinaryOp::Gt)) => {
                let next = self.tokens.get(self.index.saturating_add(1))?;
                Some(not_equal(found.span.to(next.span)))
            }
            Token::Op(BinaryOp::Gt) if last == Some(Token::Op(BinaryOp::Lt)) => Some(not_equal(self.reaching_back(1))),
            Token::Op(BinaryOp::Gt) if last == Some(Token::Assign) => Some(arrow(self.reaching_back(1))),
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
            return Some(arrow(found.span.to(next.span)));
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
    fn half_ternary(&self) -> Option<Diagnostic> {
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
                found.token == Token::BraceClose
                    || (found.token.is_keyword() && found.token != Token::In)
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
            Token::Atom(Atom::Int) if last == Some(Token::Dot) => {
                "write a digit before the point, as in `0.5`".to_owned()
            }
            Token::Op(_) | Token::Plus | Token::Minus if self.expected.has("=") => {
                "the value of such an expression is used nowhere; a statement is an assignment, a call or a declaration"
                    .to_owned()
            }
            Token::Assign if matches!(self.before(2), "const" | "persistent") => {
                format!("a declaration needs a type: `{} string {} = ...`", self.before(2), self.before(1))
            }
            Token::Dot if self.tokens.get(self.index.saturating_add(1)).is_some_and(|next| is_literal(next.token)) => {
                format!("write a digit before the point: `0.{}`", self.after(1))
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
            Token::TypeKw if last == Some(Token::ParenOpen) || last == Some(Token::Comma) => {
                format!("`{text}` is a type")
            }
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

/// Tokens that are looked at, at most, to find what an error belongs to.
const LOOK_BACK: usize = 1000;

fn not_equal(span: Span) -> Diagnostic {
    Diagnostic::new(codes::FOREIGN_SPELLING, span, "`<>` is written `!=`").fix(span, "!=", true)
}

fn arrow(span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(codes::FOREIGN_SPELLING, span, "`=>` is no operator");
    diagnostic.hint("functions are not values; to go over an array write `for (string x in list) { ... }`")
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
