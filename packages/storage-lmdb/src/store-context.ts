import type { Environment } from "./environment.ts";

/** What the three contracts work on. */
export interface StoreContext {
  readonly environment: Environment;
  /** See `GroupCommit.run`; rejects with `read-only` where the store was opened for reading. */
  readonly write: <T>(bytes: number, work: () => T) => Promise<T>;
}
