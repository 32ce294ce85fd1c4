//! One token at a time, from the text alone and two facts about the token before.

use super::token::{Atom, Token};
use crate::{
    diagnostics::{Diagnostic, Diagnostics, codes::syntax as codes},
    source::Span,
    types::BinaryOp,
};
use logos::Logos;

/// What the scanner must know of the token before (comments and blanks apart).
#[derive(Clone, Copy, Default)]
pub(super) struct Before {
    /// It ends an operand, so `%` is an operator (L-17).
    pub operand_end: bool,
    /// It is a dot, so a word is a member name (L-7).
    pub dot: bool,
}

/// Cuts a text into tokens that tile it.
pub(super) struct Scanner<'a> {
    text: &'a str,
    base: u32,
    logos: logos::Lexer<'a, Token>,
    /// Second reading: a text literal ends at the line end at the latest.
    lines_end_texts: bool,
    /// Blanks are tokens too.
    keep_blanks: bool,
    /// Whether some text literal held a line break.
    pub spanned_lines: bool,
    /// Whether a comment or text reached the end of the file.
    pub ran_out: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str, base: u32, lines_end_texts: bool, keep_blanks: bool) -> Self {
        let logos = Token::lexer(text);
        Self { text, base, logos, lines_end_texts, keep_blanks, spanned_lines: false, ran_out: false }
    }

    /// The next token with its span in the position space of the program.
    #[inline]
    pub fn next(&mut self, before: Before, diagnostics: &mut Diagnostics) -> Option<(Token, Span)> {
        if !self.keep_blanks {
            self.skip_blanks();
        }
        let token = self.logos.next()?.unwrap_or(Token::Error);
        let token = match token {
            Token::Whitespace
            | Token::ParenOpen
            | Token::ParenClose
            | Token::BracketOpen
            | Token::BracketClose
            | Token::BraceOpen
            | Token::BraceClose
            | Token::Comma
            | Token::Semicolon
            | Token::Dot
            | Token::Colon
            | Token::Question
            | Token::Plus
            | Token::Minus
            | Token::Step(_)
            | Token::Assign
            | Token::AssignOp(_) => token,
            Token::Op(op) if !matches!(op, BinaryOp::Rem | BinaryOp::And | BinaryOp::Or) => token,
            Token::LineComment
            | Token::BlockComment
            | Token::Text
            | Token::Quoted
            | Token::Atom(_)
            | Token::Op(_)
            | Token::Not
            | Token::Error => self.special(token, before, diagnostics),
            // Names and keywords.
            _ => self.word(token, before),
        };
        Some((token, self.span()))
    }

    /// Tokens that need a second look.
    fn special(&mut self, token: Token, before: Before, diagnostics: &mut Diagnostics) -> Token {
        match token {
            Token::LineComment => {
                self.bump(self.rest().find('\n').unwrap_or(self.rest().len()));
                token
            }
            Token::BlockComment => self.block_comment(diagnostics),
            Token::Text => self.text_literal(diagnostics),
            Token::Quoted => self.quoted(diagnostics),
            Token::Op(BinaryOp::Rem) if !before.operand_end => self.substitution(),
            Token::Atom(Atom::Int | Atom::Num) => match self.byte_behind() {
                Some(byte) if !byte.is_ascii() || is_word_byte(byte) => self.number(token, diagnostics),
                _ => token,
            },
            Token::Error => self.oddity(before, diagnostics),
            _ if self.starts_with_letter() => self.word(token, before),
            _ => token,
        }
    }

    /// Passes over what [`Token::Whitespace`] would be.
    fn skip_blanks(&mut self) {
        let rest = self.text.as_bytes().get(self.logos.span().end..).unwrap_or(&[]);
        let blanks = match rest {
            // Behind most words there is one blank or none.
            [first, ..] if !is_blank(*first) => return,
            [b' ', second, ..] if !is_blank(*second) => 1,
            _ => rest.iter().position(|&byte| !is_blank(byte)).unwrap_or(rest.len()),
        };
        self.bump(blanks);
    }

    /// The byte behind the token at hand.
    fn byte_behind(&self) -> Option<u8> {
        self.text.as_bytes().get(self.logos.span().end).copied()
    }

    fn rest(&self) -> &'a str {
        self.logos.remainder()
    }

    fn slice(&self) -> &'a str {
        self.logos.slice()
    }

    fn bump(&mut self, bytes: usize) {
        self.logos.bump(bytes);
    }

    fn span(&self) -> Span {
        let range = self.logos.span();
        Span::new(self.position(range.start), self.position(range.end))
    }

    #[expect(clippy::cast_possible_truncation, reason = "all positions of a source map fit")]
    fn position(&self, offset: usize) -> u32 {
        self.base.wrapping_add(offset as u32)
    }

    /// The first `bytes` bytes of the token at hand.
    fn head(&self, bytes: u32) -> Span {
        let span = self.span();
        Span::new(span.start, span.start.saturating_add(bytes).min(span.end))
    }

    fn starts_with_letter(&self) -> bool {
        let start = self.text.as_bytes().get(self.logos.span().start);
        start.is_some_and(|&byte| byte == b'_' || byte.is_ascii_alphabetic() || !byte.is_ascii())
    }

    fn block_comment(&mut self, diagnostics: &mut Diagnostics) -> Token {
        match self.rest().find("*/") {
            Some(at) => self.bump(at.saturating_add(2)),
            None => {
                self.bump(self.rest().len());
                self.ran_out = true;
                let found = Diagnostic::new(codes::UNTERMINATED_COMMENT, self.head(2), "this comment is never closed");
                diagnostics.push(found.hint("close it with `*/`"));
            }
        }
        Token::BlockComment
    }

    /// Reads on to the quote, past escapes. Without it the literal ends with its line, and is an error.
    fn text_literal(&mut self, diagnostics: &mut Diagnostics) -> Token {
        let rest = self.rest();
        let mut first_line = None;
        // What is looked for is ASCII, and no byte of another character is.
        let mut bytes = rest.bytes().enumerate();
        while let Some((at, byte)) = bytes.find(|(_, byte)| matches!(byte, b'"' | b'\n' | b'\\')) {
            match byte {
                b'"' => {
                    self.spanned_lines |= first_line.is_some();
                    self.bump(at.saturating_add(1));
                    return Token::Text;
                }
                b'\n' => {
                    first_line.get_or_insert(at);
                    if self.lines_end_texts {
                        break;
                    }
                }
                _ => {
                    let escaped = rest.as_bytes().get(at.saturating_add(1));
                    if !matches!(escaped, Some(b'\n' | b'\r')) {
                        bytes.next();
                    }
                }
            }
        }
        // A text without an end reads like one that ends with its line in both readings.
        self.spanned_lines |= first_line.is_some();
        let end = first_line.unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or(rest).trim_end();
        // What ends the statement seems to stand behind the text, brackets that the text itself opens apart.
        let closers: &[char] = match line.matches('(').count() < line.matches(')').count() {
            true => &[')', ';', ',', '}', ']', ' ', '{'],
            false => &[';', ',', ' ', '{'],
        };
        self.bump(line.trim_end_matches(closers).len());
        let message = "this text is never closed";
        let found = Diagnostic::new(codes::UNTERMINATED_TEXT, self.head(1), message);
        let found = found.label(self.span().after(), "perhaps a `\"` is missing here");
        diagnostics.push(found.hint("a text ends with the quote it begins with; write `\\\"` for a quote inside"));
        Token::Error
    }

    /// `#{` and what follows up to the brace (L-18). Blanks and line breaks around the name do not count, but the
    /// name itself stands on one line, so that a forgotten brace does not swallow the script.
    fn quoted(&mut self, diagnostics: &mut Diagnostics) -> Token {
        let rest = self.rest();
        let name_start = rest.len().saturating_sub(rest.trim_start().len());
        let named = rest.get(name_start..).unwrap_or("");
        let line_end = named.find(['}', '\n']).unwrap_or(named.len());
        let name = named.get(..line_end).unwrap_or("").trim_end();
        let after = named.get(name.len()..).unwrap_or("");
        let blanks = after.len().saturating_sub(after.trim_start().len());
        if !after.trim_start().starts_with('}') {
            let line = rest.find('\n').unwrap_or(rest.len());
            self.bump(rest.get(..line).unwrap_or(rest).trim_end().len());
            let found = Diagnostic::new(codes::BAD_QUOTED_NAME, self.head(2), "this quoted name is never closed");
            diagnostics.push(found.hint("write `#{name}`"));
            return Token::Error;
        }
        self.bump(name_start.saturating_add(name.len()).saturating_add(blanks).saturating_add(1));
        if name.is_empty() {
            diagnostics.push(
                Diagnostic::new(codes::BAD_QUOTED_NAME, self.span(), "this quoted name is empty")
                    .hint("write `#{name}`"),
            );
            return Token::Error;
        }
        if split_quoted_field(name).is_some() {
            return Token::Atom(Atom::QuotedField);
        }
        if is_issue_key(name) && self.dot_follows() {
            return Token::Atom(Atom::QuotedKey);
        }
        Token::Quoted
    }

    /// Whether the next token is a dot, found without looking past a few blanks.
    fn dot_follows(&self) -> bool {
        self.rest().trim_start().starts_with('.')
    }

    /// `%name%`, or else the operator.
    fn substitution(&mut self) -> Token {
        let rest = self.rest();
        let name = word_length(rest);
        if name > 0 && rest.get(name..).is_some_and(|after| after.starts_with('%')) {
            self.bump(name.saturating_add(1));
            return Token::Subst;
        }
        Token::Op(BinaryOp::Rem)
    }

    /// A number; one that runs into a word is an error, unless the word is an operator.
    fn number(&mut self, token: Token, diagnostics: &mut Diagnostics) -> Token {
        let length = word_tail_length(self.rest());
        let word = self.rest().get(..length).unwrap_or("");
        if length == 0 || is_operator_word(word) || matches!(word, "and" | "or" | "in") {
            return token;
        }
        let unit = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let interval = matches!(unit, "w" | "d" | "h" | "m" | "s" | "ms");
        self.bump(length);
        let written = self.slice();
        let exponent = word.strip_prefix(['e', 'E']).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
        let (message, hint) = if exponent && token == Token::Atom(Atom::Int) && length > 1 {
            let digits = written.strip_suffix(word).unwrap_or(written);
            (format!("`{written}` is no number"), format!("an exponent follows a fraction: `{digits}.0{word}`"))
        } else if interval {
            (format!("`{written}` is no number"), format!("an interval is written as a text: `\"{written}\"`"))
        } else if let Some(plain) = plain_number(written) {
            let message = format!("`{written}` is no number");
            let found = Diagnostic::new(codes::BAD_NUMBER, self.span(), message);
            let found = found.hint("a number has digits and a point, nothing else").fix(self.span(), plain, true);
            diagnostics.push(found);
            return Token::Error;
        } else if written.starts_with("0x") || written.starts_with("0X") {
            (format!("`{written}` is no number"), "numbers are written with decimal digits".to_owned())
        } else {
            let message = format!("`{written}` is neither a number nor a name");
            (message, "a name starts with a letter or `_`, and an operator stands between operands".to_owned())
        };
        diagnostics.push(Diagnostic::new(codes::BAD_NUMBER, self.span(), message).hint(hint));
        Token::Error
    }

    /// A word: letters beyond ASCII join it, and it may turn out to be an issue key (L-19).
    #[inline]
    fn word(&mut self, token: Token, before: Before) -> Token {
        match self.byte_behind() {
            Some(byte) if byte == b'-' || !byte.is_ascii() => self.long_word(token, before),
            _ if before.dot => Token::Ident,
            _ => token,
        }
    }

    fn long_word(&mut self, token: Token, before: Before) -> Token {
        let tail = word_tail_length(self.rest());
        self.bump(tail);
        let token = if tail > 0 || before.dot { Token::Ident } else { token };
        if token == Token::Ident && !before.dot {
            let length = key_tail_length(self.rest());
            if length > 0 {
                self.bump(length);
                return Token::Atom(Atom::Key);
            }
        }
        token
    }

    /// A character that starts no token of the table.
    fn oddity(&mut self, before: Before, diagnostics: &mut Diagnostics) -> Token {
        let c = self.slice().chars().next().unwrap_or(' ');
        match c {
            '#' => return self.hash(diagnostics),
            '&' | '|' => {
                let (op, word) = match c {
                    '&' => (BinaryOp::And, "&&"),
                    _ => (BinaryOp::Or, "||"),
                };
                let found = Diagnostic::new(codes::FOREIGN_SPELLING, self.span(), format!("`{c}` is no operator"));
                let bits = if c == '&' { "bitwise_and" } else { "bitwise_or" };
                let hint = format!("write `{word}` for conditions; the bits of numbers are combined by `{bits}`");
                let fixed = found.hint(hint).fix(self.span(), word, false);
                diagnostics.push(fixed);
                return Token::Op(op);
            }
            '\'' | '`' | '“' | '”' | '„' | '‘' | '’' | '«' => return self.wrong_quotes(c, diagnostics),
            _ if is_word_start(c) => return self.long_word(Token::Ident, before),
            _ if c.is_whitespace() => return Token::Whitespace,
            _ => {}
        }
        // A run of the same character is one mistake.
        let run: usize = self.rest().chars().take_while(|&next| next == c).map(char::len_utf8).sum();
        self.bump(run);
        let shown =
            if is_visible(c) { format!("`{c}`") } else { format!("the invisible character U+{:04X}", c as u32) };
        let message = format!("{shown} means nothing here");
        let mut found = Diagnostic::new(codes::UNKNOWN_CHARACTER, self.span(), message);
        found = match c {
            '@' => found.hint("a mail address is a text and stands in double quotes"),
            '^' | '~' => found.hint("the bits of numbers are combined by `bitwise_xor` and `bitwise_not`"),
            '$' => found.hint("texts are put together with `+`; `$name$` belongs into templates"),
            '\\' => found.hint("a backslash stands inside of texts only"),
            c if !is_visible(c) => {
                found.hint("such characters come along with copied text").fix(self.span(), "", c != '\0')
            }
            _ => found,
        };
        diagnostics.push(found);
        Token::Error
    }

    /// `#` outside of `#{` and `#include`.
    fn hash(&mut self, diagnostics: &mut Diagnostics) -> Token {
        if let Some(after) = self.rest().strip_prefix("include")
            && word_tail_length(after) == 0
        {
            self.bump("include".len());
            return Token::Include;
        }
        let found = Diagnostic::new(codes::UNKNOWN_CHARACTER, self.span(), "`#` means nothing here");
        let before = self.text_of(Span::new(self.base, self.span().start)).trim_end_matches([' ', '\t']);
        let begins = before.is_empty() || before.ends_with(['\n', ';', '{', '}']);
        if begins && self.rest().starts_with([' ', '#', '!', '-', '=']) {
            // A comment of another language: none of its words is worth a message.
            let line = self.rest().find('\n').unwrap_or(self.rest().len());
            self.bump(self.rest().get(..line).unwrap_or("").trim_end().len());
        }
        diagnostics.push(found.hint("a comment starts with `//`, a quoted name is written `#{name}`"));
        Token::Error
    }

    /// A text in quotes other than `"`, read as if they were right.
    fn wrong_quotes(&mut self, open: char, diagnostics: &mut Diagnostics) -> Token {
        let closers: &[char] = match open {
            '\'' => &['\''],
            '`' => &['`', '\''],
            '‘' | '’' => &['’', '‘', '\''],
            '«' => &['»'],
            _ => &['”', '“', '"'],
        };
        let rest = self.rest();
        let line = rest.find('\n').unwrap_or(rest.len());
        let end = rest.get(..line).unwrap_or(rest).char_indices().find(|(_, c)| closers.contains(c));
        let message = match open {
            '\'' => "a text stands in double quotes, not in single ones".to_owned(),
            '`' => "a text stands in double quotes, not in backticks".to_owned(),
            _ => format!("a text stands in plain double quotes, not in `{open}`"),
        };
        match end {
            Some((at, c)) => self.bump(at.saturating_add(c.len_utf8())),
            None => {
                diagnostics.push(Diagnostic::new(codes::WRONG_QUOTES, self.span(), message));
                return Token::Error;
            }
        }
        let inner = self.slice().trim_start_matches(open).trim_end_matches(closers);
        let found = Diagnostic::new(codes::WRONG_QUOTES, self.span(), message);
        let fixed = format!("\"{}\"", inner.replace('"', "\\\""));
        diagnostics.push(found.fix(self.span(), fixed, true));
        Token::Text
    }

    /// Whether the rest of the line closes a parenthesis before it opens or closes anything else.
    pub fn closes_paren(&self) -> bool {
        let line = self.rest().lines().next().unwrap_or("");
        line.chars().find(|c| matches!(c, '(' | ')' | '{' | '}' | ';')) == Some(')')
    }

    /// Characters of blank before the first word of the line of a position; nothing in very long lines.
    pub fn indentation(&self, position: u32) -> Option<usize> {
        let before = self.text_of(Span::new(self.base, position));
        let line = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line = before.get(line..).filter(|line| line.len() < 1000)?;
        Some(line.chars().take_while(|c| c.is_whitespace()).count())
    }

    /// Whether only blanks stand before a position on its line.
    pub fn begins_line(&self, position: u32) -> bool {
        let before = self.text_of(Span::new(self.base, position));
        before.trim_end_matches([' ', '\t', '\r']).ends_with('\n')
    }

    /// The text of a span of this file.
    pub fn text_of(&self, span: Span) -> &'a str {
        let start = span.start.saturating_sub(self.base) as usize;
        let end = span.end.saturating_sub(self.base) as usize;
        self.text.get(start..end).unwrap_or("")
    }
}

