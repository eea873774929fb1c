import { placeNames, type BigtablePlace } from "./bigtable-place.ts";
import { tableAt, type BigtableTable } from "./bigtable-table.ts";
import { openConnection } from "./connection.ts";

/** The tables of a place on a connection that is open for one piece of work. */
export interface Tables {
  /** `projects/P/instances/I`. */
  readonly instance: string;
  /** The table with this id, which need not be there. */
  readonly table: (id: string) => BigtableTable;
}

/** Works on the tables of a place, on a connection of its own. */
export async function withTables<T>(
  place: BigtablePlace,
  work: (tables: Tables) => Promise<T>,
): Promise<T> {
  const names = placeNames(place);
  const connection = openConnection(place, 1);
  try {
    return await work({
      instance: names.instance,
      table: (id) => tableAt(connection, names, place.appProfile, id),
    });
  } finally {
    await connection.close();
  }
}
