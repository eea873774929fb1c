import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "@foretile/testkit";
import { openJournal } from "./open-journal.ts";

const inUse = { code: "journal-in-use", retry: "safe" };

test("a folder has one journal at a time, and another one after it", async () => {
  await using folder = await temporaryFolder();
  const first = await openJournal(folder.path);
  await expect(openJournal(folder.path)).rejects.toMatchObject(inUse);
  expect(await readdir(folder.path)).toHaveLength(1);
  await first[Symbol.asyncDispose]();
  expect(await readdir(folder.path)).toEqual([]);
  await using again = await openJournal(folder.path);
  expect(await again.entries()).toEqual([]);
});

test("of many that start at once at most one gets the folder, and the next one then", async () => {
  await using folder = await temporaryFolder();
  for (let round = 0; round < 20; round += 1) {
    const starts = await Promise.allSettled([1, 2, 3, 4].map(() => openJournal(folder.path)));
    const journals = starts.filter((start) => start.status === "fulfilled");
    expect(journals.length).toBeLessThanOrEqual(1);
    const refusals = starts.filter((start) => start.status === "rejected");
    expect(refusals.map(({ reason }) => reason)).toEqual(
      refusals.map(() => expect.objectContaining(inUse)),
    );
    for (const { value } of journals) await value[Symbol.asyncDispose]();
    await using next = await openJournal(folder.path);
    expect(await next.entries()).toEqual([]);
  }
});

test("a path that is too long for a lock is told", async () => {
  await using folder = await temporaryFolder();
  await expect(openJournal(join(folder.path, "f".repeat(120)))).rejects.toMatchObject({
    code: "journal-failed",
    message: expect.stringContaining("use a shorter one"),
  });
});
