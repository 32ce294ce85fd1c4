//! The replacement of `matchReplace`, as Java writes it: `$1`, `${name}`, and a backslash before a character that
//! stands for itself.

/// A part of a replacement.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Plain text.
    Text(String),
    /// What a group matched.
    Group(usize),
}

/// Reads a replacement for a pattern with these groups.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(replacement: &str, groups: &[Option<Box<str>>]) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut characters = replacement.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(next) => plain.push(next),
                None => return Err("a backslash ends the replacement".to_owned()),
            },
            '$' => {
                let group = if characters.next_if_eq(&'{').is_some() {
                    let name: String = std::iter::from_fn(|| characters.next_if(char::is_ascii_alphanumeric)).collect();
                    if characters.next() != Some('}') {
                        return Err("`${` in the replacement is not followed by the name of a group and `}`".to_owned());
                    }
                    let known = groups.iter().position(|known| known.as_deref() == Some(name.as_str()));
                    known
                        .map(|index| index.saturating_add(1))
                        .ok_or_else(|| format!("there is no group named `{name}`"))?
                } else {
                    numbered(&mut characters, groups.len())?
                };
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Group(group));
            }
            character => plain.push(character),
        }
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

/// The digits behind `$`: as many as name a group, the first one in any case.
fn numbered(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, count: usize) -> Result<usize, String> {
    let mut digit = || -> Option<(usize, char)> {
        let next = *characters.peek()?;
        Some((next.to_digit(10)? as usize, next))
    };
    let Some((first, _)) = digit() else {
        return Err("`$` in the replacement is not followed by a group; write `\\\\$` for the character".to_owned());
    };
    characters.next();
    let mut number = first;
    if number > count {
        return Err(format!("the pattern has no group {number}"));
    }
    while let Some(next) = characters.peek().and_then(|next| next.to_digit(10)) {
        let longer = number.saturating_mul(10).saturating_add(next as usize);
        if longer > count {
            break;
        }
        number = longer;
        characters.next();
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(replacement: &str) -> String {
        let groups = [Some("day".into()), None];
        match read(replacement, &groups) {
            Ok(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => format!("'{text}'"),
                    Part::Group(number) => format!("<{number}>"),
                })
                .collect(),
            Err(problem) => format!("error: {problem}"),
        }
    }

    #[test]
    fn groups_and_text() {
        assert_eq!(shown("a$1b$0"), "'a'<1>'b'<0>");
        assert_eq!(shown("${day}."), "<1>'.'");
        // There is no group 21, so the 1 is text.
        assert_eq!(shown("$21"), "<2>'1'");
        assert_eq!(shown(r"\$1 \\ \x"), r"'$1 \ x'");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn faults() {
        for faulty in ["5 $", "$x", "$3", "${day", "${}", "${hour}", "\\"] {
            assert!(shown(faulty).starts_with("error: "), "{faulty}");
        }
    }
}
