//! The tests that every [`TaskStore`] has to pass.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use super::{
    Attempt, Cancelled, Enqueued, Held, Lost, NewTask, Payload, Replayed, RunReport, TaskFilter, TaskRecord, TaskState,
    TaskStore,
};
use std::{collections::BTreeSet, sync::Mutex, time::Duration};

/// The time at which all tests begin.
const T: i64 = 1_900_000_000_000;
const LEASE: Duration = Duration::from_secs(30);
const ROOMY: u64 = 1000;

/// Tests a store. `make` makes an empty one each time, apart from those it made before.
///
/// ```
/// sil::webhook::task::contract::check_contract(sil::webhook::MemoryTaskStore::new);
/// ```
///
/// # Panics
/// The store breaks the contract.
pub fn check_contract<S: TaskStore>(make: impl Fn() -> S) {
    everything_is_stored(&make());
    one_id_once(&make());
    claimed_in_order_of_acceptance(&make());
    one_claim_each(&make());
    the_queue_is_bounded(&make());
    idempotency_keys(&make());
    reports_are_stored(&make());
    payloads_that_are_not_kept(&make());
    attempts_up_to_the_last(&make());
    leases(&make());
    lost_workers_are_refused(&make());
    dead_owners(&make());
    cancelling(&make());
    cancelling_all_that_wait(&make());
    pages(&make());
    pages_while_tasks_come(&make());
    counting(&make());
    purging(&make());
    replaying(&make());
}

fn task(id: &str) -> NewTask {
    NewTask {
        id: id.to_owned(),
        webhook: "stock".to_owned(),
        payload: Payload {
            method: "PUT".to_owned(),
            params: vec![("a".to_owned(), vec!["1".to_owned(), String::new()]), (String::new(), vec!["é|".to_owned()])],
            content: Some(format!("content of {id}\r\n\0")),
        },
        received: T,
        request_id: format!("request of {id}"),
        idempotency_key: None,
        max_attempts: 1,
        backoff: Duration::from_secs(10),
        keep_payload: true,
    }
}

fn retried(id: &str, max_attempts: u32) -> NewTask {
    NewTask { max_attempts, ..task(id) }
}

fn store_all<S: TaskStore>(store: &S, ids: &[&str]) {
    for id in ids {
        assert_eq!(store.enqueue(task(id), ROOMY).unwrap(), Enqueued::Stored, "{id}");
    }
}

fn claim<S: TaskStore>(store: &S, owner: &str, now: i64) -> TaskRecord {
    store.claim(owner, now, LEASE).unwrap().unwrap_or_else(|| panic!("`{owner}` finds no task"))
}

fn get<S: TaskStore>(store: &S, id: &str) -> TaskRecord {
    store.get(id).unwrap().unwrap_or_else(|| panic!("the task `{id}` is gone"))
}

fn finish<S: TaskStore>(store: &S, record: &TaskRecord, state: TaskState, now: i64) -> TaskRecord {
    store.finish(&record.as_attempt(), &RunReport::new(state), now).unwrap().unwrap()
}

fn ids(records: &[TaskRecord]) -> Vec<&str> {
    records.iter().map(|record| record.id.as_str()).collect()
}

fn everything_is_stored<S: TaskStore>(store: &S) {
    let new = NewTask { idempotency_key: Some("key".to_owned()), max_attempts: 3, ..task("one") };
    assert_eq!(store.enqueue(new.clone(), ROOMY).unwrap(), Enqueued::Stored);
    let record = get(store, "one");
    assert_eq!(record, TaskRecord::accepted(new, record.seq));
    assert_eq!(store.get("two").unwrap(), None);
    let claimed = claim(store, "worker", T + 7);
    let expected = TaskRecord {
        state: TaskState::Running,
        attempt: 1,
        started: Some(T + 7),
        owner: Some("worker".to_owned()),
        lease_until: Some(T + 30_007),
        ..record
    };
    assert_eq!(claimed, expected);
    assert_eq!(get(store, "one"), expected);
}

