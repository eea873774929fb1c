import { beforeEach, describe, expect, test } from "vitest";
import type { CheckedLibrary } from "./open-checked.ts";
import { openChecked } from "./open-checked.ts";
import { editHead } from "../../src/commit/edit-head.ts";
import { findByVersion } from "../../src/head/find-entry.ts";
import { readHead } from "../../src/head/head-record.ts";
import type { Head } from "../../src/head/head.ts";
import { headKey } from "../../src/library/keys.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { publishRecord } from "../../src/snapshot/publish-record.ts";
import type { PinnedSet } from "../../src/snapshot/snapshot-record.ts";
import type { VersionEntry } from "../../src/version/version-entry.ts";
import { commitParts } from "../collect/part-values.ts";
import { commitTexts } from "../text-versions.ts";

let library: CheckedLibrary;

beforeEach(async () => {
  library = await openChecked();
});

async function headOf(symbol: string): Promise<Head> {
  const state = await readHead(library.context, headKey(symbol), symbol);
  if (state === undefined) throw new Error(`symbol has no head symbol=${symbol}`);
  return state.head;
}

async function changeHead(symbol: string, change: Partial<Head>): Promise<void> {
  await editHead(library.context, symbol, (head) => head && { ...head, ...change });
}

async function changeSnapshot(name: string, change: Partial<PinnedSet>): Promise<void> {
  await publishRecord(library.context, name, {
    change: (record) => record?.current && { ...record, current: { ...record.current, ...change } },
    isApplied: () => true,
  });
}

describe("a head and its versions that contradict each other", () => {
  const changes: readonly (readonly [keyof VersionEntry, Partial<VersionEntry>])[] = [
    ["committedAtMs", { committedAtMs: 1 }],
    ["operation", { operation: "append" }],
    ["rows", { rows: 7 }],
    ["rawBytes", { rawBytes: 7 }],
    ["user", { user: "somebody" }],
    ["message", { message: "something" }],
  ];

  test.each(changes)("are found by their %s", async (name, change) => {
    await commitParts(library.context, "s", ["one"]);
    const { recent } = await headOf("s");
    await changeHead("s", { recent: recent.map((entry) => ({ ...entry, ...change })) });
    const { findings } = await library.check({ level: 0 });
    expect(findings).toMatchObject([
      { severity: "error", kind: "version", symbol: "s", version: 1 },
    ]);
    expect(findings[0]?.message).toContain(`fields=${name}`);
  });

  test("are found by the length of their segments, however the manifest is stored", async () => {
    await commitParts(library.context, "s", ["one"]);
    await commitParts(library.context, "s", ["one", "x".repeat(70_000)]);
    const { recent } = await headOf("s");
    const changed = recent.map((entry) => ({ ...entry, storedBytes: entry.storedBytes + 1 }));
    await changeHead("s", { recent: changed });
    expect((await library.findings({ level: 0 })).map(String).sort()).toEqual([
      "manifest,s,1",
      "manifest,s,2",
      "version,s,1",
      "version,s,2",
    ]);
  });

  test("are found by the time of the newest version", async () => {
    await commitTexts(library.context, "s", ["a", "b"]);
    await changeHead("s", { lastCommittedAtMs: 1 });
    expect(await library.findings({ level: 0 })).toEqual([["order", "s", 2]]);
  });

  test("are found when a version is listed twice, in a page and in the head", async () => {
    const { context } = library;
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index}`),
    );
    const head = await headOf("s");
    const moved = await findByVersion(context, head, 32);
    if (moved === undefined) throw new Error("version 32 is in the page");
    await changeHead("s", { recent: [moved, ...head.recent] });
    expect(await library.findings({ level: 0 })).toEqual([["order", "s", 32]]);
    // Also when it is younger there.
    const younger = { ...moved, committedAtMs: moved.committedAtMs + 1 };
    await changeHead("s", { recent: [younger, ...head.recent] });
    expect(await library.findings({ level: 0 })).toContainEqual(["order", "s", 32]);
  });

  test("are found when a version is younger than the one after it", async () => {
    await commitTexts(library.context, "s", ["a", "b"]);
    const { recent } = await headOf("s");
    const [first, second] = recent;
    if (first === undefined || second === undefined) throw new Error("there are two versions");
    await changeHead("s", { recent: [{ ...first, committedAtMs: second.committedAtMs }, second] });
    expect(await library.findings({ level: 0 })).toContainEqual(["order", "s", 2]);
  });

  test("are found when versions were built on the same one before", async () => {
    const { context } = library;
    await commitTexts(context, "s", ["a"]);
    const { recent: first } = await headOf("s");
    await commitTexts(context, "s", ["b"]);
    const { recent: both } = await headOf("s");
    await changeHead("s", { recent: first });
    await commitTexts(context, "s", ["c"]);
    const { recent: other } = await headOf("s");
    await changeHead("s", { recent: [...both, ...other.slice(-1)] });
    const { findings } = await library.check({ level: 0 });
    expect(findings).toMatchObject([{ kind: "base-chain", symbol: "s", version: 3 }]);
    expect(findings[0]?.message).toContain("built on version 1, but comes after version 2");
  });

  test("are not found where versions in between were removed", async () => {
    const { context } = library;
    await commitTexts(context, "s", ["a", "b", "c"]);
    const { recent } = await headOf("s");
    await changeHead("s", { recent: recent.filter(({ version }) => version !== 2) });
    expect(await library.findings({ level: 0 })).toEqual([]);
  });
});

describe("a snapshot that contradicts itself", () => {
  beforeEach(async () => {
    await commitTexts(library.context, "s", ["a"]);
    await createSnapshot(library.context, "snap");
  });

  test("is found by how many symbols it names", async () => {
    await changeSnapshot("snap", { symbolCount: 2 });
    expect(await library.findings({ level: 0 })).toEqual([["snapshot", "snap", undefined]]);
  });

  test("is found by the order of its pages", async () => {
    await publishRecord(library.context, "snap", {
      change: (record) => {
        const { current } = record ?? {};
        if (record === undefined || current === undefined) return undefined;
        const pages = [...current.pages, ...current.pages];
        return { ...record, current: { ...current, symbolCount: 2, pages } };
      },
      isApplied: () => true,
    });
    expect(await library.findings({ level: 0 })).toEqual([["order", "snap", undefined]]);
  });
});
