//! From text to tokens that the grammar can read: what an LR(1) grammar cannot decide is decided here (L-151), and
//! brackets always match.
//!
//! Never fails: what cannot be read is an [`Token::Error`] with a diagnostic. Invariants of the result:
//! - Every opening bracket has its closing one; missing ones are added as empty tokens, surplus ones are dropped.
//! - A [`Token::Semicolon`], a [`Token::BraceOpen`] or a word that starts a statement never stands inside of
//!   parentheses, square brackets or array literals. So the parser can resume at them.
//! - Brackets, prefix operators, ternaries and statements inside statements are nested at most as deep as the limit
//!   says: there the tokens end, with a diagnostic. So the parser's stack stays small.

mod brackets;
mod foreign;

use super::{
    scan::{Before, Scanner, is_operator_word},
    token::{Atom, Token},
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics, codes::syntax as codes},
    limits::SourceLimits,
    source::{SourceFile, Span},
    types::BinaryOp,
};
use brackets::{Level, Opener};

/// A token and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lexeme {
    /// Its kind.
    pub token: Token,
    /// Its place; empty for what is missing in the text.
    pub span: Span,
    /// It ends an operand: what follows is an operator (L-17).
    pub(super) operand_end: bool,
}

/// Stands for the token before the first one.
const NOTHING: Lexeme = Lexeme { token: Token::Whitespace, span: Span { start: 0, end: 0 }, operand_end: false };

/// What came out of reading a text.
pub(super) struct Lexed {
    /// The tokens for the parser, without blanks and comments.
    pub buffers: Buffers,
    /// Blanks and comments, if asked for.
    pub trivia: Vec<Lexeme>,
    /// Whether some text literal held a line break, so that the other reading may be the better one.
    pub spanned_lines: bool,
    /// Whether reading ended early.
    pub cut_short: bool,
}

/// How to read.
#[derive(Clone, Copy, Default)]
pub(super) struct Reading {
    /// A text literal ends at the line end at the latest.
    pub lines_end_texts: bool,
    /// Keep blanks and comments, and add nothing that is not in the text.
    pub keep_trivia: bool,
}

/// What tokens and brackets are put in.
#[derive(Default)]
pub(super) struct Buffers {
    pub tokens: Vec<Lexeme>,
    levels: Vec<Level>,
}

impl Buffers {
    pub fn clear(&mut self) {
        self.tokens.clear();
        self.levels.clear();
    }
}

/// Reads a whole file. The buffers are empty.
pub(super) fn lex(
    file: &SourceFile,
    limits: &SourceLimits,
    reading: Reading,
    buffers: Buffers,
    diagnostics: &mut Diagnostics,
) -> Lexed {
    let Buffers { mut tokens, mut levels } = buffers;
    tokens.reserve(file.text().len() / 4);
    levels.push(Level::bottom());
    let mut lexer = Lexer {
        scanner: Scanner::new(file.text(), file.base(), reading.lines_end_texts, reading.keep_trivia),
        limit: limits.nesting,
        reading,
        tokens,
        trivia: Vec::new(),
        levels,
        maybe_cast: None,
        last_paren: 0,
        skipping: None,
        skipping_arguments: 0,
        ternary_colon: false,
        cut_short: false,
        start: file.span().at_start(),
        diagnostics,
    };
    lexer.run();
    let spanned_lines = lexer.scanner.spanned_lines;
    let buffers = Buffers { tokens: lexer.tokens, levels: lexer.levels };
    Lexed { buffers, trivia: lexer.trivia, spanned_lines, cut_short: lexer.cut_short }
}

struct Lexer<'a> {
    scanner: Scanner<'a>,
    limit: usize,
    reading: Reading,
    tokens: Vec<Lexeme>,
    trivia: Vec<Lexeme>,
    /// The open brackets, the file itself at the bottom.
    levels: Vec<Level>,
    /// Index of the `(` of `(Name)` that may turn out to be a cast.
    maybe_cast: Option<usize>,
    /// Index of the `(` of the parentheses closed last, of those that are no header.
    last_paren: usize,
    /// Set after a header without parentheses: its end is looked for.
    skipping: Option<Skip>,
    /// Parentheses open in the arguments of a call on a value, which are left out.
    skipping_arguments: usize,
    /// Whether the last colon belongs to a `?`.
    ternary_colon: bool,
    cut_short: bool,
    start: Span,
    diagnostics: &'a mut Diagnostics,
}

