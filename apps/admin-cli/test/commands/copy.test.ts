import { createPredictions, openPredictions, openStore } from "@foretile/app-kit";
import { toKey } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { segmentEntryKey } from "@foretile/version-store";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../support/run-foretile.ts";
import { createSampleLibrary, dumpOf, ODD_SYMBOL, pinVersions } from "../support/sample-library.ts";
import { createSampleStore, SAMPLE_KEY } from "../support/sample-store.ts";

test("a library is copied to a store that is not there, and everything answers as before", async () => {
  await using folder = await temporaryFolder();
  const to = `lmdb:${folder.path}/copy`;
  await createSampleLibrary("memory:copy whole");
  await pinVersions("memory:copy whole", 2);
  const argv = ["copy", "--from", "memory:copy whole", "--to", to, "--versions", "all"];
  const copied = await runForetile([...argv, "--snapshots", "--verify"]);
  expect(copied).toMatchObject({ exitCode: 0, errors: "" });
  expect(copied.output).toMatch(
    /^copied 6 versions of 3 symbols, \d+ segments of .+, 2 snapshots in .+\n0 versions there already\n6 versions read back and compared\nno problems\n$/,
  );
  for (const command of [
    ["symbol", "list"],
    ["version", "list", "prices"],
    ["label", "list"],
    ["audit"],
  ]) {
    const original = await runForetile([...command, "--store", "memory:copy whole", "--json"]);
    const copy = await runForetile([...command, "--store", to, "--json"]);
    expect(copy).toStrictEqual(original);
  }
  const again = await runForetile([...argv, "--snapshots", "--json"]);
  expect(jsonLines(again.output)).toMatchObject([
    {
      type: "summary",
      dry_run: false,
      ok: true,
      symbols: { found: 3, copied: 0 },
      versions: { copied: 0, present: 6, verified: 0 },
      segments: { blobs: 0, bytes: 0 },
      snapshots: { copied: 0, present: 2 },
      problems: 0,
    },
  ]);
});

test("a store of its own settings and labels is copied to as well", async () => {
  await createSampleStore("memory:copy tiles");
  await (await createPredictions("memory:copy there", { quotaBytes: 1e9 }))[Symbol.asyncDispose]();
  const argv = ["copy", "--store", "memory:copy tiles", "--to", "memory:copy there"];
  const copied = await runForetile([
    ...argv,
    "--prefix",
    "request/",
    "--versions",
    "all",
    "--verify",
  ]);
  expect(copied).toMatchObject({ exitCode: 0 });
  const shown = await runForetile(["request", "show", SAMPLE_KEY, "--store", "memory:copy there"]);
  expect(shown).toStrictEqual(
    await runForetile(["request", "show", SAMPLE_KEY, "--store", "memory:copy tiles"]),
  );
  const verified = await runForetile(["verify", "--store", "memory:copy there"]);
  expect(verified.exitCode).toBe(0);
});

test("a dry run tells what would be copied and makes nothing", async () => {
  await using folder = await temporaryFolder();
  await createSampleLibrary("memory:copy dry");
  const argv = ["copy", "--from", "memory:copy dry", "--to", `lmdb:${folder.path}/none`];
  const told = await runForetile([...argv, "--dry-run"]);
  expect(told).toMatchObject({ exitCode: 0, errors: expect.stringContaining("no library") });
  expect(told.output).toContain("would copy 3 versions of 3 symbols, ");
  const done = await runForetile(["stats", "--store", `lmdb:${folder.path}/none`]);
  expect(done.exitCode).toBe(5);
});

test("some symbols, and as many versions as asked for", async () => {
  await createSampleLibrary("memory:copy some");
  const to = "memory:copy some to";
  const argv = ["copy", "--from", "memory:copy some", "--to", to, "--json"];
  const some = ["--symbol", "prices", "--symbol", ODD_SYMBOL, "--versions", "2"];
  const copied = await runForetile([...argv, ...some]);
  expect(jsonLines(copied.output)).toMatchObject([{ versions: { copied: 3 } }]);
  const listed = await runForetile(["version", "list", "prices", "--store", to, "--json"]);
  expect(jsonLines(listed.output)).toMatchObject([{ version: 4 }, { version: 3 }]);
});

