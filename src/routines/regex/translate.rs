//! Patterns as Java writes them, translated into the syntax of the engine.
//!
//! The pattern is parsed completely, and what is written back uses few and plain constructs: characters, classes of
//! explicit ranges, groups, quantifiers, look-around, back-references by number. Flags, quoting, comments, classes and
//! line ends are resolved here, since the engine gives many of them another meaning.

use super::set::{self, LINE_TERMINATORS};
use regex_syntax::hir::ClassUnicode;

/// A pattern in the engine's syntax.
#[derive(Debug)]
pub(super) struct Translated {
    /// What the engine compiles.
    pub text: String,
    /// The groups by number, the whole match left out, with their names.
    pub groups: Vec<Option<Box<str>>>,
    /// Whether it needs look-around, back-references or groups that do not give back: no linear time then.
    pub backtracks: bool,
    /// Whether it has a `\G`.
    pub continues: bool,
    /// Characters and classes in it, repetitions multiplied out: what one character of text may cost.
    pub weight: usize,
    /// The weight of the parts that run over any length of text without a way back: 0 if there are none.
    pub scans: usize,
    /// Such a part is repeated without limit.
    pub repeats_scans: bool,
}

/// Why a pattern is no pattern.
#[derive(Debug)]
pub(super) struct Faulty {
    /// The character it was noticed at, from 1.
    pub at: usize,
    /// What is wrong.
    pub what: String,
}

/// Nested groups and classes.
const DEPTH: usize = 48;
/// The most a pattern may weigh.
pub(super) const WEIGHT: usize = 20_000;
/// The most bytes of a translated pattern.
const SIZE: usize = 1 << 20;

/// Translates a pattern. `line_end` says whether the text to be searched ends with a line terminator: otherwise `$` is
/// simply its end, and needs no look-around.
pub(super) fn translate(pattern: &str, line_end: bool) -> Result<Translated, Faulty> {
    let mut parser = Parser {
        marks: unquote(pattern),
        at: 0,
        flags: Flags::default(),
        groups: Vec::new(),
        depth: 0,
        backtracks: false,
        continues: false,
        repeats_scans: false,
        line_end,
    };
    let piece = parser.alternatives()?;
    if parser.peek().is_some() {
        return Err(parser.fault("`)` without `(`"));
    }
    let Parser { groups, backtracks, continues, repeats_scans, .. } = parser;
    Ok(Translated {
        text: piece.text,
        groups,
        backtracks,
        continues,
        weight: piece.weight.max(1),
        scans: piece.scans,
        repeats_scans,
    })
}

/// A character of the pattern; a quoted one stands for itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub character: char,
    quoted: bool,
    /// Its position in the pattern.
    at: usize,
}

/// Resolves `\Q...\E`.
fn unquote(pattern: &str) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(pattern.len());
    let mut characters = pattern.chars().enumerate().peekable();
    let mut quoted = false;
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|&(_, next)| next);
        match (character, next, quoted) {
            ('\\', Some('E'), true) | ('\\', Some('Q'), false) => {
                quoted = !quoted;
                characters.next();
            }
            ('\\', Some(next), false) => {
                marks.push(Mark { character, quoted, at });
                marks.push(Mark { character: next, quoted, at: at.saturating_add(1) });
                characters.next();
            }
            _ => marks.push(Mark { character, quoted, at }),
        }
    }
    marks
}

#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    /// `i`
    pub ignore_case: bool,
    /// `u`
    unicode_case: bool,
    /// `U`
    pub unicode_classes: bool,
    /// `s`
    dot_all: bool,
    /// `m`
    multi_line: bool,
    /// `x`
    comments: bool,
    /// `d`
    unix_lines: bool,
}

/// A translated part.
#[derive(Default)]
pub(super) struct Piece {
    pub text: String,
    /// It matches at places, not characters.
    pub zero_width: bool,
    pub weight: usize,
    /// It matches any length.
    pub unbounded: bool,
    pub scans: usize,
}

impl Piece {
    pub fn place(text: impl Into<String>) -> Self {
        Self { text: text.into(), zero_width: true, weight: 1, ..Self::default() }
    }

