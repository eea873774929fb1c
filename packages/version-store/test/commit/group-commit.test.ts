import { StorageError } from "@foretile/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { Transaction } from "../../src/commit/transaction.ts";
import { findByCommit } from "../../src/head/find-entry.ts";
import { readHead } from "../../src/head/head-record.ts";
import type { CommitBase, CommitResult, VersionContent } from "../../src/index.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { resolveRecord } from "../../src/version/resolve-version.ts";
import { allBlobs, textContent } from "../open-test-library.ts";
import { type CommitWorld, addText, openCommitWorld, outcomesOf } from "./commit-world.ts";
import { after, loseReply, loseRequest, silent } from "./scripted-refs.ts";

const bytes = new TextEncoder().encode("segment");
const hash = new Uint8Array(16).fill(7);

let world: CommitWorld;

beforeEach(async () => {
  world = await openCommitWorld();
});

describe("commits of one process to one symbol", () => {
  test("that come up together share few changes of the head, and each makes a version", async () => {
    const transactions = await Promise.all(
      Array.from({ length: 64 }, () => Transaction.begin(world.context, "s")),
    );
    world.counter.reset();
    const results = await Promise.all(
      transactions.map((transaction, index) => transaction.commit(addText(`${index}`))),
    );
    // One deletion of an intent for each; the rest are changes of the head.
    const changes = world.counter.totals().get("refs.compareAndSet")?.calls ?? 0;
    expect(changes - 64).toBeLessThanOrEqual(2);
    expect(results.map(({ version }) => version)).toEqual(
      Array.from({ length: 64 }, (_, index) => index + 1),
    );
    expect(new Set(results.map(({ commitId }) => commitId)).size).toBe(64);
    const times = results.map(({ committedAtMs }) => committedAtMs);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    expect(await world.textAt()).toBe(Array.from({ length: 64 }, (_, i) => `+${i}`).join(""));
    for (const { version, commitId } of results) {
      const record = await resolveRecord(world.rival, "s", { asOf: { commitId } });
      expect(record).toMatchObject({ version, baseVersion: version - 1 });
    }
    expect((await allBlobs(world.store)).size).toBe(64);
    expect(await world.intents()).toEqual([]);
  });

  test("are at most 64 to a group, and none is left out", async () => {
    const group = await world.commitTogether(
      Array.from({ length: 150 }, (_, i) => [addText(`${i}`)] as const),
    );
    const results = await outcomesOf(group);
    expect(results.map((result) => (result as CommitResult).version)).toEqual(
      Array.from({ length: 150 }, (_, index) => index + 2),
    );
  });

  test("of several symbols do not wait for each other", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const slow = await Transaction.begin(world.context, "slow");
    const under = slow.commit(async () => {
      await held;
      return textContent("slow");
    });
    const quick = await Transaction.begin(world.context, "quick");
    expect(await quick.commit(() => textContent("quick"))).toMatchObject({ version: 1 });
    release(undefined);
    expect(await under).toMatchObject({ version: 1 });
  });

  test("are told whether others follow", async () => {
    const more: boolean[] = [];
    const tell = (base: CommitBase): VersionContent => {
      more.push(base.more);
      return textContent("text");
    };
    await outcomesOf(await world.commitTogether([[tell], [tell], [tell]]));
    expect(more).toEqual([true, true, false]);
  });

  test("that fail to build fail alone", async () => {
    const group = await world.commitTogether([
      [addText("a")],
      [
        () => {
          throw new Error("cannot build");
        },
      ],
      [addText("b")],
      [
        () => ({
          ...textContent("x"),
          metadata: undefined,
          effect: Symbol("no document") as never,
        }),
      ],
      [addText("c")],
    ]);
    const results = await outcomesOf(group);
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
    expect(await world.textAt()).toBe("first+a+b+c");
    for (const { transaction } of group) await transaction.abandon();
    expect(await world.intents()).toEqual([]);
    expect((await allBlobs(world.store)).size).toBe(4);
  });

  test("whose documents cannot be stored fail alone, and nothing is built on them", async () => {
    const large = "x".repeat(100_000);
    const { blobs } = world.context;
    const small: LibraryContext["blobs"] = {
      ...blobs,
      putNew: (key, value, options) =>
        value.length > 90_000
          ? Promise.reject(new StorageError("too-large", "too large for this store"))
          : blobs.putNew(key, value, options),
    };
    Object.assign(world.context, { blobs: small });
    const group = await world.commitTogether([
      [addText("a")],
      [() => textContent(large)],
      [(base) => textContent(`on ${base.newest?.version}`)],
    ]);
    const results = await outcomesOf(group);
    expect(results[0]).toMatchObject({ version: 2 });
    expect(results[1]).toMatchObject({ code: "too-large" });
    expect(results[2]).toMatchObject({ version: 3 });
    expect(await world.textAt()).toBe("on 2");
    await group[1]?.transaction.abandon();
    expect(await world.intents()).toEqual([]);
    expect((await allBlobs(world.store)).size).toBe(3);
  });

  test("delete the segments and documents of those that lost", async () => {
    const group = await world.commitTogether([
      [addText("a")],
      [() => textContent("never"), { expectedVersion: 99 }],
    ]);
    const loser = group[1]?.transaction;
    await loser?.putSegment(bytes, hash);
    const results = await outcomesOf(group);
    expect(results[1]).toMatchObject({ code: "concurrent-modification" });
    await loser?.abandon();
    expect([...(await allBlobs(world.store)).keys()].filter((key) => key.startsWith("s/"))).toEqual(
      [],
    );
    expect(await world.intents()).toEqual([]);
  });
});

