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

  /** Resolves when the commit is settled; never rejects. */
  submit(context: LibraryContext, symbol: string, commit: QueuedCommit): Promise<CommitOutcome> {
    return new Promise((settle) => {
      const waiting = this.#waiting.get(symbol);
      if (waiting === undefined) {
        this.#waiting.set(symbol, [{ commit, settle }]);
        void this.#drain(context, symbol);
      } else {
        waiting.push({ commit, settle });
      }
    });
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
