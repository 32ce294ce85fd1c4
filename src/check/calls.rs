//! Calls: which function or routine a name means, and whether the arguments fit (L-22, L-91, L-96).

use super::{
    Checker, did_you_mean,
    facts::Resolution,
    literals::{count, strip},
    placement::{Arg, Placement, count_fits, place, place_anyhow},
    suggest::near,
};
use crate::{
    diagnostics::{Diagnostic, codes::check as codes},
    signatures::{EXECUTE_TEMPLATE, Family, ParamType, SigId, Signature},
    source::Span,
    syntax::ast::{Expr, ExprId, FnId, List, Sym},
    types::{Convertible, Type, convertible},
};
use std::rc::Rc;

impl<'a> Checker<'a> {
    pub(super) fn call(&mut self, id: ExprId, name: Sym, name_span: Span, args: List<ExprId>) -> Type {
        for &arg in self.ast.expr_list(args) {
            self.expr(arg);
        }
        if let Some(function) = self.function_named(name) {
            self.resolve(id, Resolution::Function(function));
            self.facts.calls.push((id, function));
            self.function_call(function, name_span, args);
            return Type::DYNAMIC;
        }
        let Some((sig, placement)) = self.choose(name, name_span, args) else { return Type::DYNAMIC };
        let Some(signature) = self.signatures.get(sig) else { return Type::DYNAMIC };
        self.warn_if_not_provided(sig, signature, name_span);
        if signature.name == EXECUTE_TEMPLATE && signature.family != Family::Embedder {
            let site = self.site();
            self.facts.template_sites.insert(id, site);
        }
        let right_count = count_fits(signature, args.len as usize);
        if right_count {
            let placement = placement.unwrap_or_else(|| place_anyhow(signature, args.len as usize));
            self.convert_arguments(signature, &placement, args);
            let place = match placement {
                Placement::InOrder => None,
                Placement::Spread(places) => {
                    self.facts.placements.push(places);
                    u32::try_from(self.facts.placements.len().saturating_sub(1)).ok()
                }
            };
            self.resolve(id, Resolution::Routine(sig, place));
        } else {
            self.report_count(signature, name_span, args);
            self.resolve(id, Resolution::Routine(sig, None));
        }
        let first = self.ast.expr_list(args).first().map(|&first| self.type_of(first));
        signature.returns.ty(first, Type::DYNAMIC)
    }

    /// Checks the arguments of a function of the script (L-91).
    fn function_call(&mut self, function: FnId, name_span: Span, args: List<ExprId>) {
        let Some(decl) = self.ast.function(function) else { return };
        let params = self.ast.decl_list(decl.params);
        let name = self.ast.name(decl.name);
        let least = params.iter().filter(|param| param.init.is_none()).count();
        let given = args.len as usize;
        if given < least || given > params.len() {
            let expected = arity_text(least, Some(params.len()));
            let span = if given > params.len() { self.surplus(args, params.len(), name_span) } else { name_span };
            self.report(
                Diagnostic::new(codes::ARGUMENT_COUNT, span, format!("`{name}` takes {expected}, found {given}"))
                    .label(decl.name_span, format!("`{name}` is declared here")),
            );
        }
        for (index, (&arg, param)) in self.ast.expr_list(args).iter().zip(params).enumerate() {
            // An unknown type was reported where the function stands.
            let to = self.known_type(param.ty);
            let from = self.retarget(arg, to);
            if convertible(from, to) == Convertible::Never {
                let message = format!(
                    "argument {} of `{name}` is `{}`, found `{}`",
                    index.saturating_add(1),
                    self.show(to),
                    self.show(from)
                );
                self.report(
                    Diagnostic::new(codes::ARGUMENT_TYPE, self.ast.expr_span(arg), message)
                        .label(param.name_span, "the parameter is declared here"),
                );
            }
        }
    }

    /// The arguments from `first` on, which are too many.
    fn surplus(&self, args: List<ExprId>, first: usize, otherwise: Span) -> Span {
        let rest = self.ast.expr_list(args).get(first..).unwrap_or(&[]);
        match (rest.first(), rest.last()) {
            (Some(&first), Some(&last)) => self.ast.expr_span(first).to(self.ast.expr_span(last)),
            _ => otherwise,
        }
    }

    /// The first routine in the order of preference that the arguments fit, else the first one.
    fn choose(&mut self, name: Sym, span: Span, args: List<ExprId>) -> Option<(SigId, Option<Placement>)> {
        let candidates = self.candidates(name);
        if candidates.is_empty() {
            let Some((known, written)) = self.other_case(name) else {
                self.report_unknown_routine(self.ast.name(name), span);
                return None;
            };
            let message = format!("routine `{}` is spelled `{known}`", self.ast.name(name));
            self.report(Diagnostic::new(codes::ROUTINE_CASE, span, message).fix(span, known, true));
            return self.first_that_fits(written, args);
        }
        self.first_that_fits(&candidates, args)
    }

    fn first_that_fits(&self, candidates: &[SigId], args: List<ExprId>) -> Option<(SigId, Option<Placement>)> {
        let args: Vec<Arg> = self
            .ast
            .expr_list(args)
            .iter()
            .map(|&arg| Arg {
                ty: self.type_of(arg),
                literal: matches!(self.ast.expr(strip(self.ast, arg)), Expr::Literal(_)),
            })
            .collect();
        let fitting = candidates.iter().find_map(|&id| {
            let placement = place(self.signatures.get(id)?, &args)?;
            Some((id, Some(placement)))
        });
        fitting.or_else(|| {
            let counted = candidates
                .iter()
                .find(|&&id| self.signatures.get(id).is_some_and(|signature| count_fits(signature, args.len())));
            counted.or(candidates.first()).map(|&id| (id, None))
        })
    }

