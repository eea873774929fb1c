import { formatBytes, formatCount, formatUtc, type TableColumn } from "@foretile/app-kit";
import { toHex, type VersionEntry } from "@foretile/version-store";

import { printable } from "./printable.ts";

/** The members of a symbol's version in every JSON output. */
export function entryDocument(entry: VersionEntry): Record<string, unknown> {
  return {
    version: entry.version,
    commit_id: entry.commitId,
    committed_at: new Date(entry.committedAtMs).toISOString(),
    operation: entry.operation,
    rows: entry.rows,
    raw_bytes: entry.rawBytes,
    stored_bytes: entry.storedBytes,
    content_hash: toHex(entry.contentHash),
    user: entry.user,
    message: entry.message,
  };
}

/** The columns of {@link entryRow}. */
export const entryColumns: readonly TableColumn[] = [
  { title: "VERSION", align: "right" },
  { title: "COMMITTED" },
  { title: "OPERATION" },
  { title: "ROWS", align: "right" },
  { title: "RAW", align: "right" },
  { title: "STORED", align: "right" },
];

/** The same as cells of a row, without the hash and what the writer said. */
export function entryRow(entry: VersionEntry): string[] {
  return [
    entry.version.toString(),
    formatUtc(Math.floor(entry.committedAtMs / 1000)),
    entry.operation,
    entry.rows === undefined ? "-" : formatCount(entry.rows),
    formatBytes(entry.rawBytes),
    formatBytes(entry.storedBytes),
  ];
}

/** Words of a writer in a cell. */
export function wordsCell(words: string | undefined): string {
  return words === undefined ? "-" : printable(words);
}
