//! Sets of characters: the predefined classes and the properties of Java's patterns.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// Java's line terminators.
pub(super) const LINE_TERMINATORS: &[char] = &['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const SPACE: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];
const HORIZONTAL: &[(char, char)] = &[
    ('\t', '\t'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
];
const VERTICAL: &[(char, char)] = &[('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')];
const PUNCTUATION: &[(char, char)] = &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')];

/// A set of the given ranges.
pub(super) fn set(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(first, last)| ClassUnicodeRange::new(first, last)))
}

/// The characters between two code points; the ones that are only halves of characters are none.
pub(super) fn range(first: u32, last: u32) -> ClassUnicode {
    let mut found = ClassUnicode::empty();
    for (low, high) in [(0, 0xd7ff), (0xe000, 0x0010_ffff)] {
        let (first, last) = (char::from_u32(first.max(low)), char::from_u32(last.min(high)));
        if let (Some(first), Some(last)) = (first, last)
            && first <= last
        {
            found.push(ClassUnicodeRange::new(first, last));
        }
    }
    found
}

/// Every character.
pub(super) fn everything() -> ClassUnicode {
    range(0, 0x0010_ffff)
}

/// Everything that is not in a set.
pub(super) fn negated(mut set: ClassUnicode) -> ClassUnicode {
    set.negate();
    set
}

/// Adds the other case of each letter, of ASCII alone or of all scripts.
pub(super) fn fold(mut set: ClassUnicode, unicode: bool) -> ClassUnicode {
    if unicode {
        // Fails only without the tables, which are there.
        let _ = set.try_case_fold_simple();
        return set;
    }
    let mut letters = range('A'.into(), 'Z'.into());
    letters.union(&range('a'.into(), 'z'.into()));
    letters.intersect(&set);
    for range in letters.ranges() {
        let swap = |letter: char| {
            if letter.is_ascii_uppercase() { letter.to_ascii_lowercase() } else { letter.to_ascii_uppercase() }
        };
        // A range of letters lies within one case.
        set.push(ClassUnicodeRange::new(swap(range.start()), swap(range.end())));
    }
    set
}

/// The class of an escape such as `\d` or `\H`; with `unicode` the letters and digits of all scripts count.
pub(super) fn predefined(letter: char, unicode: bool) -> Option<ClassUnicode> {
    let found = match letter.to_ascii_lowercase() {
        'd' if unicode => named("Nd")?,
        'd' => set(&[('0', '9')]),
        'w' if unicode => shorthand("\\w")?,
        'w' => set(WORD),
        's' if unicode => named("White_Space")?,
        's' => set(SPACE),
        'h' => set(HORIZONTAL),
        'v' => set(VERTICAL),
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() { negated(found) } else { found })
}

/// A property of one case where case makes no difference: the letters of every case. None for other properties.
pub(super) fn any_case(name: &str, unicode: bool) -> Option<ClassUnicode> {
    let parts: &[&str] = match name {
        "Lower" | "Upper" => &["Lower", "Upper"],
        "Lu" | "Ll" | "Lt" | "IsLu" | "IsLl" | "IsLt" | "gc=Lu" | "gc=Ll" | "gc=Lt" | "IsLowercase" | "IsUppercase"
        | "IsTitlecase" | "javaLowerCase" | "javaUpperCase" | "javaTitleCase" => &["Lu", "Ll", "Lt"],
        _ => return None,
    };
    let mut all = ClassUnicode::empty();
    for part in parts {
        all.union(&property(part, unicode)?);
    }
    Some(all)
}

/// The set behind `\p{name}`; `None` when there is none of this name.
pub(super) fn property(name: &str, unicode: bool) -> Option<ClassUnicode> {
    if let Some(found) = posix(name, unicode) {
        return Some(found);
    }
    if let Some((key, value)) = name.split_once('=') {
        return match key.to_ascii_lowercase().as_str() {
            "script" | "sc" => named(&format!("script={value}")),
            "general_category" | "gc" => named(&format!("gc={value}")),
            "block" | "blk" => block(value),
            _ => None,
        };
    }
    if let Some(name) = name.strip_prefix("Is") {
        return binary(name);
    }
    if let Some(name) = name.strip_prefix("In") {
        return block(name);
    }
    let all = |names: &[&str]| {
        let mut found = ClassUnicode::empty();
        for name in names {
            found.union(&named(name)?);
        }
        Some(found)
    };
    match name {
        "LC" => all(&["Lu", "Ll", "Lt"]),
        "LD" | "javaLetterOrDigit" => all(&["L", "Nd"]),
        "L1" => Some(range(0, 0xff)),
        "all" => Some(everything()),
        "javaLowerCase" => named("Lowercase"),
        "javaUpperCase" => named("Uppercase"),
        "javaTitleCase" => named("Lt"),
        "javaAlphabetic" => named("Alphabetic"),
        "javaIdeographic" => named("Ideographic"),
        "javaLetter" => named("L"),
        "javaDigit" => named("Nd"),
        "javaWhitespace" => {
            let mut found = all(&["Zs", "Zl", "Zp"])?;
            found.difference(&set(&[('\u{a0}', '\u{a0}'), ('\u{2007}', '\u{2007}'), ('\u{202f}', '\u{202f}')]));
            found.union(&set(&[('\t', '\r'), ('\u{1c}', '\u{1f}')]));
            Some(found)
        }
        // Categories have one or two letters.
        name if name.len() <= 2 && name.starts_with(|letter: char| "LMNPSZC".contains(letter)) => named(name),
        _ => None,
    }
}

