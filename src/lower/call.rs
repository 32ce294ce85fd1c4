//! Calls: windows for arguments, default values, routines.

use super::{
    Lowerer,
    code::{Code, Typed},
    expr::null,
    slots::is_raw,
};
use crate::{
    call::{Callee, HostRoutine, Measure},
    check::Resolution,
    eval::{
        Argument, Bank, Block, Call, Expr as Node, FnResult, Function, HostCall, Measured, NullNode, Operand,
        ReturnValue, RoutineCall, RoutineOfLocal, TemplateCall, TemplateInit, Unprovided,
    },
    signatures::{self, ParamType, Returns, SigId, TEMPLATE_INIT},
    source::Span,
    syntax::ast::{DeclId, Expr, ExprId, FnId, List},
    types::Type,
    value::Value,
};

impl Lowerer<'_> {
    /// Lowers a call.
    pub(super) fn call(&mut self, id: ExprId, args: List<ExprId>) -> Typed {
        let args = self.ast.expr_list(args);
        let span = self.ast.expr_span(id);
        match self.facts.resolution(id) {
            Resolution::Function(function) => self.function_call(function, args, span),
            Resolution::Routine(sig, placement) => self.routine_call(id, sig, placement, args, span),
            _ => null(),
        }
    }

    fn function_call(&mut self, id: FnId, args: &[ExprId], span: Span) -> Typed {
        let Some(decl) = self.ast.function(id).copied() else { return null() };
        let before = self.slots;
        let (scalars, refs) = (before.scalars(), before.refs());
        let mut arguments: Vec<Argument> = Vec::with_capacity(args.len());
        for (index, param) in self.ast.decl_ids(decl.params).enumerate() {
            let ty = self.facts.var(param).map_or(Type::DYNAMIC, |var| var.ty);
            // The same order as in the function itself, so the slots are those of its parameters.
            let place = self.slots.allocate(ty, Bank::Local, self.desk.inferred.never_null(param));
            let (value, value_span) = match args.get(index) {
                Some(&arg) => (self.expr(arg), self.ast.expr_span(arg)),
                None => (self.default_value(param, span), span),
            };
            arguments.push(value.convert(ty, value_span).argument(place, value_span));
        }
        self.slots.release(before);
        let call = Call { function: id.0, arguments: arguments.into(), scalars, refs, span };
        match self.desk.inferred.result(id) {
            FnResult::Scalar(ty) => Typed::scalar(call, ty),
            FnResult::Value => Typed { ty: Type::DYNAMIC, code: Code::Value(Box::new(call)) },
        }
    }

    /// The default value of a parameter: computed at call time in the global scope (L-91). A constant stands at the
    /// call, anything else is a function of its own, so that its code is there once.
    fn default_value(&mut self, param: DeclId, span: Span) -> Typed {
        let Some(init) = self.ast.decl(param).and_then(|decl| decl.init) else { return null() };
        if matches!(self.ast.expr(init), Expr::Int(_) | Expr::Num(_) | Expr::Bool(_) | Expr::Text(_) | Expr::Null) {
            return self.expr(init);
        }
        let number = match self.default_numbers.get(&param) {
            Some(&number) => number,
            None => self.default_function(param, init),
        };
        let call = Call {
            function: number,
            arguments: Box::default(),
            scalars: self.slots.scalars(),
            refs: self.slots.refs(),
            span,
        };
        Typed { ty: Type::DYNAMIC, code: Code::Value(Box::new(call)) }
    }

    fn default_function(&mut self, param: DeclId, init: ExprId) -> u32 {
        let index = self.defaults.len();
        let number = u32::try_from(self.ast.functions().len().saturating_add(index)).unwrap_or(u32::MAX);
        // Known before it is lowered: it may call the function whose parameter it belongs to.
        self.default_numbers.insert(param, number);
        let name = self.ast.decl(param).map_or("", |decl| self.ast.name(decl.name)).to_owned();
        self.defaults.push(Function::new(&name, Block::new([], 0), 0, 0, 0));
        let slots = std::mem::take(&mut self.slots);
        let result = self.result.replace(FnResult::Value);
        let ty = self.facts.var(param).map_or(Type::DYNAMIC, |var| var.ty);
        let span = self.ast.expr_span(init);
        let body = ReturnValue(self.expr(init).convert(ty, span).into_value());
        let body = Block::unplaced(vec![Box::new(body)], 0);
        let levels = self.ast.expr_depth(init);
        let function = Function::new(&name, body, self.slots.most_scalars(), self.slots.most_refs(), levels);
        if let Some(slot) = self.defaults.get_mut(index) {
            *slot = function;
        }
        self.slots = slots;
        self.result = result;
        number
    }

    fn routine_call(&mut self, id: ExprId, sig: SigId, placement: Option<u32>, args: &[ExprId], span: Span) -> Typed {
        let signatures = self.linkage.signatures;
        let Some(signature) = signatures.get(sig) else { return null() };
        if let Some(call) = self.host_call(sig, args, span) {
            return call;
        }
        let Some(callee) = self.callee_number(sig) else {
            let arguments = args.iter().map(|&arg| self.expr(arg).into_value()).collect();
            let node = Unprovided { arguments, name: (&*signature.name).into(), span };
            return Typed::value(Box::new(node), self.facts.type_of(id), span);
        };
        let placed: Option<Box<[u8]>> = placement.and_then(|index| self.facts.placements.get(index as usize)).cloned();
        let count = signature.params.len().max(if signature.variadic { args.len() } else { 0 });
        let mut arguments: Vec<Option<Node<Value>>> = Vec::new();
        arguments.resize_with(count, || None);
        for (index, &arg) in args.iter().enumerate() {
            let to = placed.as_ref().and_then(|placed| placed.get(index)).map_or(index, |&to| usize::from(to));
            let param = signature.params.get(to).or(signature.params.last());
            let node = self.argument(arg, param.map_or(ParamType::Any, |param| param.ty));
            if let Some(slot) = arguments.get_mut(to) {
                *slot = Some(node);
            }
        }
        let arguments = arguments.into_iter().map(|node| node.unwrap_or_else(|| Box::new(NullNode))).collect();
        let ty = match signature.returns {
            Returns::Nothing => Type::DYNAMIC,
            Returns::NeverNull(ty) => ty,
            _ => self.facts.type_of(id),
        };
        let expected = if signature.returns == Returns::Receiver { ty } else { Type::DYNAMIC };
        let name = (&*signature.name).into();
        let mut call = RoutineCall { callee, arguments, given: args.len(), expected, ty, name, span };
        if let Some(measure) = (self.linkage.measure)(sig).filter(|_| call.arguments.len() == 1)
            && let Some(argument) = call.arguments.pop()
        {
            return measured(argument, measure, call);
        }
        if let Some(&site) = self.facts.template_sites.get(&id) {
            return Typed::value(Box::new(TemplateCall { call, site: site.0 }), ty, span);
        }
        if signature.name == TEMPLATE_INIT && signature.family != signatures::Family::Embedder {
            return Typed::value(Box::new(TemplateInit { call }), ty, span);
        }
        let local = match call.arguments.as_slice() {
            [argument] => argument.local(),
            _ => None,
        };
        let never_null = matches!(signature.returns, Returns::NeverNull(_));
        match local {
            Some(at) => Typed::routine(RoutineOfLocal { call, at }, ty, never_null),
            None => Typed::routine(call, ty, never_null),
        }
    }

    /// A call of a routine of the embedder that takes and gives scalars which are never null, if it is one.
    fn host_call(&mut self, sig: SigId, args: &[ExprId], span: Span) -> Option<Typed> {
        let signature = self.linkage.signatures.get(sig)?;
        let result = match signature.returns {
            Returns::NeverNull(ty) if signature.family == signatures::Family::Embedder && is_raw(ty) => ty,
            _ => return None,
        };
        let params = signature.params.iter().map(|param| match param.ty {
            ParamType::Is(ty) if is_raw(ty) => Some(ty),
            _ => None,
        });
        let params: Vec<Type> = params.collect::<Option<_>>()?;
        let Callee::Host(HostRoutine { scalars: Some(function), .. }) = (self.linkage.callee)(sig)? else {
            return None;
        };
        let before = self.slots;
        let mut arguments = Vec::with_capacity(args.len());
        for (&arg, ty) in args.iter().zip(params) {
            let place = self.slots.allocate(ty, Bank::Local, true);
            let span = self.ast.expr_span(arg);
            arguments.push(self.expr(arg).convert(ty, span).or_zero().argument(place, span));
        }
        self.slots.release(before);
        let call = HostCall { function, arguments: arguments.into(), first: before.scalars(), span };
        Some(Typed::scalar(call, result))
    }

    fn argument(&mut self, arg: ExprId, ty: ParamType) -> Node<Value> {
        let span = self.ast.expr_span(arg);
        let typed = self.expr(arg);
        match ty {
            ParamType::Is(ty) => typed.convert(ty, span).into_value(),
            // A text where an array is wanted is split (L-44).
            ParamType::AnyArray if typed.ty == Type::STRING => typed.convert(Type::STRINGS, span).into_value(),
            ParamType::Any | ParamType::AnyArray => typed.into_value(),
        }
    }
}

/// A call of a routine that has a short way.
fn measured(argument: Node<Value>, measure: Measure, call: RoutineCall) -> Typed {
    let ty = call.ty;
    let code = match measure {
        Measure::Number(measure) => Code::Num(Operand::Node(Box::new(Measured { argument, measure, call }))),
        Measure::Boolean(measure) => Code::Bool(Operand::Node(Box::new(Measured { argument, measure, call }))),
    };
    Typed { ty, code }
}
