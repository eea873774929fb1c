/**
 * Names and ids in tables of Skia Perf's trace store, the ancestor of Gold's. Dictionaries of tiles are the same
 * ({@link OrderedParamSet} of `@foretile/keyspace/gold`). For reading and writing such tables; new data has better names.
 *
 * The format is described in `docs/formats/gold-rows.md`.
 *
 * @module
 */

export { parsePerfRow, perfRow, perfShard, type PerfRow } from "./perf-row.ts";
export { decodeStrictTraceId, encodeStrictTraceId, forceStrictParams } from "./strict-trace-id.ts";
