import type { Store } from "@foretile/storage";

/**
 * What a program wants to do with a store.
 *
 * - `create`: make it; there must be none.
 * - `write`: it must be there.
 * - `read`: it must be there; nothing will be written.
 */
export type OpenMode = "create" | "write" | "read";

/** One kind of back end, chosen by the part of a store URL before the colon. */
export interface StoreScheme {
  /** Lower case letters and digits. */
  readonly name: string;
  /** What follows the colon, for messages: `PATH`. */
  readonly placeholder: string;
  /** The store is gone with the process, so there is never one to be found: programs make it as they need it. */
  readonly ephemeral: boolean;
  /**
   * Opens the store.
   *
   * @param location what follows the colon in the URL
   * @throws {AppError} `invalid-store-url` for a location that makes no sense
   * @throws {StorageError} `conflict` when `create` meets a store
   */
  open(location: string, mode: OpenMode): Promise<Store>;
}