fn one_id_once<S: TaskStore>(store: &S) {
    store_all(store, &["one"]);
    assert!(store.enqueue(task("one"), ROOMY).is_err(), "a second task of the same id was stored");
    assert_eq!(store.list(&TaskFilter::default()).unwrap().len(), 1);
}

fn claimed_in_order_of_acceptance<S: TaskStore>(store: &S) {
    assert_eq!(store.claim("worker", T, LEASE).unwrap(), None);
    // Neither ids nor clocks of senders make the order.
    store_all(store, &["c", "a"]);
    store.enqueue(NewTask { received: T - 5, ..task("b") }, ROOMY).unwrap();
    let order = [claim(store, "w1", T), claim(store, "w2", T), claim(store, "w1", T)];
    assert_eq!(ids(&order), ["c", "a", "b"]);
    assert!(order[0].seq < order[1].seq && order[1].seq < order[2].seq);
    assert_eq!(store.claim("w1", T, LEASE).unwrap(), None);
}

fn one_claim_each<S: TaskStore>(store: &S) {
    for number in 0..60 {
        store.enqueue(task(&format!("task {number}")), ROOMY).unwrap();
    }
    let claimed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let claimed = &claimed;
            scope.spawn(move || {
                while let Some(record) = store.claim(&format!("worker {worker}"), T, LEASE).unwrap() {
                    claimed.lock().unwrap().push(record.id);
                }
            });
        }
    });
    let claimed = claimed.into_inner().unwrap();
    assert_eq!(claimed.len(), 60, "a task was claimed twice or never");
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 60);
}

fn the_queue_is_bounded<S: TaskStore>(store: &S) {
    assert_eq!(store.enqueue(task("a"), 2).unwrap(), Enqueued::Stored);
    assert_eq!(store.enqueue(task("b"), 2).unwrap(), Enqueued::Stored);
    assert_eq!(store.enqueue(task("c"), 2).unwrap(), Enqueued::Full);
    assert_eq!(store.get("c").unwrap(), None);
    // What runs does not wait.
    claim(store, "worker", T);
    assert_eq!(store.enqueue(task("c"), 2).unwrap(), Enqueued::Stored);
    assert_eq!(store.enqueue(task("d"), 2).unwrap(), Enqueued::Full);
}

fn idempotency_keys<S: TaskStore>(store: &S) {
    let keyed = |id: &str, key: &str| NewTask { idempotency_key: Some(key.to_owned()), ..task(id) };
    assert_eq!(store.enqueue(keyed("a", "k"), 1).unwrap(), Enqueued::Stored);
    // Even a full queue has the task already.
    assert_eq!(store.enqueue(keyed("b", "k"), 1).unwrap(), Enqueued::Duplicate { id: "a".to_owned() });
    assert_eq!(store.enqueue(keyed("b", "K"), ROOMY).unwrap(), Enqueued::Stored);
    let other = NewTask { webhook: "other".to_owned(), ..keyed("c", "k") };
    assert_eq!(store.enqueue(other, ROOMY).unwrap(), Enqueued::Stored);
    store_all(store, &["without", "key"]);
    // A key is as good as its record.
    let record = claim(store, "worker", T);
    finish(store, &record, TaskState::Failed, T + 1);
    assert_eq!(store.enqueue(keyed("d", "k"), ROOMY).unwrap(), Enqueued::Duplicate { id: "a".to_owned() });
    assert_eq!(store.purge(T + 2).unwrap(), 1);
    assert_eq!(store.enqueue(keyed("d", "k"), ROOMY).unwrap(), Enqueued::Stored);
}

