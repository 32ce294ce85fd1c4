//! `sil.properties`, the settings of an installation that `silEnv` shows.

/// The file, below the root of the files.
pub(super) const FILE: &str = "sil.properties";

/// The value of a property; the last one of a name counts.
///
/// The form is that of Java: `name=value`, `name: value` or `name value`; lines that begin with `#` or `!` are comments;
/// a backslash at the end of a line takes the next one along, and before a letter it may mean a character.
pub(super) fn find(file: &str, name: &str) -> Option<String> {
    let mut lines = file.strip_prefix('\u{feff}').unwrap_or(file).lines();
    let mut found = None;
    while let Some(line) = lines.next() {
        let mut line = line.trim_start().to_owned();
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        while continues(&line) {
            line.pop();
            match lines.next() {
                Some(next) => line.push_str(next.trim_start()),
                None => break,
            }
        }
        let mut characters = line.chars().peekable();
        let blank = |character: &char| character.is_whitespace();
        let key = plain(&mut characters, |character| blank(&character) || matches!(character, '=' | ':'));
        while characters.next_if(blank).is_some() {}
        if characters.next_if(|character| matches!(character, '=' | ':')).is_some() {
            while characters.next_if(blank).is_some() {}
        }
        if key == name {
            found = Some(plain(&mut characters, |_| false));
        }
    }
    found
}

/// Whether an odd number of backslashes ends the line.
fn continues(line: &str) -> bool {
    line.chars().rev().take_while(|&character| character == '\\').count() % 2 == 1
}

/// The characters up to one that ends them, escapes resolved.
fn plain(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, ends: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    while let Some(character) = characters.next_if(|&character| !ends(character)) {
        let character = match (character, characters.peek()) {
            ('\\', Some(_)) => escaped(characters),
            _ => Some(character),
        };
        text.extend(character);
    }
    text
}

/// The character behind a backslash; none for a code that is no character.
fn escaped(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    match characters.next()? {
        't' => Some('\t'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        'f' => Some('\u{c}'),
        'u' => {
            let mut code = 0u32;
            for _ in 0..4 {
                let digit = characters.next_if(char::is_ascii_hexdigit)?.to_digit(16)?;
                code = code << 4 | digit;
            }
            char::from_u32(code)
        }
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let file = "# a comment\n! another\n\nplain=1\n  indented = two words  \ncolon: 3\nblank 4\nempty=\nalone\n\
                    long=one, \\\n     two\na\\=b=5\ntab=a\\tb\\u00e9\\\\\nplain=6\n# plain=7\n=nameless\nend=x\\";
        let cases = [
            ("plain", Some("6")),
            ("indented", Some("two words  ")),
            ("colon", Some("3")),
            ("blank", Some("4")),
            ("empty", Some("")),
            ("alone", Some("")),
            ("long", Some("one, two")),
            ("a=b", Some("5")),
            ("tab", Some("a\tbé\\")),
            ("", Some("nameless")),
            ("end", Some("x")),
            ("# a", None),
            ("two", None),
            ("Plain", None),
        ];
        for (name, value) in cases {
            assert_eq!(find(file, name).as_deref(), value, "{name}");
        }
        assert_eq!(find("\u{feff}a=1\r\nb=2\r\n", "a").as_deref(), Some("1"));
        assert_eq!(find("a=\\ud800x\\u12", "a").as_deref(), Some("x"));
    }
}
