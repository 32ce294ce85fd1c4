use crate::sound::lex;
use sil::{
    syntax::{
        Token,
        ast::{
            AssignOp, Ast, Decl, DeclId, DeclKind, EachVar, Expr, ExprId, FieldDecl, Item, List, StepKind, Stmt,
            StmtId, Sym, Target, TextId, TypeName, TypeRef,
        },
    },
    types::UnaryOp,
};

/// The items as a script, with a blank between all tokens.
pub fn write(ast: &Ast, items: &[Item]) -> String {
    let mut writer = Writer { ast, out: String::new() };
    for &item in items {
        writer.item(item);
        writer.word("\n");
    }
    writer.out
}

struct Writer<'a> {
    ast: &'a Ast,
    out: String,
}

impl Writer<'_> {
    fn word(&mut self, word: &str) {
        self.out.push_str(word);
        self.out.push(' ');
    }

    /// A name where one may stand in `#{ }`.
    fn name(&mut self, sym: Sym) {
        let name = self.ast.name(sym);
        let (_, tokens, _) = lex(name);
        let plain = matches!(tokens.as_slice(), [only] if only.token == Token::Ident);
        if plain { self.word(name) } else { self.word(&format!("#{{{name}}}")) }
    }

    /// A name that is a plain word always.
    fn plain(&mut self, sym: Sym) {
        self.word(self.ast.name(sym));
    }

    fn text(&mut self, text: TextId) {
        let mut out = "\"".to_owned();
        for c in self.ast.text(text).chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c => out.push(c),
            }
        }
        self.word(&(out + "\""));
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Include { path, .. } => {
                self.word("include");
                self.text(path);
            }
            Item::Use { package, .. } => {
                self.word("use");
                self.text(package);
            }
            Item::Struct(id) => {
                let decl = self.ast.struct_decl(id).unwrap();
                self.word("struct");
                self.plain(decl.name);
                self.word("{");
                for &FieldDecl { ty, name, .. } in self.ast.field_list(decl.fields) {
                    self.type_ref(ty);
                    self.name(name);
                    self.word(";");
                }
                self.word("}");
            }
            Item::Function(id) => {
                let decl = self.ast.function(id).unwrap();
                self.word("function");
                self.plain(decl.name);
                self.word("(");
                for (index, id) in self.ast.decl_ids(decl.params).enumerate() {
                    if index > 0 {
                        self.word(",");
                    }
                    self.typed_name(id);
                    self.value(*self.ast.decl(id).unwrap());
                }
                self.word(")");
                self.stmt(decl.body);
            }
            Item::Stmt(id) => self.stmt(id),
        }
    }

    fn type_ref(&mut self, ty: TypeRef) {
        match ty.name {
            TypeName::None => {}
            TypeName::Named(sym) => self.plain(sym),
            TypeName::Keyword(ty) => self.word(ty.base.word().unwrap()),
        }
        for _ in 0..ty.dims {
            self.word("[]");
        }
    }

    /// Modifiers, type and name.
    fn typed_name(&mut self, id: DeclId) {
        let decl = self.ast.decl(id).unwrap();
        if decl.is_const {
            self.word("const");
        }
        if decl.is_persistent {
            self.word("persistent");
        }
        self.type_ref(decl.ty);
        self.plain(decl.name);
    }

    fn value(&mut self, decl: Decl) {
        if let Some(init) = decl.init {
            self.word("=");
            self.targets(decl.chain);
            self.expr(init);
        }
    }

    fn targets(&mut self, list: List<Target>) {
        for target in self.ast.target_list(list) {
            self.postfix(target.expr);
            match target.op {
                AssignOp::Set => self.word("="),
                AssignOp::Compound(op) => self.word(&format!("{}=", op.symbol())),
            }
        }
    }

    fn exprs(&mut self, list: List<ExprId>) {
        for (index, &id) in self.ast.expr_list(list).iter().enumerate() {
            if index > 0 {
                self.word(",");
            }
            self.expr(id);
        }
    }

    fn head(&mut self, word: &str, cond: ExprId) {
        self.word(word);
        self.word("(");
        self.expr(cond);
        self.word(")");
    }

    fn stmts(&mut self, list: List<StmtId>) {
        for &id in self.ast.stmt_list(list) {
            self.stmt(id);
        }
    }

    /// Without a semicolon, as in the head of a loop.
    fn simple(&mut self, id: StmtId) {
        match self.ast.stmt(id) {
            Stmt::Var(decls) => {
                for (index, id) in self.ast.decl_ids(decls).enumerate() {
                    let decl = *self.ast.decl(id).unwrap();
                    assert_eq!(decl.kind, DeclKind::Var);
                    if index == 0 {
                        self.typed_name(id);
                    } else {
                        self.word(",");
                        self.plain(decl.name);
                    }
                    self.value(decl);
                }
            }
            Stmt::Assign { targets, value } => {
                self.targets(targets);
                self.expr(value);
            }
            Stmt::Expr(value) => self.postfix(value),
            Stmt::Return(values) => {
                self.word("return");
                self.exprs(values);
            }
            Stmt::Throw(value) => {
                self.word("throw");
                self.expr(value);
            }
            Stmt::Break => self.word("break"),
            Stmt::Continue => self.word("continue"),
            Stmt::Empty => {}
            other => unreachable!("{other:?}"),
        }
    }

    fn stmt(&mut self, id: StmtId) {
        match self.ast.stmt(id) {
            Stmt::Block(list) => {
                self.word("{");
                self.stmts(list);
                self.word("}");
            }
            Stmt::If { arms, other } => {
                for (index, arm) in self.ast.arm_list(arms).iter().enumerate() {
                    if index > 0 {
                        self.word("else");
                    }
                    self.head("if", arm.cond);
                    self.stmt(arm.body);
                }
                if let Some(other) = other {
                    self.word("else");
                    self.stmt(other);
                }
            }
            Stmt::While { cond, body } => {
                self.head("while", cond);
                self.stmt(body);
            }
            Stmt::DoWhile { body, cond } => {
                self.word("do");
                self.stmt(body);
                self.head("while", cond);
                self.word(";");
            }
            Stmt::For { init, cond, step, body } => {
                self.word("for (");
                init.into_iter().for_each(|init| self.simple(init));
                self.word(";");
                cond.into_iter().for_each(|cond| self.expr(cond));
                self.word(";");
                for (index, &step) in self.ast.stmt_list(step).iter().enumerate() {
                    if index > 0 {
                        self.word(",");
                    }
                    self.simple(step);
                }
                self.word(")");
                self.stmt(body);
            }
            Stmt::Each { var, subject, body } => {
                self.word("for (");
                match var {
                    EachVar::New(id) => self.typed_name(id),
                    EachVar::Existing(id) => self.expr(id),
                }
                self.word("in");
                self.expr(subject);
                self.word(")");
                self.stmt(body);
            }
            Stmt::Switch { subject, cases } => {
                self.head("switch", subject);
                self.word("{");
                for case in self.ast.case_list(cases) {
                    match case.label {
                        Some(label) => {
                            self.word("case");
                            self.expr(label);
                        }
                        None => self.word("default"),
                    }
                    self.word(":");
                    self.stmts(case.body);
                }
                self.word("}");
            }
            Stmt::Try { body, catches } => {
                self.word("try");
                self.stmt(body);
                for catch in self.ast.catch_list(catches) {
                    self.word("catch");
                    catch.decl.into_iter().for_each(|decl| self.typed_name(decl));
                    self.stmt(catch.body);
                }
            }
            _ => {
                self.simple(id);
                self.word(";");
            }
        }
    }

    /// An expression where no brace may stand.
    fn postfix(&mut self, id: ExprId) {
        match self.ast.expr(id) {
            Expr::Literal(list) => {
                self.word("[");
                self.exprs(list);
                self.word("]");
            }
            _ => self.expr(id),
        }
    }

    fn expr(&mut self, id: ExprId) {
        match self.ast.expr(id) {
            Expr::Int(value) => self.word(&value.to_string()),
            Expr::Num(value) if value.is_infinite() => self.word("1.0e999"),
            Expr::Num(value) => {
                let text = format!("{value:?}");
                match text.split_once('e') {
                    Some((digits, power)) if !digits.contains('.') => self.word(&format!("{digits}.0e{power}")),
                    _ => self.word(&text),
                }
            }
            Expr::Text(text) => self.text(text),
            Expr::Bool(value) => self.word(if value { "true" } else { "false" }),
            Expr::Null => self.word("null"),
            Expr::Name(sym) => self.name(sym),
            Expr::Subst(sym) => self.word(&format!("%{}%", self.ast.name(sym))),
            Expr::SubstField { key, field } => {
                let (key, field) = (self.ast.name(key), self.ast.name(field));
                self.word(&format!("#{{%{key}%.{field}}}"));
            }
            Expr::Key(text) => self.word(&format!("#{{{}}}", self.ast.text(text))),
            Expr::Call { name, args, .. } => {
                self.plain(name);
                self.word("(");
                self.exprs(args);
                self.word(")");
            }
            Expr::Path { base, steps } => {
                self.postfix(base);
                for step in self.ast.step_ids(steps) {
                    match self.ast.step(step) {
                        StepKind::Member(sym) => {
                            self.word(".");
                            self.name(sym);
                        }
                        StepKind::Subst(sym) => self.word(&format!(". %{}%", self.ast.name(sym))),
                        StepKind::Index(index) => {
                            self.word("[");
                            self.expr(index);
                            self.word("]");
                        }
                    }
                }
            }
            Expr::Step { target, down, prefix } => {
                let op = if down { "--" } else { "++" };
                if prefix {
                    self.word(op);
                    self.postfix(target);
                } else {
                    self.postfix(target);
                    self.word(op);
                }
            }
            Expr::Unary { op, operand } => {
                self.word(match op {
                    UnaryOp::Neg => "-",
                    UnaryOp::Plus => "+",
                    UnaryOp::Not => "!",
                });
                self.expr(operand);
            }
            Expr::Cast { ty, operand } => {
                self.word("(");
                self.type_ref(ty);
                self.word(")");
                self.expr(operand);
            }
            Expr::Chain { first, links } => {
                self.expr(first);
                for link in self.ast.link_list(links) {
                    self.word(link.op.symbol());
                    self.expr(link.operand);
                }
            }
            Expr::Ternary { cond, yes, no } => {
                self.expr(cond);
                self.word("?");
                self.expr(yes);
                self.word(":");
                self.expr(no);
            }
            Expr::Literal(list) => {
                self.word("{");
                self.exprs(list);
                self.word("}");
            }
            Expr::Paren(inner) => {
                self.word("(");
                self.expr(inner);
                self.word(")");
            }
            Expr::Error => unreachable!("a text without errors"),
        }
    }
}
