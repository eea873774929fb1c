/**
 * Bit-packing of one step in four lanes: value `i` is in row `i >> 2` of lane `i & 3`. A lane is a stream of `width`
 * bits per row, lowest bits first, in 32-bit words; the lanes' words alternate. So one 128-bit load takes the same
 * word of all four lanes, and plain code shifts four independent numbers by one amount.
 *
 * Layout after Lemire and Boytsov, "Decoding billions of integers per second through vectorization" (2015).
 *
 * @module
 */

/** Lanes of a step. */
export const LANES = 4;

/** Words that `simulations` values of `width` bits take: a multiple of {@link LANES}. */
export function laneWords(simulations: number, width: number): number {
  return LANES * Math.ceil((Math.ceil(simulations / LANES) * width) / 32);
}

/**
 * Packs one step.
 *
 * @param values at least `simulations` rounded up to {@link LANES}; what is above `simulations` must equal `base`
 * @param base subtracted from every value, modulo 2^32
 * @param width 1 to 32; `value - base` must fit
 * @param target written from `at` on, every bit of {@link laneWords}
 */
export function packLanes(
  values: Int32Array,
  simulations: number,
  base: number,
  width: number,
  target: Int32Array,
  at: number,
): void {
  let shift = 0;
  let word0 = 0;
  let word1 = 0;
  let word2 = 0;
  let word3 = 0;
  let out = at;
  for (let index = 0; index < simulations; index += LANES) {
    const value0 = ((values[index] as number) - base) | 0;
    const value1 = ((values[index + 1] as number) - base) | 0;
    const value2 = ((values[index + 2] as number) - base) | 0;
    const value3 = ((values[index + 3] as number) - base) | 0;
    word0 |= value0 << shift;
    word1 |= value1 << shift;
    word2 |= value2 << shift;
    word3 |= value3 << shift;
    shift += width;
    if (shift < 32) continue;
    target[out] = word0;
    target[out + 1] = word1;
    target[out + 2] = word2;
    target[out + 3] = word3;
    out += LANES;
    shift -= 32;
    if (shift === 0) {
      word0 = 0;
      word1 = 0;
      word2 = 0;
      word3 = 0;
    } else {
      // The bits that did not fit start the next word.
      const written = width - shift;
      word0 = value0 >>> written;
      word1 = value1 >>> written;
      word2 = value2 >>> written;
      word3 = value3 >>> written;
    }
  }
  if (shift > 0) {
    target[out] = word0;
    target[out + 1] = word1;
    target[out + 2] = word2;
    target[out + 3] = word3;
  }
}

/**
 * Unpacks one step and adds it to the step before:
 * `target[targetAt + i] = previous[previousAt + i] + base + value(i)`, modulo 2^32.
 *
 * @param source holds {@link laneWords} words from `at` on
 * @param width 1 to 32
 * @param previous may be `target`, and the step itself
 */
export function unpackLanes(
  source: Int32Array,
  at: number,
  width: number,
  base: number,
  simulations: number,
  previous: Int32Array,
  previousAt: number,
  target: Int32Array,
  targetAt: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1;
  const full = simulations - (simulations % LANES);
  let shift = 0;
  let word = at;
  for (let index = 0; index < full; index += LANES) {
    let value0 = (source[word] as number) >>> shift;
    let value1 = (source[word + 1] as number) >>> shift;
    let value2 = (source[word + 2] as number) >>> shift;
    let value3 = (source[word + 3] as number) >>> shift;
    shift += width;
    if (shift >= 32) {
      word += LANES;
      shift -= 32;
      if (shift > 0) {
        const read = width - shift;
        value0 |= (source[word] as number) << read;
        value1 |= (source[word + 1] as number) << read;
        value2 |= (source[word + 2] as number) << read;
        value3 |= (source[word + 3] as number) << read;
      }
    }
    const from = previousAt + index;
    const to = targetAt + index;
    target[to] = ((previous[from] as number) + (((value0 & mask) + base) | 0)) | 0;
    target[to + 1] = ((previous[from + 1] as number) + (((value1 & mask) + base) | 0)) | 0;
    target[to + 2] = ((previous[from + 2] as number) + (((value2 & mask) + base) | 0)) | 0;
    target[to + 3] = ((previous[from + 3] as number) + (((value3 & mask) + base) | 0)) | 0;
  }
  // The last row holds fewer than four values.
  for (let index = full; index < simulations; index += 1) {
    const lane = word + (index - full);
    let value = (source[lane] as number) >>> shift;
    if (shift + width > 32) value |= (source[lane + LANES] as number) << (32 - shift);
    target[targetAt + index] =
      ((previous[previousAt + index] as number) + (((value & mask) + base) | 0)) | 0;
  }
}