fn reports_are_stored<S: TaskStore>(store: &S) {
    store_all(store, &["a"]);
    let record = claim(store, "worker", T + 1);
    let mut report = RunReport::new(TaskState::Failed);
    report.status = Some(418);
    report.error = Some("it did not work".to_owned());
    report.output = "é\n".to_owned();
    report.headers = vec![("X-A".to_owned(), "1".to_owned()), ("X-A".to_owned(), "2".to_owned())];
    report.log = vec![super::LogLine { level: "WARN".to_owned(), message: "careful".to_owned() }];
    report.script_hash = Some("abc".to_owned());
    let finished = store.finish(&record.as_attempt(), &report, T + 9).unwrap().unwrap();
    let mut expected = record;
    expected.report(&report);
    expected.settle((TaskState::Failed, T + 9), T + 9);
    assert_eq!(finished, expected);
    assert_eq!(get(store, "a"), expected);
    assert_eq!(expected.payload, Some(task("a").payload));
    assert_eq!(
        store.finish(&Attempt { id: "b".to_owned(), owner: "worker".to_owned(), number: 1 }, &report, T),
        Ok(Err(Lost))
    );
}

fn payloads_that_are_not_kept<S: TaskStore>(store: &S) {
    store.enqueue(NewTask { keep_payload: false, ..retried("a", 2) }, ROOMY).unwrap();
    let first = claim(store, "worker", T);
    assert!(first.payload.is_some());
    // It is needed once more.
    assert!(finish(store, &first, TaskState::Failed, T).payload.is_some());
    let second = claim(store, "worker", T + 10_000);
    assert_eq!(second.payload, Some(task("a").payload));
    assert_eq!(finish(store, &second, TaskState::Succeeded, T + 10_001).payload, None);
    assert_eq!(get(store, "a").payload, None);
    assert_eq!(store.replay("a", "b", T, ROOMY).unwrap(), Replayed::NoPayload);
}

fn attempts_up_to_the_last<S: TaskStore>(store: &S) {
    store.enqueue(retried("a", 3), ROOMY).unwrap();
    store.enqueue(task("b"), ROOMY).unwrap();
    let first = claim(store, "worker", T);
    let waiting = finish(store, &first, TaskState::Failed, T + 100);
    assert_eq!((waiting.state, waiting.attempt, waiting.not_before), (TaskState::Queued, 1, T + 10_100));
    assert_eq!((waiting.owner, waiting.lease_until), (None, None));
    // Those behind it do not wait for it.
    assert_eq!(claim(store, "worker", T + 200).id, "b");
    assert_eq!(store.next_start().unwrap(), Some(T + 10_100));
    assert_eq!(store.claim("worker", T + 10_099, LEASE).unwrap(), None);
    let second = claim(store, "worker", T + 10_100);
    assert_eq!((second.id.as_str(), second.attempt, second.finished), ("a", 2, None));
    let waiting = finish(store, &second, TaskState::TimedOut, T + 20_000);
    assert_eq!((waiting.state, waiting.not_before), (TaskState::Queued, T + 40_000));
    let third = claim(store, "worker", T + 40_000);
    assert_eq!(finish(store, &third, TaskState::Failed, T + 40_001).state, TaskState::Dead);
    assert_eq!(store.claim("worker", T + 900_000_000, LEASE).unwrap(), None);
    assert_eq!(store.next_start().unwrap(), None);

    store.enqueue(retried("c", 3), ROOMY).unwrap();
    let only = claim(store, "worker", T);
    assert_eq!(finish(store, &only, TaskState::Succeeded, T).state, TaskState::Succeeded);
}

