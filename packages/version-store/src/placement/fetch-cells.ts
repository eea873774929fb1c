import { isStorageError, type CallOptions, type RowStore } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey, type SegmentEntry } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { FoundSegment } from "./fetch-segments.ts";
import { missingSegment } from "./missing-segment.ts";
import type { SegmentRead } from "./plan-reads.ts";
import { tableOf } from "./tables.ts";

type CellRead = Extract<SegmentRead, { readonly kind: "cells" }>;

/** Rows that a read does not bring are asked for once more: clients were seen to lose some. */
const MAX_LOOKS = 2;

/** Reads the cells of one read: rows by key, with a filter for family, qualifiers and the exact timestamp. */
export async function fetchCells(
  context: LibraryContext,
  read: CellRead,
  { signal }: CallOptions = {},
): Promise<readonly FoundSegment[]> {
  const table = tableOf(context, read.table);
  const found = new Map<string, Uint8Array>();
  let rows = read.rows;
  for (let look = 0; look < MAX_LOOKS && rows.length > 0; look += 1) {
    await readInto(found, table, { ...read, rows }, { signal });
    rows = [...new Set(read.entries.filter((e) => !found.has(cellName(e))).map(rowOf))];
  }
  const results: FoundSegment[] = [];
  for (const entry of read.entries) {
    const bytes = found.get(cellName(entry));
    if (bytes?.length === entry.length) results.push(bytes);
    else if (bytes !== undefined) results.push(missingSegment(entry, bytes.length));
    else results.push(await whyMissing(context, table, entry, { signal }));
  }
  return results;
}

async function readInto(
  found: Map<string, Uint8Array>,
  table: RowStore,
  { rows, family, qualifiers, timestampMicros }: CellRead,
  options: CallOptions,
): Promise<void> {
  const timestampsMicros = { gte: timestampMicros, lt: timestampMicros + 1000 };
  const filter = { families: [family], qualifiers, timestampsMicros };
  for await (const batch of table.readRows({ keys: rows }, { ...options, filter })) {
    for (const { key, cells } of batch) {
      for (const { qualifier, value } of cells) found.set(`${key} ${qualifier}`, value);
    }
  }
}

/** A cell that the table's own rule may have taken is not damage: its owner said how long cells stay. */
async function whyMissing(
  context: LibraryContext,
  table: RowStore,
  entry: SegmentEntry,
  { signal }: CallOptions,
): Promise<VersionStoreError> {
  const { location } = entry;
  if (location?.kind !== "cell") return missingSegment(entry, undefined);
  const { family, qualifier, row, timestampMicros } = location;
  const rule = (await familiesOf(table, { signal }))?.get(family);
  if (rule?.maxAgeMs !== undefined) {
    if (context.clock.nowMs() - timestampMicros / 1000 > rule.maxAgeMs) return expired(entry);
  }
  if (rule?.maxVersions !== undefined) {
    const filter = {
      families: [family],
      qualifiers: { gte: qualifier, lt: `${qualifier} ` },
      timestampsMicros: { gte: timestampMicros + 1000 },
    };
    let newer = 0;
    for await (const rows of table.readRows({ keys: [row] }, { filter, signal })) {
      for (const { cells } of rows) newer += cells.length;
    }
    if (newer >= rule.maxVersions) return expired(entry);
  }
  return missingSegment(entry, undefined);
}

/** @returns `undefined` when the caller may not ask */
async function familiesOf(table: RowStore, options: CallOptions) {
  try {
    return await table.families(options);
  } catch (error) {
    if (isStorageError(error, "permission-denied")) return undefined;
    throw error;
  }
}

function expired(entry: SegmentEntry): VersionStoreError {
  const key = segmentEntryKey(entry);
  return new VersionStoreError(
    "segment-expired",
    `the table's retention took a cell of the version; keep cells longer than versions are needed key=${key}`,
    { details: { key } },
  );
}

function cellName({ location }: SegmentEntry): string {
  return location?.kind === "cell" ? `${location.row} ${location.qualifier}` : "";
}

function rowOf({ location }: SegmentEntry) {
  if (location?.kind === "cell") return location.row;
  throw new VersionStoreError("invalid-argument", "segment is no cell");
}
