use super::{FIELDS, Generator, Ty, Var};

impl Generator<'_> {
    pub(super) fn statement(&mut self) {
        self.room = self.room.saturating_sub(1);
        self.calls = if self.loops > 1 { 1 } else { 2 };
        let deep = self.scopes.len() > 5;
        if self.host && self.random.one_in(4) {
            return self.host_call();
        }
        match self.random.below(26) {
            0..=4 => self.declaration(),
            5..=11 => self.assignment(),
            12 => {
                let ty = *self.random.pick(&super::ALL);
                let value = self.typed(ty, 2);
                self.line(&format!("print({value});"));
            }
            13 => {
                if let Some(function) = self.functions.last().cloned() {
                    let call = self.call(&function, 1);
                    self.line(&format!("{call};"));
                }
            }
            14 | 15 if !deep => self.branch(),
            16..=18 if !deep && self.loops < 3 => self.repeat(),
            19 if !deep && self.loops < 3 => self.each(),
            20 if !deep => self.switch(),
            21 | 22 if !deep => self.guarded(),
            23 if !deep => {
                self.open("{");
                self.body();
                self.close("}");
            }
            24 => self.leave(),
            _ => self.declaration(),
        }
    }

    /// A few statements in a scope of their own.
    fn body(&mut self) {
        self.scopes.push(Vec::new());
        for _ in 0..1 + self.random.below(3) {
            self.statement();
        }
        self.scopes.pop();
    }

    pub(super) fn declaration(&mut self) {
        let ty = *self.random.pick(&super::ALL);
        if self.random.one_in(4) {
            let name = self.declared_name();
            self.line(&format!("{} {name};", ty.name()));
            self.push(name, ty);
            return;
        }
        let value = self.value(ty, 3);
        self.declare(ty, &value);
    }

    pub(super) fn declare(&mut self, ty: Ty, value: &str) {
        let name = self.declared_name();
        self.line(&format!("{} {name} = {value};", ty.name()));
        self.push(name, ty);
    }

    fn push(&mut self, name: String, ty: Ty) {
        self.scopes.last_mut().unwrap().push(Var { name, ty, untyped: false, fixed: false });
    }

    /// A new name, or one that hides another.
    fn declared_name(&mut self) -> String {
        if self.scopes.len() > 1 && self.random.one_in(4) {
            let here: Vec<String> = self.scopes.last().unwrap().iter().map(|var| var.name.clone()).collect();
            if let Some(var) = self.pick_var(|var| !var.fixed && !here.contains(&var.name)) {
                return var.name;
            }
        }
        self.name("v")
    }

    fn assignment(&mut self) {
        let Some(var) = self.pick_var(|var| !var.fixed) else { return };
        let Var { name, ty, untyped, .. } = var;
        if untyped {
            let value = self.typed(ty, 2);
            return self.line(&format!("{name} = {value};"));
        }
        match self.random.below(9) {
            0 if ty == Ty::Text => {
                let value = self.typed(Ty::Text, 2);
                self.line(&format!("{name} = {name} + {value};"));
            }
            1 if ty == Ty::Text => {
                let other = *self.random.pick(&super::ALL);
                let value = self.typed(other, 2);
                self.line(&format!("{name} += {value};"));
            }
            0 | 1 => {
                if let Some(count) = self.counting(&name, ty) {
                    self.line(&count);
                }
            }
            2 | 3 => self.compound_assignment(&name, ty),
            4 | 5 if ty.element().is_some() => self.element_assignment(&name, ty),
            4 | 5 if ty == Ty::Rec => {
                let (field, ty) = *self.random.pick(&FIELDS);
                let value = self.value(ty, 2);
                self.line(&format!("{name}.{field} = {value};"));
            }
            6 if self.random.one_in(2) => {
                let unset = self.random.one_in(3);
                let value = if unset { "null".into() } else { self.simple(ty) };
                self.line(&format!("{name} = {value};"));
            }
            6 => {
                let others = self.vars(|other| !other.fixed && !other.untyped && other.ty == ty && other.name != name);
                let Some(other) = others.first().cloned() else { return };
                let value = self.value(ty, 2);
                match ty.arrays_of().and_then(|arrays| self.pick_var(|var| var.ty == arrays && !var.untyped)) {
                    Some(array) => {
                        let index = self.index(2);
                        self.line(&format!("{name} = {}[{index}] = {value};", array.name));
                    }
                    None => self.line(&format!("{name} = {} = {value};", other.name)),
                }
            }
            _ => {
                let value = self.value(ty, 3);
                self.line(&format!("{name} = {value};"));
            }
        }
    }

    fn counting(&mut self, name: &str, ty: Ty) -> Option<String> {
        let step = *self.random.pick(&["++", "--"]);
        matches!(ty, Ty::Int | Ty::Num | Ty::Byte).then(|| format!("{name}{step};"))
    }

    fn compound_assignment(&mut self, name: &str, ty: Ty) {
        let (ops, right): (&[&str], Ty) = match ty {
            Ty::Int | Ty::Num => {
                let right = *self.random.pick(&[Ty::Int, Ty::Num]);
                (&["+=", "-=", "*="], right)
            }
            Ty::Byte => (&["+=", "-=", "*="], Ty::Byte),
            Ty::Span => (&["+=", "-="], Ty::Span),
            Ty::Text => (&["+=", "-="], Ty::Text),
            Ty::Day => (&["+="], Ty::Span),
            Ty::Bool | Ty::Rec => return,
            _ => {
                let right = if self.random.one_in(2) { ty } else { ty.element().unwrap() };
                (&["+=", "-="], right)
            }
        };
        let op = *self.random.pick(ops);
        let value = self.typed(right, 2);
        self.line(&format!("{name} {op} {value};"));
    }

    fn element_assignment(&mut self, name: &str, ty: Ty) {
        let element = ty.element().unwrap();
        let index = if self.random.one_in(5) { "\"k\"".into() } else { self.index(2) };
        if element == Ty::Rec && self.random.one_in(2) {
            if self.random.one_in(2) {
                let inner = self.index(1);
                let value = self.typed(Ty::Num, 1);
                return self.line(&format!("{name}[{index}].c[{inner}] = {value};"));
            }
            let value = self.typed(Ty::Text, 2);
            return self.line(&format!("{name}[{index}].b += {value};"));
        }
        let value = self.value(element, 2);
        let op = match element {
            Ty::Int | Ty::Num | Ty::Text if self.random.one_in(3) => "+=",
            _ => "=",
        };
        self.line(&format!("{name}[{index}] {op} {value};"));
    }

    fn branch(&mut self) {
        let cond = self.typed(Ty::Bool, 2);
        self.open(&format!("if ({cond}) {{"));
        self.body();
        if self.random.one_in(3) {
            self.calls = 1;
            let cond = self.typed(Ty::Bool, 1);
            self.close(&format!("}} else if ({cond}) {{"));
            self.indent += 1;
            self.body();
        }
        if self.random.one_in(2) {
            self.close("} else {");
            self.indent += 1;
            self.body();
        }
        self.close("}");
    }

    fn repeat(&mut self) {
        let counter = self.name("i");
        let turns = 1 + self.random.below(3);
        self.scopes.push(Vec::new());
        let fixed = Var { name: counter.clone(), ty: Ty::Int, untyped: false, fixed: true };
        match self.random.below(3) {
            0 => {
                self.open(&format!("for (integer {counter} = 0; {counter} < {turns}; {counter}++) {{"));
                self.scopes.last_mut().unwrap().push(fixed);
                self.in_loop();
                self.close("}");
            }
            1 => {
                let cond = self.typed(Ty::Bool, 1);
                self.line(&format!("integer {counter} = 0;"));
                self.declared_outside(fixed);
                self.open(&format!("while ({counter} < {turns} && {cond}) {{"));
                self.line(&format!("{counter} = {counter} + 1;"));
                self.in_loop();
                self.close("}");
            }
            _ => {
                let cond = self.typed(Ty::Bool, 1);
                self.line(&format!("integer {counter} = 0;"));
                self.declared_outside(fixed);
                self.open("do {");
                self.line(&format!("{counter}++;"));
                self.in_loop();
                self.close(&format!("}} while ({counter} < {turns} and {cond});"));
            }
        }
        self.scopes.pop();
    }

    /// A counter before a loop belongs to the scope around it.
    fn declared_outside(&mut self, var: Var) {
        let outside = self.scopes.len() - 2;
        self.scopes[outside].push(var);
    }

    fn in_loop(&mut self) {
        self.loops += 1;
        self.body();
        self.loops -= 1;
    }

    fn each(&mut self) {
        let arrays = *self.random.pick(&[Ty::Ints, Ty::Nums, Ty::Bools, Ty::Texts, Ty::Recs]);
        let element = arrays.element().unwrap();
        let subject = self.typed(arrays, 1);
        let existing = self.pick_var(|var| var.ty == element && !var.untyped && !var.fixed);
        self.scopes.push(Vec::new());
        match existing.filter(|_| self.random.one_in(3)) {
            Some(var) => self.open(&format!("for ({} in {subject}) {{", var.name)),
            None => {
                let name = self.name("e");
                let ty = if element == Ty::Int && self.random.one_in(4) { Ty::Num } else { element };
                self.open(&format!("for ({} {name} in {subject}) {{", ty.name()));
                self.push(name, ty);
            }
        }
        self.in_loop();
        self.close("}");
        self.scopes.pop();
    }

    fn switch(&mut self) {
        let ty = *self.random.pick(&[Ty::Int, Ty::Text, Ty::Num]);
        let subject = self.typed(ty, 2);
        self.open(&format!("switch ({subject}) {{"));
        self.scopes.push(Vec::new());
        let default = self.random.below(4);
        for index in 0..1 + self.random.below(3) {
            if index == default {
                self.line("default:");
            } else {
                self.calls = 1;
                let label = self.typed(ty, 1);
                self.line(&format!("case {label}:"));
            }
            self.indent += 1;
            // Declarations here would be seen by all labels, also by those before them.
            self.open("{");
            self.body();
            self.close("}");
            if self.random.one_in(3) {
                let name = self.name("s");
                let value = self.typed(ty, 1);
                self.line(&format!("{} {name} = {value};", ty.name()));
                self.push(name, ty);
            }
            if self.random.one_in(2) {
                self.line("break;");
            }
            self.indent -= 1;
        }
        self.scopes.pop();
        self.close("}");
    }

    fn guarded(&mut self) {
        self.open("try {");
        self.scopes.push(Vec::new());
        self.statement();
        match self.random.below(4) {
            0 => {
                let thrown = *self.random.pick(&[Ty::Int, Ty::Text, Ty::Byte, Ty::Num]);
                let value = self.typed(thrown, 1);
                let cond = self.typed(Ty::Bool, 1);
                self.line(&format!("if ({cond}) {{ throw {value}; }}"));
            }
            1 => {
                let (a, b) = (self.typed(Ty::Int, 1), self.simple(Ty::Int));
                let name = self.name("v");
                self.line(&format!("integer {name} = {a} / {b};\nprint({name});"));
            }
            2 => {
                let a = self.simple(Ty::Int);
                let name = self.name("v");
                self.line(&format!("string {name} = (\"abc\")[{a}];\nprint({name});"));
            }
            _ => {}
        }
        self.scopes.pop();
        let mut catch_all = self.random.one_in(2);
        if self.random.one_in(2) {
            let ty = *self.random.pick(&[Ty::Int, Ty::Text, Ty::Num]);
            let name = self.name("x");
            self.close(&format!("}} catch {} {name} {{", ty.name()));
            self.indent += 1;
            self.scopes.push(vec![Var { name: name.clone(), ty, untyped: false, fixed: false }]);
            self.line(&format!("print(\"caught \" + {name});"));
            self.body();
            self.scopes.pop();
        } else {
            catch_all = true;
        }
        if catch_all {
            self.close("} catch {");
            self.indent += 1;
            self.line("print(\"caught something\");");
            self.body();
        }
        self.close("}");
    }

    /// `break`, `continue`, `return` or `throw`, behind a condition.
    fn leave(&mut self) {
        let cond = self.typed(Ty::Bool, 1);
        match self.result {
            _ if self.loops > 0 && self.random.one_in(2) => {
                let word = *self.random.pick(&["break", "continue"]);
                self.line(&format!("if ({cond}) {{ {word}; }}"));
            }
            Some(result) => {
                let value = self.typed(result, 1);
                self.line(&format!("if ({cond}) {{ return {value}; }}"));
            }
            None => {}
        }
    }
}