fn leases<S: TaskStore>(store: &S) {
    store_all(store, &["a"]);
    store.enqueue(retried("b", 2), ROOMY).unwrap();
    let (a, b) = (claim(store, "w1", T), claim(store, "w2", T));
    assert_eq!(store.recover(&[], T + 29_999).unwrap(), []);
    assert_eq!(store.extend(&a.as_attempt(), T + 20_000, LEASE).unwrap(), Held::Yes);
    assert_eq!(get(store, "a").lease_until, Some(T + 50_000));
    let lost = store.recover(&[], T + 30_000).unwrap();
    assert_eq!(ids(&lost), ["b"]);
    assert_eq!((lost[0].state, lost[0].not_before), (TaskState::Queued, T + 40_000));
    assert_eq!(lost[0], get(store, "b"));
    assert_eq!(store.extend(&b.as_attempt(), T + 30_001, LEASE).unwrap(), Held::Lost);
    let lost = store.recover(&[], T + 50_000).unwrap();
    assert_eq!(ids(&lost), ["a"]);
    let a = get(store, "a");
    assert_eq!((a.state, a.finished, a.owner), (TaskState::Interrupted, Some(T + 50_000), None));
    let b = claim(store, "w3", T + 50_000);
    assert_eq!((b.id.as_str(), b.attempt), ("b", 2));
    assert_eq!(ids(&store.recover(&[], T + 90_000).unwrap()), ["b"]);
    assert_eq!(get(store, "b").state, TaskState::Dead);
    assert_eq!(store.recover(&[], T + 990_000).unwrap(), []);
}

fn lost_workers_are_refused<S: TaskStore>(store: &S) {
    store.enqueue(NewTask { backoff: Duration::ZERO, ..retried("a", 5) }, ROOMY).unwrap();
    let slow = claim(store, "worker", T);
    store.recover(&[], T + 60_000).unwrap();
    let report = RunReport::new(TaskState::Succeeded);
    assert_eq!(store.finish(&slow.as_attempt(), &report, T + 60_001).unwrap(), Err(Lost));
    // The same worker may have claimed it anew: the number tells the attempts apart.
    let fresh = claim(store, "worker", T + 60_002);
    assert_eq!(store.extend(&slow.as_attempt(), T + 60_003, LEASE).unwrap(), Held::Lost);
    assert_eq!(store.finish(&slow.as_attempt(), &report, T + 60_003).unwrap(), Err(Lost));
    let stranger = Attempt { owner: "stranger".to_owned(), ..fresh.as_attempt() };
    assert_eq!(store.finish(&stranger, &report, T + 60_003).unwrap(), Err(Lost));
    assert_eq!(get(store, "a").state, TaskState::Running);
    assert_eq!(finish(store, &fresh, TaskState::Succeeded, T + 60_004).state, TaskState::Succeeded);
    assert_eq!(store.finish(&fresh.as_attempt(), &report, T + 60_005).unwrap(), Err(Lost));
}

fn dead_owners<S: TaskStore>(store: &S) {
    assert_eq!(store.owners().unwrap(), Vec::<String>::new());
    store_all(store, &["a", "b", "c"]);
    for owner in ["old", "new", "old"] {
        claim(store, owner, T);
    }
    assert_eq!(store.owners().unwrap(), ["new", "old"]);
    let lost = store.recover(&["old".to_owned(), "older".to_owned()], T + 1).unwrap();
    assert_eq!(ids(&lost), ["a", "c"]);
    assert!(lost.iter().all(|record| record.state == TaskState::Interrupted));
    assert_eq!(get(store, "b").state, TaskState::Running);
    assert_eq!(store.owners().unwrap(), ["new"]);
}

fn cancelling<S: TaskStore>(store: &S) {
    store_all(store, &["a", "b"]);
    store.enqueue(retried("c", 9), ROOMY).unwrap();
    assert_eq!(store.cancel("nobody", T).unwrap(), Cancelled::Unknown);
    assert_eq!(store.cancel("b", T + 3).unwrap(), Cancelled::Done);
    let b = get(store, "b");
    assert_eq!((b.state, b.started, b.finished), (TaskState::Cancelled, None, Some(T + 3)));
    assert_eq!(store.cancel("b", T + 4).unwrap(), Cancelled::Ended(TaskState::Cancelled));
    let a = claim(store, "worker", T);
    assert_eq!(store.cancel("a", T + 5).unwrap(), Cancelled::Requested);
    assert_eq!((get(store, "a").state, get(store, "a").cancel_requested), (TaskState::Running, true));
    assert_eq!(store.extend(&a.as_attempt(), T + 6, LEASE).unwrap(), Held::Cancel);
    assert_eq!(finish(store, &a, TaskState::Cancelled, T + 7).state, TaskState::Cancelled);
    // A task that was to end is not tried again, even when its worker is gone.
    claim(store, "worker", T);
    store.cancel("c", T + 8).unwrap();
    store.recover(&["worker".to_owned()], T + 9).unwrap();
    assert_eq!(get(store, "c").state, TaskState::Cancelled);
    assert_eq!(store.claim("worker", T + 900_000_000, LEASE).unwrap(), None);
}

