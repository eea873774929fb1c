import type { Scratch } from "./scratch.ts";

/** The bytes as words, without what does not fill one; copied when they are not aligned. */
export function alignedWords(bytes: Uint8Array, copy: Scratch): Int32Array {
  let aligned = bytes;
  if (bytes.byteOffset % 4 !== 0) {
    aligned = copy.take(bytes.length);
    aligned.set(bytes);
  }
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
}
