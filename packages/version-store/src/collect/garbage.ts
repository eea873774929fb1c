import type { BlobName } from "../library/keys.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { BlobTable } from "./blob-table.ts";
import {
  MAX_OWNERS,
  type AreaTotals,
  type BlobTotals,
  type OwnerTotals,
} from "./collect-report.ts";

type Area = BlobName["area"];

/** Tells whether a row of a table is garbage. */
export type IsGarbage = (row: number) => boolean;

/** In this order garbage is deleted: what names others before what is named. */
export const SWEEP_ORDER: readonly Area[] = ["v", "x", "p", "m", "s", "k", "c"];

/** Rows of one area that are garbage. */
export function* garbageOf(
  table: BlobTable,
  area: Area,
  isGarbage: IsGarbage,
): Generator<number, void, undefined> {
  for (let row = 0; row < table.size; row += 1) {
    if (table.areaAt(row) === area && isGarbage(row)) yield row;
  }
}

/** Sums over the listed rows that `includes` selects. */
export function sumAreas(table: BlobTable, includes: IsGarbage): AreaTotals {
  const sums = new Map<Area, { blobs: number; bytes: number }>();
  for (let row = 0; row < table.size; row += 1) {
    if (!table.has(row, "listed") || !includes(row)) continue;
    addTo(sums, table.areaAt(row), table.lengthAt(row));
  }
  const of = (area: Area): BlobTotals => sums.get(area) ?? { blobs: 0, bytes: 0 };
  return {
    segments: of("s"),
    packs: of("k"),
    cellLists: of("c"),
    manifests: of("m"),
    versions: of("v"),
    historyPages: of("p"),
    snapshotPages: of("x"),
  };
}

/** The transactions that garbage belongs to, most bytes first. */
export function largestOwners(table: BlobTable, isGarbage: IsGarbage): readonly OwnerTotals[] {
  const sums = new Map<string, { blobs: number; bytes: number }>();
  for (let row = 0; row < table.size; row += 1) {
    if (isGarbage(row)) addTo(sums, table.blobAt(row).transactionId, table.lengthAt(row));
  }
  return [...sums]
    .map(([transactionId, totals]) => ({ transactionId, ...totals }))
    .sort((left, right) => right.bytes - left.bytes || right.blobs - left.blobs)
    .slice(0, MAX_OWNERS);
}

/** The sum over all areas. */
export function sumOf(totals: AreaTotals): BlobTotals {
  let blobs = 0;
  let bytes = 0;
  for (const area of Object.values(totals) as BlobTotals[]) {
    blobs += area.blobs;
    bytes += area.bytes;
  }
  return { blobs, bytes };
}

/** @throws {VersionStoreError} `collection-refused` when more than `maxShare` of all bytes would go */
export function checkShare(found: AreaTotals, deleted: AreaTotals, maxShare: number): void {
  const all = sumOf(found).bytes;
  const gone = sumOf(deleted).bytes;
  if (gone <= all * maxShare) return;
  throw new VersionStoreError(
    "collection-refused",
    `too large a part of the library would be deleted; look at a dry run, then force it bytes=${gone} of=${all} max_share=${maxShare}`,
    { details: { bytes: gone, of: all, maxShare } },
  );
}

function addTo<K>(sums: Map<K, { blobs: number; bytes: number }>, key: K, bytes: number): void {
  const sum = sums.get(key);
  if (sum === undefined) {
    sums.set(key, { blobs: 1, bytes });
    return;
  }
  sum.blobs += 1;
  sum.bytes += bytes;
}
