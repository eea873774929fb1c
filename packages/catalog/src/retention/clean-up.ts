import type { CallOptions } from "@foretile/storage";
import type { Catalog, RequestFilter } from "../catalog.ts";
import type { RequestStatus } from "../records/deletion.ts";
import type { RequestId } from "../records/request.ts";

const DAY_MS = 86_400_000;

/** The reason that predictions beyond their retention carry, as the network's validator writes it. */
const LIGHT_MODE = "light mode";

export interface CleanUpOptions extends CallOptions {
  readonly label: string;
  /** Days after its start that a request's predictions are kept; its scores and prices stay twice as long. */
  readonly retentionDays: number;
  readonly nowMs: number;
}

export interface CleanUpResult {
  /** One status per request whose predictions were due. */
  readonly requests: readonly RequestStatus[];
  readonly droppedScores: number;
  readonly droppedPrices: number;
}

/** What {@link cleanUp} would do. */
export interface CleanUpPlan {
  readonly requests: readonly RequestId[];
  readonly scores: number;
}

/** Tells what {@link cleanUp} would do; reads all that it would delete. */
export async function planCleanUp(catalog: Catalog, options: CleanUpOptions): Promise<CleanUpPlan> {
  const { label, signal } = options;
  const requests: RequestId[] = [];
  for await (const batch of catalog.listRequests(dueRequests(options), { signal })) {
    requests.push(...batch.map(({ id }) => id));
  }
  let scores = 0;
  const due = { label, toUnixSeconds: ageLimit(options, 2) };
  for await (const batch of catalog.listScores(due, { signal })) {
    scores += batch.reduce((sum, request) => sum + request.scores.length, 0);
  }
  return { requests, scores };
}

/**
 * Marks predictions that are older than their label's retention as deleted, and drops scores and realized prices after
 * twice that time. Age counts from the start of the request, not from the moment it was saved. Repeating it changes
 * nothing.
 */
export async function cleanUp(catalog: Catalog, options: CleanUpOptions): Promise<CleanUpResult> {
  const { label, nowMs, signal } = options;
  const statuses: RequestStatus[] = [];
  for await (const batch of catalog.listRequests(dueRequests(options), { signal })) {
    const ids = batch.map(({ id }) => id);
    const deletion = { reason: LIGHT_MODE, atMs: Math.floor(nowMs) };
    statuses.push(...(await catalog.softDelete(ids, deletion, { signal })));
  }
  const beforeUnixSeconds = ageLimit(options, 2);
  const { scores, prices } = await catalog.dropScores({ label, beforeUnixSeconds }, { signal });
  return { requests: statuses, droppedScores: scores, droppedPrices: prices };
}

function dueRequests(options: CleanUpOptions): RequestFilter {
  return { label: options.label, toUnixSeconds: ageLimit(options, 1), alive: true };
}

/** What is before this second is older than so many times the retention. */
function ageLimit({ nowMs, retentionDays }: CleanUpOptions, times: number): number {
  return Math.max(0, Math.ceil((nowMs - times * retentionDays * DAY_MS) / 1_000));
}
