import type { CallOptions, Key } from "@foretile/storage";
import { CELL_LIST_KIND, openDocument, sealKind } from "../document/document-kind.ts";
import { ColumnReader } from "../document/columns.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { parseBlobKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { decodeCells, encodeCells } from "./cell-columns.ts";
import type { CellLocation } from "./segment-location.ts";

/** A cell that a transaction wrote, or was about to write. */
export interface ListedCell {
  readonly location: CellLocation;
  /** Bytes. */
  readonly length: number;
}

/** The cells that a transaction is about to write, as they are stored. */
export function sealCellList(
  { documents }: Pick<LibraryContext, "documents">,
  transactionId: string,
  cells: readonly ListedCell[],
): Uint8Array {
  return sealKind(documents, CELL_LIST_KIND, {
    transaction: transactionId,
    cells: encodeCells(cells.map(({ location }) => location)),
    cell_lengths: cells.map(({ length }) => length),
  });
}

/**
 * Reads a cell list.
 *
 * @returns `undefined` when there is none under the key: then none of its cells was written
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export async function readCellList(
  { blobs, documents }: Pick<LibraryContext, "blobs" | "documents">,
  key: Key,
  { signal }: CallOptions = {},
): Promise<readonly ListedCell[] | undefined> {
  const bytes = await blobs.get(key, { signal });
  if (bytes === undefined) return undefined;
  const value = openDocument(documents, CELL_LIST_KIND, bytes, key);
  const reader = new DocumentReader(value, CELL_LIST_KIND.name);
  if (reader.text("transaction") !== parseBlobKey(key)?.transactionId) {
    throw new VersionStoreError("data-integrity", `cell list is another transaction's key=${key}`, {
      details: { key },
    });
  }
  const locations = decodeCells(reader.record("cells"), CELL_LIST_KIND.name);
  const columns = new ColumnReader(reader, CELL_LIST_KIND.name, locations.length);
  const lengths = columns.integers("cell_lengths");
  return locations.map((location, index) => ({ location, length: lengths[index] ?? 0 }));
}
