import { VersionStoreError } from "../version-store-error.ts";
import { arrayHandler } from "./array-handler.ts";
import { frameHandler } from "./frame-handler.ts";
import type { Handler } from "./handler.ts";
import { valueHandler } from "./value-handler.ts";

const HANDLERS: readonly Handler[] = [frameHandler, arrayHandler, valueHandler];

/** Names of the handlers that this build has. */
export const HANDLER_NAMES: readonly string[] = HANDLERS.map(({ name }) => name);

/**
 * The handler of a value that is to be stored.
 *
 * @throws {VersionStoreError} `invalid-argument` for `undefined`
 */
export function handlerOf(value: unknown): Handler {
  const handler = HANDLERS.find((known) => known.accepts(value));
  if (handler !== undefined) return handler;
  throw new VersionStoreError("invalid-argument", "undefined cannot be stored, null can");
}

/**
 * The handler that a manifest names.
 *
 * @throws {VersionStoreError} `unsupported-capability` for one that this build does not have
 */
export function handlerNamed(name: string): Handler {
  const handler = HANDLERS.find((known) => known.name === name);
  if (handler !== undefined) return handler;
  throw new VersionStoreError(
    "unsupported-capability",
    `version holds content that is no typed value handler=${JSON.stringify(name)}`,
    { details: { handler: name } },
  );
}

/**
 * The handler of new rows for a stored value.
 *
 * @param name the stored value's handler
 * @throws {VersionStoreError} `schema-mismatch` when the rows are another kind of value than the stored one, or the
 *   stored one has no rows; `invalid-argument`, `unsupported-capability` as the functions above
 */
export function handlerOfRows(name: string, incoming: unknown): Handler {
  const stored = handlerNamed(name);
  const found = handlerOf(incoming);
  if (stored === found && stored.rowwise) return stored;
  throw new VersionStoreError(
    "schema-mismatch",
    stored === found
      ? `stored value is opaque and cannot take rows, write it anew handler=${name}`
      : `new rows are another kind of value stored=${name} new=${found.name}`,
    { details: { stored: name, new: found.name } },
  );
}
