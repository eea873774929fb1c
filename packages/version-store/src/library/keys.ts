import { escapeKeyPart, fixedWidth } from "@foretile/keyspace";
import { prefixRange, toKey, type Key, type KeyRange } from "@foretile/storage";
import { toHex } from "../document/content-hash.ts";
import { sha256 } from "../document/sha256.ts";
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
 * | refs | `cells` | the last timestamp that cells were given |
 * | refs | `collection` | the last collection that took something away |
 * | refs | `n/<escaped name>` | snapshot record |
 * | refs | `N/<sha-256 of the name>` | snapshot record whose escaped name is too long for a key |
 * | blobs | `s/<shard>/<transaction>/<ordinal>` | segment |
 * | blobs | `k/<shard>/<transaction>/<ordinal>` | pack of segments |
 * | blobs | `c/<shard>/<transaction>/<ordinal>` | list of the cells that a transaction wrote |
 * | blobs | `m/<shard>/<transaction>/<ordinal>` | manifest root or segment page |
 * | blobs | `v/<shard>/<transaction>/<ordinal>` | version |
 * | blobs | `p/<shard>/<transaction>/<ordinal>` | page of history or of removed versions |
 * | blobs | `x/<shard>/<transaction>/<ordinal>` | page of a snapshot |
 *
 * Every blob key carries the transaction that wrote it: no two attempts ever use one key, and what a crash leaves
 * behind names the transaction that left it. The shard (the last two characters of the transaction, random) spreads
 * the increasing ids over the key space of stores that split it by range.
 */

export const CONFIG_KEY: Key = toKey("config");

export const COLLECTION_KEY: Key = toKey("collection");

/** The last timestamp that was given out for cells. */
export const CELL_SEQUENCE_KEY: Key = toKey("cells");

/** A symbol's or a snapshot's name is at most this many UTF-8 bytes. */
export const MAX_NAME_BYTES = 1024;

const longestEscapedName = 380;

const textEncoder = new TextEncoder();

/**
 * Checks a name: 1 to {@link MAX_NAME_BYTES} bytes of well-formed Unicode.
 *
 * @param what whose name, for messages
 * @throws {VersionStoreError} `invalid-argument`
 */
function checkName(what: string, name: string): void {
  if (typeof name !== "string" || name === "" || !name.isWellFormed()) {
    throw new VersionStoreError(
      "invalid-argument",
      `${what} must be non-empty, well-formed text ${what}=${JSON.stringify(name)}`,
    );
  }
  const length = textEncoder.encode(name).length;
  if (length > MAX_NAME_BYTES) {
    throw new VersionStoreError(
      "invalid-argument",
      `${what} is too long bytes=${length} limit=${MAX_NAME_BYTES}`,
    );
  }
}

/**
 * The key of a symbol's head. The name itself stands in the head.
 *
 * @throws {VersionStoreError} `invalid-argument` for what cannot be a name
 */
export function headKey(symbol: string): Key {
  checkName("symbol", symbol);
  return namedKey("h", "H", symbol);
}

/**
 * The ranges that hold the heads of all symbols that start with `prefix`, and possibly others.
 *
 * @throws {VersionStoreError} `invalid-argument` for what no name can start with
 */
export function headRanges(prefix: string): readonly KeyRange[] {
  if (typeof prefix !== "string" || !prefix.isWellFormed()) {
    throw new VersionStoreError(
      "invalid-argument",
      `prefix must be well-formed text prefix=${JSON.stringify(prefix)}`,
    );
  }
  return namedRanges("h", "H", prefix);
}

/**
 * The key of a snapshot's record. The name itself stands in the record.
 *
 * @throws {VersionStoreError} `invalid-argument` for what cannot be a name
 */
export function snapshotKey(name: string): Key {
  checkName("snapshot", name);
  return namedKey("n", "N", name);
}

/** The ranges that hold the records of all snapshots. */
export function snapshotRanges(): readonly KeyRange[] {
  return namedRanges("n", "N", "");
}

function namedKey(short: string, long: string, name: string): Key {
  const escaped = escapeKeyPart(name);
  return escaped.length <= longestEscapedName
    ? toKey(`${short}/${escaped}`)
    : toKey(`${long}/${toHex(sha256(textEncoder.encode(name)))}`);
}

function namedRanges(short: string, long: string, prefix: string): readonly KeyRange[] {
  const escaped = prefix === "" ? "" : escapeKeyPart(prefix);
  return escaped.length <= longestEscapedName
    ? [prefixRange(`${short}/${escaped}`), prefixRange(`${long}/`)]
    : [prefixRange(`${long}/`)];
}

export function intentKey(transactionId: string): Key {
  return toKey(`i/${transactionId}`);
}

/** The range of all intents. */
export const INTENT_RANGE: KeyRange = prefixRange("i/");

export function packKey(transactionId: string, ordinal: number): Key {
  return blobKey({ area: "k", transactionId, ordinal });
}

/** What kind of documents an area of the blob store holds; see the table above. */
export type DocumentArea = "m" | "v" | "p" | "x";

export function documentKey(area: DocumentArea, transactionId: string, ordinal: number): Key {
  return blobKey({ area, transactionId, ordinal });
}

/** What a blob's key says. */
export interface BlobName {
  /** A segment, a pack of them and a list of cells are no documents of versions. */
  readonly area: DocumentArea | "s" | "k" | "c";
  readonly transactionId: string;
  readonly ordinal: number;
}

export function blobKey({ area, transactionId, ordinal }: BlobName): Key {
  return toKey(`${area}/${transactionId.slice(-2)}/${transactionId}/${fixedWidth(ordinal, 8)}`);
}

/** The parts of a blob's key; `undefined` for a key that no transaction of a library uses. */
export function parseBlobKey(key: string): BlobName | undefined {
  const match = /^([skcmvpx])\/([^/]{2})\/([^/]+)\/(\d{8})$/.exec(key);
  const [, area, shard, transactionId, ordinal] = match ?? [];
  if (area === undefined || transactionId === undefined || shard !== transactionId.slice(-2)) {
    return undefined;
  }
  return { area: area as BlobName["area"], transactionId, ordinal: Number(ordinal) };
}

export function isDocumentArea(area: BlobName["area"]): area is DocumentArea {
  return area !== "s" && area !== "k" && area !== "c";
}
