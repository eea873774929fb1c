import type { Clock } from "@foretile/resilience";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "../../src/commit/workspace.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { placePending } from "../../src/snapshot/pending-snapshot.ts";
import { publishRecord } from "../../src/snapshot/publish-record.ts";
import { readSnapshotRecord } from "../../src/snapshot/snapshot-record.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { commitText, present, textAt } from "../text-versions.ts";

const counter = createCallCounter();

let clock: Clock;
let context: LibraryContext;

beforeEach(async () => {
  clock = createInstantClock({ startMs: START_MS });
  const store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
  context = await openTestContext({ store, clock });
});

describe("deleting a snapshot", () => {
  test("reads and changes one record, and keeps what readers may still follow", async () => {
    for (const symbol of ["a", "b", "c"]) await commitText(context, symbol, symbol);
    await createSnapshot(context, "snap");
    const before = (await readSnapshotRecord(context, "snap"))?.record.current;
    await clock.sleep(1000);
    counter.reset();
    await deleteSnapshot(context, "snap");
    expect([...counter.totals()].map(([operation, { calls }]) => [operation, calls])).toEqual([
      ["refs.read", 1],
      ["refs.compareAndSet", 1],
    ]);
    expect((await readSnapshotRecord(context, "snap"))?.record).toMatchObject({
      current: undefined,
      dropped: [{ id: before?.id, droppedAtMs: START_MS + 1000, pages: before?.pages }],
      burned: false,
    });
  });

  test("frees its name, time and again", async () => {
    for (const text of ["a", "b", "c"]) {
      await commitText(context, "s", text);
      await createSnapshot(context, "snap");
      expect(await textAt(context, "s", "snap")).toBe(text);
      await deleteSnapshot(context, "snap");
      expect(await textAt(context, "s", "snap")).toBe("no-such-snapshot");
    }
    expect((await readSnapshotRecord(context, "snap"))?.record.dropped).toHaveLength(3);
  });

  test("does not free the name of an immutable one", async () => {
    await createSnapshot(context, "snap", { immutable: true });
    await deleteSnapshot(context, "snap");
    const burned = {
      code: "duplicate-snapshot",
      message: expect.stringContaining("never be used again") as string,
    };
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject(burned);
    // A collection leaves nothing of it but that.
    await publishRecord(context, "snap", {
      change: (record) => ({ ...present(record), dropped: [] }),
      isApplied: () => false,
    });
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject(burned);
    await expect(deleteSnapshot(context, "snap")).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
  });

  test("is refused for one that is not there, or not yet", async () => {
    await expect(deleteSnapshot(context, "snap")).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
    const { id } = await Workspace.open(context, {
      kind: "snapshot",
      symbols: [],
      snapshot: "snap",
      lifetimeMs: 1000,
    });
    await placePending(context, "snap", id, { createdAtMs: 0, metadata: null, immutable: false });
    await expect(deleteSnapshot(context, "snap")).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
  });

  test("is refused for a library that is only read", async () => {
    await createSnapshot(context, "snap");
    const reading: LibraryContext = { ...context, readOnly: true };
    await expect(deleteSnapshot(reading, "snap")).rejects.toMatchObject({
      code: "read-only-library",
    });
  });
});
