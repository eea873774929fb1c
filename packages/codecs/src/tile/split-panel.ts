import { CodecError } from "../codec-error.ts";
import type { ByteCompressor } from "../compress/byte-compressor.ts";
import { alignedWords } from "./aligned-words.ts";
import { LANES, laneWords, packLanes, unpackLanes } from "./bit-lanes.ts";
import { decimalsToFloats, findDecimals, FLOAT_BITS, floatsToDecimals } from "./decimal-lattice.ts";
import { LATTICE_BYTES, requireLattice } from "./lattice-head.ts";
import { ModeCompressor } from "./mode-compressor.ts";
import type { PanelBody } from "./panel-body.ts";
import { Scratch } from "./scratch.ts";
import { planSplit } from "./split-plan.ts";
import type { PanelSteps } from "./tile-shape.ts";

const WHOLE = 32;

/**
 * The `split` mode, for what is kept long and read seldom: differences as in `pack`, of float bits or of decimal
 * integers. The first step is packed as there. Of the others the low bits are packed as they are, and what is above
 * them goes, in planes of bytes, through an entropy coder.
 */
export function createSplitPanel(compressor: ByteCompressor | undefined): PanelBody {
  const zstd = new ModeCompressor("split", "@foretile/codecs/zstd", compressor);
  const planeBytes = new Scratch();
  const bodyBytes = new Scratch();
  return {
    id: 4,
    minBytes: (_simulations, steps) => headBytes(steps),
    maxBytes: mostBytes,
    encode: (words, simulations, steps, target, decimals) => {
      const split = chooseSplit(words, simulations, decimals);
      const planes = takePlanes(split, simulations, planeBytes);
      const symbols = planes.length === 0 ? planes : zstd.compress(planes);
      const length = lowBytes(split, simulations, steps) + symbols.length;
      const isSmall = length < mostBytes(simulations, steps);
      const written = isSmall ? split : unsplit(words, simulations);
      const body = bodyBytes.take(lowBytes(written, simulations, steps));
      writeLow(written, simulations, body);
      target.set(body);
      if (!isSmall) return body.length;
      target.set(symbols, body.length);
      return length;
    },
    decode: (bytes, simulations, steps, wanted, words) => {
      const head = readHead(bytes);
      const symbolsAt = lowBytes(head, simulations, steps);
      const symbolBytes = head.planes * (steps - 1) * simulations;
      if (symbolBytes > 0 ? bytes.length <= symbolsAt : bytes.length !== symbolsAt) {
        throw new CodecError(
          "damaged",
          `panel has another length than its low bits say least=${symbolsAt} found=${bytes.length}`,
        );
      }
      const symbols =
        symbolBytes > 0
          ? zstd.decompress(bytes.subarray(symbolsAt), symbolBytes)
          : new Uint8Array(0);
      const source = alignedWords(bytes, bodyBytes);
      readBody(source, head, symbols, simulations, steps, wanted, words);
      if (head.lattice !== FLOAT_BITS) decimalsToFloats(words, head.lattice);
    },
  };
}

/** The four bytes that a body starts with. */
interface SplitHead {
  readonly lattice: number;
  /** Bits of a value of the first step. */
  readonly firstWidth: number;
  /** Low bits of a value of the other steps. */
  readonly lowBits: number;
  readonly planes: number;
}

/** All that is written of a panel. */
interface Split extends SplitHead {
  /** `[steps, simulations]`: each value less the one before, modulo 2^32. */
  readonly differences: Int32Array;
  readonly bases: Int32Array;
}

function headBytes(steps: number): number {
  return LATTICE_BYTES + 4 * steps;
}

/** Bytes of a body before its symbols. */
function lowBytes(
  { firstWidth, lowBits }: Pick<SplitHead, "firstWidth" | "lowBits">,
  simulations: number,
  steps: number,
): number {
  const words = laneWords(simulations, firstWidth) + (steps - 1) * laneWords(simulations, lowBits);
  return headBytes(steps) + 4 * words;
}

/** What a panel takes that is not split. */
function mostBytes(simulations: number, steps: number): number {
  return lowBytes({ firstWidth: WHOLE, lowBits: WHOLE }, simulations, steps);
}

/** Splits float bits, or the decimal integers that stand for them where that should take fewer bits. */
function chooseSplit(words: Int32Array, simulations: number, written: number | undefined): Split {
  const integers = new Int32Array(words.length);
  const decimals = findDecimals(
    words,
    (count) => floatsToDecimals(words, count, integers),
    written,
  );
  const bits = splitOf(FLOAT_BITS, words, simulations);
  if (decimals === undefined) return bits.split;
  const choice = splitOf(decimals, integers, simulations);
  return choice.bits < bits.bits ? choice.split : bits.split;
}

