//! The tests that every [`TokenStore`] has to pass.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use super::{Method, TokenRecord, TokenStore};

/// Tests a store of tokens. `make` makes an empty one each time, apart from those it made before.
///
/// ```
/// sil::webhook::check_token_store(sil::webhook::MemoryTokenStore::new);
/// ```
///
/// # Panics
/// The store breaks the contract.
pub fn check_token_store<S: TokenStore>(make: impl Fn() -> S) {
    let store = make();
    let (a, b) = (record("a", "stock", Method::Get), record("b", "stock", Method::Put));
    let (c, d) = (record("c", "orders", Method::Get), record("d", "Stock", Method::Get));
    for record in [&b, &a, &c, &d] {
        store.add(record).unwrap();
    }
    assert!(store.add(&record("a", "orders", Method::Put)).is_err(), "an id was stored twice");
    assert_eq!(store.find("a").unwrap().as_ref(), Some(&a));
    assert_eq!(store.find("A").unwrap(), None);
    assert_eq!(store.list("stock").unwrap(), [b.clone(), a.clone()]);
    assert_eq!(store.list("nobody").unwrap(), []);

    assert!(!store.revoke("orders", "a").unwrap(), "a token of another webhook was revoked");
    assert!(store.revoke("stock", "a").unwrap());
    assert!(!store.revoke("stock", "a").unwrap());
    assert_eq!(store.find("a").unwrap(), None);

    store.add(&a).unwrap();
    assert_eq!(store.expire_all("stock").unwrap(), 2);
    assert_eq!(store.expire_all("stock").unwrap(), 0);
    assert_eq!((store.find("a").unwrap(), store.find("b").unwrap()), (None, None));
    assert_eq!(store.list("orders").unwrap(), [c]);

    store.rename("Stock", "store").unwrap();
    let renamed = TokenRecord { webhook: "store".to_owned(), ..d };
    assert_eq!(store.list("store").unwrap(), [renamed]);
    assert_eq!(store.list("Stock").unwrap(), []);
}

fn record(id: &str, webhook: &str, method: Method) -> TokenRecord {
    TokenRecord {
        id: id.to_owned(),
        webhook: webhook.to_owned(),
        method,
        expires: "2031-02-28".to_owned(),
        expires_at: 1_930_000_000_000,
        created: 1_900_000_000_000,
        // Each of another hash, with bytes that are no text.
        hash: std::array::from_fn(|index| {
            id.bytes().next().unwrap_or(0).wrapping_mul(37) ^ index.to_le_bytes()[0] ^ 0xf0
        }),
    }
}
