import { decodeTraceId } from "@foretile/keyspace";
import type { CallOptions } from "@foretile/storage";
import {
  createTraceList,
  POINT,
  type PointState,
  type PositionRange,
  type TraceBlock,
  type TraceStore,
} from "@foretile/trace-store";
import type { PointType, PointValues } from "./point-values.ts";
import type { RequestPoint, RequestPoints } from "./request-points.ts";
import { requestParams, tracePosition } from "./trace-sets.ts";

/** Points of one append, with those between its traces and positions that are not meant: 32 MiB of numbers. */
const MAX_APPEND_POINTS: number = 2 ** 22;

/** A point that is not yet as it must be. */
interface PointChange<V extends PointType> extends RequestPoint<V> {
  readonly id: string;
  readonly position: number;
  readonly state: PointState;
}

/**
 * Brings the points of requests to what they must be, in one append where that is not too much, and in none where nothing
 * is to be changed. What a set has of these requests and must not have is deleted.
 *
 * @param batch requests of one label, one asset and one tile
 * @returns how many points were changed
 */
export async function writePoints<V extends PointType>(
  store: TraceStore<V>,
  kind: PointValues<V>,
  batch: readonly RequestPoints<V>[],
  options: CallOptions,
): Promise<number> {
  const changes = await changesOf(store, kind, batch, options);
  for (const part of appendable(changes)) await append(store, kind, part, options);
  return changes.length;
}

async function changesOf<V extends PointType>(
  store: TraceStore<V>,
  kind: PointValues<V>,
  batch: readonly RequestPoints<V>[],
  options: CallOptions,
): Promise<PointChange<V>[]> {
  const [first] = batch;
  if (first === undefined) return [];
  const { label, asset } = first.request;
  const wanted = batch.map(wantedPoints);
  const { from, to } = rangeOf(wanted);
  const changes: PointChange<V>[] = [];
  const where = { label, asset };
  for await (const block of store.readRange(from, to, { where, ...options })) {
    const width = block.to - block.from;
    for (const [row, id] of block.ids.entries()) {
      for (const { position, second, points } of wanted) {
        if (position < block.from || position >= block.to) continue;
        const index = row * width + position - block.from;
        const point = points.get(id);
        if (point !== undefined) {
          if (holdsPoint(kind, block, index, point)) points.delete(id);
          continue;
        }
        const state = block.states[index];
        if (state !== POINT.value && state !== POINT.invalid) continue;
        const params = decodeTraceId(id);
        // Of another request that starts in the same minute.
        if (params["second"] !== second) continue;
        changes.push({ id, params, position, state: POINT.deleted, value: undefined });
      }
    }
  }
  for (const { position, points } of wanted) {
    for (const [id, { params, value }] of points) {
      const state = value === undefined ? POINT.invalid : POINT.value;
      changes.push({ id, params, position, state, value });
    }
  }
  return changes;
}

function wantedPoints<V extends PointType>({ request, points }: RequestPoints<V>) {
  return {
    position: tracePosition(request.startUnixSeconds),
    second: requestParams(request).second,
    points: new Map(points),
  };
}

function holdsPoint<V extends PointType>(
  kind: PointValues<V>,
  { states, values }: Pick<TraceBlock<V>, "states" | "values">,
  index: number,
  { value }: RequestPoint<V>,
): boolean {
  if (value === undefined) return states[index] === POINT.invalid;
  return states[index] === POINT.value && kind.holds(values, index, value);
}

/** Cut by positions until each part is small enough, or of one position. */
function appendable<V extends PointType>(
  changes: readonly PointChange<V>[],
): (readonly PointChange<V>[])[] {
  if (changes.length === 0) return [];
  const { from, to } = rangeOf(changes);
  const traces = new Set(changes.map(({ id }) => id)).size;
  if (to - from === 1 || traces * (to - from) <= MAX_APPEND_POINTS) return [changes];
  const middle = Math.floor((from + to) / 2);
  return [
    ...appendable(changes.filter(({ position }) => position < middle)),
    ...appendable(changes.filter(({ position }) => position >= middle)),
  ];
}

async function append<V extends PointType>(
  store: TraceStore<V>,
  kind: PointValues<V>,
  changes: readonly PointChange<V>[],
  options: CallOptions,
): Promise<void> {
  const { from, to } = rangeOf(changes);
  const paramsById = new Map(changes.map(({ id, params }) => [id, params]));
  const rowById = new Map([...paramsById.keys()].map((id, row) => [id, row]));
  const width = to - from;
  const points = paramsById.size * width;
  const values = kind.make(points);
  const states = new Uint8Array(points);
  for (const { id, position, state, value } of changes) {
    const index = (rowById.get(id) ?? 0) * width + position - from;
    states[index] = state;
    if (value !== undefined) kind.put(values, index, value);
  }
  const traces = createTraceList(paramsById.values());
  await store.appendColumns({ traces, from, positions: width, values, states }, options);
}

/** Positions `from` ≤ position < `to`. */
function rangeOf(points: readonly { readonly position: number }[]): PositionRange {
  let [from, to] = [Infinity, 0];
  for (const { position } of points) {
    from = Math.min(from, position);
    to = Math.max(to, position + 1);
  }
  return { from, to };
}
