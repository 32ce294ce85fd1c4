//! The kinds of nodes.

use super::{DeclId, ExprId, FnId, List, StepId, StmtId, StructDeclId, Sym, TextId};
use crate::{
    source::Span,
    types::{BinaryOp, Type, UnaryOp},
};

/// An expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Expr {
    /// `12`
    Int(i64),
    /// `1.5`, or an integer literal beyond 64 bits (L-8).
    Num(f64),
    /// `"text"`
    Text(TextId),
    /// `true`, `false`
    Bool(bool),
    /// `null`, `nil`
    Null,
    /// `name`, or `#{name}` without a substitution inside.
    Name(Sym),
    /// `%name%` (L-17).
    Subst(Sym),
    /// `#{%k%.Some name}`: a field of the issue whose key is in `key` (L-18).
    SubstField {
        /// The variable between the percent signs.
        key: Sym,
        /// The field name behind the dot, trimmed.
        field: Sym,
    },
    /// `OPS-17`, or `#{OPS-17}` before a dot (L-18, L-19).
    Key(TextId),
    /// `name(args)`
    Call {
        /// The name before the parenthesis.
        name: Sym,
        /// Where the name stands.
        name_span: Span,
        /// The arguments.
        args: List<ExprId>,
    },
    /// A base followed by at least one `.member` or `[index]`. The base is never a path itself.
    Path {
        /// What the first step is taken from.
        base: ExprId,
        /// The steps, in order.
        steps: List<StepId>,
    },
    /// `x++`, `--x` (L-57).
    Step {
        /// The variable, element or field.
        target: ExprId,
        /// `--` instead of `++`.
        down: bool,
        /// Written before the operand: yields the new value.
        prefix: bool,
    },
    /// `-x`, `+x`, `!x`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: ExprId,
    },
    /// `(type) x` (L-48).
    Cast {
        /// The type.
        ty: TypeRef,
        /// What is converted.
        operand: ExprId,
    },
    /// `first op x op y ...` with operators of one precedence level, at least one.
    Chain {
        /// The leftmost operand.
        first: ExprId,
        /// Operators and the operands right of them.
        links: List<Link>,
    },
    /// `cond ? yes : no`
    Ternary {
        /// The condition.
        cond: ExprId,
        /// Its value when true.
        yes: ExprId,
        /// Its value when false.
        no: ExprId,
    },
    /// `{a, b}` or `[a, b]` (L-13, L-14).
    Literal(List<ExprId>),
    /// `(x)`: kept, since a target in parentheses is no target and tools print them.
    Paren(ExprId),
    /// What could not be read; a diagnostic was given.
    Error,
}

/// An operator and its right operand.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Link {
    /// The operator.
    pub op: BinaryOp,
    /// Where the operator stands.
    pub op_span: Span,
    /// The operand right of it.
    pub operand: ExprId,
}

/// One step of a path.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum StepKind {
    /// `.name` or `.#{name}`
    Member(Sym),
    /// `.%name%` (L-123)
    Subst(Sym),
    /// `[expr]`
    Index(ExprId),
}

/// A type as written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TypeRef {
    /// The word.
    pub name: TypeName,
    /// How many `[]` follow.
    pub dims: u8,
    /// Where it stands.
    pub span: Span,
}

/// The word of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeName {
    /// A type keyword: one of the scalar types.
    Keyword(Type),
    /// The name of a structure.
    Named(Sym),
    /// Not written: a parameter without type (L-90), an each-variable that exists already.
    None,
}

/// What introduces a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeclKind {
    /// A declaration statement, a counting loop's header included.
    Var,
    /// A parameter of a function.
    Param,
    /// The variable of `for (T v in e)`.
    Each,
    /// The variable of a typed catch clause.
    Catch,
}

/// A declared variable.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Decl {
    /// Its name.
    pub name: Sym,
    /// Where the name stands.
    pub name_span: Span,
    /// Its type.
    pub ty: TypeRef,
    /// Initial or default value.
    pub init: Option<ExprId>,
    /// What introduces it.
    pub kind: DeclKind,
    /// Declared `const`.
    pub is_const: bool,
    /// Declared `persistent`.
    pub is_persistent: bool,
    /// Targets between the name and the value, from left to right: `b` and `c` of `int a = b = c = 1;`.
    /// They are assigned before the variable, from right to left, as in [`Stmt::Assign`].
    pub chain: List<Target>,
}

