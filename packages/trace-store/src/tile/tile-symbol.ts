import { fixedWidth } from "@foretile/keyspace";
import type { ListSymbolsOptions } from "@foretile/version-store";
import { MAX_TILE } from "../limits.ts";
import { TraceStoreError } from "../trace-store-error.ts";

/** Symbols of trace sets, and of their tiles, start with this. */
const TRACE_PREFIX = "trace/";

const setName = /^[A-Za-z0-9._-]{1,64}$/;

const TILE_DIGITS = 10;

/**
 * The symbol that says what a set was made with.
 *
 * @throws {TraceStoreError} `invalid-set-name`
 */
export function setSymbol(set: string): string {
  if (typeof set === "string" && setName.test(set)) return TRACE_PREFIX + set;
  throw new TraceStoreError(
    "invalid-set-name",
    `a trace set is named by 1 to 64 letters, digits, dots, underlines and hyphens set=${JSON.stringify(set)}`,
  );
}

/** Selects the symbols of sets, and not of tiles, in a listing. */
export const SET_SYMBOLS: Pick<ListSymbolsOptions, "prefix" | "regex"> = {
  prefix: TRACE_PREFIX,
  regex: /^trace\/[^/]+$/,
};

/** @param symbol as made by {@link setSymbol} */
export function setOfSymbol(symbol: string): string {
  return symbol.slice(TRACE_PREFIX.length);
}

/** The prefix that the symbols of a set's tiles share. */
export function tilePrefix(set: string): string {
  return `${TRACE_PREFIX}${set}/`;
}

/** The symbol of a tile: newer tiles come first in the order of symbols. */
export function tileSymbol(set: string, tile: number): string {
  return tilePrefix(set) + fixedWidth(MAX_TILE - tile, TILE_DIGITS);
}

/** The tile of a symbol, or of a text that ends like one; `undefined` when it is none's. */
export function tileOfSymbol(symbol: string): number | undefined {
  const digits = /\d{10}$/.exec(symbol)?.[0];
  const tile = digits === undefined ? -1 : MAX_TILE - Number(digits);
  return tile >= 0 ? tile : undefined;
}
