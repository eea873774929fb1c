import type { TraceParams } from "@foretile/keyspace";
import { DIGEST_BYTES } from "../trace-values.ts";
import type { GoldBlock, GoldMatrix } from "./gold-block.ts";
import { checkBytes } from "./read-block.ts";

/** Positions of a block, ascending, as a matrix. */
export function pickPositions(block: GoldBlock, positions: readonly number[]): GoldMatrix {
  const width = block.to - block.from;
  const states = new Uint8Array(block.ids.length * positions.length);
  const values = new Uint8Array(states.length * DIGEST_BYTES);
  for (let row = 0; row < block.ids.length; row += 1) {
    for (const [column, position] of positions.entries()) {
      const start = row * width + position - block.from;
      copyPoint(block, start, { states, values }, row * positions.length + column);
    }
  }
  const { ids, params, options, problems } = block;
  return { ids, params, positions, states, values, options, problems };
}

/**
 * Matrices of different positions as one.
 *
 * @param parts the newest positions first: what they say about a trace beside its digests holds
 * @param positions all of the parts' positions and perhaps others, ascending
 * @throws {TraceStoreError} `too-large`
 */
export function joinMatrices(
  parts: readonly GoldMatrix[],
  positions: readonly number[],
  maxBytes: number | undefined,
): GoldMatrix {
  const traces = new Map<string, { params: TraceParams; options: TraceParams | undefined }>();
  for (const { ids, params, options } of parts) {
    for (const [row, id] of ids.entries()) {
      const there = traces.get(id);
      if (there === undefined) {
        traces.set(id, { params: params[row] ?? {}, options: options[row] });
      } else there.options ??= options[row];
    }
  }
  checkBytes(traces.size * positions.length, maxBytes);
  // Ids are ASCII, so this is the order of their bytes.
  const ids = [...traces.keys()].sort((left, right) => (left < right ? -1 : 1));
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const columnOf = new Map(positions.map((position, column) => [position, column]));
  const states = new Uint8Array(ids.length * positions.length);
  const values = new Uint8Array(states.length * DIGEST_BYTES);
  for (const part of parts) {
    const columns = part.positions.map((position) => columnOf.get(position) ?? 0);
    for (const [row, id] of part.ids.entries()) {
      const start = (rowOf.get(id) ?? 0) * positions.length;
      for (const [at, column] of columns.entries()) {
        copyPoint(part, row * columns.length + at, { states, values }, start + column);
      }
    }
  }
  return {
    ids,
    params: ids.map((id) => traces.get(id)?.params ?? {}),
    positions,
    states,
    values,
    options: ids.map((id) => traces.get(id)?.options),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

interface Points {
  readonly states: Uint8Array<ArrayBuffer>;
  readonly values: Uint8Array<ArrayBuffer>;
}

function copyPoint(from: Points, at: number, to: Points, place: number): void {
  to.states[place] = from.states[at] ?? 0;
  to.values.set(
    from.values.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES),
    place * DIGEST_BYTES,
  );
}
