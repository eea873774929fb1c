/**
 * The middle of the values; of an even number the mean of the two in the middle.
 *
 * @param {readonly number[]} values at least one
 */
export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined) throw new RangeError("there is no median of nothing");
  return sorted.length % 2 === 1
    ? upper
    : (upper + (sorted[(sorted.length >> 1) - 1] ?? upper)) / 2;
}

/**
 * @param {readonly number[]} values one a round, at least one
 * @returns {{ median: number, min: number, max: number, rounds: number }}
 */
export function summarize(values) {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values.length,
  };
}

/** The items from another one on each round, so that none is always first. */
export function rotated(items, round) {
  const at = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
