import type { CallOptions, Key } from "@foretile/storage";
import type { Deletion, DeletionClaim, ListOptions, Restoration } from "../catalog.ts";
import { CatalogError, isCatalogError } from "../catalog-error.ts";
import type { DeletedRequest, RequestStatus } from "../records/deletion.ts";
import type { Prediction } from "../records/prediction.ts";
import type { RequestId } from "../records/request.ts";
import {
  batchSizeOf,
  checkClaim,
  checkDeletion,
  checkRestoration,
} from "../rules/check-queries.ts";
import { addToLists, readList, removeListed } from "./request-lists.ts";
import type { RequestRecord } from "./request-record.ts";
import { changeRecord, noSuchRequest, readRecord, recordInRow } from "./request-rows.ts";
import type { RowContext } from "./row-context.ts";
import { requestIdOf, requestKeyOfId, requestRowKey, type RequestList } from "./row-keys.ts";

export function softDelete(
  context: RowContext,
  requestIds: readonly RequestId[],
  deletion: Deletion,
  options?: CallOptions,
): Promise<readonly RequestStatus[]> {
  checkDeletion(deletion);
  const { atMs, reason } = deletion;
  return changeEach(context, requestIds, "deleted", options, (record) =>
    record.predictions.map((prediction) =>
      prediction.deleted === undefined ? { ...prediction, deleted: { atMs, reason } } : prediction,
    ),
  );
}

export function restore(
  context: RowContext,
  requestIds: readonly RequestId[],
  restoration: Restoration,
  options?: CallOptions,
): Promise<readonly RequestStatus[]> {
  checkRestoration(restoration);
  return changeEach(context, requestIds, "open", options, (record) =>
    record.predictions.map((prediction) => {
      const { deleted, ...alive } = prediction;
      if (deleted === undefined || deleted.atMs < restoration.deletedSinceMs) return prediction;
      if (prediction.version <= (record.claim?.throughVersion ?? -1)) {
        throw new CatalogError(
          "not-restorable",
          `the request's tiles were handed over for deletion id=${requestIdOf(record.facts)}`,
        );
      }
      return alive;
    }),
  );
}

export async function* claimDeletions(
  context: RowContext,
  claim: DeletionClaim,
  options: ListOptions,
): AsyncGenerator<readonly DeletedRequest[], void, undefined> {
  checkClaim(claim);
  const { signal } = options;
  const reads = { signal, batchSize: batchSizeOf(options) };
  const all = { from: 0, to: 10 ** 12 };
  for await (const batch of readList(context, "deleted", claim.label, all, reads)) {
    const keys = batch.map(({ address }) => requestRowKey(address));
    const rows = await context.table.readKeys(keys, ["request", "predictions"], { signal });
    const claimed: DeletedRequest[] = [];
    for (const listed of batch) {
      const key = requestRowKey(listed.address);
      const row = rows.get(key);
      const record = row && recordInRow(context, row);
      if (record === undefined) continue;
      if (isSettled(record)) await removeListed(context, listed, { signal });
      else claimed.push(...(await claimRecord(context, key, record, claim, { signal })));
    }
    if (claimed.length > 0) yield claimed;
  }
}

export async function confirmDeletions(
  context: RowContext,
  deleted: readonly Pick<DeletedRequest, "requestId" | "throughVersion">[],
  options?: CallOptions,
): Promise<readonly RequestStatus[]> {
  const statuses: RequestStatus[] = [];
  for (const { requestId, throughVersion } of deleted) {
    statuses.push(
      await statusOf(requestId, async () => {
        const key = requestKeyOfId(requestId);
        if (key === undefined) throw noSuchRequest(requestId);
        let changed = 0;
        await changeRecord(
          context,
          key,
          (record) => {
            if (record === undefined) throw noSuchRequest(requestId);
            const { claim, predictions } = record;
            if (claim?.throughVersion !== throughVersion) {
              throw notClaimed(requestId, throughVersion);
            }
            if (claim.done) return undefined;
            changed = predictions.filter(({ version }) => version <= throughVersion).length;
            return { ...record, claim: { ...claim, done: true } };
          },
          options,
        );
        return changed;
      }),
    );
  }
  return statuses;
}

