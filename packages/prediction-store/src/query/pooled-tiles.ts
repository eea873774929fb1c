import type { PredictionStoreError } from "../prediction-store-error.ts";
import type { ValidAnswerEntry } from "../store/answer-entry.ts";
import type { PublishedRequest } from "../store/published-request.ts";

/** Whose tiles were taken together. */
export interface PooledTiles {
  /** Ascending. */
  readonly minerIds: readonly number[];
  /** Tiles that were left out because they are damaged. */
  readonly damaged: readonly {
    readonly answer: ValidAnswerEntry;
    readonly error: PredictionStoreError;
  }[];
}

/** The valid answers of some miners, or of all. */
export function selectedMiners(
  { answers }: PublishedRequest,
  minerIds: readonly number[] | undefined,
): readonly ValidAnswerEntry[] {
  const wanted = minerIds && new Set(minerIds);
  return answers.filter(
    (answer) => answer.status === "valid" && (wanted?.has(answer.minerId) ?? true),
  ) as ValidAnswerEntry[];
}
