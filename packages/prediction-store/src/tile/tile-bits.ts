import { hash } from "node:crypto";

import { contentHash } from "@foretile/version-store";

/**
 * SHA-256 of a tile's float32 bits, little-endian, in step-major order.
 *
 * The bits are hashed where they lie: every platform that Node 24 and current browsers run on is little-endian.
 *
 * @returns 32 bytes
 */
export function tileContentHash(values: Float32Array): Promise<Uint8Array> {
  return contentHash(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** {@link tileContentHash} on the calling thread, for threads that have nothing else to do. */
export function tileContentHashAtOnce(values: Float32Array): Uint8Array {
  return new Uint8Array(hash("sha256", values, "buffer"));
}
