/** How the differences of a panel's later steps are split: low bits are kept as they are, the others make symbols. */
export interface SplitPlan {
  readonly lowBits: number;
  /** Bytes of the symbols of one value. */
  readonly planes: number;
  /** Per step; what is subtracted from its differences. */
  readonly bases: Int32Array;
  /** About how many bits all values take. */
  readonly bits: number;
}

/** A symbol of the usual difference is about this many bits. */
const SYMBOL_BITS = 2;

/** Further than this from the rule of thumb nothing gets smaller. */
const REACH = 1;

/**
 * Chooses how many low bits to keep. Differences of prices are about normal: their low bits are noise, which no coder
 * makes smaller, and the high ones are worth coding.
 *
 * @param differences `[steps, simulations]`, each value less the one before; may be of no steps
 */
export function planSplit(differences: Int32Array, simulations: number): SplitPlan {
  const usual = Math.floor(Math.log2(meanMagnitude(differences) + 1)) - SYMBOL_BITS;
  const ranges = stepRanges(differences, simulations);
  const plans: SplitPlan[] = [];
  for (let lowBits = usual - REACH; lowBits <= usual + REACH; lowBits += 1) {
    const kept = Math.max(0, Math.min(31, lowBits));
    plans.push(planFor(differences, simulations, ranges, kept));
  }
  return plans.reduce((best, plan) => (plan.bits < best.bits ? plan : best));
}

/** The low bits of a value are the last ones, the symbol is what is above. */
function symbolOf(difference: number, base: number, lowBits: number): number {
  return ((difference - base) >>> 0) >>> lowBits;
}

function meanMagnitude(differences: Int32Array): number {
  let sum = 0;
  for (let index = 0; index < differences.length; index += 1) {
    sum += Math.abs(differences[index] as number);
  }
  return sum / Math.max(1, differences.length);
}

/** Least and largest difference of each step. */
interface StepRange {
  readonly least: number;
  readonly largest: number;
}

function stepRanges(differences: Int32Array, simulations: number): StepRange[] {
  return Array.from({ length: differences.length / simulations }, (_, step) => {
    let least = 0x7fff_ffff;
    let largest = -0x8000_0000;
    const end = (step + 1) * simulations;
    for (let index = step * simulations; index < end; index += 1) {
      const difference = differences[index] as number;
      if (difference < least) least = difference;
      if (difference > largest) largest = difference;
    }
    return { least, largest };
  });
}

function planFor(
  differences: Int32Array,
  simulations: number,
  ranges: readonly StepRange[],
  lowBits: number,
): SplitPlan {
  const bases = Int32Array.from(ranges, (range) => baseOf(range, lowBits));
  let highest = 0;
  for (const [step, { largest }] of ranges.entries()) {
    highest = Math.max(highest, symbolOf(largest, bases[step] as number, lowBits));
  }
  const planes = Math.ceil((32 - Math.clz32(highest)) / 8);
  let bits = lowBits * differences.length;
  for (let plane = 0; plane < planes; plane += 1) {
    const counts = countBytes(differences, simulations, bases, lowBits + 8 * plane);
    bits += entropy(counts, differences.length);
  }
  return { lowBits, planes, bases, bits };
}

/**
 * Where differences of a step fit symbols of one byte around zero, all such steps have the same base, so that their
 * symbols mean the same; others have their least.
 */
function baseOf({ least, largest }: StepRange, lowBits: number): number {
  const reach = 2 ** (lowBits + 7);
  return reach < 2 ** 31 && least >= -reach && largest < reach ? -reach : least;
}

/** How often each byte comes that begins at bit `shift` of the differences less their bases. */
function countBytes(
  differences: Int32Array,
  simulations: number,
  bases: Int32Array,
  shift: number,
): Int32Array {
  const counts = new Int32Array(256);
  for (let step = 0; step < bases.length; step += 1) {
    const base = bases[step] as number;
    const end = (step + 1) * simulations;
    for (let index = step * simulations; index < end; index += 1) {
      const byte = (((differences[index] as number) - base) >>> shift) & 255;
      counts[byte] = (counts[byte] as number) + 1;
    }
  }
  return counts;
}

/** Bits that symbols of these counts take at best, each by itself. */
function entropy(counts: Int32Array, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= count * Math.log2(count / total);
  return bits;
}
