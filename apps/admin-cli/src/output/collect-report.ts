import { formatBytes, formatCount, formatTable } from "@foretile/app-kit";
import type { AreaTotals, BlobTotals, CollectReport } from "@foretile/version-store";

import { countOf } from "./count-of.ts";
import { NOTHING_CHANGED } from "./dry-run.ts";
import { printable } from "./printable.ts";

/** What a collection did, or would do, as a JSON document. */
export function collectDocument(report: CollectReport): Record<string, unknown> {
  const { requests } = report;
  return {
    dry_run: report.dryRun,
    found: areaDocument(report.found),
    deleted: areaDocument(report.deleted),
    owners: report.owners.map(({ transactionId, blobs, bytes }) => ({
      transaction_id: transactionId,
      blobs,
      bytes,
    })),
    versions: report.versions,
    snapshots: report.snapshots,
    expired: report.expired,
    deferred_by: report.deferredBy,
    stranded: report.stranded,
    foreign: report.foreign,
    requests: {
      blob_reads: requests.blobReads,
      blob_lists: requests.blobLists,
      blob_deletes: requests.blobDeletes,
      blob_writes: requests.blobWrites,
      ref_reads: requests.refReads,
      ref_lists: requests.refLists,
      ref_changes: requests.refChanges,
      row_reads: requests.rowReads,
      row_changes: requests.rowChanges,
    },
  };
}

/** The same for people. */
export function collectText(report: CollectReport): string {
  const { dryRun, found, deleted, versions, snapshots } = report;
  const rows = kinds
    .filter(([, area]) => always.has(area) || found[area].blobs > 0)
    .map(([kind, area]) => kindRow(kind, found[area], deleted[area]));
  const gone = total(deleted);
  const table = formatTable(columns, [...rows, kindRow("total", total(found), gone)]);
  const what =
    `${countOf(gone.blobs, "blob")}, ${formatBytes(gone.bytes)}; with them ` +
    `${countOf(versions, "removed version")} and ${countOf(snapshots, "deleted snapshot")}`;
  const verdict = dryRun ? `would delete ${what}\n` : `deleted ${what}\n`;
  return `${table}\n${verdict}${remarks(report)}${dryRun ? NOTHING_CHANGED : ""}`;
}

const kinds = [
  ["segments", "segments"],
  ["packs", "packs"],
  ["cell lists", "cellLists"],
  ["manifests", "manifests"],
  ["versions", "versions"],
  ["history", "historyPages"],
  ["snapshots", "snapshotPages"],
] as const;

/** Packs and cell lists are not in every library. */
const always: ReadonlySet<keyof AreaTotals> = new Set<keyof AreaTotals>([
  "segments",
  "manifests",
  "versions",
  "historyPages",
  "snapshotPages",
]);

const columns = [
  { title: "KIND" },
  { title: "FOUND", align: "right" },
  { title: "BYTES", align: "right" },
  { title: "GARBAGE", align: "right" },
  { title: "BYTES", align: "right" },
] as const;

function kindRow(kind: string, found: BlobTotals, deleted: BlobTotals): string[] {
  const { blobs, bytes } = found;
  return [
    kind,
    formatCount(blobs),
    formatBytes(bytes),
    formatCount(deleted.blobs),
    formatBytes(deleted.bytes),
  ];
}

function remarks({ expired, deferredBy, stranded, foreign }: CollectReport): string {
  const lines = [
    ...expired.map((id) => `transaction outlived its lifetime transaction=${id}`),
    ...deferredBy.map(
      (id) => `removed versions stay until this snapshot or restore is over transaction=${id}`,
    ),
    ...stranded.map(
      ({ symbol, version, key }) =>
        `version is complete but no head names it; see fsck symbol=${printable(symbol)} version=${version} key=${key}`,
    ),
    ...(foreign === 0 ? [] : [`left alone under keys that no library uses blobs=${foreign}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function total(areas: AreaTotals): BlobTotals {
  return Object.values(areas).reduce<BlobTotals>(
    (sum, { blobs, bytes }: BlobTotals) => ({ blobs: sum.blobs + blobs, bytes: sum.bytes + bytes }),
    { blobs: 0, bytes: 0 },
  );
}

function areaDocument(areas: AreaTotals): Record<string, BlobTotals> {
  return {
    segments: areas.segments,
    packs: areas.packs,
    cell_lists: areas.cellLists,
    manifests: areas.manifests,
    versions: areas.versions,
    history_pages: areas.historyPages,
    snapshot_pages: areas.snapshotPages,
  };
}
