import type { CallOptions, KeyRange } from "@foretile/storage";
import type { BlobTable } from "../collect/blob-table.ts";
import { MarkVisitor } from "../collect/mark.ts";
import { runBounded } from "../collect/run-bounded.ts";
import { keepStranded, type CondemnedRemoval } from "../collect/stranded-versions.ts";
import { READS_AT_ONCE, Walk } from "../collect/walk.ts";
import { walkRemoval } from "../collect/walk-head.ts";
import {
  CELL_SEQUENCE_KEY,
  COLLECTION_KEY,
  CONFIG_KEY,
  headRanges,
  INTENT_RANGE,
  snapshotRanges,
} from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { Finding } from "./finding.ts";

export interface LeftoverOptions extends CallOptions {
  readonly table: BlobTable;
  /** Removals that are being collected: what they name is on its way out. */
  readonly condemned: readonly CondemnedRemoval[];
  /** Transactions whose intents are there: what they stored may yet be needed, or is known to be left over. */
  readonly hasIntent: (transactionId: string) => boolean;
  /** Whether anything that names blobs is damaged. */
  readonly isDamaged: boolean;
  readonly add: (finding: Finding) => void;
}

/** Finds blobs that nothing names, once everything that names blobs was walked. */
export async function findLeftovers(
  context: LibraryContext,
  { table, condemned, hasIntent, isDamaged, add, signal }: LeftoverOptions,
): Promise<void> {
  await markOnTheWayOut(context, table, condemned, { signal });
  const isOver = (id: string): boolean => !hasIntent(id);
  for (const found of await keepStranded(context, table, isOver, { signal })) {
    const { symbol, version, key, headVersion } = found;
    const facts = { kind: "stranded-version", symbol, version, key } as const;
    const message =
      headVersion === undefined
        ? "its head is lost; a repair brings it back"
        : `its head knows no version after ${headVersion}: it went back in time, or this one was never published`;
    add({ severity: headVersion === undefined ? "error" : "warning", ...facts, message });
  }
  for (const [transactionId, { blobs, bytes }] of orphans(table, isOver)) {
    const message = isDamaged
      ? `nothing that can be read names ${blobs} blobs of ${bytes} bytes; what is damaged may need them`
      : `nothing names ${blobs} blobs of ${bytes} bytes; a collection deletes them`;
    add({ severity: "warning", kind: "orphan", transactionId, message });
  }
}

async function markOnTheWayOut(
  context: LibraryContext,
  table: BlobTable,
  removals: readonly CondemnedRemoval[],
  options: CallOptions,
): Promise<void> {
  const visitor = new MarkVisitor({
    table,
    mark: "condemned",
    stopsAt: "reached",
    marksUnsound: true,
    keepsRemoval: () => true,
    keepsDropped: () => false,
  });
  const walk = new Walk(context, visitor, options);
  await runBounded(removals, READS_AT_ONCE, async ({ symbol, removal }) => {
    await walkRemoval(walk, symbol, removal, []);
  });
}

/** Segments are reached, documents named. */
const marksOfNamed = ["reached", "named", "condemned"] as const;

function orphans(
  table: BlobTable,
  isOver: (transactionId: string) => boolean,
): ReadonlyMap<string, { readonly blobs: number; readonly bytes: number }> {
  const sums = new Map<string, { blobs: number; bytes: number }>();
  for (let row = 0; row < table.size; row += 1) {
    const isNamed = marksOfNamed.some((mark) => table.has(row, mark));
    if (isNamed || !table.has(row, "listed")) continue;
    const { transactionId } = table.blobAt(row);
    if (!isOver(transactionId)) continue;
    const sum = sums.get(transactionId) ?? { blobs: 0, bytes: 0 };
    sums.set(transactionId, { blobs: sum.blobs + 1, bytes: sum.bytes + table.lengthAt(row) });
  }
  return sums;
}

/** Finds records under keys that no library uses. */
export async function findForeignRefs(
  context: LibraryContext,
  { add, signal }: Pick<LeftoverOptions, "add" | "signal">,
): Promise<void> {
  for (const range of gapsBetween(knownRanges())) {
    for await (const refs of context.refs.list(range, { signal })) {
      for (const { key } of refs) {
        const message = "no library uses this key; it is left alone";
        add({ severity: "warning", kind: "foreign-ref", key, message });
      }
    }
  }
}

function knownRanges(): readonly KeyRange[] {
  // A space is lower than any character of a key.
  const single = [CONFIG_KEY, COLLECTION_KEY, CELL_SEQUENCE_KEY].map((key) => ({
    gte: key,
    lt: `${key} `,
  }));
  return [...headRanges(""), ...snapshotRanges(), INTENT_RANGE, ...single];
}

function gapsBetween(ranges: readonly KeyRange[]): readonly KeyRange[] {
  const ordered = ranges.toSorted((left, right) => ((left.gte ?? "") < (right.gte ?? "") ? -1 : 1));
  const starts = [undefined, ...ordered.map(({ lt }) => lt)];
  const ends = [...ordered.map(({ gte }) => gte), undefined];
  return starts.map((gte, index) => {
    const lt = ends[index];
    return { ...(gte !== undefined && { gte }), ...(lt !== undefined && { lt }) };
  });
}
