import type { Random } from "@foretile/resilience";

/**
 * Chris Doty-Humphrey's sfc32 (Small Fast Counter, from PractRand): 128 bits of state, passes PractRand and BigCrush.
 * The same seed gives the same numbers on every machine. Not for secrets.
 *
 * @param seed an integer; its low 32 bits count
 */
export function createSeededRandom(seed: number): Random {
  let a = 0;
  let b = seed | 0;
  let c = 0;
  let counter = 1;

  function nextUint32(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }

  // Seeding as PractRand does: twelve outputs are dropped, so that near seeds part.
  for (let round = 0; round < 12; round += 1) nextUint32();
  return { nextUint32 };
}
