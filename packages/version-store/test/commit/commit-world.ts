import type { Store } from "@foretile/storage";
import { createCallCounter, withObserver, type CallCounter } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { Transaction } from "../../src/commit/transaction.ts";
import type { CommitBase, CommitOptions, CommitResult, VersionContent } from "../../src/index.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { AsOf } from "../../src/version/as-of.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { refKeys, textContent } from "../open-test-library.ts";
import { commitText, textAt } from "../text-versions.ts";
import { scriptRefs, type ScriptedRefs } from "./scripted-refs.ts";

type Build = (
  base: CommitBase,
  transaction: Transaction,
) => VersionContent | Promise<VersionContent>;

/** A commit of a group, under way. */
export interface Member {
  readonly transaction: Transaction;
  readonly outcome: Promise<CommitResult | Error>;
}

/** Two processes over one store, and the symbol `s`. */
export interface CommitWorld {
  readonly store: Store;
  /** Counts the calls of `context`. */
  readonly counter: CallCounter;
  /** Decides what becomes of the calls of `context`. */
  readonly scripted: ScriptedRefs;
  readonly context: LibraryContext;
  readonly rival: LibraryContext;
  /** Commits together: one commit is under way, and `members` wait for it, so that they become one group. */
  commitTogether(
    members: readonly (readonly [build: Build, options?: CommitOptions])[],
  ): Promise<readonly Member[]>;
  /** The text of a version, as the rival reads it. */
  textAt(asOf?: AsOf): Promise<unknown>;
  /** The rival commits a text. */
  rivalCommits(text?: string): Promise<void>;
  intents(): Promise<readonly string[]>;
}

export async function openCommitWorld(): Promise<CommitWorld> {
  const store = openMemoryStore();
  const counter = createCallCounter();
  const clock = createInstantClock({ startMs: START_MS });
  const observed = withObserver(store, { clock, observe: counter.observe });
  const scripted = scriptRefs(observed.refs);
  const context = await openTestContext({ store: { blobs: observed.blobs, refs: scripted.refs } });
  const rival = await openTestContext({ store, seed: 2 });
  return {
    store,
    counter,
    scripted,
    context,
    rival,
    commitTogether: async (members) => {
      const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
      const first = await Transaction.begin(context, "s");
      const under = first.commit(async () => {
        await held;
        return textContent("first");
      });
      const group: Member[] = [];
      for (const [build, options] of members) {
        const transaction = await Transaction.begin(context, "s");
        const outcome = transaction
          .commit((base) => build(base, transaction), options)
          .catch((error: unknown) => error as Error);
        group.push({ transaction, outcome });
      }
      release(undefined);
      await under;
      return group;
    },
    textAt: (asOf) => textAt(rival, "s", asOf),
    rivalCommits: async (text = "rival") => {
      await commitText(rival, "s", text);
    },
    intents: async () => (await refKeys(store)).filter((key) => key.startsWith("i/")),
  };
}

export async function outcomesOf(
  group: readonly Member[],
): Promise<readonly (CommitResult | Error)[]> {
  return Promise.all(group.map(({ outcome }) => outcome));
}

/** Adds to the text of the version before. */
export function addText(text: string): (base: CommitBase) => Promise<VersionContent> {
  return async (base) => {
    const before = (await base.version())?.manifest.body ?? "";
    return textContent(`${typeof before === "string" ? before : ""}+${text}`);
  };
}
