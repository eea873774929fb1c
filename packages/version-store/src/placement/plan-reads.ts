import type { ByteRange, FamilyName, Key, KeyRange } from "@foretile/storage";
import { segmentOwnerKey, type SegmentEntry } from "../manifest/manifest.ts";
import type { CellLocation } from "./segment-location.ts";

/** Segments that are wanted together, such as those of one tile or of one block. */
export type SegmentGroup = readonly SegmentEntry[];

/** One request to the store, and the segments that it brings. */
export type SegmentRead =
  | { readonly kind: "blob"; readonly key: Key; readonly entries: readonly [SegmentEntry] }
  | {
      readonly kind: "pack";
      readonly key: Key;
      readonly range: ByteRange;
      readonly entries: readonly SegmentEntry[];
    }
  | {
      readonly kind: "cells";
      readonly table: string;
      readonly family: FamilyName;
      readonly timestampMicros: number;
      readonly rows: readonly Key[];
      /** From the first to the last that is wanted. */
      readonly qualifiers: KeyRange;
      readonly entries: readonly SegmentEntry[];
    };

/** Consecutive groups that are read together. */
export interface ReadStep {
  /** Position of the first group. */
  readonly first: number;
  /** Position after the last group. */
  readonly end: number;
  /** Of its segments. */
  readonly bytes: number;
  readonly reads: readonly SegmentRead[];
}

/** Most bytes of a step, and of one read of a pack. */
export const MAX_READ_BYTES: number = 8 * 1024 * 1024;

/** Bytes between two segments that are read along with them rather than asked for twice. */
const MAX_GAP_BYTES = 64 * 1024;

/**
 * Decides how segments are read with few requests. No I/O: the entries say where everything is.
 *
 * Groups stay whole and in order. Neighbours in a pack and cells of one table come with one request; segments that are
 * blobs of their own gain nothing from company in most stores, so that a group of them is a step by itself. Entries in
 * the order in which they are stored cost the fewest requests.
 *
 * @param maxBytes most bytes of a step, and of one read of a pack
 * @param maxLooseBytes most bytes of a step of groups of blobs of their own; 0 for steps of one group
 * @returns steps that together are all groups, in order; a group larger than that is a step of its own
 */
export function planReads(
  groups: readonly SegmentGroup[],
  maxBytes: number = MAX_READ_BYTES,
  maxLooseBytes = 0,
): readonly ReadStep[] {
  const steps: ReadStep[] = [];
  let first = 0;
  let bytes = 0;
  let wasLoose = false;
  const endStep = (end: number): void => {
    if (end === first) return;
    const entries = groups.slice(first, end).flat();
    steps.push({ first, end, bytes, reads: readsOf(entries, maxBytes) });
    first = end;
    bytes = 0;
  };
  for (const [position, group] of groups.entries()) {
    const groupBytes = group.reduce((sum, { length }) => sum + length, 0);
    const isLoose = group.every(({ location }) => location === undefined);
    const most = isLoose ? maxLooseBytes : maxBytes;
    if (isLoose !== wasLoose || bytes + groupBytes > most) endStep(position);
    bytes += groupBytes;
    wasLoose = isLoose;
  }
  endStep(groups.length);
  return steps;
}

function readsOf(entries: readonly SegmentEntry[], maxBytes: number): readonly SegmentRead[] {
  const reads: SegmentRead[] = [];
  const packed = new Map<Key, PackedEntry[]>();
  const cells = new Map<string, CellEntry[]>();
  for (const entry of entries) {
    const { location } = entry;
    if (location === undefined) {
      reads.push({ kind: "blob", key: segmentOwnerKey(entry), entries: [entry] });
    } else if (location.kind === "pack") {
      addTo(packed, segmentOwnerKey(entry), { entry, offset: location.offset });
    } else {
      const { table, family, timestampMicros } = location;
      addTo(cells, `${table} ${family} ${timestampMicros}`, { entry, location });
    }
  }
  for (const [key, some] of packed) reads.push(...packReads(key, some, maxBytes));
  for (const some of cells.values()) reads.push(...cellReads(some, maxBytes));
  return reads;
}

interface PackedEntry {
  readonly entry: SegmentEntry;
  readonly offset: number;
}

/** Neighbours come with one range. */
function packReads(key: Key, packed: readonly PackedEntry[], maxBytes: number): SegmentRead[] {
  const reads: SegmentRead[] = [];
  let entries: SegmentEntry[] = [];
  let start = 0;
  let end = 0;
  const endRead = (): void => {
    if (entries.length === 0) return;
    reads.push({ kind: "pack", key, range: { offset: start, length: end - start }, entries });
    entries = [];
  };
  for (const { entry, offset } of packed.toSorted((left, right) => left.offset - right.offset)) {
    const next = offset + entry.length;
    if (offset - end > MAX_GAP_BYTES || next - start > maxBytes) endRead();
    if (entries.length === 0) [start, end] = [offset, offset];
    entries.push(entry);
    end = Math.max(end, next);
  }
  endRead();
  return reads;
}

interface CellEntry {
  readonly entry: SegmentEntry;
  readonly location: CellLocation;
}

/** Cells of one table, family and timestamp come with one read of rows. */
function cellReads(cells: readonly CellEntry[], maxBytes: number): SegmentRead[] {
  const reads: SegmentRead[] = [];
  let some: CellEntry[] = [];
  let bytes = 0;
  const endRead = (): void => {
    const [first] = some;
    if (first === undefined) return;
    const { table, family, timestampMicros } = first.location;
    const qualifiers = some.map(({ location }) => location.qualifier).toSorted();
    reads.push({
      kind: "cells",
      table,
      family,
      timestampMicros,
      rows: [...new Set(some.map(({ location }) => location.row))],
      // A space is lower than any character of a qualifier.
      qualifiers: { gte: qualifiers[0] ?? "", lt: `${qualifiers.at(-1) ?? ""} ` },
      entries: some.map(({ entry }) => entry),
    });
    some = [];
    bytes = 0;
  };
  for (const cell of cells) {
    if (bytes + cell.entry.length > maxBytes) endRead();
    some.push(cell);
    bytes += cell.entry.length;
  }
  endRead();
  return reads;
}

function addTo<K, T>(map: Map<K, T[]>, key: K, item: T): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}
