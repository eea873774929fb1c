import { setImmediate } from "node:timers/promises";

import { StorageError } from "@foretile/storage";
import { expect, test } from "vitest";

import { LocalDesk } from "../../src/packing/local-desk.ts";
import { ingest, type IngestReporter } from "../../src/ingest/ingest.ts";
import { breakable, noFault, openSessionFixture } from "../support/session.ts";
import {
  answerDocument,
  keyOf,
  publishLine,
  requestLine,
  responseLine,
} from "../support/small-request.ts";

const desk = new LocalDesk({ mode: "pack", usesCells: false });

const silent: IngestReporter = {
  published: () => Promise.resolve(),
  rejected: () => Promise.resolve(),
  progress: () => undefined,
};

test("a store that fails ends the input, and no request is published without an answer", async () => {
  const broken = noFault();
  const { session, predictions } = await openSessionFixture({
    wrap: (store) => breakable(store, broken),
  });
  let pulled = 0;
  async function* input(): AsyncGenerator<Uint8Array> {
    const lines = [
      requestLine("r1", 1),
      responseLine("r1", answerDocument(1, 1)),
      publishLine("r1"),
      requestLine("r2", 2),
      responseLine("r2", answerDocument(2, 1)),
      responseLine("r2", answerDocument(2, 2)),
      publishLine("r2"),
      requestLine("r3", 3),
    ];
    for (const line of lines) {
      pulled += 1;
      if (pulled === 6) broken.value = new StorageError("full", "no room left");
      yield Buffer.from(`${line}\n`);
    }
  }
  await expect(
    ingest(input(), session, { maxLineBytes: 10_000, desk, reporter: silent }),
  ).rejects.toMatchObject({ code: "full" });
  expect(pulled).toBe(7);
  expect(await predictions.read(keyOf(1))).toMatchObject({ version: 1 });
  await expect(predictions.read(keyOf(2))).rejects.toMatchObject({ code: "no-such-request" });
  await expect(predictions.read(keyOf(3))).rejects.toMatchObject({ code: "no-such-request" });
});

test.each([
  ["the end of the input", ""],
  ["another answer", responseLine("r1", answerDocument(0, 2))],
  ["its publishing", publishLine("r1")],
])("a failure is told when %s comes behind it, and nothing is published", async (_name, line) => {
  const broken = noFault();
  const { session, predictions } = await openSessionFixture({
    wrap: (store) => breakable(store, broken),
  });
  const rejected: unknown[] = [];
  async function* input(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${requestLine("r1")}\n`);
    broken.value = new StorageError("full", "no room left");
    yield Buffer.from(`${responseLine("r1", answerDocument(0, 1))}\n`);
    while (broken.met === 0) await setImmediate();
    // From here on everything could be published, but for the answer that is missing.
    broken.value = undefined;
    yield Buffer.from(line);
  }
  const reporter: IngestReporter = {
    ...silent,
    rejected: async (refusal) => void rejected.push(refusal),
  };
  await expect(
    ingest(input(), session, { maxLineBytes: 10_000, desk, reporter }),
  ).rejects.toMatchObject({
    code: "full",
  });
  expect(rejected).toEqual([]);
  await expect(predictions.read(keyOf())).rejects.toMatchObject({ code: "no-such-request" });
});

test("the summary counts what came of the lines", async () => {
  const { session } = await openSessionFixture();
  const lines = [
    requestLine("r1"),
    "",
    responseLine("r1", answerDocument(0, 1)),
    responseLine("r1", { ...answerDocument(0, 2), prediction: [] }),
    responseLine("r1", answerDocument(0, 1)),
    "nothing",
  ];
  async function* input(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(lines.join("\n"));
  }
  expect(await ingest(input(), session, { maxLineBytes: 10_000, desk, reporter: silent })).toEqual({
    lines: 6,
    rejectedLines: 1,
    publishedRequests: 1,
    spilledRequests: 0,
    refusedRequests: 0,
    validAnswers: 2,
    invalidAnswers: 1,
    replacedAnswers: 1,
  });
});
