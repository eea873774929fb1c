import { Readable } from "node:stream";

import { StorageError } from "@foretile/storage";

/**
 * Reads the body of an answer to its end, or destroys it: a body that is left alone keeps its socket for ever.
 *
 * @param length how many bytes the answer announced
 * @throws {StorageError} `unavailable`, safe to repeat, when fewer or more bytes came; the stream's own error
 */
export async function readBody(body: unknown, length: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!(body instanceof Readable)) {
    if (length === 0 && body === undefined) return new Uint8Array(0);
    throw new StorageError("unavailable", "answer has no body", { retry: "safe" });
  }
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (filled + chunk.byteLength > length) throw wrongLength(filled + chunk.byteLength, length);
      bytes.set(chunk, filled);
      filled += chunk.byteLength;
    }
    if (filled !== length) throw wrongLength(filled, length);
    return bytes;
  } finally {
    if (!body.readableEnded) body.destroy();
  }
}

function wrongLength(received: number, announced: number): StorageError {
  return new StorageError(
    "unavailable",
    `body is not as long as announced received=${received} announced=${announced}`,
    { retry: "safe" },
  );
}
