/// Vectors that are empty again, kept for the lists that come.
///
/// Lists of the grammar nest, so a tree needs few vectors at a time, however many lists it has.
pub(super) struct Spare<T>(Vec<Vec<T>>);

impl<T> Default for Spare<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Spare<T> {
    /// A vector with one element.
    pub fn of(&mut self, item: T) -> Vec<T> {
        let mut list = self.empty();
        list.push(item);
        list
    }

    /// A vector without elements.
    pub fn empty(&mut self) -> Vec<T> {
        self.0.pop().unwrap_or_default()
    }

    /// Takes a vector back.
    pub fn put(&mut self, mut list: Vec<T>) {
        if list.capacity() > 0 {
            list.clear();
            self.0.push(list);
        }
    }
}

/// One for each kind of element.
#[derive(Default)]
pub(super) struct SpareLists {
    pub exprs: Spare<super::ExprId>,
    pub items: Spare<super::Item>,
    pub links: Spare<super::Link>,
    pub steps: Spare<(super::StepKind, super::Span)>,
    pub decls: Spare<super::Decl>,
    pub targets: Spare<super::Target>,
    pub stmts: Spare<super::StmtId>,
}
