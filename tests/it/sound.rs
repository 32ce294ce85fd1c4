//! What holds for the tokens and the tree of every text: its spans.

use sil::{
    diagnostics::Diagnostics,
    limits::SourceLimits,
    source::{FileId, SourceFile, SourceMap, Span},
    syntax::{
        Lexeme,
        ast::{Ast, EachVar, Expr, ExprId, Item, StepKind, Stmt, StmtId},
        lex_file, parse_file,
    },
};

/// A parsed text.
pub struct Parsed {
    pub sources: SourceMap,
    pub file: FileId,
    pub ast: Ast,
    pub items: Vec<Item>,
    pub found: Diagnostics,
}

impl Parsed {
    pub fn file(&self) -> &SourceFile {
        self.sources.file(self.file).unwrap()
    }

    pub fn messages(&self) -> Vec<&str> {
        self.found.errors().map(|error| error.message.as_str()).collect()
    }
}

/// Parses a text and checks what must hold for every text.
pub fn parse(text: &str) -> Parsed {
    let mut sources = SourceMap::new();
    // Something before it, so that positions are not offsets.
    sources.add("before", "12345").unwrap();
    let file = sources.add("script.sil", text).unwrap();
    let limits = SourceLimits::default();
    let mut ast = Ast::new();
    let mut found = Diagnostics::new();
    let items = parse_file(&sources, file, &limits, &mut ast, &mut found);
    let parsed = Parsed { sources, file, ast, items, found };
    check_spans(&parsed);
    assert!(parsed.found.has_errors() || !has_error_nodes(&parsed.ast), "an error node that nothing explains: {text}");
    parsed
}

pub fn lex(text: &str) -> (SourceMap, Vec<Lexeme>, Diagnostics) {
    let mut sources = SourceMap::new();
    sources.add("before", "12345").unwrap();
    let file = sources.add("script.sil", text).unwrap();
    let mut found = Diagnostics::new();
    let tokens = lex_file(&sources, file, &SourceLimits::default(), &mut found);
    let mut end = sources.file(file).unwrap().base();
    for token in &tokens {
        assert_eq!(token.span.start, end, "tokens tile the text: {token:?}");
        end = token.span.end;
    }
    if !found.has_errors() {
        assert_eq!(end, sources.file(file).unwrap().span().end, "tokens reach the end");
    }
    (sources, tokens, found)
}

/// Spans of children lie in their parents, and all on character boundaries.
fn check_spans(parsed: &Parsed) {
    let (ast, file) = (&parsed.ast, parsed.file());
    let base = file.base();
    let sound = |span: Span| {
        let (start, end) = ((span.start - base) as usize, (span.end - base) as usize);
        let text = file.text();
        assert!(file.span().contains(span) && start <= end, "{span:?} in {:?}", file.span());
        assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{span:?}");
    };
    for diagnostic in &parsed.found {
        sound(diagnostic.span);
        diagnostic.labels.iter().for_each(|label| sound(label.span));
        diagnostic.fix.iter().for_each(|fix| sound(fix.span));
    }
    for id in (0..ast.expr_count()).map(|id| ExprId(id as u32)) {
        let span = ast.expr_span(id);
        sound(span);
        for child in expr_children(ast, ast.expr(id)) {
            assert!(span.contains(ast.expr_span(child)), "{:?} {:?}", ast.expr(id), ast.expr(child));
        }
    }
    for id in (0..ast.stmt_count()).map(|id| StmtId(id as u32)) {
        let span = ast.stmt_span(id);
        sound(span);
        let (exprs, stmts) = stmt_children(ast, ast.stmt(id));
        let exprs = exprs.into_iter().map(|child| ast.expr_span(child));
        for child in exprs.chain(stmts.into_iter().map(|child| ast.stmt_span(child))) {
            assert!(span.contains(child), "{:?} {span:?} {child:?}", ast.stmt(id));
        }
    }
}

fn expr_children(ast: &Ast, expr: Expr) -> Vec<ExprId> {
    match expr {
        Expr::Call { args, .. } | Expr::Literal(args) => ast.expr_list(args).to_vec(),
        Expr::Path { base, steps } => {
            let mut all = vec![base];
            for step in ast.step_ids(steps) {
                if let StepKind::Index(index) = ast.step(step) {
                    assert!(ast.step_span(step).contains(ast.expr_span(index)));
                    all.push(index);
                }
            }
            all
        }
        Expr::Step { target: inner, .. }
        | Expr::Unary { operand: inner, .. }
        | Expr::Cast { operand: inner, .. }
        | Expr::Paren(inner) => vec![inner],
        Expr::Chain { first, links } => {
            let links = ast.link_list(links);
            assert!(!links.is_empty());
            std::iter::once(first).chain(links.iter().map(|link| link.operand)).collect()
        }
        Expr::Ternary { cond, yes, no } => vec![cond, yes, no],
        _ => Vec::new(),
    }
}

fn stmt_children(ast: &Ast, stmt: Stmt) -> (Vec<ExprId>, Vec<StmtId>) {
    match stmt {
        Stmt::Var(decls) => {
            let mut exprs = Vec::new();
            for decl in ast.decl_list(decls) {
                exprs.extend(ast.target_list(decl.chain).iter().map(|target| target.expr));
                exprs.extend(decl.init);
            }
            (exprs, Vec::new())
        }
        Stmt::Assign { targets, value } => {
            let targets = ast.target_list(targets).iter().map(|target| target.expr);
            (targets.chain([value]).collect(), Vec::new())
        }
        Stmt::Expr(value) | Stmt::Throw(value) => (vec![value], Vec::new()),
        Stmt::Block(list) => (Vec::new(), ast.stmt_list(list).to_vec()),
        Stmt::If { arms, other } => {
            let arms = ast.arm_list(arms);
            assert!(!arms.is_empty());
            let bodies = arms.iter().map(|arm| arm.body).chain(other).collect();
            (arms.iter().map(|arm| arm.cond).collect(), bodies)
        }
        Stmt::While { cond, body } | Stmt::DoWhile { body, cond } => (vec![cond], vec![body]),
        Stmt::For { init, cond, step, body } => {
            let steps = ast.stmt_list(step).iter().copied();
            (cond.into_iter().collect(), init.into_iter().chain(steps).chain([body]).collect())
        }
        Stmt::Each { var, subject, body } => {
            let mut exprs = vec![subject];
            if let EachVar::Existing(id) = var {
                exprs.push(id);
            }
            (exprs, vec![body])
        }
        Stmt::Switch { subject, cases } => {
            let cases = ast.case_list(cases);
            let labels = cases.iter().filter_map(|case| case.label);
            let bodies = cases.iter().flat_map(|case| ast.stmt_list(case.body)).copied();
            (labels.chain([subject]).collect(), bodies.collect())
        }
        Stmt::Return(values) => (ast.expr_list(values).to_vec(), Vec::new()),
        Stmt::Try { body, catches } => {
            let bodies = ast.catch_list(catches).iter().map(|catch| catch.body);
            (Vec::new(), std::iter::once(body).chain(bodies).collect())
        }
        Stmt::Break | Stmt::Continue | Stmt::Empty | Stmt::Error => (Vec::new(), Vec::new()),
    }
}

/// Whether the tree holds error nodes.
fn has_error_nodes(ast: &Ast) -> bool {
    (0..ast.expr_count()).any(|id| ast.expr(ExprId(id as u32)) == Expr::Error)
        || (0..ast.stmt_count()).any(|id| ast.stmt(StmtId(id as u32)) == Stmt::Error)
}
