import { TraceStoreError } from "../trace-store-error.ts";
import { POINT } from "../trace-values.ts";
import type { GoldBlock, GoldMatrix } from "./gold-block.ts";
import { checkGoldRange, goldPlace, MAX_GOLD_POSITION, type GoldContext } from "./gold-context.ts";
import { listTiles } from "./list-tiles.ts";
import { joinMatrices, pickPositions } from "./matrices.ts";
import { checkBytes, readBlock, type ReadGoldOptions } from "./read-block.ts";

export interface ReadGoldDenseOptions extends ReadGoldOptions {
  /** Only positions before this one. Default: all. */
  readonly before?: number | undefined;
}

/** Every position `from` ≤ position < `to` in one matrix. */
export async function readGoldMatrix(
  context: GoldContext,
  from: number,
  to: number,
  options: ReadGoldOptions,
): Promise<GoldMatrix> {
  checkGoldRange(from, to);
  checkBytes(to - from, options.maxBytes);
  const parts: GoldMatrix[] = [];
  if (from < to) {
    const [oldest, newest] = [goldPlace(from).tile, goldPlace(to - 1).tile];
    for await (const tile of listTiles(context, newest, oldest, options.signal)) {
      const block = await readBlock(context, tile, options);
      const positions = numbers(Math.max(from, block.from), Math.min(to, block.to));
      parts.push(pickPositions(block, positions));
      checkParts(parts, options);
    }
  }
  return joinMatrices(parts, numbers(from, to), options.maxBytes);
}

/** The newest `count` positions at which any trace has a digest, valid or not; fewer when there are not so many. */
export async function readGoldDense(
  context: GoldContext,
  count: number,
  options: ReadGoldDenseOptions,
): Promise<GoldMatrix> {
  const { before = MAX_GOLD_POSITION + 1 } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new TraceStoreError("invalid-argument", `count must be 1 or more count=${count}`);
  }
  checkGoldRange(0, before);
  const parts: GoldMatrix[] = [];
  let found = 0;
  if (before > 0) {
    const { tile: newest } = goldPlace(before - 1);
    // Ends by itself at the oldest tile there is: empty stretches are not in the list.
    for await (const tile of listTiles(context, newest, 0, options.signal)) {
      const block = await readBlock(context, tile, options);
      const positions = recordedPositions(block).filter((position) => position < before);
      parts.push(pickPositions(block, positions.slice(-(count - found))));
      checkParts(parts, options);
      found += positions.length;
      if (found >= count) break;
    }
  }
  const positions = parts.toReversed().flatMap((part) => part.positions);
  return joinMatrices(parts, positions, options.maxBytes);
}

/** Ascending. */
function recordedPositions({ from, to, states }: GoldBlock): readonly number[] {
  const width = to - from;
  const recorded = new Uint8Array(width);
  for (const [at, state] of states.entries()) {
    if (state !== POINT.missing) recorded[at % width] = 1;
  }
  return numbers(from, to).filter((position) => recorded[position - from] === 1);
}

function checkParts(parts: readonly GoldMatrix[], { maxBytes }: ReadGoldOptions): void {
  checkBytes(
    parts.reduce((sum, { states }) => sum + states.length, 0),
    maxBytes,
  );
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
