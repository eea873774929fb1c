import type { CallOptions } from "./blob-store.ts";

/** One thing that a place needs before a store can be opened in it, and that is not there yet, or otherwise. */
export interface ProvisionStep {
  readonly action: "create" | "change";
  /** What is made or changed, such as `table forecasts_low` or `family p of table forecasts_low`. */
  readonly what: string;
  /** How it is now; absent where there is nothing. */
  readonly current?: string | undefined;
  readonly wanted: string;
  /** What is lost by the step, such as cells that a tighter rule lets go; absent where nothing is. */
  readonly loses?: string | undefined;
  /**
   * Does it. Repeating it is harmless.
   *
   * @throws {StorageError} `permission-denied` names the missing role
   */
  apply(options?: CallOptions): Promise<void>;
}

/** One thing that was tried at a place, and what came of it. */
export interface ProbeFinding {
  /** What was tried, such as `table forecasts_low` or `conditional writes`. */
  readonly what: string;
  /** What was found, in a few words. */
  readonly found: string;
  readonly ok: boolean;
  /** What to do about it; present whenever it is not ok. */
  readonly remedy?: string | undefined;
}
