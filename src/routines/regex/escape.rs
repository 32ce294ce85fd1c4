//! Escapes and classes of Java's patterns.

use super::{
    set,
    translate::{Parsed, Parser, Piece},
};
use regex_syntax::hir::ClassUnicode;

impl Parser {
    /// An escape outside a class. The backslash is the next character.
    pub fn escape(&mut self) -> Parsed<Piece> {
        if let Some(set) = self.escaped_set()? {
            return Ok(Piece::of_set(&set));
        }
        if let Some(code) = self.escaped_character()? {
            return Ok(self.character(code));
        }
        let Some(letter) = self.peek_second() else { return Err(self.fault("a backslash ends the pattern")) };
        if letter.is_ascii_digit() {
            return self.numbered_reference();
        }
        self.step();
        self.step();
        match letter {
            'b' | 'B' if self.peek() == Some('{') => Err(self.unsupported(&format!("\\{letter}{{...}}"))),
            'b' => Ok(Piece::place("\\b")),
            'B' => Ok(Piece::place("\\B")),
            'A' => Ok(Piece::place("\\A")),
            'z' => Ok(Piece::place("\\z")),
            'Z' => Ok(self.last_line_end()),
            'G' => {
                self.backtracks = true;
                self.continues = true;
                Ok(Piece::place("\\G"))
            }
            'R' => Ok(Piece {
                text: "(?:\\r\\n|[\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}])".to_owned(),
                weight: 3,
                ..Piece::default()
            }),
            'k' => {
                if !self.take('<') {
                    return Err(self.fault("`\\k` is followed by the name of a group, as `\\k<name>`"));
                }
                let name = self.group_name()?;
                match self.groups.iter().position(|known| known.as_deref() == Some(name.as_str())) {
                    Some(index) => Ok(self.reference(index.saturating_add(1))),
                    None => Err(self.fault(format!("there is no group named `{name}` before this"))),
                }
            }
            letter => {
                self.at = self.at.saturating_sub(2);
                Err(self.unsupported(&format!("\\{letter}")))
            }
        }
    }

    /// As many digits as name a group that has begun; the first one in any case.
    fn numbered_reference(&mut self) -> Parsed<Piece> {
        self.step();
        let mut number = 0usize;
        while let Some(digit) = self.peek().and_then(|digit| digit.to_digit(10)) {
            let longer = number.saturating_mul(10).saturating_add(digit as usize);
            if number > 0 && longer > self.groups.len() {
                break;
            }
            number = longer;
            self.step();
        }
        if number > self.groups.len() {
            return Err(self.fault(format!("there is no group {number} before this")));
        }
        Ok(self.reference(number))
    }

    fn reference(&mut self, number: usize) -> Piece {
        self.backtracks = true;
        let text = if self.flags.ignore_case { format!("(?i:\\k<{number}>)") } else { format!("\\k<{number}>") };
        // What the group matched may be long.
        Piece { text, weight: 1, unbounded: true, scans: 1, ..Piece::default() }
    }

    /// A class behind a backslash, in or outside brackets.
    fn escaped_set(&mut self) -> Parsed<Option<ClassUnicode>> {
        let Some(letter) = self.peek_second() else { return Ok(None) };
        if matches!(letter, 'p' | 'P') {
            return self.property().map(Some);
        }
        let found = set::predefined(letter, self.flags.unicode_classes);
        if found.is_some() {
            self.step();
            self.step();
        }
        Ok(found)
    }

    fn property(&mut self) -> Parsed<ClassUnicode> {
        let start = self.at;
        self.step();
        let negative = self.next().is_some_and(|mark| mark.character == 'P');
        let mut name = String::new();
        if self.take('{') {
            loop {
                match self.next().map(|mark| mark.character) {
                    Some('}') => break,
                    Some(letter) if name.len() < 64 => name.push(letter),
                    _ => return Err(self.fault("a property without `}`")),
                }
            }
        } else {
            match self.next() {
                Some(mark) => name.push(mark.character),
                None => return Err(self.fault("a property has a name")),
            }
        }
        let unicode = self.flags.unicode_classes;
        let found = if self.flags.ignore_case { set::any_case(&name, unicode) } else { None };
        match found.or_else(|| set::property(&name, unicode)) {
            Some(found) => Ok(if negative { set::negated(found) } else { found }),
            None => {
                self.at = start;
                Err(self.unsupported(&format!("\\p{{{name}}}")))
            }
        }
    }