/// The number without the separators and type marks of other languages: `1_000`, `3L`, `2.5f`.
fn plain_number(written: &str) -> Option<String> {
    let digits = written.strip_suffix(['L', 'l', 'f', 'F', 'D', 'n']).unwrap_or(written);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_' || byte == b'.');
    plain.then(|| digits.replace('_', ""))
}

/// At most 30 characters of a text, for a message.
pub(super) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    if line.len() == text.len() && text.chars().nth(30).is_none() {
        return text.to_owned();
    }
    let mut short: String = line.chars().take(27).collect();
    short.push_str("...");
    short
}

/// `eq neq lt gt le ge`: operators where one can stand (L-6).
pub(super) fn is_operator_word(word: &str) -> bool {
    matches!(word, "eq" | "neq" | "lt" | "gt" | "le" | "ge")
}

/// What [`Token::Whitespace`] is made of.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

/// ASCII letters, digits and `_`.
fn is_word_byte(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// Letters, and `_` (L-4).
fn is_word_start(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || (!c.is_ascii() && c.is_alphabetic())
}

/// What may follow in a word: digits too, and the marks of decomposed letters.
fn is_word_part(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || (!c.is_ascii() && (c.is_alphanumeric() || is_mark(c)))
}

/// Combining marks as they stand behind decomposed Latin letters.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Bytes of the word that `text` starts with.
fn word_length(text: &str) -> usize {
    if text.starts_with(is_word_start) { word_tail_length(text) } else { 0 }
}

fn word_tail_length(text: &str) -> usize {
    let ascii = text.bytes().position(|byte| !is_word_byte(byte)).unwrap_or(text.len());
    match text.get(ascii..) {
        // Letters beyond ASCII are rare, and looking them up is slow.
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii()) => {
            rest.find(|c| !is_word_part(c)).map_or(text.len(), |more| ascii.saturating_add(more))
        }
        _ => ascii,
    }
}

