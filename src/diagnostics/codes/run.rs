//! What a run reports.

super::codes! {
    error 300 INTERNAL "internal error";
}