fn cancelling_all_that_wait<S: TaskStore>(store: &S) {
    store_all(store, &["a", "b", "c"]);
    store.enqueue(NewTask { webhook: "other".to_owned(), ..task("d") }, ROOMY).unwrap();
    claim(store, "worker", T);
    assert_eq!(store.cancel_waiting("stock", T + 1).unwrap(), 2);
    let states = ["a", "b", "c", "d"].map(|id| get(store, id).state);
    assert_eq!(states, [TaskState::Running, TaskState::Cancelled, TaskState::Cancelled, TaskState::Queued]);
}

fn pages<S: TaskStore>(store: &S) {
    store_all(store, &["a", "b", "c", "d", "e"]);
    store.enqueue(NewTask { webhook: "other".to_owned(), ..task("f") }, ROOMY).unwrap();
    let list = |filter: TaskFilter| -> Vec<String> {
        store.list(&filter).unwrap().into_iter().map(|record| record.id).collect()
    };
    assert_eq!(list(TaskFilter::default()), ["a", "b", "c", "d", "e", "f"]);
    let seq = |id: &str| Some(get(store, id).seq);
    assert_eq!(list(TaskFilter { limit: 2, ..TaskFilter::default() }), ["a", "b"]);
    assert_eq!(list(TaskFilter { limit: 2, after: seq("b"), ..TaskFilter::default() }), ["c", "d"]);
    assert_eq!(list(TaskFilter { after: seq("f"), ..TaskFilter::default() }), [] as [&str; 0]);
    let newest = TaskFilter { newest_first: true, limit: 3, ..TaskFilter::default() };
    assert_eq!(list(newest.clone()), ["f", "e", "d"]);
    assert_eq!(list(TaskFilter { after: seq("d"), ..newest }), ["c", "b", "a"]);
    let stock = TaskFilter { webhook: Some("stock".to_owned()), ..TaskFilter::default() };
    assert_eq!(list(TaskFilter { after: seq("c"), ..stock.clone() }), ["d", "e"]);
    claim(store, "worker", T);
    claim(store, "worker", T);
    let running = TaskFilter { state: Some(TaskState::Running), ..stock };
    assert_eq!(list(running.clone()), ["a", "b"]);
    assert_eq!(list(TaskFilter { newest_first: true, ..running }), ["b", "a"]);
    assert_eq!(list(TaskFilter { limit: 0, ..TaskFilter::default() }), [] as [&str; 0]);
}

fn pages_while_tasks_come<S: TaskStore>(store: &S) {
    let (mut seen, mut after) = (Vec::new(), None);
    for round in 0..20 {
        for part in ["x", "y", "z"] {
            store.enqueue(task(&format!("{part}{round}")), ROOMY).unwrap();
        }
        if let Some(record) = store.claim("worker", T, LEASE).unwrap() {
            finish(store, &record, TaskState::Succeeded, T);
        }
        for record in store.list(&TaskFilter { after, limit: 2, ..TaskFilter::default() }).unwrap() {
            after = Some(record.seq);
            seen.push(record.id);
        }
    }
    for record in store.list(&TaskFilter { after, limit: 100, ..TaskFilter::default() }).unwrap() {
        seen.push(record.id);
    }
    assert_eq!(seen.len(), 60);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 60, "a task was on two pages");
}