/// Bytes of `-17` if `text` starts with it and a dot and a name follow (L-19).
fn key_tail_length(text: &str) -> usize {
    let Some(digits) = text.strip_prefix('-') else { return 0 };
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let after = digits.get(length..).unwrap_or("");
    let member =
        after.strip_prefix('.').is_some_and(|name| name.starts_with(|c| is_word_start(c) || c == '#' || c == '%'));
    if length > 0 && member { length.saturating_add(1) } else { 0 }
}

/// Whether the text of a quoted name reads like an issue key.
fn is_issue_key(name: &str) -> bool {
    let Some((project, number)) = name.rsplit_once('-') else { return false };
    word_length(project) == project.len()
        && !project.is_empty()
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The variable and the field of `%k%.Some name`.
pub(super) fn split_quoted_field(name: &str) -> Option<(&str, &str)> {
    let rest = name.strip_prefix('%')?;
    let (variable, after) = rest.split_once('%')?;
    let field = after.strip_prefix('.')?.trim();
    (word_length(variable) == variable.len() && !variable.is_empty() && !field.is_empty()).then_some((variable, field))
}

/// The variable of `%k%` alone.
pub(super) fn quoted_substitution(name: &str) -> Option<&str> {
    let variable = name.strip_prefix('%')?.strip_suffix('%')?;
    (word_length(variable) == variable.len() && !variable.is_empty()).then_some(variable)
}

fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
