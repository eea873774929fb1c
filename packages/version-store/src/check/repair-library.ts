import { timeOfId } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import { collect } from "../collect/collect.ts";
import type { CollectReport } from "../collect/collect-report.ts";
import { isExpired, type DamagedIntent } from "../collect/running-transactions.ts";
import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import { wholeMessage } from "./check-visitor.ts";
import { repairHeads } from "./repair-heads.ts";
import { RepairLog } from "./repair-log.ts";
import type { RepairOptions, RepairReport } from "./repair-options.ts";
import { repairSnapshots } from "./repair-snapshots.ts";
import { survey, type Survey } from "./survey.ts";

const DEFAULT_MIN_AGE_MS = 24 * 3_600_000;

/**
 * Puts right what can be put right without guessing:
 *
 * - Heads that are lost, damaged, or lack pages are rebuilt from the documents of their versions. Versions that were
 *   removed and not yet collected may be back then, and a version that may never have been published is told.
 * - Intents that cannot be read are deleted.
 * - What died transactions left behind is collected.
 * - With `giveUpLost`, snapshots forget what nobody can read any more.
 *
 * Nothing is overwritten that changed since it was looked at, and a damaged record's bytes are given to `saveDamaged`
 * first. Damaged versions and segments cannot be brought back; they are told. Writers may go on meanwhile, but a writer
 * that is older than `minAgeMs` counts as dead. May be repeated after a failure.
 *
 * @throws {VersionStoreError} `read-only-library` unless it is a dry run, `invalid-argument`
 */
export async function repairLibrary(
  context: LibraryContext,
  options: RepairOptions = {},
): Promise<RepairReport> {
  const { dryRun = true, minAgeMs = DEFAULT_MIN_AGE_MS, saveDamaged, giveUpLost, signal } = options;
  if (!dryRun) ensureWritable(context);
  if (!(minAgeMs >= 0)) {
    const message = `age must be at least 0 min_age_ms=${minAgeMs}`;
    throw new VersionStoreError("invalid-argument", message);
  }
  const log = new RepairLog(options);
  const found = await survey(context, { signal });
  const mayRun = youngTransactions(context, found, minAgeMs);
  const hasLeftOut = await repairHeads(context, found, log, { mayRun, saveDamaged, signal });
  await repairSnapshots(context, found.damages, log, { giveUpLost, saveDamaged, signal });
  await repairIntents(context, found.intents.damaged, log, { mayRun, saveDamaged, signal });
  tellWhatStays(found, log);
  const collected = hasLeftOut
    ? leaveGarbage(log)
    : await collectLeftovers(context, log, { ...options, dryRun, minAgeMs });
  const { findings, counts, repaired } = log;
  return { dryRun, findings, counts, repaired, collected };
}

/** Tells which transactions may still do something: those that are young, or within their lifetime. */
function youngTransactions(
  context: LibraryContext,
  { intents }: Survey,
  minAgeMs: number,
): (transactionId: string) => boolean {
  const nowMs = context.clock.nowMs();
  const young = new Set<string>();
  for (const state of intents.sound) {
    const isOld = nowMs - state.intent.startedAtMs >= minAgeMs;
    if (!isOld || !isExpired(state, nowMs)) young.add(state.intent.transactionId);
  }
  for (const { transactionId } of intents.damaged) {
    if (nowMs - (timeOfId(transactionId) ?? nowMs) < minAgeMs) young.add(transactionId);
  }
  return (transactionId) => young.has(transactionId);
}

async function repairIntents(
  context: LibraryContext,
  damaged: readonly DamagedIntent[],
  log: RepairLog,
  options: CallOptions &
    Pick<RepairOptions, "saveDamaged"> & { readonly mayRun: (id: string) => boolean },
): Promise<void> {
  const { mayRun, saveDamaged, signal } = options;
  for (const { key, transactionId, error } of damaged) {
    const finding = { severity: "error", kind: "intent", key, transactionId } as const;
    const what = wholeMessage(error);
    if (mayRun(transactionId)) {
      log.leave({ ...finding, message: `${what}; not now, since the transaction may still run` });
      continue;
    }
    await log.put({ ...finding, message: `${what}; deleted` }, async () => {
      const ref = await context.refs.read(key, { signal });
      if (ref === undefined) return true;
      await saveDamaged?.(key, ref.value);
      const { swapped } = await context.refs.compareAndSet(key, ref.token, undefined);
      return swapped;
    });
  }
}

/** Damage below heads and snapshots that nothing can undo. */
function tellWhatStays({ damages }: Survey, log: RepairLog): void {
  for (const { what, key, symbol, version, snapshot, error } of damages) {
    const isDocument = what === "version" || what === "manifest" || what === "segment-page";
    if (!isDocument || snapshot !== undefined) continue;
    const message = `${wholeMessage(error)}; it cannot be brought back, only its version removed`;
    log.leave({ severity: "error", kind: what, symbol, version, key, message });
  }
}

function leaveGarbage(log: RepairLog): undefined {
  const message =
    "leftovers are not collected as long as versions were left out: look at them first";
  log.leave({ severity: "note", kind: "orphan", message });
}

async function collectLeftovers(
  context: LibraryContext,
  log: RepairLog,
  { dryRun, minAgeMs, force, signal }: RepairOptions,
): Promise<CollectReport | undefined> {
  try {
    return await collect(context, { dryRun, minAgeMs, force, signal });
  } catch (error) {
    const isTold = isVersionStoreError(error, "data-integrity", "collection-refused");
    if (!isTold) throw error;
    const message = `leftovers are not collected: ${wholeMessage(error)}`;
    log.leave({ severity: "warning", kind: "orphan", message });
    return undefined;
  }
}
