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
