import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { CollectionAttempt } from "./collection-attempt.ts";
import type { CollectOptions } from "./collect-options.ts";
import type { CollectReport } from "./collect-report.ts";
import { countRequests } from "./count-requests.ts";

/** A collection that others keep disturbing begins again at most this often. */
const MAX_ATTEMPTS = 5;

/**
 * Deletes what nobody needs any more: versions and snapshots that were removed long enough ago, replaced pages, and
 * what transactions left behind that died or failed. Nothing that a head, a snapshot, or a running transaction needs is
 * ever deleted, whatever the clocks of the processes involved say, and however many collections run at once. It may be
 * broken off anywhere; the next one goes on.
 *
 * @throws {VersionStoreError} `data-integrity` or `format-too-new` when something that is needed cannot be read, so that
 *   it is not known what else is needed; `collection-refused`; `read-only-library` unless it is a dry run;
 *   `concurrent-modification` when others kept disturbing it. Nothing was deleted then
 */
export async function collect(
  context: LibraryContext,
  options: CollectOptions = {},
): Promise<CollectReport> {
  if (options.dryRun !== true) ensureWritable(context);
  checkOptions(options);
  const counted = countRequests(context);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const outcome = await new CollectionAttempt(counted.context, options).run();
    if (outcome !== "disturbed") return { ...outcome, requests: counted.totals() };
  }
  throw new VersionStoreError(
    "concurrent-modification",
    `other collections or edits kept disturbing this one; run it again later attempts=${MAX_ATTEMPTS}`,
    { retry: "safe", details: { attempts: MAX_ATTEMPTS } },
  );
}

function checkOptions({ minAgeMs = 0, maxShare = 0, waitMs = 0 }: CollectOptions): void {
  if (!(minAgeMs >= 0 && waitMs >= 0 && maxShare >= 0 && maxShare <= 1)) {
    throw new VersionStoreError(
      "invalid-argument",
      `times must be at least 0 and a share from 0 to 1 min_age_ms=${minAgeMs} wait_ms=${waitMs} max_share=${maxShare}`,
    );
  }
}
