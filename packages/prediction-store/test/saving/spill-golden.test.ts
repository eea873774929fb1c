import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "@foretile/testkit";
import { bitsOf, invalidAnswer, request, validAnswer, walk } from "../store/open-test-store.ts";
import { openJournal } from "./open-journal.ts";

/*
 * `golden/spill-journal-v1.spill` is a spilled request of format 1, made once. Every later release reads it. Never make
 * it anew: a change that cannot read it is a new format.
 */
const golden = new URL("../golden/spill-journal-v1.spill", import.meta.url);
const spilled = { request, requestedUnixSeconds: 1_512_475_100, publishedVersion: undefined };

test("the same request is the same bytes", async () => {
  await using folder = await temporaryFolder();
  await using journal = await openJournal(folder.path);
  await journal.append(spilled, [validAnswer(1), invalidAnswer(2)]);
  const written = await readFile(join(folder.path, "000000000001.spill"));
  expect(written.equals(await readFile(golden))).toBe(true);
});

test("a spilled request of format 1 is read in full", async () => {
  await using folder = await temporaryFolder();
  await copyFile(golden, join(folder.path, "000000000007.spill"));
  await using journal = await openJournal(folder.path);
  const [entry] = await journal.entries();
  const read = entry && (await journal.read(entry));
  expect(read).toMatchObject(spilled);
  const answers = [];
  for await (const answer of read?.answers() ?? []) answers.push(answer);
  const [valid, invalid] = answers;
  const tile = valid?.outcome.status === "valid" ? valid.outcome.tile : new Float32Array(0);
  expect(bitsOf(tile)).toEqual(bitsOf(walk(1)));
  expect(invalid).toEqual(invalidAnswer(2));
});
