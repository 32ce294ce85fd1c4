//! A text for each alternative of the grammar that leads back to its own rule.

/// A text with a part that may stand any number of times.
pub struct Row {
    /// The alternatives that it goes through.
    pub rules: &'static [&'static str],
    pub before: &'static str,
    pub open: &'static str,
    pub middle: &'static str,
    pub close: &'static str,
    pub after: &'static str,
}

const fn deep(rules: &'static [&'static str], [before, open, middle, close, after]: [&'static str; 5]) -> Row {
    Row { rules, before, open, middle, close, after }
}

const fn flat(rules: &'static [&'static str], [before, open, after]: [&'static str; 3]) -> Row {
    Row { rules, before, open, middle: "", close: "", after }
}

/// A condition that holds so many times, in all loops together.
const ONCE: &str = "integer left = 300; function once() { left--; return left > 0; } integer[] list = {1}; integer e;";

/// What nests. As deep as the limit allows, these compile and run.
pub const DEEP: &[Row] = &[
    deep(&[r#"Block: "{" ItemList "}""#], ["", "{ ", "", "} ", ""]),
    deep(&["Open: IfHead Stmt"], ["", "if (true) ", ";", "", ""]),
    deep(&["Open: IfHead Stmt"], ["", "if (true) if (false) ; else ", ";", "", ""]),
    deep(
        &[r#"IfArms: IfHead Closed "else""#, "Closed: IfArms ClosedSingle", "WordStmt: IfArms ClosedSingle"],
        ["", "if (true) ", ";", " else ;", ""],
    ),
    deep(
        &[r#"IfArms: IfArms IfHead Closed "else""#, "Closed: IfArms ClosedSingle"],
        ["", "if (false) ; else if (true) ", ";", " else ;", ""],
    ),
    deep(&["Open: IfArms IfHead Stmt"], ["", "if (false) ; else if (true) ", ";", "", ""]),
    deep(&["Open: IfArms OpenLoop"], [ONCE, "if (false) ; else while (once()) ", "if (true) ;", "", ""]),
    deep(&[r#"OpenLoop: "while" Condition Open"#], [ONCE, "while (once()) ", "if (true) ;", "", ""]),
    deep(&[r#"OpenLoop: "for" "(" ForHead ")" Open"#], [ONCE, "for (; once(); ) ", "if (true) ;", "", ""]),
    deep(&[r#"OpenLoop: "for" "(" ForHead ")" Open"#], [ONCE, "for (integer n in list) ", "if (true) ;", "", ""]),
    deep(&[r#"ClosedWord: "while" Condition Closed"#], [ONCE, "while (once()) ", ";", "", ""]),
    deep(&[r#"ClosedWord: "for" "(" ForHead ")" Closed"#], [ONCE, "for (; once(); ) ", ";", "", ""]),
    deep(&[r#"ClosedWord: "for" "(" ForHead ")" Closed"#], [ONCE, "for (integer n in list) ", ";", "", ""]),
    deep(&[r#"ClosedWord: "for" "(" ForHead ")" Closed"#], [ONCE, "for (e in list) ", ";", "", ""]),
    deep(&[r#"ClosedWord: "for" "(" ForHead ")" Closed"#], ["", "for (integer i = 0; i < 1; i++) ", ";", "", ""]),
    deep(&[r#"ClosedWord: "do" Stmt "while" Condition Semi"#], ["", "do ", ";", " while (false);", ""]),
    deep(
        &[r#"ClosedWord: "switch" Condition "{" SwitchList "}""#, "SwitchParts: SwitchParts Item"],
        ["", "switch (1) { case 1: ", ";", "} ", ""],
    ),
    deep(&[r#"ClosedWord: "try" Block Catches"#], ["", "try { ", ";", "} catch { } ", ""]),
    deep(&[r#"Catch: "catch" Block"#], ["", "try { throw 1; } catch { ", ";", "} ", ""]),
    deep(&[r#"Catch: "catch" Type Name Block"#], ["", "try { throw 1; } catch integer e { print(e); ", ";", "} ", ""]),
    deep(
        &[r#"Catch: "catch" "(" Type Name ")" Block"#],
        ["", "try { throw 1; } catch (integer e) { print(e); ", ";", "} ", ""],
    ),
    deep(&[r#"Compound: Binary "?" Expr ":" Expr"#], ["return ", "true ? ", "1", " : 0", ";"]),
    deep(&[r#"Compound: Binary "?" Expr ":" Expr"#], ["return ", "false ? 0 : ", "1", "", ";"]),
    deep(&[r#"Compound: Binary "?" Expr ":" Expr"#], ["return ", "1 > 2 ? 0 : ", "1", "", ";"]),
    deep(&["Prefixed: UnaryOperator Unary"], ["return ", "!", "true", "", ";"]),
    deep(&["Prefixed: UnaryOperator Unary"], ["return ", "- ", "1", "", ";"]),
    deep(&["Prefixed: UnaryOperator Unary"], ["return ", "+ ", "1", "", ";"]),
    deep(&[r#"Prefixed: CastOpen CastTarget ")" Unary"#], ["return ", "(string) ", "1", "", ";"]),
    deep(&[r#"Prefixed: CastOpen CastTarget ")" Unary"#], ["return ", "(string[]) ", "1", "", ";"]),
    deep(&[r#"ArrayLiteral: LiteralOpen ArgList ","? LiteralClose"#], ["return ", "{", "1", "}", ";"]),
    deep(&[r#"PathStep: "[" Arg "]""#], ["integer[] a = {0}; return ", "a[", "0", "]", ";"]),
    deep(&[r#"Primary: Name "(" Args ")""#], ["function f(integer n) { return n + 1; } return ", "f(", "0", ")", ";"]),
    deep(&[r#"Primary: Name "(" Args ")""#], ["return ", "abs(", "-1", ")", ";"]),
    deep(&[r#"Primary: "(" Arg ")""#], ["return ", "(", "1", ")", ";"]),
    deep(&[r#"Primary: "(" Arg ")""#], ["return ", "(1 + ", "1", ")", ";"]),
    deep(&[r#"Primary: "[" ArgList "]""#], ["return ", "[", "1", "]", ";"]),
];

/// What nests and is refused even if it is not deep: for another reason than its depth.
pub const DEEP_AND_WRONG: &[Row] = &[
    deep(&[r#"WordItem: "function" Type? Name "(" Params ")" Block"#], ["", "function f() { ", "", "} ", ""]),
    deep(&["PrefixStep: Step Unary"], ["integer a; ", "++ ", "a", "", ";"]),
    deep(&["PostfixBase: Postfix Step"], ["integer a; a", " ++", "", "", ";"]),
    deep(&[r#"Catch: "catch" "(" ! ")" Block"#], ["", "try { } catch (=) { ", "", "} ", ""]),
    deep(&["Arg: Expr !"], ["integer[] a; return ", "a[a 1 + ", "0", "]", ";"]),
];

/// What does not nest, however often it stands. These compile and run.
pub const FLAT: &[Row] = &[
    flat(&["Items: Items Item"], ["", ";", ""]),
    flat(&["Items: Items Item"], ["integer a; ", "a++; ", ""]),
    flat(&["SwitchParts: SwitchParts Item"], ["switch (1) { case 1: ", ";", " }"]),
    flat(&[r#"Fields: Fields ";""#], ["struct S { integer x; ", ";", " }"]),
    flat(&[r#"Values: Values "," Expr"#], ["return 1", ", 1", ";"]),
    flat(&["Targets: Targets Postfix AssignSign"], ["integer a; ", "a = ", "1;"]),
    flat(&["Targets: Targets Postfix AssignSign"], ["integer a; ", "a += ", "1;"]),
    flat(&[r#"StepList: StepList "," ExprStmt"#], ["integer a; for (; false; a++", ", a++", ") ;"]),
    flat(
        &[r#"IfArms: IfArms IfHead Closed "else""#, "WordStmt: IfArms ClosedSingle"],
        ["if (false) ; ", "else if (false) ; ", "else ;"],
    ),
    flat(&["Open: IfArms IfHead Stmt"], ["if (false) { } ", "else if (false) { } ", ""]),
    flat(&["Operands: Unary Operator Unary", "Operands: Operands Operator Unary"], ["return 1", " + 1 * 2", ";"]),
    flat(&["Operands: Operands Operator Unary"], ["boolean b = true; return b", " && b", ";"]),
    flat(&["Operands: Operands Operator Unary"], ["string s = \"x\"; return length(s", " + s", ");"]),
    flat(&[r#"ArrayLiteral: LiteralOpen ArgList ","? LiteralClose"#], ["integer[] a = {", "1, ", "};"]),
    flat(&[r#"ArgList: ArgList "," Arg"#, r#"Primary: "[" ArgList "]""#], ["integer[] a = [1", ", 1", "];"]),
    flat(&[r#"Modifiers: Modifiers "const""#], ["const ", "const ", "integer a = 1;"]),
    flat(&[r#"Modifiers: Modifiers "persistent""#], ["persistent ", "persistent ", "integer a = 1;"]),
    flat(&["SwitchParts: SwitchParts CaseLabel"], ["switch (1) { ", "case 1: ", "}"]),
    flat(&["Path: PostfixBase PathStep", "Path: Path PathStep"], ["string x = \"y\"; return x", "[0]", ";"]),
];

/// What does not nest, and is refused for another reason than its number: names twice, types with too many levels.
pub const FLAT_AND_WRONG: &[Row] = &[
    flat(&["Fields: Fields Type FieldName Semi"], ["struct S { ", "integer x; ", "}"]),
    flat(&[r#"ParamList: ParamList "," Param"#], ["function f(integer a", ", integer a", ") { }"]),
    flat(&[r#"Declarators: Declarators "," Declarator"#], ["integer a", ", a", ";"]),
    flat(&["KeywordType: KeywordType Dims"], ["integer", "[]", " a;"]),
    flat(&["NamedType: NamedType Dims"], ["struct S { integer x; } S", "[]", " a;"]),
    flat(&["CastTarget: CastTarget Dims"], ["return (string", "[]", ") 1;"]),
    flat(&["CatchList: CatchList Catch"], ["try { } ", "catch { } ", ""]),
    flat(&["Path: Path PathStep"], ["struct S { integer y; } S x; return x", ".y", ";"]),
];

/// What cannot be read, and is read on behind it.
pub const BROKEN: &[Row] = &[
    flat(&[r#"Items: Items ! ";""#], ["", "= = ; ", ""]),
    flat(&["Items: Items ! WordItem"], ["", "= = if (true) ; ", ""]),
    flat(&["ItemList: Items !"], ["", "{ ; = = } ", ""]),
    flat(&[r#"Fields: Fields ! ";""#], ["struct S { ", "= = ; ", "}"]),
    flat(&["Fields: Fields ! WordItem"], ["struct S { ", "= = if (true) ; ", "}"]),
    flat(&["FieldList: Fields !", r#"WordItem: "struct" Name "{" FieldList "}""#], ["", "struct S { = = } ", ""]),
    flat(&[r#"SwitchParts: SwitchParts ! ";""#], ["switch (1) { ", "= = ; ", "}"]),
    flat(&["SwitchParts: SwitchParts ! WordItem"], ["switch (1) { ", "= = if (true) ; ", "}"]),
    flat(&["SwitchParts: SwitchParts ! CaseLabel"], ["switch (1) { ", "= = case 1: ", "}"]),
    flat(&["SwitchList: SwitchParts !"], ["", "switch (1) { = = } ", ""]),
];
