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
  const plans: SplitPlan[] = [];
  for (let lowBits = usual - REACH; lowBits <= usual + REACH; lowBits += 1) {
    plans.push(planFor(differences, simulations, Math.max(0, Math.min(31, lowBits))));
  }
  return plans.reduce((best, plan) => (plan.bits < best.bits ? plan : best));
}

/** The low bits of a value are the last ones, the symbol is what is above. */
export function symbolOf(difference: number, base: number, lowBits: number): number {
  return ((difference - base) >>> 0) >>> lowBits;
}

function meanMagnitude(differences: Int32Array): number {
  let sum = 0;
  for (const difference of differences) sum += Math.abs(difference);
  return sum / Math.max(1, differences.length);
}

function planFor(differences: Int32Array, simulations: number, lowBits: number): SplitPlan {
  const steps = differences.length / simulations;
  const bases = Int32Array.from({ length: steps }, (_, step) =>
    baseOf(differences.subarray(step * simulations, (step + 1) * simulations), lowBits),
  );
  const counts = Array.from({ length: 4 }, () => new Int32Array(256));
  let highest = 0;
  for (let index = 0; index < differences.length; index += 1) {
    const base = bases[Math.floor(index / simulations)] as number;
    const symbol = symbolOf(differences[index] as number, base, lowBits);
    highest = Math.max(highest, symbol);
    for (let plane = 0; plane < 4; plane += 1) {
      const count = counts[plane] as Int32Array;
      const byte = (symbol >>> (8 * plane)) & 255;
      count[byte] = (count[byte] as number) + 1;
    }
  }
  const planes = Math.ceil((32 - Math.clz32(highest)) / 8);
  const symbolBits = counts.reduce((sum, count) => sum + entropy(count, differences.length), 0);
  return { lowBits, planes, bases, bits: lowBits * differences.length + symbolBits };
}

/**
 * Where differences of a step fit symbols of one byte around zero, all such steps have the same base, so that their
 * symbols mean the same; others have their least.
 */
function baseOf(differences: Int32Array, lowBits: number): number {
  let least = 0x7fff_ffff;
  let largest = -0x8000_0000;
  for (const difference of differences) {
    least = Math.min(least, difference);
    largest = Math.max(largest, difference);
  }
  const reach = 2 ** (lowBits + 7);
  return reach < 2 ** 31 && least >= -reach && largest < reach ? -reach : least;
}

/** Bits that symbols of these counts take at best, each by itself. */
function entropy(counts: Int32Array, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= count * Math.log2(count / total);
  return bits;
}
