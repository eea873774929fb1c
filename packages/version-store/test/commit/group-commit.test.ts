import { openMemoryStore } from "@foretile/storage/memory";
import { StorageError, type Store } from "@foretile/storage";
import { createCallCounter, withObserver, type CallCounter } from "@foretile/storage/layers";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { readIntent, replaceIntent } from "../../src/commit/intent.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { findByCommit } from "../../src/head/find-entry.ts";
import { readHead } from "../../src/head/head-record.ts";
import type { CommitBase, CommitOptions, CommitResult, VersionContent } from "../../src/index.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { AsOf } from "../../src/version/as-of.ts";
import { resolveRecord, resolveVersion } from "../../src/version/resolve-version.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { allBlobs, refKeys, textContent } from "../open-test-library.ts";
import { segmentEntries } from "../manifest/segment-entries.ts";
import {
  after,
  loseReply,
  loseRequest,
  scriptRefs,
  silent,
  type ScriptedRefs,
} from "./scripted-refs.ts";

const bytes = new TextEncoder().encode("segment");
const hash = new Uint8Array(16).fill(7);

let store: Store;
let counter: CallCounter;
let scripted: ScriptedRefs;
let context: LibraryContext;
let rival: LibraryContext;

beforeEach(async () => {
  store = openMemoryStore();
  counter = createCallCounter();
  const clock = createInstantClock({ startMs: START_MS });
  const observed = withObserver(store, { clock, observe: counter.observe });
  scripted = scriptRefs(observed.refs);
  context = await openTestContext({ store: { blobs: observed.blobs, refs: scripted.refs } });
  rival = await openTestContext({ store, seed: 2 });
});

type Build = (base: CommitBase) => VersionContent | Promise<VersionContent>;

type BuildWith = (
  base: CommitBase,
  transaction: Transaction,
) => VersionContent | Promise<VersionContent>;

interface Member {
  readonly transaction: Transaction;
  readonly outcome: Promise<CommitResult | Error>;
}

/**
 * Commits together: one commit is under way, and those of `members` wait for it, so that they become one group.
 */
async function commitTogether(
  members: readonly (readonly [build: BuildWith, options?: CommitOptions])[],
): Promise<readonly Member[]> {
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
}

async function outcomes(group: readonly Member[]): Promise<(CommitResult | Error)[]> {
  return Promise.all(group.map(({ outcome }) => outcome));
}

/** The text of a version that `textContent` made. */
async function textAt(asOf?: AsOf): Promise<unknown> {
  return (await resolveVersion(rival, "s", { asOf })).manifest.body;
}

const add =
  (text: string): Build =>
  async (base) => {
    const before = (await base.version())?.manifest.body ?? "";
    return textContent(`${typeof before === "string" ? before : ""}+${text}`);
  };

async function rivalCommits(text = "rival"): Promise<void> {
  await using transaction = await Transaction.begin(rival, "s");
  await transaction.commit(() => textContent(text));
}

async function intents(): Promise<readonly string[]> {
  return (await refKeys(store)).filter((key) => key.startsWith("i/"));
}

function headChanges(): number {
  return counter.totals().get("refs.compareAndSet")?.calls ?? 0;
}

