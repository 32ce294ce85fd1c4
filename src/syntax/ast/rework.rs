//! What the parser changes in a tree after the fact.

use super::{Ast, Expr, ExprId, Size, Stmt, StmtId};

/// How large the vectors of a tree were.
pub(in crate::syntax) struct Mark([usize; 15]);

impl Ast {
    /// Makes room for what so many tokens usually become, so that no vector grows in many small steps.
    pub(in crate::syntax) fn reserve(&mut self, tokens: usize) {
        let (exprs, stmts, lists) = (tokens / 2, tokens / 6, tokens / 8);
        self.names.reserve(tokens / 16);
        self.exprs.reserve(exprs);
        self.expr_extents.reserve(exprs);
        self.stmts.reserve(stmts);
        self.stmt_extents.reserve(stmts);
        self.expr_lists.reserve(lists);
        self.stmt_lists.reserve(stmts);
        self.links.reserve(lists);
        self.steps.reserve(lists);
        self.step_spans.reserve(lists);
        self.decls.reserve(lists);
    }

    /// The size of the tree now, to come back to.
    pub(in crate::syntax) fn mark(&self) -> Mark {
        Mark([
            self.exprs.len(),
            self.stmts.len(),
            self.decls.len(),
            self.steps.len(),
            self.step_spans.len(),
            self.structs.len(),
            self.functions.len(),
            self.expr_lists.len(),
            self.stmt_lists.len(),
            self.links.len(),
            self.targets.len(),
            self.arms.len(),
            self.cases.len(),
            self.catches.len(),
            self.fields.len(),
        ])
    }

    /// Forgets what was added since the mark; names and texts stay known.
    pub(in crate::syntax) fn rewind(&mut self, mark: &Mark) {
        let Mark(
            [
                exprs,
                stmts,
                decls,
                steps,
                step_spans,
                structs,
                functions,
                expr_lists,
                stmt_lists,
                links,
                targets,
                arms,
                cases,
                catches,
                fields,
            ],
        ) = *mark;
        self.exprs.truncate(exprs);
        self.expr_extents.truncate(exprs);
        self.stmts.truncate(stmts);
        self.stmt_extents.truncate(stmts);
        self.decls.truncate(decls);
        self.steps.truncate(steps);
        self.step_spans.truncate(step_spans);
        self.structs.truncate(structs);
        self.functions.truncate(functions);
        self.expr_lists.truncate(expr_lists);
        self.stmt_lists.truncate(stmt_lists);
        self.links.truncate(links);
        self.targets.truncate(targets);
        self.arms.truncate(arms);
        self.cases.truncate(cases);
        self.catches.truncate(catches);
        self.fields.truncate(fields);
    }

    /// Forgets everything, names and texts too.
    pub(in crate::syntax) fn clear(&mut self) {
        self.rewind(&Mark([0; 15]));
        self.items.clear();
        self.names.clear();
        self.texts.clear();
    }

    /// Turns an expression into an error node, which has no children.
    pub(in crate::syntax) fn fail_expr(&mut self, id: ExprId) {
        if let (Some(expr), Some(extent)) = (self.exprs.get_mut(id.index()), self.expr_extents.get_mut(id.index())) {
            *expr = Expr::Error;
            extent.size = Size { nodes: 1, depth: 1 };
        }
    }

    /// Turns a statement into an error node, which has no children.
    pub(in crate::syntax) fn fail_stmt(&mut self, id: StmtId) {
        if let (Some(stmt), Some(extent)) = (self.stmts.get_mut(id.index()), self.stmt_extents.get_mut(id.index())) {
            *stmt = Stmt::Error;
            extent.size = Size { nodes: 0, depth: 1 };
        }
    }

    /// Lets the span of a statement reach to `end`.
    pub(in crate::syntax) fn extend_stmt_span(&mut self, id: StmtId, end: u32) {
        if let Some(extent) = self.stmt_extents.get_mut(id.index()) {
            extent.span.end = extent.span.end.max(end);
        }
    }
}
