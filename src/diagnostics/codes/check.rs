//! Names, scopes, types and flow.

super::codes! {
    error 100 UNKNOWN_ROUTINE "routine not defined";
    error 101 UNKNOWN_FIELD "unknown name";
    error 102 DUPLICATE_VARIABLE "variable declared twice in one scope";
    error 103 DUPLICATE_FUNCTION "function declared twice";
    error 104 DUPLICATE_STRUCT "structure declared twice";
    error 105 DUPLICATE_MEMBER "two fields of one name in a structure";
    error 106 UNKNOWN_TYPE "unknown type";
    error 107 UNKNOWN_MEMBER "unknown field of a structure";
    error 108 ARGUMENT_COUNT "wrong number of arguments";
    error 109 ARGUMENT_TYPE "argument of an impossible type";
    error 110 IMPOSSIBLE_CONVERSION "impossible conversion";
    error 111 INVALID_OPERANDS "operator does not take these operands";
    error 112 NOT_ASSIGNABLE "not assignable";
    error 113 CONST_ASSIGNED "assignment to a constant";
    error 114 CONST_WITHOUT_VALUE "constant without value";
    error 115 CONST_PERSISTENT "constant and persistent at once";
    error 116 MISPLACED_JUMP "`break` or `continue` outside of a loop";
    error 117 SEVERAL_VALUES "several values returned from a function";
    error 118 DEFAULT_ORDER "parameter without default behind one with default";
    error 119 TOO_MANY_ELEMENTS "more values than fields";
    error 120 INVALID_INDEX "impossible index";
    error 121 UNKNOWN_PART "unknown part of a date or interval";
    error 122 NO_MEMBERS "value without members";
    error 123 SECOND_CATCH_ALL "second catch-all clause";
    warning 200 HIDDEN_STRUCT "structure hides a known one";
    warning 201 FUNCTION_AFTER_CODE "function behind executable code";
    warning 202 UNKNOWN_PACKAGE "unknown package";
    warning 203 ROUTINE_CASE "routine written in other case";
    warning 204 NOT_PROVIDED "routine not available";
    warning 205 DOUBTFUL_ARGUMENT_COUNT "doubtful number of arguments";
    warning 206 DOUBTFUL_ARGUMENT "doubtful argument";
    warning 207 NUMERIC_NOT "`!` on a number";
    warning 208 DUPLICATE_CASE "duplicate case";
    warning 209 UNREACHABLE "code that is never reached";
    warning 210 UNUSED_VARIABLE "unused variable";
    warning 211 UNUSED_VALUE "value without effect";
    warning 212 MIXED_RETURNS "function returns values of different types";
    warning 213 UNREACHABLE_CATCH "catch clause that is never reached";
    warning 214 FOREIGN_CONSTANT "constant in a spelling of another language";
}
