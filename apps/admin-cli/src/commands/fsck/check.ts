import {
  createProgress,
  EXIT,
  formatBytes,
  formatCount,
  formatDuration,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { CheckProgress, CheckReport, Library } from "@foretile/version-store";

import { segmentVerifiers } from "../../lookup/segment-verifiers.ts";
import { countOf } from "../../output/count-of.ts";
import { countsText, findingDocument, findingText, MAX_FINDINGS } from "../../output/finding.ts";

/** By their names on the command line. */
export const LEVELS = { "0": 0, "1": 1, "2": 2 } as const;

export interface CheckCommandOptions {
  readonly level: keyof typeof LEVELS;
}

/** Looks for damage and changes nothing. */
export async function runCheck(
  options: CommonOptions & CheckCommandOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, clock, stdout } = context;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const startMs = clock.monotonicMs();
  const report = await check(opened.library, options, context);
  if (!report.healthy) context.exitCode = EXIT.damaged;
  const durationMs = clock.monotonicMs() - startMs;
  for (const finding of report.findings) {
    if (options.json === true) await writeJsonLine(stdout, findingDocument(finding));
    else await writeText(stdout, `${findingText(finding, stdout)}\n`);
  }
  if (options.json === true) await writeJsonLine(stdout, reportDocument(report, durationMs));
  else await writeText(stdout, reportText(report, durationMs));
}

async function check(
  library: Library,
  { level }: CheckCommandOptions,
  { signal, stderr, clock }: ProgramContext,
): Promise<CheckReport> {
  const unit = "blobs, heads and snapshots";
  using progress = createProgress(stderr, { label: "fsck", unit, clock });
  const onProgress = ({ done, verifiedBytes }: CheckProgress): void =>
    progress.update(
      done,
      verifiedBytes === 0 ? undefined : `${formatBytes(verifiedBytes)} verified`,
    );
  return await library.fsck({
    level: LEVELS[level],
    verifiers: await segmentVerifiers(library),
    maxFindings: MAX_FINDINGS,
    onProgress,
    signal,
  });
}

function reportDocument(report: CheckReport, durationMs: number): Record<string, unknown> {
  const { level, healthy, counts, symbols, versions, snapshots, segments, verified } = report;
  return {
    type: "summary",
    level,
    healthy,
    errors: counts.error,
    warnings: counts.warning,
    notes: counts.note,
    symbols,
    versions,
    snapshots,
    segments,
    verified,
    duration_ms: Math.round(durationMs),
  };
}

function reportText(report: CheckReport, durationMs: number): string {
  const { level, counts, symbols, versions, snapshots, segments, verified, findings } = report;
  const what = [
    countOf(symbols, "symbol"),
    countOf(versions, "version"),
    countOf(snapshots, "snapshot"),
    `${countOf(segments.blobs, "segment")} of ${formatBytes(segments.bytes)}`,
    ...(level === 2 ? [`${formatBytes(verified.bytes)} verified`] : []),
  ].join(", ");
  const all = counts.error + counts.warning + counts.note;
  const listed = findings.length < all ? `, the first ${formatCount(findings.length)} above` : "";
  return `checked ${what} at level ${level} in ${formatDuration(durationMs)}: ${countsText(counts)}${listed}\n`;
}
