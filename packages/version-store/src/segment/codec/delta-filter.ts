import { alignedBytes } from "./aligned-bytes.ts";
import type { Filter } from "./codec.ts";

/**
 * Each element minus the one before it, as integers that wrap around; the first stays. Floats are taken by their bits,
 * so every pattern comes back.
 */
export const deltaFilter: Filter = {
  kind: "filter",
  name: "delta",
  encode: (source, elementBytes, target) => {
    const from = alignedBytes(source, elementBytes);
    if (elementBytes === 1) encodeBytes(from, target);
    else if (elementBytes === 2) encodeHalfWords(halfWordsOf(from), halfWordsOf(target));
    else if (elementBytes === 4) encodeWords(wordsOf(from), wordsOf(target));
    else encodeLongWords(longWordsOf(from), longWordsOf(target));
  },
  decode: (source, elementBytes, target) => {
    const from = alignedBytes(source, elementBytes);
    if (elementBytes === 1) decodeBytes(from, target);
    else if (elementBytes === 2) decodeHalfWords(halfWordsOf(from), halfWordsOf(target));
    else if (elementBytes === 4) decodeWords(wordsOf(from), wordsOf(target));
    else decodeLongWords(longWordsOf(from), longWordsOf(target));
  },
};

// A loop for each width: one that serves several kinds of arrays is compiled to slow code. The element before is read
// from its array again, which is faster than a variable that the compiler must prove to stay an integer.

function encodeBytes(source: Uint8Array, target: Uint8Array): void {
  target.set(source.subarray(0, 1));
  for (let index = 1; index < source.length; index += 1) {
    target[index] = (source[index] as number) - (source[index - 1] as number);
  }
}

function decodeBytes(source: Uint8Array, target: Uint8Array): void {
  target.set(source.subarray(0, 1));
  for (let index = 1; index < source.length; index += 1) {
    target[index] = (source[index] as number) + (target[index - 1] as number);
  }
}

function encodeHalfWords(source: Int16Array, target: Int16Array): void {
  target.set(source.subarray(0, 1));
  for (let index = 1; index < source.length; index += 1) {
    target[index] = (source[index] as number) - (source[index - 1] as number);
  }
}

function decodeHalfWords(source: Int16Array, target: Int16Array): void {
  target.set(source.subarray(0, 1));
  for (let index = 1; index < source.length; index += 1) {
    target[index] = (source[index] as number) + (target[index - 1] as number);
  }
}

function encodeWords(source: Int32Array, target: Int32Array): void {
  target.set(source.subarray(0, 1));
  for (let index = 1; index < source.length; index += 1) {
    target[index] = (source[index] as number) - (source[index - 1] as number);
  }
}

function decodeWords(source: Int32Array, target: Int32Array): void {
  target.set(source.subarray(0, 1));
  for (let index = 1; index < source.length; index += 1) {
    target[index] = (source[index] as number) + (target[index - 1] as number);
  }
}

// Cut to 64 bits in the expression, so that it is compiled to plain machine arithmetic.

function encodeLongWords(source: BigInt64Array, target: BigInt64Array): void {
  target.set(source.subarray(0, 1));
  for (let index = 1; index < source.length; index += 1) {
    target[index] = BigInt.asIntN(64, (source[index] as bigint) - (source[index - 1] as bigint));
  }
}

function decodeLongWords(source: BigInt64Array, target: BigInt64Array): void {
  target.set(source.subarray(0, 1));
  for (let index = 1; index < source.length; index += 1) {
    target[index] = BigInt.asIntN(64, (source[index] as bigint) + (target[index - 1] as bigint));
  }
}

function halfWordsOf(bytes: Uint8Array): Int16Array {
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function longWordsOf(bytes: Uint8Array): BigInt64Array {
  return new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}
