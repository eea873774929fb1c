import type { CallOptions } from "@foretile/storage";
import type { Catalog } from "../catalog.ts";
import type { RequestStatus } from "../records/deletion.ts";

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

/**
 * Marks predictions that are older than their label's retention as deleted, and drops scores and realized prices after
 * twice that time. Age counts from the start of the request, not from the moment it was saved. Repeating it changes
 * nothing.
 */
export async function cleanUp(catalog: Catalog, options: CleanUpOptions): Promise<CleanUpResult> {
  const { label, retentionDays, nowMs, signal } = options;
  const before = (days: number): number => Math.max(0, Math.ceil((nowMs - days * DAY_MS) / 1_000));
  const statuses: RequestStatus[] = [];
  const old = { label, toUnixSeconds: before(retentionDays), alive: true };
  for await (const batch of catalog.listRequests(old, { signal })) {
    const ids = batch.map(({ id }) => id);
    const deletion = { reason: LIGHT_MODE, atMs: Math.floor(nowMs) };
    statuses.push(...(await catalog.softDelete(ids, deletion, { signal })));
  }
  const beforeUnixSeconds = before(2 * retentionDays);
  const { scores, prices } = await catalog.dropScores({ label, beforeUnixSeconds }, { signal });
  return { requests: statuses, droppedScores: scores, droppedPrices: prices };
}
