use super::{
    Arm, Catch, Decl, ExprId, FieldDecl, Item, Link, Span, StepKind, StmtId, SwitchPart, Target, TypeRef,
    expressions::Pending, statements::Header,
};
use std::{fmt, marker::PhantomData};

/// A list that is still being read: a stretch of a [`Stack`].
///
/// Lists of the grammar nest, so those inside of a list are over before it gets its next element. Where the parser
/// dropped some after an error, their elements stand above those of the list until it grows.
pub(crate) struct Run<T> {
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Run<T> {
    /// A list that stays empty.
    pub const NONE: Self = Self::new(0, 0);

    const fn new(start: u32, len: u32) -> Self {
        Self { start, len, of: PhantomData }
    }

    const fn end(self) -> u32 {
        self.start.saturating_add(self.len)
    }

    /// How many elements it has.
    pub const fn len(self) -> u32 {
        self.len
    }
}

impl<T> Clone for Run<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Run<T> {}

impl<T> fmt::Debug for Run<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.start, self.len)
    }
}

/// The elements of all lists of one kind that are still being read.
pub(in crate::syntax) struct Stack<T>(Vec<T>);

impl<T> Default for Stack<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Stack<T> {
    /// A list without elements.
    pub fn empty(&self) -> Run<T> {
        // Invariant: a file has fewer elements than bytes, and those are counted in u32.
        Run::new(u32::try_from(self.0.len()).unwrap_or(u32::MAX), 0)
    }

    /// A list with one element.
    pub fn of(&mut self, item: T) -> Run<T> {
        let list = self.empty();
        self.0.push(item);
        Run::new(list.start, 1)
    }

    /// The list with one more element.
    pub fn add(&mut self, list: Run<T>, item: T) -> Run<T> {
        self.0.truncate(list.end() as usize);
        self.0.push(item);
        Run::new(list.start, list.len.saturating_add(1))
    }

    /// The list with the elements of another one, which was read after it.
    pub fn join(&mut self, list: Run<T>, more: Run<T>) -> Run<T> {
        if list.end() == more.start {
            return Run::new(list.start, list.len.saturating_add(more.len));
        }
        (0..more.len).fold(list, |list, index| match self.at(more, index) {
            Some(item) => self.put(list, item),
            None => list,
        })
    }

    /// Writes over what stands behind the list.
    fn put(&mut self, list: Run<T>, item: T) -> Run<T> {
        match self.0.get_mut(list.end() as usize) {
            Some(place) => *place = item,
            None => self.0.push(item),
        }
        Run::new(list.start, list.len.saturating_add(1))
    }

    /// An element of a list.
    pub fn at(&self, list: Run<T>, index: u32) -> Option<T> {
        let place = list.start.saturating_add(index);
        self.0.get(place as usize).copied().filter(|_| index < list.len)
    }

    /// The elements of a list.
    pub fn get(&self, list: Run<T>) -> &[T] {
        self.0.get(list.start as usize..list.end() as usize).unwrap_or(&[])
    }

    /// The elements of a list, to be changed.
    pub fn get_mut(&mut self, list: Run<T>) -> &mut [T] {
        self.0.get_mut(list.start as usize..list.end() as usize).unwrap_or(&mut [])
    }

    /// Ends a list.
    pub fn end(&mut self, list: Run<T>) {
        if list.len > 0 {
            self.0.truncate(list.start as usize);
        }
    }
}

macro_rules! stacks {
    ($($name:ident: $item:ty;)*) => {
        /// One for each kind of element, and what is known by its number.
        #[derive(Default)]
        pub(in crate::syntax) struct Stacks {
            $(pub(super) $name: Stack<$item>,)*
            pub(super) types: Vec<TypeRef>,
            pub(super) heads: Vec<Header>,
            pub(super) waiting: Vec<Pending>,
        }

        impl Stacks {
            /// Forgets everything.
            pub(in crate::syntax) fn clear(&mut self) {
                $(self.$name.0.clear();)*
                self.types.clear();
                self.heads.clear();
                self.waiting.clear();
            }
        }
    };
}

stacks! {
    exprs: ExprId;
    items: Item;
    links: Link;
    steps: (StepKind, Span);
    decls: Decl;
    targets: Target;
    stmts: StmtId;
    fields: FieldDecl;
    arms: Arm;
    catches: Catch;
    parts: SwitchPart;
}
