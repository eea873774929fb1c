import type { CallOptions, Key, Ref } from "@foretile/storage";
import { isDamage } from "../collect/damage.ts";
import { runBounded } from "../collect/run-bounded.ts";
import { rowsOfVersion } from "../collect/stored-version.ts";
import { READS_AT_ONCE } from "../collect/walk.ts";
import { openHead } from "../collect/walk-head.ts";
import type { Removal } from "../head/head.ts";
import { readEntryPage, readRunPage, type HistoryRun } from "../head/history-run.ts";
import { headKey, parseBlobKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { VersionCandidate } from "./choose-versions.ts";
import { readUnlessDamaged, type Survey } from "./survey.ts";

/** A head that is lost, damaged, or lacks pages, with all that can be found of its versions. */
export interface LostHead {
  readonly symbol: string;
  readonly key: Key;
  /** What stands in its place now, `undefined` for nothing. */
  readonly ref: Ref | undefined;
  /** `torn` when only pages of it are lost. */
  readonly state: "missing" | "damaged" | "torn";
  readonly candidates: readonly VersionCandidate[];
  /** Of the transactions that stored the candidates. */
  readonly transactionIds: ReadonlySet<string>;
  /** What is left of the head's removals. */
  readonly removals: readonly Removal[];
  /** The highest number that is known to have been given out, and the latest time. */
  readonly lastVersion: number;
  readonly lastCommittedAtMs: number;
}

/** Collects what is known of one symbol. */
class Candidates {
  readonly byKey = new Map<string, VersionCandidate>();
  lastVersion = 0;
  lastCommittedAtMs = 0;

  add(key: string, candidate: VersionCandidate): void {
    if (!this.byKey.has(key)) this.byKey.set(key, candidate);
    this.lastVersion = Math.max(this.lastVersion, candidate.entry.version);
    this.lastCommittedAtMs = Math.max(this.lastCommittedAtMs, candidate.entry.committedAtMs);
  }
}

/** Finds every head that is not whole, and gathers the versions it may have listed. */
export async function findLostHeads(
  context: LibraryContext,
  found: Survey,
  options: CallOptions,
): Promise<readonly LostHead[]> {
  const bySymbol = new Map<string, Candidates>();
  const of = (symbol: string): Candidates => {
    const known = bySymbol.get(symbol) ?? new Candidates();
    bySymbol.set(symbol, known);
    return known;
  };
  const torn = await salvageTornHeads(context, found, of, options);
  for (const [symbol, pins] of found.pinned) {
    for (const { entry, document } of pins) {
      const base = { version: document.baseVersion, commitId: document.baseCommitId };
      const facts = { isListed: false, isPublished: true, isComplete: true };
      of(symbol).add(entry.document.key, { entry, base, ...facts });
    }
  }
  const intents = new Set([
    ...found.intents.sound.map(({ intent }) => intent.transactionId),
    ...found.intents.damaged.map(({ transactionId }) => transactionId),
  ]);
  for await (const version of found.looseVersions()) {
    const { document, entry } = version;
    if (found.isWhole(document.symbol)) continue;
    const rows = await rowsOfVersion(context, found.table, version, options);
    of(document.symbol).add(entry.document.key, {
      entry,
      base: { version: document.baseVersion, commitId: document.baseCommitId },
      isListed: false,
      isPublished: !intents.has(document.transactionId),
      isComplete: rows !== undefined,
    });
  }
  const lost: LostHead[] = [];
  for (const [symbol, candidates] of bySymbol) {
    const head = await describe(context, symbol, candidates, torn.get(symbol), options);
    if (head !== undefined) lost.push(head);
  }
  return lost;
}

/** What is left of a head some of whose pages are lost. */
interface TornHead {
  readonly ref: Ref;
  readonly removals: readonly Removal[];
}

/** Reads what can be read of heads whose pages are damaged. */
async function salvageTornHeads(
  context: LibraryContext,
  { damages }: Survey,
  of: (symbol: string) => Candidates,
  options: CallOptions,
): Promise<ReadonlyMap<string, TornHead>> {
  const lostPages = new Map<string, Set<string>>();
  for (const { what, symbol, key } of damages) {
    if (symbol === undefined || (what !== "history-page" && what !== "removed-page")) continue;
    lostPages.set(symbol, (lostPages.get(symbol) ?? new Set()).add(key));
  }
  const torn = new Map<string, TornHead>();
  for (const [symbol, keys] of lostPages) {
    const key = headKey(symbol);
    const ref = await context.refs.read(key, options);
    if (ref === undefined) continue;
    const head = openHead(context, key, ref.value);
    const candidates = of(symbol);
    candidates.lastVersion = head.lastVersion;
    candidates.lastCommittedAtMs = head.lastCommittedAtMs;
    const entries = [...(await readableEntries(context, head.history, options)), ...head.recent];
    await runBounded(entries, READS_AT_ONCE, async (entry) => {
      candidates.add(entry.document.key, await listedCandidate(context, entry, options));
    });
    const removals = head.removals.filter(({ page }) => !keys.has(page.key));
    torn.set(symbol, { ref, removals });
  }
  return torn;
}

async function readableEntries(
  context: LibraryContext,
  runs: readonly HistoryRun[],
  options: CallOptions,
): Promise<VersionEntry[]> {
  const entries: VersionEntry[] = [];
  for (const run of runs) {
    try {
      if (run.level === 0) entries.push(...(await readEntryPage(context, run, options)));
      else {
        const below = await readRunPage(context, run, options);
        entries.push(...(await readableEntries(context, below, options)));
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return entries;
}

async function listedCandidate(
  context: LibraryContext,
  entry: VersionEntry,
  options: CallOptions,
): Promise<VersionCandidate> {
  const document = (await readUnlessDamaged(context, entry.document.key, options))?.document;
  return {
    entry,
    base: document && { version: document.baseVersion, commitId: document.baseCommitId },
    isListed: true,
    isPublished: true,
    isComplete: true,
  };
}

/** @returns `undefined` when there is a whole head by now, or nothing that ever was in one */
async function describe(
  context: LibraryContext,
  symbol: string,
  { byKey, lastVersion, lastCommittedAtMs }: Candidates,
  torn: TornHead | undefined,
  options: CallOptions,
): Promise<LostHead | undefined> {
  const key = headKey(symbol);
  const ref = torn?.ref ?? (await context.refs.read(key, options));
  const candidates = [...byKey.values()];
  const transactionIds = new Set(
    candidates.map(({ entry }) => parseBlobKey(entry.document.key)?.transactionId ?? ""),
  );
  const facts = { symbol, key, ref, candidates, transactionIds, lastVersion, lastCommittedAtMs };
  if (ref === undefined) {
    // What a late request left of a commit that failed is mostly not complete.
    const isLost = candidates.some(({ isComplete }) => isComplete);
    return isLost ? { ...facts, state: "missing", removals: [] } : undefined;
  }
  if (torn !== undefined) return { ...facts, state: "torn", removals: torn.removals };
  const isWhole = readsWell(context, key, ref.value);
  return isWhole ? undefined : { ...facts, state: "damaged", removals: [] };
}

function readsWell(context: LibraryContext, key: Key, value: Uint8Array): boolean {
  try {
    openHead(context, key, value);
    return true;
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}