    /// Takes over what is known of a part that belongs to it.
    fn include(&mut self, part: &Self) {
        self.zero_width &= part.zero_width;
        self.weight = self.weight.saturating_add(part.weight);
        self.unbounded |= part.unbounded;
        self.scans = self.scans.saturating_add(part.scans);
    }

    pub fn of_set(set: &ClassUnicode) -> Self {
        let mut text = String::new();
        set::write(set, &mut text);
        Self { text, weight: 1, ..Self::default() }
    }
}

pub(super) struct Parser {
    pub marks: Vec<Mark>,
    pub at: usize,
    pub flags: Flags,
    pub groups: Vec<Option<Box<str>>>,
    depth: usize,
    pub backtracks: bool,
    pub continues: bool,
    repeats_scans: bool,
    line_end: bool,
}

pub(super) type Parsed<T> = Result<T, Faulty>;

impl Parser {
    pub fn mark(&self) -> Option<Mark> {
        self.marks.get(self.at).copied()
    }

    /// The next character if it is not quoted.
    pub fn peek(&self) -> Option<char> {
        self.mark().filter(|mark| !mark.quoted).map(|mark| mark.character)
    }

    pub fn peek_second(&self) -> Option<char> {
        self.marks.get(self.at.saturating_add(1)).filter(|mark| !mark.quoted).map(|mark| mark.character)
    }

    pub fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    pub fn next(&mut self) -> Option<Mark> {
        let mark = self.mark()?;
        self.step();
        Some(mark)
    }

