import { isDamage } from "../collect/damage.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import type { CopyJob } from "./copy-job.ts";
import type { CopyProblemKind } from "./copy-options.ts";
import { planSymbol, wantedVersions, type SymbolPlan, type WantedVersion } from "./plan-symbol.ts";
import { DamagedSegmentError } from "./segment-reader.ts";
import { SymbolCopier } from "./symbol-copier.ts";
import { verifyVersion } from "./verify-version.ts";

/**
 * Copies the wanted versions of one symbol, each by a transaction of its own, and tells what cannot be copied.
 *
 * @param pinned versions that snapshots pin
 */
export async function copySymbol(
  job: CopyJob,
  symbol: string,
  pinned: readonly WantedVersion[],
): Promise<void> {
  let copied: readonly WantedVersion[] = [];
  try {
    const wanted = await wantedVersions(job, symbol, pinned);
    if (wanted.length === 0) {
      if (job.isNamed) {
        job.tally.addProblem({ kind: "gone", symbol, message: "the source has no such symbol" });
      }
      return;
    }
    job.tally.symbols.found += 1;
    const plan = await planSymbol(job, symbol, wanted);
    if (tellClashes(job, symbol, plan)) return;
    job.tally.versions.present += plan.present.length;
    copied = await copyVersions(job, symbol, plan);
    if (job.verify && !job.dryRun) await verify(job, symbol, [...plan.present, ...copied]);
  } catch (error) {
    // Of the source's history: that of the target would have to be mended first.
    if (!isDamage(error)) throw error;
    job.tally.addProblem({ kind: "damaged", symbol, message: error.message });
  } finally {
    job.tally.endSymbol(copied.length);
  }
}

/** @returns whether nothing of the symbol may be copied */
function tellClashes({ tally }: CopyJob, symbol: string, plan: SymbolPlan): boolean {
  const { diverged, tooLate } = plan;
  if (diverged !== undefined) {
    const message =
      "the target has something else under that number; nothing of the symbol was changed";
    tally.addProblem({ kind: "diverged", symbol, version: diverged, message });
    return true;
  }
  for (const { entry } of tooLate) {
    const message = "the target has later versions of the symbol already";
    tally.addProblem({ kind: "too-late", symbol, version: entry.version, message });
  }
  return false;
}

/** @returns those that were copied */
async function copyVersions(
  job: CopyJob,
  symbol: string,
  { copy, present, newest }: SymbolPlan,
): Promise<readonly WantedVersion[]> {
  const copier = new SymbolCopier(job, symbol);
  for (const wanted of present) copier.addPresent(wanted);
  if (newest !== undefined) await copier.buildOn(newest);
  const copied: WantedVersion[] = [];
  for (const wanted of copy) {
    try {
      await copier.copy(wanted);
      copied.push(wanted);
    } catch (error) {
      const kind = problemOf(error);
      if (kind === undefined) throw error;
      const { message } = error as Error;
      job.tally.addProblem({ kind, symbol, version: wanted.entry.version, message });
    }
  }
  return copied;
}

/** What a failure says about a single version; `undefined` when it ends everything. */
function problemOf(error: unknown): CopyProblemKind | undefined {
  if (error instanceof DamagedSegmentError || isDamage(error)) return "damaged";
  // Removed while it was copied.
  if (isVersionStoreError(error, "no-data-found", "version-expired")) return "gone";
  return isVersionStoreError(error, "version-taken") ? "too-late" : undefined;
}

async function verify(
  job: CopyJob,
  symbol: string,
  versions: readonly WantedVersion[],
): Promise<void> {
  for (const wanted of versions) {
    const { version } = wanted.entry;
    try {
      const message = await verifyVersion(job, symbol, wanted);
      if (message === undefined) job.tally.versions.verified += 1;
      else job.tally.addProblem({ kind: "different", symbol, version, message });
    } catch (error) {
      const kind = problemOf(error);
      if (kind === undefined) throw error;
      const { message } = error as Error;
      job.tally.addProblem({ kind, symbol, version, message });
    }
  }
}