test("what cannot be added is told, and the rest is copied", async () => {
  await createSampleLibrary("memory:copy clash");
  const to = "memory:copy clash to";
  {
    await using opened = await createPredictions(to);
    await opened.library.write("prices", "something else");
  }
  const before = await dumpOf(to);
  const argv = ["copy", "--from", "memory:copy clash", "--to", to];
  const copied = await runForetile([...argv, "--symbol", "prices", "--versions", "all"]);
  expect(copied.exitCode).toBe(6);
  expect(copied.output).toContain(
    "diverged symbol=prices version=1: the target has something else under that number",
  );
  expect(await dumpOf(to)).toEqual(before);
  const whole = await runForetile([...argv, "--versions", "all", "--json"]);
  expect(whole.exitCode).toBe(6);
  expect(jsonLines(whole.output)).toMatchObject([
    { type: "problem", kind: "diverged", symbol: "prices", version: 1 },
    { type: "summary", ok: false, versions: { copied: 1 }, problems: 1 },
  ]);
});

test("what is damaged is told, and the rest is copied", async () => {
  const from = "memory:copy damaged";
  await createSampleLibrary(from);
  await using opened = await openPredictions(from, "read");
  const { manifest } = await opened.library.resolve("prices", { asOf: 2 });
  await using store = await openStore(from, "write");
  for (const segment of manifest.segments) {
    await store.blobs.deleteMany([toKey(segmentEntryKey(segment))]);
  }
  const argv = ["copy", "--from", from, "--to", "memory:copy damaged to", "--versions", "all"];
  const copied = await runForetile([...argv, "--json"]);
  expect(copied.exitCode).toBe(4);
  expect(jsonLines(copied.output)).toMatchObject([
    { type: "problem", kind: "damaged", symbol: "prices", version: 2 },
    { type: "summary", ok: false, versions: { copied: 5 } },
  ]);
});

test.each([
  [["--to", "memory:copy a"], "name the same store"],
  [[], "--to"],
  [["--to", "memory:b", "--versions", "0"], "newest, all"],
  [["--to", "memory:b", "--symbols-at-once", "65"], "symbolsAtOnce"],
  [["--to", "memory:b", "--prefix", "a", "--symbol", "b"], "not both"],
  [["--to", "memory:b", "--prefix", "a", "--snapshots"], "whole library"],
  [["--to", "somewhere"], "no scheme"],
])("refuses %j", async (argv, message) => {
  const refused = await runForetile(["copy", "--from", "memory:copy a", ...argv]);
  expect(refused).toMatchObject({ exitCode: 2, errors: expect.stringContaining(message) });
});

/** Which cells the rows of the sample label have. */
async function cellsOf(url: string): Promise<readonly string[]> {
  await using store = await openStore(url, "read");
  const found: string[] = [];
  for await (const rows of store.table("tiny").readRows({})) {
    for (const { key, cells } of rows) {
      found.push(`${key} ${cells.map(({ qualifier }) => qualifier).join(" ")}`);
    }
  }
  return found;
}

test("tiles go to cells where the target keeps them there, and come back", async () => {
  await using folder = await temporaryFolder();
  const from = `lmdb:${folder.path}/source`;
  await createSampleStore(from);
  const [cells, packs] = [`lmdb:${folder.path}/cells`, `lmdb:${folder.path}/packs`];
  const argv = ["--versions", "all", "--verify"];
  const steps: readonly (readonly [from: string, to: string, placement: string])[] = [
    [from, cells, "cells"],
    [cells, packs, "packs"],
  ];
  for (const [source, to, placement] of steps) {
    const copy = ["copy", "--from", source, "--to", to, ...argv, "--placement", placement];
    expect(await runForetile(copy)).toMatchObject({ exitCode: 0, errors: "" });
    const library = await runForetile(["library", "show", "--store", to, "--json"]);
    expect(library.output).toContain(`"placement":"${placement}"`);
    for (const command of [
      ["request", "show", SAMPLE_KEY],
      ["tile", "show", SAMPLE_KEY, "7"],
    ]) {
      const original = await runForetile([...command, "--store", from, "--json"]);
      expect(await runForetile([...command, "--store", to, "--json"])).toStrictEqual(original);
    }
    const verified = await runForetile(["verify", "--store", to]);
    expect(verified).toMatchObject({ exitCode: 0, errors: "" });
  }
  // What publishing there takes: a row for each miner, a qualifier for each panel.
  expect(await cellsOf(cells)).toEqual([
    "BTC#1512475200#000007 f0000 f0001 f0002",
    "BTC#1512475200#000012 f0000 f0001 f0002",
    "ETH#1512478800#000007 f0000 f0001 f0002",
  ]);
  expect(await cellsOf(packs)).toEqual([]);
  const other = ["copy", "--from", from, "--to", cells, "--placement", "segments"];
  expect(await runForetile(other)).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining("with another placement placement=cells"),
  });
});
