//! Names, scopes, types and flow.

super::codes! {
    error 0100 UNKNOWN_ROUTINE "routine not defined";
    error 0101 UNKNOWN_FIELD "unknown name";
    error 0102 DUPLICATE_VARIABLE "variable declared twice in one scope";
    error 0103 DUPLICATE_FUNCTION "function declared twice";
    error 0104 DUPLICATE_STRUCT "structure declared twice";
    error 0105 DUPLICATE_MEMBER "two fields of one name in a structure";
    error 0106 UNKNOWN_TYPE "unknown type";
    error 0107 UNKNOWN_MEMBER "unknown field of a structure";
    error 0108 ARGUMENT_COUNT "wrong number of arguments";
    error 0109 ARGUMENT_TYPE "argument of an impossible type";
    error 0110 IMPOSSIBLE_CONVERSION "impossible conversion";
    error 0111 INVALID_OPERANDS "operator does not take these operands";
    error 0112 NOT_ASSIGNABLE "not assignable";
    error 0113 CONST_ASSIGNED "assignment to a constant";
    error 0114 CONST_WITHOUT_VALUE "constant without value";
    error 0115 CONST_PERSISTENT "constant and persistent at once";
    error 0116 MISPLACED_JUMP "`break` or `continue` outside of a loop";
    error 0117 SEVERAL_VALUES "several values returned from a function";
    error 0118 DEFAULT_ORDER "parameter without default behind one with default";
    error 0119 TOO_MANY_ELEMENTS "more values than fields";
    error 0120 INVALID_INDEX "impossible index";
    error 0121 UNKNOWN_PART "unknown part of a date or interval";
    error 0122 NO_MEMBERS "value without members";
    error 0123 SECOND_CATCH_ALL "second catch-all clause";
    warning 0200 HIDDEN_STRUCT "structure hides a known one";
    warning 0201 FUNCTION_AFTER_CODE "function behind executable code";
    warning 0202 UNKNOWN_PACKAGE "unknown package";
    warning 0203 ROUTINE_CASE "routine written in other case";
    warning 0204 NOT_PROVIDED "routine not available";
    warning 0205 DOUBTFUL_ARGUMENT_COUNT "doubtful number of arguments";
    warning 0206 DOUBTFUL_ARGUMENT "doubtful argument";
    warning 0207 NUMERIC_NOT "`!` on a number";
    warning 0208 DUPLICATE_CASE "duplicate case";
    warning 0209 UNREACHABLE "code that is never reached";
    warning 0210 UNUSED_VARIABLE "unused variable";
    warning 0211 UNUSED_VALUE "value without effect";
    warning 0212 MIXED_RETURNS "function returns values of different types";
    warning 0213 UNREACHABLE_CATCH "catch clause that is never reached";
    warning 0214 FOREIGN_CONSTANT "constant in a spelling of another language";
}
