import { alignedWords } from "./aligned-words.ts";
import { LANES, laneWords, packLanes, unpackLanes } from "./bit-lanes.ts";
import { headWords, MAX_WIDTH, widthWords } from "./packed-layout.ts";
import { Scratch } from "./scratch.ts";
import type { PanelSteps } from "./tile-shape.ts";

/** Packs and unpacks panels in plain code: where there is no kernel, and to test the kernel against. */
export class PlainPacker {
  readonly #steps = new StepScratch();
  readonly #copy = new Scratch();

  /** @returns the length of the packed panel in bytes */
  measure(words: Int32Array, simulations: number, steps: number): number {
    const differences = this.#steps.differences(simulations);
    const range = new Int32Array(2);
    let length = headWords(steps);
    for (let step = 0; step < steps; step += 1) {
      const start = step * simulations;
      const previous = step === 0 ? this.#steps.zeros(simulations) : words;
      const previousAt = step === 0 ? 0 : start - simulations;
      subtract(words, start, previous, previousAt, simulations, differences, range);
      const width = MAX_WIDTH - Math.clz32((range[1] as number) - (range[0] as number));
      length += laneWords(simulations, width);
    }
    return length * 4;
  }

  /**
   * @param target 4-byte aligned, with room for the packed panel
   * @returns how many bytes of it were written
   */
  pack(words: Int32Array, simulations: number, steps: number, target: Uint8Array): number {
    return encodePanel(words, simulations, steps, target, this.#steps);
  }

  /**
   * @param bytes with widths and a length that have been checked
   * @param steps of the whole panel
   * @param words exactly those of the wanted steps
   */
  unpack(
    bytes: Uint8Array,
    simulations: number,
    steps: number,
    wanted: PanelSteps,
    words: Int32Array,
  ): void {
    const source = alignedWords(bytes, this.#copy);
    decodePanel(source, bytes, simulations, steps, wanted, words, this.#steps);
  }
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

/** Every step up to the first wanted one is unpacked where that one goes, in place of the step before. */
function decodePanel(
  source: Int32Array,
  widths: Uint8Array,
  simulations: number,
  steps: number,
  wanted: PanelSteps,
  words: Int32Array,
  scratch: StepScratch,
): void {
  let at = headWords(steps);
  for (let step = 0; step < wanted.to; step += 1) {
    const start = Math.max(0, step - wanted.from) * simulations;
    const previous = step === 0 ? scratch.zeros(simulations) : words;
    const previousAt = Math.max(0, step - 1 - wanted.from) * simulations;
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
