use super::{Exec, Flow, Frame, Nop, Stmt};
use crate::source::Span;

/// Statements one after the other, charged together when entered. Loops, branches and functions hold theirs directly.
pub struct Block {
    first: Step,
    rest: Box<[Step]>,
    /// Units of fuel.
    cost: u32,
}

/// A statement and where it stands: a fault without a place of its own gets that of its statement.
struct Step {
    stmt: Stmt,
    span: Option<Span>,
}

impl Block {
    /// The block of some statements with their places.
    pub fn new(stmts: impl IntoIterator<Item = (Stmt, Option<Span>)>, cost: u32) -> Self {
        let mut steps = stmts.into_iter().map(|(stmt, span)| Step { stmt, span });
        let first = steps.next().unwrap_or_else(|| Step { stmt: Box::new(Nop), span: None });
        Self { first, rest: steps.collect(), cost }
    }

    /// The block of some statements that have no place of their own.
    pub fn unplaced(stmts: Vec<Stmt>, cost: u32) -> Self {
        Self::new(stmts.into_iter().map(|stmt| (stmt, None)), cost)
    }

    /// Runs it.
    #[inline]
    pub fn run(&self, f: &mut Frame<'_, '_>) -> Flow {
        self.run_after(0, f)
    }

    /// Runs it as a turn of a loop, which costs one unit more.
    #[inline]
    pub fn turn(&self, f: &mut Frame<'_, '_>) -> Flow {
        self.run_after(1, f)
    }

    #[inline(always)]
    fn run_after(&self, turn: u32, f: &mut Frame<'_, '_>) -> Flow {
        let units = u64::from(self.cost).saturating_add(u64::from(turn));
        if !f.run.cx.budget.spend(units) && self.charge(turn, f) == Flow::Fail {
            return Flow::Fail;
        }
        let flow = self.first.stmt.exec(f);
        if flow != Flow::Next {
            return self.first.left(flow, f);
        }
        for step in &self.rest {
            let flow = step.stmt.exec(f);
            if flow != Flow::Next {
                return step.left(flow, f);
            }
        }
        Flow::Next
    }

    /// Charges what was not at hand: the turn, which has no place, and the block.
    #[cold]
    #[inline(never)]
    fn charge(&self, turn: u32, f: &mut Frame<'_, '_>) -> Flow {
        if let Err(fault) = f.run.charge(turn) {
            return f.run.fail(fault);
        }
        match f.run.charge(self.cost) {
            Ok(()) => Flow::Next,
            Err(fault) => f.run.fail_at(fault, self.first.span.as_ref()),
        }
    }
}

impl Step {
    /// Leaves the block, and gives a fault without a place that of its statement.
    #[inline]
    fn left(&self, flow: Flow, f: &mut Frame<'_, '_>) -> Flow {
        if flow == Flow::Fail {
            let fault = f.run.take_fault();
            return f.run.fail_at(fault, self.span.as_ref());
        }
        flow
    }
}

impl Exec for Block {
    fn exec(&self, f: &mut Frame<'_, '_>) -> Flow {
        self.run(f)
    }
}
