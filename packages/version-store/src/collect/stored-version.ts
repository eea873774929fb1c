import type { CallOptions } from "@foretile/storage";
import type { DocumentPointer } from "../document/blob-documents.ts";
import type { BlobName } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { BlobTable } from "./blob-table.ts";
import type { Damage } from "./damage.ts";
import type { LooseVersion } from "./loose-version.ts";
import { isOwnerLength } from "../placement/owner-bytes.ts";
import { documentName, ownerName } from "./mark.ts";
import { Walk, type Visitor } from "./walk.ts";
import { walkVersion } from "./walk-version.ts";

/**
 * Everything a version needs, as rows of the table.
 *
 * @returns `undefined` when any of it is damaged or not in the store
 */
export async function rowsOfVersion(
  context: LibraryContext,
  table: BlobTable,
  { document, entry }: LooseVersion,
  options: CallOptions,
): Promise<ReadonlySet<number> | undefined> {
  const visitor = new RowsVisitor(table);
  const walk = new Walk(context, visitor, options);
  const place = { symbol: document.symbol, version: document.version, snapshot: undefined };
  const { sound } = await walkVersion(walk, place, entry, []);
  return sound ? visitor.rows : undefined;
}

class RowsVisitor implements Visitor {
  readonly rows = new Set<number>();
  readonly #table: BlobTable;

  constructor(table: BlobTable) {
    this.#table = table;
  }

  enter(pointer: DocumentPointer): boolean {
    this.#note(documentName(pointer), (found) => found === pointer.length);
    return true;
  }

  leave(): void {
    // The rows only count when everything is sound.
  }

  removal(): boolean {
    return false;
  }

  droppedSet(): boolean {
    return false;
  }

  segments(entries: readonly SegmentEntry[]): readonly Damage[] {
    for (const entry of entries) {
      this.#note(ownerName(entry), (found) => isOwnerLength(entry, found));
    }
    return [];
  }

  damaged(): void {
    // Told by the result of the walk.
  }

  #note(name: BlobName, fits: (found: number) => boolean): void {
    const row = this.#table.find(name);
    if (row === undefined || !this.#table.has(row, "listed") || !fits(this.#table.lengthAt(row))) {
      throw new VersionStoreError("data-integrity", "a part of the version is not in the store");
    }
    this.rows.add(row);
  }
}
