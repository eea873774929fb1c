import type { Random } from "@foretile/resilience";

/** Decisions drawn from one source of randomness, with integers only: the same everywhere. */
export interface Draw {
  /** `true` with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** A uniformly distributed integer in [0, `bound`), `bound` at most 2^32. */
  below(bound: number): number;
  /**
   * An integer in [1, `most`]. Every power of two is as likely as the next one, so that most delays are short and a few
   * span the whole work of another actor.
   */
  delay(most: number): number;
}

const RANGE = 2 ** 32;

export function createDraw(random: Random): Draw {
  const below = (bound: number): number => Math.floor((random.nextUint32() / RANGE) * bound);
  return {
    chance: (probability) => random.nextUint32() < probability * RANGE,
    below,
    delay: (most) => {
      const low = 2 ** below(32 - Math.clz32(most));
      return Math.min(most, low + below(low));
    },
  };
}
