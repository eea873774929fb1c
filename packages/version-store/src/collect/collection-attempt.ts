import { timeOfId } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import { deleteIntent, type IntentKind } from "../commit/intent.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { carriesReferences, waitForTransactions } from "./barrier.ts";
import { BlobTable } from "./blob-table.ts";
import type { CollectOptions, CollectProgress } from "./collect-options.ts";
import { MAX_OWNERS, type CollectReport, type StrandedVersion } from "./collect-report.ts";
import { claimCollection, readCollectionRecord } from "./collection-record.ts";
import { findDueRoots, type DueRoots } from "./due-roots.ts";
import { dropStalePending, fenceTransaction } from "./fence.ts";
import { checkShare, largestOwners, sumAreas, sumOf, type IsGarbage } from "./garbage.ts";
import { listInto } from "./list-blobs.ts";
import { markCandidates } from "./mark-candidates.ts";
import { markNeeded } from "./mark-needed.ts";
import { runBounded } from "./run-bounded.ts";
import { isExpired, listIntents } from "./running-transactions.ts";
import { keepStranded, markCondemned } from "./stranded-versions.ts";
import { selectNames, type SymbolSelection } from "./symbol-selection.ts";
import { sweep } from "./sweep.ts";
import { condemnRemovals, forgetDropped, forgetRemovals } from "./take-roots.ts";

const DEFAULT_MAX_SHARE = 0.5;
const DEFAULT_WAIT_MS = 60_000;
const FENCES_AT_ONCE = 8;

/** Which transactions may still publish something. */
interface Transactions {
  /** By id; the kind is `undefined` when the intent is damaged. */
  readonly running: ReadonlyMap<string, IntentKind | undefined>;
  /** Given up; none of them can publish any more. */
  readonly fenced: ReadonlySet<string>;
}

/**
 * One try to collect, in an order that makes it safe:
 *
 * 1. The collection record is read, and what is stored is listed.
 * 2. Heads and snapshot records tell what was removed long enough ago.
 * 3. Intents tell which transactions run. Those that outlived their lifetime are given up for certain. While any of
 *    them may carry a reference from one place to another, nothing that was removed is taken away.
 * 4. Everything that is needed is marked. What was listed in 1 and belongs to no transaction of 3 was published before
 *    4, or never will be; so what is not marked is garbage.
 * 5. The collection record is changed. From here on others begin again who began before this.
 * 6. Removals are condemned, so that they cannot be taken back.
 * 7. Garbage is deleted, then the removals that named it, then the intents of those that were given up.
 */
export class CollectionAttempt {
  readonly #context: LibraryContext;
  readonly #options: CollectOptions;
  readonly #call: CallOptions;
  readonly #symbols: SymbolSelection | undefined;
  readonly #table = new BlobTable();
  readonly #nowMs: number;
  #foreign = 0;

  constructor(context: LibraryContext, options: CollectOptions) {
    this.#context = context;
    this.#options = options;
    this.#call = { signal: options.signal };
    this.#symbols = options.symbols && selectNames(options.symbols);
    this.#nowMs = context.clock.nowMs();
  }