describe("commits of one process to one symbol", () => {
  test("that come up together share few changes of the head, and each makes a version", async () => {
    const transactions = await Promise.all(
      Array.from({ length: 64 }, () => Transaction.begin(context, "s")),
    );
    counter.reset();
    const results = await Promise.all(
      transactions.map((transaction, index) => transaction.commit(add(`${index}`))),
    );
    // One deletion of an intent for each; the rest are changes of the head.
    expect(headChanges() - 64).toBeLessThanOrEqual(2);
    expect(results.map(({ version }) => version)).toEqual(
      Array.from({ length: 64 }, (_, index) => index + 1),
    );
    expect(new Set(results.map(({ commitId }) => commitId)).size).toBe(64);
    const times = results.map(({ committedAtMs }) => committedAtMs);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    expect(await textAt()).toBe(Array.from({ length: 64 }, (_, i) => `+${i}`).join(""));
    for (const { version, commitId } of results) {
      const record = await resolveRecord(rival, "s", { asOf: { commitId } });
      expect(record).toMatchObject({ version, baseVersion: version - 1 });
    }
    expect((await allBlobs(store)).size).toBe(64);
    expect(await intents()).toEqual([]);
  });

  test("are at most 64 to a group, and none is left out", async () => {
    const group = await commitTogether(
      Array.from({ length: 150 }, (_, i) => [add(`${i}`)] as const),
    );
    const results = await outcomes(group);
    expect(results.map((result) => (result as CommitResult).version)).toEqual(
      Array.from({ length: 150 }, (_, index) => index + 2),
    );
  });

  test("of several symbols do not wait for each other", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const slow = await Transaction.begin(context, "slow");
    const under = slow.commit(async () => {
      await held;
      return textContent("slow");
    });
    const quick = await Transaction.begin(context, "quick");
    expect(await quick.commit(() => textContent("quick"))).toMatchObject({ version: 1 });
    release(undefined);
    expect(await under).toMatchObject({ version: 1 });
  });

  test("are told whether others follow", async () => {
    const more: boolean[] = [];
    const tell: Build = (base) => {
      more.push(base.more);
      return textContent("text");
    };
    await outcomes(await commitTogether([[tell], [tell], [tell]]));
    expect(more).toEqual([true, true, false]);
  });

  test("that fail to build fail alone", async () => {
    const group = await commitTogether([
      [add("a")],
      [
        () => {
          throw new Error("cannot build");
        },
      ],
      [add("b")],
      [
        () => ({
          ...textContent("x"),
          metadata: undefined,
          effect: Symbol("no document") as never,
        }),
      ],
      [add("c")],
    ]);
    const results = await outcomes(group);
    expect(results[1]).toMatchObject({ message: "cannot build" });
    expect(results[3]).toBeInstanceOf(Error);
    for (const index of [1, 3]) expect(group[index]?.transaction.isOpen).toBe(true);
    for (const [index, version] of [
      [0, 2],
      [2, 3],
      [4, 4],
    ] as const) {
      expect(results[index]).toMatchObject({ version });
    }
    expect(await textAt()).toBe("first+a+b+c");
    for (const { transaction } of group) await transaction.abandon();
    expect(await intents()).toEqual([]);
    expect((await allBlobs(store)).size).toBe(4);
  });

  test("whose documents cannot be stored fail alone, and nothing is built on them", async () => {
    const large = "x".repeat(100_000);
    const { blobs } = context;
    const small: LibraryContext["blobs"] = {
      ...blobs,
      putNew: (key, value, options) =>
        value.length > 90_000
          ? Promise.reject(new StorageError("too-large", "too large for this store"))
          : blobs.putNew(key, value, options),
    };
    Object.assign(context, { blobs: small });
    const group = await commitTogether([
      [add("a")],
      [() => textContent(large)],
      [(base) => textContent(`on ${base.newest?.version}`)],
    ]);
    const results = await outcomes(group);
    expect(results[0]).toMatchObject({ version: 2 });
    expect(results[1]).toMatchObject({ code: "too-large" });
    expect(results[2]).toMatchObject({ version: 3 });
    expect(await textAt()).toBe("on 2");
    await group[1]?.transaction.abandon();
    expect(await intents()).toEqual([]);
    expect((await allBlobs(store)).size).toBe(3);
  });

  test("delete the segments and documents of those that lost", async () => {
    const group = await commitTogether([
      [add("a")],
      [() => textContent("never"), { expectedVersion: 99 }],
    ]);
    const loser = group[1]?.transaction;
    await loser?.putSegment(bytes, hash);
    const results = await outcomes(group);
    expect(results[1]).toMatchObject({ code: "concurrent-modification" });
    await loser?.abandon();
    expect([...(await allBlobs(store)).keys()].filter((key) => key.startsWith("s/"))).toEqual([]);
    expect(await intents()).toEqual([]);
  });
});

