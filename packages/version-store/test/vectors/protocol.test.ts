import { setImmediate } from "node:timers/promises";
import type { Clock, IdSource } from "@foretile/resilience";
import { StorageError, type Store } from "@foretile/storage";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { deleteIntent } from "../../src/commit/intent.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import type { CommitBase, CommitResult, VersionContent } from "../../src/index.ts";
import { parseBlobKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { readSegment } from "../../src/placement/read-segment.ts";
import { prune } from "../../src/retention/prune.ts";
import { resolveEntry, resolveRecord, resolveVersion } from "../../src/version/resolve-version.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { allBlobs, refKeys, textContent } from "../open-test-library.ts";
import { commitText, listedNumbers, textAt } from "../text-versions.ts";
import {
  arriveLate,
  failSafely,
  loseReply,
  scriptRefs,
  type ScriptedRefs,
} from "../commit/scripted-refs.ts";

const bytes = new TextEncoder().encode("segment");
const hash = new Uint8Array(16).fill(7);

let store: Store;
let clock: Clock;
/** A process whose calls can be made to fail. */
let scripted: ScriptedRefs;
let context: LibraryContext;
/** Another process. */
let rival: LibraryContext;

beforeEach(async () => {
  store = openMemoryStore();
  clock = createInstantClock({ startMs: START_MS });
  scripted = scriptRefs(store.refs);
  context = await openTestContext({ store: { blobs: store.blobs, refs: scripted.refs }, clock });
  rival = await openTestContext({ store, clock, seed: 2 });
});

/** Lets a minute pass. @returns the time in its middle */
async function aMinute(): Promise<{ timestamp: number }> {
  await clock.sleep(30_000);
  const timestamp = clock.nowMs();
  await clock.sleep(30_000);
  return { timestamp };
}

/** Content that adds a row to the rows of the version before. */
function addRow(row: string): (base: CommitBase) => Promise<VersionContent> {
  return async (base) => {
    const rows = (await base.version())?.manifest.body ?? "";
    return textContent(typeof rows === "string" && rows !== "" ? `${rows},${row}` : row);
  };
}

/** Adds a row, again and again as long as the library says that nothing happened. */
async function addSurely(process: LibraryContext, row: string): Promise<CommitResult> {
  for (;;) {
    await using transaction = await Transaction.begin(process, "s");
    try {
      return await transaction.commit(addRow(row));
    } catch (error) {
      if ((error as { retry?: string }).retry !== "safe") throw error;
    }
  }
}

describe("numbers and times", () => {
  test("vector 2: a time leads to the version that was the newest", async () => {
    const before = await aMinute();
    await commitText(context, "s", "A");
    const between = await aMinute();
    await commitText(context, "s", "B");
    const afterwards = await aMinute();
    expect(await textAt(rival, "s", before)).toBe("no-data-found");
    expect(await textAt(rival, "s", between)).toBe("A");
    expect(await textAt(rival, "s", afterwards)).toBe("B");
  });

  test("vector 3: a value that comes back is a version of its own", async () => {
    const times: { timestamp: number }[] = [];
    for (const text of ["A", "B", "A"]) {
      await commitText(context, "s", text);
      times.push(await aMinute());
    }
    const texts = await Promise.all(times.map((time) => textAt(rival, "s", time)));
    expect(texts).toEqual(["A", "B", "A"]);
    expect(await listedNumbers(rival, "s")).toEqual([3, 2, 1]);
  });

  test("vector 4: an older version is read by its number", async () => {
    await commitText(context, "s", "A");
    await commitText(context, "s", "B");
    expect(await textAt(rival, "s", 1)).toBe("A");
    expect(await textAt(rival, "s")).toBe("B");
  });

  test("vector 5: in one tick of the clock, the higher number is the newer, whatever the ids", async () => {
    let left = 1000;
    const falling: IdSource = {
      nextId: () => {
        left -= 1;
        return String(left).padStart(26, "0");
      },
    };
    const process: LibraryContext = { ...context, ids: falling };
    await commitText(process, "s", "A");
    await commitText(process, "s", "B");
    const [first, second] = [
      await resolveEntry(rival, "s", { asOf: 1 }),
      await resolveEntry(rival, "s", { asOf: 2 }),
    ];
    expect(second.commitId < first.commitId).toBe(true);
    expect(clock.nowMs()).toBe(START_MS);
    expect(await textAt(rival, "s")).toBe("B");
    expect(await textAt(rival, "s", { timestamp: START_MS + 1 })).toBe("B");
    for (const { commitId, version } of [first, second]) {
      expect(await resolveEntry(rival, "s", { asOf: { commitId } })).toMatchObject({ version });
    }
  });

  test("vector 102: a writer whose clock is an hour behind neither breaks the order nor the times", async () => {
    const behind = await openTestContext({
      store,
      clock: createInstantClock({ startMs: START_MS - 3_600_000 }),
      seed: 3,
    });
    for (const [index, process] of [context, behind, context, behind].entries()) {
      await commitText(process, "s", `${index + 1}`);
    }
    expect(await listedNumbers(rival, "s")).toEqual([4, 3, 2, 1]);
    const times: number[] = [];
    for (const version of [1, 2, 3, 4]) {
      const entry = await resolveEntry(rival, "s", { asOf: version });
      times.push(entry.committedAtMs);
      const asOf = { timestamp: entry.committedAtMs };
      expect(await resolveEntry(rival, "s", { asOf })).toMatchObject({ version });
    }
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  });
});

describe("a write that fails", () => {
  test("vector 12: after its segments were stored changes nothing, and they name the transaction", async () => {
    await commitText(context, "s", "old");
    const before = await allBlobs(store);
    const transaction = await Transaction.begin(context, "s");
    await transaction.putSegment(bytes, hash);
    await transaction.putSegment(bytes, hash);
    scripted.changes.push(() => Promise.reject(new StorageError("full", "no room left")));
    await expect(transaction.commit(() => textContent("new"))).rejects.toMatchObject({
      code: "full",
    });
    // Its process ends here.
    expect(await listedNumbers(rival, "s")).toEqual([1]);
    expect(await textAt(rival, "s")).toBe("old");
    const garbage = [...(await allBlobs(store)).keys()].filter((key) => !before.has(key));
    expect(garbage.length).toBeGreaterThanOrEqual(2);
    for (const key of garbage) expect(parseBlobKey(key)?.transactionId).toBe(transaction.id);
    expect(await refKeys(store)).toContain(`i/${transaction.id}`);
  });

  test("vector 96: for a moment, at its publication, is published without being made again", async () => {
    const counter = createCallCounter();
    const blobs = withObserver(store, { clock, observe: counter.observe }).blobs;
    const process: LibraryContext = { ...context, blobs };
    let builds = 0;
    scripted.changes.push(failSafely, failSafely);
    await using transaction = await Transaction.begin(process, "s");
    const result = await transaction.commit(() => {
      builds += 1;
      return textContent("A");
    });
    expect(result).toMatchObject({ version: 1 });
    expect(builds).toBe(1);
    expect(counter.totals().get("blobs.putNew")?.calls).toBe(1);
  });
});

/** A clock on which those who sleep let the others go first, longer sleepers longer. */
function yieldingClock(): Clock {
  return {
    ...clock,
    sleep: async (durationMs) => {
      for (let turn = 0; turn < durationMs / 10; turn += 1) await setImmediate();
    },
  };
}

describe("several writers", () => {
  test("vector 93: eight libraries add a hundred rows each, and every row is there once", async () => {
    const processes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        openTestContext({ store, clock: yieldingClock(), seed: 10 + index }),
      ),
    );
    await Promise.all(
      processes.map(async (process, writer) => {
        for (let row = 0; row < 100; row += 1) await addSurely(process, `${writer}.${row}`);
      }),
    );
    const text = await textAt(rival, "s");
    const rows = typeof text === "string" ? text.split(",") : [];
    expect(rows).toHaveLength(800);
    expect(new Set(rows).size).toBe(800);
    // The rows of one writer are in the order in which it wrote them.
    for (let writer = 0; writer < 8; writer += 1) {
      const own = rows.filter((row) => row.startsWith(`${writer}.`));
      expect(own).toEqual(Array.from({ length: 100 }, (_, row) => `${writer}.${row}`));
    }
    expect(await listedNumbers(rival, "s")).toHaveLength(800);
    expect((await refKeys(store)).filter((key) => key.startsWith("i/"))).toEqual([]);
  }, 60_000);

  test("vector 94: of two that expect the same version one succeeds, and the other leaves no trace", async () => {
    await commitText(context, "s", "A");
    const attempts = await Promise.allSettled(
      [context, rival].map(async (process, index) => {
        await using transaction = await Transaction.begin(process, "s");
        return await transaction.commit(() => textContent(`B${index}`), { expectedVersion: 1 });
      }),
    );
    const statuses = attempts.map(({ status }) => status).toSorted();
    expect(statuses).toEqual(["fulfilled", "rejected"]);
    const lost = attempts.find((attempt) => attempt.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "concurrent-modification" });
    const winner = attempts.findIndex(({ status }) => status === "fulfilled");
    expect(await textAt(rival, "s")).toBe(`B${winner}`);
    expect(await listedNumbers(rival, "s")).toEqual([2, 1]);
    expect((await allBlobs(store)).size).toBe(2);
  });

  test("vector 95: a number that was taken meanwhile is not used; the value is made again", async () => {
    await commitText(context, "s", "A");
    const bases: (number | undefined)[] = [];
    await using transaction = await Transaction.begin(context, "s");
    const result = await transaction.commit(async (base) => {
      bases.push(base.newest?.version);
      if (bases.length === 1) await commitText(rival, "s", "B");
      return addRow("mine")(base);
    });
    expect(bases).toEqual([1, 2]);
    expect(result).toMatchObject({ version: 3 });
    expect(await textAt(rival, "s")).toBe("B,mine");
    expect(await textAt(rival, "s", 2)).toBe("B");
  });

  test("vector 116: writers of symbols of their own do not disturb each other", async () => {
    const counter = createCallCounter();
    const observed = withObserver(store, { clock, observe: counter.observe });
    await Promise.all(
      Array.from({ length: 64 }, async (_, index) => {
        const process = await openTestContext({ store: observed, clock, seed: 100 + index });
        for (let version = 1; version <= 10; version += 1) {
          await commitText(process, `symbol ${index}`, `${index}.${version}`);
        }
      }),
    );
    for (const index of [0, 31, 63]) {
      expect(await textAt(rival, `symbol ${index}`)).toBe(`${index}.10`);
    }
    // An intent is made and deleted, and a head changed, for each commit and no more.
    expect(counter.totals().get("refs.compareAndSet")?.calls).toBe(64 * 10 * 3);
  });
});

