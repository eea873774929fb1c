import type { ForecastRequest, PublishResult } from "@foretile/prediction-store";
import type { FinishOutcome, SpillEntry } from "@foretile/prediction-store/saving";

import type { OpenRequest } from "./open-request.ts";

/** What the catalog made of a published request. */
export type Catalogued =
  /** It is there, without the answers of so many miners that the catalog does not know. */
  | { readonly status: "saved"; readonly refusedMinerIds: readonly number[] }
  /** The journal keeps what the catalog is to be told. */
  | { readonly status: "waiting"; readonly entry: SpillEntry; readonly cause: Error }
  /** It can never be there as it is. */
  | { readonly status: "refused"; readonly cause: Error };

interface Ended {
  readonly id: string;
  readonly key: string;
  readonly request: ForecastRequest;
  /** Answers that took the place of an earlier one of the same miner in this publication. */
  readonly replaced: number;
  /** Why the journal did not have this request while it was open, where there is a journal. */
  readonly journalFailure: Error | undefined;
}

/** What came of publishing one request. */
export type Published =
  | (Ended & {
      readonly result: PublishResult;
      /** `undefined` without a catalog. */
      readonly catalogued: Catalogued | undefined;
    })
  /** The store was away: all of it is in the journal. */
  | (Ended & { readonly result: undefined; readonly entry: SpillEntry; readonly cause: Error });

export function publishedFrom(open: OpenRequest, outcome: FinishOutcome): Published {
  const { id, key, request, counts, journalFailure } = open;
  const ended = { id, key, request, replaced: counts.replaced, journalFailure };
  if (outcome.published === undefined) {
    const { entry, cause } = outcome;
    return { ...ended, result: undefined, entry, cause };
  }
  return { ...ended, result: outcome.published, catalogued: cataloguedFrom(outcome) };
}

function cataloguedFrom(outcome: FinishOutcome): Catalogued | undefined {
  if (outcome.status === "refused") return { status: "refused", cause: outcome.error };
  if (outcome.status === "spilled") {
    return { status: "waiting", entry: outcome.entry, cause: outcome.cause };
  }
  return (
    outcome.saved && {
      status: "saved",
      refusedMinerIds: outcome.saved.refused.map(({ minerId }) => minerId),
    }
  );
}