describe("an expected version within a group", () => {
  test("is compared with the version that the commit would follow", async () => {
    const group = await commitTogether([
      [add("a"), { expectedVersion: 1 }],
      [add("b"), { expectedVersion: 1 }],
      [add("c"), { expectedVersion: 2 }],
      [() => ({ operation: "delete" })],
      [add("d"), { expectedVersion: 0 }],
    ]);
    const results = await outcomes(group);
    expect(results[0]).toMatchObject({ version: 2 });
    expect(results[1]).toMatchObject({ code: "concurrent-modification", details: { found: 2 } });
    expect(results[2]).toMatchObject({ version: 3 });
    expect(results[3]).toMatchObject({ version: 4 });
    expect(results[4]).toMatchObject({ version: 5 });
    expect(await textAt()).toBe("+d");
    expect(await textAt(3)).toBe("first+a+c");
  });

  test("is compared again after a lost race", async () => {
    const commit = commitTogether([
      [add("a"), { expectedVersion: 1 }],
      [add("b"), { expectedVersion: 3 }],
      [add("c"), { expectedVersion: 2 }],
    ]);
    scripted.changes.push(
      (perform) => perform(),
      after(() => rivalCommits()),
    );
    const results = await outcomes(await commit);
    expect(results[0]).toMatchObject({ code: "concurrent-modification" });
    expect(results[1]).toMatchObject({ code: "concurrent-modification" });
    expect(results[2]).toMatchObject({ version: 3 });
    expect(await textAt()).toBe("rival+c");
  });
});

describe("unchanged content within a group", () => {
  const skip = { skipUnchanged: true };

  test("is that of the version that the commit would follow", async () => {
    const group = await commitTogether([
      [() => textContent("a"), skip],
      [() => textContent("a"), skip],
      [() => textContent("b"), skip],
      [() => textContent("a"), skip],
      [() => ({ ...textContent("a"), metadata: "other" }), skip],
    ]);
    const results = (await outcomes(group)) as CommitResult[];
    expect(results.map(({ version, changed }) => [version, changed])).toEqual([
      [2, true],
      [2, false],
      [3, true],
      [4, true],
      [5, true],
    ]);
    expect(results[1]?.commitId).toBe(results[0]?.commitId);
    expect((await allBlobs(store)).size).toBe(5);
    expect(await intents()).toEqual([]);
  });

  test("is compared again after a lost race", async () => {
    const commit = commitTogether([
      [() => textContent("a"), skip],
      [() => textContent("rival"), skip],
    ]);
    scripted.changes.push(
      (perform) => perform(),
      after(() => rivalCommits("rival")),
    );
    const results = await outcomes(await commit);
    expect(results).toMatchObject([
      { version: 3, changed: true },
      { version: 4, changed: true },
    ]);
    expect(await textAt(3)).toBe("a");
  });

  test("publishes nothing when all of it is unchanged", async () => {
    const group = commitTogether([
      [() => textContent("first"), skip],
      [() => textContent("first"), skip],
    ]);
    const results = await outcomes(await group);
    expect(results).toMatchObject([
      { version: 1, changed: false },
      { version: 1, changed: false },
    ]);
    expect((await readHead(rival, headKey("s"), "s"))?.head.lastVersion).toBe(1);
  });
});

