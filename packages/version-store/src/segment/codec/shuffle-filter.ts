import { alignedBytes } from "./aligned-bytes.ts";
import type { Filter } from "./codec.ts";

/**
 * Bytes in planes: all first bytes of the elements, all second bytes, and so on. Neighbours' high bytes are often
 * equal, and so become runs.
 */
export const shuffleFilter: Filter = {
  kind: "filter",
  name: "shuffle",
  encode: (source, elementBytes, target) => {
    const planes = planesOf(target, elementBytes);
    if (elementBytes === 1) return target.set(source);
    if (elementBytes === 2) return splitHalfWords(source, planes);
    for (let lane = 0; lane < elementBytes / 4; lane += 1) splitWords(source, planes, lane);
  },
  decode: (source, elementBytes, target) => {
    const planes = planesOf(source, elementBytes);
    if (elementBytes === 1) return target.set(source);
    if (elementBytes === 2) return joinHalfWords(planes, target);
    for (let lane = 0; lane < elementBytes / 4; lane += 1) joinWords(planes, target, lane);
  },
};

function planesOf(bytes: Uint8Array, elementBytes: number): readonly Uint8Array[] {
  const count = bytes.length / elementBytes;
  return Array.from({ length: elementBytes }, (_, plane) =>
    bytes.subarray(plane * count, (plane + 1) * count),
  );
}

// Whole words are loaded and stored, as that halves the time. There is a loop for each width, because one that serves
// several kinds of arrays is compiled to slow code.

function splitHalfWords(source: Uint8Array, [plane0, plane1]: readonly Uint8Array[]): void {
  const words = halfWordsOf(alignedBytes(source, 2));
  const low = plane0 as Uint8Array;
  const high = plane1 as Uint8Array;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as number;
    low[index] = word;
    high[index] = word >> 8;
  }
}

function joinHalfWords([plane0, plane1]: readonly Uint8Array[], target: Uint8Array): void {
  const words = halfWordsOf(target);
  const low = plane0 as Uint8Array;
  const high = plane1 as Uint8Array;
  for (let index = 0; index < words.length; index += 1) {
    words[index] = (low[index] as number) | ((high[index] as number) << 8);
  }
}

/** @param lane 0 for the first four planes of elements, 1 for the next four */
function splitWords(source: Uint8Array, planes: readonly Uint8Array[], lane: number): void {
  const words = wordsOf(alignedBytes(source, 4));
  const stride = planes.length / 4;
  const plane0 = planes[4 * lane] as Uint8Array;
  const plane1 = planes[4 * lane + 1] as Uint8Array;
  const plane2 = planes[4 * lane + 2] as Uint8Array;
  const plane3 = planes[4 * lane + 3] as Uint8Array;
  for (let index = 0, at = lane; at < words.length; index += 1, at += stride) {
    const word = words[at] as number;
    plane0[index] = word;
    plane1[index] = word >> 8;
    plane2[index] = word >> 16;
    plane3[index] = word >> 24;
  }
}

/** @param lane as for {@link splitWords} */
function joinWords(planes: readonly Uint8Array[], target: Uint8Array, lane: number): void {
  const words = wordsOf(target);
  const stride = planes.length / 4;
  const plane0 = planes[4 * lane] as Uint8Array;
  const plane1 = planes[4 * lane + 1] as Uint8Array;
  const plane2 = planes[4 * lane + 2] as Uint8Array;
  const plane3 = planes[4 * lane + 3] as Uint8Array;
  for (let index = 0, at = lane; at < words.length; index += 1, at += stride) {
    words[at] =
      (plane0[index] as number) |
      ((plane1[index] as number) << 8) |
      ((plane2[index] as number) << 16) |
      ((plane3[index] as number) << 24);
  }
}

function halfWordsOf(bytes: Uint8Array): Int16Array {
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
