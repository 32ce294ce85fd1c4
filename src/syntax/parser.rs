//! Feeds the tokens to the generated parser and makes diagnostics of its errors.
//!
//! This is the only file that knows LALRPOP.

use super::{
    ast::{Ast, Item},
    build::{Run, SwitchPart, TreeBuilder},
    desk::{Desk, keep_desk, take_desk},
    lexer::{Buffers, Lexed, Lexeme, Reading, lex},
    token::Token,
    wording,
};
use crate::{
    diagnostics::Diagnostics,
    limits::SourceLimits,
    source::{FileId, SourceFile, SourceMap},
};
use std::{cell::Cell, convert::Infallible};

#[allow(
    clippy::all,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    unused,
    reason = "generated code"
)]
mod grammar {
    lalrpop_util::lalrpop_mod!(pub plain, "/plain/sil.rs");
    lalrpop_util::lalrpop_mod!(pub recovery, "/recovery/sil.rs");
}

type ParseError = lalrpop_util::ParseError<u32, Token, Infallible>;

/// Reads a file, appends its nodes to the tree and gives its top-level items in order.
///
/// Always gives what could be read; what could not is an error node, and a diagnostic says why. An id that is not of
/// the map gives nothing.
///
/// A text literal may hold line breaks (L-10), so a forgotten quote would turn the rest of the script inside out.
/// When a script with such a literal has errors, it is read once more with literals that end at the line end, and
/// the reading with fewer errors counts.
pub fn parse_file(
    sources: &SourceMap,
    file: FileId,
    limits: &SourceLimits,
    ast: &mut Ast,
    diagnostics: &mut Diagnostics,
) -> Vec<Item> {
    let Some(file) = sources.file(file) else { return Vec::new() };
    let start = ast.mark();
    let first = parse(file, limits, Reading::default(), ast);
    if !(first.spanned_lines && first.found.has_errors()) {
        return first.give(diagnostics);
    }
    ast.rewind(&start);
    let by_line = Reading { lines_end_texts: true, ..Reading::default() };
    let second = parse(file, limits, by_line, ast);
    if second.errors() <= first.errors() {
        return second.give(diagnostics);
    }
    ast.rewind(&start);
    parse(file, limits, Reading::default(), ast).give(diagnostics)
}

/// The tokens of a file with the blanks and comments between them; they tile the text.
pub fn lex_file(
    sources: &SourceMap,
    file: FileId,
    limits: &SourceLimits,
    diagnostics: &mut Diagnostics,
) -> Vec<Lexeme> {
    let Some(file) = sources.file(file) else { return Vec::new() };
    let reading = Reading { keep_trivia: true, ..Reading::default() };
    let mut found = Diagnostics::with_cap(limits.errors);
    let lexed = lex(file, limits, reading, Buffers::default(), &mut found);
    // What lies inside of a token, between the brackets of `[ ]`, is part of it.
    let mut tokens = lexed.buffers.tokens;
    let inner: Vec<_> = tokens.iter().filter(|token| token.token == Token::Dims).map(|token| token.span).collect();
    let mut inner = inner.into_iter().peekable();
    let outside = lexed.trivia.into_iter().filter(|trivia| {
        while inner.next_if(|span| span.end <= trivia.span.start).is_some() {}
        inner.peek().is_none_or(|span| !span.contains(trivia.span))
    });
    let mut all: Vec<Lexeme> = outside.collect();
    all.append(&mut tokens);
    all.sort_by_key(|token| token.span.start);
    found.sort();
    diagnostics.append(found);
    all
}

/// What one reading gave.
struct Parsed {
    items: Vec<Item>,
    found: Diagnostics,
    spanned_lines: bool,
}

impl Parsed {
    fn errors(&self) -> usize {
        self.found.errors().count()
    }

    fn give(mut self, diagnostics: &mut Diagnostics) -> Vec<Item> {
        self.found.sort();
        diagnostics.append(self.found);
        self.items
    }
}

fn parse(file: &SourceFile, limits: &SourceLimits, reading: Reading, ast: &mut Ast) -> Parsed {
    let mut desk = take_desk();
    let mut found = Diagnostics::with_cap(limits.errors);
    let buffers = std::mem::take(&mut desk.buffers);
    let Lexed { buffers, spanned_lines, cut_short, .. } = lex(file, limits, reading, buffers, &mut found);
    ast.reserve(buffers.tokens.len());
    desk.buffers = buffers;
    let plain = if found.has_errors() { None } else { parse_plain(file, limits, &mut desk, ast, found.clone()) };
    let (items, found) = plain.unwrap_or_else(|| parse_recovering(file, limits, cut_short, &mut desk, ast, found));
    keep_desk(desk, file.text().len());
    Parsed { items, found, spanned_lines }
}

/// Reads tokens with the parser that knows recovery.
fn parse_recovering(
    file: &SourceFile,
    limits: &SourceLimits,
    cut_short: bool,
    desk: &mut Desk,
    ast: &mut Ast,
    mut found: Diagnostics,
) -> (Vec<Item>, Diagnostics) {
    let pace = Pace::default();
    let Desk { buffers: Buffers { tokens, .. }, stacks } = desk;
    let feed = Feed { tokens, next: 0, pace: &pace };
    let mut builder = TreeBuilder::new(ast, file, tokens, limits.nesting, &pace, stacks, &mut found);
    builder.ends_early(cut_short);
    let items = match grammar::recovery::FileParser::new().parse(&mut builder, feed) {
        Ok(items) => builder.file(items),
        Err(error) => {
            report(&mut builder, error);
            Vec::new()
        }
    };
    (items, found)
}

