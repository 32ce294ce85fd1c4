//! Names, scopes, types and flow.

super::codes! {
    error 100 UNKNOWN_ROUTINE "routine not defined";
}
