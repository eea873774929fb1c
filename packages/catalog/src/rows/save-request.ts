import type { CallOptions } from "@foretile/storage";
import { CatalogError } from "../catalog-error.ts";
import type {
  NewPrediction,
  Prediction,
  RequestSave,
  SavedRequest,
} from "../records/prediction.ts";
import { checkRequestSave, sizeMismatch } from "../rules/check-request-save.ts";
import { takeNumbers } from "./counters.ts";
import { unknownMiners } from "./miner-rows.ts";
import { addToLists } from "./request-lists.ts";
import type { RequestRecord } from "./request-record.ts";
import { changeRecord, readRecord } from "./request-rows.ts";
import type { RowContext } from "./row-context.ts";
import { orderRowKey, requestIdOf, requestRowKey } from "./row-keys.ts";

/**
 * The request's row is written last and at once; before it, its number is taken and its rows in the lists are added. A
 * crash in between leaves a number that is not used, and list rows that readers pass over until the save is repeated.
 */
export async function saveRequest(
  context: RowContext,
  save: RequestSave,
  options?: CallOptions,
): Promise<SavedRequest> {
  const { accepted, refused } = checkRequestSave(save);
  const { request } = save;
  const key = requestRowKey(request);
  const found = await readRecord(context, key, options);
  const mismatch = found && sizeMismatch(found.facts, request);
  if (mismatch !== undefined) throw mismatch;

  const unknown = await unknownMiners(
    context,
    accepted.map(({ minerId }) => minerId),
    options,
  );
  const known = accepted.filter(({ minerId }) => !unknown.has(minerId));
  const order = found?.order ?? (await takeNumbers(context, orderRowKey(request), 1, options));
  const nowMs = Math.floor(context.clock.nowMs());
  await addToLists(context, ["start", "open"], request, options);

  let created = false;
  let written = 0;
  await changeRecord(
    context,
    key,
    (record) => {
      const base = record ?? newRecord(save, order, nowMs);
      const rows = known.filter((row) => isNewer(base, row, save.version));
      created = record === undefined;
      written = rows.length;
      const moved = sizeMismatch(base.facts, request);
      if (moved !== undefined) throw moved;
      if (!created && written === 0 && save.version <= base.version) return undefined;
      return {
        ...base,
        version: Math.max(base.version, save.version),
        predictions: merged(base, rows, save.version, nowMs),
      };
    },
    options,
  );
  // A reader that found the request scored or deleted before may have removed the rows of the lists: see there.
  if (!created && written > 0) await addToLists(context, ["start", "open"], request, options);
  return {
    requestId: requestIdOf(request),
    created,
    written,
    refused: [...refused, ...[...unknown].map(unknownMiner)],
  };
}

function newRecord(save: RequestSave, order: number, nowMs: number): RequestRecord {
  const { label, asset, startUnixSeconds } = save.request;
  const { timeIncrementSeconds, timeLengthSeconds, simulations } = save.request;
  return {
    facts: {
      label,
      asset,
      startUnixSeconds,
      timeIncrementSeconds,
      timeLengthSeconds,
      simulations,
    },
    order,
    requestedUnixSeconds: save.requestedUnixSeconds,
    version: save.version,
    savedAtMs: nowMs,
    claim: undefined,
    predictions: [],
  };
}

function isNewer(record: RequestRecord, { minerId }: NewPrediction, version: number): boolean {
  const stored = record.predictions.find((prediction) => prediction.minerId === minerId);
  return stored === undefined || stored.version < version;
}

function merged(
  { predictions, claim }: RequestRecord,
  rows: readonly NewPrediction[],
  version: number,
  savedAtMs: number,
): Prediction[] {
  const byMiner = new Map(predictions.map((prediction) => [prediction.minerId, prediction]));
  for (const { minerId, minerUid, formatValidation, processTimeSeconds, tileKey } of rows) {
    byMiner.set(minerId, {
      minerId,
      minerUid,
      formatValidation,
      processTimeSeconds,
      tileKey,
      place: tileKey === undefined ? "none" : "store",
      version,
      savedAtMs,
      // The bytes of these versions are being deleted: nobody may be sent there.
      ...(claim !== undefined && version <= claim.throughVersion
        ? { deleted: { atMs: claim.atMs, reason: "saved after its deletion" } }
        : {}),
    });
  }
  return [...byMiner.values()].sort((left, right) => left.minerId - right.minerId);
}

function unknownMiner(minerId: number): SavedRequest["refused"][number] {
  const message = `no miner was registered with that id miner_id=${minerId}`;
  return { minerId, error: new CatalogError("unknown-miner", message) };
}
