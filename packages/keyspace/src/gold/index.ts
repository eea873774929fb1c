/**
 * Names and ids in tables of Skia Gold's trace store: rows, shards, columns, dictionaries of tiles, and the dialect of
 * trace ids that its options are in. For reading and writing such tables; new data has better names.
 *
 * The format is described in `docs/formats/gold-rows.md`.
 *
 * @module
 */

export {
  GOLD_SHARDS,
  GOLD_TILE_SIZE,
  goldColumn,
  goldOpsRow,
  goldRowPrefix,
  goldShard,
  goldTraceRow,
  parseGoldColumn,
  parseGoldRow,
  type GoldRow,
  type GoldTraceRowType,
} from "./gold-row.ts";
export { decodeLooseTraceId, encodeLooseTraceId, isExactLooseTraceId } from "./loose-trace-id.ts";
export { OrderedParamSet, type ParamNumbers } from "./ordered-param-set.ts";
