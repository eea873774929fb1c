import { decodeTraceId } from "@foretile/keyspace";
import type { CallOptions } from "@foretile/storage";
import { POINT, type TraceStore } from "@foretile/trace-store";
import type { RequestAddress } from "../request/request-key.ts";
import type { ScoreField } from "./score-points.ts";
import { pointUnixSeconds, TRACE_TILE_SIZE, tracePosition } from "./trace-sets.ts";

const FIELD: ScoreField = "scores_version";

/** Which versions of score records the traces of a day have, of one label and asset. */
export interface TracedDay {
  readonly label: string;
  readonly asset: string;
  readonly tile: number;
  /** By the start of the request, seconds since 1970. */
  readonly versions: Map<number, number>;
}

/** The tile of both sets that a request is in. */
export function traceTile(startUnixSeconds: number): number {
  return Math.floor(tracePosition(startUnixSeconds) / TRACE_TILE_SIZE);
}

/** Reads what is traced of the day, label and asset of a request. */
export async function readTracedDay(
  store: TraceStore<"float64">,
  { label, asset, startUnixSeconds }: RequestAddress,
  options: CallOptions,
): Promise<TracedDay> {
  const tile = traceTile(startUnixSeconds);
  const from = tile * TRACE_TILE_SIZE;
  const where = { label, asset, field: FIELD };
  const versions = new Map<number, number>();
  const range = [from, from + TRACE_TILE_SIZE] as const;
  for await (const block of store.readRange(...range, { where, ...options })) {
    const width = block.to - block.from;
    for (const [row, id] of block.ids.entries()) {
      const params = decodeTraceId(id);
      for (let column = 0; column < width; column += 1) {
        const index = row * width + column;
        if (block.states[index] !== POINT.value) continue;
        const start = pointUnixSeconds(block.from + column, params);
        versions.set(start, block.values[index] as number);
      }
    }
  }
  return { label, asset, tile, versions };
}