  /** @returns `disturbed` when it has to begin anew; nothing was deleted then */
  async run(): Promise<Omit<CollectReport, "requests"> | "disturbed"> {
    const context = this.#context;
    const record = await readCollectionRecord(context, this.#call);
    if (this.#symbols === undefined) await this.#list();
    const found = await findDueRoots(context, {
      ...this.#call,
      symbols: this.#symbols?.names,
      nowMs: this.#nowMs,
    });
    const transactions = await this.#findTransactions(found);
    const deferredBy = await this.#findCarriers(found, transactions);
    const roots = deferredBy.length > 0 ? withoutDue(found) : found;

    const marked = await markNeeded(context, this.#table, roots, record, {
      ...this.#call,
      symbols: this.#symbols,
      onProgress: (done) => this.#progress({ phase: "mark", done, total: undefined }),
    });
    if (marked === "disturbed") return "disturbed";
    let stranded: readonly StrandedVersion[] = [];
    if (this.#symbols !== undefined) {
      await markCandidates(context, this.#table, marked, this.#call);
    } else {
      await markCondemned(context, this.#table, marked, this.#call);
      const isOver = (id: string): boolean =>
        !transactions.running.has(id) && !transactions.fenced.has(id);
      stranded = await keepStranded(context, this.#table, isOver, this.#call);
    }

    const isGarbage = this.#garbageWithout(transactions);
    const report = {
      ...this.#describe(isGarbage, roots),
      expired: [...transactions.fenced],
      deferredBy,
      stranded: stranded.slice(0, MAX_OWNERS),
    };
    if (this.#options.dryRun === true) return report;
    if (isNothing(report, roots)) {
      await this.#closeFenced(transactions);
      return report;
    }
    if (this.#options.force !== true && this.#symbols === undefined) {
      const { maxShare = DEFAULT_MAX_SHARE } = this.#options;
      checkShare(report.found, report.deleted, maxShare);
    }
    if (!(await claimCollection(context, context.ids.nextId(), record))) return "disturbed";
    if (!(await condemnRemovals(context, roots, this.#call))) return "disturbed";
    await this.#delete(isGarbage, roots);
    await this.#closeFenced(transactions);
    return report;
  }

  async #list(): Promise<void> {
    await listInto(this.#context, this.#table, {
      ...this.#call,
      onForeign: () => {
        this.#foreign += 1;
      },
      onBatch: (done) => this.#progress({ phase: "list", done, total: undefined }),
    });
  }

  async #findTransactions({ pending }: DueRoots): Promise<Transactions> {
    const { minAgeMs = 0, dryRun = false } = this.#options;
    const { sound, damaged } = await listIntents(this.#context, this.#call);
    const running = new Map<string, IntentKind | undefined>();
    const fenced = new Set<string>();
    for (const { transactionId } of damaged) running.set(transactionId, undefined);
    await runBounded(sound, FENCES_AT_ONCE, async (state) => {
      const { transactionId, kind, startedAtMs } = state.intent;
      const isDue =
        isExpired(state, this.#nowMs) &&
        this.#nowMs - startedAtMs >= minAgeMs &&
        // Without a listing only those that would hold the collection up.
        (this.#symbols === undefined || carriesReferences(kind));
      if (isDue && (dryRun || (await fenceTransaction(this.#context, state, this.#call)))) {
        fenced.add(transactionId);
      } else {
        running.set(transactionId, kind);
      }
    });
    if (!dryRun) {
      const stale = pending.filter(({ transactionId: id }) => !running.has(id) && !fenced.has(id));
      await runBounded(stale, FENCES_AT_ONCE, async ({ name, transactionId }) => {
        await dropStalePending(this.#context, name, transactionId, this.#call);
      });
    }
    return { running, fenced };
  }

  /** Running transactions because of which nothing that was removed may be taken away. */
  async #findCarriers(roots: DueRoots, { running }: Transactions): Promise<readonly string[]> {
    const { waitMs = DEFAULT_WAIT_MS, dryRun = false } = this.#options;
    const hasDue = [...roots.removals.values()].some(({ due }) => due.size > 0);
    if (!hasDue && roots.dropped.size === 0) return [];
    const carriers = [...running].filter(([, kind]) => carriesReferences(kind)).map(([id]) => id);
    return dryRun
      ? carriers
      : waitForTransactions(this.#context, carriers, { ...this.#call, waitMs });
  }

  #garbageWithout({ running, fenced }: Transactions): IsGarbage {
    const table = this.#table;
    const { minAgeMs = 0 } = this.#options;
    return (row) => {
      if (!table.has(row, "listed") || table.has(row, "reached")) return false;
      const { transactionId } = table.blobAt(row);
      if (running.has(transactionId)) return false;
      if (minAgeMs === 0 || fenced.has(transactionId) || table.has(row, "condemned")) return true;
      return this.#nowMs - (timeOfId(transactionId) ?? this.#nowMs) >= minAgeMs;
    };
  }

  #describe(
    isGarbage: IsGarbage,
    { removals, dropped }: DueRoots,
  ): Omit<CollectReport, "requests" | "expired" | "deferredBy" | "stranded"> {
    let versions = 0;
    for (const { condemned, due } of removals.values()) {
      for (const count of [...condemned.values(), ...due.values()]) versions += count;
    }
    let snapshots = 0;
    for (const ids of dropped.values()) snapshots += ids.size;
    return {
      dryRun: this.#options.dryRun === true,
      found: sumAreas(this.#table, () => true),
      deleted: sumAreas(this.#table, isGarbage),
      owners: largestOwners(this.#table, isGarbage),
      versions,
      snapshots,
      foreign: this.#foreign,
    };
  }

  async #delete(isGarbage: IsGarbage, roots: DueRoots): Promise<void> {
    const context = this.#context;
    await forgetDropped(context, roots, this.#call);
    const total = sumOf(sumAreas(this.#table, isGarbage)).blobs;
    try {
      await sweep(context, this.#table, isGarbage, {
        ...this.#call,
        onDeleted: (done) => this.#progress({ phase: "sweep", done, total }),
      });
    } finally {
      context.usage.forget();
    }
    await forgetRemovals(context, roots, this.#call);
  }

  /** Deletes the intents of transactions that were given up, unless they left blobs that were not looked for. */
  async #closeFenced({ fenced }: Transactions): Promise<void> {
    if (this.#symbols !== undefined) return;
    await runBounded(fenced, FENCES_AT_ONCE, (id) => deleteIntent(this.#context, id, this.#call));
  }

  #progress(progress: CollectProgress): void {
    this.#options.onProgress?.(progress);
  }
}

function isNothing(
  { deleted }: Pick<CollectReport, "deleted">,
  { removals, dropped }: DueRoots,
): boolean {
  return sumOf(deleted).blobs === 0 && removals.size === 0 && dropped.size === 0;
}

/** Without what may not be taken away now. What was condemned before can be: nobody could refer to it since. */
function withoutDue({ removals, pending }: DueRoots): DueRoots {
  const condemned = [...removals]
    .map(([symbol, removal]) => [symbol, { ...removal, due: new Map<string, number>() }] as const)
    .filter(([, removal]) => removal.condemned.size > 0);
  return { removals: new Map(condemned), dropped: new Map(), pending };
}
