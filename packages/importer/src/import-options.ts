import type { PredictionStore } from "@foretile/prediction-store";
import type { CallOptions, RowStore } from "@foretile/storage";
import type { Library } from "@foretile/version-store";

/** Where the requests go. */
export interface ImportTarget {
  /** Keeps how far the import is, in the symbol `import/NAME`. */
  readonly library: Library;
  /** Of that library, with the labels of the requests. */
  readonly predictions: PredictionStore;
}

/** What was read and what became of it, in rows. */
export interface ImportTotals {
  /** Requests that were read. */
  readonly requests: number;
  /** Of which a version was published. */
  readonly published: number;
  /** Whose answers were there already. */
  readonly unchanged: number;
  /** Without an answer that could be published: all of them deleted, or none saved. */
  readonly empty: number;
  /** That fit no label, or another request under the same key. */
  readonly refused: number;
  /** Answers that were read. The numbers below add up to it, but for those of refused requests. */
  readonly answers: number;
  readonly valid: number;
  /** That the validator had refused: kept as statuses. */
  readonly invalid: number;
  /** That the validator had taken and our rules refuse, such as prices that are not finite: kept as statuses. */
  readonly rejected: number;
  /** That are deleted: left out. */
  readonly deleted: number;
  /** Whose tile, or whose miner, is nowhere: left out, and told. */
  readonly lost: number;
}

/** Something that could not be taken over as it is. */
export interface ImportProblem {
  /**
   * - `refused`: a request that fits no label, or another request under the same key
   * - `lost`: an answer whose tile, or whose miner, is nowhere
   * - `different`: an answer that was published otherwise than it was read
   * - `scored-otherwise`: an answer whose score or prompt score here is not the one that the validator computed
   */
  readonly kind: "refused" | "lost" | "different" | "scored-otherwise";
  /** In the database. */
  readonly requestId: number;
  readonly answerId?: number | undefined;
  readonly minerId?: number | undefined;
  readonly message: string;
}

export interface ImportProgress {
  readonly requests: number;
  /** In the database. */
  readonly totalRequests: number;
  readonly answers: number;
}

export interface ImportOptions extends CallOptions {
  /** Names this import: another run of the same name goes on where the last one ended. */
  readonly name: string;
  /** Begin again at the first request: what is published already stays. Default `false`. */
  readonly restart?: boolean | undefined;
  /** Where the validator keeps the tiles of a label that are not in its database. Default: nowhere. */
  readonly rowsOf?: ((label: string) => RowStore | undefined) | undefined;
  /** So many requests are under way at a time, 1 to 16. Default 2. */
  readonly requestsAtOnce?: number | undefined;
  readonly onProblem?: ((problem: ImportProblem) => void) | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

export interface ImportReport {
  /** Of this run and those before it that it goes on from. */
  readonly totals: ImportTotals;
  /** Problems of this run. */
  readonly problems: number;
  /** Answers of this run that were read back from the target and are the same. */
  readonly verified: number;
  /** Tiles of this run that were scored with the validator's prices, and have the score that it computed. */
  readonly rescored: number;
  /** Answers of this run whose prompt score, among all answers to the request, is the one that it computed. */
  readonly ranked: number;
  /** Whether as many requests and answers were read as the database had when the import began. */
  readonly isComplete: boolean;
  /** The last request that was taken over. */
  readonly lastRequestId: number;
}
