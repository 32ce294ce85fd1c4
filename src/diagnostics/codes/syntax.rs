//! Lexing and parsing.

super::codes! {
    error 0001 UNEXPECTED_TOKEN "unexpected token";
    error 0002 MISSING_SEMICOLON "missing semicolon";
    error 0003 UNCLOSED_BRACKET "bracket never closed";
    error 0004 STRAY_BRACKET "closing bracket without an opening one";
    error 0005 UNTERMINATED_TEXT "text never closed";
    error 0006 UNTERMINATED_COMMENT "comment never closed";
    error 0007 UNKNOWN_CHARACTER "character that means nothing";
    error 0008 WRONG_QUOTES "text in the wrong quotes";
    error 0009 BAD_QUOTED_NAME "quoted name without an end or a text";
    error 0010 BAD_NUMBER "number run together with a word";
    error 0011 TOO_DEEP "nested too deeply";
    error 0012 FOREIGN_SPELLING "spelling of another language";
    error 0013 MISSING_HEADER "header without parentheses";
    error 0014 KEYWORD_AS_NAME "keyword used as a name";
    error 0015 NOT_TOP_LEVEL "only allowed at the top level";
    error 0016 STATEMENT_BEFORE_CASE "statement before the first case";
    error 0019 ASSIGNMENT_AS_VALUE "assignment inside of an expression";
    error 0020 HALF_TERNARY "`?` without `:`";
    error 0021 RETURN_IN_PARENTHESES "returned values in parentheses";
    error 0022 METHOD_CALL "routine called on a value";
    error 0023 FUNCTION_WORD "function without the word `function`";
    error 0024 LONELY_PERCENT "`%` beside nothing";
    error 0025 CATCH_WITHOUT_TYPE "`catch` with a name but no type";
    warning 0017 UNKNOWN_ESCAPE "unknown escape";
    warning 0018 LONE_SURROGATE "half of a character";
}
