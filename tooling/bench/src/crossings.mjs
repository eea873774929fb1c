/**
 * Which paths are below a level at one step and not below it at the next, and when first.
 *
 * @param {Float32Array} values `[steps][simulations]`
 * @param {{ simulations: number, steps: number }} shape
 * @param {number} level a float32
 * @returns {Uint32Array} pairs: a path, ascending, and the first step at or above the level
 */
export function upwardCrossings(values, { simulations, steps }, level) {
  const first = new Uint32Array(simulations);
  for (let step = 1; step < steps; step += 1) {
    const before = (step - 1) * simulations;
    const now = step * simulations;
    for (let path = 0; path < simulations; path += 1) {
      const crosses = Number(values[before + path] < level) & Number(values[now + path] >= level);
      if (crosses === 1 && first[path] === 0) first[path] = step;
    }
  }
  const pairs = [];
  for (const [path, step] of first.entries()) if (step > 0) pairs.push(path, step);
  return Uint32Array.from(pairs);
}
