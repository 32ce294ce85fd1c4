//! The brackets that are open, and how deep everything is nested.

use super::{Lexer, literal_follows};
use crate::{
    diagnostics::{Diagnostic, codes::syntax as codes},
    source::Span,
    syntax::token::Token,
};

/// What a level was opened by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opener {
    /// The file itself.
    Bottom,
    /// `(` of an expression, a call or a parameter list.
    Paren,
    /// `(` after `if`, `while`, `switch` or `catch`.
    Header,
    /// `(` after `for`.
    ForHeader,
    /// `[`
    Bracket,
    /// `{` of statements, fields or cases.
    Block,
    /// `{` of an array literal.
    Literal,
}

impl Opener {
    /// Whether no statement can stand inside.
    pub const fn is_inner(self) -> bool {
        !matches!(self, Self::Bottom | Self::Block)
    }

    const fn closer(self) -> Token {
        match self {
            Self::Paren | Self::Header | Self::ForHeader => Token::ParenClose,
            Self::Bracket => Token::BracketClose,
            Self::Literal => Token::LiteralClose,
            Self::Block | Self::Bottom => Token::BraceClose,
        }
    }

    const fn symbols(self) -> (&'static str, &'static str) {
        match self {
            Self::Paren | Self::Header | Self::ForHeader => ("(", ")"),
            Self::Bracket => ("[", "]"),
            _ => ("{", "}"),
        }
    }
}

/// An open bracket and what is pending inside of it.
#[derive(Clone, Copy)]
pub(super) struct Level {
    pub opener: Opener,
    /// Index of the opening token.
    pub index: usize,
    /// Depth of everything around it, itself counted.
    outer: u32,
    /// Prefix operators and casts whose operand has not begun.
    pub prefixes: u32,
    /// `?` of this expression.
    pub ternaries: u32,
    /// `?` whose colon is still to come.
    pub open_ternaries: u32,
    /// `if`, `while`, `for`, `do` whose statement has not ended.
    pub headers: u32,
    /// Semicolons in the header of a `for`.
    pub semicolons: u32,
    /// A statement has just ended: unless `else` follows, those around it end too.
    pub ended: bool,
    /// The `(` around the values of a `return`, which was taken out.
    pub taken_out: Option<Span>,
}

impl Level {
    pub const fn bottom() -> Self {
        Self::new(Opener::Bottom, 0, 0)
    }

    const fn new(opener: Opener, index: usize, outer: u32) -> Self {
        Self {
            opener,
            index,
            outer,
            prefixes: 0,
            ternaries: 0,
            open_ternaries: 0,
            headers: 0,
            semicolons: 0,
            ended: false,
            taken_out: None,
        }
    }

    /// How deep what comes next stands.
    pub fn depth(&self) -> u32 {
        self.outer.saturating_add(self.prefixes).saturating_add(self.ternaries).saturating_add(self.headers)
    }

    pub fn end_statement(&mut self) {
        self.prefixes = 0;
        self.ternaries = 0;
        self.open_ternaries = 0;
        self.semicolons = self.semicolons.saturating_add(1);
        self.ended = true;
    }

    /// A token behind the end of a statement, which is no semicolon.
    pub fn continue_with(&mut self, token: Token) {
        self.ended = false;
        if token != Token::Else {
            self.headers = 0;
        }
    }

    /// Counts statements that stand inside statements without braces; gives whether this is one more.
    /// `else if` continues its `if`.
    pub fn count_header(&mut self, token: Token, after_else: bool) -> bool {
        if self.ended && !matches!(token, Token::Semicolon | Token::HeaderSemicolon) {
            self.continue_with(token);
        }
        let inner = match token {
            Token::If => !after_else,
            Token::While | Token::For | Token::Do => true,
            _ => false,
        };
        if inner {
            self.headers = self.headers.saturating_add(1);
        }
        inner
    }
}

