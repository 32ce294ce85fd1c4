//! Loading, and what a run reports.

super::codes! {
    error 0301 INCLUDE_FAILED "include cannot be loaded";
    error 0302 INCLUDES_TOO_MANY "too many includes";
    error 0303 INCLUDES_TOO_DEEP "includes nested too deeply";
    error 0304 SCRIPT_TOO_LARGE "script too large";
}
