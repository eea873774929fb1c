import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import type { ByteBudget } from "../session/byte-budget.ts";
import { WriterError } from "../writer-error.ts";

export interface ReadBodyOptions {
  /** The most bytes of a body, both as sent and unpacked. */
  readonly maxBytes: number;
  /** Bounds the bytes of all bodies together. */
  readonly budget: ByteBudget;
}

/** A received body. Its bytes count against the budget until it is disposed of. */
export interface Body extends Disposable {
  readonly bytes: Uint8Array;
}

/**
 * Receives a body, unpacking gzip. Every limit is checked while bytes arrive, so neither a wrong or missing length
 * nor a gzip bomb takes more memory than allowed. After an error the rest of the body is unread and the connection
 * still open, so that the caller can answer.
 *
 * @throws {WriterError} `too-large` over `maxBytes`, `busy` when the budget is used up, `malformed` for broken gzip
 *   and for an upload that ends early, `unsupported-media-type` for another content encoding
 */
export async function readBody(incoming: IncomingMessage, options: ReadBodyOptions): Promise<Body> {
  const gzip = isGzip(incoming.headers["content-encoding"]);
  if (Number(incoming.headers["content-length"] ?? 0) > options.maxBytes) throw tooLarge(options);
  const { budget } = options;
  const pieces: Uint8Array[] = [];
  let heldBytes = 0;
  let kept = false;
  const collect = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const piece of source) {
      if (heldBytes + piece.length > options.maxBytes) throw tooLarge(options);
      if (!budget.tryTake(piece.length)) {
        throw new WriterError("busy", "too many bytes are being received", { retry: "safe" });
      }
      heldBytes += piece.length;
      pieces.push(piece);
    }
  };
  try {
    const sent = limited(incoming, options);
    await (gzip ? pipeline(sent, createGunzip(), collect) : collect(sent));
    const bytes =
      pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    kept = true;
    return { bytes, [Symbol.dispose]: () => budget.give(heldBytes) };
  } catch (error) {
    if (error instanceof WriterError) throw error;
    throw new WriterError("malformed", "body cannot be read to its end", { cause: error });
  } finally {
    if (!kept) budget.give(heldBytes);
  }
}

/** The bytes as sent. Stopping early leaves the connection open. */
async function* limited(
  incoming: IncomingMessage,
  options: ReadBodyOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sentBytes = 0;
  for await (const piece of incoming.iterator({ destroyOnReturn: false })) {
    sentBytes += (piece as Uint8Array).length;
    if (sentBytes > options.maxBytes) throw tooLarge(options);
    yield piece as Uint8Array;
  }
}

function isGzip(contentEncoding: string | undefined): boolean {
  const encoding = (contentEncoding ?? "identity").trim().toLowerCase();
  if (encoding === "gzip" || encoding === "x-gzip") return true;
  if (encoding === "identity" || encoding === "") return false;
  throw new WriterError(
    "unsupported-media-type",
    `content encoding is not read here, use gzip or none encoding=${JSON.stringify(encoding)}`,
  );
}

function tooLarge(options: ReadBodyOptions): WriterError {
  return new WriterError("too-large", `body is too large limit=${options.maxBytes}`);
}
