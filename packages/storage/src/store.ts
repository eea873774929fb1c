import type { BlobStore } from "./blob-store.ts";
import type { RefStore } from "./ref-store.ts";
import type { RowStore } from "./row-store.ts";

/**
 * An opened back end: the contracts it offers and its one life.
 *
 * `close` waits for calls under way, is idempotent, and makes every later call fail with `closed`: also those of its
 * contracts, of tables taken before, and the next batch of a listing that is still open.
 */
export interface Store extends AsyncDisposable {
  readonly blobs: BlobStore;
  readonly refs: RefStore;
  /**
   * One table by name (1 to 32 of `a-z 0-9 _ -`), created when it is not there. The same name gives the same rows.
   *
   * @throws {StorageError} `invalid-argument` for another name, at once: this is no I/O
   */
  table(name: string): RowStore;
  close(): Promise<void>;
}
