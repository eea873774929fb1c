import type { Clock } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { deleteIntent, readIntent, replaceIntent } from "../../src/commit/intent.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { listSnapshots } from "../../src/snapshot/list-snapshots.ts";
import { withdrawPending } from "../../src/snapshot/pending-snapshot.ts";
import { publishRecord } from "../../src/snapshot/publish-record.ts";
import {
  readSnapshotRecord,
  type PinnedSet,
  type SnapshotRecord,
} from "../../src/snapshot/snapshot-record.ts";
import {
  after,
  loseReply,
  loseRequest,
  noReply,
  refuse,
  scriptRefs,
  type ScriptedRefs,
} from "../commit/scripted-refs.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { allBlobs, refKeys } from "../open-test-library.ts";
import { commitText, itemsOf, present, textAt } from "../text-versions.ts";

let store: Store;
let clock: Clock;
let scripted: ScriptedRefs;
let context: LibraryContext;
/** Another process. */
let rival: LibraryContext;

beforeEach(async () => {
  store = openMemoryStore();
  clock = createInstantClock({ startMs: START_MS });
  scripted = scriptRefs(store.refs, "n/");
  context = await openTestContext({ clock, store: { blobs: store.blobs, refs: scripted.refs } });
  rival = await openTestContext({ clock, store, seed: 2 });
  await commitText(context, "s", "a");
});

const works = <T>(perform: () => Promise<T>): Promise<T> => perform();

const noAnswer = async (): Promise<never> => {
  throw noReply();
};

async function record(): Promise<SnapshotRecord | undefined> {
  return (await readSnapshotRecord(rival, "snap"))?.record;
}

async function names(): Promise<(string | undefined)[]> {
  return (await itemsOf(listSnapshots(rival))).map(({ name }) => name);
}

/** Gives up the transaction that makes the snapshot, as a collector does. */
async function giveUpMaker(): Promise<void> {
  const { id } = present((await record())?.current);
  await replaceIntent(rival, present(await readIntent(rival, id)), { state: "aborted" });
}

/** Forgets what was dropped, as a collector does. */
async function collectDropped(): Promise<void> {
  await publishRecord(rival, "snap", {
    change: (before) => before && { ...before, dropped: [] },
    isApplied: () => false,
  });
}

describe("a snapshot whose store loses replies", () => {
  test.each([
    ["to taking its name", [loseReply]],
    ["to its commit", [works, loseReply]],
    ["to both", [loseReply, loseReply]],
  ])("%s is made once, all the same", async (_, changes) => {
    scripted.changes.push(...changes);
    expect(await createSnapshot(context, "snap")).toMatchObject({ symbolCount: 1 });
    expect(await names()).toEqual(["snap"]);
    expect(await textAt(rival, "s", "snap")).toBe("a");
    expect(await refKeys(store)).toEqual(["h/s", "n/snap"]);
  });

  test.each([
    ["to taking its name", [loseRequest]],
    ["to its commit", [works, loseRequest]],
  ])("or requests %s sends them again", async (_, changes) => {
    scripted.changes.push(...changes);
    expect(await createSnapshot(context, "snap")).toMatchObject({ symbolCount: 1 });
    expect(await names()).toEqual(["snap"]);
  });

  test("was made even when it is deleted before that is read back", async () => {
    scripted.changes.push(works, async (perform) => {
      await perform();
      await deleteSnapshot(rival, "snap");
      throw noReply();
    });
    expect(await createSnapshot(context, "snap")).toMatchObject({ symbolCount: 1 });
    expect(await names()).toEqual([]);
    expect((await record())?.dropped).toHaveLength(1);
  });

  test("stays as it is, with its intent and its pages, when nobody says what became of it", async () => {
    scripted.changes.push(works, loseReply);
    // One read to take the name, one to commit.
    scripted.reads.push(works, works, noAnswer, noAnswer, noAnswer, noAnswer, noAnswer);
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
      code: "commit-outcome-unknown",
      retry: "unknown-outcome",
      details: { snapshot: "snap" },
    });
    expect(await textAt(rival, "s", "snap")).toBe("a");
    expect((await refKeys(store)).filter((key) => key.startsWith("i/"))).toHaveLength(1);
  });

  test("leaves nothing when its commit is surely refused", async () => {
    const before = await allBlobs(store);
    scripted.changes.push(works, refuse);
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({ code: "full" });
    expect(await refKeys(store)).toEqual(["h/s"]);
    expect(await allBlobs(store)).toEqual(before);
  });

  test("is told to be started again, not that cleaning up failed", async () => {
    scripted.changes.push(works, refuse, refuse);
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
      code: "full",
      message: expect.stringContaining("no room left") as string,
    });
    // What is left says so: a collector gives the transaction up, and the name is free.
    expect(await refKeys(store)).toHaveLength(3);
    await giveUpMaker();
    await createSnapshot(rival, "snap");
  });
});