describe("a group whose change of the head", () => {
  test("was lost is built again, all of it", async () => {
    const commit = commitTogether([[add("a")], [add("b")]]);
    scripted.changes.push(
      (perform) => perform(),
      after(() => rivalCommits()),
      after(() => rivalCommits("rival again")),
    );
    const results = await outcomes(await commit);
    expect(results).toMatchObject([{ version: 4 }, { version: 5 }]);
    expect(await textAt()).toBe("rival again+a+b");
    // Those of the lost attempts are gone.
    expect((await allBlobs(store)).size).toBe(5);
    expect(await intents()).toEqual([]);
  });

  test.each([
    ["reply", loseReply],
    ["request", loseRequest],
  ])("lost its %s is settled for all of them", async (_, fate) => {
    const commit = commitTogether([[add("a")], [add("b")]]);
    scripted.changes.push((perform) => perform(), fate);
    const results = await outcomes(await commit);
    expect(results).toMatchObject([{ version: 2 }, { version: 3 }]);
    expect(await textAt()).toBe("first+a+b");
    expect(await intents()).toEqual([]);
  });

  test("has an unknown outcome is unknown for all of them, and each can ask later", async () => {
    let builds = 0;
    const commit = commitTogether([
      [
        async (base) => {
          builds += 1;
          scripted.reads.push(silent, silent, silent, silent, silent);
          return add("a")(base);
        },
      ],
      [add("b")],
      [() => textContent("first"), { expectedVersion: 77 }],
    ]);
    scripted.changes.push((perform) => perform(), loseReply);
    const group = await commit;
    const results = await outcomes(group);
    const head = (await readHead(rival, headKey("s"), "s"))?.head;
    if (head === undefined) throw new Error("the head was published");
    for (const [index, version] of [2, 3].entries()) {
      const error = results[index] as Error & { details: { commitId: string } };
      expect(error).toMatchObject({
        code: "commit-outcome-unknown",
        retry: "unknown-outcome",
        details: { version },
      });
      expect(await findByCommit(rival, head, error.details.commitId)).toMatchObject({ version });
      // It neither takes another commit nor deletes what may have been published.
      const transaction = group[index]?.transaction;
      expect(transaction?.isOpen).toBe(false);
      await transaction?.abandon();
    }
    expect(results[2]).toMatchObject({ code: "concurrent-modification" });
    expect(group[2]?.transaction.isOpen).toBe(true);
    expect(builds).toBe(1);
    expect(await textAt()).toBe("first+a+b");
    expect(await intents()).toHaveLength(3);
  });

  test("has an unknown outcome is settled for those that changed nothing", async () => {
    const commit = commitTogether([
      [() => textContent("first"), { skipUnchanged: true }],
      [
        async (base) => {
          scripted.reads.push(silent, silent, silent, silent, silent);
          return add("b")(base);
        },
      ],
    ]);
    scripted.changes.push((perform) => perform(), loseReply);
    const results = await outcomes(await commit);
    expect(results[0]).toMatchObject({ version: 1, changed: false });
    expect(results[1]).toMatchObject({ code: "commit-outcome-unknown" });
  });

  test("is refused leaves all of them open, to be repeated", async () => {
    const commit = commitTogether([[add("a")], [add("b")]]);
    scripted.changes.push(
      (perform) => perform(),
      () => Promise.reject(new StorageError("full", "no room left")),
    );
    const group = await commit;
    expect(await outcomes(group)).toMatchObject([{ code: "full" }, { code: "full" }]);
    for (const [index, { transaction }] of group.entries()) {
      expect(transaction.isOpen).toBe(true);
      expect(await transaction.commit(add(`again${index}`))).toMatchObject({ version: index + 2 });
    }
    expect(await textAt()).toBe("first+again0+again1");
    expect((await allBlobs(store)).size).toBe(3);
  });
});

describe("a commit that waits for its turn", () => {
  test("ends when its signal is aborted, though the one before is still under way", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const first = await Transaction.begin(context, "s");
    const under = first.commit(async () => {
      await held;
      return textContent("first");
    });
    const abort = new AbortController();
    const waiting = await Transaction.begin(context, "s");
    const aborted = waiting.commit(add("never"), { signal: abort.signal });
    const next = await Transaction.begin(context, "s");
    const follows = next.commit(add("next"));
    abort.abort(new Error("no longer wanted"));
    await expect(aborted).rejects.toThrow("no longer wanted");
    expect(waiting.isOpen).toBe(true);
    release(undefined);
    expect(await under).toMatchObject({ version: 1 });
    expect(await follows).toMatchObject({ version: 2 });
    expect(await textAt()).toBe("first+next");
    await waiting.abandon();
    expect(await intents()).toEqual([]);
  });

  test("does not wait at all when its signal was aborted before", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const first = await Transaction.begin(context, "s");
    const under = first.commit(async () => {
      await held;
      return textContent("first");
    });
    const waiting = await Transaction.begin(context, "s");
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(waiting.commit(add("never"), { signal })).rejects.toThrow("too late");
    release(undefined);
    await under;
  });

  test("is not built when its signal was aborted before", async () => {
    const transaction = await Transaction.begin(context, "s");
    let built = false;
    const commit = transaction.commit(
      () => {
        built = true;
        return textContent("never");
      },
      { signal: AbortSignal.abort(new Error("too late")) },
    );
    await expect(commit).rejects.toThrow("too late");
    expect(built).toBe(false);
    await transaction.abandon();
    expect(await refKeys(store)).toEqual([]);
  });

  test("fails alone when it was given up meanwhile", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const first = await Transaction.begin(context, "s");
    const under = first.commit(async () => {
      await held;
      return textContent("first");
    });
    const lost = await Transaction.begin(context, "s");
    const given = lost.commit(add("never"));
    const next = await Transaction.begin(context, "s");
    const follows = next.commit(add("next"));
    const state = await readIntent(rival, lost.id);
    if (state !== undefined) await replaceIntent(rival, state, { state: "aborted" });
    release(undefined);
    await expect(given).rejects.toMatchObject({ code: "transaction-expired" });
    expect(await under).toMatchObject({ version: 1 });
    expect(await follows).toMatchObject({ version: 2 });
    expect(await textAt()).toBe("first+next");
  });
});

