import type { Clock, IdSource } from "@foretile/resilience";
import { StorageError } from "@foretile/storage";

import type { PlaceNames } from "./bigtable-place.ts";
import { tableAt, type BigtableTable } from "./bigtable-table.ts";
import type { Connection } from "./connection.ts";
import type { ResolvedLimits } from "./limits.ts";

/** What the three contracts work on. */
export interface StoreContext {
  readonly connection: Connection;
  readonly names: PlaceNames;
  readonly appProfile: string | undefined;
  readonly limits: ResolvedLimits;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly writable: boolean;
}

/** The service's table with this id. */
export function tableOf(context: StoreContext, id: string): BigtableTable {
  return tableAt(context.connection, context.names, context.appProfile, id);
}

/** @throws {StorageError} `read-only` where the store was opened for reading */
export function checkWritable(context: StoreContext): void {
  if (!context.writable) throw readOnlyError();
}

export function readOnlyError(): StorageError {
  return new StorageError("read-only", "store was opened for reading");
}
