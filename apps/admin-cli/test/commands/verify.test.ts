import { AppError, openStore } from "@foretile/app-kit";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../support/run-foretile.ts";
import { createSampleStore } from "../support/sample-store.ts";

/** Removes the segments, or the like, of a store. */
async function removeBlobs(url: string, prefix: string): Promise<void> {
  const store = await openStore(url, "write");
  for await (const blobs of store.blobs.list({ gte: prefix, lt: `${prefix}~` })) {
    await store.blobs.deleteMany(blobs.map(({ key }) => key));
  }
}

test("an undamaged store is said to be one", async () => {
  await createSampleStore("memory:verify");
  const { exitCode, output } = await runForetile(["--store", "memory:verify", "verify"]);
  expect(exitCode).toBe(0);
  expect(output).toMatch(
    /^checked 3 symbols, 4 versions, 9 segments, .* in 0 ms: no damage found\n$/,
  );
});

test("with --json the summary is a line", async () => {
  await createSampleStore("memory:verify-json");
  const { output } = await runForetile(["--store", "memory:verify-json", "verify", "--json"]);
  expect(jsonLines(output)).toMatchObject([
    { type: "summary", ok: true, symbols: 3, versions: 4, segments: 9, damaged: 0 },
  ]);
});

test("every damaged thing is a line, and the exit code says so", async () => {
  await createSampleStore("memory:verify-damaged");
  await removeBlobs("memory:verify-damaged", "s/");
  const { exitCode, output } = await runForetile([
    "--store",
    "memory:verify-damaged",
    "verify",
    "--json",
  ]);
  expect(exitCode).toBe(4);
  const lines = jsonLines(output);
  expect(lines.filter(({ type }) => type === "damaged")).toHaveLength(3);
  expect(lines[0]).toMatchObject({
    type: "damaged",
    what: "tile",
    symbol: "request/tiny/BTC#1512475200",
    version: 2,
    miner_id: 7,
    message: expect.stringMatching(/./),
  });
  expect(lines.at(-1)).toMatchObject({ type: "summary", ok: false, damaged: 3 });
});

test("the text names symbol, version and miner", async () => {
  await createSampleStore("memory:verify-text");
  await removeBlobs("memory:verify-text", "s/");
  const { exitCode, output } = await runForetile(["--store", "memory:verify-text", "verify"]);
  expect(exitCode).toBe(4);
  expect(output).toMatch(
    /^damaged tile symbol=request\/tiny\/BTC#1512475200 version=2 miner_id=7\b/,
  );
  expect(output.trimEnd().split("\n").at(-1)).toMatch(/: 3 damaged, listed above$/);
});

test("a signal ends it", async () => {
  await createSampleStore("memory:verify-signal");
  const signal = AbortSignal.abort(new AppError("interrupted", "interrupted signal=SIGINT"));
  const { exitCode, output, errors } = await runForetile(
    ["--store", "memory:verify-signal", "verify"],
    { signal },
  );
  expect({ exitCode, output }).toStrictEqual({ exitCode: 130, output: "" });
  expect(errors).toBe("foretile: interrupted signal=SIGINT\n");
});