describe("makers of one snapshot", () => {
  test("at the same time are told apart: one makes it, the others are told of the name", async () => {
    const makers = [1, 2, 3, 4].map(async (seed) =>
      createSnapshot(await openTestContext({ clock, store, seed: seed + 10 }), "snap"),
    );
    const results = await Promise.allSettled(makers);
    const failures = results.filter((result) => result.status === "rejected");
    expect(failures).toHaveLength(3);
    for (const { reason } of failures) expect(reason).toMatchObject({ code: "duplicate-snapshot" });
    expect(await textAt(rival, "s", "snap")).toBe("a");
    expect(await refKeys(store)).toEqual(["h/s", "n/snap"]);
  });

  test.each(["is gone", "was given up"])(
    "take the name of a pending one whose transaction %s, and that one never comes back",
    async (how) => {
      scripted.changes.push(
        works,
        after(async () => {
          const { id } = present((await record())?.current);
          await (how === "is gone" ? deleteIntent(rival, id) : giveUpMaker());
          await commitText(rival, "s", "b");
          await createSnapshot(rival, "snap", { metadata: "rival" });
        }),
      );
      await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
        code: "transaction-expired",
      });
      expect(await itemsOf(listSnapshots(rival))).toMatchObject([{ metadata: "rival" }]);
      expect(await textAt(rival, "s", "snap")).toBe("b");
      expect(await refKeys(store)).toEqual(["h/s", "n/snap"]);
    },
  );

  test("find out that they were given up before they commit", async () => {
    scripted.reads.push(works, after(giveUpMaker) as never);
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
      code: "transaction-expired",
    });
    expect(await names()).toEqual([]);
  });

  test("never touch what another has under their name", async () => {
    const others: PinnedSet = {
      id: "another",
      state: "pending",
      createdAtMs: 0,
      metadata: null,
      immutable: false,
      symbolCount: 0,
      pages: [],
    };
    const takeOver = (): Promise<void> =>
      publishRecord(rival, "snap", {
        change: (before) => ({ ...present(before), current: others }),
        isApplied: () => false,
      });
    scripted.changes.push(works, after(takeOver));
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
      code: "transaction-expired",
    });
    expect((await record())?.current).toEqual(others);
  });

  test("find out that they were given up, and their name too", async () => {
    scripted.changes.push(
      works,
      after(async () => {
        await giveUpMaker();
        await withdrawPending(rival, "snap", present((await record())?.current).id);
      }),
    );
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
      code: "transaction-expired",
    });
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("do not mind when others change the record meanwhile", async () => {
    await createSnapshot(context, "snap");
    await deleteSnapshot(context, "snap");
    scripted.changes.push(works, after(collectDropped));
    await createSnapshot(context, "snap");
    expect(await record()).toMatchObject({ current: { state: "committed" }, dropped: [] });
  });

  test("give up after too many lost races, and leave nothing", async () => {
    let change = 0;
    const touch = (): Promise<void> =>
      publishRecord(rival, "snap", {
        change: (before) => ({
          ...present(before),
          dropped: [{ id: `${(change += 1)}`, droppedAtMs: 0, pages: [] }],
        }),
        isApplied: () => false,
      });
    scripted.changes.push(works, ...Array.from({ length: 20 }, () => after(touch)));
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
      code: "concurrent-modification",
      retry: "safe",
    });
    expect(change).toBe(20);
    expect(await names()).toEqual([]);
    expect((await refKeys(store)).filter((key) => key.startsWith("i/"))).toEqual([]);
  });
});

describe("a deleted snapshot", () => {
  test("that failed to be made again keeps what its name had before", async () => {
    await createSnapshot(context, "snap");
    await deleteSnapshot(context, "snap");
    const before = await record();
    await expect(createSnapshot(context, "snap", { versions: { s: 9 } })).rejects.toMatchObject({
      code: "no-data-found",
    });
    expect(await record()).toEqual({ ...before, changeId: expect.any(String) as string });
  });

  test.each([
    ["the reply", loseReply],
    ["the request", loseRequest],
  ])("is deleted although %s is lost", async (_, step) => {
    await createSnapshot(context, "snap");
    scripted.changes.push(step);
    await deleteSnapshot(context, "snap");
    expect(await names()).toEqual([]);
    expect((await record())?.dropped).toHaveLength(1);
  });

  test("is deleted although the reply is lost and another takes its name", async () => {
    await createSnapshot(context, "snap");
    scripted.changes.push(async (perform) => {
      await perform();
      await createSnapshot(rival, "snap", { metadata: "rival" });
      throw noReply();
    });
    await deleteSnapshot(context, "snap");
    expect(await itemsOf(listSnapshots(rival))).toMatchObject([{ metadata: "rival" }]);
  });

  test("is deleted by one of those who try", async () => {
    await createSnapshot(context, "snap");
    const results = await Promise.allSettled([
      deleteSnapshot(context, "snap"),
      deleteSnapshot(rival, "snap"),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await record())?.dropped).toHaveLength(1);
  });
});
