import { WriterError } from "../writer-error.ts";

/** Everything but a prediction is small: a request is some two hundred bytes. */
const MAX_SMALL_JSON_BYTES = 16 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses a small JSON document.
 *
 * @throws {WriterError} `malformed` when it is not JSON, not UTF-8 or too long to be any document that is known here
 */
export function parseSmallJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_SMALL_JSON_BYTES) {
    throw new WriterError("malformed", `too long to be a request bytes=${bytes.length}`);
  }
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch (cause) {
    throw new WriterError("malformed", "not JSON in UTF-8", { cause });
  }
}
