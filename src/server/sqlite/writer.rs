//! The one thread that writes.

use super::failed;
use crate::webhook::StoreError;
use rusqlite::Connection;
use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender, SyncSender},
    },
    thread::{self, JoinHandle},
};

/// Steps of one transaction, at most.
const TOGETHER: usize = 256;

/// A step that waits for its turn.
trait Step: Send {
    /// Does it.
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    /// Tells the caller what came of it, `error` when it or its transaction failed.
    fn tell(self: Box<Self>, error: Option<StoreError>);
}

struct Waiting<T, F> {
    work: Option<F>,
    done: Option<T>,
    reply: SyncSender<Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&Connection) -> rusqlite::Result<T> + Send> Step for Waiting<T, F> {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if let Some(work) = self.work.take() {
            self.done = Some(work(connection)?);
        }
        Ok(())
    }

    fn tell(self: Box<Self>, error: Option<StoreError>) {
        let told = match (error, self.done) {
            (None, Some(done)) => Ok(done),
            (Some(error), _) => Err(error),
            (None, None) => Err(StoreError::new("the step was not done")),
        };
        // A caller that has gone needs no answer.
        let _ = self.reply.send(told);
    }
}

pub(super) struct Writer {
    steps: Mutex<Option<Sender<Box<dyn Step>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (steps, waiting) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("sil-store".to_owned())
            .spawn(move || write_all(&connection, &waiting))
            .map_err(|error| StoreError::new(format!("no thread for the store: {error}")))?;
        Ok(Self { steps: Mutex::new(Some(steps)), thread: Mutex::new(Some(thread)) })
    }

    pub(super) fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let closed = || StoreError::new("the store is closed");
        let (reply, told) = mpsc::sync_channel(1);
        let step: Box<dyn Step> = Box::new(Waiting { work: Some(work), done: None, reply });
        {
            let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
            steps.as_ref().ok_or_else(closed)?.send(step).map_err(|_| closed())?;
        }
        told.recv().map_err(|_| closed())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

fn write_all(connection: &Connection, waiting: &Receiver<Box<dyn Step>>) {
    while let Ok(first) = waiting.recv() {
        let mut steps = vec![first];
        while steps.len() < TOGETHER
            && let Ok(next) = waiting.try_recv()
        {
            steps.push(next);
        }
        write_together(connection, steps);
    }
}

fn write_together(connection: &Connection, steps: Vec<Box<dyn Step>>) {
    if let Err(error) = run_sql(connection, "BEGIN IMMEDIATE") {
        return tell_all(steps.into_iter().map(|step| (step, None)).collect(), Some(failed(error)));
    }
    let alone = steps.len() == 1;
    let mut done = Vec::with_capacity(steps.len());
    for mut step in steps {
        let error = if alone { step.run(connection).err() } else { apart(connection, &mut *step).err() };
        let broken = alone && error.is_some();
        done.push((step, error.map(failed)));
        if broken {
            let _ = run_sql(connection, "ROLLBACK");
            return tell_all(done, None);
        }
    }
    let error = run_sql(connection, "COMMIT").err();
    if error.is_some() {
        let _ = run_sql(connection, "ROLLBACK");
    }
    tell_all(done, error.map(failed));
}

/// One of several steps: when it fails, nothing of it stays, and the others go on.
fn apart(connection: &Connection, step: &mut dyn Step) -> rusqlite::Result<()> {
    run_sql(connection, "SAVEPOINT step")?;
    let done = step.run(connection);
    if done.is_err() {
        run_sql(connection, "ROLLBACK TO step")?;
    }
    run_sql(connection, "RELEASE step")?;
    done
}

fn run_sql(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute(())?;
    Ok(())
}

fn tell_all(steps: Vec<(Box<dyn Step>, Option<StoreError>)>, all: Option<StoreError>) {
    for (step, own) in steps {
        step.tell(own.or_else(|| all.clone()));
    }
}
