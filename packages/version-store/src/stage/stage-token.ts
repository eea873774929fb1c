import { decodeCanonical, encodeCanonical } from "@foretile/codecs/msgpack";
import { contentOf, toNewContent, type Content } from "../content/content.ts";
import { rowsOf } from "../content/block.ts";
import { DocumentReader } from "../document/document-reader.ts";
import type { Handlers } from "../handler/handlers.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey, type Manifest } from "../manifest/manifest.ts";
import { decodeSegments, encodeSegments, versionOfSegments } from "../manifest/segment-columns.ts";
import { VersionStoreError } from "../version-store-error.ts";

const FORMAT = "foretile-stage-1";

/** Of rows that are in packs. */
const LOCATED_FORMAT = "foretile-stage-2";

/** Longest content of a token in bytes: about a hundred thousand segments. */
const MAX_CONTENT_BYTES = 16 * 1024 * 1024;

/**
 * Stands for rows that were stored and are not part of any version yet. Plain JSON, so that it can be sent to whoever
 * makes the version.
 */
export interface StageToken {
  readonly format: typeof FORMAT | typeof LOCATED_FORMAT;
  /** The library's id. */
  readonly library: string;
  readonly symbol: string;
  /** The transaction that stored the rows. */
  readonly transaction: string;
  readonly rows: number;
  /** Form and segments, with their hashes: canonical msgpack in base64. */
  readonly content: string;
}

/** A token, read and checked. */
export interface StagedRows {
  readonly transaction: string;
  readonly content: Content;
}

export function writeToken(
  facts: Pick<StageToken, "library" | "symbol" | "transaction">,
  content: Content,
): StageToken {
  const { manifest } = toNewContent(content);
  const { handler, body, segments } = manifest;
  const encoded = encodeSegments(segments);
  const bytes = encodeCanonical({ handler, body, segments: encoded });
  if (bytes.length > MAX_CONTENT_BYTES) {
    throw new VersionStoreError(
      "invalid-argument",
      `value has too many segments for one token, stage it in parts limit_bytes=${MAX_CONTENT_BYTES} found=${bytes.length}`,
    );
  }
  return {
    format: versionOfSegments(encoded) === 1 ? FORMAT : LOCATED_FORMAT,
    ...facts,
    rows: rowsOf(content.blocks),
    content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"),
  };
}

/**
 * Reads a token that came from anywhere. What it says of its segments is only believed as far as their hashes prove it,
 * when they are read.
 *
 * @throws {VersionStoreError} `invalid-argument` for anything but a token of this library and symbol
 */
export function readToken(
  { config, handlers }: LibraryContext,
  token: unknown,
  symbol: string,
): StagedRows {
  const fields = fieldsOf(token);
  const { format } = fields;
  if (format !== FORMAT && format !== LOCATED_FORMAT) {
    throw wrong("it is no stage token of a known format");
  }
  if (fields.library !== config.id) throw wrong("it is of another library");
  if (fields.symbol !== symbol) throw wrong("it is of another symbol");
  const { transaction, content } = fields;
  if (typeof transaction !== "string" || !/^[0-9a-hjkmnp-tv-z]{26}$/.test(transaction)) {
    throw wrong("it names no transaction");
  }
  if (typeof content !== "string") throw wrong("it has no content");
  const staged = contentOfToken(handlers, content);
  const segments = staged.blocks.flatMap((block) => block.segments);
  const isLocated = segments.some(({ entry }) => entry.location !== undefined);
  if (isLocated !== (format === LOCATED_FORMAT))
    throw wrong("it has the format of another content");
  const names = new Set(segments.map(({ entry }) => segmentEntryKey(entry)));
  const isOwn = segments.every(
    ({ entry: { transactionId, length, location } }) =>
      transactionId === transaction && length > 0 && location?.kind !== "cell",
  );
  if (!isOwn || names.size < segments.length) throw wrong("its segments are not its own");
  if (fields.rows !== rowsOf(staged.blocks)) throw wrong("it has another number of rows");
  return { transaction, content: staged };
}

function contentOfToken(handlers: Handlers, text: string): Content {
  try {
    return contentOf(handlers, decodeManifest(text));
  } catch (cause) {
    throw wrong("its content is damaged", cause);
  }
}

function decodeManifest(text: string): Manifest {
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  const reader = new DocumentReader(
    decodeCanonical(bytes, { maxBytes: MAX_CONTENT_BYTES }),
    "stage token",
  );
  return {
    handler: reader.text("handler"),
    body: reader.value("body"),
    segments: decodeSegments(reader.record("segments"), "stage token"),
  };
}

function fieldsOf(token: unknown): { readonly [F in keyof StageToken]?: unknown } {
  if (typeof token === "object" && token !== null) return token;
  throw wrong("it is no object");
}

function wrong(why: string, cause?: unknown): VersionStoreError {
  return new VersionStoreError("invalid-argument", `stage token cannot be used: ${why}`, { cause });
}
