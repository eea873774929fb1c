import { createXXHash128 } from "hash-wasm";

/** Length of a hash in bytes. */
export const HASH_BYTES = 16;

/** Hashes bytes. Synchronous once loaded; one instance per thread. */
export interface Checksum {
  /**
   * XXH3-128 with seed 0, as the 16 bytes of its canonical (big-endian) form: the bytes of
   * `xxhash.xxh3_128_digest` in Python and of `xxh128sum` on the command line.
   *
   * It finds damage; it does not withstand someone who forges bytes on purpose.
   *
   * @returns 16 fresh bytes
   */
  hash128(bytes: Uint8Array): Uint8Array;
}

/** Compiles the hash (WebAssembly, in Node and in browsers). */
export async function loadChecksum(): Promise<Checksum> {
  const hasher = await createXXHash128();
  return { hash128: (bytes) => hasher.init().update(bytes).digest("binary") };
}
