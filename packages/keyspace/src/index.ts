/**
 * Keys whose byte order is the order of what they mean. No I/O, no dependency on a store.
 *
 * ```ts
 * import { predictionKey, predictionRange, startTimeToUnixSeconds } from "@foretile/keyspace";
 *
 * const startUnixSeconds = startTimeToUnixSeconds("2026-05-25T14:00:00+02:00"); // 1779710400
 * predictionKey({ asset: "BTC", startUnixSeconds, minerId: 42 }); // "BTC#1779710400#000042"
 * predictionRange({ asset: "BTC", startUnixSeconds }); // { gte: "BTC#1779710400#", lt: "BTC#1779710400#~" }
 * ```
 *
 * The format is described in `docs/formats/keys-v1.md`.
 *
 * @module
 */

export { compareUtf8 } from "./compare-utf8.ts";
export { descending, fixedWidth, parseDescending, parseFixedWidth } from "./fixed-width.ts";
export { escapeKeyPart, unescapeKeyPart } from "./key-part.ts";
export { isKeyspaceError, KeyspaceError, type KeyspaceErrorCode } from "./keyspace-error.ts";
export {
  assetRange,
  parsePredictionKey,
  type PredictionAddress,
  predictionKey,
  predictionRange,
  type StartTimeRange,
} from "./prediction-key.ts";
export { startTimeToUnixSeconds, unixSecondsToIso } from "./time-text.ts";
export { paramSetOf, type ParamSet } from "./trace/param-set.ts";
export {
  MAX_TILE,
  tileKey,
  tileOfKey,
  tilePlace,
  tileSpans,
  tileStart,
  type TilePlace,
  type TileSpan,
  type TileSpans,
} from "./trace/tile-place.ts";
export { decodeTraceId, encodeTraceId, type TraceParams } from "./trace/trace-id.ts";