fn counting<S: TaskStore>(store: &S) {
    let counts = store.counts().unwrap();
    assert_eq!((counts.running, counts.waiting, counts.longest), (0, 0, 0));
    store_all(store, &["a", "b", "c"]);
    let a = claim(store, "worker", T);
    claim(store, "worker", T);
    let counts = store.counts().unwrap();
    assert_eq!((counts.running, counts.waiting, counts.longest), (2, 1, 3));
    finish(store, &a, TaskState::Succeeded, T);
    let counts = store.counts().unwrap();
    assert_eq!((counts.running, counts.waiting, counts.longest), (1, 1, 3));
    let state = |state| counts.states.get(&state).copied().unwrap_or(0);
    let all = [TaskState::Queued, TaskState::Running, TaskState::Succeeded, TaskState::Dead].map(state);
    assert_eq!(all, [1, 1, 1, 0]);
}

fn purging<S: TaskStore>(store: &S) {
    store_all(store, &["a", "b", "c", "d"]);
    store.enqueue(retried("e", 2), ROOMY).unwrap();
    for (owner, end) in [("w", T + 10), ("w", T + 20)] {
        let record = claim(store, owner, T);
        finish(store, &record, TaskState::Succeeded, end);
    }
    claim(store, "w", T);
    store.cancel("d", T + 5).unwrap();
    let again = claim(store, "w", T);
    finish(store, &again, TaskState::Failed, T + 1);
    let last = get(store, "e").seq;
    assert_eq!(store.purge(T + 20).unwrap(), 2);
    let left = store.list(&TaskFilter::default()).unwrap();
    // What waits, for another attempt too, and what runs is never too old.
    assert_eq!(ids(&left), ["b", "c", "e"]);
    assert_eq!(store.purge(T + 20).unwrap(), 0);
    let again = claim(store, "w", T + 900_000);
    finish(store, &again, TaskState::Succeeded, T + 900_000);
    assert_eq!(store.purge(T + 9_000_000).unwrap(), 2);
    // Places are not given away a second time, or a page could miss the task.
    store_all(store, &["f"]);
    assert!(get(store, "f").seq > last, "the place of a removed task was used again");
}

fn replaying<S: TaskStore>(store: &S) {
    let new = NewTask { idempotency_key: Some("k".to_owned()), ..retried("a", 2) };
    store.enqueue(new, ROOMY).unwrap();
    store_all(store, &["b"]);
    assert_eq!(store.replay("nobody", "x", T, ROOMY).unwrap(), Replayed::Unknown);
    assert_eq!(store.replay("a", "x", T, ROOMY).unwrap(), Replayed::Pending);
    let a = claim(store, "worker", T);
    assert_eq!(store.replay("a", "x", T, ROOMY).unwrap(), Replayed::Pending);
    let a = finish(store, &a, TaskState::Succeeded, T + 5);
    assert_eq!(store.replay("a", "x", T + 50, 1).unwrap(), Replayed::Full);
    assert!(store.replay("a", "b", T + 50, ROOMY).is_err(), "the id of another task was used again");
    assert_eq!(store.replay("a", "x", T + 50, ROOMY).unwrap(), Replayed::Stored);
    let copy = get(store, "x");
    assert_eq!(Some(&copy), a.replayed("x", copy.seq, T + 50).as_ref());
    assert_eq!((copy.attempt, copy.replay_of.as_deref(), copy.received), (0, Some("a"), T + 50));
    assert_eq!(copy.idempotency_key, None);
    assert_eq!(get(store, "a"), a);
    // It is at the end of the queue, and can be done once more.
    assert_eq!(claim(store, "worker", T + 60).id, "b");
    assert_eq!(claim(store, "worker", T + 60).id, "x");
    assert_eq!(store.replay("a", "y", T + 70, ROOMY).unwrap(), Replayed::Stored);
}
