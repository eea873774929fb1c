import { alignedBytes } from "./aligned-bytes.ts";
import type { Filter } from "./codec.ts";

/** Each element combined with the one before it by exclusive or; the first stays. What neighbours share becomes 0. */
export const xorFilter: Filter = {
  kind: "filter",
  name: "xor",
  encode: (source, elementBytes, target) => {
    if (elementBytes < 4) return encodeBytes(source, target, elementBytes);
    encodeWords(wordsOf(alignedBytes(source, 4)), wordsOf(target), elementBytes / 4);
  },
  decode: (source, elementBytes, target) => {
    if (elementBytes < 4) return decodeBytes(source, target, elementBytes);
    decodeWords(wordsOf(alignedBytes(source, 4)), wordsOf(target), elementBytes / 4);
  },
};

// An exclusive or has no carries: an element of 8 bytes is two words, one of 2 bytes two bytes. `stride` is how far back
// the element before is.

function encodeBytes(source: Uint8Array, target: Uint8Array, stride: number): void {
  target.set(source.subarray(0, stride));
  for (let index = stride; index < source.length; index += 1) {
    target[index] = (source[index] as number) ^ (source[index - stride] as number);
  }
}

function decodeBytes(source: Uint8Array, target: Uint8Array, stride: number): void {
  target.set(source.subarray(0, stride));
  for (let index = stride; index < source.length; index += 1) {
    target[index] = (source[index] as number) ^ (target[index - stride] as number);
  }
}

function encodeWords(source: Int32Array, target: Int32Array, stride: number): void {
  target.set(source.subarray(0, stride));
  for (let index = stride; index < source.length; index += 1) {
    target[index] = (source[index] as number) ^ (source[index - stride] as number);
  }
}

function decodeWords(source: Int32Array, target: Int32Array, stride: number): void {
  target.set(source.subarray(0, stride));
  for (let index = stride; index < source.length; index += 1) {
    target[index] = (source[index] as number) ^ (target[index - stride] as number);
  }
}

function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
