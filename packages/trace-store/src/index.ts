/**
 * Series of values by params, appended by many writers, queried and read back by tiles, with every version.
 *
 * ```ts
 * import { openTraceStore } from "@foretile/trace-store";
 * import { openMemoryStore } from "@foretile/storage/memory";
 * import { createLibrary } from "@foretile/version-store";
 *
 * await using store = openMemoryStore();
 * const library = await createLibrary({ store });
 * const scores = await openTraceStore({ library, set: "scores", valueType: "float32" });
 * await scores.append(0, [{ params: { asset: "BTC", miner: "1042" }, value: 37.5 }]);
 * for await (const { ids, values } of scores.query({ asset: "BTC" })) console.log(ids, values);
 * ```
 *
 * @module
 */
export type { TraceParams } from "@foretile/keyspace";
export {
  DEFAULT_TILE_SIZE,
  MAX_APPEND_BYTES,
  MAX_APPEND_TRACES,
  MAX_ID_BYTES,
  MAX_TILE,
  MAX_TILE_SIZE,
} from "./limits.ts";
export { openTraceStore, type TraceStoreOptions } from "./open-trace-store.ts";
export type { KeyCondition, TraceQuery } from "./query/trace-query.ts";
export type {
  NewestOptions,
  PositionRange,
  ReadBlocksOptions,
  ReadMatrixOptions,
  ReadOptions,
  ReadTileOptions,
  SetAsOf,
  TraceSelection,
} from "./read/read-options.ts";
export type {
  LatestPoints,
  SameValue,
  TileSummary,
  Trace,
  TraceBlock,
  TraceMatrix,
  TraceOptions,
  TraceRows,
} from "./read/trace-block.ts";
export { createTraceList, type TraceList } from "./table/trace-list.ts";
export type {
  AppendColumnsResult,
  AppendResult,
  ChangeOptions,
  EntryRejection,
  EntryResult,
  TileChange,
  TraceColumns,
  TraceEntry,
} from "./trace-entry.ts";
export { listTraceSets } from "./set/set-config.ts";
export type { TraceSetConfig, TraceStore } from "./trace-store.ts";
export {
  isTraceStoreError,
  TraceStoreError,
  type TraceStoreErrorCode,
} from "./trace-store-error.ts";
export { createTraceVerifiers } from "./verify/trace-verifiers.ts";
export {
  DIGEST_BYTES,
  MAX_VALUE_BYTES,
  POINT,
  type PointState,
  type TraceValueOf,
  type TraceValuesOf,
  type TraceValueType,
} from "./trace-values.ts";
