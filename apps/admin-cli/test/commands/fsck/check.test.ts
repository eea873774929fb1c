import { openStore } from "@foretile/app-kit";
import { toKey } from "@foretile/storage";
import { expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleStore } from "../../support/sample-store.ts";
import { createSampleLibrary, dumpOf } from "../../support/sample-library.ts";
import { createTracedStore } from "../../support/traced-store.ts";

/** Flips a bit in the last byte of the first blob under a prefix. */
async function flipBit(url: string, prefix: string): Promise<string> {
  const store = await openStore(url, "write");
  for await (const [first] of store.blobs.list({ gte: prefix, lt: `${prefix}~` })) {
    if (first === undefined) continue;
    const bytes = (await store.blobs.get(first.key)) ?? new Uint8Array();
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await store.blobs.deleteMany([first.key]);
    await store.blobs.putNew(first.key, bytes);
    return first.key;
  }
  throw new Error(`no blob prefix=${prefix}`);
}

test.each([
  ["0", "0 B"],
  ["1", "0 B"],
  ["2", "[0-9.]+ k?B"],
])("a sound store is found to be one at level %s", async (level, verified) => {
  const url = `memory:fsck-${level}`;
  await createSampleStore(url);
  const before = await dumpOf(url);
  const { exitCode, output } = await runForetile(["--store", url, "fsck", "--level", level]);
  expect(exitCode).toBe(0);
  const what = level === "2" ? `, ${verified} verified` : "";
  expect(output).toMatch(
    new RegExp(
      `^checked 3 symbols, 4 versions, 0 snapshots, 9 segments of .*B${what} at level ${level} in 0 ms: nothing found\n$`,
    ),
  );
  expect(await dumpOf(url)).toStrictEqual(before);
});

test("level 1 is the default, and with --json the summary is a line", async () => {
  await createSampleStore("memory:fsck-json");
  const { output } = await runForetile(["--store", "memory:fsck-json", "fsck", "--json"]);
  expect(jsonLines(output)).toStrictEqual([
    {
      type: "summary",
      level: 1,
      healthy: true,
      errors: 0,
      warnings: 0,
      notes: 0,
      symbols: 3,
      versions: 4,
      snapshots: 0,
      segments: { blobs: 9, bytes: expect.any(Number) },
      verified: { blobs: 0, bytes: 0 },
      duration_ms: 0,
    },
  ]);
});

test("traces are verified at level 2, too", async () => {
  const url = "memory:fsck-traced";
  await createTracedStore(url);
  const { output } = await runForetile(["--store", url, "fsck", "--json", "--level", "2"]);
  const [summary, ...others] = jsonLines(output);
  expect(others).toStrictEqual([]);
  expect(summary).toMatchObject({ type: "summary", healthy: true, notes: 0 });
  const { segments, verified } = summary as Record<"segments" | "verified", object>;
  expect(verified).toStrictEqual(segments);
});

test("damage in a tile is found at level 2, of typed values and of requests", async () => {
  for (const [name, make] of [
    ["request", createSampleStore],
    ["prices", createSampleLibrary],
  ] as const) {
    const url = `memory:fsck-damaged-${name}`;
    await make(url);
    const key = await flipBit(url, "s/");
    const fsck = ["--store", url, "fsck", "--json"];
    expect((await runForetile(fsck)).exitCode).toBe(0);
    const { exitCode, output } = await runForetile([...fsck, "--level", "2"]);
    expect(exitCode).toBe(4);
    // One for each version that has the tile.
    const findings = jsonLines(output).slice(0, -1);
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect(finding).toMatchObject({ type: "finding", severity: "error", kind: "segment", key });
    }
    const summary = { type: "summary", healthy: false, errors: findings.length };
    expect(jsonLines(output).at(-1)).toMatchObject(summary);
  }
});

test("a finding is a line with its place, coloured on a terminal", async () => {
  const url = "memory:fsck-text";
  await createSampleLibrary(url);
  const store = await openStore(url, "write");
  const [key = ""] = Object.keys((await dumpOf(url)).blobs).filter((name) => name.startsWith("s/"));
  await store.blobs.deleteMany([toKey(key)]);
  const fsck = ["--store", url, "fsck"];
  const { exitCode, output } = await runForetile(fsck);
  expect(exitCode).toBe(4);
  const [finding, summary] = output.split("\n");
  expect(finding).toMatch(/^error segment symbol=.* version=[0-9]+ key=s\/[^ ]+: ./);
  expect(summary).toMatch(/: 1 error$/);
  const { output: coloured } = await runForetile(fsck, { terminal: true });
  expect(coloured.startsWith("\u001b[31merror\u001b[39m segment ")).toBe(true);
});

test("what does no harm is told, and is no damage", async () => {
  const url = "memory:fsck-foreign";
  await createSampleLibrary(url);
  const store = await openStore(url, "write");
  await store.blobs.putNew(toKey("notes.txt"), Uint8Array.of(1));
  const { exitCode, output } = await runForetile(["--store", url, "fsck", "--json"]);
  expect(exitCode).toBe(0);
  expect(jsonLines(output)).toMatchObject([
    { type: "finding", kind: "foreign-blob", key: "notes.txt" },
    { type: "summary", healthy: true, errors: 0 },
  ]);
});

test("a level that is none is wrong usage", async () => {
  const argv = ["--store", "memory:f", "fsck", "--level", "3"];
  const { exitCode, errors } = await runForetile(argv);
  expect(exitCode).toBe(2);
  expect(errors).toContain("Allowed choices are 0, 1, 2");
});
