import { createSeededRandom } from "@foretile/testkit";

/** Float32 random walks of a price, `members` of them side by side: `[steps, members]` row-major. */
export function randomWalks(steps: number, members: number, seed: number): Float32Array {
  const random = createSeededRandom(seed);
  const uniform = (): number => (random.nextUint32() + 0.5) / 2 ** 32;
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const values = new Float32Array(steps * members);
  for (let member = 0; member < members; member += 1) {
    let price = 100;
    for (let step = 0; step < steps; step += 1) {
      if (step > 0) price *= Math.exp(0.002 * normal());
      values[step * members + member] = price;
    }
  }
  return values;
}
