//! Members and indices (L-64, L-103 to L-105, L-110, L-122).

use super::{
    Checker, did_you_mean,
    facts::StepFacts,
    literals::strip,
    names::Use,
    suggest::near,
    temporal::{Parted, part_names, part_type},
};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    source::Span,
    syntax::ast::{Expr, ExprId, List, StepId, StepKind, Sym},
    types::{Base, Origin, StructId, Type},
};

/// An index that is known before run time.
enum Constant<'t> {
    Position(usize),
    Word(&'t str),
}

/// How many fields of a structure a hint lists.
const SHOWN_FIELDS: usize = 8;

impl<'a> Checker<'a> {
    /// Types the steps of a path from the type of its base.
    pub(super) fn path(&mut self, base: Type, steps: List<StepId>) -> Type {
        let mut ty = base;
        for id in self.ast.step_ids(steps) {
            let span = self.ast.step_span(id);
            let facts = match self.ast.step(id) {
                StepKind::Member(name) => self.member(ty, name, span),
                StepKind::Subst(name) => {
                    let holder = self.name(name, span, Use::Read);
                    self.expect_members(ty, span);
                    StepFacts { ty: Type::DYNAMIC, field: None, name: Some(holder) }
                }
                StepKind::Index(index) => self.index(ty, index),
            };
            ty = facts.ty;
            if let Some(slot) = self.facts.steps.get_mut(id.index()) {
                *slot = facts;
            }
        }
        ty
    }

    /// The structure whose fields `.name` can mean: that of the value, or of the first element (L-105).
    pub(super) fn struct_behind(ty: Type) -> Option<StructId> {
        match ty {
            Type { base: Base::Struct(id), dims: 0 | 1 } => Some(id),
            _ => None,
        }
    }

    fn member(&mut self, ty: Type, name: Sym, span: Span) -> StepFacts {
        let unknown = StepFacts { ty: Type::DYNAMIC, field: None, name: None };
        if let Some(id) = Self::struct_behind(ty) {
            let field = self.find_member(id, name);
            if field.is_none() {
                self.report_unknown_member(id, self.ast.name(name), span);
            }
            return self.field_facts(id, field);
        }
        if ty == Type::STRING {
            // A text is the key of an issue (L-122).
            self.field_name(name, span);
        }
        self.expect_members(ty, span);
        unknown
    }

    /// Only structures, and texts as keys of issues, have members.
    fn expect_members(&mut self, ty: Type, span: Span) {
        let scalar = ty.dims == 0 && !matches!(ty.base, Base::Dynamic | Base::String | Base::Struct(_));
        if scalar {
            let message = format!("a value of type `{}` has no members", self.show(ty));
            self.report(
                Diagnostic::new(codes::NO_MEMBERS, span, message)
                    .hint("members are taken from structures, and from texts that are issue keys"),
            );
        }
    }

    fn find_member(&self, id: StructId, name: Sym) -> Option<u32> {
        self.desk.members.get(&(id, name)).copied().or_else(|| self.find_field(id, self.ast.name(name)))
    }

    /// A field of a structure that is not the script's own; those have few fields.
    fn find_field(&self, id: StructId, name: &str) -> Option<u32> {
        match self.ast.find_name(name).and_then(|sym| self.desk.members.get(&(id, sym)).copied()) {
            Some(field) => Some(field),
            None => {
                let def = self.facts.structs.get(id)?;
                if def.origin() == Origin::Script {
                    return None;
                }
                def.field(name).and_then(|field| u32::try_from(field).ok())
            }
        }
    }

    fn field_facts(&self, id: StructId, field: Option<u32>) -> StepFacts {
        let def = field.and_then(|field| self.facts.structs.fields(id).get(field as usize));
        StepFacts { ty: def.map_or(Type::DYNAMIC, |def| def.ty), field, name: None }
    }

