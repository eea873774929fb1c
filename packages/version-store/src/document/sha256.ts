import { createHash } from "node:crypto";

/**
 * SHA-256 of a few bytes, at once. For short inputs that are hashed in the middle of a commit, where waiting for the
 * platform's thread pool would cost more than the hash.
 *
 * @returns 32 bytes
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
