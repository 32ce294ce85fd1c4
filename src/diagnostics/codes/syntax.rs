//! Lexing and parsing.

super::codes! {
    error 1 UNEXPECTED_TOKEN "unexpected token";
    error 2 MISSING_SEMICOLON "missing semicolon";
    error 3 UNCLOSED_BRACKET "bracket never closed";
    error 4 STRAY_BRACKET "closing bracket without an opening one";
    error 5 UNTERMINATED_TEXT "text never closed";
    error 6 UNTERMINATED_COMMENT "comment never closed";
    error 7 UNKNOWN_CHARACTER "character that means nothing";
    error 8 WRONG_QUOTES "text in the wrong quotes";
    error 9 BAD_QUOTED_NAME "quoted name without an end or a text";
    error 10 BAD_NUMBER "number run together with a word";
    error 11 TOO_DEEP "nested too deeply";
    error 12 FOREIGN_SPELLING "spelling of another language";
    error 13 MISSING_HEADER "header without parentheses";
    error 14 KEYWORD_AS_NAME "keyword used as a name";
    error 15 NOT_TOP_LEVEL "only allowed at the top level";
    error 16 STATEMENT_BEFORE_CASE "statement before the first case";
    error 19 ASSIGNMENT_AS_VALUE "assignment inside of an expression";
    error 20 HALF_TERNARY "`?` without `:`";
    error 21 RETURN_IN_PARENTHESES "returned values in parentheses";
    error 22 METHOD_CALL "routine called on a value";
    error 23 FUNCTION_WORD "function without the word `function`";
    error 24 LONELY_PERCENT "`%` beside nothing";
    error 25 CATCH_WITHOUT_TYPE "`catch` with a name but no type";
    warning 17 UNKNOWN_ESCAPE "unknown escape";
    warning 18 LONE_SURROGATE "half of a character";
}