    fn report_unknown_member(&mut self, id: StructId, name: &str, span: Span) {
        let message = format!("structure `{}` has no field `{name}`", self.show(Type::structure(id)));
        let diagnostic = Diagnostic::new(codes::UNKNOWN_MEMBER, span, message);
        let may_suggest = self.may_suggest();
        let structs = std::sync::Arc::clone(&self.facts.structs);
        let close = if may_suggest { near(name, structs.fields(id).iter().map(|field| &*field.name)) } else { None };
        let diagnostic = did_you_mean(diagnostic, name, close);
        if diagnostic.hint.is_some() || !may_suggest {
            return self.report(diagnostic);
        }
        let known: Vec<String> =
            structs.fields(id).iter().take(SHOWN_FIELDS).map(|field| format!("`{}`", field.name)).collect();
        let rest = if structs.fields(id).len() > SHOWN_FIELDS { ", ..." } else { "" };
        self.report(diagnostic.hint(format!("its fields are {}{rest}", known.join(", "))));
    }

    fn constant(&self, index: ExprId) -> Option<Constant<'a>> {
        match self.ast.expr(strip(self.ast, index)) {
            Expr::Int(value) => usize::try_from(value).ok().map(Constant::Position),
            Expr::Text(text) => Some(Constant::Word(self.ast.text(text))),
            _ => None,
        }
    }

    fn index(&mut self, ty: Type, index: ExprId) -> StepFacts {
        let by = self.expr(index);
        let span = self.ast.expr_span(index);
        let plain = |ty| StepFacts { ty, field: None, name: None };
        if ty.is_dynamic() {
            return plain(Type::DYNAMIC);
        }
        // A position, a word, or something that may be either.
        let position = by.is_numeric();
        if !position && by != Type::STRING && !by.is_dynamic() && !by.is_array() {
            let message = format!("an index is a number or a text, found `{}`", self.show(by));
            self.say(codes::INVALID_INDEX, span, message);
            return plain(if ty.is_array() { ty.element() } else { Type::DYNAMIC });
        }
        if ty.is_array() {
            return plain(ty.element());
        }
        let constant = self.constant(index);
        match ty.base {
            Base::Struct(id) => match constant {
                Some(Constant::Position(at)) => {
                    let known = self.facts.structs.fields(id).len() > at;
                    self.field_facts(id, u32::try_from(at).ok().filter(|_| known))
                }
                Some(Constant::Word(word)) => {
                    let field = self.find_field(id, word);
                    if field.is_none() {
                        self.report_unknown_member(id, word, span);
                    }
                    self.field_facts(id, field)
                }
                None => plain(Type::DYNAMIC),
            },
            Base::String => plain(match constant {
                // A number in quotes is a position too.
                Some(Constant::Word(word)) if word.trim().parse::<f64>().is_ok() => Type::STRING,
                Some(Constant::Word(word)) => self.part(Parted::Text, word, span),
                _ if position => Type::STRING,
                _ => Type::DYNAMIC,
            }),
            Base::Date | Base::Interval => {
                let of = if ty.base == Base::Date { Parted::Date } else { Parted::Interval };
                if position {
                    let message =
                        format!("a part of `{}` is named by a word, found `{}`", self.show(ty), self.show(by));
                    let example = if of == Parted::Date { "d[\"YEAR\"]" } else { "i[\"HOUR\"]" };
                    self.report(
                        Diagnostic::new(codes::INVALID_INDEX, span, message).hint(format!("for example `{example}`")),
                    );
                    return plain(Type::DYNAMIC);
                }
                plain(match constant {
                    Some(Constant::Word(word)) => self.part(of, word, span),
                    _ if of == Parted::Interval => Type::INTEGER,
                    _ => Type::DYNAMIC,
                })
            }
            _ => {
                let message = format!("a value of type `{}` cannot be indexed", self.show(ty));
                self.say(codes::INVALID_INDEX, span, message);
                plain(Type::DYNAMIC)
            }
        }
    }

    /// The type of a part of a date or interval; an unknown part is reported.
    fn part(&mut self, of: Parted, word: &str, span: Span) -> Type {
        if let Some(ty) = part_type(of, word) {
            return ty;
        }
        let owner = match of {
            Parted::Date => "a date",
            Parted::Interval => "an interval",
            Parted::Text => "a date or interval",
        };
        let names: Vec<String> = part_names(of).map(|name| format!("`{name}`")).collect();
        self.report(
            Diagnostic::new(codes::UNKNOWN_PART, span, format!("{owner} has no part `{word}`"))
                .hint(format!("the parts are {}", names.join(", "))),
        );
        Type::DYNAMIC
    }
}
