import type { Catalog } from "../catalog.ts";
import type { NewPrediction, RequestSave, SavedRequest } from "../records/prediction.ts";
import type { CatalogRequest, RequestFacts, RequestId } from "../records/request.ts";
import type { NewScore } from "../records/score.ts";
import { assert, collect, showStatuses } from "./assertions.ts";

/*
 * What the cases are made of. Labels `low` and `high` have the lengths of the network's, so that a catalog that tells
 * labels by their lengths takes them too.
 */

/** 2026-05-25T12:00:00Z. */
export const NOON = 1_779_710_400;
export const DAY = 86_400;

export function lowRequest(asset: string, startUnixSeconds: number): RequestFacts {
  return {
    label: "low",
    asset,
    startUnixSeconds,
    timeIncrementSeconds: 300,
    timeLengthSeconds: DAY,
    simulations: 1000,
  };
}

export function highRequest(asset: string, startUnixSeconds: number): RequestFacts {
  return {
    label: "high",
    asset,
    startUnixSeconds,
    timeIncrementSeconds: 60,
    timeLengthSeconds: 3_600,
    simulations: 1000,
  };
}

/** Ids of `count` miners in slots 0, 1, …, registered if they are not. */
export async function minerIds(catalog: Catalog, count: number): Promise<readonly number[]> {
  const identities = Array.from({ length: count }, (_, uid) => ({
    uid,
    coldkey: `cold${uid}`,
    hotkey: `hot${uid}`,
  }));
  return (await catalog.registerMiners(identities)).map(({ id }) => id);
}

export function valid(minerId: number, minerUid = 1): NewPrediction {
  return {
    minerId,
    minerUid,
    formatValidation: "CORRECT",
    processTimeSeconds: 1.5,
    tileKey: `tile#${minerId}`,
  };
}

export function invalid(minerId: number, minerUid = 1): NewPrediction {
  return {
    minerId,
    minerUid,
    formatValidation: "Number of paths is not 1000",
    processTimeSeconds: undefined,
    tileKey: undefined,
  };
}

export function score(minerId: number, promptScore: number): NewScore {
  return {
    minerId,
    promptScore,
    totalCrps: 100 + promptScore,
    percentile90: 190.5,
    lowest: 100,
    intervals: { "5min": 60 + promptScore, "24hour_abs": 40 },
  };
}

/** Saves a request; every given prediction must be taken. */
export async function save(
  catalog: Catalog,
  request: RequestFacts,
  predictions: readonly NewPrediction[],
  version = 1,
): Promise<SavedRequest> {
  const facts: RequestSave = { request, version, predictions };
  const saved = await catalog.saveRequest(facts);
  assert(saved.refused.length === 0, `nothing is refused: ${String(saved.refused[0]?.error)}`);
  return saved;
}

export async function writeScores(
  catalog: Catalog,
  requestId: RequestId,
  ...scores: readonly NewScore[]
): Promise<void> {
  const statuses = await catalog.writeScores({ requestId, requestVersion: 1, scores });
  assert(
    showStatuses(statuses).every((status) => status === "ok"),
    `every score is stored: ${showStatuses(statuses).join()}`,
  );
}

/** `BTC+300` for a request that starts 300 s after noon. */
export function nameOf({
  asset,
  startUnixSeconds,
}: Pick<CatalogRequest, "asset" | "startUnixSeconds">): string {
  return `${asset}+${startUnixSeconds - NOON}`;
}

export async function namesOf(
  listing: AsyncIterable<readonly Pick<CatalogRequest, "asset" | "startUnixSeconds">[]>,
  batchSize?: number,
): Promise<readonly string[]> {
  return (await collect(listing, batchSize)).map(nameOf);
}
