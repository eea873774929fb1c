import { formatBytes, formatUtc, type TableColumn } from "@foretile/app-kit";
import type { ListedRequestVersion, RequestVersion } from "@foretile/prediction-store";

import { formatRatio } from "./format-ratio.ts";
import { printable } from "./printable.ts";

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

/** The same with the snapshots that pin it. */
export function listedVersionDocument(version: ListedRequestVersion): Record<string, unknown> {
  return { ...versionDocument(version), snapshots: version.snapshots };
}

/** The columns of {@link listedVersionRow}. */
export const listedVersionColumns: readonly TableColumn[] = [
  { title: "VERSION", align: "right" },
  { title: "PUBLISHED" },
  { title: "RAW", align: "right" },
  { title: "STORED", align: "right" },
  { title: "RATIO", align: "right" },
  { title: "HASH" },
  { title: "SNAPSHOTS" },
];

/** A version as a row of a table. */
export function listedVersionRow(version: ListedRequestVersion): string[] {
  return [
    version.version.toString(),
    formatUtc(Math.floor(version.publishedAtMs / 1000)),
    formatBytes(version.rawBytes),
    formatBytes(version.storedBytes),
    formatRatio(version.rawBytes, version.storedBytes),
    version.versionHash,
    version.snapshots.length === 0 ? "-" : version.snapshots.map(printable).join(" "),
  ];
}
