import type { CallOptions, Key, RefEntry } from "@foretile/storage";
import { BlobTable } from "../collect/blob-table.ts";
import { isDamage, type Damage } from "../collect/damage.ts";
import { listInto } from "../collect/list-blobs.ts";
import { headRefs, snapshotRefs } from "../collect/listed-refs.ts";
import { readLooseVersion, type LooseVersion } from "../collect/loose-version.ts";
import { MarkVisitor } from "../collect/mark.ts";
import { runBounded } from "../collect/run-bounded.ts";
import { listIntents, type ListedIntents } from "../collect/running-transactions.ts";
import { READS_AT_ONCE, Walk, type WalkedVersion } from "../collect/walk.ts";
import { walkHead } from "../collect/walk-head.ts";
import { walkSnapshot } from "../collect/walk-snapshot.ts";
import type { Head } from "../head/head.ts";
import { parseBlobKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";

/** A version that a snapshot pins, and its symbol's head does not tell. */
type PinnedLoosely = Pick<WalkedVersion, "entry" | "document">;

/** What a repair has to know of a library. */
export interface Survey {
  readonly table: BlobTable;
  readonly intents: ListedIntents;
  readonly damages: readonly Damage[];
  /** Symbols whose heads are whole. */
  readonly isWhole: (symbol: string) => boolean;
  /** By symbol, for symbols whose heads are not whole. */
  readonly pinned: ReadonlyMap<string, readonly PinnedLoosely[]>;
  /** Documents of versions that nothing sound names. */
  looseVersions(): AsyncGenerator<LooseVersion, void, undefined>;
}

/** Walks a library and remembers what is not whole. */
export async function survey(context: LibraryContext, options: CallOptions): Promise<Survey> {
  const table = new BlobTable();
  await listInto(context, table, { ...options, onForeign: () => undefined });
  const intents = await listIntents(context, options);
  const visitor = new SurveyVisitor(table);
  const walk = new Walk(context, visitor, options);
  for await (const refs of headRefs(context, undefined, options)) await walkRefs(refs, walkHead);
  for await (const refs of snapshotRefs(context, options)) await walkRefs(refs, walkSnapshot);

  async function walkRefs(
    refs: readonly RefEntry[],
    work: (walk: Walk, ref: RefEntry) => Promise<void>,
  ): Promise<void> {
    await runBounded(refs, READS_AT_ONCE, (ref) => work(walk, ref));
  }

  async function* looseVersions(): AsyncGenerator<LooseVersion, void, undefined> {
    for (let row = 0; row < table.size; row += 1) {
      const isLoose = table.has(row, "listed") && !table.has(row, "reached");
      if (!isLoose || table.areaAt(row) !== "v") continue;
      const found = await readUnlessDamaged(context, table.keyAt(row), options);
      if (found !== undefined) yield found;
    }
  }

  return {
    table,
    intents,
    damages: visitor.damages,
    isWhole: (symbol) => visitor.isWhole(symbol),
    pinned: visitor.pinned,
    looseVersions,
  };
}

/** A version by the key of its document, `undefined` when it is damaged or gone. */
export async function readUnlessDamaged(
  context: LibraryContext,
  key: Key,
  options: CallOptions,
): Promise<LooseVersion | undefined> {
  try {
    const version = await readLooseVersion(context, key, options);
    // A sound document in the place of another one is not what was stored there.
    return version?.document.transactionId === parseBlobKey(key)?.transactionId
      ? version
      : undefined;
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

class SurveyVisitor extends MarkVisitor {
  readonly pinned = new Map<string, PinnedLoosely[]>();
  readonly #symbols = new Set<string>();
  readonly #torn = new Set<string>();

  constructor(table: BlobTable) {
    super({
      table,
      mark: "reached",
      // What is being collected may be gone in part.
      keepsRemoval: (_symbol, { condemned }) => !condemned,
      keepsDropped: () => true,
    });
  }

  /** Whether the head is there, with all its pages. */
  isWhole(symbol: string): boolean {
    return this.#symbols.has(symbol) && !this.#torn.has(symbol);
  }

  head(head: Head): void {
    this.#symbols.add(head.symbol);
  }

  override damaged(damage: Damage): void {
    super.damaged(damage);
    const isPage = damage.what === "history-page" || damage.what === "removed-page";
    if (isPage && damage.symbol !== undefined) this.#torn.add(damage.symbol);
  }

  version({ place, entry, document }: WalkedVersion): void {
    // Heads are walked before snapshots, so it is known by then which of them are whole.
    if (place.snapshot === undefined || this.isWhole(place.symbol)) return;
    const pinned = this.pinned.get(place.symbol) ?? [];
    pinned.push({ entry, document });
    this.pinned.set(place.symbol, pinned);
  }
}
