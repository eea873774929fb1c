/**
 * The sum of `values[from]` to before `values[to]` in numpy's order of additions (pairwise summation), so that totals
 * are equal to numpy's bit for bit; its error grows with log n instead of n (Higham 1993, "The Accuracy of Floating
 * Point Summation").
 */
export function pairwiseSum(values: Float64Array, from: number, to: number): number {
  const at = (index: number): number => values[from + index] as number;
  const count = to - from;
  if (count < 8) {
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += at(i);
    return sum;
  }
  if (count > 128) {
    const half = Math.floor(count / 2);
    const middle = from + half - (half % 8);
    return pairwiseSum(values, from, middle) + pairwiseSum(values, middle, to);
  }
  const sums = Float64Array.from({ length: 8 }, (_, lane) => at(lane));
  const lane = (index: number): number => sums[index] as number;
  let i = 8;
  for (; i + 8 <= count; i += 8) {
    for (let k = 0; k < 8; k += 1) sums[k] = lane(k) + at(i + k);
  }
  let sum = lane(0) + lane(1) + (lane(2) + lane(3)) + (lane(4) + lane(5) + (lane(6) + lane(7)));
  for (; i < count; i += 1) sum += at(i);
  return sum;
}
