import { escapeKeyPart } from "@foretile/keyspace";
import { parseRequestKey, type RequestAddress } from "../request/request-key.ts";

/** Symbols of published requests start with this, those of their scores with {@link SCORES_PREFIX}. */
const REQUEST_PREFIX = "request/";
const SCORES_PREFIX = "scores/";

/** Which requests, or their scores: all, of a label, of an asset of it, in a half-open range of start times. */
export interface RequestFilter {
  readonly label?: string | undefined;
  readonly asset?: string | undefined;
  /** Start times from this second on. */
  readonly fromUnixSeconds?: number | undefined;
  /** Start times before this second. */
  readonly toUnixSeconds?: number | undefined;
}

/** @param key as made by `requestKey` */
export function requestSymbol(key: string): string {
  return REQUEST_PREFIX + key;
}

export function scoresSymbol(key: string): string {
  return SCORES_PREFIX + key;
}

/** The key inside a request's or a score set's symbol; `undefined` for other symbols. */
export function symbolKey(symbol: string): string | undefined {
  for (const prefix of [REQUEST_PREFIX, SCORES_PREFIX]) {
    if (symbol.startsWith(prefix)) return symbol.slice(prefix.length);
  }
  return undefined;
}

/** The prefix that all wanted request symbols share. */
export function requestSymbolPrefix(filter: RequestFilter): string {
  return REQUEST_PREFIX + keyPrefix(filter);
}

export function scoresSymbolPrefix(filter: RequestFilter): string {
  return SCORES_PREFIX + keyPrefix(filter);
}

/** The address in `key` when the filter wants it. */
export function wantedAddress(key: string, filter: RequestFilter): RequestAddress | undefined {
  const address = parseRequestKey(key);
  const { label, asset, fromUnixSeconds = 0, toUnixSeconds = Infinity } = filter;
  const wanted =
    (label === undefined || address.label === label) &&
    (asset === undefined || address.asset === asset) &&
    address.startUnixSeconds >= fromUnixSeconds &&
    address.startUnixSeconds < toUnixSeconds;
  return wanted ? address : undefined;
}

function keyPrefix({ label, asset }: RequestFilter): string {
  if (label === undefined) return "";
  const labelPart = `${escapeKeyPart(label)}/`;
  return asset === undefined ? labelPart : `${labelPart}${escapeKeyPart(asset)}#`;
}