/** Loses the reply to the publication, and lets others act before it is read back. */
async function commitWhile(others: () => Promise<void>): Promise<CommitResult> {
  scripted.changes.push(loseReply);
  scripted.reads.push(
    (perform) => perform(),
    async (perform) => {
      await others();
      return perform();
    },
  );
  await using transaction = await Transaction.begin(context, "s");
  return await transaction.commit(addRow("mine"));
}

describe("a reply to a publication that is lost", () => {
  test("vector 97: it happened, and is reported once", async () => {
    scripted.changes.push(loseReply);
    await using transaction = await Transaction.begin(context, "s");
    const result = await transaction.commit(addRow("mine"));
    expect(result).toMatchObject({ version: 1, changed: true });
    expect(await textAt(rival, "s")).toBe("mine");
    expect(await listedNumbers(rival, "s")).toEqual([1]);
  });

  test.each([50, 150])("vector 98: it is recognised after %i other commits", async (count) => {
    const result = await commitWhile(async () => {
      for (let other = 1; other <= count; other += 1) {
        await using transaction = await Transaction.begin(rival, "s");
        await transaction.commit(addRow(`${other}`));
      }
    });
    expect(result).toMatchObject({ version: 1 });
    const rows = String(await textAt(rival, "s")).split(",");
    expect(rows.filter((row) => row === "mine")).toHaveLength(1);
    expect(rows).toHaveLength(count + 1);
  });

  test("vector 98: it is recognised after others built on it and pruned it away", async () => {
    const result = await commitWhile(async () => {
      for (let other = 1; other <= 100; other += 1) {
        await using transaction = await Transaction.begin(rival, "s");
        await transaction.commit(addRow(`${other}`));
      }
      await prune(rival, "s", { keepLast: 1 });
    });
    expect(result).toMatchObject({ version: 1 });
    const rows = String(await textAt(rival, "s")).split(",");
    expect(rows.filter((row) => row === "mine")).toHaveLength(1);
    expect(await listedNumbers(rival, "s")).toEqual([101]);
  });

  test("vector 99: a request that is late, after its writer sent another, finds nothing to change", async () => {
    scripted.changes.push(arriveLate(scripted));
    await using transaction = await Transaction.begin(context, "s");
    expect(await transaction.commit(addRow("mine"))).toMatchObject({ version: 1 });
    await scripted.arrive();
    expect(await textAt(rival, "s")).toBe("mine");
    expect(await listedNumbers(rival, "s")).toEqual([1]);
  });

  test("vector 99: a request that is late, after its writer failed for certain, finds nothing to change", async () => {
    await commitText(rival, "s", "A");
    scripted.changes.push(arriveLate(scripted));
    scripted.reads.push(
      (perform) => perform(),
      async (perform) => {
        await commitText(rival, "s", "B");
        return perform();
      },
    );
    const transaction = await Transaction.begin(context, "s");
    const commit = transaction.commit(addRow("mine"), { expectedVersion: 1 });
    await expect(commit).rejects.toMatchObject({ code: "concurrent-modification" });
    await scripted.arrive();
    await transaction.abandon();
    await scripted.arrive();
    expect(await textAt(rival, "s")).toBe("B");
    expect(await listedNumbers(rival, "s")).toEqual([2, 1]);
  });
});

