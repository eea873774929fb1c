/**
 * A condition on one key's value. A trace that does not have the key never meets it.
 *
 * - text, or a list: the value is this, or one of these
 * - `{ matches }`: the expression is found in the value, anywhere unless it is anchored
 * - `{ not }`: the value is none of these, or the expression is not found in it
 * - `{ any: true }`: whatever the value
 */
export type KeyCondition =
  | string
  | readonly string[]
  | { readonly matches: RegExp }
  | { readonly not: string | readonly string[] | RegExp }
  | { readonly any: true };

/** Conditions on keys: a trace must meet all of them. None at all: every trace. */
export type TraceQuery = Readonly<Record<string, KeyCondition>>;
