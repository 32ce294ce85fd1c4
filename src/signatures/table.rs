use super::Signature;
use foldhash::HashMap;

/// Which signature of a [`Signatures`] table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct SigId(pub u32);

#[derive(Clone, Debug)]
struct Entry {
    signature: Signature,
    provided: bool,
}

/// Every routine a program may name: those that run, and those that are only known.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    entries: Vec<Entry>,
    /// Long names and aliases.
    long: HashMap<Box<str>, Vec<SigId>>,
    /// Long names and aliases in lower case (L-96).
    folded: HashMap<Box<str>, SigId>,
    /// Short names with their packages.
    short: HashMap<Box<str>, Vec<(Box<str>, SigId)>>,
    packages: Vec<Box<str>>,
}

impl Signatures {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a routine. `provided` says whether it can be called in this engine.
    pub fn add(&mut self, signature: Signature, provided: bool) -> SigId {
        let id = SigId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        for name in std::iter::once(&signature.name).chain(&signature.aliases) {
            self.long.entry(Box::from(&**name)).or_default().push(id);
            self.folded.entry(name.to_lowercase().into()).or_insert(id);
        }
        if let (Some(package), Some(short)) = (&signature.package, &signature.short) {
            self.short.entry(Box::from(&**short)).or_default().push((Box::from(&**package), id));
            if !self.packages.iter().any(|known| **known == **package) {
                self.packages.push(Box::from(&**package));
            }
        }
        self.entries.push(Entry { signature, provided });
        id
    }

    /// A signature.
    pub fn get(&self, id: SigId) -> Option<&Signature> {
        self.entries.get(id.0 as usize).map(|entry| &entry.signature)
    }

    /// Whether the routine can be called in this engine.
    pub fn is_provided(&self, id: SigId) -> bool {
        self.entries.get(id.0 as usize).is_some_and(|entry| entry.provided)
    }

    /// The routines with this long name or alias, in the order they were added.
    pub fn by_long_name(&self, name: &str) -> &[SigId] {
        self.long.get(name).map_or(&[], |ids| ids)
    }

    /// A routine whose long name or alias differs from `name` in case only.
    pub fn by_folded_name(&self, name: &str) -> Option<SigId> {
        self.folded.get(name.to_lowercase().as_str()).copied()
    }

    /// The routine that `package` calls `name`.
    pub fn by_short_name(&self, package: &str, name: &str) -> Option<SigId> {
        self.short.get(name)?.iter().find(|(known, _)| **known == *package).map(|&(_, id)| id)
    }

    /// The packages in which `name` is a short name.
    pub fn packages_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.short.get(name).into_iter().flatten().map(|(package, _)| &**package)
    }

    /// Whether there is a package of this name.
    pub fn has_package(&self, name: &str) -> bool {
        self.packages.iter().any(|known| **known == *name)
    }

    /// All packages.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        self.packages.iter().map(|name| &**name)
    }

    /// All long names and aliases, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.long.keys().map(|name| &**name)
    }

    /// All signatures with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SigId, &Signature)> {
        self.entries.iter().zip(0..).map(|(entry, id)| (SigId(id), &entry.signature))
    }
}
