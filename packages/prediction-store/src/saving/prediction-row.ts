import { VALID_FORMAT, type NewPrediction } from "@foretile/catalog";
import { predictionKey } from "@foretile/keyspace";
import type { PackedAnswer } from "../answer/answer-packer.ts";
import type { ForecastRequest } from "../request/forecast-request.ts";
import type { SpilledAnswer } from "./spill-records.ts";

/** Gives the key of a miner's tile in the catalog. */
export type TileKey = (request: ForecastRequest, minerId: number) => string;

/** `BTC#1512475200#000042`, the row of the network's tables. */
export const networkTileKey: TileKey = ({ asset, startUnixSeconds }, minerId) =>
  predictionKey({ asset, startUnixSeconds, minerId });

/** What the catalog is told of an answer. */
export function predictionRow(
  request: ForecastRequest,
  { minerId, minerUid, processTimeSeconds, outcome }: SpilledAnswer,
  tileKey: TileKey,
): NewPrediction {
  const isValid = outcome.status !== "invalid";
  return {
    minerId,
    minerUid,
    processTimeSeconds,
    formatValidation: isValid ? VALID_FORMAT : outcome.message,
    tileKey: isValid ? tileKey(request, minerId) : undefined,
  };
}

/** The answer without its tile, which is published. */
export function withoutTile(answer: SpilledAnswer | PackedAnswer): SpilledAnswer {
  const { outcome, ...facts } = answer;
  return outcome.status === "valid" || outcome.status === "packed"
    ? { ...facts, outcome: { status: "published" } }
    : { ...facts, outcome };
}
