import type { Catalog } from "@foretile/catalog";
import type { LabelConfig } from "@foretile/prediction-store";
import type { Clock, IdSource } from "@foretile/resilience";
import type { CallOptions, Store } from "@foretile/storage";

import type { OpenMode } from "../store/store-scheme.ts";

/** What a catalog is opened with. */
interface CatalogPlace extends CallOptions {
  /** The store that the catalog belongs to. */
  readonly store: Store;
  /** The labels of that store. */
  readonly labels: readonly LabelConfig[];
  readonly mode: OpenMode;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** One kind of catalog, chosen by its URL. */
export interface CatalogScheme {
  /** Its URLs, for messages. */
  readonly form: string;
  /** Whether a URL is one of its own. */
  matches(url: string): boolean;
  /**
   * Checks a URL without connecting anywhere.
   *
   * @param isPublic whether others can see the URL, as on a command line: it must not hold a password then
   * @throws {AppError} `invalid-catalog-url`
   */
  check(url: string, isPublic: boolean): void;
  /**
   * Opens the catalog; `create` also makes one where none is, and opens one that is there.
   *
   * @throws {AppError} `invalid-catalog-url`
   * @throws {CatalogError} `not-a-catalog`, `unavailable`, …
   */
  open(url: string, place: CatalogPlace): Promise<Catalog>;
}
