use super::{FIELDS, Function, Generator, Ty};

const WORDS: [&str; 8] = ["\"\"", "\"a\"", "\"ab|c\"", "\"7\"", "\"é\"", "\"2d\"", "\" x \"", "\"abcabc\""];
const INTS: [&str; 9] = ["0", "1", "2", "3", "7", "-1", "100", "9223372036854775807", "9007199254740993"];
const NUMS: [&str; 8] = ["0.0", "0.5", "1.0", "-2.5", "3.75", "1.0e300", "1000.0", "0.1"];

impl Generator<'_> {
    /// A value of a type without effects: a literal or a variable.
    pub(super) fn simple(&mut self, ty: Ty) -> String {
        if self.random.below(3) > 0
            && let Some(var) = self.pick_var(|var| var.ty == ty && !var.untyped)
        {
            return var.name;
        }
        self.literal(ty)
    }

    /// A literal with its type: fit for every place.
    pub(super) fn literal(&mut self, ty: Ty) -> String {
        match ty {
            Ty::Int => self.random.pick(&INTS).to_string(),
            Ty::Num => self.random.pick(&NUMS).to_string(),
            Ty::Bool => self.random.pick(&["true", "false"]).to_string(),
            Ty::Byte => format!("(byte) {}", self.random.pick(&["0", "7", "127", "200"])),
            Ty::Span => format!("(interval) {}", self.random.pick(&["\"1d\"", "\"2h 30m\"", "\"\"", "\"-3s\""])),
            Ty::Day => format!("(date) {}", self.random.pick(&["\"2024-02-29\"", "\"2023-12-31 23:59:59\"", "\"\""])),
            Ty::Text => self.random.pick(&WORDS).to_string(),
            Ty::Ints => "(integer[]) {4, 8, 15}".into(),
            Ty::Nums => "(number[]) {0.5, 2}".into(),
            Ty::Bools => "(boolean[]) {true, false}".into(),
            Ty::Texts => self.random.pick(&["(string[]) {\"x\", \"y\"}", "(string[]) \"u|v|w\""]).to_string(),
            Ty::Rec => "(Rec) {3, \"r\", {1.5}, true}".into(),
            Ty::Recs => "(Rec[]) {{1, \"p\"}, {2, \"q\", {0.5, 1}, false}}".into(),
        }
    }

    /// The first value of a variable: literals in braces take their type from it.
    pub(super) fn value(&mut self, ty: Ty, depth: usize) -> String {
        if self.random.one_in(3) {
            match ty {
                Ty::Rec => {
                    let a = self.typed(Ty::Int, 1);
                    return format!("{{{a}, \"z\", {{1, 2.5}}}}");
                }
                _ => {
                    if let Some(element) = ty.element().filter(|element| *element != Ty::Rec) {
                        let elements: Vec<String> =
                            (0..=self.random.below(3)).map(|_| self.typed(element, depth.min(1))).collect();
                        return format!("{{{}}}", elements.join(", "));
                    }
                }
            }
        }
        // What converts on the way in (L-41, L-44).
        let other = match ty {
            Ty::Int => *self.random.pick(&[Ty::Num, Ty::Byte, Ty::Span]),
            Ty::Num => *self.random.pick(&[Ty::Int, Ty::Byte, Ty::Span]),
            Ty::Bool | Ty::Byte => *self.random.pick(&[Ty::Int, Ty::Num]),
            Ty::Text | Ty::Texts => *self.random.pick(&super::ALL),
            Ty::Ints => *self.random.pick(&[Ty::Nums, Ty::Num, Ty::Int]),
            Ty::Nums => *self.random.pick(&[Ty::Ints, Ty::Int, Ty::Byte]),
            Ty::Bools => *self.random.pick(&[Ty::Ints, Ty::Bool]),
            ty => ty,
        };
        let ty = if self.random.one_in(4) { other } else { ty };
        self.typed(ty, depth)
    }

    /// An index: not negative, and small.
    pub(super) fn index(&mut self, depth: usize) -> String {
        if depth > 0 && self.calls > 0 && self.random.one_in(2) {
            self.calls -= 1;
            return format!("at({})", self.typed(Ty::Int, depth - 1));
        }
        self.random.pick(&["0", "1", "2"]).to_string()
    }

    /// An expression of a type.
    pub(super) fn typed(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 || self.random.one_in(5) {
            return self.simple(ty);
        }
        let depth = depth - 1;
        if self.random.one_in(9) {
            let cond = self.typed(Ty::Bool, depth);
            let (yes, no) = (self.typed(ty, depth), self.typed(ty, depth));
            return format!("({cond} ? {yes} : {no})");
        }
        if self.calls > 0 && self.random.one_in(4) {
            let functions: Vec<Function> =
                self.functions.iter().filter(|function| function.result == ty).cloned().collect();
            if !functions.is_empty() {
                let function = self.random.pick(&functions).clone();
                return self.call(&function, depth);
            }
        }
        if self.random.one_in(5)
            && let Some(arrays) = ty.arrays_of()
            && let Some(var) = self.pick_var(|var| var.ty == arrays && !var.untyped)
        {
            let index = if self.random.one_in(4) { "\"k\"".into() } else { self.index(depth) };
            return format!("{}[{index}]", var.name);
        }
        if self.random.one_in(5)
            && let Some((field, _)) = FIELDS.iter().find(|(_, field)| *field == ty)
            && let Some(var) = self.pick_var(|var| matches!(var.ty, Ty::Rec | Ty::Recs) && !var.untyped)
        {
            return match var.ty {
                Ty::Rec => format!("{}.{field}", var.name),
                _ => format!("{}[{}].{field}", var.name, self.index(depth)),
            };
        }
        self.compound(ty, depth)
    }

    fn compound(&mut self, ty: Ty, depth: usize) -> String {
        match ty {
            Ty::Int | Ty::Num => self.number(ty, depth),
            Ty::Bool => self.truth(depth),
            Ty::Byte => {
                let (a, b) = (self.typed(Ty::Byte, depth), self.typed(Ty::Byte, depth));
                let op = *self.random.pick(&["+", "-", "*"]);
                format!("({a} {op} {b})")
            }
            Ty::Span => {
                let a = self.typed(Ty::Span, depth);
                match self.random.below(5) {
                    0 => format!("({a} * {})", self.random.pick(&["2", "0.5", "-1"])),
                    1 => format!("({a} / 4)"),
                    // The text is an interval only before what is statically one (L-54).
                    2 => format!("(\"1d\" - {})", self.simple(Ty::Span)),
                    _ => {
                        let op = *self.random.pick(&["+", "-"]);
                        format!("({a} {op} {})", self.typed(Ty::Span, depth))
                    }
                }
            }
            Ty::Day => {
                let day = self.typed(Ty::Day, depth);
                let op = *self.random.pick(&["+", "-"]);
                format!("({day} {op} (interval) \"1d\")")
            }
            Ty::Text => self.string(depth),
            Ty::Rec => self.simple(ty),
            _ => {
                let element = ty.element().unwrap();
                let array = self.typed(ty, depth);
                let op = *self.random.pick(&["+", "+", "-"]);
                match self.random.below(3) {
                    0 => format!("({array} {op} {})", self.typed(ty, depth)),
                    1 if matches!(ty, Ty::Nums) => format!("({array} * {})", self.random.pick(&["2", "0.5"])),
                    _ => format!("({array} {op} {})", self.typed(element, depth)),
                }
            }
        }
    }

    fn number(&mut self, ty: Ty, depth: usize) -> String {
        let other = if self.random.one_in(3) { Ty::Num } else { ty };
        match self.random.below(14) {
            0..=5 => {
                let (a, b) = (self.typed(ty, depth), self.typed(other, depth));
                let op = *self.random.pick(&["+", "-", "*", "+", "-"]);
                format!("({a} {op} {b})")
            }
            6 => {
                let a = self.typed(ty, depth);
                let op = *self.random.pick(&["/", "%"]);
                format!("({a} {op} {})", self.random.pick(&["2", "3", "-7", "0.5"]))
            }
            // A null that a function gives is no number to `!` (L-59).
            7 if self.random.one_in(3) => format!("!({})", self.simple(ty)),
            7 => format!("{}({})", self.random.pick(&["-", "+"]), self.typed(ty, depth)),
            8 if self.calls > 0 => {
                self.calls -= 1;
                format!("tick({})", self.typed(Ty::Int, depth))
            }
            9 => format!("({}) {}", ty.name(), self.simple(if ty == Ty::Int { Ty::Num } else { Ty::Int })),
            10 => {
                let arrays = *self.random.pick(&[Ty::Ints, Ty::Texts, Ty::Recs]);
                format!("size({})", self.simple(arrays))
            }
            11 | 12 => self.count(ty).unwrap_or_else(|| self.simple(ty)),
            // A long chain.
            _ => {
                let mut text = self.simple(ty);
                for _ in 0..3 + self.random.below(14) {
                    text += *self.random.pick(&[" + ", " - "]);
                    let operand = if self.random.one_in(4) { other } else { ty };
                    text += &self.simple(operand);
                }
                format!("({text})")
            }
        }
    }

    /// `x++` and its kin, on a variable, an element or a field.
    fn count(&mut self, ty: Ty) -> Option<String> {
        let var = self.pick_var(|var| {
            !var.fixed
                && !var.untyped
                && (var.ty == ty || var.ty.element() == Some(ty) || (var.ty == Ty::Rec && ty == Ty::Int))
        })?;
        let target = match var.ty {
            Ty::Rec => format!("{}.a", var.name),
            _ if var.ty == ty => var.name,
            _ => format!("{}[{}]", var.name, self.index(1)),
        };
        Some(match self.random.below(4) {
            0 => format!("(++{target})"),
            1 => format!("(--{target})"),
            2 => format!("({target}++)"),
            _ => format!("({target}--)"),
        })
    }

    fn truth(&mut self, depth: usize) -> String {
        match self.random.below(9) {
            0..=2 => {
                let ty = *self.random.pick(&[Ty::Int, Ty::Num, Ty::Text, Ty::Span, Ty::Byte, Ty::Day]);
                let other = if ty == Ty::Int && self.random.one_in(3) { Ty::Num } else { ty };
                let op = *self.random.pick(&["<", ">", "<=", ">=", "==", "!="]);
                format!("({} {op} {})", self.typed(ty, depth), self.typed(other, depth))
            }
            3 => {
                let ty = *self.random.pick(&super::ALL);
                let op = *self.random.pick(&["==", "!="]);
                format!("({} {op} {})", self.simple(ty), self.simple(ty))
            }
            4 | 5 => {
                let op = *self.random.pick(&["&&", "||", "and", "or"]);
                let (a, b) = (self.typed(Ty::Bool, depth), self.typed(Ty::Bool, depth));
                format!("({a} {op} {b})")
            }
            6 => format!("!({})", self.typed(Ty::Bool, depth)),
            7 => {
                let ty = *self.random.pick(&super::ALL);
                format!("isNull({})", self.simple(ty))
            }
            _ => {
                let op = *self.random.pick(&["== null", "!= \"\"", "!= null"]);
                format!("({} {op})", self.simple(Ty::Text))
            }
        }
    }

    fn string(&mut self, depth: usize) -> String {
        match self.random.below(7) {
            0..=2 => {
                let mut text = self.typed(Ty::Text, depth);
                for _ in 0..=self.random.below(3) {
                    let ty = *self.random.pick(&super::ALL);
                    text += " + ";
                    text += &self.typed(ty, depth.min(1));
                }
                format!("({text})")
            }
            3 => format!("({} - {})", self.simple(Ty::Text), self.simple(Ty::Text)),
            4 => {
                let ty = *self.random.pick(&super::ALL);
                format!("(string) ({})", self.typed(ty, depth))
            }
            5 => match self.pick_var(|var| var.untyped) {
                Some(var) => format!("(\"\" + {})", var.name),
                None => self.simple(Ty::Text),
            },
            _ => match self.pick_var(|var| var.ty == Ty::Text && !var.untyped) {
                // What a function gives could be a word, and then a part of a date (L-64).
                Some(var) => format!("{}[{}]", var.name, self.index(0)),
                None => self.simple(Ty::Text),
            },
        }
    }

    pub(super) fn call(&mut self, function: &Function, depth: usize) -> String {
        self.calls = self.calls.saturating_sub(1);
        let needed = function.params.len() - function.defaults;
        let given = needed + self.random.below(function.defaults + 1);
        let mut arguments = Vec::new();
        for (index, &(ty, untyped)) in function.params.iter().take(given).enumerate() {
            arguments.push(match (index, function.recursive) {
                (0, true) => self.random.pick(&["0", "1", "2", "3"]).to_string(),
                _ if untyped => self.typed(ty, depth.min(1)),
                _ => self.value(ty, depth.min(1)),
            });
        }
        format!("{}({})", function.name, arguments.join(", "))
    }
}
