import { DIGEST_BYTES } from "../trace-values.ts";
import { TraceStoreError } from "../trace-store-error.ts";

const pattern = /^[0-9a-fA-F]{32}$/;

/**
 * The 16 bytes that 32 hexadecimal digits, of either case, stand for.
 *
 * @throws {TraceStoreError} `invalid-argument` for any other text; Gold takes it for a missing digest
 */
export function digestOfText(text: string): Uint8Array<ArrayBuffer> {
  if (!pattern.test(text)) {
    throw new TraceStoreError(
      "invalid-argument",
      `digest must have 32 hexadecimal digits length=${text.length}`,
    );
  }
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/**
 * 32 digits 0-9 a-f for 16 bytes.
 *
 * @throws {TraceStoreError} `invalid-argument` for another number of bytes
 */
export function textOfDigest(bytes: Uint8Array): string {
  if (bytes.length !== DIGEST_BYTES) {
    throw new TraceStoreError(
      "invalid-argument",
      `digest must have 16 bytes length=${bytes.length}`,
    );
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}
