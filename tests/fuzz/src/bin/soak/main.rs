//! Runs scripts of all kinds on many threads for some minutes: `soak MINUTES THREADS`.
//!
//! Good ones, bad ones and hostile ones share one engine and its programs. Limits are small or the default ones, other
//! threads cancel at random, deadlines are short at random. Each minute prints what happened. It fails when a run
//! panics, fails with an internal error or does not end, and when memory rises: the process never has more than `PEAK`,
//! and at rest, when no script runs, it holds at most `GROWTH` more than at rest in the first two minutes.

mod hostile;
mod tally;

use cap::Cap;
use sil::{CancelFlag, Engine, ErrorKind, LimitKind, Limits, Program};
use sil_fuzz::{
    generator::{self, Choices},
    host,
};
use std::{
    alloc::System,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    process::ExitCode,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};
use tally::{Tally, Watch, resident};

/// What may be allocated at rest beyond what was at rest in the first minutes, in bytes.
const GROWTH: usize = 16 << 20;
/// What the process may have in memory for each thread, in bytes: the default limit of the memory of a run, and half of
/// it for programs, what is not counted, and what the allocator keeps.
const PEAK: usize = 384 << 20;
/// A run that takes longer is stuck; the default deadline is 30 s.
const STUCK: Duration = Duration::from_secs(120);

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

struct Shared {
    engine: Engine,
    /// Programs that end soon, and programs that do not.
    tame: Vec<Program>,
    hostile: Vec<Program>,
    texts: Vec<String>,
    tally: Tally,
    over: AtomicBool,
    /// Held while a script runs; who holds it alone is at rest.
    rest: RwLock<()>,
    /// When the run of a thread began, in milliseconds after the start; 0 between two runs.
    began: Vec<AtomicU64>,
    start: Instant,
}

/// A run that is to be cancelled.
struct Cancel {
    after: Instant,
    flag: CancelFlag,
    watch: Arc<Watch>,
    /// When it was cancelled, and what its thread had worked until then.
    at: Arc<Mutex<Option<(Instant, Duration)>>>,
}