function splitOf(
  lattice: number,
  words: Int32Array,
  simulations: number,
): { readonly split: Split; readonly bits: number } {
  const differences = differencesOf(words, simulations);
  const first = differences.subarray(0, simulations);
  const least = first.reduce((lowest, value) => Math.min(lowest, value));
  const largest = first.reduce((highest, value) => Math.max(highest, value));
  const firstWidth = WHOLE - Math.clz32(largest - least);
  const plan = planSplit(differences.subarray(simulations), simulations);
  const bases = Int32Array.of(least, ...plan.bases);
  const { lowBits, planes } = plan;
  const split = { lattice, firstWidth, lowBits, planes, differences, bases };
  return { split, bits: plan.bits + firstWidth * simulations };
}

/** Everything in low bits, for what no coder makes smaller. */
function unsplit(words: Int32Array, simulations: number): Split {
  const differences = differencesOf(words, simulations);
  const bases = new Int32Array(words.length / simulations);
  const head = { lattice: FLOAT_BITS, firstWidth: WHOLE, lowBits: WHOLE, planes: 0 };
  return { ...head, differences, bases };
}

function differencesOf(words: Int32Array, simulations: number): Int32Array {
  const differences = words.slice();
  for (let index = simulations; index < words.length; index += 1) {
    differences[index] = (words[index] as number) - (words[index - simulations] as number);
  }
  return differences;
}

/** The symbols' bytes of all steps but the first: all lowest ones, then all second ones, … */
function takePlanes(
  { lowBits, planes, differences, bases }: Split,
  simulations: number,
  scratch: Scratch,
): Uint8Array {
  const count = differences.length - simulations;
  const bytes = scratch.take(planes * count);
  for (let plane = 0; plane < planes; plane += 1) {
    const shift = lowBits + 8 * plane;
    for (let step = 1; step < bases.length; step += 1) {
      const base = bases[step] as number;
      const start = step * simulations;
      const target = plane * count + start - simulations;
      for (let index = 0; index < simulations; index += 1) {
        bytes[target + index] = ((differences[start + index] as number) - base) >>> shift;
      }
    }
  }
  return bytes;
}

/**
 * Writes all but the symbols.
 *
 * @param target 4-byte aligned, of exactly the length of that
 */
function writeLow(split: Split, simulations: number, target: Uint8Array): void {
  const { lattice, firstWidth, lowBits, planes, differences, bases } = split;
  target.set([lattice, firstWidth, lowBits, planes]);
  const out = new Int32Array(target.buffer, target.byteOffset, target.length >>> 2);
  out.set(bases, 1);
  const values = new Int32Array(Math.ceil(simulations / LANES) * LANES);
  let at = 1 + bases.length;
  for (const [step, base] of bases.entries()) {
    const width = step === 0 ? firstWidth : lowBits;
    if (width === 0) continue;
    const mask = width === WHOLE ? -1 : 2 ** width - 1;
    for (let index = 0; index < simulations; index += 1) {
      values[index] = ((differences[step * simulations + index] as number) - base) & mask;
    }
    packLanes(values, simulations, 0, width, out, at);
    at += laneWords(simulations, width);
  }
}

function readHead(bytes: Uint8Array): SplitHead {
  const [lattice, firstWidth, lowBits, planes] = bytes as unknown as [
    number,
    number,
    number,
    number,
  ];
  requireLattice(lattice);
  const highest = lowBits + 8 * Math.max(0, planes - 1);
  if (firstWidth > WHOLE || lowBits > WHOLE || (planes > 0 && highest >= WHOLE)) {
    throw new CodecError(
      "damaged",
      `panel has an impossible split first=${firstWidth} low=${lowBits} planes=${planes}`,
    );
  }
  return { lattice, firstWidth, lowBits, planes };
}

/** Every step up to the first wanted one is read where that one goes, in place of the step before. */
function readBody(
  source: Int32Array,
  { firstWidth, lowBits, planes }: SplitHead,
  symbols: Uint8Array,
  simulations: number,
  steps: number,
  wanted: PanelSteps,
  words: Int32Array,
): void {
  const zeros = new Int32Array(simulations);
  let at = 1 + steps;
  for (let step = 0; step < wanted.to; step += 1) {
    const start = Math.max(0, step - wanted.from) * simulations;
    const base = source[1 + step] as number;
    const previous = step === 0 ? zeros : words;
    const previousAt = Math.max(0, step - 1 - wanted.from) * simulations;
    const width = step === 0 ? firstWidth : lowBits;
    if (width > 0) {
      unpackLanes(source, at, width, base, simulations, previous, previousAt, words, start);
      at += laneWords(simulations, width);
    } else {
      for (let index = 0; index < simulations; index += 1) {
        words[start + index] = (previous[previousAt + index] as number) + base;
      }
    }
    if (step === 0) continue;
    for (let plane = 0; plane < planes; plane += 1) {
      const shift = lowBits + 8 * plane;
      const from = (plane * (steps - 1) + step - 1) * simulations;
      for (let index = 0; index < simulations; index += 1) {
        const above = (symbols[from + index] as number) << shift;
        words[start + index] = (words[start + index] as number) + above;
      }
    }
  }
}
