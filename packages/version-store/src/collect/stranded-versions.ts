import type { CallOptions } from "@foretile/storage";
import { readHead } from "../head/head-record.ts";
import type { Removal } from "../head/head.ts";
import { readRemovedPage } from "../head/removed-page.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { BlobTable } from "./blob-table.ts";
import type { StrandedVersion } from "./collect-report.ts";
import { isDamage } from "./damage.ts";
import { readLooseVersion, type LooseVersion } from "./loose-version.ts";
import { documentName } from "./mark.ts";
import { runBounded } from "./run-bounded.ts";
import { rowsOfVersion } from "./stored-version.ts";
import { READS_AT_ONCE } from "./walk.ts";

/** A removal that is being collected. */
export interface CondemnedRemoval {
  readonly symbol: string;
  readonly removal: Removal;
}

/**
 * Marks the documents of versions that are being collected, so that they are not taken for stranded ones. A page that
 * is gone was collected by an earlier run, after its versions' documents.
 */
export async function markCondemned(
  context: LibraryContext,
  table: BlobTable,
  removals: readonly CondemnedRemoval[],
  options: CallOptions,
): Promise<void> {
  await runBounded(removals, READS_AT_ONCE, async ({ removal }) => {
    try {
      for (const { document } of await readRemovedPage(context, removal, options)) {
        table.mark(table.add(documentName(document), document.length), "condemned");
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  });
}

/**
 * Finds complete versions that nothing names though their transactions are over, and marks what they need as reached.
 *
 * A transaction deletes what it did not publish before its intent, so such a version was published once. It is not in
 * the head when the head was lost, or went back in time with an old copy of the refs; deleting it would make that
 * final.
 *
 * @param isOver whether a transaction ended by itself
 */
export async function keepStranded(
  context: LibraryContext,
  table: BlobTable,
  isOver: (transactionId: string) => boolean,
  options: CallOptions,
): Promise<readonly StrandedVersion[]> {
  const stranded: StrandedVersion[] = [];
  await runBounded(suspects(table, isOver), READS_AT_ONCE, async (row) => {
    const key = table.keyAt(row);
    const version = await readUnlessDamaged(context, key, options);
    if (version === undefined) return;
    const { symbol, version: number } = version.document;
    const headVersion = await lastVersionOf(context, symbol, options);
    // The head is beyond it: it was removed, or never published, for all that can be known.
    if (typeof headVersion === "number" && headVersion >= number) return;
    const rows = await rowsOfVersion(context, table, version, options);
    if (rows === undefined) return;
    for (const needed of rows) table.mark(needed, "reached");
    // A head that cannot be read may name it.
    if (headVersion === "damaged") return;
    stranded.push({ symbol, version: number, key, headVersion });
  });
  return stranded;
}

function* suspects(
  table: BlobTable,
  isOver: (transactionId: string) => boolean,
): Generator<number, void, undefined> {
  for (let row = 0; row < table.size; row += 1) {
    if (!table.has(row, "listed") || table.has(row, "reached") || table.has(row, "condemned")) {
      continue;
    }
    const { area, transactionId } = table.blobAt(row);
    if (area === "v" && isOver(transactionId)) yield row;
  }
}

async function lastVersionOf(
  context: LibraryContext,
  symbol: string,
  options: CallOptions,
): Promise<number | "damaged" | undefined> {
  try {
    return (await readHead(context, headKey(symbol), symbol, options))?.head.lastVersion;
  } catch (error) {
    if (isDamage(error)) return "damaged";
    throw error;
  }
}

async function readUnlessDamaged(
  context: LibraryContext,
  key: ReturnType<BlobTable["keyAt"]>,
  options: CallOptions,
): Promise<LooseVersion | undefined> {
  try {
    return await readLooseVersion(context, key, options);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}
