//! A workbook: its sheets, and the parts that speak of them.

use super::{
    package::{NO_WORKBOOK, Package, Problem},
    sheet::{Sheet, rich_text},
    xml::{Document, Element},
};
use crate::{call::Context, limits::memory, value::Fault};
use std::collections::BTreeMap;

const BOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";
const TYPES: &str = "[Content_Types].xml";
const CALCULATIONS: &str = "xl/calcChain.xml";
const SHEET_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
const SHEET_RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
const RELATIONS_SPACE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const EMPTY_SHEET: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet \
    xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData/></worksheet>";
/// What a tree takes for each byte of its document.
const TREE: usize = 8;

/// What may go wrong: a limit, or something that makes the routine fail.
pub(super) type Tried<T> = Result<Result<T, Problem>, Fault>;

/// A workbook that is open.
pub(super) struct Workbook {
    /// Where it came from and goes to.
    pub(super) path: String,
    package: Package,
    book: Document,
    relations: Document,
    types: Document,
    /// Texts that cells refer to, once needed.
    shared: Option<Vec<String>>,
    /// Sheets that were looked at, by part.
    sheets: BTreeMap<String, Sheet>,
    current: String,
    changed: bool,
    counted: usize,
}

impl Workbook {
    pub(super) fn open(cx: &mut Context<'_>, path: &str, bytes: Vec<u8>) -> Tried<Self> {
        let mut package = match Package::open(cx, bytes)? {
            Ok(package) => package,
            Err(problem) => return Ok(Err(problem)),
        };
        let mut counted = 0;
        let mut parts = Vec::new();
        for part in [BOOK, RELATIONS, TYPES] {
            match document(cx, &mut package, part, &mut counted)? {
                Ok(document) => parts.push(document),
                Err(problem) => {
                    memory::sub(counted);
                    return Ok(Err(problem));
                }
            }
        }
        let (Some(types), Some(relations), Some(book)) = (parts.pop(), parts.pop(), parts.pop()) else {
            return Ok(Err(NO_WORKBOOK));
        };
        let mut workbook = Self {
            path: path.to_owned(),
            package,
            book,
            relations,
            types,
            shared: None,
            sheets: BTreeMap::new(),
            current: String::new(),
            changed: false,
            counted,
        };
        let active =
            workbook.view().and_then(|view| view.get("activeTab")).and_then(|tab| tab.parse().ok()).unwrap_or(0);
        let names = workbook.names();
        match names.get(active).or(names.first()) {
            Some(name) => workbook.current.clone_from(name),
            None => return Ok(Err(NO_WORKBOOK)),
        }
        Ok(Ok(workbook))
    }

    fn view(&self) -> Option<&Element> {
        self.book.root.first("bookViews")?.first("workbookView")
    }

    fn entries(&self) -> impl Iterator<Item = &Element> {
        self.book.root.first("sheets").into_iter().flat_map(|sheets| sheets.all("sheet"))
    }

    fn names(&self) -> Vec<String> {
        self.entries().filter_map(|sheet| sheet.get("name")).collect()
    }

    /// The name of a sheet as it is written, whatever its case; the current one for none.
    fn known(&self, name: &str) -> Option<String> {
        if name.is_empty() {
            return Some(self.current.clone());
        }
        let wanted = name.to_lowercase();
        self.names().into_iter().find(|name| name.to_lowercase() == wanted)
    }

    fn relation(&self, name: &str) -> Option<String> {
        let sheet = self.entries().find(|sheet| sheet.get("name").as_deref() == Some(name))?;
        sheet.attributes.iter().find(|(key, _)| key == "r:id" || key.ends_with(":id")).map(|(_, id)| id.clone())
    }

