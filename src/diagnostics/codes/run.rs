//! Loading, and what a run reports.

super::codes! {
    error 301 INCLUDE_FAILED "include cannot be loaded";
    error 302 INCLUDES_TOO_MANY "too many includes";
    error 303 INCLUDES_TOO_DEEP "includes nested too deeply";
    error 304 SCRIPT_TOO_LARGE "script too large";
}