fn scripts() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sil") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (Some(Ok(minutes)), Some(Ok(threads))) = (numbers.next(), numbers.next()) else {
        eprintln!("usage: soak MINUTES THREADS");
        return ExitCode::from(2);
    };
    let engine = Engine::new();
    let texts = scripts();
    let made = (0..300).map(|seed| generator::program(Choices::seed(seed), 20));
    let tame = texts.iter().cloned().chain(made).filter_map(|text| engine.compile("tame.sil", &text).ok()).collect();
    let hostile = hostile::SCRIPTS
        .iter()
        .map(|text| engine.compile("hostile.sil", text).unwrap_or_else(|found| panic!("{text}:\n{found}")));
    let shared = Arc::new(Shared {
        hostile: hostile.collect(),
        engine,
        tame,
        texts,
        tally: Tally::default(),
        over: AtomicBool::new(false),
        rest: RwLock::new(()),
        began: (0..threads).map(|_| AtomicU64::new(0)).collect(),
        start: Instant::now(),
    });
    println!(
        "{} tame programs, {} hostile ones, {} texts",
        shared.tame.len(),
        shared.hostile.len(),
        shared.texts.len()
    );
    let (sender, receiver) = channel();
    let canceller = thread::spawn(move || cancel(&receiver));
    let workers: Vec<_> = (0..threads)
        .map(|number| {
            let (shared, sender) = (Arc::clone(&shared), sender.clone());
            thread::spawn(move || work(&shared, number, &sender))
        })
        .collect();
    drop(sender);

    let (mut at_rest, mut grown, mut peak) = (0, 0, 0);
    for minute in 1..=minutes {
        for _ in 0..60 {
            thread::sleep(Duration::from_secs(1));
            peak = resident().max(peak);
            if let Some(number) = shared.began.iter().position(|began| is_stuck(&shared, began)) {
                println!("thread {number} is stuck");
                return ExitCode::FAILURE;
            }
        }
        let now = {
            let _rest = shared.rest.write().unwrap();
            ALLOCATOR.allocated()
        };
        if minute <= 2 {
            at_rest = now.max(at_rest);
        }
        grown = now.saturating_sub(at_rest);
        println!(
            "minute {minute}: {} MiB resident, {} MiB at most, {} KiB allocated at rest; {}",
            resident() >> 20,
            peak >> 20,
            now >> 10,
            shared.tally
        );
    }
    shared.over.store(true, Ordering::Relaxed);
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    canceller.join().unwrap();
    let faults = shared.tally.faults();
    println!("{faults} faults; {} KiB more at rest than in the first minutes", grown >> 10);
    let is_large = grown > GROWTH || peak > PEAK * threads as usize;
    if faults > 0 || is_large { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn is_stuck(shared: &Shared, began: &AtomicU64) -> bool {
    let began = began.load(Ordering::Relaxed);
    began > 0 && shared.start.elapsed() > Duration::from_millis(began) + STUCK
}

/// Cancels what it is given, each at its time.
fn cancel(orders: &Receiver<Cancel>) {
    let mut waiting: Vec<Cancel> = Vec::new();
    loop {
        match orders.recv_timeout(Duration::from_millis(1)) {
            Ok(order) => waiting.push(order),
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = Instant::now();
        for order in waiting.extract_if(.., |order| order.after <= now) {
            *order.at.lock().unwrap() = Some((Instant::now(), order.watch.now()));
            order.flag.cancel();
        }
    }
}

fn work(shared: &Shared, number: u64, orders: &Sender<Cancel>) {
    let mut choices = Choices::seed(number ^ 0x50a4);
    let watch = Arc::new(Watch::of_this_thread());
    while !shared.over.load(Ordering::Relaxed) {
        let running = shared.rest.read().unwrap();
        let began = shared.start.elapsed().as_millis().max(1) as u64;
        shared.began[number as usize].store(began, Ordering::Relaxed);
        let done = catch_unwind(AssertUnwindSafe(|| one(shared, &mut choices, &watch, orders)));
        if done.is_err() {
            shared.tally.fault("panic");
        }
        shared.began[number as usize].store(0, Ordering::Relaxed);
        drop(running);
    }
}

/// One script, in one way.
fn one(shared: &Shared, choices: &mut Choices<'_>, watch: &Arc<Watch>, orders: &Sender<Cancel>) {
    let fresh;
    let (program, is_hostile) = match choices.below(8) {
        0 => {
            let text = match choices.below(3) {
                0 => generator::program(Choices::seed(choices.number()), 25),
                1 => choices.pick(&shared.texts).clone(),
                _ => damaged(choices, &shared.texts),
            };
            match shared.engine.compile("fresh.sil", &text) {
                Ok(program) => fresh = program,
                Err(found) => {
                    shared.tally.count("refused");
                    assert!(!found.render(false).is_empty());
                    return;
                }
            }
            (&fresh, false)
        }
        1..=3 => (choices.pick(&shared.hostile), true),
        _ => (&shared.tame[(choices.number() % shared.tame.len() as u64) as usize], false),
    };
    let mut limits = Limits::default();
    // Hostile scripts may use all of the default limits now and then only: each such run takes seconds.
    let is_held = is_hostile && !choices.one_in(200);
    if choices.one_in(3) {
        limits = limits.fuel(choices.number() % 200_000).memory((choices.number() % (4 << 20)) as usize);
        limits = limits.string_size(1 << 20).array_size(50_000).depth(100).log_size(10_000).response_size(10_000);
    }
    if is_held || choices.one_in(3) {
        limits = limits.timeout(Some(Duration::from_millis(1 + choices.number() % 300)));
    }
    let at = Arc::new(Mutex::new(None));
    if choices.one_in(3) {
        let (flag, wait) = (CancelFlag::new(), Duration::from_micros(choices.number() % 100_000));
        let (watch, at) = (Arc::clone(watch), Arc::clone(&at));
        orders.send(Cancel { after: Instant::now() + wait, flag: flag.clone(), watch, at }).unwrap();
        limits = limits.cancel(Some(flag));
    }
    let (started, timeout) = (Instant::now(), limits.timeout);
    let result = program.run(&mut host(), &limits);
    match &result {
        Ok(_) => shared.tally.count("done"),
        Err(error) => match error.kind() {
            ErrorKind::Limit(hit) => {
                shared.tally.count(hit.kind.word());
                let cancelled = *at.lock().unwrap();
                if let (LimitKind::Cancel, Some((when, worked))) = (hit.kind, cancelled) {
                    shared.tally.stopped(when.elapsed(), watch.now().saturating_sub(worked));
                }
                if let (LimitKind::Deadline, Some(timeout)) = (hit.kind, timeout) {
                    shared.tally.overran(started.elapsed().saturating_sub(timeout));
                }
            }
            ErrorKind::Internal => shared.tally.fault(&error.report()),
            kind => shared.tally.count(kind.word()),
        },
    }
}

/// A script that lacks a part, or has one of another script.
fn damaged(choices: &mut Choices<'_>, texts: &[String]) -> String {
    let mut piece = |from_start: bool| {
        let text = &texts[(choices.number() % texts.len() as u64) as usize];
        let at = text.floor_char_boundary((choices.number() % (text.len() as u64 + 1)) as usize);
        if from_start { &text[..at] } else { &text[at..] }
    };
    [piece(true), piece(false)].concat()
}