    /// The part of a sheet.
    fn part(&self, name: &str) -> Option<String> {
        let id = self.relation(name)?;
        let relation =
            self.relations.root.all("Relationship").find(|relation| relation.get("Id").as_ref() == Some(&id))?;
        let target = relation.get("Target")?;
        Some(match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("xl/{target}"),
        })
    }

    /// A sheet by name; the current one for none.
    pub(super) fn sheet(&mut self, cx: &mut Context<'_>, name: &str) -> Tried<&mut Sheet> {
        let Some(part) = self.known(name).and_then(|name| self.part(&name)) else {
            return Ok(Err("there is no such sheet"));
        };
        if !self.sheets.contains_key(&part) {
            let document = match document(cx, &mut self.package, &part, &mut self.counted)? {
                Ok(document) => document,
                Err(problem) => return Ok(Err(problem)),
            };
            let Some(sheet) = Sheet::new(document, cx)? else { return Ok(Err(NO_WORKBOOK)) };
            self.sheets.insert(part.clone(), sheet);
        }
        Ok(self.sheets.get_mut(&part).ok_or(NO_WORKBOOK))
    }

    /// A text of the list that cells refer to.
    pub(super) fn shared(&mut self, cx: &mut Context<'_>, index: usize) -> Tried<String> {
        if self.shared.is_none() {
            let mut texts = Vec::new();
            let mut counted = 0;
            let read = document(cx, &mut self.package, "xl/sharedStrings.xml", &mut counted)?;
            if let Ok(document) = read {
                for entry in document.root.all("si") {
                    cx.budget.charge(4)?;
                    texts.push(rich_text(entry));
                }
            }
            // The tree is gone, the texts stay: they are a part of what was asked for.
            self.counted = self.counted.saturating_add(counted);
            self.shared = Some(texts);
        }
        let text = self.shared.as_ref().and_then(|texts| texts.get(index));
        Ok(Ok(text.cloned().unwrap_or_default()))
    }

    pub(super) fn set_current(&mut self, name: &str) -> Result<(), Problem> {
        match self.known(name).filter(|_| !name.is_empty()) {
            Some(name) => {
                self.current = name;
                Ok(())
            }
            None => Err("there is no such sheet"),
        }
    }

    pub(super) fn add_sheet(&mut self, cx: &mut Context<'_>, name: &str, make_current: bool) -> Tried<()> {
        let odd = |c: char| c.is_control() || "[]:*?/\\".contains(c);
        if name.trim().is_empty()
            || name.encode_utf16().count() > 31
            || name.contains(odd)
            || name.starts_with('\'')
            || name.ends_with('\'')
        {
            return Ok(Err("no sheet can have this name"));
        }
        if self.known(name).is_some() {
            return Ok(Err("there is a sheet of this name"));
        }
        cx.budget.charge(1_000)?;
        cx.budget.grow(4_096)?;
        let number = (1u32..10_000).find(|number| !self.package.contains(&format!("xl/worksheets/sheet{number}.xml")));
        let Some(number) = number else { return Ok(Err("there are too many sheets")) };
        let part = format!("xl/worksheets/sheet{number}.xml");
        let ids: Vec<String> =
            self.relations.root.all("Relationship").filter_map(|relation| relation.get("Id")).collect();
        let id = (1u32..100_000).map(|number| format!("rId{number}")).find(|id| !ids.contains(id));
        let Some(id) = id else { return Ok(Err("there are too many sheets")) };
        let sheet_id = self.entries().filter_map(|sheet| sheet.get("sheetId")?.parse::<u32>().ok()).max().unwrap_or(0);
        let target = format!("worksheets/sheet{number}.xml");
        let relation = Element::beside(
            &self.relations.root,
            "Relationship",
            &[("Id", &id), ("Type", SHEET_RELATION), ("Target", &target)],
        );
        self.relations.root.push(relation);
        let kind = Element::beside(
            &self.types.root,
            "Override",
            &[("PartName", &format!("/{part}")), ("ContentType", SHEET_TYPE)],
        );
        self.types.root.push(kind);
        let space = self.book.root.attributes.iter().find(|(_, space)| space == RELATIONS_SPACE);
        let prefix = space.and_then(|(name, _)| name.strip_prefix("xmlns:")).map(str::to_owned);
        let Some(sheets) = self.book.root.first_mut("sheets") else { return Ok(Err(NO_WORKBOOK)) };
        let key = prefix.as_ref().map_or("r:id".to_owned(), |prefix| format!("{prefix}:id"));
        let sheet_id = sheet_id.saturating_add(1).to_string();
        let mut entry = Element::beside(sheets, "sheet", &[("name", name), ("sheetId", &sheet_id), (&key, &id)]);
        if prefix.is_none() {
            entry.set("xmlns:r", RELATIONS_SPACE);
        }
        sheets.push(entry);
        self.package.put(&part, EMPTY_SHEET.to_owned());
        if make_current {
            name.clone_into(&mut self.current);
        }
        self.changed = true;
        Ok(Ok(()))
    }

    pub(super) fn remove_sheet(&mut self, name: &str) -> Result<(), Problem> {
        let Some(name) = self.known(name).filter(|_| !name.is_empty()) else { return Err("there is no such sheet") };
        let names = self.names();
        if names.len() < 2 {
            return Err("a workbook has at least one sheet");
        }
        let index = names.iter().position(|known| *known == name).unwrap_or(0);
        if let (Some(part), Some(id)) = (self.part(&name), self.relation(&name)) {
            self.forget(&part);
            self.relations.root.retain(|relation| relation.get("Id").as_ref() != Some(&id));
            if let Some((folder, file)) = part.rsplit_once('/') {
                self.package.remove(&format!("{folder}/_rels/{file}.rels"));
            }
            self.sheets.remove(&part);
        }
        if let Some(sheets) = self.book.root.first_mut("sheets") {
            sheets.retain(|sheet| sheet.get("name").as_ref() != Some(&name));
        }
        self.renumber(index);
        if self.current == name {
            self.current = self.names().into_iter().next().unwrap_or_default();
        }
        self.changed = true;
        Ok(())
    }

    /// Names and views count the sheets.
    fn renumber(&mut self, removed: usize) {
        let place = |element: &Element, key: &str| element.get(key).and_then(|place| place.parse::<usize>().ok());
        if let Some(names) = self.book.root.first_mut("definedNames") {
            names.retain(|name| place(name, "localSheetId") != Some(removed));
            for name in names.elements_mut() {
                if let Some(at) = place(name, "localSheetId").filter(|&at| at > removed) {
                    name.set("localSheetId", &at.saturating_sub(1).to_string());
                }
            }
        }
        // An empty list is not allowed.
        self.book.root.retain(|element| element.local() != "definedNames" || element.elements().next().is_some());
        if let Some(views) = self.book.root.first_mut("bookViews") {
            for view in views.elements_mut() {
                for key in ["activeTab", "firstSheet"] {
                    if let Some(at) = place(view, key).filter(|&at| at >= removed) {
                        view.set(key, &at.saturating_sub(1).to_string());
                    }
                }
            }
        }
    }

    /// Takes a part out, with what says of which kind it is.
    fn forget(&mut self, part: &str) {
        let name = format!("/{part}");
        self.types.root.retain(|kind| kind.get("PartName").as_ref() != Some(&name));
        self.package.remove(part);
    }

    /// The bytes of the workbook as it is now; `None` when nothing was changed.
    pub(super) fn write(&mut self, cx: &mut Context<'_>) -> Tried<Option<Vec<u8>>> {
        let mut lost_formula = false;
        let mut changed = self.changed;
        for (part, sheet) in self.sheets.iter().filter(|(_, sheet)| sheet.changed) {
            let text = sheet.document.write(cx)?;
            self.package.put(part, text);
            lost_formula |= sheet.lost_formula;
            changed = true;
        }
        if !changed {
            return Ok(Ok(None));
        }
        // The order of calculation is made anew when it is missing; a wrong one is an error.
        if lost_formula && self.package.contains(CALCULATIONS) {
            self.forget(CALCULATIONS);
            self.relations
                .root
                .retain(|relation| !relation.get("Target").is_some_and(|target| target.ends_with("calcChain.xml")));
            self.changed = true;
        }
        if self.changed {
            for (part, document) in [(BOOK, &self.book), (RELATIONS, &self.relations), (TYPES, &self.types)] {
                let text = document.write(cx)?;
                self.package.put(part, text);
            }
        }
        Ok(self.package.write(cx)?.map(Some))
    }
}

impl Drop for Workbook {
    fn drop(&mut self) {
        memory::sub(self.counted);
    }
}

fn document(cx: &mut Context<'_>, package: &mut Package, part: &str, counted: &mut usize) -> Tried<Document> {
    let text = match package.read(cx, part)? {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(Err(NO_WORKBOOK)),
        Err(problem) => return Ok(Err(problem)),
    };
    let size = text.len().saturating_mul(TREE);
    cx.budget.grow(size)?;
    let read = Document::read(text.strip_prefix('\u{feff}').unwrap_or(&text), cx)?;
    if read.is_some() {
        memory::add(size);
        *counted = counted.saturating_add(size);
    }
    Ok(read.ok_or(NO_WORKBOOK))
}