/** The error of a confirmation that nothing was claimed for. */
function notClaimed(requestId: RequestId, throughVersion: number): CatalogError {
  return new CatalogError(
    "invalid-argument",
    `the request was not claimed through that version id=${requestId} version=${throughVersion}`,
  );
}

/** Changes the predictions of requests one by one, each with a row in `list` from before until after the change. */
async function changeEach(
  context: RowContext,
  requestIds: readonly RequestId[],
  list: RequestList,
  options: CallOptions | undefined,
  change: (record: RequestRecord) => readonly Prediction[],
): Promise<readonly RequestStatus[]> {
  const statuses: RequestStatus[] = [];
  for (const requestId of requestIds) {
    statuses.push(
      await statusOf(requestId, () => changeOne(context, requestId, list, options, change)),
    );
  }
  return statuses;
}

async function changeOne(
  context: RowContext,
  requestId: RequestId,
  list: RequestList,
  options: CallOptions | undefined,
  change: (record: RequestRecord) => readonly Prediction[],
): Promise<number> {
  const key = requestKeyOfId(requestId);
  const found = key && (await readRecord(context, key, options));
  if (key === undefined || found === undefined) throw noSuchRequest(requestId);
  if (countChanged(found, change(found)) === 0) return 0;
  await addToLists(context, [list], found.facts, options);
  let changed = 0;
  await changeRecord(
    context,
    key,
    (record) => {
      if (record === undefined) throw noSuchRequest(requestId);
      const predictions = change(record);
      changed = countChanged(record, predictions);
      return changed === 0 ? undefined : { ...record, predictions };
    },
    options,
  );
  // A reader that looked before the change may have removed the row: see the lists.
  await addToLists(context, [list], found.facts, options);
  return changed;
}

function countChanged({ predictions }: RequestRecord, next: readonly Prediction[]): number {
  return predictions.filter((prediction, index) => prediction !== next[index]).length;
}

/** Nothing is deleted, or what is deleted is gone. */
function isSettled({ predictions, claim }: RequestRecord): boolean {
  const through = claim?.done === true ? claim.throughVersion : -1;
  return predictions.every(({ deleted, version }) => deleted === undefined || version <= through);
}

async function claimRecord(
  context: RowContext,
  key: Key,
  seen: RequestRecord,
  { deletedBeforeMs, atMs }: DeletionClaim,
  options: CallOptions,
): Promise<readonly DeletedRequest[]> {
  if (!isDue(seen, deletedBeforeMs)) return [];
  const record = await changeRecord(
    context,
    key,
    (newest) => {
      if (newest === undefined || !isDue(newest, deletedBeforeMs)) return undefined;
      if (isClaimed(newest)) return undefined;
      return { ...newest, claim: { throughVersion: newest.version, atMs, done: false } };
    },
    options,
  );
  return record?.claim !== undefined && isDue(record, deletedBeforeMs)
    ? [deletedRequest(record, record.claim.throughVersion)]
    : [];
}

/** Nothing is alive; a claim that is not confirmed is due whatever the time. */
function isDue(record: RequestRecord, deletedBeforeMs: number): boolean {
  if (record.predictions.some(({ deleted }) => deleted === undefined)) return false;
  return (
    isClaimed(record) ||
    record.predictions.every(({ deleted }) => (deleted?.atMs ?? Infinity) < deletedBeforeMs)
  );
}

function isClaimed({ claim, predictions }: RequestRecord): boolean {
  return (
    claim !== undefined &&
    !claim.done &&
    predictions.every(({ version }) => version <= claim.throughVersion)
  );
}

function deletedRequest(record: RequestRecord, throughVersion: number): DeletedRequest {
  return {
    requestId: requestIdOf(record.facts),
    request: record.facts,
    throughVersion,
    tiles: record.predictions.flatMap(({ minerId, tileKey }) =>
      tileKey === undefined ? [] : [{ minerId, tileKey }],
    ),
  };
}

async function statusOf(
  requestId: RequestId,
  change: () => Promise<number>,
): Promise<RequestStatus> {
  try {
    return { requestId, ok: true, changed: await change() };
  } catch (error) {
    // What is wrong with one request is its status; an aborted call or a store that is away concerns them all.
    const own = ["no-such-request", "not-restorable", "invalid-argument", "conflict"] as const;
    if (!isCatalogError(error, ...own)) throw error;
    return { requestId, ok: false, error };
  }
}
