import type { PlaceNames } from "./bigtable-place.ts";
import type { Connection } from "./connection.ts";

/** One table of the service and how to reach it. */
export interface BigtableTable {
  readonly connection: Connection;
  /** The table's id, for messages. */
  readonly id: string;
  /** What every request for the table says about it. */
  readonly address: { readonly tableName: string; readonly appProfileId: string };
}

/** The table with this id, which need not be there. */
export function tableAt(
  connection: Connection,
  names: PlaceNames,
  appProfile: string | undefined,
  id: string,
): BigtableTable {
  const address = { tableName: names.tablePath(id), appProfileId: appProfile ?? "" };
  return { connection, id, address };
}
