import { describe, expect, test } from "vitest";
import { checkReused } from "../../src/commit/check-reused.ts";
import { checkShared } from "../../src/commit/check-shared.ts";
import type { CommitBase } from "../../src/commit/commit-base.ts";
import type { SegmentEntry } from "../../src/manifest/manifest.ts";
import type { Version } from "../../src/version/read-version.ts";
import { versionEntry } from "../head/version-entries.ts";
import { segmentEntries } from "../manifest/segment-entries.ts";

const removedMeanwhile = { code: "concurrent-modification", retry: "safe" };

function versionOf(version: number, segments: readonly SegmentEntry[]): Version {
  return {
    ...versionEntry(version),
    symbol: "s",
    metadata: null,
    effect: null,
    transactionId: "t",
    baseVersion: 0,
    stored: { root: null },
    manifest: { handler: "test", body: null, segments },
    segmentPages: [],
  };
}

/** A base with these versions live, the last of them the newest. */
function baseOf(...versions: readonly Version[]): CommitBase {
  const newest = versions.at(-1);
  return {
    newest,
    more: false,
    version: async () => newest,
    record: async () => newest,
    find: async (version) => versions.find((live) => live.version === version),
    since: () => Promise.reject(new Error("not asked for")),
    recordOf: () => Promise.reject(new Error("not asked for")),
    settled: async () => undefined,
  };
}

const mine = segmentEntries(2, { transactionId: "mine" });
const old = segmentEntries(3, { transactionId: "old" });
const newer = segmentEntries(3, { transactionId: "newer" });
const own = new Set(["mine"]);

describe("segments that are used again", () => {
  test("are one's own", async () => {
    await expect(checkReused(mine, own, baseOf(), undefined)).resolves.toBeUndefined();
    await expect(checkReused([], own, baseOf(), undefined)).resolves.toBeUndefined();
  });

  test("are the newest version's, as the same entries or as equal ones", async () => {
    const base = baseOf(versionOf(2, newer));
    const copies = newer.map((entry) => ({ ...entry }));
    for (const segments of [[...newer, ...mine], copies]) {
      await expect(checkReused(segments, own, base, undefined)).resolves.toBeUndefined();
    }
  });

  test("are those of a version that was looked at before and is still live", async () => {
    const relied = versionOf(1, old);
    const base = baseOf(relied, versionOf(2, newer));
    const found = checkReused([...old, ...newer], own, base, relied);
    await expect(found).resolves.toBeUndefined();
  });

  test.each<[string, readonly Version[], Version | undefined]>([
    ["of a version that was removed", [versionOf(2, newer)], versionOf(1, old)],
    ["of a version that was never looked at", [versionOf(1, old), versionOf(2, newer)], undefined],
    [
      "of a version whose number another commit has",
      [{ ...versionOf(1, old), commitId: "another" }, versionOf(2, newer)],
      versionOf(1, old),
    ],
    ["of a symbol without versions", [], undefined],
  ])("are refused when they are those %s", async (_, live, reliedOn) => {
    const found = checkReused([...mine, ...old], own, baseOf(...live), reliedOn);
    await expect(found).rejects.toMatchObject(removedMeanwhile);
  });

  test("are refused when only one of them is not known", async () => {
    const [stranger] = segmentEntries(1, { transactionId: "stranger" });
    if (stranger === undefined) throw new Error("one segment was asked for");
    const base = baseOf(versionOf(1, old));
    await expect(
      checkReused([...old, stranger], own, base, versionOf(1, old)),
    ).rejects.toMatchObject({ details: { key: "s/er/stranger/00000000" } });
  });
});

describe("a value that is used again", () => {
  test("is that of a live version", async () => {
    const base = baseOf(versionOf(1, old), versionOf(2, newer));
    for (const version of [versionOf(1, old), versionOf(2, newer)]) {
      await expect(checkShared(version, "s", { kind: "commit" }, base)).resolves.toBeUndefined();
    }
  });

  test("is refused when its version was removed, or is another symbol's", async () => {
    const base = baseOf(versionOf(2, newer));
    await expect(
      checkShared(versionOf(1, old), "s", { kind: "commit" }, base),
    ).rejects.toMatchObject(removedMeanwhile);
    const other = { ...versionOf(2, newer), commitId: "another" };
    await expect(checkShared(other, "s", { kind: "commit" }, base)).rejects.toMatchObject(
      removedMeanwhile,
    );
  });

  test("is never another symbol's", async () => {
    const base = baseOf(versionOf(1, old));
    for (const kind of ["commit", "restore"] as const) {
      await expect(checkShared(versionOf(1, old), "other", { kind }, base)).rejects.toMatchObject({
        code: "invalid-argument",
      });
    }
  });

  test("may be what a snapshot pins when the transaction says that it restores", async () => {
    const base = baseOf(versionOf(2, newer));
    const shared = checkShared(versionOf(1, old), "s", { kind: "restore" }, base);
    await expect(shared).resolves.toBeUndefined();
  });
});
