use super::{Generator, Ty, Var};

impl Generator<'_> {
    /// A statement that needs the host: the answer, a file, a field of the issue. Or one that keeps a value.
    pub(super) fn host_call(&mut self) {
        if self.result.is_none() && self.scopes.len() == 1 && self.random.one_in(3) {
            return self.kept();
        }
        let value = self.typed(Ty::Text, 2);
        let call = match self.random.below(6) {
            0 | 1 => format!("appendToWebhookResponse({value});"),
            2 => format!("printInFile(\"out.txt\", {value});"),
            3 => format!("summary = {value};"),
            4 => format!("description += {value};"),
            _ => "print(summary);".to_owned(),
        };
        match self.random.below(5) {
            0 => self.line(&format!("try {{ {call} }} catch {{ print(\"the host failed\"); }}")),
            // Takes nothing that the host says (L-81).
            1 => self.line(&format!("try {{ {call} }} catch string s {{ print(\"never\"); }}")),
            _ => self.line(&call),
        }
    }

    /// A persistent variable: stored ones have the odd names.
    fn kept(&mut self) {
        let ty = *self.random.pick(&[Ty::Int, Ty::Num, Ty::Text]);
        let name = self.name("kept");
        let value = self.value(ty, 1);
        self.line(&format!("persistent {} {name} = {value};", ty.name()));
        self.scopes[0].push(Var { name, ty, untyped: false, fixed: false });
    }
}
