import type { BigtableTable } from "./bigtable-table.ts";
import { abortedError, translateError } from "./errors.ts";
import type { ProtoFilter } from "./row-filters.ts";
import type { ProtoMutation } from "./row-mutations.ts";
import { readRow } from "./row-scan.ts";

/** One test of a row and what follows from it. */
export interface CheckAndMutate {
  readonly key: string;
  /** Holds when it lets a cell of the row through. */
  readonly filter: ProtoFilter;
  readonly onMatch: readonly ProtoMutation[];
  readonly onNoMatch: readonly ProtoMutation[];
}

/**
 * Tests and changes one row in one call, which is never repeated: a second try would meet what the first one did.
 *
 * @returns whether the test held
 * @throws {StorageError} with `retry: "unknown-outcome"` whenever the service may have changed the row
 */
export async function checkAndMutate(
  table: BigtableTable,
  { key, filter, onMatch, onNoMatch }: CheckAndMutate,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // The service refuses a call without mutations; the test alone is a read.
  if (onMatch.length + onNoMatch.length === 0) {
    const row = await readRow(table, key, filter, signal);
    return row !== undefined && row.cells.length > 0;
  }
  try {
    const { predicateMatched } = await table.connection.checkAndMutateRow(
      {
        ...table.address,
        rowKey: Buffer.from(key, "latin1"),
        predicateFilter: filter,
        trueMutations: [...onMatch],
        falseMutations: [...onNoMatch],
      },
      signal,
    );
    return predicateMatched;
  } catch (error) {
    if (signal?.aborted === true) throw abortedError(signal, "unknown-outcome");
    throw translateError(error, "committing", table.id);
  }
}
