import { formatUtc } from "@foretile/app-kit";

import { singlePrecisionText } from "../output/single-precision-text.ts";
import { stepValues, type TileSlice } from "./tile-slice.ts";

/**
 * One JSON document on one line: where the values come from, then `values` as an array per step. Yields a step at a time.
 */
export function* tileJson(slice: TileSlice): Generator<string, void, undefined> {
  const { fromStep, toStep, request, answer } = slice;
  const head = JSON.stringify({
    key: slice.key,
    version: slice.version,
    version_hash: slice.versionHash,
    miner_id: answer.minerId,
    miner_uid: answer.minerUid,
    start_time: formatUtc(request.startUnixSeconds),
    time_increment: request.timeIncrementSeconds,
    num_simulations: request.simulations,
    from_step: fromStep,
    to_step: toStep,
  });
  yield `${head.slice(0, -1)},"values":[`;
  for (let step = fromStep; step < toStep; step += 1) {
    const prices = Array.from(stepValues(slice, step), singlePrecisionText).join(",");
    yield step === fromStep ? `[${prices}]` : `,[${prices}]`;
  }
  yield "]}\n";
}
