import type {
  CallOptions,
  FamilyName,
  GarbageRule,
  ProbeFinding,
  ProvisionStep,
  Store,
} from "@foretile/storage";
import type { PlacementName } from "@foretile/version-store";

/**
 * What a program wants to do with a store.
 *
 * - `create`: make it; there must be none.
 * - `write`: it must be there.
 * - `read`: it must be there; nothing will be written.
 */
export type OpenMode = "create" | "write" | "read";

/**
 * What a store is used for: everything; only blobs, while records and rows are in another store; or only tables of rows,
 * which another program may have made where there is no store of ours.
 */
export type StoreUse = "all" | "blobs" | "rows";

export interface OpenStoreOptions extends CallOptions {
  /** Default `all`. */
  readonly use?: StoreUse | undefined;
}

/** Tables of rows that a place should have, with their families and rules. */
export type WantedTables = Readonly<Record<string, Readonly<Record<FamilyName, GarbageRule>>>>;

export interface PlaceOptions extends OpenStoreOptions {
  /** Beside the tables that a store needs for itself. Default: none. */
  readonly tables?: WantedTables | undefined;
}

export interface ProbeOptions extends PlaceOptions {
  /** What the caller means to do there. */
  readonly mode: "read" | "write";
}

/** One kind of back end, chosen by the part of a store URL before the colon. */
export interface StoreScheme {
  /** Lower case letters and digits. */
  readonly name: string;
  /** What follows the colon, for messages: `PATH`. */
  readonly placeholder: string;
  /** Whether the store is gone with the process, so that there is never one to be found: programs make it then. */
  isEphemeral(location: string): boolean;
  /** Where a new library there puts segments, unless it is told. */
  placement(location: string): PlacementName;
  /**
   * Opens the store.
   *
   * @param location what follows the colon in the URL
   * @throws {AppError} `invalid-store-url` for a location that makes no sense
   * @throws {StorageError} `conflict` when `create` meets a store
   */
  open(location: string, mode: OpenMode, options?: OpenStoreOptions): Promise<Store>;
  /**
   * Compares what the place has with what a store there needs, and changes nothing.
   *
   * @returns the steps to take, in order; none when all is there
   * @throws {AppError | StorageError}
   */
  planProvision(location: string, options?: PlaceOptions): Promise<readonly ProvisionStep[]>;
  /**
   * Tries at the place what a store there needs. What does not work is a finding, and nothing is left changed.
   *
   * @throws {AppError} `invalid-store-url`
   */
  probe(location: string, options: ProbeOptions): Promise<readonly ProbeFinding[]>;
}
