/** A run of values without a gap: [from, to). */
interface ObservedBlock {
  readonly from: number;
  readonly to: number;
}

/** The runs of values that are not NaN, in order. A score is summed block by block. */
export function observedBlocks(values: Float64Array): ObservedBlock[] {
  const blocks: ObservedBlock[] = [];
  for (let from = 0; from < values.length; from += 1) {
    if (Number.isNaN(values[from])) continue;
    let to = from + 1;
    while (to < values.length && !Number.isNaN(values[to])) to += 1;
    blocks.push({ from, to });
    from = to;
  }
  return blocks;
}
