import type { CallOptions } from "@foretile/storage";
import type { Catalog } from "../catalog.ts";
import type { RequestStatus } from "../records/deletion.ts";
import type { RequestId } from "../records/request.ts";
import { planTapering, type TaperingCandidate, type TaperingPolicy } from "./plan-tapering.ts";

/** Requests per call of `softDelete`. */
const BATCH = 100;

/** The reason that thinned predictions carry, as the network's validator writes it. */
const THINNED = "thinned";

export interface TaperOptions extends CallOptions {
  readonly label: string;
  readonly policy: TaperingPolicy;
  readonly nowMs: number;
  /**
   * Looks only at buckets from this time on. Default: all of the label's history, which costs more each day; a service
   * that tapers every minute passes a day or two before its last run.
   */
  readonly fromUnixSeconds?: number | undefined;
}

/** Tells which requests {@link taper} would thin. */
export async function taperingCandidates(
  catalog: Catalog,
  { label, policy, nowMs, fromUnixSeconds = 0, signal }: TaperOptions,
): Promise<readonly RequestId[]> {
  const { bucketSeconds } = policy;
  // A bucket that is seen in part would get a keeper of its own.
  const from = Math.floor(fromUnixSeconds / bucketSeconds) * bucketSeconds;
  const requests: TaperingCandidate[] = [];
  const filter = { label, fromUnixSeconds: Math.floor(from) };
  for await (const batch of catalog.listRequests(filter, { signal, batchSize: 1_000 })) {
    for (const { id, order, asset, startUnixSeconds, predictions } of batch) {
      requests.push({ id, order, asset, startUnixSeconds, predictions });
    }
  }
  return planTapering(requests, policy, nowMs / 1_000);
}

/**
 * Thins a label's requests by its policy: predictions of all but the keepers are marked as deleted. Repeating it changes
 * nothing.
 *
 * @returns one status per thinned request
 */
export async function taper(
  catalog: Catalog,
  options: TaperOptions,
): Promise<readonly RequestStatus[]> {
  const { signal, nowMs } = options;
  const thinned = await taperingCandidates(catalog, options);
  const statuses: RequestStatus[] = [];
  for (let at = 0; at < thinned.length; at += BATCH) {
    const batch = thinned.slice(at, at + BATCH);
    const deletion = { reason: THINNED, atMs: Math.floor(nowMs) };
    statuses.push(...(await catalog.softDelete(batch, deletion, { signal })));
  }
  return statuses;
}
