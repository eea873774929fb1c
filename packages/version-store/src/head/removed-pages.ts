import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { Removal } from "./head.ts";
import type { WritePage } from "./history.ts";
import { encodeRemovedPage } from "./removed-page.ts";

/** A page holds at most this many removed versions: with the longest texts it stays below 2 MiB. */
export const MAX_REMOVED_ENTRIES = 2048;

/** What all removals of one change have in common. */
export type RemovalFacts = Pick<Removal, "reason" | "removedAtMs" | "keepUntilMs">;

/** Writes what a change removes to pages, each told by a removal, and holds at most one page in memory. */
export class RemovedPages {
  readonly #context: LibraryContext;
  readonly #facts: RemovalFacts;
  readonly #writePage: WritePage;
  /** Newest first. */
  #waiting: VersionEntry[] = [];
  readonly #removals: Removal[] = [];

  constructor(context: LibraryContext, facts: RemovalFacts, writePage: WritePage) {
    this.#context = context;
    this.#facts = facts;
    this.#writePage = writePage;
  }

  /** @param entries newest first, all older than those added before */
  async add(entries: readonly VersionEntry[]): Promise<void> {
    this.#waiting.push(...entries);
    while (this.#waiting.length >= MAX_REMOVED_ENTRIES) {
      await this.#write(this.#waiting.splice(0, MAX_REMOVED_ENTRIES));
    }
  }

  /** The removals of all that was added, those of older versions first. */
  async finish(): Promise<readonly Removal[]> {
    if (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0));
    return this.#removals.toReversed();
  }

  async #write(entries: readonly VersionEntry[]): Promise<void> {
    const page = await this.#writePage(encodeRemovedPage(entries.toReversed()));
    const id = this.#context.ids.nextId();
    this.#removals.push({ id, ...this.#facts, condemned: false, count: entries.length, page });
  }
}
