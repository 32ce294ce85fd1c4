//! What is in a file keeps the same promises as what is in memory, and is there after opening it again.

use sil::{
    host::{Persistent, Scope},
    server::{Database, SqliteTasks, SqliteTokens, SqliteVariables},
    webhook::{
        Enqueued, Method, NewTask, Payload, TaskStore, TokenStore, check_token_store, create_token, task::contract,
    },
};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

#[test]
fn tasks_keep_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let number = AtomicU32::new(0);
    contract::check_contract(|| {
        let name = format!("{}.db", number.fetch_add(1, Ordering::Relaxed));
        SqliteTasks::new(Database::open(&folder.path().join(name)).unwrap())
    });
}

#[test]
fn tokens_keep_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let number = AtomicU32::new(0);
    check_token_store(|| {
        let name = format!("{}.db", number.fetch_add(1, Ordering::Relaxed));
        SqliteTokens::open(Database::open(&folder.path().join(name)).unwrap()).unwrap()
    });
}

fn task(id: &str) -> NewTask {
    NewTask {
        id: id.to_owned(),
        webhook: "w".to_owned(),
        payload: Payload { method: "GET".to_owned(), params: Vec::new(), content: Some("\0é".to_owned()) },
        received: 7,
        request_id: String::new(),
        idempotency_key: None,
        max_attempts: 1,
        backoff: Duration::ZERO,
        keep_payload: true,
    }
}

#[test]
fn everything_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let zone = sil::Zone::utc();
    let token = create_token("w", Method::Get, "2999-01-01", &zone, &[3; 40], 0).unwrap();
    let before = {
        let database = Database::open(&path).unwrap();
        let tasks = SqliteTasks::new(database.clone());
        assert_eq!(tasks.enqueue(task("a"), 10).unwrap(), Enqueued::Stored);
        assert_eq!(tasks.enqueue(task("b"), 10).unwrap(), Enqueued::Stored);
        SqliteTokens::open(database.clone()).unwrap().add(&token.record).unwrap();
        SqliteVariables::new(database).store(Scope::Global, "n", "text").unwrap();
        tasks.claim("gone", 8, Duration::from_secs(60)).unwrap();
        (tasks.get("a").unwrap(), tasks.get("b").unwrap())
    };
    let database = Database::open(&path).unwrap();
    let tasks = SqliteTasks::new(database.clone());
    assert_eq!((tasks.get("a").unwrap(), tasks.get("b").unwrap()), before);
    assert_eq!(tasks.counts().unwrap().waiting, 1);
    assert_eq!(tasks.counts().unwrap().longest, 2);
    assert_eq!(tasks.owners().unwrap(), ["gone"]);
    let tokens = SqliteTokens::open(database.clone()).unwrap();
    assert_eq!(tokens.find(&token.record.id).unwrap(), Some(token.record));
    let mut variables = SqliteVariables::new(database);
    assert_eq!(variables.load(Scope::Global, "n").unwrap().as_deref(), Some("text"));
    assert_eq!(variables.load(Scope::Issue("A-1"), "n").unwrap(), None);
}

#[test]
fn one_that_fails_takes_none_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let tasks = SqliteTasks::new(Database::open(&folder.path().join("x.db")).unwrap());
    // Many at once share transactions, and every second one has an id that is there.
    let stored: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|thread| {
                let tasks = &tasks;
                scope.spawn(move || {
                    let ids = (0..20).map(|number| format!("{}-{number}", thread / 2));
                    ids.filter(|id| tasks.enqueue(task(id), 1_000).is_ok()).count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(stored, 160);
    assert_eq!(tasks.counts().unwrap().waiting, 160);
}