/// Reads tokens with the parser that knows no recovery; nothing where that finds anything wrong: then the tree is as before.
fn parse_plain(
    file: &SourceFile,
    limits: &SourceLimits,
    desk: &mut Desk,
    ast: &mut Ast,
    mut found: Diagnostics,
) -> Option<(Vec<Item>, Diagnostics)> {
    let start = ast.mark();
    let pace = Pace::default();
    let Desk { buffers: Buffers { tokens, .. }, stacks } = desk;
    let feed = tokens.iter().map(|found| Ok((found.span.start, found.token, found.span.end)));
    let mut builder = TreeBuilder::new(ast, file, tokens, limits.nesting, &pace, stacks, &mut found);
    let items = grammar::plain::FileParser::new().parse(&mut builder, feed).map(|items| builder.file(items));
    match items {
        Ok(items) if !found.has_errors() => Some((items, found)),
        _ => {
            ast.rewind(&start);
            None
        }
    }
}

/// What the token feed and the builder tell each other.
#[derive(Default)]
pub(super) struct Pace {
    /// Tokens delivered since the parser last built something.
    pub idle: Cell<u32>,
    /// Enough errors were found.
    pub stop: Cell<bool>,
}

/// More tokens than any grammar rule takes without building something, brackets and operators apart.
const IDLE_LIMIT: u32 = 32;

/// Gives the parser its tokens.
///
/// After an error the parser drops tokens one by one, and looks at all open statements for each. So when it has
/// built nothing for a while, what it cannot resume at is left out here.
struct Feed<'a> {
    tokens: &'a [Lexeme],
    next: usize,
    pace: &'a Pace,
}

impl Iterator for Feed<'_> {
    type Item = Result<(u32, Token, u32), Infallible>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.pace.stop.get() {
            return None;
        }
        let idle = self.pace.idle.get();
        loop {
            let found = self.tokens.get(self.next)?;
            self.next = self.next.saturating_add(1);
            if idle > IDLE_LIMIT && !resumes(found.token) {
                continue;
            }
            if !opens(found.token) {
                self.pace.idle.set(idle.saturating_add(1));
            }
            return Some(Ok((found.span.start, found.token, found.span.end)));
        }
    }
}

/// Tokens of which many may follow each other before the parser builds anything: the lexer bounds how many. They
/// open something, or belong to an empty header, as in `for (;;) for (;;)`.
const fn opens(token: Token) -> bool {
    matches!(
        token,
        Token::ParenOpen
            | Token::ParenClose
            | Token::HeaderSemicolon
            | Token::BracketOpen
            | Token::BraceOpen
            | Token::LiteralOpen
            | Token::CastOpen
            | Token::Not
            | Token::Plus
            | Token::Minus
            | Token::Step(_)
            | Token::Do
            | Token::If
            | Token::While
            | Token::For
            | Token::Try
    )
}

/// Tokens at which the parser resumes, and those that close something it has open.
const fn resumes(token: Token) -> bool {
    matches!(
        token,
        Token::Semicolon
            | Token::BraceOpen
            | Token::BraceClose
            | Token::ParenClose
            | Token::BracketClose
            | Token::LiteralClose
    ) || token.starts_statement()
}

/// An error that the parser has recovered from.
pub(super) type Recovered = lalrpop_util::ErrorRecovery<u32, Token, Infallible>;

impl TreeBuilder<'_> {
    /// Reports an error that the parser has recovered from.
    pub(super) fn syntax_error(&mut self, recovered: Recovered) {
        report(self, recovered.error);
    }

    /// An error node in the place of items that could not be read.
    pub(super) fn unread_item(&mut self, items: Run<Item>, recovered: Recovered, start: u32, end: u32) -> Run<Item> {
        self.syntax_error(recovered);
        let item = self.error_item(start, end);
        self.add_item(items, item)
    }

    /// An error node in the place of parts of a `switch` that could not be read.
    pub(super) fn unread_part(
        &mut self,
        parts: Run<SwitchPart>,
        recovered: Recovered,
        start: u32,
        end: u32,
    ) -> Run<SwitchPart> {
        self.syntax_error(recovered);
        let item = self.error_item(start, end);
        self.add_part(parts, SwitchPart::Item(item))
    }
}

fn report(builder: &mut TreeBuilder<'_>, error: ParseError) {
    match error {
        ParseError::UnrecognizedToken { token: (start, _, _), expected } => {
            wording::report(builder, Some(start), &expected);
        }
        ParseError::UnrecognizedEof { expected, .. } => wording::report(builder, None, &expected),
        ParseError::ExtraToken { token: (start, _, _) } => wording::report(builder, Some(start), &[]),
        // The feed never gives a token that the grammar does not know, and has no errors of its own.
        ParseError::InvalidToken { location } => wording::report(builder, Some(location), &[]),
        ParseError::User { error } => match error {},
    }
}
