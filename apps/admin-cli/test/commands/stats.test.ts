import { openStore } from "@foretile/app-kit";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../support/run-foretile.ts";
import { createSampleStore } from "../support/sample-store.ts";

test("requests are counted by label and asset, and in all", async () => {
  await createSampleStore("memory:stats");
  const stats = ["--store", "memory:stats", "stats"];
  const json = await runForetile([...stats, "--json"]);
  expect(jsonLines(json.output)).toMatchObject([
    {
      type: "group",
      label: "tiny",
      asset: "BTC",
      requests: 1,
      versions: 2,
      tiles: 2,
      invalid: 1,
      raw_bytes: 2240,
    },
    {
      type: "group",
      label: "tiny",
      asset: "ETH",
      requests: 1,
      versions: 1,
      tiles: 1,
      invalid: 0,
      raw_bytes: 1120,
    },
    { type: "total", requests: 2, versions: 3, tiles: 3, invalid: 1, raw_bytes: 3360 },
  ]);
  const [btc, , total] = jsonLines(json.output);
  expect(btc?.["ratio"]).toBe(Number(btc?.["stored_bytes"]) / 2240);
  const { output } = await runForetile(stats);
  expect(output.split("\n")[3]).toMatch(/^total +2 +3 +3 +1 +3\.36 kB +[0-9.]+ k?B +[0-9.]+$/);
  expect(total?.["stored_bytes"]).toBeGreaterThan(0);
});

test("an empty store has no ratio", async () => {
  const { exitCode, output } = await runForetile(["--store", "memory:empty", "stats"]);
  expect(exitCode).toBe(0);
  expect(output.split("\n")[1]).toMatch(/^total +0 +0 +0 +0 +0 B +0 B +-$/);
});

test("what cannot be read is told, and the rest is counted", async () => {
  await createSampleStore("memory:stats-damaged");
  const store = await openStore("memory:stats-damaged", "write");
  for await (const heads of store.refs.list({ gte: "h/request", lt: "h/s" })) {
    const [first] = heads;
    if (first === undefined) continue;
    await store.refs.compareAndSet(first.key, first.token, Uint8Array.of(1, 2, 3));
  }
  const { exitCode, output, errors } = await runForetile([
    "--store",
    "memory:stats-damaged",
    "stats",
    "--json",
  ]);
  expect(exitCode).toBe(4);
  expect(errors).toContain("a request is not counted");
  expect(jsonLines(output).at(-1)).toMatchObject({ type: "total", requests: 1 });
});