    /// A character behind a backslash, in or outside brackets.
    fn escaped_character(&mut self) -> Parsed<Option<u32>> {
        let start = self.at;
        let Some(letter) = self.marks.get(start.saturating_add(1)).map(|mark| mark.character) else {
            return Ok(None);
        };
        let simple = match letter {
            't' => Some('\t'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            'f' => Some('\x0c'),
            'a' => Some('\x07'),
            'e' => Some('\x1b'),
            letter if !letter.is_ascii_alphanumeric() => Some(letter),
            _ => None,
        };
        if !matches!(letter, '0' | 'x' | 'u' | 'c') && simple.is_none() {
            return Ok(None);
        }
        self.step();
        self.step();
        if let Some(simple) = simple {
            return Ok(Some(simple.into()));
        }
        let code = match letter {
            '0' => self.octal(),
            'u' => self.utf16(),
            'c' => self.next().map(|mark| u32::from(mark.character) ^ 0x40),
            _ if self.take('{') => self.hexadecimal(1, 6).filter(|&code| code <= 0x0010_ffff && self.take('}')),
            _ => self.hexadecimal(2, 2),
        };
        if code.is_none() {
            self.at = start;
            return Err(self.fault(format!("`\\{letter}` is not followed by the number of a character")));
        }
        Ok(code)
    }

    fn hexadecimal(&mut self, least: usize, most: usize) -> Option<u32> {
        let mut code = 0u32;
        let mut count = 0usize;
        while count < most
            && let Some(digit) = self.peek().and_then(|digit| digit.to_digit(16))
        {
            code = code.saturating_mul(16).saturating_add(digit);
            count = count.saturating_add(1);
            self.step();
        }
        (count >= least).then_some(code)
    }

    /// One to three octal digits, up to 377.
    fn octal(&mut self) -> Option<u32> {
        let mut code = self.peek().and_then(|digit| digit.to_digit(8))?;
        self.step();
        for _ in 0..2 {
            match self.peek().and_then(|digit| digit.to_digit(8)) {
                Some(digit) if code.saturating_mul(8).saturating_add(digit) <= 0o377 => {
                    code = code.saturating_mul(8).saturating_add(digit);
                    self.step();
                }
                _ => break,
            }
        }
        Some(code)
    }

    /// Four digits, twice for a character of two units.
    fn utf16(&mut self) -> Option<u32> {
        let first = self.hexadecimal(4, 4)?;
        let back = self.at;
        if (0xd800..0xdc00).contains(&first) && self.take_text("\\u") {
            match self.hexadecimal(4, 4) {
                Some(second) if (0xdc00..0xe000).contains(&second) => {
                    let high = first.wrapping_sub(0xd800).wrapping_shl(10);
                    return Some(high.saturating_add(second.wrapping_sub(0xdc00)).saturating_add(0x0001_0000));
                }
                _ => self.at = back,
            }
        }
        Some(first)
    }

    /// A class, from behind its `[` to behind its `]`.
    pub fn class(&mut self) -> Parsed<ClassUnicode> {
        let negative = self.take('^');
        let mut left: Option<ClassUnicode> = None;
        let mut found = ClassUnicode::empty();
        let mut empty = true;
        loop {
            self.skip_comments();
            if self.mark().is_none() {
                return Err(self.fault("`[` without `]`"));
            }
            match (self.peek(), self.peek_second()) {
                (Some(']'), _) if !empty || left.is_some() => {
                    self.step();
                    break;
                }
                (Some('['), _) => {
                    self.step();
                    found.union(&self.deeper(Self::class)?);
                }
                (Some('&'), Some('&')) => {
                    while self.take('&') {}
                    if !empty {
                        left = Some(intersection(left, found));
                        found = ClassUnicode::empty();
                    }
                    empty = true;
                    continue;
                }
                _ => {
                    let item = self.class_item()?;
                    found.union(&item);
                }
            }
            empty = false;
        }
        // Nothing behind `&&` takes nothing away.
        let found = match left {
            Some(left) if empty => left,
            left => intersection(left, found),
        };
        Ok(if negative { set::negated(found) } else { found })
    }

    /// A character, a range or a predefined class in brackets.
    fn class_item(&mut self) -> Parsed<ClassUnicode> {
        if self.peek() == Some('\\')
            && let Some(set) = self.escaped_set()?
        {
            return Ok(set);
        }
        let first = self.class_character()?;
        self.skip_comments();
        // A hyphen before the end of the class, or before another class, stands for itself.
        if self.peek() != Some('-') || matches!(self.peek_second(), Some(']' | '[')) {
            return Ok(self.folded(set::range(first, first)));
        }
        let hyphen = self.at;
        self.step();
        self.skip_comments();
        let last = self.class_character()?;
        if last < first {
            self.at = hyphen;
            return Err(self.fault("a range ends before it begins"));
        }
        Ok(self.folded(set::range(first, last)))
    }

    fn class_character(&mut self) -> Parsed<u32> {
        if self.peek() == Some('\\') {
            return match self.escaped_character()? {
                Some(code) => Ok(code),
                None => {
                    let letter = self.peek_second().map_or_else(String::new, |letter| letter.to_string());
                    Err(self.fault(format!("`\\{letter}` stands for no character in a class")))
                }
            };
        }
        match self.next() {
            Some(mark) => Ok(mark.character.into()),
            None => Err(self.fault("`[` without `]`")),
        }
    }
}

fn intersection(left: Option<ClassUnicode>, mut right: ClassUnicode) -> ClassUnicode {
    if let Some(left) = left {
        right.intersect(&left);
    }
    right
}
