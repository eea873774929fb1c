import { CodecError } from "../codec-error.ts";
import { LANES, laneWords, packLanes, unpackLanes } from "./bit-lanes.ts";
import type { PanelBody } from "./panel-body.ts";
import type { PanelKernel } from "./panel-kernel.ts";
import { Scratch } from "./scratch.ts";

const MAX_WIDTH = 32;

/**
 * The `pack` mode: each step minus the step before (the first step is kept whole), minus the step's least difference,
 * in as many bits as the largest rest needs. Widths first, then bases, then the packed steps, so that the place of
 * any step is a sum over the widths.
 *
 * Differences are taken on the float bits as int32 modulo 2^32: neighbouring floats have neighbouring bits, and every
 * pattern (NaN payloads, −0, infinities) comes back exactly.
 *
 * @param kernel does the work where it can, with the same bytes
 */
export function createPackPanel(kernel?: PanelKernel): PanelBody {
  const steps = new StepScratch();
  const copy = new Scratch();
  return {
    id: 2,
    minBytes: (_simulations, stepCount) => headWords(stepCount) * 4,
    maxBytes: (simulations, stepCount) =>
      (headWords(stepCount) + stepCount * laneWords(simulations, MAX_WIDTH)) * 4,
    encode: (words, simulations, stepCount, target) => {
      const packed = kernel?.pack(words, simulations, stepCount);
      if (packed === undefined) return encodePanel(words, simulations, stepCount, target, steps);
      target.set(packed);
      return packed.length;
    },
    decode: (bytes, simulations, stepCount, words) => {
      checkPanel(bytes, simulations, stepCount);
      if (kernel?.unpack(bytes, simulations, stepCount, words) === true) return;
      decodePanel(alignedWords(bytes, copy), bytes, simulations, stepCount, words, steps);
    },
  };
}

/** Arrays of one step's length. */
class StepScratch {
  #zeros = new Int32Array(0);
  #differences = new Int32Array(0);

  /** `length` zeros: the step before the first. Never written to. */
  zeros(length: number): Int32Array {
    if (this.#zeros.length < length) this.#zeros = new Int32Array(length);
    return this.#zeros;
  }

  /** At least `length` values, with the content of earlier uses. */
  differences(length: number): Int32Array {
    if (this.#differences.length < length) this.#differences = new Int32Array(length);
    return this.#differences;
  }
}

/** Words of the widths (one byte each, filled up with zero bytes) and of the bases. */
function headWords(steps: number): number {
  return widthWords(steps) + steps;
}

function widthWords(steps: number): number {
  return Math.ceil(steps / 4);
}

function encodePanel(
  words: Int32Array,
  simulations: number,
  steps: number,
  target: Uint8Array,
  scratch: StepScratch,
): number {
  const out = new Int32Array(target.buffer, target.byteOffset, target.byteLength >>> 2);
  const padded = Math.ceil(simulations / LANES) * LANES;
  const differences = scratch.differences(padded);
  const range = new Int32Array(2);
  let at = headWords(steps);
  target.fill(0, 0, widthWords(steps) * 4);
  for (let step = 0; step < steps; step += 1) {
    const start = step * simulations;
    const previous = step === 0 ? scratch.zeros(simulations) : words;
    const previousAt = step === 0 ? 0 : start - simulations;
    subtract(words, start, previous, previousAt, simulations, differences, range);
    const base = range[0] as number;
    const width = MAX_WIDTH - Math.clz32((range[1] as number) - base);
    target[step] = width;
    out[widthWords(steps) + step] = base;
    if (width === 0) continue;
    differences.fill(base, simulations, padded);
    packLanes(differences, simulations, base, width, out, at);
    at += laneWords(simulations, width);
  }
  return at * 4;
}

/** `differences[i] = words[start + i] - previous[previousAt + i]` modulo 2^32; `range` gets the least and the largest. */
function subtract(
  words: Int32Array,
  start: number,
  previous: Int32Array,
  previousAt: number,
  simulations: number,
  differences: Int32Array,
  range: Int32Array,
): void {
  let least = 0x7fff_ffff;
  let largest = -0x8000_0000;
  for (let index = 0; index < simulations; index += 1) {
    const difference =
      ((words[start + index] as number) - (previous[previousAt + index] as number)) | 0;
    differences[index] = difference;
    if (difference < least) least = difference;
    if (difference > largest) largest = difference;
  }
  range[0] = least;
  range[1] = largest;
}

/** Checks that the widths are possible and that they add up to exactly the panel's length. */
function checkPanel(bytes: Uint8Array, simulations: number, steps: number): void {
  let words = headWords(steps);
  for (let step = 0; step < steps; step += 1) {
    const width = bytes[step] as number;
    if (width > MAX_WIDTH) {
      throw new CodecError("damaged", `step has an impossible width step=${step} width=${width}`);
    }
    words += laneWords(simulations, width);
  }
  if (words * 4 !== bytes.length) {
    throw new CodecError(
      "damaged",
      `panel has another length than its widths say expected=${words * 4} found=${bytes.length}`,
    );
  }
  for (let at = steps; at < widthWords(steps) * 4; at += 1) {
    if (bytes[at] !== 0) throw new CodecError("not-canonical", "bytes after the widths are not 0");
  }
}

function decodePanel(
  source: Int32Array,
  widths: Uint8Array,
  simulations: number,
  steps: number,
  words: Int32Array,
  scratch: StepScratch,
): void {
  let at = headWords(steps);
  for (let step = 0; step < steps; step += 1) {
    const start = step * simulations;
    const previous = step === 0 ? scratch.zeros(simulations) : words;
    const previousAt = step === 0 ? 0 : start - simulations;
    const base = source[widthWords(steps) + step] as number;
    const width = widths[step] as number;
    if (width === 0) {
      for (let index = 0; index < simulations; index += 1) {
        words[start + index] = ((previous[previousAt + index] as number) + base) | 0;
      }
      continue;
    }
    unpackLanes(source, at, width, base, simulations, previous, previousAt, words, start);
    at += laneWords(simulations, width);
  }
}

/** The bytes as words; copied when they are not aligned. */
function alignedWords(bytes: Uint8Array, copy: Scratch): Int32Array {
  let aligned = bytes;
  if (bytes.byteOffset % 4 !== 0) {
    aligned = copy.take(bytes.length);
    aligned.set(bytes);
  }
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
}
