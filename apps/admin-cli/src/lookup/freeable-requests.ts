import type { Catalog, DeletionClaim, Prediction } from "@foretile/catalog";
import {
  isPredictionStoreError,
  requestKey,
  type PredictionStore,
} from "@foretile/prediction-store";

/** A request that can be freed. */
export interface FreeableRequest {
  readonly key: string;
  /** Of the segments of all its versions. */
  readonly storedBytes: number;
}

/** The requests that a claim would hand over whose publications are still there. Nothing is changed. */
export async function* freeableRequests(
  { catalog, predictions }: { readonly catalog: Catalog; readonly predictions: PredictionStore },
  { label, deletedBeforeMs }: Pick<DeletionClaim, "label" | "deletedBeforeMs">,
  signal: AbortSignal,
): AsyncGenerator<FreeableRequest, void, undefined> {
  for await (const batch of catalog.listRequests({ label, alive: false }, { signal })) {
    for (const request of batch) {
      if (request.predictions.deleted === 0) continue;
      const rows = await catalog.readPredictions(request.id, { signal });
      if (!isDue(rows, deletedBeforeMs)) continue;
      const key = requestKey(request);
      const storedBytes = await storedBytesOf(predictions, key, signal);
      if (storedBytes !== undefined) yield { key, storedBytes };
    }
  }
}

function isDue(rows: readonly Prediction[], deletedBeforeMs: number): boolean {
  return rows.every(({ deleted }) => (deleted?.atMs ?? Infinity) < deletedBeforeMs);
}

/** `undefined` for a request that is not published, or not any more. */
async function storedBytesOf(
  predictions: PredictionStore,
  key: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const versions = await predictions.listVersions(key, { signal });
    return versions.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  } catch (error) {
    if (isPredictionStoreError(error, "no-such-request")) return undefined;
    throw error;
  }
}
