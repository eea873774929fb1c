import { formatBytes, formatUtc, type TableColumn } from "@foretile/app-kit";
import type { RequestVersion } from "@foretile/prediction-store";

import { formatRatio } from "./format-ratio.ts";

/** The members of a version in every JSON output. */
export function versionDocument(version: RequestVersion): Record<string, unknown> {
  return {
    version: version.version,
    version_hash: version.versionHash,
    published_at: new Date(version.publishedAtMs).toISOString(),
    raw_bytes: version.rawBytes,
    stored_bytes: version.storedBytes,
  };
}

/** The columns of {@link versionRow}. */
export const versionColumns: readonly TableColumn[] = [
  { title: "VERSION", align: "right" },
  { title: "PUBLISHED" },
  { title: "RAW", align: "right" },
  { title: "STORED", align: "right" },
  { title: "RATIO", align: "right" },
  { title: "HASH" },
];

/** A version as a row of a table. */
export function versionRow(version: RequestVersion): string[] {
  return [
    version.version.toString(),
    formatUtc(Math.floor(version.publishedAtMs / 1000)),
    formatBytes(version.rawBytes),
    formatBytes(version.storedBytes),
    formatRatio(version.rawBytes, version.storedBytes),
    version.versionHash,
  ];
}
