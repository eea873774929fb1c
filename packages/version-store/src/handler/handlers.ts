import { VersionStoreError } from "../version-store-error.ts";
import { arrayHandler } from "./array-handler.ts";
import { frameHandler } from "./frame-handler.ts";
import type { Handler } from "./handler.ts";
import { valueHandler } from "./value-handler.ts";

/** Handlers by name: which kinds of values a library can store and read. */
export interface Handlers {
  readonly names: readonly string[];

  /**
   * The handler of a value that is to be stored.
   *
   * @throws {VersionStoreError} `invalid-argument` for `undefined`
   */
  of(value: unknown): Handler;

  /**
   * The handler that a manifest names.
   *
   * @throws {VersionStoreError} `unsupported-capability` for one that is not here
   */
  named(name: string): Handler;
}

const namePattern = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * The handlers that come along: `frame`, `array` and, for everything else, `value`.
 *
 * @param more further handlers, asked first. Whoever reads the values needs them too
 * @throws {VersionStoreError} `invalid-argument` for a name that is taken or malformed
 */
export function createHandlers(more: readonly Handler[] = []): Handlers {
  const handlers = [...more, frameHandler, arrayHandler, valueHandler];
  const byName = new Map(handlers.map((handler) => [handler.name, handler]));
  const wrong = more.find(({ name }) => !namePattern.test(name));
  if (wrong !== undefined || byName.size < handlers.length) {
    throw new VersionStoreError(
      "invalid-argument",
      `handler needs another name: up to 32 of a-z, 0-9 and "-", a letter first, given once names=${handlers.map(({ name }) => name).join(",")}`,
    );
  }
  return {
    names: [...byName.keys()],
    of: (value) => {
      const handler = handlers.find((known) => known.accepts(value));
      if (handler !== undefined) return handler;
      throw new VersionStoreError("invalid-argument", "undefined cannot be stored, null can");
    },
    named: (name) => {
      const handler = byName.get(name);
      if (handler !== undefined) return handler;
      throw new VersionStoreError(
        "unsupported-capability",
        `version holds content that is no typed value handler=${JSON.stringify(name)}`,
        { details: { handler: name } },
      );
    },
  };
}

/**
 * The handler of new rows for a stored value.
 *
 * @param incoming the new rows' own handler
 * @throws {VersionStoreError} `schema-mismatch` when the rows are another kind of value than the stored one, or the
 *   stored one has no rows
 */
export function handlerOfRows(stored: Handler, incoming: Handler): Handler {
  if (stored === incoming && stored.rowwise) return stored;
  throw new VersionStoreError(
    "schema-mismatch",
    stored === incoming
      ? `stored value is opaque and cannot take rows, write it anew handler=${stored.name}`
      : `new rows are another kind of value stored=${stored.name} new=${incoming.name}`,
    { details: { stored: stored.name, new: incoming.name } },
  );
}
