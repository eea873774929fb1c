import {
  type ForecastRequest,
  type LabelConfig,
  listUpstreamRequests,
  requestOfRows,
} from "@foretile/prediction-store";
import type { RowStore } from "@foretile/storage";

import { type RequestSelection, requireOneAsset, selectedAddress } from "./select-requests.ts";

export interface SelectRowsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each key that is no prediction's. */
  readonly onForeign: (key: string) => void;
}

/**
 * The selected requests of which a table has rows, in their order: by asset, start time. All are of one asset, because a
 * price file is. One that is named by its key is not looked for.
 *
 * @throws {AppError} `usage` when they are of several assets
 * @throws {PredictionStoreError} `invalid-request` for a malformed key
 */
export async function selectRows(
  table: RowStore,
  label: LabelConfig,
  selection: Pick<RequestSelection, "asset" | "key">,
  options: SelectRowsOptions,
): Promise<readonly ForecastRequest[]> {
  const { key, asset } = selection;
  if (key !== undefined) {
    const address = selectedAddress(key, { label: label.label, asset });
    return [requestOfRows(label, address)];
  }
  const requests: ForecastRequest[] = [];
  for await (const found of listUpstreamRequests(table, { asset, ...options })) {
    requests.push(requestOfRows(label, found));
  }
  requireOneAsset(requests.map((request) => request.asset));
  return requests;
}
