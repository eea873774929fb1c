import type { DocumentPointer } from "../document/blob-documents.ts";
import type { Removal } from "../head/head.ts";
import { isDocumentArea, parseBlobKey, type BlobName } from "../library/keys.ts";
import { segmentOwner, type SegmentEntry } from "../manifest/manifest.ts";
import { leastOwnerBytes } from "../placement/owner-bytes.ts";
import type { DroppedSet, SnapshotRecord } from "../snapshot/snapshot-record.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { BlobMark, BlobTable } from "./blob-table.ts";
import type { Damage } from "./damage.ts";
import type { SegmentPlace, Visitor } from "./walk.ts";

/** Ordinals in keys have eight digits. */
const MAX_ORDINAL = 99_999_999;

export interface MarkOptions {
  readonly table: BlobTable;
  readonly mark: BlobMark;
  /** Documents that bear this one are marked, but nothing below them. Default: there are none. */
  readonly stopsAt?: BlobMark | undefined;
  /** Whether documents above damage bear the mark nevertheless. Default `false`: a later walk tries them again. */
  readonly marksUnsound?: boolean | undefined;
  /** Whether what a removal names has to stay. */
  readonly keepsRemoval: (symbol: string, removal: Removal) => boolean;
  /** Whether what a deleted snapshot names has to stay. */
  readonly keepsDropped: (record: SnapshotRecord, set: DroppedSet) => boolean;
}

/** Marks in a table whatever a walk meets, and remembers the damage. */
export class MarkVisitor implements Visitor {
  readonly damages: Damage[] = [];
  readonly #options: MarkOptions;

  constructor(options: MarkOptions) {
    this.#options = options;
  }

  enter(pointer: DocumentPointer): boolean {
    const { table, mark, stopsAt } = this.#options;
    const row = table.add(documentName(pointer), pointer.length);
    return table.mark(row, mark) && !(stopsAt !== undefined && table.has(row, stopsAt));
  }

  leave(pointer: DocumentPointer): void {
    const { table, mark, marksUnsound = false } = this.#options;
    if (marksUnsound) return;
    const row = table.find(documentName(pointer));
    if (row !== undefined) table.unmark(row, mark);
  }

  removal(symbol: string, removal: Removal): boolean {
    return this.#options.keepsRemoval(symbol, removal);
  }

  droppedSet(record: SnapshotRecord, set: DroppedSet): boolean {
    return this.#options.keepsDropped(record, set);
  }

  segments(
    entries: readonly SegmentEntry[],
    _place: SegmentPlace,
  ): readonly Damage[] | Promise<readonly Damage[]> {
    const { table, mark } = this.#options;
    for (const entry of entries) {
      const least = leastOwnerBytes(entry);
      const row = table.add(ownerName(entry), least);
      // A listing knows better.
      if (mark === "listed" || !table.has(row, "listed")) table.lengthen(row, least);
      table.mark(row, mark);
    }
    return [];
  }

  damaged(damage: Damage): void {
    this.damages.push(damage);
  }
}

/** @throws {VersionStoreError} `data-integrity` for a pointer to something else than a document of a library */
export function documentName({ key }: DocumentPointer): BlobName {
  const name = parseBlobKey(key);
  if (name !== undefined && isDocumentArea(name.area)) return name;
  throw new VersionStoreError("data-integrity", `pointer does not lead to a document key=${key}`, {
    details: { key },
  });
}

/**
 * The blob that a segment stands or falls with.
 *
 * @throws {VersionStoreError} `data-integrity` for an entry that no segment can have
 */
export function ownerName(entry: SegmentEntry): BlobName {
  const { transactionId, ordinal } = entry;
  if (ordinal <= MAX_ORDINAL) return segmentOwner(entry);
  throw new VersionStoreError(
    "data-integrity",
    `segment has an impossible number transaction=${transactionId} ordinal=${ordinal}`,
  );
}
