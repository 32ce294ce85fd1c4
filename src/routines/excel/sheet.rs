//! The cells of one sheet.

use super::xml::{Document, Element, Node};
use crate::{call::Context, value::Fault};

/// Rows and columns that a sheet may have.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// A cell, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Address {
    pub(super) row: u32,
    pub(super) column: u32,
}

impl Address {
    /// Reads `B2`, or row and column with a comma, `;`, `|` or blank between them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (row, column) = if letters > 0 {
            let (letters, digits) = text.split_at(letters);
            let mut column = 0u32;
            for letter in letters.bytes() {
                let value = u32::from(letter.to_ascii_uppercase()).checked_sub(u32::from(b'A'))?.checked_add(1)?;
                column = column.checked_mul(26)?.checked_add(value)?;
            }
            (digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?)
        } else {
            let mut numbers = text.split([',', ';', '|', ' ']).filter(|part| !part.is_empty());
            let row = numbers.next()?.parse().ok()?;
            let column = numbers.next()?.parse().ok()?;
            if numbers.next().is_some() {
                return None;
            }
            (row, column)
        };
        (row < ROWS && column < COLUMNS).then_some(Self { row, column })
    }

    fn display(self) -> String {
        let mut letters = Vec::new();
        let mut rest = self.column.saturating_add(1);
        while rest > 0 {
            rest = rest.saturating_sub(1);
            letters.push(b'A'.saturating_add(u8::try_from(rest % 26).unwrap_or(0)));
            rest /= 26;
        }
        let letters: String = letters.iter().rev().map(|&letter| char::from(letter)).collect();
        format!("{letters}{}", self.row.saturating_add(1))
    }
}

/// What a cell holds.
pub(super) enum Content {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A text of the workbook's list, by its place.
    Shared(usize),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

/// A sheet. Every row and every cell of it says where it is.
pub(super) struct Sheet {
    pub(super) document: Document,
    pub(super) changed: bool,
    /// A formula was lost.
    pub(super) lost_formula: bool,
}

impl Sheet {
    /// Takes a sheet; `None` when it is none.
    pub(super) fn new(mut document: Document, cx: &mut Context<'_>) -> Result<Option<Self>, Fault> {
        if document.root.local() != "worksheet" {
            return Ok(None);
        }
        let Some(data) = document.root.first_mut("sheetData") else { return Ok(None) };
        // Places may be left out, and then follow from the one before.
        let mut row_number = 0u32;
        for row in data.elements_mut().filter(|row| row.local() == "row") {
            row_number = match row.get("r") {
                Some(number) => match number.parse() {
                    Ok(number @ 1..=ROWS) => number,
                    _ => return Ok(None),
                },
                None => row_number.saturating_add(1),
            };
            row.set("r", &row_number.to_string());
            let mut column = 0u32;
            for cell in row.elements_mut().filter(|cell| cell.local() == "c") {
                cx.budget.charge(1)?;
                column = match cell.get("r") {
                    Some(address) => match Address::parse(&address) {
                        Some(address) => address.column.saturating_add(1),
                        None => return Ok(None),
                    },
                    None => column.saturating_add(1),
                };
                let address = Address { row: row_number.saturating_sub(1), column: column.saturating_sub(1) };
                cell.set("r", &address.display());
            }
        }
        Ok(Some(Self { document, changed: false, lost_formula: false }))
    }

    fn data(&mut self) -> Option<&mut Element> {
        self.document.root.first_mut("sheetData")
    }

    pub(super) fn content(&self, address: Address, cx: &mut Context<'_>) -> Result<Content, Fault> {
        let Some(data) = self.document.root.first("sheetData") else { return Ok(Content::Empty) };
        cx.budget.charge(count(data))?;
        let Some(row) = data.all("row").find(|row| row_of(row) == Some(address.row)) else { return Ok(Content::Empty) };
        cx.budget.charge(count(row))?;
        let place = address.display();
        let Some(cell) = row.all("c").find(|cell| cell.get("r").as_deref() == Some(&place)) else {
            return Ok(Content::Empty);
        };
        let value = cell.first("v").map(Element::text);
        Ok(match (cell.get("t").as_deref(), value) {
            (Some("inlineStr"), _) => cell.first("is").map_or(Content::Empty, |is| Content::Text(rich_text(is))),
            (_, None) => Content::Empty,
            (Some("s"), Some(value)) => value.trim().parse().map_or(Content::Empty, Content::Shared),
            (Some("b"), Some(value)) => Content::Boolean(value.trim() == "1"),
            (Some("str" | "e" | "d"), Some(value)) => Content::Text(value),
            (_, Some(value)) => value.trim().parse().map_or(Content::Text(value), Content::Number),
        })
    }

