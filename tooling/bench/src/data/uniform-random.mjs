/**
 * Uniform numbers in (0, 1]: mulberry32. The same seed gives the same numbers on every machine.
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function uniformRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return (((value ^ (value >>> 14)) >>> 0) + 1) / 4294967296;
  };
}
