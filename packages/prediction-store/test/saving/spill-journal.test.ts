import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "@foretile/testkit";
import type { SpilledAnswer, SpillJournal } from "../../src/saving/index.ts";
import { bitsOf, invalidAnswer, request, validAnswer, walk } from "../store/open-test-store.ts";
import { filesOf, openJournal } from "./open-journal.ts";

const spilled = { request, requestedUnixSeconds: 5, publishedVersion: undefined };
const FIRST = "000000000001.spill";

async function* failing(): AsyncGenerator<SpilledAnswer> {
  yield validAnswer(1);
  throw new Error("source failed");
}

async function readAnswers(journal: SpillJournal): Promise<SpilledAnswer[]> {
  const answers: SpilledAnswer[] = [];
  for (const entry of await journal.entries()) {
    for await (const answer of (await journal.read(entry)).answers()) answers.push(answer);
  }
  return answers;
}

test("what was kept is read back bit for bit, by another process too", async () => {
  await using folder = await temporaryFolder();
  await using journal = await openJournal(folder.path);
  const entry = await journal.append(spilled, [validAnswer(1), invalidAnswer(2)]);
  await journal[Symbol.asyncDispose]();
  await using again = await openJournal(folder.path);
  expect(await again.entries()).toEqual([entry]);
  expect(await again.read(entry)).toMatchObject(spilled);
  const [valid, invalid] = await readAnswers(again);
  const tile = valid?.outcome.status === "valid" ? valid.outcome.tile : new Float32Array(0);
  expect(bitsOf(tile)).toEqual(bitsOf(walk(1)));
  expect(invalid).toEqual(invalidAnswer(2));
});

test("numbers rise and are never used again", async () => {
  await using folder = await temporaryFolder();
  await using journal = await openJournal(folder.path);
  const entries = await Promise.all(
    [1, 2, 3].map((id) => journal.append(spilled, [validAnswer(id)])),
  );
  expect(entries.map(({ number }) => number)).toEqual([1, 2, 3]);
  const [first, second] = await journal.entries();
  if (first === undefined || second === undefined) throw new Error("no entries");
  await journal.remove(first);
  await journal.setAside(second);
  expect((await journal.entries()).map(({ number }) => number)).toEqual([3]);
  await journal[Symbol.asyncDispose]();
  await using again = await openJournal(folder.path);
  expect(await again.append(spilled, [])).toMatchObject({ number: 4 });
  expect(await readdir(folder.path)).toContain("000000000002.spill.aside");
});

test("an unfinished file was never acknowledged, and goes", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, `${FIRST}.part`), "begun");
  await using journal = await openJournal(folder.path);
  expect(await journal.entries()).toEqual([]);
  expect(await filesOf(folder.path)).toEqual([]);
});

test("a file cut anywhere is damaged, and so is one with any bit turned", async () => {
  await using folder = await temporaryFolder();
  await using journal = await openJournal(folder.path);
  await journal.append(spilled, [invalidAnswer(1), validAnswer(2)]);
  const path = join(folder.path, FIRST);
  const whole = await readFile(path);
  const damaged = expect.objectContaining({
    code: expect.stringMatching(/damaged|format-too-new/),
  });
  for (let length = 0; length < whole.length; length += 7) {
    await truncate(path, length);
    await expect(readAnswers(journal)).rejects.toEqual(damaged);
    await writeFile(path, whole);
  }
  for (let at = 0; at < whole.length; at += 5) {
    const turned = Buffer.from(whole);
    turned[at] = (turned[at] ?? 0) ^ 0x04;
    await writeFile(path, turned);
    await expect(readAnswers(journal)).rejects.toEqual(damaged);
  }
});

test("an append that fails leaves nothing", async () => {
  await using folder = await temporaryFolder();
  await using journal = await openJournal(folder.path);
  await expect(journal.append(spilled, failing())).rejects.toThrow("source failed");
  expect(await filesOf(folder.path)).toEqual([]);
  expect(await journal.append(spilled, [])).toMatchObject({ number: 1 });
});

test("the bound counts all requests", async () => {
  await using folder = await temporaryFolder();
  await using journal = await openJournal(folder.path, 3_000);
  const { bytes } = await journal.append(spilled, [validAnswer(1)]);
  expect(bytes).toBeLessThan(3_000);
  await expect(journal.append(spilled, [validAnswer(2), validAnswer(3)])).rejects.toMatchObject({
    code: "journal-full",
  });
  expect(await journal.entries()).toHaveLength(1);
});

test("a folder that cannot be is told", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await writeFile(file, "");
  await expect(openJournal(join(file, "journal"))).rejects.toMatchObject({
    code: "journal-failed",
  });
});
