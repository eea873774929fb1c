/** The environment variable with the token that callers have to bring. */
export const TOKEN_VARIABLE = "FORETILE_WRITER_TOKEN";
