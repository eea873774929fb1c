import { encodeTraceId, isKeyspaceError, type TraceParams } from "@foretile/keyspace";
import { MAX_ID_BYTES } from "../limits.ts";
import { TraceStoreError } from "../trace-store-error.ts";

/** Traces in an order of the caller's, checked once and used for many appends. */
export interface TraceList {
  /** The id of each. */
  readonly ids: readonly string[];
  /** The params of each, as they were given. */
  readonly params: readonly TraceParams[];
}

/**
 * Makes a list of traces.
 *
 * @throws {TraceStoreError} `invalid-argument` for params that cannot be a trace's, and for the same trace twice
 */
export function createTraceList(params: Iterable<TraceParams>): TraceList {
  const places = new Map<string, number>();
  const copies: TraceParams[] = [];
  for (const given of params) {
    const place = copies.length;
    const id = idOf(given, place);
    const first = places.get(id);
    if (first !== undefined) {
      throw new TraceStoreError(
        "invalid-argument",
        `the same trace is in a list twice first=${first} second=${place}`,
      );
    }
    places.set(id, place);
    copies.push({ ...given });
  }
  return { ids: [...places.keys()], params: copies };
}

function idOf(params: TraceParams, place: number): string {
  let id: string;
  try {
    id = encodeTraceId(params);
  } catch (cause) {
    if (!isKeyspaceError(cause)) throw cause;
    throw new TraceStoreError("invalid-argument", `not the params of a trace place=${place}`, {
      cause,
    });
  }
  if (id.length <= MAX_ID_BYTES) return id;
  throw new TraceStoreError(
    "invalid-argument",
    `id of a trace is too long place=${place} length=${id.length} limit=${MAX_ID_BYTES}`,
  );
}
