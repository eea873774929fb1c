import { StorageError } from "@foretile/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { readIntent, replaceIntent } from "../../src/commit/intent.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { Workspace } from "../../src/commit/workspace.ts";
import type { CommitBase, VersionContent } from "../../src/index.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { resolveEntry, resolveVersion } from "../../src/version/resolve-version.ts";
import { textContent } from "../open-test-library.ts";
import { segmentEntries } from "../manifest/segment-entries.ts";
import { type CommitWorld, addText, openCommitWorld, outcomesOf } from "./commit-world.ts";

const bytes = new TextEncoder().encode("segment");
const hash = new Uint8Array(16).fill(7);

let world: CommitWorld;

beforeEach(async () => {
  world = await openCommitWorld();
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
    const { blobs } = world.context;
    const slow: LibraryContext["blobs"] = {
      ...blobs,
      putNew: async (key, ...others) => {
        if (key.startsWith("m/")) await built;
        return blobs.putNew(key, ...others);
      },
    };
    Object.assign(world.context, { blobs: slow });
    const group = await world.commitTogether([
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
    expect(await outcomesOf(group)).toMatchObject([{ version: 2 }, { version: 3 }, { version: 4 }]);
    const version = await resolveVersion(world.rival, "s");
    expect(version.manifest.segments).toHaveLength(2500);
    expect(version.segmentPages).toHaveLength(2);
    const described = await resolveVersion(world.rival, "s", { asOf: -2 });
    expect(described).toMatchObject({ metadata: "described", operation: "metadata" });
    expect(described.segmentPages.map(({ pointer }) => pointer)).toEqual(
      version.segmentPages.map(({ pointer }) => pointer),
    );
  });

  test("is told what the others of its group did, though nothing of it is stored yet", async () => {
    await world.rivalCommits("base");
    const { promise: built, resolve: release } = Promise.withResolvers<undefined>();
    const { blobs } = world.context;
    const slow: LibraryContext["blobs"] = {
      ...blobs,
      putNew: async (...call) => {
        await built;
        return blobs.putNew(...call);
      },
    };
    const told: unknown[] = [];
    const group = world.commitTogether([
      [() => ({ ...textContent("one"), metadata: "first of the group" })],
      [() => ({ operation: "delete" })],
      [
        async (base) => {
          for (const entry of await base.since(1)) {
            const { metadata, operation } = await base.recordOf(entry);
            told.push([entry.version, operation, metadata]);
          }
          told.push((await base.find(3))?.version, (await base.find(1))?.version);
          release(undefined);
          return textContent("two");
        },
      ],
    ]);
    world.scripted.changes.push(async (perform) => {
      Object.assign(world.context, { blobs: slow });
      return perform();
    });
    expect(await outcomesOf(await group)).toMatchObject([
      { version: 3 },
      { version: 4 },
      { version: 5 },
    ]);
    expect(told).toEqual([
      [4, "delete", null],
      [3, "write", "first of the group"],
      [2, "write", null],
      3,
      1,
    ]);
  });

  test("reads the base again when one before could not", async () => {
    await world.rivalCommits("base");
    const get = world.context.blobs.get.bind(world.context.blobs);
    let failures = 1;
    world.context.blobs.get = (...call) => {
      failures -= 1;
      return failures >= 0
        ? Promise.reject(new StorageError("unavailable", "not now", { retry: "safe" }))
        : get(...call);
    };
    const transactions = [
      await Transaction.begin(world.context, "s"),
      await Transaction.begin(world.context, "s"),
    ];
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const blocker = await Transaction.begin(world.context, "s");
    const under = blocker.commit(async () => {
      await held;
      throw new Error("only to let the others wait");
    });
    const [first, second] = transactions.map((transaction) => transaction.commit(addText("x")));
    release(undefined);
    await expect(under).rejects.toThrow("only to let");
    await expect(first).rejects.toMatchObject({ code: "unavailable" });
    expect(await second).toMatchObject({ version: 2 });
    expect(await world.textAt()).toBe("base+x");
  });
});

/** Collects the newest version's document. */
async function collectNewest(): Promise<void> {
  const entry = await resolveEntry(world.rival, "s");
  await world.store.blobs.deleteMany([entry.document.key]);
}

describe("a commit whose base", () => {
  test("was removed and collected while it is built, is built on the newest", async () => {
    await world.rivalCommits("old");
    let builds = 0;
    await using transaction = await Transaction.begin(world.context, "s");
    const result = await transaction.commit(async (base) => {
      builds += 1;
      if (builds === 1) {
        await collectNewest();
        await world.rivalCommits("new");
      }
      return addText("mine")(base);
    });
    expect(builds).toBe(2);
    expect(result).toMatchObject({ version: 3 });
    expect(await world.textAt()).toBe("new+mine");
  });

  test("is damaged fails, and leaves the transaction open", async () => {
    await world.rivalCommits("old");
    await collectNewest();
    await using transaction = await Transaction.begin(world.context, "s");
    await expect(transaction.commit(addText("mine"))).rejects.toMatchObject({
      code: "data-integrity",
    });
    expect(transaction.isOpen).toBe(true);
    // A value of its own needs nothing of the damaged one.
    expect(await transaction.commit(() => textContent("whole"))).toMatchObject({ version: 2 });
    expect(await world.textAt()).toBe("whole");
  });
});

async function stage(): Promise<{ staged: Workspace; content: VersionContent }> {
  const staged = await Workspace.open(world.rival, {
    kind: "stage",
    symbols: ["s"],
    lifetimeMs: 1000,
  });
  const segment = await staged.putSegment({ bytes, hash, facts: null });
  const manifest = { handler: "test", body: "staged", segments: [segment] };
  return { staged, content: { manifest, identity: bytes, rawBytes: 0 } };
}

describe("a commit of staged segments", () => {
  test("names them while their transaction runs, and leaves them to it", async () => {
    const { staged, content } = await stage();
    await using transaction = await Transaction.begin(world.context, "s");
    transaction.adopt(staged.id);
    expect(await transaction.commit(() => content)).toMatchObject({ version: 1, storedBytes: 7 });
    expect(await world.intents()).toEqual([`i/${staged.id}`]);
    expect(await world.textAt()).toBe("staged");
  });

  test("fails when they were staged for another symbol, whose head alone would be touched", async () => {
    const { staged, content } = await stage();
    await using transaction = await Transaction.begin(world.context, "other");
    transaction.adopt(staged.id);
    await expect(transaction.commit(() => content)).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });

  test("fails when their transaction is over, was given up, or was never adopted", async () => {
    const expired = { code: "transaction-expired" };
    for (const end of ["closed", "aborted", "strange"] as const) {
      const { staged, content } = await stage();
      await using transaction = await Transaction.begin(world.context, "s");
      if (end !== "strange") transaction.adopt(staged.id);
      if (end === "closed") await staged.close([]);
      const state = await readIntent(world.rival, staged.id);
      if (end === "aborted" && state !== undefined) {
        await replaceIntent(world.rival, state, { state: "aborted" });
      }
      await expect(transaction.commit(() => content)).rejects.toMatchObject(
        end === "strange" ? { code: "concurrent-modification" } : expired,
      );
    }
  });
});