describe("an expected version within a group", () => {
  test("is compared with the version that the commit would follow", async () => {
    const group = await world.commitTogether([
      [addText("a"), { expectedVersion: 1 }],
      [addText("b"), { expectedVersion: 1 }],
      [addText("c"), { expectedVersion: 2 }],
      [() => ({ operation: "delete" })],
      [addText("d"), { expectedVersion: 0 }],
    ]);
    const results = await outcomesOf(group);
    expect(results[0]).toMatchObject({ version: 2 });
    expect(results[1]).toMatchObject({ code: "concurrent-modification", details: { found: 2 } });
    expect(results[2]).toMatchObject({ version: 3 });
    expect(results[3]).toMatchObject({ version: 4 });
    expect(results[4]).toMatchObject({ version: 5 });
    expect(await world.textAt()).toBe("+d");
    expect(await world.textAt(3)).toBe("first+a+c");
  });

  test("is compared again after a lost race", async () => {
    const commit = world.commitTogether([
      [addText("a"), { expectedVersion: 1 }],
      [addText("b"), { expectedVersion: 3 }],
      [addText("c"), { expectedVersion: 2 }],
    ]);
    world.scripted.changes.push(
      (perform) => perform(),
      after(() => world.rivalCommits()),
    );
    const results = await outcomesOf(await commit);
    expect(results[0]).toMatchObject({ code: "concurrent-modification" });
    expect(results[1]).toMatchObject({ code: "concurrent-modification" });
    expect(results[2]).toMatchObject({ version: 3 });
    expect(await world.textAt()).toBe("rival+c");
  });
});

describe("unchanged content within a group", () => {
  const skip = { skipUnchanged: true };

  test("is that of the version that the commit would follow", async () => {
    const group = await world.commitTogether([
      [() => textContent("a"), skip],
      [() => textContent("a"), skip],
      [() => textContent("b"), skip],
      [() => textContent("a"), skip],
      [() => ({ ...textContent("a"), metadata: "other" }), skip],
    ]);
    const results = (await outcomesOf(group)) as CommitResult[];
    expect(results.map(({ version, changed }) => [version, changed])).toEqual([
      [2, true],
      [2, false],
      [3, true],
      [4, true],
      [5, true],
    ]);
    expect(results[1]?.commitId).toBe(results[0]?.commitId);
    expect((await allBlobs(world.store)).size).toBe(5);
    expect(await world.intents()).toEqual([]);
  });

  test("is compared again after a lost race", async () => {
    const commit = world.commitTogether([
      [() => textContent("a"), skip],
      [() => textContent("rival"), skip],
    ]);
    world.scripted.changes.push(
      (perform) => perform(),
      after(() => world.rivalCommits("rival")),
    );
    const results = await outcomesOf(await commit);
    expect(results).toMatchObject([
      { version: 3, changed: true },
      { version: 4, changed: true },
    ]);
    expect(await world.textAt(3)).toBe("a");
  });

  test("publishes nothing when all of it is unchanged", async () => {
    const group = world.commitTogether([
      [() => textContent("first"), skip],
      [() => textContent("first"), skip],
    ]);
    const results = await outcomesOf(await group);
    expect(results).toMatchObject([
      { version: 1, changed: false },
      { version: 1, changed: false },
    ]);
    expect((await readHead(world.rival, headKey("s"), "s"))?.head.lastVersion).toBe(1);
  });
});

