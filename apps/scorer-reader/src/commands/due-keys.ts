import {
  type CatalogOptions,
  openCatalog,
  type OpenedPredictions,
  type ProgramContext,
  requiredCatalogUrl,
} from "@foretile/app-kit";

import { dueRequests } from "../catalog/due-requests.ts";
import { requireOneAsset } from "../request/select-requests.ts";

interface DueOptions extends CatalogOptions {
  readonly label?: string;
  readonly asset?: string;
}

/**
 * The keys of the requests that are due by the catalog, in the order in which their horizons ended.
 *
 * @throws {AppError} `usage` without a catalog, and when they are of several assets
 */
export async function dueKeys(
  opened: OpenedPredictions,
  options: DueOptions,
  context: ProgramContext,
): Promise<readonly string[]> {
  const { signal, clock } = context;
  const { label, asset } = options;
  const url = requiredCatalogUrl(options, context);
  await using catalog = await openCatalog(url, opened, "read", context);
  const labels = await opened.predictions.labels({ signal });
  const nowUnixSeconds = clock.nowMs() / 1000;
  const keys: string[] = [];
  const assets = new Set<string>();
  for await (const due of dueRequests(catalog, { labels, label, asset, nowUnixSeconds, signal })) {
    keys.push(due.key);
    assets.add(due.asset);
  }
  requireOneAsset(assets);
  return keys;
}
