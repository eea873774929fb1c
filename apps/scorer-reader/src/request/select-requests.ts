import { AppError } from "@foretile/app-kit";
import {
  parseRequestKey,
  type PredictionStore,
  type RequestAddress,
} from "@foretile/prediction-store";

/** Which requests to score. */
export interface RequestSelection {
  readonly label?: string | undefined;
  readonly asset?: string | undefined;
  /** One request, by its key. */
  readonly key?: string | undefined;
}

export interface SelectRequestsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each request whose head is damaged. */
  readonly onDamaged: (error: Error) => void;
}

/** How many assets a message names. */
const ASSETS_NAMED = 12;

/**
 * The keys of the selected requests, in their order: by label, asset, start time. All are of one asset, because a price
 * file is.
 *
 * @throws {AppError} `usage` when they are of several assets
 * @throws {PredictionStoreError} `invalid-request` for a malformed key
 */
export async function selectRequests(
  predictions: PredictionStore,
  selection: RequestSelection,
  options: SelectRequestsOptions,
): Promise<readonly string[]> {
  const { key, label, asset } = selection;
  if (key !== undefined) {
    selectedAddress(key, { label, asset });
    return [key];
  }
  const keys: string[] = [];
  const assets = new Set<string>();
  for await (const batch of predictions.list({ label, asset }, options)) {
    for (const summary of batch) {
      keys.push(summary.key);
      assets.add(summary.request.asset);
    }
  }
  requireOneAsset(assets);
  return keys;
}

/**
 * The request of a key.
 *
 * @throws {AppError} `usage` when it is of another label or asset
 * @throws {PredictionStoreError} `invalid-request` for a malformed key
 */
export function selectedAddress(
  key: string,
  { label, asset }: Pick<RequestSelection, "label" | "asset">,
): RequestAddress {
  const address = parseRequestKey(key);
  if ((label ?? address.label) === address.label && (asset ?? address.asset) === address.asset) {
    return address;
  }
  throw new AppError("usage", `the request is of another label or asset request=${key}`);
}

/** @throws {AppError} `usage` for several */
export function requireOneAsset(assets: Iterable<string>): void {
  const different = new Set(assets);
  if (different.size <= 1) return;
  const names = [...different].sort().slice(0, ASSETS_NAMED).join(",");
  throw new AppError("usage", `the requests are of several assets assets=${names}`, {
    hint: "a price file is of one asset: say which with --asset",
  });
}
