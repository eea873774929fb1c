import type { CallOptions } from "@foretile/storage";
import type { Block } from "../content/block.ts";
import type { Content } from "../content/content.ts";
import { readValue } from "../content/read-value.ts";
import type { RowwiseOperations } from "../handler/rowwise-operations.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { Frame } from "../value/frame.ts";
import type { NumericArray } from "../value/element-type.ts";
import type { RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { RegionWriter } from "../write/region-writer.ts";
import type { PutSegment } from "../write/store-blocks.ts";
import type { BlockCluster } from "./order-blocks.ts";

/** A block that is being merged: its rows from `at` on are still to be stored. */
interface OpenBlock {
  readonly value: Frame;
  readonly rank: number;
  readonly sequence: number;
  at: number;
}

/**
 * Stores the rows of overlapping blocks anew, in order of their index, equal ones by token and then by row. Of the
 * blocks only those that overlap at one place are in memory at a time.
 *
 * @param cluster by least index
 */
export async function mergeCluster(
  context: LibraryContext,
  put: PutSegment,
  { handler, form, rowsPerBlock }: Omit<Content, "blocks">,
  cluster: BlockCluster,
  options?: CallOptions,
): Promise<readonly Block[]> {
  const { rowwise } = handler;
  if (rowwise === undefined) throw new VersionStoreError("invalid-argument", "value has no rows");
  const shape = { handler, lanes: form.lanes };
  const region = new RegionWriter(context, put, shape, rowsPerBlock);
  let open: OpenBlock[] = [];
  for (const [sequence, { block, rank }] of cluster.entries()) {
    const read = (await readValue(context, { handler, form }, [block], options)) as Frame;
    const value = block.index?.sorted === false ? sortRows(rowwise, read) : read;
    open.push({ value, rank, sequence, at: 0 });
    open.sort((left, right) => left.rank - right.rank || left.sequence - right.sequence);
    // Rows before the next block's first are complete; equal ones must wait for it.
    const limit = cluster[sequence + 1]?.block.index?.min;
    const ready = open.flatMap((one) => takeBefore(one, limit));
    open = open.filter(({ at, value: { rows } }) => at < rows);
    const [only, ...others] = ready;
    if (only === undefined) continue;
    if (others.length === 0) {
      await region.add(only, options);
      continue;
    }
    const joined = rowwise.concat(ready.map((one) => rowwise.slice(one.value, one.rows)));
    const merged = sortRows(rowwise, joined as Frame);
    await region.add({ value: merged, rows: { from: 0, to: merged.rows } }, options);
  }
  return region.end(options);
}

/** The rows of an open block that come before a limit; it goes on behind them. */
function takeBefore(
  open: OpenBlock,
  limit: number | bigint | undefined,
): { readonly value: Frame; readonly rows: RowRange }[] {
  const { value, at: from } = open;
  const to = limit === undefined ? value.rows : firstAtLeast(indexOf(value), from, limit);
  open.at = to;
  return from < to ? [{ value, rows: { from, to } }] : [];
}

function firstAtLeast(index: NumericArray, from: number, limit: number | bigint): number {
  for (let row = from; row < index.length; row += 1) {
    if ((index[row] as number | bigint) >= limit) return row;
  }
  return index.length;
}

/** The same rows in order of their index, equal ones as they were. */
function sortRows(rowwise: RowwiseOperations<unknown>, value: Frame): Frame {
  const index = indexOf(value);
  const order = Uint32Array.from({ length: value.rows }, (_, row) => row).sort((left, right) => {
    const [one, other] = [index[left] as number | bigint, index[right] as number | bigint];
    if (one === other) return left - right;
    return one < other ? -1 : 1;
  });
  return rowwise.take(value, runsOf(order)) as Frame;
}

/** Consecutive row numbers as ranges. */
function runsOf(order: Uint32Array): RowRange[] {
  const runs: RowRange[] = [];
  let from = 0;
  for (let position = 1; position <= order.length; position += 1) {
    const previous = order[position - 1] as number;
    if (order[position] === previous + 1) continue;
    runs.push({ from: order[from] as number, to: previous + 1 });
    from = position;
  }
  return runs;
}

function indexOf({ index }: Frame): NumericArray {
  if (index !== undefined) return index.values;
  throw new VersionStoreError("invalid-argument", "rows without an index cannot be merged");
}
