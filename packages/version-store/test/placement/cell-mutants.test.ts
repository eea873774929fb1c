import { toKey } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import type * as CellSequence from "../../src/placement/cell-sequence.ts";
import type * as DeleteCells from "../../src/placement/delete-cells.ts";

const modules = {
  cellSequence: "../../src/placement/cell-sequence.ts",
  deleteCells: "../../src/placement/delete-cells.ts",
} as const;

const startMs = 1_500_000_000_000;
const hash = new Uint8Array(16);

/** Mistakes that a placement of cells must not make: one module each, replaced. */
const mutants: Record<string, () => void> = {
  "timestamps that only the clock gives": () => {
    vi.doMock(modules.cellSequence, (): typeof CellSequence => ({
      nextCellTime: async ({ clock }) => Math.floor(clock.nowMs()) * 1000,
    }));
  },
  "lists that go without their cells": () => {
    vi.doMock(modules.deleteCells, (): typeof DeleteCells => ({
      deleteCellLists: async ({ blobs }, keys) => blobs.deleteMany(keys),
    }));
  },
};

afterEach(() => {
  vi.resetModules();
  for (const module of Object.values(modules)) vi.doUnmock(module);
});

/**
 * Two transactions in one millisecond write one place; then the writer of a third dies between any two of its calls, and
 * everything is collected.
 *
 * @param dyingCall the call of the third transaction that fails, as do all after it
 * @returns what is wrong
 */
async function tryOut(dyingCall: number): Promise<readonly string[]> {
  const { createLibrary, openLibrary } = await import("../../src/index.ts");
  const store = openMemoryStore();
  const clock = createInstantClock({ startMs });
  const library = await createLibrary({
    store,
    clock,
    random: createSeededRandom(1),
    composition: { placement: "cells" },
    probe: false,
  });
  const put = async (at: typeof library, fill: number) => {
    const transaction = await at.begin("s");
    const cell = { table: "low", row: toKey("row"), family: "p", qualifier: "d" };
    const segment = await transaction.putSegment(Uint8Array.of(fill), hash, { cell });
    await transaction.commit(() => ({
      manifest: { handler: "h", body: null, segments: [segment] },
      identity: Uint8Array.of(fill),
      rawBytes: 1,
    }));
  };
  await put(library, 1);
  await put(library, 2);

  let calls = 0;
  const mayCall = (): void => {
    calls += 1;
    if (calls >= dyingCall) throw new Error("the process died");
  };
  const { blobs, refs } = store;
  const table = store.table("low");
  const dying = await openLibrary({
    clock,
    random: createSeededRandom(2),
    probe: false,
    store: {
      refs: {
        ...refs,
        compareAndSet: async (...call) => {
          mayCall();
          return refs.compareAndSet(...call);
        },
      },
      blobs: {
        ...blobs,
        putNew: async (...call) => {
          mayCall();
          return blobs.putNew(...call);
        },
        deleteMany: async (...call) => {
          mayCall();
          return blobs.deleteMany(...call);
        },
      },
      table: () => ({
        ...table,
        mutateRows: async (...call) => {
          mayCall();
          return table.mutateRows(...call);
        },
      }),
    },
  });
  await put(dying, 3).catch(() => undefined);
  const later = createInstantClock({ startMs: startMs + 10 * 3_600_000 });
  const collector = await openLibrary({ store, clock: later, random: createSeededRandom(3) });
  await collector.collect({ force: true });

  const wrong: string[] = [];
  const published = new Set<number>();
  for (const version of [1, 2, 3]) {
    const found = await collector.resolve("s", { asOf: version }).catch(() => undefined);
    const [entry] = found?.manifest.segments ?? [];
    if (entry === undefined) continue;
    const bytes = await collector.readSegment(entry).catch(() => new Uint8Array());
    if (bytes[0] !== version) wrong.push(`version ${version} has ${bytes[0]}`);
    published.add(version);
  }
  for await (const rows of table.readRows({})) {
    for (const { cells } of rows) {
      for (const { value } of cells) {
        if (!published.has(value[0] ?? 0)) wrong.push(`cell ${value[0]} is nobody's`);
      }
    }
  }
  return wrong;
}

async function tryOutAll(): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let call = 1; call <= 9; call += 1) wrong.push(...(await tryOut(call)));
  return wrong;
}

describe("cells", () => {
  test("are everybody's own, and go with whoever wrote them", async () => {
    expect(await tryOutAll()).toEqual([]);
  });

  test.each(Object.keys(mutants))("are caught with %s", async (name) => {
    vi.resetModules();
    mutants[name]?.();
    expect(await tryOutAll()).not.toEqual([]);
  });

  test("are caught when they are written before their list", async () => {
    vi.resetModules();
    vi.doMock("../../src/placement/cell-list.ts", async (original) => ({
      ...(await original<object>()),
      // Nobody can read such a list: as if it came too late.
      readCellList: async () => undefined,
    }));
    expect(await tryOutAll()).not.toEqual([]);
    vi.doUnmock("../../src/placement/cell-list.ts");
  });
});