impl Lexer<'_> {
    pub(super) fn level(&self) -> &Level {
        const BOTTOM: &Level = &Level::bottom();
        self.levels.last().unwrap_or(BOTTOM)
    }

    pub(super) fn level_mut(&mut self, change: impl FnOnce(&mut Level)) {
        if let Some(level) = self.levels.last_mut() {
            change(level);
        }
    }

    pub(super) fn open(&mut self, token: Token, span: Span) {
        let last = self.last();
        let after_else = last.token == Token::Else;
        self.level_mut(|level| {
            level.count_header(token, after_else);
        });
        let inner = self.level().opener.is_inner();
        let (token, opener) = match token {
            Token::ParenOpen => {
                let opener = match last.token {
                    Token::For => Opener::ForHeader,
                    Token::If | Token::While | Token::Switch | Token::Catch => Opener::Header,
                    _ => Opener::Paren,
                };
                (token, opener)
            }
            Token::BracketOpen => (token, Opener::Bracket),
            _ => {
                let after_cast = last.token == Token::ParenClose && self.closed_cast();
                let literal = literal_follows(last.token, self.ternary_colon);
                if inner || literal || after_cast {
                    (Token::LiteralOpen, Opener::Literal)
                } else {
                    (token, Opener::Block)
                }
            }
        };
        let index = self.tokens.len();
        self.push(token, span, false);
        let outer = self.level().depth().saturating_add(1);
        self.levels.push(Level::new(opener, index, outer));
        self.check_depth(span);
    }

    /// Whether the `)` just read closed a header.
    pub(super) const fn closed_header(&self) -> bool {
        self.last_paren == usize::MAX
    }

    /// Whether the `)` just read closed a cast: then it ends no operand although something like it would.
    fn closed_cast(&self) -> bool {
        let mut back = self.tokens.iter().rev().skip(1).skip_while(|token| token.token == Token::Dims);
        back.next().is_some_and(|token| token.token == Token::CastType)
    }

    pub(super) fn close(&mut self, token: Token, span: Span) {
        let opener = self.level().opener;
        let matches = opener.closer() == token || (token == Token::BraceClose && opener == Opener::Literal);
        if matches && opener != Opener::Bottom {
            return self.close_level(span);
        }
        self.close_unmatched(token, span);
    }

    /// A closing bracket that does not belong to the innermost level.
    #[cold]
    fn close_unmatched(&mut self, token: Token, span: Span) {
        let Some(found) = self.find_opener(token) else {
            let (open, close) = match token {
                Token::ParenClose => ("(", ")"),
                Token::BracketClose => ("[", "]"),
                _ => ("{", "}"),
            };
            let message = format!("this `{close}` closes nothing");
            let hint = format!("remove it, or write the `{open}` that is missing before it");
            self.diagnostics.push(Diagnostic::new(codes::STRAY_BRACKET, span, message).hint(hint));
            if self.reading.keep_trivia {
                self.push(token, span, true);
            }
            return;
        };
        while self.levels.len() > found.saturating_add(1) {
            self.close_missing(span);
        }
        self.close_level(span);
    }

    /// The level that a closing bracket belongs to. Blocks are closed by braces only.
    fn find_opener(&self, token: Token) -> Option<usize> {
        let matches = |opener: Opener| match token {
            Token::BraceClose => matches!(opener, Opener::Block | Opener::Literal),
            _ => opener.closer() == token,
        };
        for (index, level) in self.levels.iter().enumerate().rev() {
            if matches(level.opener) {
                return Some(index);
            }
            if !level.opener.is_inner() {
                return None;
            }
        }
        None
    }

    /// Closes everything up to the next block: a statement begins or ends here.
    pub(super) fn close_inner(&mut self, before: Span) {
        while self.level().opener.is_inner() {
            self.close_missing(before);
        }
    }

    /// Closes the innermost level, whose bracket is missing before `found`.
    fn close_missing(&mut self, found: Span) {
        let level = *self.level();
        let (open, close) = level.opener.symbols();
        let place = self.end();
        let opened = self.tokens.get(level.index).map_or(self.start, |token| token.span);
        let written = self.text(found).to_owned();
        let message = format!("expected `{close}` before `{written}`");
        let found = Diagnostic::new(codes::UNCLOSED_BRACKET, place, message);
        let labelled = found.label(opened, format!("this `{open}` is not closed"));
        self.diagnostics.push(labelled.fix(place, close, false));
        if self.reading.keep_trivia {
            self.levels.pop();
        } else {
            self.close_level(place);
        }
    }

    fn close_level(&mut self, span: Span) {
        let Some(level) = self.levels.pop() else { return };
        if let Some(open) = level.taken_out {
            self.report_returned_list(open, span);
            return;
        }
        let operand_end = matches!(level.opener, Opener::Paren | Opener::Bracket);
        self.push(level.opener.closer(), span, operand_end);
        self.level_mut(|outer| {
            if operand_end || level.opener == Opener::Literal {
                outer.prefixes = 0;
            }
        });
        match level.opener {
            Opener::Paren => {
                self.last_paren = level.index;
                self.find_cast(level.index);
            }
            Opener::Header | Opener::ForHeader => self.last_paren = usize::MAX,
            Opener::Block => self.level_mut(Level::end_statement),
            _ => {}
        }
    }

    /// Closes what is open at the end of the file.
    pub(super) fn close_all(&mut self) {
        let quiet = self.cut_short || self.scanner.ran_out || self.diagnostics.is_full();
        let mut suspect = if quiet || self.levels.len() < 2 { None } else { self.misplaced_brace() };
        while self.levels.len() > 1 {
            let level = self.level();
            if !quiet {
                let (open, _) = level.opener.symbols();
                let opened = self.tokens.get(level.index).map_or(self.start, |token| token.span);
                let message = format!("this `{open}` is never closed");
                let mut found = Diagnostic::new(codes::UNCLOSED_BRACKET, opened, message);
                if let Some(suspect) = suspect.take() {
                    found = found.label(suspect, "the `}` of this one stands further left than it should");
                }
                self.diagnostics.push(found);
            }
            if self.reading.keep_trivia {
                self.levels.pop();
            } else {
                self.close_level(self.end());
            }
        }
    }

    /// The first `{` whose `}` begins a line that is indented less than its own: probably that one lacks its brace
    /// and took that of a block around it.
    fn misplaced_brace(&self) -> Option<Span> {
        let mut open = Vec::new();
        for token in &self.tokens {
            match token.token {
                Token::BraceOpen => open.push(token.span),
                Token::BraceClose => {
                    let opened = open.pop()?;
                    let inside = self.scanner.indentation(opened.start)?;
                    if self.scanner.begins_line(token.span.start)
                        && self.scanner.indentation(token.span.start)? < inside
                    {
                        return Some(opened);
                    }
                }
                _ => {}
            }
        }
        None
    }
}
