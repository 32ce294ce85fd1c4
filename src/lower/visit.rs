//! Walks over everything in a statement or an expression.

use super::deep;
use crate::syntax::ast::{Ast, EachVar, Expr, ExprId, StepKind, Stmt, StmtId};

/// Visits a statement and everything in it.
fn for_each_stmt(ast: &Ast, id: StmtId, visit: &mut dyn FnMut(Stmt)) {
    let stmt = ast.stmt(id);
    visit(stmt);
    let levels = ast.stmt_depth(id);
    let mut inner = |ids: &[StmtId]| deep(levels, || ids.iter().for_each(|&id| for_each_stmt(ast, id, visit)));
    match stmt {
        Stmt::Block(body) => inner(ast.stmt_list(body)),
        Stmt::If { arms, other } => {
            for arm in ast.arm_list(arms) {
                inner(&[arm.body]);
            }
            inner(other.as_slice());
        }
        Stmt::While { body, .. } | Stmt::DoWhile { body, .. } | Stmt::Each { body, .. } => inner(&[body]),
        Stmt::For { init, step, body, .. } => {
            inner(init.as_slice());
            inner(ast.stmt_list(step));
            inner(&[body]);
        }
        Stmt::Switch { cases, .. } => {
            for case in ast.case_list(cases) {
                inner(ast.stmt_list(case.body));
            }
        }
        Stmt::Try { body, catches } => {
            inner(&[body]);
            for catch in ast.catch_list(catches) {
                inner(&[catch.body]);
            }
        }
        _ => {}
    }
}

/// Visits every expression in a statement.
pub(super) fn for_each_expr(ast: &Ast, root: StmtId, visit: &mut dyn FnMut(&Expr, ExprId)) {
    for_each_stmt(ast, root, &mut |stmt| for_each_root(ast, stmt, &mut |id| visit_expr(ast, id, visit)));
}

/// Visits the expressions that stand directly in a statement.
fn for_each_root(ast: &Ast, stmt: Stmt, visit: &mut dyn FnMut(ExprId)) {
    match stmt {
        Stmt::Var(decls) => ast.decl_list(decls).iter().filter_map(|decl| decl.init).for_each(visit),
        Stmt::Assign { targets, value } => {
            ast.target_list(targets).iter().for_each(|target| visit(target.expr));
            visit(value);
        }
        Stmt::Expr(expr) | Stmt::Throw(expr) => visit(expr),
        Stmt::If { arms, .. } => ast.arm_list(arms).iter().for_each(|arm| visit(arm.cond)),
        Stmt::While { cond, .. } | Stmt::DoWhile { cond, .. } => visit(cond),
        Stmt::For { cond, .. } => cond.into_iter().for_each(visit),
        Stmt::Each { subject, var, .. } => {
            visit(subject);
            if let EachVar::Existing(expr) = var {
                visit(expr);
            }
        }
        Stmt::Switch { subject, cases } => {
            visit(subject);
            ast.case_list(cases).iter().filter_map(|case| case.label).for_each(visit);
        }
        Stmt::Return(values) => ast.expr_list(values).iter().copied().for_each(visit),
        _ => {}
    }
}

/// Visits an expression and everything in it.
pub(super) fn visit_expr(ast: &Ast, id: ExprId, visit: &mut dyn FnMut(&Expr, ExprId)) {
    let expr = ast.expr(id);
    visit(&expr, id);
    let levels = ast.expr_depth(id);
    let mut inner = |ids: &[ExprId]| deep(levels, || ids.iter().for_each(|&id| visit_expr(ast, id, visit)));
    match expr {
        Expr::Call { args, .. } | Expr::Literal(args) => inner(ast.expr_list(args)),
        Expr::Path { base, steps } => {
            inner(&[base]);
            for step in ast.step_ids(steps) {
                if let StepKind::Index(index) = ast.step(step) {
                    inner(&[index]);
                }
            }
        }
        Expr::Step { target: operand, .. }
        | Expr::Unary { operand, .. }
        | Expr::Cast { operand, .. }
        | Expr::Paren(operand) => inner(&[operand]),
        Expr::Chain { first, links } => {
            inner(&[first]);
            for link in ast.link_list(links) {
                inner(&[link.operand]);
            }
        }
        Expr::Ternary { cond, yes, no } => inner(&[cond, yes, no]),
        _ => {}
    }
}