describe("a group whose change of the head", () => {
  test("was lost is built again, all of it", async () => {
    const commit = world.commitTogether([[addText("a")], [addText("b")]]);
    world.scripted.changes.push(
      (perform) => perform(),
      after(() => world.rivalCommits()),
      after(() => world.rivalCommits("rival again")),
    );
    const results = await outcomesOf(await commit);
    expect(results).toMatchObject([{ version: 4 }, { version: 5 }]);
    expect(await world.textAt()).toBe("rival again+a+b");
    // Those of the lost attempts are gone.
    expect((await allBlobs(world.store)).size).toBe(5);
    expect(await world.intents()).toEqual([]);
  });

  test.each([
    ["reply", loseReply],
    ["request", loseRequest],
  ])("lost its %s is settled for all of them", async (_, fate) => {
    const commit = world.commitTogether([[addText("a")], [addText("b")]]);
    world.scripted.changes.push((perform) => perform(), fate);
    const results = await outcomesOf(await commit);
    expect(results).toMatchObject([{ version: 2 }, { version: 3 }]);
    expect(await world.textAt()).toBe("first+a+b");
    expect(await world.intents()).toEqual([]);
  });

  test("has an unknown outcome is unknown for all of them, and each can ask later", async () => {
    let builds = 0;
    const commit = world.commitTogether([
      [
        async (base) => {
          builds += 1;
          world.scripted.reads.push(silent, silent, silent, silent, silent);
          return addText("a")(base);
        },
      ],
      [addText("b")],
      [() => textContent("first"), { expectedVersion: 77 }],
    ]);
    world.scripted.changes.push((perform) => perform(), loseReply);
    const group = await commit;
    const results = await outcomesOf(group);
    const head = (await readHead(world.rival, headKey("s"), "s"))?.head;
    if (head === undefined) throw new Error("the head was published");
    for (const [index, version] of [2, 3].entries()) {
      const error = results[index] as Error & { details: { commitId: string } };
      expect(error).toMatchObject({
        code: "commit-outcome-unknown",
        retry: "unknown-outcome",
        details: { version },
      });
      expect(await findByCommit(world.rival, head, error.details.commitId)).toMatchObject({
        version,
      });
      // It neither takes another commit nor deletes what may have been published.
      const transaction = group[index]?.transaction;
      expect(transaction?.isOpen).toBe(false);
      await transaction?.abandon();
    }
    expect(results[2]).toMatchObject({ code: "concurrent-modification" });
    expect(group[2]?.transaction.isOpen).toBe(true);
    expect(builds).toBe(1);
    expect(await world.textAt()).toBe("first+a+b");
    expect(await world.intents()).toHaveLength(3);
  });

  test("has an unknown outcome is settled for those that changed nothing", async () => {
    const commit = world.commitTogether([
      [() => textContent("first"), { skipUnchanged: true }],
      [
        async (base) => {
          world.scripted.reads.push(silent, silent, silent, silent, silent);
          return addText("b")(base);
        },
      ],
    ]);
    world.scripted.changes.push((perform) => perform(), loseReply);
    const results = await outcomesOf(await commit);
    expect(results[0]).toMatchObject({ version: 1, changed: false });
    expect(results[1]).toMatchObject({ code: "commit-outcome-unknown" });
  });

  test("is refused leaves all of them open, to be repeated", async () => {
    const commit = world.commitTogether([[addText("a")], [addText("b")]]);
    world.scripted.changes.push(
      (perform) => perform(),
      () => Promise.reject(new StorageError("full", "no room left")),
    );
    const group = await commit;
    expect(await outcomesOf(group)).toMatchObject([{ code: "full" }, { code: "full" }]);
    for (const [index, { transaction }] of group.entries()) {
      expect(transaction.isOpen).toBe(true);
      expect(await transaction.commit(addText(`again${index}`))).toMatchObject({
        version: index + 2,
      });
    }
    expect(await world.textAt()).toBe("first+again0+again1");
    expect((await allBlobs(world.store)).size).toBe(3);
  });
});
