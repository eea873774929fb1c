import {
  EXIT,
  formatBytes,
  formatCount,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { BlobTotals, Library, RepairFinding, RepairReport } from "@foretile/version-store";

import { collectDocument } from "../../output/collect-report.ts";
import { countOf } from "../../output/count-of.ts";
import { NOTHING_CHANGED } from "../../output/dry-run.ts";
import { countsText, findingDocument, findingText, MAX_FINDINGS } from "../../output/finding.ts";
import { openDamagedFile } from "./damaged-file.ts";

export interface RepairCommandOptions {
  readonly yes?: boolean;
  readonly save?: string;
  readonly minAge?: number;
  readonly giveUpLost?: boolean;
  readonly force?: boolean;
}

/** Puts right what can be put right, or tells what would be. */
export async function runRepair(
  options: CommonOptions & RepairCommandOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const access = options.yes === true ? "write" : "read";
  await using opened = await openPredictions(storeUrlOf(options, context), access, { signal });
  let unrepaired = 0;
  const onFinding = ({ severity, repaired }: RepairFinding): void => {
    if (severity === "error" && !repaired) unrepaired += 1;
  };
  const report = await repair(opened.library, options, onFinding, signal);
  if (unrepaired > 0) context.exitCode = EXIT.damaged;
  for (const finding of report.findings) {
    const { repaired } = finding;
    if (options.json === true)
      await writeJsonLine(stdout, { ...findingDocument(finding), repaired });
    else
      await writeText(stdout, `${findingText(finding, stdout)}${repaired ? " (repaired)" : ""}\n`);
  }
  if (options.json === true) await writeJsonLine(stdout, reportDocument(report));
  else await writeText(stdout, reportText(report));
}

async function repair(
  library: Library,
  { yes = false, save, minAge: minAgeMs, giveUpLost, force }: RepairCommandOptions,
  onFinding: (finding: RepairFinding) => void,
  signal: AbortSignal,
): Promise<RepairReport> {
  const wanted = { dryRun: !yes, minAgeMs, giveUpLost, force, onFinding, signal };
  const bounded = { ...wanted, maxFindings: MAX_FINDINGS };
  if (save === undefined || !yes) return library.repair(bounded);
  await using file = await openDamagedFile(save);
  return await library.repair({ ...bounded, saveDamaged: (key, bytes) => file.save(key, bytes) });
}

function reportDocument(report: RepairReport): Record<string, unknown> {
  const { dryRun, counts, repaired, collected } = report;
  return {
    type: "summary",
    dry_run: dryRun,
    errors: counts.error,
    warnings: counts.warning,
    notes: counts.note,
    repaired,
    collected: collected && collectDocument(collected),
  };
}

function reportText({ dryRun, counts, repaired, collected }: RepairReport): string {
  const found = countsText(counts);
  const deleted = collected && Object.values(collected.deleted).reduce(sum);
  const leftovers = deleted
    ? `; leftovers ${dryRun ? "to delete" : "deleted"}: ${countOf(deleted.blobs, "blob")}, ${formatBytes(deleted.bytes)}`
    : "";
  return dryRun
    ? `${found}${leftovers}\n${NOTHING_CHANGED}`
    : `${found}; repaired ${formatCount(repaired)}${leftovers}\n`;
}

function sum(left: BlobTotals, right: BlobTotals): BlobTotals {
  return { blobs: left.blobs + right.blobs, bytes: left.bytes + right.bytes };
}
