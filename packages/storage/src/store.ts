import type { BlobStore } from "./blob-store.ts";
import type { RefStore } from "./ref-store.ts";
import type { RowStore } from "./row-store.ts";

/**
 * An opened back end: the contracts it offers and its one life.
 *
 * `close` waits for calls under way, is idempotent, and makes every later call fail with `closed`.
 */
export interface Store extends AsyncDisposable {
  readonly blobs: BlobStore;
  readonly refs: RefStore;
  /** One table by name (1 to 32 of `a-z 0-9 _ -`), created when it is not there. */
  table(name: string): RowStore;
  close(): Promise<void>;
}
