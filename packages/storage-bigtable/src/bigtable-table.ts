import type { Connection } from "./connection.ts";

/** One table of the service and how to reach it. */
export interface BigtableTable {
  readonly connection: Connection;
  /** The table's id, for messages. */
  readonly id: string;
  /** What every request for the table says about it. */
  readonly address: { readonly tableName: string; readonly appProfileId: string };
}
