//! A tree of an XML document that is written as it was read, but for what is changed.

use crate::{call::Context, value::Fault};
use quick_xml::{Reader, events::Event};

/// Levels of elements.
const DEPTH: usize = 64;

/// A node of a document.
#[derive(Debug)]
pub(super) enum Node {
    /// An element.
    Element(Element),
    /// Text, comments and the like, as they stand in the document.
    Raw(String),
}

/// An element. Names and values are as they stand in the document: with prefixes, and escaped.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

impl Element {
    /// An element of the same prefix as another one.
    pub(super) fn beside(other: &Self, local: &str, attributes: &[(&str, &str)]) -> Self {
        let name = match other.name.split_once(':') {
            Some((prefix, _)) => format!("{prefix}:{local}"),
            None => local.to_owned(),
        };
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), escaped(value))).collect();
        Self { name, attributes, children: Vec::new() }
    }

    /// The name without prefix.
    pub(super) fn local(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or(&self.name)
    }

    /// An attribute, unescaped.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| unescaped(value))
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        let value = escaped(value);
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.attributes.retain(|(known, _)| known != name);
    }

    /// The elements inside, by name without prefix.
    pub(super) fn all<'a>(&'a self, local: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |element| element.local() == local)
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Raw(_) => None,
        })
    }

    pub(super) fn elements_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        self.children.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Raw(_) => None,
        })
    }

    pub(super) fn first(&self, local: &str) -> Option<&Self> {
        self.elements().find(|element| element.local() == local)
    }

    pub(super) fn first_mut(&mut self, local: &str) -> Option<&mut Self> {
        self.elements_mut().find(|element| element.local() == local)
    }

    pub(super) fn push(&mut self, element: Self) {
        self.children.push(Node::Element(element));
    }

    /// Keeps the elements for which `keep` says so, and everything else.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Self) -> bool) {
        self.children.retain(|node| match node {
            Node::Element(element) => keep(element),
            Node::Raw(_) => true,
        });
    }

    /// The text right inside.
    pub(super) fn text(&self) -> String {
        let mut raw = String::new();
        for node in &self.children {
            if let Node::Raw(text) = node {
                match text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")) {
                    Some(text) => raw.push_str(&escaped(text)),
                    None if text.starts_with('<') => {}
                    None => raw.push_str(text),
                }
            }
        }
        unescaped(&raw)
    }

    pub(super) fn set_text(&mut self, text: &str) {
        self.children = vec![Node::Raw(escaped(text))];
    }
}

/// A document: its only element with what stands around it.
#[derive(Debug)]
pub(super) struct Document {
    before: String,
    pub(super) root: Element,
}

impl Document {
    /// Reads a document; `None` when it is none, or nests too deeply.
    pub(super) fn read(text: &str, cx: &mut Context<'_>) -> Result<Option<Self>, Fault> {
        let mut reader = Reader::from_str(text);
        let mut document = Self { before: String::new(), root: Element::default() };
        let mut open: Vec<Element> = Vec::new();
        let mut found = false;
        loop {
            cx.budget.charge(4)?;
            let Ok(event) = reader.read_event() else { return Ok(None) };
            let raw = match event {
                Event::Eof => return Ok((found && open.is_empty()).then_some(document)),
                Event::DocType(_) => return Ok(None),
                Event::Start(start) => {
                    let Some(element) = element(&start) else { return Ok(None) };
                    if open.len() >= DEPTH {
                        return Ok(None);
                    }
                    open.push(element);
                    continue;
                }
                Event::Empty(start) => {
                    let Some(element) = element(&start) else { return Ok(None) };
                    if !document.close(&mut open, element, &mut found) {
                        return Ok(None);
                    }
                    continue;
                }
                Event::End(_) => {
                    let Some(element) = open.pop() else { return Ok(None) };
                    if !document.close(&mut open, element, &mut found) {
                        return Ok(None);
                    }
                    continue;
                }
                Event::Text(text) => (*text).to_owned(),
                Event::GeneralRef(name) => format!("&{};", &*name),
                Event::CData(text) => format!("<![CDATA[{}]]>", &*text),
                Event::Comment(text) => format!("<!--{}-->", &*text),
                Event::PI(text) => format!("<?{}?>", &*text),
                Event::Decl(text) => format!("<?{}?>", &*text),
            };
            match open.last_mut() {
                Some(element) => element.children.push(Node::Raw(raw)),
                None if !found => document.before.push_str(&raw),
                None => {}
            }
        }
    }

    fn close(&mut self, open: &mut [Element], element: Element, found: &mut bool) -> bool {
        match open.last_mut() {
            Some(outer) => outer.push(element),
            None if *found => return false,
            None => {
                self.root = element;
                *found = true;
            }
        }
        true
    }

    /// The text of the document.
    pub(super) fn write(&self, cx: &mut Context<'_>) -> Result<String, Fault> {
        let mut out = self.before.clone();
        // No deeper than it was read, and what is added is flat.
        write_element(&self.root, &mut out, cx)?;
        Ok(out)
    }
}

fn element(start: &quick_xml::events::BytesStart<'_>) -> Option<Element> {
    let mut element = Element { name: start.name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        element.attributes.push((attribute.key.as_ref().to_owned(), attribute.value.into_owned()));
    }
    Some(element)
}

fn write_element(element: &Element, out: &mut String, cx: &mut Context<'_>) -> Result<(), Fault> {
    cx.budget.charge(4)?;
    out.push('<');
    out.push_str(&element.name);
    for (name, value) in &element.attributes {
        let quote = if value.contains('"') { '\'' } else { '"' };
        out.push_str(&format!(" {name}={quote}{value}{quote}"));
    }
    if element.children.is_empty() {
        out.push_str("/>");
    } else {
        out.push('>');
        for node in &element.children {
            match node {
                Node::Element(inner) => write_element(inner, out, cx)?,
                Node::Raw(raw) => out.push_str(raw),
            }
        }
        out.push_str(&format!("</{}>", element.name));
    }
    cx.budget.grow(out.len())?;
    Ok(())
}

/// A text as it stands in a document; what no document may hold is left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\r' => out.push_str("&#13;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// The text that stands in a document; what is no reference stays.
fn unescaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let known = behind.split_once(';').and_then(|(name, after)| Some((reference(name)?, after)));
        match known {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}
