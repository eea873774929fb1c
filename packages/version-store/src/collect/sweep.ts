import type { CallOptions, Key } from "@foretile/storage";
import { deleteCellLists } from "../placement/delete-cells.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { BlobTable } from "./blob-table.ts";
import { garbageOf, SWEEP_ORDER, type IsGarbage } from "./garbage.ts";
import { runBounded } from "./run-bounded.ts";

/** What most services delete with one request. */
const KEYS_PER_DELETE = 1000;

const DELETES_AT_ONCE = 4;

export interface SweepOptions extends CallOptions {
  /** Told after each request how many blobs are gone. */
  readonly onDeleted: (blobs: number) => void;
}

/**
 * Deletes garbage, and the cells that lists among it name: documents before what they name, so that a document that is there has everything it names. May be
 * broken off anywhere; the rest stays garbage.
 */
export async function sweep(
  context: LibraryContext,
  table: BlobTable,
  isGarbage: IsGarbage,
  { signal, onDeleted }: SweepOptions,
): Promise<void> {
  let deleted = 0;
  for (const area of SWEEP_ORDER) {
    const batches = inBatches(garbageOf(table, area, isGarbage));
    await runBounded(batches, DELETES_AT_ONCE, async (rows) => {
      const keys: readonly Key[] = rows.map((row) => table.keyAt(row));
      if (area === "c") await deleteCellLists(context, keys, { signal });
      else await context.blobs.deleteMany(keys, { signal });
      deleted += keys.length;
      onDeleted(deleted);
    });
  }
}

function* inBatches(rows: Iterable<number>): Generator<readonly number[], void, undefined> {
  let batch: number[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < KEYS_PER_DELETE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
