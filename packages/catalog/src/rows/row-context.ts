import type { Clock, IdSource } from "@foretile/resilience";
import type { RowDocuments } from "./row-documents.ts";
import type { RowTable } from "./row-table.ts";

/** What the rooms of a row catalog work with. */
export interface RowContext {
  readonly table: RowTable;
  readonly documents: RowDocuments;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** How often a change is tried again when others changed the same row: each round at least one of them gets through. */
export const MAX_ROUNDS = 256;