/// Looking for the end of a header without parentheses.
#[derive(Clone, Copy)]
struct Skip {
    /// Where the header ended so far.
    end: u32,
    /// Parentheses opened on the way.
    open: usize,
    /// The header of a `for`, in which semicolons may stand.
    of_for: bool,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while !self.cut_short {
            let last = self.last();
            let before = Before { operand_end: last.operand_end, dot: last.token == Token::Dot };
            let Some((token, span)) = self.scanner.next(before, self.diagnostics) else { break };
            if token.is_trivia() {
                if self.reading.keep_trivia {
                    self.trivia.push(Lexeme { token, span, operand_end: false });
                }
                continue;
            }
            self.accept(token, span, last);
            self.cut_short |= self.diagnostics.is_full();
        }
        self.skipping = None;
        self.close_all();
    }

    /// The last token; at the start of the file one that is none.
    fn last(&self) -> Lexeme {
        self.tokens.last().copied().unwrap_or(NOTHING)
    }

    fn last_is(&self, token: Token) -> bool {
        self.last().token == token
    }

    /// Where the last token ends.
    fn end(&self) -> Span {
        self.tokens.last().map_or(self.start, |last| last.span.after())
    }

    fn text(&self, span: Span) -> &str {
        self.scanner.text_of(span)
    }

    /// Takes a token of the text: decides what it is and puts it on the list.
    #[inline]
    fn accept(&mut self, token: Token, span: Span, last: Lexeme) {
        let calm = self.skipping.is_none() && self.skipping_arguments == 0 && self.maybe_cast.is_none();
        if !calm || (last.token.has_header() && token != Token::ParenOpen) {
            return self.consider(token, span);
        }
        // What follows a `)` that did not close a header may show that it should have.
        let free = last.token != Token::ParenClose || self.closed_header();
        match token {
            Token::Ident if free && (!last.operand_end || is_long(span)) => self.join(token, span, true),
            Token::Subst | Token::Quoted | Token::Atom(_) if free => self.join(token, span, true),
            Token::Text if free && last.token != Token::Ident => self.join(token, span, true),
            Token::Assign if self.assigned_structure(span) => {}
            Token::Dot | Token::Op(_) | Token::Assign | Token::AssignOp(_) => self.join(token, span, false),
            Token::Plus | Token::Minus if last.operand_end => self.join(token, span, false),
            Token::TypeKw if free => self.join(token, span, false),
            Token::Comma => {
                self.level_mut(|level| level.ternaries = 0);
                self.open_returned_list();
                self.join(token, span, false);
            }
            Token::Colon if free => self.plain(token, span),
            Token::Plus | Token::Minus | Token::Question => self.plain(token, span),
            Token::Semicolon if !self.level().opener.is_inner() => {
                self.level_mut(Level::end_statement);
                self.push(token, span, false);
            }
            Token::ParenOpen => {
                if last.token != Token::Ident || !self.method_call() {
                    self.open(token, span);
                }
            }
            Token::BraceOpen if free && !self.level().opener.is_inner() => self.open(token, span),
            Token::BracketOpen => self.open(token, span),
            Token::ParenClose | Token::BraceClose => self.close(token, span),
            Token::BracketClose if last.token != Token::BracketOpen => self.close(token, span),
            _ if token.is_keyword() && free && !self.level().opener.is_inner() => self.plain(token, span),
            _ => self.consider(token, span),
        }
    }

    /// Puts a token on the list that changes no depth.
    fn join(&mut self, token: Token, span: Span, operand_end: bool) {
        if let Some(level) = self.levels.last_mut() {
            if level.ended {
                level.continue_with(token);
            }
            if operand_end {
                level.prefixes = 0;
            }
        }
        self.push(token, span, operand_end);
    }

    /// Like [`Self::accept`], where something may be wrong or token and place have to be looked at.
    #[inline(never)]
    fn consider(&mut self, token: Token, span: Span) {
        let mut token = token;
        if token == Token::BraceOpen && self.last().token.has_header() && self.scanner.closes_paren() {
            let message = "expected `(`, found `{`";
            self.diagnostics.push(Diagnostic::new(codes::MISSING_HEADER, span, message).fix(span, "(", false));
            token = Token::ParenOpen;
        }
        if self.skip_header(token, span) || self.skip_arguments(token) {
            return;
        }
        let token = self.contextual(token, span);
        self.settle_cast(token);
        self.foreign_header(token);
        if token == Token::ParenOpen && self.method_call() {
            return;
        }
        let level = self.level();
        // A missing parenthesis shows where something stands that cannot stand inside of one.
        if level.opener.is_inner() {
            let ends_inner = match token {
                Token::Semicolon => level.opener != Opener::ForHeader || level.semicolons >= 2,
                Token::BraceOpen => self.last().operand_end,
                _ => token.starts_statement(),
            };
            if ends_inner {
                self.close_inner(span);
            }
        }
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => self.open(token, span),
            Token::BracketClose if self.last_is(Token::BracketOpen) && self.level().opener == Opener::Bracket => {
                self.dims(span);
            }
            Token::ParenClose | Token::BracketClose | Token::BraceClose => self.close(token, span),
            _ => self.plain(token, span),
        }
    }

    /// Words that mean something only in some places, and patterns of other languages.
    fn contextual(&mut self, token: Token, span: Span) -> Token {
        if token == Token::Text {
            self.settle_include();
        }
        if token != Token::Ident {
            return token;
        }
        let last = self.last();
        if last.token == Token::Dot || !last.operand_end {
            return token;
        }
        let word = self.text(span);
        if is_operator_word(word) {
            return Token::Op(match word {
                "eq" => BinaryOp::Eq,
                "neq" => BinaryOp::Ne,
                "lt" => BinaryOp::Lt,
                "gt" => BinaryOp::Gt,
                "le" => BinaryOp::Le,
                _ => BinaryOp::Ge,
            });
        }
        token
    }

    /// `include` and `use` are keywords before a text (L-6).
    fn settle_include(&mut self) {
        let last = self.last();
        if last.token != Token::Ident {
            return;
        }
        let token = match self.text(last.span) {
            "include" => Token::Include,
            "use" => Token::Use,
            _ => return,
        };
        let member = self.tokens.iter().rev().nth(1).is_some_and(|before| before.token == Token::Dot);
        if !member && let Some(last) = self.tokens.last_mut() {
            last.token = token;
            last.operand_end = false;
        }
    }

    /// Puts a token on the list that neither opens nor closes.
    fn plain(&mut self, token: Token, span: Span) {
        let last = self.last();
        let after_operand = last.operand_end;
        let after_else = last.token == Token::Else;
        if token == Token::Comma {
            self.level_mut(|level| level.ternaries = 0);
            self.open_returned_list();
        }
        let Some(level) = self.levels.last_mut() else { return };
        let (mut token, mut operand_end, mut deeper) = (token, false, false);
        match token {
            Token::Ident | Token::Quoted | Token::Subst | Token::Text | Token::Atom(_) | Token::Error => {
                operand_end = true;
            }
            Token::Step(_) if after_operand => operand_end = true,
            Token::Plus | Token::Minus if after_operand => {}
            Token::Not | Token::Plus | Token::Minus | Token::Step(_) => {
                level.prefixes = level.prefixes.saturating_add(1);
                deeper = true;
            }
            Token::Semicolon => {
                if level.opener == Opener::ForHeader {
                    token = Token::HeaderSemicolon;
                }
                level.end_statement();
            }
            Token::Question => {
                level.ternaries = level.ternaries.saturating_add(1);
                level.open_ternaries = level.open_ternaries.saturating_add(1);
                deeper = true;
            }
            Token::Colon => {
                self.ternary_colon = level.open_ternaries > 0;
                level.open_ternaries = level.open_ternaries.saturating_sub(1);
            }
            _ => {}
        }
        if operand_end {
            level.prefixes = 0;
        }
        deeper |= level.count_header(token, after_else);
        self.push(token, span, operand_end);
        if deeper {
            self.check_depth(span);
        }
    }

    fn push(&mut self, token: Token, span: Span, operand_end: bool) {
        self.tokens.push(Lexeme { token, span, operand_end });
    }

    /// `[` and `]` become one token. It ends an operand as the empty literal, not as part of a type.
    fn dims(&mut self, span: Span) {
        let Some(open) = self.tokens.pop() else { return };
        self.levels.pop();
        if self.brackets_behind_name(open.span.to(span)) {
            return;
        }
        let of_type = matches!(self.last().token, Token::Ident | Token::TypeKw | Token::Dims);
        self.push(Token::Dims, open.span.to(span), !of_type);
    }

    /// Whether `(` at `open` starts a cast, seen from its `)` (L-151): a type alone in parentheses where an operand
    /// stands. A single name is decided by the token that follows.
    fn find_cast(&mut self, open: usize) {
        let before = open.checked_sub(1).and_then(|index| self.tokens.get(index));
        // Behind `function` it is a parameter whose function has no name.
        if before.is_some_and(|before| before.operand_end || before.token == Token::Function) {
            return;
        }
        let mut inner = self.tokens.iter().skip(open.saturating_add(1));
        let word = inner.next().map(|word| word.token);
        let Some(word @ (Token::TypeKw | Token::Ident)) = word else { return };
        let dims = inner.len().saturating_sub(1);
        // The last token is the `)` itself.
        if !inner.take(dims).all(|token| token.token == Token::Dims) {
            return;
        }
        if word == Token::TypeKw || dims > 0 { self.make_cast(open) } else { self.maybe_cast = Some(open) }
    }

    fn settle_cast(&mut self, next: Token) {
        let Some(open) = self.maybe_cast.take() else { return };
        let operand = matches!(
            next,
            Token::Ident
                | Token::Text
                | Token::Atom(_)
                | Token::Subst
                | Token::Quoted
                | Token::ParenOpen
                | Token::BraceOpen
                | Token::Not
        );
        if operand {
            self.make_cast(open);
        }
    }

    fn make_cast(&mut self, open: usize) {
        if let Some(token) = self.tokens.get_mut(open) {
            token.token = Token::CastOpen;
        }
        if let Some(token) = self.tokens.get_mut(open.saturating_add(1)) {
            token.token = Token::CastType;
        }
        if let Some(close) = self.tokens.last_mut() {
            close.operand_end = false;
        }
        self.level_mut(|level| level.prefixes = level.prefixes.saturating_add(1));
        let span = self.tokens.get(open).map_or(self.start, |token| token.span);
        self.check_depth(span);
    }

    /// After `if`, `while`, `for` and `switch` a parenthesis must follow. If not, one is made up and everything up to
    /// the body is left out.
    fn skip_header(&mut self, token: Token, span: Span) -> bool {
        if self.skipping.is_none() {
            let last = self.last();
            if token == Token::ParenOpen || !last.token.has_header() {
                return false;
            }
            let word = self.text(last.span).to_owned();
            let message = format!("expected `(` after `{word}`");
            let found = Diagnostic::new(codes::MISSING_HEADER, last.span.after(), message);
            self.diagnostics.push(found.hint(format!("write `{word} (...)`")));
            if self.reading.keep_trivia {
                return false;
            }
            self.push(Token::ParenOpen, last.span.after(), false);
            self.push(Token::Error, last.span.after(), true);
            self.push(Token::ParenClose, last.span.after(), false);
            self.skipping = Some(Skip { end: last.span.end, open: 0, of_for: last.token == Token::For });
        }
        let Some(skip) = self.skipping else { return false };
        let between = self.text(Span::new(skip.end, span.start));
        let over = match token {
            Token::BraceOpen | Token::BraceClose => true,
            Token::Semicolon if !skip.of_for => true,
            _ if token.starts_statement() => true,
            _ => skip.open == 0 && between.contains('\n'),
        };
        if over {
            self.skipping = None;
            return false;
        }
        let open = match token {
            Token::ParenOpen => skip.open.saturating_add(1),
            Token::ParenClose => skip.open.saturating_sub(1),
            _ => skip.open,
        };
        self.skipping = Some(Skip { end: span.end, open, ..skip });
        true
    }

    /// Ends reading where the nesting limit is passed.
    fn check_depth(&mut self, span: Span) {
        if self.cut_short || self.level().depth() as usize <= self.limit {
            return;
        }
        self.diagnostics.push(too_deep(span, self.limit));
        self.cut_short = true;
    }
}

/// The diagnostic for what is nested deeper than the limit.
pub(super) fn too_deep(span: Span, limit: usize) -> Diagnostic {
    let found = Diagnostic::new(codes::TOO_DEEP, span, "this is nested too deeply");
    found.hint(format!("brackets, statements and expressions may stand inside each other {limit} levels deep"))
}

/// Whether an array literal, not a block, starts after a token (besides the brackets it stands in).
fn literal_follows(token: Token, ternary_colon: bool) -> bool {
    match token {
        Token::Assign
        | Token::AssignOp(_)
        | Token::Comma
        | Token::Op(_)
        | Token::Plus
        | Token::Minus
        | Token::Not
        | Token::Question
        | Token::Return
        | Token::Throw
        | Token::Case
        | Token::In => true,
        Token::Colon => ternary_colon,
        _ => false,
    }
}

/// Whether a word is too long for an operator.
const fn is_long(word: Span) -> bool {
    word.end.saturating_sub(word.start) > 3
}

/// Whether it is a literal by itself, for messages.
pub(super) fn is_literal(token: Token) -> bool {
    matches!(token, Token::Text | Token::Atom(Atom::Int | Atom::Num | Atom::True | Atom::False | Atom::Null))
}
