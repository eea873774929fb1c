import { escapeKeyPart, fixedWidth } from "@foretile/keyspace";
import { prefixRange, toKey, type Key, type KeyRange } from "@foretile/storage";
import { toHex } from "../document/content-hash.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * Where things lie in the two stores of a library.
 *
 * | store | key | what |
 * |---|---|---|
 * | refs | `config` | library config |
 * | refs | `h/<escaped symbol>` | head |
 * | refs | `H/<sha-256 of the symbol>` | head of a symbol whose escaped name is too long for a key |
 * | refs | `i/<transaction>` | intent |
 * | blobs | `s/<shard>/<transaction>/<ordinal>` | segment |
 * | blobs | `m/<shard>/<transaction>/<attempt>` | manifest |
 * | blobs | `v/<shard>/<transaction>/<attempt>` | version |
 * | blobs | `p/<shard>/<transaction>/<attempt>` | history page |
 *
 * Every blob key carries the transaction that wrote it: no two attempts ever use one key, and what a crash leaves
 * behind names the transaction that left it. The shard (the last two characters of the transaction, random) spreads
 * the increasing ids over the key space of stores that split it by range.
 */

export const CONFIG_KEY: Key = toKey("config");

/** A symbol's name is at most this many UTF-8 bytes. */
export const MAX_SYMBOL_BYTES = 1024;

const longestEscapedSymbol = 380;

const textEncoder = new TextEncoder();

/**
 * Checks a symbol's name: 1 to {@link MAX_SYMBOL_BYTES} bytes of well-formed Unicode.
 *
 * @throws {VersionStoreError} `invalid-argument`
 */
function checkSymbol(symbol: string): void {
  if (symbol === "" || !symbol.isWellFormed()) {
    throw new VersionStoreError(
      "invalid-argument",
      `symbol must be non-empty, well-formed text symbol=${JSON.stringify(symbol)}`,
    );
  }
  const length = textEncoder.encode(symbol).length;
  if (length > MAX_SYMBOL_BYTES) {
    throw new VersionStoreError(
      "invalid-argument",
      `symbol is too long bytes=${length} limit=${MAX_SYMBOL_BYTES}`,
    );
  }
}

/** The key of a symbol's head. The name itself stands in the head. */
export async function headKey(symbol: string): Promise<Key> {
  checkSymbol(symbol);
  const escaped = escapeKeyPart(symbol);
  if (escaped.length <= longestEscapedSymbol) return toKey(`h/${escaped}`);
  const digest = await crypto.subtle.digest("SHA-256", textEncoder.encode(symbol));
  return toKey(`H/${toHex(new Uint8Array(digest))}`);
}

/** The ranges that hold the heads of all symbols that start with `prefix`, and possibly others. */
export function headRanges(prefix: string): readonly KeyRange[] {
  const escaped = prefix === "" ? "" : escapeKeyPart(prefix);
  return escaped.length <= longestEscapedSymbol
    ? [prefixRange(`h/${escaped}`), prefixRange("H/")]
    : [prefixRange("H/")];
}

export function intentKey(transactionId: string): Key {
  return toKey(`i/${transactionId}`);
}

export function segmentKey(transactionId: string, ordinal: number): Key {
  return blobKey("s", transactionId, ordinal);
}

export function manifestKey(transactionId: string, attempt: number): Key {
  return blobKey("m", transactionId, attempt);
}

export function versionKey(transactionId: string, attempt: number): Key {
  return blobKey("v", transactionId, attempt);
}

export function historyPageKey(transactionId: string, attempt: number): Key {
  return blobKey("p", transactionId, attempt);
}

function blobKey(kind: string, transactionId: string, ordinal: number): Key {
  return toKey(`${kind}/${transactionId.slice(-2)}/${transactionId}/${fixedWidth(ordinal, 8)}`);
}
