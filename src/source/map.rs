use super::Span;
use std::sync::{Arc, OnceLock};

/// Which file of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// One source text with its name and its lines.
#[derive(Debug)]
pub struct SourceFile {
    name: Box<str>,
    text: Box<str>,
    base: u32,
    /// Offsets (in the file) of the first byte of each line, found when a place is first asked for.
    lines: OnceLock<Box<[u32]>>,
}

impl SourceFile {
    fn new(name: &str, text: &str, base: u32) -> Self {
        Self { name: name.into(), text: text.into(), base, lines: OnceLock::new() }
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            // Invariant: offsets fit in u32, `SourceMap::add` has checked the length.
            let ends = self.text.bytes().zip(1u32..).filter(|(byte, _)| *byte == b'\n').map(|(_, next)| next);
            std::iter::once(0).chain(ends).collect()
        })
    }

    /// Name as given by the embedder or written in an `include`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Position of the first byte in the space of the map.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// The span of the whole file.
    pub fn span(&self) -> Span {
        Span::new(self.base, self.base.saturating_add(len_u32(&self.text)))
    }

    /// The text that `span` covers, cut to this file and to character boundaries.
    pub fn slice(&self, span: Span) -> &str {
        let offset = |position: u32| position.saturating_sub(self.base) as usize;
        if let Some(text) = self.text.get(offset(span.start)..offset(span.end)) {
            return text;
        }
        let start = self.floor(span.start.saturating_sub(self.base));
        let end = self.floor(span.end.saturating_sub(self.base));
        self.text.get(start..end.max(start)).unwrap_or("")
    }

    /// Number of lines, at least 1.
    pub fn line_count(&self) -> usize {
        self.lines().len()
    }

    /// The text of line `line` (from 1) without its line end; empty beyond the end.
    pub fn line(&self, line: u32) -> &str {
        let index = line.saturating_sub(1) as usize;
        let Some(&start) = self.lines().get(index) else { return "" };
        let end = self.lines().get(index.saturating_add(1)).map_or(self.text.len(), |&next| next as usize);
        self.text.get(start as usize..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Line and column of a position of the map, both from 1, the column in characters.
    pub fn line_column(&self, position: u32) -> (u32, u32) {
        let offset = self.floor(position.saturating_sub(self.base));
        let line = self.lines().partition_point(|&start| start as usize <= offset).max(1);
        let start = self.lines().get(line.saturating_sub(1)).map_or(0, |&start| start as usize);
        let column = self.text.get(start..offset).map_or(0, |text| text.chars().count());
        (clamp_u32(line), clamp_u32(column).saturating_add(1))
    }

    /// The nearest character boundary at or before `offset`, within the text.
    fn floor(&self, offset: u32) -> usize {
        let mut at = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at = at.saturating_sub(1);
        }
        at
    }
}

/// A position that a person can find: file, line and column.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// The files of one program.
#[derive(Clone, Default, Debug)]
pub struct SourceMap {
    files: Vec<Arc<SourceFile>>,
}

impl SourceMap {
    /// A map without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. A leading byte order mark is not part of the text (L-1).
    ///
    /// Returns `None` when the positions would not fit in 32 bits.
    pub fn add(&mut self, name: &str, text: &str) -> Option<FileId> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let base = match self.files.last() {
            Some(last) => last.span().end.checked_add(1)?,
            None => 0,
        };
        let length = u32::try_from(text.len()).ok()?;
        base.checked_add(length)?.checked_add(1)?;
        let id = FileId(u32::try_from(self.files.len()).ok()?);
        self.files.push(Arc::new(SourceFile::new(name, text, base)));
        Some(id)
    }

    /// The file of an id.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize).map(|file| &**file)
    }

    /// All files, in the order they were added.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().map(|file| &**file)
    }

    /// The file that holds a position.
    pub fn file_at(&self, position: u32) -> Option<&SourceFile> {
        let after = self.files.partition_point(|file| file.base <= position);
        self.files.get(after.checked_sub(1)?).map(|file| &**file)
    }

    /// Where a span begins.
    pub fn place(&self, span: Span) -> Option<Place> {
        let file = self.file_at(span.start)?;
        let (line, column) = file.line_column(span.start);
        Some(Place { file: file.name().to_owned(), line, column })
    }

    /// The text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.file_at(span.start).map_or("", |file| file.slice(span))
    }
}

fn len_u32(text: &str) -> u32 {
    clamp_u32(text.len())
}

fn clamp_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_across_files() {
        let mut map = SourceMap::new();
        map.add("a", "\u{feff}one\r\ntwo").unwrap();
        let b = map.add("b", "ä=x").unwrap();
        assert_eq!(map.place(Span::new(5, 6)).unwrap(), Place { file: "a".into(), line: 2, column: 1 });
        let base = map.file(b).unwrap().base();
        let place = map.place(Span::new(base + 2, base + 3)).unwrap();
        assert_eq!((place.file.as_str(), place.line, place.column), ("b", 1, 2));
        assert_eq!(map.slice(Span::new(base, base + 2)), "ä");
        assert_eq!(map.file(FileId(0)).unwrap().line(1), "one");
    }

    #[test]
    fn positions_outside_are_clamped() {
        let mut map = SourceMap::new();
        map.add("a", "é").unwrap();
        assert_eq!(map.slice(Span::new(1, 900)), "é");
        assert_eq!(map.place(Span::new(900, 901)).unwrap().line, 1);
    }
}