/** A version whose manifest is so large that it is in pages of its own. */
async function manySegments(_: CommitBase, transaction: Transaction): Promise<VersionContent> {
  const first = await transaction.putSegment(bytes, hash);
  const others = segmentEntries(2500, { transactionId: transaction.id }).slice(1);
  const manifest = { handler: "test", body: "many", segments: [first, ...others] };
  return { manifest, identity: bytes, rawBytes: 0 };
}

describe("a commit on one that is not published yet", () => {
  test("finds its manifest although that is not stored yet, through shared values too", async () => {
    const { promise: built, resolve: release } = Promise.withResolvers<undefined>();
    const { blobs } = context;
    const slow: LibraryContext["blobs"] = {
      ...blobs,
      putNew: async (key, ...others) => {
        if (key.startsWith("m/")) await built;
        return blobs.putNew(key, ...others);
      },
    };
    Object.assign(context, { blobs: slow });
    const group = await commitTogether([
      [manySegments],
      [
        async (base) => {
          const sharedWith = await base.record();
          if (sharedWith === undefined) throw new Error("there is a version");
          return { operation: "metadata", sharedWith, metadata: "described" };
        },
      ],
      [
        async (base) => {
          const segments = (await base.version())?.manifest.segments ?? [];
          release(undefined);
          const manifest = { handler: "test", body: "appended", segments };
          return { manifest, operation: "append", identity: bytes, rawBytes: 0 };
        },
      ],
    ]);
    expect(await outcomes(group)).toMatchObject([{ version: 2 }, { version: 3 }, { version: 4 }]);
    const version = await resolveVersion(rival, "s");
    expect(version.manifest.segments).toHaveLength(2500);
    expect(version.segmentPages).toHaveLength(2);
    const described = await resolveVersion(rival, "s", { asOf: -2 });
    expect(described).toMatchObject({ metadata: "described", operation: "metadata" });
    expect(described.segmentPages.map(({ pointer }) => pointer)).toEqual(
      version.segmentPages.map(({ pointer }) => pointer),
    );
  });

  test("reads the base again when one before could not", async () => {
    await rivalCommits("base");
    const get = context.blobs.get.bind(context.blobs);
    let failures = 1;
    context.blobs.get = (...call) => {
      failures -= 1;
      return failures >= 0
        ? Promise.reject(new StorageError("unavailable", "not now", { retry: "safe" }))
        : get(...call);
    };
    const transactions = [
      await Transaction.begin(context, "s"),
      await Transaction.begin(context, "s"),
    ];
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const blocker = await Transaction.begin(context, "s");
    const under = blocker.commit(async () => {
      await held;
      throw new Error("only to let the others wait");
    });
    const [first, second] = transactions.map((transaction) => transaction.commit(add("x")));
    release(undefined);
    await expect(under).rejects.toThrow("only to let");
    await expect(first).rejects.toMatchObject({ code: "unavailable" });
    expect(await second).toMatchObject({ version: 2 });
    expect(await textAt()).toBe("base+x");
  });
});