    /// Takes a character if it is the next one.
    pub fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.step();
        }
        found
    }

    /// Takes a text if it comes next.
    pub fn take_text(&mut self, wanted: &str) -> bool {
        let start = self.at;
        if wanted.chars().all(|wanted| self.take(wanted)) {
            return true;
        }
        self.at = start;
        false
    }

    #[cold]
    pub fn fault(&self, what: impl Into<String>) -> Faulty {
        let last = self.marks.last().map_or(0, |mark| mark.at.saturating_add(1));
        let at = self.mark().map_or(last, |mark| mark.at).saturating_add(1);
        Faulty { at, what: what.into() }
    }

    #[cold]
    pub fn unsupported(&self, construct: &str) -> Faulty {
        self.fault(format!("`{construct}` is not supported"))
    }

    /// White space and comments between the parts of a pattern under `(?x)`.
    pub fn skip_comments(&mut self) {
        while self.flags.comments {
            match self.peek() {
                Some(blank) if blank.is_ascii_whitespace() || blank == '\x0b' => self.step(),
                Some('#') => {
                    while self.mark().is_some_and(|mark| !self.ends_line(mark.character)) {
                        self.step();
                    }
                }
                _ => return,
            }
        }
    }

    fn ends_line(&self, character: char) -> bool {
        if self.flags.unix_lines { character == '\n' } else { LINE_TERMINATORS.contains(&character) }
    }

    pub fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return Err(self.fault(format!("groups and classes are nested more than {DEPTH} levels deep")));
        }
        self.depth = self.depth.saturating_add(1);
        let found = parse(self);
        self.depth = self.depth.saturating_sub(1);
        found
    }

    /// Counts a part that is matched for itself, so that the engine runs over the text without a way back.
    fn closed(mut piece: Piece) -> Piece {
        if piece.unbounded {
            piece.scans = piece.scans.saturating_add(piece.weight);
        }
        piece
    }

    fn alternatives(&mut self) -> Parsed<Piece> {
        let mut found = self.sequence()?;
        while self.take('|') {
            let next = self.sequence()?;
            found.text.push('|');
            found.text.push_str(&next.text);
            found.include(&next);
        }
        Ok(found)
    }

    fn sequence(&mut self) -> Parsed<Piece> {
        let mut found = Piece { zero_width: true, ..Piece::default() };
        loop {
            self.skip_comments();
            if self.mark().is_none() || matches!(self.peek(), Some('|' | ')')) {
                return Ok(found);
            }
            let Some(atom) = self.atom()? else { continue };
            let piece = self.quantified(atom)?;
            found.text.push_str(&piece.text);
            found.include(&piece);
            if found.weight > WEIGHT || found.text.len() > SIZE {
                return Err(self.fault("the pattern is too large"));
            }
        }
    }

    /// One character, class, place or group; nothing for flags that stand alone.
    fn atom(&mut self) -> Parsed<Option<Piece>> {
        match self.peek() {
            Some('(') => return self.group(),
            Some('[') => {
                self.step();
                let set = self.deeper(Self::class)?;
                return Ok(Some(Piece::of_set(&set)));
            }
            Some('\\') => return self.escape().map(Some),
            Some('.') => {
                self.step();
                return Ok(Some(Piece::of_set(&self.dot())));
            }
            Some('^') => {
                self.step();
                return Ok(Some(self.line_start()));
            }
            Some('$') => {
                self.step();
                return Ok(Some(self.dollar()));
            }
            Some(sign @ ('*' | '+' | '?')) => return Err(self.fault(format!("`{sign}` repeats nothing"))),
            Some('{') => return Err(self.fault("`{` repeats nothing; write `\\{` for the character")),
            _ => {}
        }
        let Some(mark) = self.next() else { return Ok(None) };
        Ok(Some(self.character(mark.character.into())))
    }

    /// A character that stands for itself, in both cases if case is ignored.
    pub fn character(&self, code: u32) -> Piece {
        Piece::of_set(&self.folded(set::range(code, code)))
    }

    pub fn folded(&self, set: ClassUnicode) -> ClassUnicode {
        if self.flags.ignore_case { set::fold(set, self.flags.unicode_case) } else { set }
    }

    fn dot(&self) -> ClassUnicode {
        let mut excluded = ClassUnicode::empty();
        if !self.flags.dot_all {
            for &end in LINE_TERMINATORS.iter().filter(|&&end| self.ends_line(end)) {
                excluded.union(&set::range(end.into(), end.into()));
            }
        }
        set::negated(excluded)
    }

    fn line_start(&mut self) -> Piece {
        if !self.flags.multi_line {
            return Piece::place("\\A");
        }
        self.backtracks = true;
        // The end of the text begins no line.
        Piece::place(if self.flags.unix_lines {
            "(?:(?:\\A|(?<=\\n))(?!\\z))"
        } else {
            "(?:(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n))(?!\\z))"
        })
    }

    fn dollar(&mut self) -> Piece {
        if !self.flags.multi_line {
            return self.last_line_end();
        }
        self.backtracks = true;
        Piece::place(if self.flags.unix_lines {
            "(?:\\z|(?=\\n))"
        } else {
            "(?:\\z|(?=[\\r\\x{85}\\x{2028}\\x{2029}])|(?<!\\r)(?=\\n))"
        })
    }

    /// The end of the text, or the place before a line terminator that ends it.
    pub fn last_line_end(&mut self) -> Piece {
        if !self.line_end {
            return Piece::place("\\z");
        }
        self.backtracks = true;
        Piece::place(if self.flags.unix_lines {
            "(?:\\z|(?=\\n\\z))"
        } else {
            "(?:\\z|(?=[\\r\\x{85}\\x{2028}\\x{2029}]\\z)|(?=\\r\\n\\z)|(?<!\\r)(?=\\n\\z))"
        })
    }

    fn group(&mut self) -> Parsed<Option<Piece>> {
        let open = self.at;
        self.step();
        let before = self.flags;
        if !self.take('?') {
            self.groups.push(None);
            return self.group_body("(", open, before).map(Some);
        }
        for (sign, zero_width) in [("=", true), ("!", true), ("<=", true), ("<!", true), (">", false)] {
            if self.take_text(sign) {
                self.backtracks = true;
                let mut piece = Self::closed(self.group_body(&format!("(?{sign}"), open, before)?);
                piece.zero_width |= zero_width;
                return Ok(Some(piece));
            }
        }
        if self.take('<') {
            let name = self.group_name()?;
            if self.groups.iter().any(|known| known.as_deref() == Some(name.as_str())) {
                return Err(self.fault(format!("there are two groups named `{name}`")));
            }
            self.groups.push(Some(name.into()));
            return self.group_body("(", open, before).map(Some);
        }
        self.read_flags()?;
        match self.next().map(|mark| mark.character) {
            Some(')') => Ok(None),
            Some(':') => self.group_body("(?:", open, before).map(Some),
            _ => Err(self.fault("the group is not closed")),
        }
    }

    /// What stands in a group, and its end. Flags set inside end with it.
    fn group_body(&mut self, opening: &str, open: usize, before: Flags) -> Parsed<Piece> {
        let inner = self.deeper(Self::alternatives)?;
        if !self.take(')') {
            self.at = open;
            return Err(self.fault("`(` without `)`"));
        }
        self.flags = before;
        Ok(Piece { text: format!("{opening}{})", inner.text), ..inner })
    }

    pub fn group_name(&mut self) -> Parsed<String> {
        let mut name = String::new();
        loop {
            match self.next().map(|mark| mark.character) {
                Some('>') if !name.is_empty() => return Ok(name),
                Some(letter) if letter.is_ascii_alphabetic() || (letter.is_ascii_digit() && !name.is_empty()) => {
                    name.push(letter);
                }
                _ => return Err(self.fault("a group is named by letters and digits, the first one a letter")),
            }
        }
    }

    fn read_flags(&mut self) -> Parsed<()> {
        let mut on = true;
        loop {
            match self.peek() {
                Some('i') => self.flags.ignore_case = on,
                Some('u') => self.flags.unicode_case = on,
                Some('s') => self.flags.dot_all = on,
                Some('m') => self.flags.multi_line = on,
                Some('x') => self.flags.comments = on,
                Some('d') => self.flags.unix_lines = on,
                Some('U') => {
                    self.flags.unicode_classes = on;
                    self.flags.unicode_case = on;
                }
                Some('-') if on => on = false,
                Some(')' | ':') => return Ok(()),
                Some(other) => return Err(self.unsupported(&format!("(?{other}"))),
                None => return Err(self.fault("the group is not closed")),
            }
            self.step();
        }
    }

    /// A part with the quantifier behind it.
    fn quantified(&mut self, atom: Piece) -> Parsed<Piece> {
        self.skip_comments();
        let (least, most) = match self.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => self.counts()?,
            _ => return Ok(atom),
        };
        self.step();
        let (lazy, possessive) = (self.take('?'), self.take('+'));
        if lazy && possessive {
            self.at = self.at.saturating_sub(1);
            return Err(self.fault("`+` repeats nothing"));
        }
        let times = most.unwrap_or(least.saturating_add(1)).max(1);
        let weight = atom.weight.saturating_mul(times);
        if weight > WEIGHT {
            return Err(self.fault("the pattern is too large"));
        }
        let scans = atom.scans.saturating_mul(times);
        self.repeats_scans |= scans > 0 && most.is_none();
        if atom.zero_width {
            // Once is as good as often.
            let text = match (least, lazy) {
                (0, false) => format!("(?:{}|)", atom.text),
                (0, true) => format!("(?:|{})", atom.text),
                _ => atom.text.clone(),
            };
            return Ok(Piece { text, weight, ..atom });
        }
        let counts = match (least, most) {
            (0, Some(1)) => "?".to_owned(),
            (0, None) => "*".to_owned(),
            (1, None) => "+".to_owned(),
            (least, None) => format!("{{{least},}}"),
            (least, Some(most)) if least == most => format!("{{{least}}}"),
            (least, Some(most)) => format!("{{{least},{most}}}"),
        };
        let sign = if lazy { "?" } else { "" };
        let text = if possessive {
            self.backtracks = true;
            format!("(?>{}{counts})", atom.text)
        } else {
            format!("{}{counts}{sign}", atom.text)
        };
        let unbounded = atom.unbounded || most.is_none();
        let piece = Piece { text, weight, unbounded, scans, zero_width: false };
        Ok(if possessive { Self::closed(piece) } else { piece })
    }

    /// The numbers in braces. The closing brace is left.
    fn counts(&mut self) -> Parsed<(usize, Option<usize>)> {
        let open = self.at;
        self.step();
        let least = self.count();
        let most = if self.take(',') { self.count() } else { least };
        let (Some(least), Some('}')) = (least, self.peek()) else {
            self.at = open;
            return Err(self.fault("`{` is not followed by counts; write `\\{` for the character"));
        };
        if most.is_some_and(|most| most < least) {
            self.at = open;
            return Err(self.fault("a quantifier whose counts are the wrong way round"));
        }
        Ok((least, most))
    }

    fn count(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.peek().and_then(|digit| digit.to_digit(10)) {
            number = Some(number.unwrap_or(0usize).saturating_mul(10).saturating_add(digit as usize));
            self.step();
        }
        number
    }
}