/// How a value is assigned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignOp {
    /// `=`
    Set,
    /// `op=` with one of `+ - * / %`
    Compound(BinaryOp),
}

/// One `target op` of an assignment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Target {
    /// What is assigned to.
    pub expr: ExprId,
    /// How.
    pub op: AssignOp,
    /// Where the operator stands.
    pub op_span: Span,
}

/// `if (cond) body` of an `if` chain.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Arm {
    /// The condition.
    pub cond: ExprId,
    /// What runs when it is true.
    pub body: StmtId,
}

/// One label of a `switch` with the statements up to the next one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Case {
    /// The label; `None` is `default`.
    pub label: Option<ExprId>,
    /// Where `case` or `default` stands.
    pub span: Span,
    /// The statements behind it.
    pub body: List<StmtId>,
}

/// A catch clause.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Catch {
    /// Type and variable; `None` catches everything.
    pub decl: Option<DeclId>,
    /// Where `catch` stands.
    pub span: Span,
    /// What runs (a block).
    pub body: StmtId,
}

/// The variable of an each loop.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum EachVar {
    /// `for (T v in e)`
    New(DeclId),
    /// `for (v in e)` with a name.
    Existing(ExprId),
}

/// A statement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stmt {
    /// `Type a = 1, b;` in order; all have the same `TypeRef`.
    Var(List<DeclId>),
    /// `a = b += expr;`: targets from left to right, at least one.
    Assign {
        /// The targets.
        targets: List<Target>,
        /// The rightmost value.
        value: ExprId,
    },
    /// `expr;`
    Expr(ExprId),
    /// `{ ... }`
    Block(List<StmtId>),
    /// `if ... else if ... else ...`, at least one arm.
    If {
        /// Conditions and bodies.
        arms: List<Arm>,
        /// The last `else`.
        other: Option<StmtId>,
    },
    /// `while (cond) body`
    While {
        /// The condition.
        cond: ExprId,
        /// The body.
        body: StmtId,
    },
    /// `do body while (cond);`
    DoWhile {
        /// The body.
        body: StmtId,
        /// The condition.
        cond: ExprId,
    },
    /// `for (init; cond; step) body`
    For {
        /// A declaration, assignment or expression.
        init: Option<StmtId>,
        /// The condition; none means true.
        cond: Option<ExprId>,
        /// Assignments or expressions.
        step: List<StmtId>,
        /// The body.
        body: StmtId,
    },
    /// `for (v in subject) body`
    Each {
        /// The variable.
        var: EachVar,
        /// What is iterated.
        subject: ExprId,
        /// The body.
        body: StmtId,
    },
    /// `switch (subject) { ... }`
    Switch {
        /// The value compared.
        subject: ExprId,
        /// The labels with their statements.
        cases: List<Case>,
    },
    /// `break;`
    Break,
    /// `continue;`
    Continue,
    /// `return a, b;`
    Return(List<ExprId>),
    /// `throw e;`
    Throw(ExprId),
    /// `try { } catch { }`
    Try {
        /// The guarded block.
        body: StmtId,
        /// The clauses in order.
        catches: List<Catch>,
    },
    /// `;`
    Empty,
    /// What could not be read; a diagnostic was given.
    Error,
}

/// A field of a `struct` as written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FieldDecl {
    /// Its type.
    pub ty: TypeRef,
    /// Its name.
    pub name: Sym,
    /// Where the name stands.
    pub name_span: Span,
}

/// `struct Name { ... }`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StructDecl {
    /// Its name.
    pub name: Sym,
    /// Where the name stands.
    pub name_span: Span,
    /// Its fields.
    pub fields: List<FieldDecl>,
}

/// `function name(params) { ... }`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FnDecl {
    /// Its name.
    pub name: Sym,
    /// Where the name stands.
    pub name_span: Span,
    /// Its parameters.
    pub params: List<DeclId>,
    /// Its body (a block).
    pub body: StmtId,
}

/// A top-level item.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Item {
    /// `include "path";`
    Include {
        /// The path as written.
        path: TextId,
        /// Where the whole item stands.
        span: Span,
    },
    /// `use "package";`
    Use {
        /// The package as written.
        package: TextId,
        /// Where the whole item stands.
        span: Span,
    },
    /// A structure.
    Struct(StructDeclId),
    /// A function.
    Function(FnId),
    /// A statement of the main program.
    Stmt(StmtId),
}
