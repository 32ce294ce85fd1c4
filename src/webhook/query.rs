use crate::host::{WebhookParam, WebhookRequest};

/// The parameters of a raw query, with or without its question mark: one entry for each distinct name (WH-10 to WH-12).
///
/// ```
/// let params = sil::webhook::parse_query("a=1&b=2&a=3");
/// assert_eq!(params[0].name, "a");
/// assert_eq!(params[0].values, ["1", "3"]);
/// ```
pub fn parse_query(raw: &str) -> Vec<WebhookParam> {
    let raw = raw.strip_prefix('?').unwrap_or(raw);
    let mut request = WebhookRequest::default();
    for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
        request.add_param(name.into_owned(), value.into_owned());
    }
    request.params
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str) -> String {
        let params = parse_query(raw).into_iter().map(|WebhookParam { name, values }| format!("{name}:{values:?}"));
        params.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_table_of_wh_12() {
        let table = [
            ("", ""),
            ("?", ""),
            ("a=1", r#"a:["1"]"#),
            ("a=1&a=2", r#"a:["1", "2"]"#),
            ("a=1&b=2&a=3", r#"a:["1", "3"], b:["2"]"#),
            ("a=", r#"a:[""]"#),
            ("a", r#"a:[""]"#),
            ("=x", r#":["x"]"#),
            ("&&a=1&", r#"a:["1"]"#),
            ("a=b=c", r#"a:["b=c"]"#),
            ("q=1+2%2B3%20x", r#"q:["1 2+3 x"]"#),
            ("n=%C3%A9t%C3%A9", r#"n:["été"]"#),
            ("v=a%26b%3Dc", r#"v:["a&b=c"]"#),
            ("p=100%", r#"p:["100%"]"#),
            ("A=1&a=2", r#"A:["1"], a:["2"]"#),
            ("a=1;b=2", r#"a:["1;b=2"]"#),
            ("v=x%7Cy", r#"v:["x|y"]"#),
        ];
        for (raw, expected) in table {
            assert_eq!(shown(raw), expected, "{raw}");
        }
    }

    #[test]
    fn names_are_decoded_before_they_are_compared() {
        assert_eq!(shown("a%20b=1&a+b=2"), r#"a b:["1", "2"]"#);
        assert_eq!(shown("%FF=%zz"), "\u{fffd}:[\"%zz\"]");
    }
}
