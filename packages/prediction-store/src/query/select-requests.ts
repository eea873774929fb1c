import type { CallOptions } from "@foretile/storage";
import type { AsOf } from "@foretile/version-store";
import { isPredictionStoreError } from "../prediction-store-error.ts";
import type { PredictionStore } from "../store/prediction-store.ts";
import type { PublishedRequest } from "../store/published-request.ts";
import type { StepRange } from "../store/step-range.ts";
import { relatedSteps, startBounds, type TimeRelation } from "./request-plan.ts";
import { checkWindow, type TimeWindow } from "./time-window.ts";

/** So many manifests are read at a time; one of 250 answers takes about a megabyte. */
const MANIFESTS_AT_ONCE = 8;

/** Which requests a query is about: those that everything here is true of. */
export interface RequestSelection {
  /** These, by their keys, instead of all of the store. */
  readonly keys?: readonly string[] | undefined;
  readonly label?: string | undefined;
  readonly asset?: string | undefined;
  /** Default: all times. */
  readonly window?: TimeWindow | undefined;
  /** How a request lies to the window. Default `intersects`. */
  readonly relation?: TimeRelation | undefined;
  /**
   * Which version of each. Requests without such a version are not selected, unless they were named in `keys`. With a
   * snapshot, the requests that it pins, deleted ones too. Default: the newest.
   */
  readonly asOf?: AsOf | undefined;
}

/** A selected request, or one that may have been wanted and cannot be read. */
export type SelectedRequest =
  | {
      readonly key: string;
      readonly published: PublishedRequest;
      /** Its steps in the window. */
      readonly steps: StepRange;
      readonly error?: undefined;
    }
  | {
      /** Missing when the very name cannot be read. */
      readonly key: string | undefined;
      readonly published?: undefined;
      readonly steps?: undefined;
      readonly error: Error;
    };

/**
 * Finds the requests of a selection, in order of label, asset and start, or as their keys were given. Each is pinned to
 * the version that was found. Reads heads and manifests, no tiles, and those of a few requests ahead of the caller; for
 * `intersects` and `ends-in` those of all requests that begin before the window ends, because only there it says how
 * long they last.
 *
 * @throws {PredictionStoreError} `invalid-query`; `no-such-request` for a key in `keys`
 * @throws {VersionStoreError} `no-such-snapshot`
 */
export async function* selectRequests(
  predictions: PredictionStore,
  selection: RequestSelection,
  { signal }: CallOptions = {},
): AsyncGenerator<SelectedRequest, void, undefined> {
  const { label, asset, window = {}, relation = "intersects", asOf, keys } = selection;
  checkWindow(window);
  for await (const batch of candidates(predictions, selection, { signal })) {
    const read = batch.map(async (candidate): Promise<SelectedRequest | undefined> => {
      if (candidate.key === undefined) return candidate;
      const { key } = candidate;
      try {
        const published = await predictions.read(key, { asOf, signal });
        const { request } = published;
        if (label !== undefined && request.label !== label) return undefined;
        if (asset !== undefined && request.asset !== asset) return undefined;
        const steps = relatedSteps(request, window, relation);
        return steps && { key, published, steps };
      } catch (error) {
        if (isPredictionStoreError(error, "damaged")) return { key, error };
        if (keys === undefined && isPredictionStoreError(error, "no-such-request")) {
          return undefined;
        }
        throw error;
      }
    });
    for (const end of await Promise.allSettled(read)) {
      if (end.status === "rejected") throw end.reason as Error;
      if (end.value !== undefined) yield end.value;
    }
  }
}

type Candidate = { readonly key: string } | { readonly key: undefined; readonly error: Error };

async function* candidates(
  predictions: PredictionStore,
  { keys, label, asset, window = {}, relation = "intersects", asOf }: RequestSelection,
  { signal }: CallOptions,
): AsyncGenerator<readonly Candidate[], void, undefined> {
  if (keys !== undefined) {
    yield* batches(keys.map((key) => ({ key })));
    return;
  }
  const filter = { label, asset, ...startBounds(window, relation) };
  const snapshot = snapshotOf(asOf);
  let damaged: Candidate[] = [];
  const onDamaged = (error: Error): void => {
    damaged.push({ key: undefined, error });
  };
  for await (const listed of predictions.list(filter, { signal, onDamaged, snapshot })) {
    yield* batches([...damaged, ...listed.map(({ key }) => ({ key }))]);
    damaged = [];
  }
  yield* batches(damaged);
}

function snapshotOf(asOf: AsOf | undefined): string | undefined {
  if (typeof asOf === "object" && "snapshot" in asOf) return asOf.snapshot;
  return typeof asOf === "string" ? asOf : undefined;
}

function* batches(all: readonly Candidate[]): Generator<readonly Candidate[], void, undefined> {
  for (let first = 0; first < all.length; first += MANIFESTS_AT_ONCE) {
    yield all.slice(first, first + MANIFESTS_AT_ONCE);
  }
}
