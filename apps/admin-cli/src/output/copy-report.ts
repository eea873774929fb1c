import { styleText } from "node:util";

import { formatBytes, formatCount, formatDuration, type OutputStream } from "@foretile/app-kit";
import type { CopyProblem, CopyReport } from "@foretile/version-store";

import { countOf } from "./count-of.ts";
import { printable } from "./printable.ts";

/** Something that was not copied, as a JSON document. */
export function copyProblemDocument(problem: CopyProblem): Record<string, unknown> {
  const { kind, symbol, version, snapshot, key, message } = problem;
  return { type: "problem", kind, symbol, version, snapshot, key, message };
}

/** The same on one line: `diverged symbol=… version=1: MESSAGE`. */
export function copyProblemText(problem: CopyProblem, stdout: OutputStream): string {
  const { kind, symbol, version, snapshot, key, message } = problem;
  const place = Object.entries({ symbol, version, snapshot, key })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${printable(String(value))}`);
  const word = styleText("red", kind, { stream: stdout });
  return `${[word, ...place].join(" ")}: ${printable(message)}`;
}

/** What was copied, or would be, as a JSON document. */
export function copyDocument(report: CopyReport, durationMs: number): Record<string, unknown> {
  const { dryRun, symbols, versions, segments, unverifiedSegments, snapshots } = report;
  return {
    type: "summary",
    dry_run: dryRun,
    ok: report.problemCount === 0,
    symbols,
    versions,
    segments,
    unverified_segments: unverifiedSegments,
    snapshots,
    problems: report.problemCount,
    duration_ms: Math.round(durationMs),
  };
}

/** The same in words. */
export function copyText(report: CopyReport, durationMs: number): string {
  const { dryRun, symbols, versions, segments, unverifiedSegments, snapshots } = report;
  const copied = [
    `${countOf(versions.copied, "version")} of ${countOf(symbols.copied, "symbol")}`,
    `${countOf(segments.blobs, "segment")} of ${formatBytes(segments.bytes)}`,
    ...(snapshots.copied === 0 ? [] : [countOf(snapshots.copied, "snapshot")]),
  ].join(", ");
  const present = [
    countOf(versions.present, "version"),
    ...(snapshots.present === 0 ? [] : [countOf(snapshots.present, "snapshot")]),
  ].join(" and ");
  const lines = [
    dryRun ? `would copy ${copied}` : `copied ${copied} in ${formatDuration(durationMs)}`,
    `${present} there already`,
    ...(versions.verified === 0
      ? []
      : [`${countOf(versions.verified, "version")} read back and compared`]),
    ...(unverifiedSegments === 0
      ? []
      : [
          `${countOf(unverifiedSegments, "segment")} compared in length only: their handler is not known here`,
        ]),
    report.problemCount === 0
      ? "no problems"
      : `${formatCount(report.problemCount)} not copied, or not the same: listed above`,
  ];
  return `${lines.join("\n")}\n`;
}