    /// The routines a name may mean, the preferred ones first (routines.md section 2).
    fn candidates(&mut self, name: Sym) -> Rc<[SigId]> {
        if let Some(known) = self.desk.candidates.get(&name) {
            return Rc::clone(known);
        }
        let text = self.ast.name(name);
        let embedder =
            |id: &SigId| self.signatures.get(*id).is_some_and(|signature| signature.family == Family::Embedder);
        let long = self.signatures.by_long_name(text);
        let short: Vec<SigId> =
            self.packages.iter().filter_map(|package| self.signatures.by_short_name(package, text)).collect();
        let mut list: Vec<SigId> = Vec::new();
        let ordered = long.iter().filter(|id| embedder(id)).chain(short.iter().filter(|id| embedder(id)));
        for &id in ordered.chain(long).chain(&short) {
            if !list.contains(&id) {
                list.push(id);
            }
        }
        let list: Rc<[SigId]> = list.into();
        self.desk.candidates.insert(name, Rc::clone(&list));
        list
    }

    /// The name as it is spelled, and its routines, if only the case is wrong (L-96).
    fn other_case(&self, name: Sym) -> Option<(&'a str, &'a [SigId])> {
        let text = self.ast.name(name);
        let signature = self.signatures.by_folded_name(text).and_then(|id| self.signatures.get(id))?;
        let folded = text.to_lowercase();
        let known = std::iter::once(&signature.name)
            .chain(&signature.aliases)
            .map(|name| &**name)
            .find(|name| name.to_lowercase() == folded)?;
        Some((known, self.signatures.by_long_name(known)))
    }

    fn report_unknown_routine(&mut self, name: &str, span: Span) {
        let diagnostic = Diagnostic::new(codes::UNKNOWN_ROUTINE, span, format!("Routine not defined: `{name}`"));
        let packages: Vec<&str> = self.signatures.packages_of(name).collect();
        if let Some(package) = packages.first() {
            let hint = format!("`{name}` is the short name of a routine: add `use \"{package}\";`");
            self.report(diagnostic.hint(hint));
            return;
        }
        let close = if self.may_suggest() {
            let functions = self.desk.names.iter().filter_map(|named| self.ast.function(named.function?));
            let functions = functions.map(|decl| self.ast.name(decl.name));
            near(name, functions.chain(self.signatures.names()))
        } else {
            None
        };
        self.report(did_you_mean(diagnostic, name, close));
    }

    fn warn_if_not_provided(&mut self, id: SigId, signature: &Signature, span: Span) {
        if self.signatures.is_provided(id) {
            return;
        }
        let message = format!("routine `{}` is known, but not available in this engine", signature.name);
        let hint = "calling it fails at run time; a catch-all clause can handle that";
        self.report(Diagnostic::new(codes::NOT_PROVIDED, span, message).hint(hint));
    }

    fn report_count(&mut self, signature: &Signature, name_span: Span, args: List<ExprId>) {
        let (least, most) = signature.arity();
        let given = args.len as usize;
        let code = if signature.is_strict() { codes::ARGUMENT_COUNT } else { codes::DOUBTFUL_ARGUMENT_COUNT };
        let span = match most {
            Some(most) if given > most => self.surplus(args, most, name_span),
            _ => name_span,
        };
        let message = format!("`{}` takes {}, found {given}", signature.name, arity_text(least, most));
        let usage = signature.usage(&self.facts.structs);
        self.report(Diagnostic::new(code, span, message).hint(format!("the routine is `{usage}`")));
    }

    fn convert_arguments(&mut self, signature: &Signature, placement: &Placement, args: List<ExprId>) {
        for (index, &arg) in self.ast.expr_list(args).iter().enumerate() {
            let Some(param) = placement.parameter(signature, index) else { continue };
            let ParamType::Is(to) = param.ty else { continue };
            let from = self.retarget(arg, to);
            if convertible(from, to) == Convertible::Never {
                let code = if signature.is_strict() { codes::ARGUMENT_TYPE } else { codes::DOUBTFUL_ARGUMENT };
                let message = format!(
                    "parameter `{}` of `{}` is `{}`, found `{}`",
                    param.name,
                    signature.name,
                    self.show(to),
                    self.show(from)
                );
                let usage = signature.usage(&self.facts.structs);
                self.report(
                    Diagnostic::new(code, self.ast.expr_span(arg), message).hint(format!("the routine is `{usage}`")),
                );
            }
        }
    }
}

/// `no arguments`, `1 argument`, `2 or 3 arguments`, `at least 2 arguments`.
fn arity_text(least: usize, most: Option<usize>) -> String {
    match most {
        Some(0) => "no arguments".to_owned(),
        Some(most) if most == least => count(most, "argument"),
        Some(most) if most == least.saturating_add(1) => format!("{least} or {}", count(most, "argument")),
        Some(most) => format!("{least} to {}", count(most, "argument")),
        None => format!("at least {}", count(least, "argument")),
    }
}
