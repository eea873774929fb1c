import { describe, expect, test } from "vitest";
import type { Store } from "../../src/index.ts";
import { storeConformance } from "../../src/conformance/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";
import { collectCases } from "./collect-cases.ts";
import { blobMutants } from "./mutants/blob-mutants.ts";
import { lifeMutants } from "./mutants/life-mutants.ts";
import { pieceMutants, withPieces } from "./mutants/piece-mutants.ts";
import { refMutants } from "./mutants/ref-mutants.ts";
import { rowMutants } from "./mutants/row-mutants.ts";
import { reopenableStores } from "./reopenable-store.ts";

// The unmutated store, here with reopening: whatever the mutants show is due to their defects.
storeConformance({ describe, test }, { name: "a reopenable memory store", ...reopenableStores() });

async function openEmpty(): Promise<Store> {
  return openMemoryStore();
}

async function openWithPieces(): Promise<Store> {
  return withPieces(openMemoryStore());
}

describe("each defect is caught", () => {
  for (const mutant of [
    ...blobMutants,
    ...pieceMutants,
    ...refMutants,
    ...rowMutants,
    ...lifeMutants,
  ]) {
    test(`${mutant.defect}, by ${mutant.caughtBy}`, async () => {
      const open = async () => mutant.mutate(openMemoryStore());
      const run = collectCases({ name: "mutant", open }).get(mutant.caughtBy);
      expect(run).toBeDefined();
      await expect(run?.()).rejects.toThrow(Error);
    });
  }

  test("of pieces, none in a reader without defects", async () => {
    const cases = collectCases({ name: "memory with pieces", open: openWithPieces });
    const pieces = [...cases].filter(([name]) => name.startsWith("blob pieces"));
    expect(pieces).toHaveLength(5);
    for (const [, run] of pieces) await run();
  });

  test("loses what was written last when it is reopened, by durability", async () => {
    const cases = collectCases({ name: "mutant", open: openEmpty, reopen: openEmpty });
    const durability = [...cases].filter(([name]) => name.startsWith("durability"));
    expect(durability).toHaveLength(3);
    for (const [, run] of durability) await expect(run()).rejects.toThrow(Error);
  });
});
