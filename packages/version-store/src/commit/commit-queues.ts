import type { LibraryContext } from "../library/library-context.ts";
import { publishGroup } from "./publish-group.ts";
import type { CommitOutcome, QueuedCommit } from "./queued-commit.ts";

/** So many commits at most share one change of a head. */
const MAX_GROUP = 64;

interface WaitingCommit {
  readonly commit: QueuedCommit;
  readonly settle: (outcome: CommitOutcome) => void;
}

/**
 * Lets the commits of this process take turns, symbol by symbol: while one change of a head is under way, the commits
 * that come up wait, and the next change carries all of them. So writers of one process never race each other, and
 * many small commits cost few changes.
 */
export class CommitQueues {
  readonly #waiting = new Map<string, WaitingCommit[]>();

  /** Resolves when the commit is settled, or its signal was aborted before its turn came; never rejects. */
  async submit(
    context: LibraryContext,
    symbol: string,
    commit: QueuedCommit,
  ): Promise<CommitOutcome> {
    const { signal } = commit.options;
    if (signal?.aborted === true) return { error: signal.reason, unsettled: false };
    const { promise, resolve: settle } = Promise.withResolvers<CommitOutcome>();
    const waiting: WaitingCommit = { commit, settle };
    const leave = (): void => {
      if (this.#leave(symbol, waiting)) settle({ error: signal?.reason, unsettled: false });
    };
    signal?.addEventListener("abort", leave, { once: true });
    this.#enter(context, symbol, waiting);
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  #enter(context: LibraryContext, symbol: string, waiting: WaitingCommit): void {
    const queue = this.#waiting.get(symbol);
    if (queue !== undefined) {
      queue.push(waiting);
      return;
    }
    this.#waiting.set(symbol, [waiting]);
    void this.#drain(context, symbol);
  }

  /** @returns whether the commit was still waiting */
  #leave(symbol: string, waiting: WaitingCommit): boolean {
    const queue = this.#waiting.get(symbol) ?? [];
    const index = queue.indexOf(waiting);
    if (index !== -1) queue.splice(index, 1);
    return index !== -1;
  }

  async #drain(context: LibraryContext, symbol: string): Promise<void> {
    for (;;) {
      const group = this.#waiting.get(symbol)?.splice(0, MAX_GROUP) ?? [];
      if (group.length === 0) {
        this.#waiting.delete(symbol);
        return;
      }
      const outcomes = await publishGroup(
        context,
        symbol,
        group.map(({ commit }) => commit),
      );
      group.forEach(({ settle }, index) => {
        settle(outcomes[index] ?? { error: new Error("commit was lost"), unsettled: true });
      });
    }
  }
}
