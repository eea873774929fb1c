import { writeFile } from "node:fs/promises";

import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../support/run-foretile.ts";

test("the network's own load is counted and billed", async () => {
  const { exitCode, output, errors } = await runForetile(["cost"]);
  expect({ exitCode, errors }).toStrictEqual({ exitCode: 0, errors: "" });
  expect(output).toMatch(/^requests +1,008 +1,008 +1,008$/m);
  expect(output).toMatch(/^tiles( +252,000){3}$/m);
  // 288 · 289 MB and 720 · 61 MB.
  expect(output).toMatch(/^raw( +127 GB){3}$/m);
  expect(output).toMatch(/^A DAY +SEGMENTS +CELLS +PACKS$/m);
  for (const [store, placement] of [
    ["lmdb", "segments"],
    ["bigtable", "cells"],
    ["s3", "packs"],
    ["hybrid", "packs"],
  ]) {
    expect(output).toMatch(new RegExp(`^${store} +${placement} +total +[0-9.]+ +[0-9.]+$`, "m"));
  }
  expect(output).toMatch(/^prices of \d{4}-\d{2}-\d{2}/m);
});

test("loads and prices are the caller's", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/prices.json`;
  await writeFile(file, JSON.stringify({ date: "2027-02-03", s3_get_1000: 1, s3_put_1000: 0 }));
  const load = [
    "--every",
    "low=1h",
    "--every",
    "high=1h",
    "--retention",
    "low=1d",
    "--miners",
    "1",
  ];
  const argv = [
    "cost",
    ...load,
    "--prices",
    file,
    "--price",
    "s3_gb_month=0",
    "--placement",
    "segments",
    "--json",
  ];
  const documents = jsonLines((await runForetile(argv)).output);
  expect(documents[0]).toMatchObject({ type: "volume", requests_per_day: 48, tiles_per_day: 48 });
  expect(documents.at(-1)).toMatchObject({
    type: "prices",
    date: "2027-02-03",
    s3_get_1000: { usd: 1, source: file },
    s3_gb_month: { usd: 0, source: "--price" },
  });
  const s3 = documents.find(({ store }) => store === "s3");
  // 24 · (10 + 1) and 24 · (2 + 1) blobs, 48 · 10 records.
  expect(s3?.["usd_per_day"]).toBeCloseTo((24 * 11 + 24 * 3 + 48 * 10) / 1000, 9);
});

test.each([
  [["--every", "low"], "Expected a name and a value"],
  [["--every", "low=0s"], "how often is asked"],
  [["--every", "mid=5m"], "no such label label=mid"],
  [["--every", "low=5m", "--every", "low=6m"], "given twice"],
  [["--ratio", "-1"], "Expected a number"],
  [["--miners", "0"], "from 1 on"],
  [["--placement", "boxes"], "boxes"],
  [["--price", "gold=1"], "prices are wrong"],
])("refuses %j", async (argv, message) => {
  const refused = await runForetile(["cost", ...argv]);
  expect(refused).toMatchObject({ exitCode: 2, errors: expect.stringContaining(message) });
});

test.each([
  "[]",
  "{}",
  '{"date":"2027-01-01","gold":1}',
  '{"date":"2027-01-01","s3_gb_month":-1}',
  "no",
])("%s is no file of prices", async (text) => {
  await using folder = await temporaryFolder();
  await writeFile(`${folder.path}/prices.json`, text);
  const refused = await runForetile(["cost", "--prices", `${folder.path}/prices.json`]);
  expect(refused).toMatchObject({
    exitCode: 2,
    errors: expect.stringMatching(/prices? (?:are wrong|file is not JSON)/),
  });
});
