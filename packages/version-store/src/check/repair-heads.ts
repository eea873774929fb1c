import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { chooseVersions, type ChosenVersions } from "./choose-versions.ts";
import { wholeMessage } from "./check-visitor.ts";
import type { Finding } from "./finding.ts";
import { findLostHeads, type LostHead } from "./lost-heads.ts";
import { rebuildHead } from "./rebuild-head.ts";
import type { RepairLog } from "./repair-log.ts";
import type { RepairOptions } from "./repair-options.ts";
import type { Survey } from "./survey.ts";

export interface RepairHeadsOptions extends CallOptions, Pick<RepairOptions, "saveDamaged"> {
  /** Whether a transaction may yet do something. */
  readonly mayRun: (transactionId: string) => boolean;
}

/**
 * Rebuilds heads that are lost, damaged, or lack pages, out of the documents of their versions.
 *
 * @returns whether any version was left out, so that it may be worth a look before it is collected
 */
export async function repairHeads(
  context: LibraryContext,
  found: Survey,
  log: RepairLog,
  options: RepairHeadsOptions,
): Promise<boolean> {
  const { mayRun, saveDamaged, signal } = options;
  const lostHeads = await findLostHeads(context, found, { signal });
  let hasLeftOut = false;
  for (const lost of lostHeads) {
    const chosen = chooseVersions(lost.candidates);
    const finding = describeHead(lost, chosen);
    if (isInUse(lost, found, mayRun)) {
      const message = `${finding.message}; not now, since a transaction of it may still run`;
      log.leave({ ...finding, message });
      continue;
    }
    await log.put(finding, async () => {
      if (lost.ref !== undefined && lost.state === "damaged") {
        await saveDamaged?.(lost.key, lost.ref.value);
      }
      return rebuildHead(context, lost, chosen, { signal });
    });
    for (const { entry } of chosen.doubtful) {
      const message = `version ${entry.version} may never have been published; its writer died meanwhile`;
      log.leave({
        severity: "note",
        kind: "head",
        symbol: lost.symbol,
        version: entry.version,
        message,
      });
    }
    for (const { entry } of chosen.leftOut) {
      hasLeftOut = true;
      const message = `version ${entry.version} is left out: it does not fit those around it`;
      const { key } = entry.document;
      log.leave({
        severity: "warning",
        kind: "head",
        symbol: lost.symbol,
        version: entry.version,
        key,
        message,
      });
    }
  }
  const rebuilt = new Set<string>(lostHeads.map(({ key }) => key));
  for (const { what, key, error } of found.damages) {
    if (what !== "head" || rebuilt.has(key)) continue;
    const message = `${wholeMessage(error)}; no version of it was found`;
    log.leave({ severity: "error", kind: "head", key, message });
  }
  return hasLeftOut;
}

function isInUse(
  { symbol, transactionIds }: LostHead,
  { intents }: Survey,
  mayRun: (transactionId: string) => boolean,
): boolean {
  return (
    [...transactionIds].some(mayRun) ||
    intents.sound.some(
      ({ intent }) => intent.symbols.includes(symbol) && mayRun(intent.transactionId),
    )
  );
}

const states: Readonly<Record<LostHead["state"], string>> = {
  missing: "head is missing",
  damaged: "head is damaged",
  torn: "pages of the head are lost",
};

function describeHead({ symbol, key, state }: LostHead, { entries }: ChosenVersions): Finding {
  const newest = entries.at(-1)?.version ?? 0;
  const message = `${states[state]}; rebuilt from ${entries.length} versions, the newest is ${newest}; versions that were removed and not yet collected may be back`;
  return { severity: "error", kind: "head", symbol, key, message };
}
