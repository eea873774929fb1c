import { decodeTraceId } from "@foretile/keyspace";
import { POINT, type TraceBlock, type TraceParams } from "@foretile/trace-store";

import { valueAt, type PointValue } from "./point-value.ts";
import type { TraceSet } from "./trace-set.ts";

/** A point at which something was recorded. */
export interface FoundPoint {
  readonly id: string;
  readonly params: TraceParams;
  readonly position: number;
  readonly state: number;
  /** Of a point with a value. Bytes are valid until the next block. */
  readonly value: PointValue | undefined;
}

/** The points of a block at which something was recorded, trace by trace, each in order of positions. */
export function* pointsOf({ store }: TraceSet, block: TraceBlock): Generator<FoundPoint> {
  const width = block.to - block.from;
  for (const [row, id] of block.ids.entries()) {
    let params: TraceParams | undefined;
    for (let column = 0; column < width; column += 1) {
      const index = row * width + column;
      const state = block.states[index] as number;
      if (state === POINT.missing) continue;
      params ??= decodeTraceId(id);
      const value = state === POINT.value ? valueAt(store, block.values, index) : undefined;
      yield { id, params, position: block.from + column, state, value };
    }
  }
}
