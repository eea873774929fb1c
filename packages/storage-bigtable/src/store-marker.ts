import { StorageError, isStorageError } from "@foretile/storage";

import type { BigtableTable } from "./bigtable-table.ts";
import { checkAndMutate } from "./check-and-mutate.ts";
import type { ReceivedRow } from "./row-assembler.ts";
import { chained, columnFilter } from "./row-filters.ts";
import { readRow } from "./row-scan.ts";
import { MARKER_FAMILY } from "./store-layout.ts";

const KIND = "foretile";
const FORMAT = 1;

// Place and shape of the marker are the same in every format, so that every release recognises every store. The space
// keeps the row apart from records: no key has one.
const MARKER_ROW = " store";
const MARKER_COLUMN = "d";

const marker = chained([
  columnFilter(MARKER_FAMILY, MARKER_COLUMN),
  { cellsPerColumnLimitFilter: 1 },
]);

/**
 * Names the place a store of this format. Last step of making one.
 *
 * @returns `false` when a store is there already
 */
export async function writeMarker(refs: BigtableTable, signal?: AbortSignal): Promise<boolean> {
  const there = await checkAndMutate(
    refs,
    {
      key: MARKER_ROW,
      filter: marker,
      onMatch: [],
      onNoMatch: [
        {
          setCell: {
            familyName: MARKER_FAMILY,
            columnQualifier: Buffer.from(MARKER_COLUMN),
            timestampMicros: 0,
            value: Buffer.from(JSON.stringify({ kind: KIND, format: FORMAT })),
          },
        },
      ],
    },
    signal,
  );
  return !there;
}

/**
 * Checks that the table is that of a store which this release can read.
 *
 * @throws {StorageError} `not-a-store`, `format-too-new`, and what a read fails with
 */
export async function checkMarker(refs: BigtableTable, signal?: AbortSignal): Promise<void> {
  const format = readFormat(await readRow(refs, MARKER_ROW, marker, signal));
  if (format === undefined) {
    throw new StorageError("not-a-store", `table is not of a store table=${refs.id}`);
  }
  if (format > FORMAT) {
    throw new StorageError(
      "format-too-new",
      `store was made by a newer release, upgrade to open it table=${refs.id} format=${format} known=${FORMAT}`,
    );
  }
}

/**
 * Whether a store is there.
 *
 * @throws {StorageError} `format-too-new`, and what a read fails with
 */
export async function hasMarker(refs: BigtableTable, signal?: AbortSignal): Promise<boolean> {
  try {
    await checkMarker(refs, signal);
    return true;
  } catch (error) {
    if (isStorageError(error, "not-a-store")) return false;
    throw error;
  }
}

/**
 * Makes a conditional write that never changes anything: it shows whether the app profile allows them and the caller may
 * write.
 *
 * @throws {StorageError} `unsupported`, `permission-denied`
 */
export async function checkConditionalWrites(
  refs: BigtableTable,
  signal?: AbortSignal,
): Promise<void> {
  await checkAndMutate(
    refs,
    {
      key: MARKER_ROW,
      filter: columnFilter(MARKER_FAMILY, "never-written"),
      onMatch: [
        {
          deleteFromColumn: {
            familyName: MARKER_FAMILY,
            columnQualifier: Buffer.from("never-written"),
          },
        },
      ],
      onNoMatch: [],
    },
    signal,
  );
}

function readFormat(row: ReceivedRow | undefined): number | undefined {
  const bytes = row?.cells[0]?.value;
  if (bytes === undefined) return undefined;
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof document !== "object" || document === null) return undefined;
    if (!("kind" in document) || document.kind !== KIND || !("format" in document))
      return undefined;
    const { format } = document;
    return typeof format === "number" && Number.isSafeInteger(format) ? format : undefined;
  } catch {
    return undefined;
  }
}