fn posix(name: &str, unicode: bool) -> Option<ClassUnicode> {
    let ranges: &[(char, char)] = match name {
        "Lower" if unicode => return named("Lowercase"),
        "Upper" if unicode => return named("Uppercase"),
        "Alpha" if unicode => return named("Alphabetic"),
        "Digit" | "Space" if unicode => return predefined(if name == "Digit" { 'd' } else { 's' }, true),
        "Punct" if unicode => return named("P"),
        "Cntrl" if unicode => return named("Cc"),
        "Alnum" if unicode => {
            let mut found = named("Alphabetic")?;
            found.union(&named("Nd")?);
            return Some(found);
        }
        "Lower" => &[('a', 'z')],
        "Upper" => &[('A', 'Z')],
        "ASCII" => &[('\0', '\x7f')],
        "Alpha" => &[('A', 'Z'), ('a', 'z')],
        "Digit" => &[('0', '9')],
        "Alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "Punct" => PUNCTUATION,
        "Graph" => &[('!', '~')],
        "Print" => &[(' ', '~')],
        "Blank" => &[('\t', '\t'), (' ', ' ')],
        "Cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "XDigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        "Space" => SPACE,
        _ => return None,
    };
    Some(set(ranges))
}

/// A binary property, a category or a script, all written with `Is`.
fn binary(name: &str) -> Option<ClassUnicode> {
    match name.to_ascii_uppercase().as_str() {
        "LETTER" => named("L"),
        "DIGIT" => named("Nd"),
        "PUNCTUATION" => named("P"),
        "CONTROL" => named("Cc"),
        "TITLECASE" => named("Lt"),
        "WHITESPACE" => named("White_Space"),
        "HEXDIGIT" => named("Hex_Digit"),
        "ASSIGNED" => named("Cn").map(negated),
        _ => named(name),
    }
}

/// The blocks that patterns are likely to name.
fn block(name: &str) -> Option<ClassUnicode> {
    let name: String = name
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let (first, last) = match name.as_str() {
        "basiclatin" => (0x0000, 0x007f),
        "latin1supplement" => (0x0080, 0x00ff),
        "latinextendeda" => (0x0100, 0x017f),
        "latinextendedb" => (0x0180, 0x024f),
        "combiningdiacriticalmarks" => (0x0300, 0x036f),
        "greek" | "greekandcoptic" => (0x0370, 0x03ff),
        "cyrillic" => (0x0400, 0x04ff),
        "armenian" => (0x0530, 0x058f),
        "hebrew" => (0x0590, 0x05ff),
        "arabic" => (0x0600, 0x06ff),
        "devanagari" => (0x0900, 0x097f),
        "thai" => (0x0e00, 0x0e7f),
        "georgian" => (0x10a0, 0x10ff),
        "latinextendedadditional" => (0x1e00, 0x1eff),
        "generalpunctuation" => (0x2000, 0x206f),
        "currencysymbols" => (0x20a0, 0x20cf),
        "arrows" => (0x2190, 0x21ff),
        "mathematicaloperators" => (0x2200, 0x22ff),
        "hiragana" => (0x3040, 0x309f),
        "katakana" => (0x30a0, 0x30ff),
        "cjkunifiedideographs" => (0x4e00, 0x9fff),
        "hangulsyllables" => (0xac00, 0xd7af),
        "emoticons" => (0x0001_f600, 0x0001_f64f),
        _ => return None,
    };
    Some(range(first, last))
}

/// What Unicode calls by a name.
fn named(name: &str) -> Option<ClassUnicode> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '=' | ' ' | '-');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    shorthand(&format!("\\p{{{name}}}"))
}

fn shorthand(pattern: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(pattern).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(found)) => Some(found),
        HirKind::Literal(literal) => {
            let only = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(range(only.into(), only.into()))
        }
        _ => None,
    }
}

/// Writes a set as a class.
pub(super) fn write(set: &ClassUnicode, out: &mut String) {
    use std::fmt::Write;
    let ranges = set.ranges();
    if let [only] = ranges
        && only.start() == only.end()
    {
        out.push_str(&regex_syntax::escape(only.start().encode_utf8(&mut [0; 4])));
        return;
    }
    if ranges.is_empty() {
        out.push_str("[^\\x{0}-\\x{10FFFF}]");
        return;
    }
    out.push('[');
    for range in ranges {
        // Writing to a text cannot fail.
        let _ = write!(out, "\\x{{{:X}}}", u32::from(range.start()));
        if range.end() > range.start() {
            let _ = write!(out, "-\\x{{{:X}}}", u32::from(range.end()));
        }
    }
    out.push(']');
}
