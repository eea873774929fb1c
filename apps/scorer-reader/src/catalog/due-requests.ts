import type { Catalog } from "@foretile/catalog";
import { requestKey, type LabelConfig } from "@foretile/prediction-store";
import { nextMinute } from "@foretile/scoring";

const DAY_SECONDS = 86_400;

export interface DueQuery {
  readonly labels: readonly LabelConfig[];
  readonly label?: string | undefined;
  readonly asset?: string | undefined;
  readonly nowUnixSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** A request that is due to be scored. */
export interface DueRequest {
  readonly key: string;
  readonly asset: string;
}

/**
 * The requests that are due by the catalog: their horizon is over, something is alive, and not all of it has a score. A
 * damaged tile keeps its request due, so that it is scored once it was repaired.
 */
export async function* dueRequests(
  catalog: Catalog,
  { labels, label, asset, nowUnixSeconds, signal }: DueQuery,
): AsyncGenerator<DueRequest, void, undefined> {
  for (const config of labels) {
    if (label !== undefined && config.label !== label) continue;
    const query = {
      label: config.label,
      scoredAtUnixSeconds: nextMinute(nowUnixSeconds),
      windowSeconds: config.windowDays * DAY_SECONDS,
      partly: true,
    };
    for await (const batch of catalog.listScorable(query, { signal })) {
      for (const request of batch) {
        if (asset !== undefined && request.asset !== asset) continue;
        yield { key: requestKey(request), asset: request.asset };
      }
    }
  }
}