async function commitSegment(): Promise<void> {
  await using transaction = await Transaction.begin(context, "s");
  const segment = await transaction.putSegment(bytes, hash);
  const manifest = { handler: "test", body: "segment", segments: [segment] };
  await transaction.commit(() => ({ manifest, identity: bytes, rawBytes: 0 }));
}

describe("a version that is removed while it is used", () => {
  test("vector 100: its segments are not used by a version that comes after its removal", async () => {
    await commitSegment();
    await using transaction = await Transaction.begin(context, "s");
    const relied = await transaction.base();
    const segments = relied?.manifest.segments ?? [];
    const again = (): VersionContent => ({
      manifest: { handler: "test", body: "again", segments },
      identity: bytes,
      rawBytes: 0,
    });
    // The race is lost to the pruning, not to the commit before it.
    scripted.changes.push(async (perform) => {
      await commitText(rival, "s", "newer");
      await prune(rival, "s", { keepLast: 1 });
      return perform();
    });
    await expect(transaction.commit(again)).rejects.toMatchObject({
      code: "concurrent-modification",
      retry: "safe",
    });
    const segment = await transaction.putSegment(bytes, hash);
    const result = await transaction.commit(() => ({
      manifest: { handler: "test", body: "again", segments: [segment] },
      identity: bytes,
      rawBytes: 0,
    }));
    expect(result).toMatchObject({ version: 3 });
    expect(await readSegment(rival, segment)).toEqual(bytes);
  });

  test("vector 100: its value is not shared by a version that comes after its removal", async () => {
    await commitSegment();
    const sharedWith = await resolveRecord(context, "s");
    await using transaction = await Transaction.begin(context, "s");
    const share = (): VersionContent => ({ operation: "metadata", sharedWith, metadata: "new" });
    scripted.changes.push(async (perform) => {
      await commitText(rival, "s", "newer");
      await prune(rival, "s", { keepLast: 1 });
      return perform();
    });
    await expect(transaction.commit(share)).rejects.toMatchObject({
      code: "concurrent-modification",
      retry: "safe",
    });
    expect(await textAt(rival, "s")).toBe("newer");
    // One that is live may be shared, though others came after it.
    const live = await resolveRecord(context, "s");
    await commitText(rival, "s", "newest");
    const result = await transaction.commit(() => ({ operation: "restore", sharedWith: live }));
    expect(result).toMatchObject({ version: 4 });
    expect(await textAt(rival, "s")).toBe("newer");
  });

  test("vector 101: its reader goes on reading it", async () => {
    await commitSegment();
    const opened = await resolveVersion(rival, "s", { asOf: 1 });
    await commitText(context, "s", "newer");
    await prune(context, "s", { keepLast: 1 });
    expect(await textAt(rival, "s", 1)).toBe("no-data-found");
    const [segment] = opened.manifest.segments;
    if (segment === undefined) throw new Error("the version has a segment");
    expect(await readSegment(rival, segment)).toEqual(bytes);
  });
});

test("a transaction whose intent somebody deleted cannot commit", async () => {
  await using transaction = await Transaction.begin(context, "s");
  await deleteIntent(rival, transaction.id);
  await expect(transaction.commit(() => textContent("A"))).rejects.toMatchObject({
    code: "transaction-expired",
  });
  expect(await textAt(rival, "s")).toBe("no-data-found");
});
