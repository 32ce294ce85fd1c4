//! The environment, stored variables, locks, waiting.

use super::{argument, files::charge, properties, text};
use crate::{
    call::{Context, Routine},
    host::{Persistent, Scope},
    limits::CancelFlag,
    signatures::{Family, Returns, Signature},
    types::Type,
    value::{Fault, Text, Value},
};
use std::time::Duration;

/// Fuel of a call that may block: what it costs is time, which the deadline counts.
const BLOCKING: u64 = 16;
/// Bytes of `sil.properties`.
const PROPERTIES: usize = 256 << 10;

pub(super) fn routines() -> Vec<Routine> {
    let system = |name: &'static str| Signature::new(name, Family::System);
    vec![
        Routine::new(
            system("silEnv")
                .param("variableName", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc(
                    "A value of the environment, or else of the file `sil.properties`; null for an unknown name. \
                     `sil.home` is the folder of the files that scripts may use.",
                )
                .example("return isNull(silEnv(\"no.such.name\"));", "true"),
            environment,
        ),
        Routine::new(
            system("getPersistentVar")
                .optional("issue", Type::STRING)
                .param("varName", Type::STRING)
                .returns(Returns::Is(Type::STRING))
                .doc(
                    "The stored text of a `persistent` variable, of an issue or without one; null when nothing is \
                     stored.",
                )
                .example("setPersistentVar(\"tide\", \"ebb\"); return getPersistentVar(\"tide\");", "ebb"),
            get_variable,
        ),
        Routine::new(
            system("setPersistentVar")
                .optional("issue", Type::STRING)
                .param("varName", Type::STRING)
                .param("value", Type::STRING)
                .doc("Stores the text of a `persistent` variable at once, of an issue or without one.")
                .example(
                    "setPersistentVar(\"OPS-1\", \"tide\", \"ebb\"); return getPersistentVar(\"OPS-1\", \"tide\");",
                    "ebb",
                ),
            set_variable,
        ),
        Routine::new(
            system("sysLock")
                .package("system", "lock")
                .param("lockKey", Type::STRING)
                .doc(
                    "Takes a lock that all scripts share, and waits until it is free. It is given back by `sysUnlock` \
                     or when the run ends; to take it twice does no harm.",
                )
                .example("sysLock(\"tide\"); sysLock(\"tide\"); sysUnlock(\"tide\"); return 1;", "1"),
            lock,
        ),
        Routine::new(
            system("sysUnlock")
                .package("system", "unlock")
                .param("lockKey", Type::STRING)
                .doc("Gives a lock back; nothing happens when the run does not hold it.")
                .example("sysUnlock(\"tide\"); return 1;", "1"),
            unlock,
        ),
        Routine::new(
            system("sysSleep")
                .package("system", "sleep")
                .param("interval", Type::INTERVAL)
                .doc("Waits; the time counts for the deadline of the run.")
                .example("date a = currentDate(); sysSleep(\"90s\"); return currentDate() - a;", "1m 30s"),
            sleep,
        ),
    ]
}

fn environment(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let name = text(arguments, 0);
    cx.budget.charge((name.len() as u64).div_euclid(64))?;
    let root = match cx.host.files() {
        Some(files) if name == "sil.home" => Some(files.root()),
        _ => None,
    };
    let found = root.or_else(|| cx.host.environment().and_then(|environment| environment.get(name)));
    let found = match found {
        Some(found) => Some(found),
        None => property(cx, name)?,
    };
    optional_text(cx, found)
}

/// A value of `sil.properties`; none where the host has no such file, or a larger one than is read.
fn property(cx: &mut Context<'_>, name: &str) -> Result<Option<String>, Fault> {
    let Some(files) = cx.host.files() else { return Ok(None) };
    let Ok(bytes) = files.read(properties::FILE, PROPERTIES) else { return Ok(None) };
    charge(cx, bytes.len().saturating_mul(4))?;
    cx.budget.grow(bytes.len().saturating_mul(2))?;
    Ok(properties::find(&String::from_utf8_lossy(&bytes), name))
}

fn optional_text(cx: &Context<'_>, found: Option<String>) -> Result<Value, Fault> {
    match found {
        Some(found) => Ok(Value::Text(Text::try_from_string(found, &cx.budget)?)),
        None => Ok(Value::Null),
    }
}

/// The store, and where in it a variable is: its name is the argument behind the issue.
fn place<'a>(
    cx: &'a mut Context<'_>,
    arguments: &'a [Value],
) -> Result<(&'a mut dyn Persistent, Scope<'a>, &'a str), Fault> {
    cx.budget.charge(4)?;
    let scope = match argument(arguments, 0).as_str().map(str::trim) {
        None => Scope::Global,
        Some("") => return Err(Fault::routine("the issue key is empty")),
        Some(key) => Scope::Issue(key),
    };
    match cx.host.persistent() {
        Some(store) => Ok((store, scope, text(arguments, 1))),
        None => Err(Fault::host("persistent variables are not available in this host")),
    }
}

fn get_variable(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let (store, scope, name) = place(cx, arguments)?;
    let found = store.load(scope, name).map_err(|error| Fault::host(error.message()))?;
    optional_text(cx, found)
}

fn set_variable(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let value = text(arguments, 2);
    cx.budget.charge((value.len() as u64).div_euclid(64))?;
    let (store, scope, name) = place(cx, arguments)?;
    store.store(scope, name, value).map_err(|error| Fault::host(error.message()))?;
    Ok(Value::Null)
}

/// What a capability that blocks has to mind: the time left, and whether the run was cancelled.
fn block<R>(
    cx: &mut Context<'_>,
    work: impl FnOnce(&mut Context<'_>, Option<Duration>, &dyn Fn() -> bool) -> Result<R, Fault>,
) -> Result<R, Fault> {
    cx.budget.charge(BLOCKING)?;
    cx.budget.poll()?;
    let cancel = cx.budget.limits().cancel.clone();
    let cancelled = || cancel.as_ref().is_some_and(CancelFlag::is_cancelled);
    let left = cx.budget.time_left();
    let result = work(cx, left, &cancelled)?;
    cx.budget.poll()?;
    Ok(result)
}

fn lock(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let name = text(arguments, 0);
    let taken = block(cx, |cx, left, cancelled| match cx.host.locks() {
        Some(locks) => Ok(locks.lock(name, left, cancelled)),
        None => Err(no_locks()),
    })?;
    if taken { Ok(Value::Null) } else { Err(Fault::host(format!("the lock `{name}` could not be taken"))) }
}

fn unlock(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    match cx.host.locks() {
        Some(locks) => locks.unlock(text(arguments, 0)),
        None => return Err(no_locks()),
    }
    Ok(Value::Null)
}

fn no_locks() -> Fault {
    Fault::host("locks are not available in this host")
}

fn sleep(cx: &mut Context<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    let millis = match argument(arguments, 0) {
        Value::Interval(millis) => u64::try_from(*millis).unwrap_or(0),
        _ => 0,
    };
    block(cx, |cx, left, cancelled| match cx.host.sleep() {
        Some(sleep) => {
            if millis > 0 {
                sleep.sleep(Duration::from_millis(millis), left, cancelled);
            }
            Ok(())
        }
        None => Err(Fault::host("waiting is not available in this host")),
    })?;
    Ok(Value::Null)
}