    /// Puts a text into a cell; its style stays.
    pub(super) fn set_text(&mut self, address: Address, text: &str, cx: &mut Context<'_>) -> Result<bool, Fault> {
        cx.budget.grow(text.len().saturating_mul(6).saturating_add(1024))?;
        let mut lost = false;
        let Some(data) = self.data() else { return Ok(false) };
        cx.budget.charge(count(data))?;
        let at = data
            .children
            .iter()
            .position(|node| matches!(node, Node::Element(row) if row_of(row) >= Some(address.row)));
        let at = at.unwrap_or(data.children.len());
        let there = matches!(data.children.get(at), Some(Node::Element(row)) if row_of(row) == Some(address.row));
        if !there {
            let number = address.row.saturating_add(1).to_string();
            let row = Element::beside(data, "row", &[("r", &number)]);
            data.children.insert(at, Node::Element(row));
        }
        let Some(Node::Element(row)) = data.children.get_mut(at) else { return Ok(false) };
        cx.budget.charge(count(row))?;
        // The row may say which columns it spans; it need not, and then nobody is misled.
        row.remove("spans");
        let place = address.display();
        let column = |node: &Node| match node {
            Node::Element(cell) => cell.get("r").and_then(|place| Address::parse(&place)).map(|place| place.column),
            Node::Raw(_) => None,
        };
        let at = row.children.iter().position(|node| column(node) >= Some(address.column));
        let at = at.unwrap_or(row.children.len());
        if row.children.get(at).and_then(column) != Some(address.column) {
            let cell = Element::beside(row, "c", &[("r", &place)]);
            row.children.insert(at, Node::Element(cell));
        }
        if let Some(Node::Element(cell)) = row.children.get_mut(at) {
            lost = cell.first("f").is_some();
            cell.set("t", "inlineStr");
            cell.remove("cm");
            let mut inside = Element::beside(cell, "t", &[("xml:space", "preserve")]);
            inside.set_text(text);
            let mut content = Element::beside(cell, "is", &[]);
            content.push(inside);
            cell.children = vec![Node::Element(content)];
        }
        self.lost_formula |= lost;
        self.touch();
        Ok(true)
    }

    /// Makes room for a row: the rows from there on move down. False when the last row would leave the sheet.
    pub(super) fn add_row(&mut self, at: u32, cx: &mut Context<'_>) -> Result<bool, Fault> {
        let full = match self.data() {
            Some(data) => {
                cx.budget.charge(count(data))?;
                data.all("row").any(|row| row_of(row) == Some(ROWS.saturating_sub(1)))
            }
            None => true,
        };
        if full || at >= ROWS {
            return Ok(false);
        }
        self.shift(at, 1, cx)
    }

    /// Takes a row out; the rows behind it move up.
    pub(super) fn remove_row(&mut self, at: u32, cx: &mut Context<'_>) -> Result<bool, Fault> {
        if !self.empty_row(at, cx)? {
            return Ok(false);
        }
        self.shift(at.saturating_add(1), -1, cx)
    }

    /// Takes everything out of a row.
    pub(super) fn empty_row(&mut self, at: u32, cx: &mut Context<'_>) -> Result<bool, Fault> {
        let Some(data) = self.data() else { return Ok(false) };
        if at >= ROWS {
            return Ok(false);
        }
        cx.budget.charge(count(data))?;
        let lost = data
            .all("row")
            .filter(|row| row_of(row) == Some(at))
            .any(|row| row.all("c").any(|cell| cell.first("f").is_some()));
        data.retain(|row| row_of(row) != Some(at));
        self.lost_formula |= lost;
        self.touch();
        Ok(true)
    }

    fn shift(&mut self, from: u32, by: i32, cx: &mut Context<'_>) -> Result<bool, Fault> {
        let Some(data) = self.data() else { return Ok(false) };
        let mut formulas = false;
        for row in data.elements_mut() {
            let Some(number) = row_of(row).filter(|&number| number >= from) else { continue };
            cx.budget.charge(count(row))?;
            let moved = number.saturating_add_signed(by);
            row.set("r", &moved.saturating_add(1).to_string());
            for cell in row.elements_mut().filter(|cell| cell.local() == "c") {
                formulas |= cell.first("f").is_some();
                if let Some(place) = cell.get("r").and_then(|place| Address::parse(&place)) {
                    cell.set("r", &Address { row: moved, ..place }.display());
                }
            }
        }
        self.lost_formula |= formulas;
        self.touch();
        Ok(true)
    }

    fn touch(&mut self) {
        self.changed = true;
        // The range of used cells is only a hint, and may now be wrong.
        self.document.root.retain(|element| element.local() != "dimension");
    }
}

/// The number of a row, from 0.
fn row_of(row: &Element) -> Option<u32> {
    if row.local() != "row" {
        return None;
    }
    row.get("r")?.parse::<u32>().ok()?.checked_sub(1)
}

fn count(element: &Element) -> u64 {
    u64::try_from(element.children.len()).unwrap_or(u64::MAX).saturating_add(1)
}

/// The text of an entry that may be made of several pieces; how it is read aloud is no part of it.
pub(super) fn rich_text(entry: &Element) -> String {
    let mut text = String::new();
    for element in entry.elements() {
        match element.local() {
            "t" => text.push_str(&element.text()),
            "r" => element.all("t").for_each(|piece| text.push_str(&piece.text())),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, row, column, shown) in [
            ("A1", 0, 0, "A1"),
            ("b2", 1, 1, "B2"),
            ("Z9", 8, 25, "Z9"),
            ("AA10", 9, 26, "AA10"),
            ("XFD1048576", 1_048_575, 16_383, "XFD1048576"),
            ("3,4", 3, 4, "E4"),
            ("3|4", 3, 4, "E4"),
            (" 0 ; 0 ", 0, 0, "A1"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.row, address.column, address.display().as_str()), (row, column, shown));
        }
        for text in ["", "A", "1", "A0", "XFE1", "A1048577", "1,2,3", "A1B", "-1,0", "AAAAAAAAAA1"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }
}
