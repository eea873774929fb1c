import { dumpStore } from "@foretile/testkit";
import { expect, test } from "vitest";
import { isVersionStoreError, type RepeatedCommit } from "../../src/index.ts";
import { textContent, writeText } from "../open-test-library.ts";
import { fill, historyOf, newLibrary, rowsFrom } from "./copied-library.ts";

test("a symbol that has something else under a number is left alone, the others are copied", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  await target.library.write("frame", rowsFrom(7), { message: "own" });
  const before = await historyOf(target.library, "frame");
  const { problems, versions } = await target.library.copyFrom(source.library, {
    versions: "all",
  });
  expect(problems).toMatchObject([{ kind: "diverged", symbol: "frame", version: 1 }]);
  expect(versions).toMatchObject({ copied: 2, present: 0 });
  expect(await historyOf(target.library, "frame")).toEqual(before);
  expect((await target.library.read("value")).value).toBeNull();
});

test("a symbol that went on by itself at the target is left alone", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await source.library.write("s", 1);
  await target.library.copyFrom(source.library);
  await target.library.write("s", "own");
  await source.library.write("s", 2);
  await source.library.write("s", 3);
  const { problems } = await target.library.copyFrom(source.library);
  expect(problems).toMatchObject([{ kind: "diverged", symbol: "s", version: 2 }]);
  expect((await target.library.read("s")).value).toBe("own");
});

test("the same content under the same number counts as the same, and is built on", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  for (const { library } of [source, target]) await library.write("labels", ["low", "high"]);
  await source.library.write("labels", ["low"]);
  await source.library.restoreVersion("labels", 1);
  const report = await target.library.copyFrom(source.library, { versions: "all", verify: true });
  expect(report).toMatchObject({
    versions: { copied: 2, present: 1, verified: 3 },
    problemCount: 0,
  });
  const [first, ...later] = await historyOf(target.library, "labels");
  const [, ...originals] = await historyOf(source.library, "labels");
  // The target's own first version is younger than all of the source's.
  const firstAtMs = (first as { committedAtMs: number }).committedAtMs;
  expect(later).toEqual(
    originals.map((original, index) => ({
      ...(original as object),
      committedAtMs: firstAtMs + 1 + index,
    })),
  );
  expect(await target.library.fsck({ level: 2 })).toMatchObject({ findings: [] });
});

test("what would have to go below what is there is told, the newer is copied", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  for (const value of [1, 2, 3]) await source.library.write("s", value);
  await target.library.copyFrom(source.library);
  await source.library.write("s", 4);
  const { problems, versions } = await target.library.copyFrom(source.library, {
    versions: "all",
  });
  expect(problems).toMatchObject([
    { kind: "too-late", symbol: "s", version: 1 },
    { kind: "too-late", symbol: "s", version: 2 },
  ]);
  expect(versions).toMatchObject({ copied: 1, present: 1 });
  expect((await target.library.read("s")).version).toBe(4);
});

test("a number that was given out and removed again is not given out twice", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  for (const value of [1, 2]) await source.library.write("s", value);
  await target.library.copyFrom(source.library, { versions: "all" });
  await target.library.write("s", "own");
  await target.library.deleteVersion("s", 3, { allowLatest: true });
  for (const value of [3, 4]) await source.library.write("s", value);
  const { problems } = await target.library.copyFrom(source.library, { versions: "all" });
  expect(problems).toMatchObject([{ kind: "too-late", symbol: "s", version: 3 }]);
  expect(await target.library.read("s")).toMatchObject({ version: 4, value: 4 });
});

test("two copies at once end in one copy", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  const reports = await Promise.all(
    [1, 2].map(() => target.library.copyFrom(source.library, { versions: "all", verify: true })),
  );
  for (const { problemCount } of reports) expect(problemCount).toBe(0);
  expect(await historyOf(target.library, "frame")).toEqual(
    await historyOf(source.library, "frame"),
  );
  expect(await target.library.fsck({ level: 2 })).toMatchObject({ findings: [] });
});

const repeated: RepeatedCommit = {
  version: 5,
  commitId: "c5",
  committedAtMs: 7,
  contentHash: new Uint8Array(32).fill(1),
};

test("a commit repeats another one once, and not out of order", async () => {
  const { library } = await newLibrary(1);
  const commit = async (repeats: RepeatedCommit) => {
    await using transaction = await library.begin("s");
    return await transaction.commit(() => textContent("five"), { repeats });
  };
  expect(await commit(repeated)).toMatchObject({ ...repeated, changed: true });
  expect(await commit(repeated)).toMatchObject({ ...repeated, changed: false });
  for (const other of [
    { ...repeated, commitId: "other" },
    { ...repeated, version: 4 },
  ]) {
    await expect(commit(other)).rejects.toMatchObject({ code: "version-taken" });
  }
  expect(await writeText(library, "s", "six")).toBe(6);
});

test.each([
  { ...repeated, version: 0 },
  { ...repeated, commitId: "" },
  { ...repeated, committedAtMs: -1 },
  { ...repeated, contentHash: new Uint8Array(31) },
])("a commit cannot repeat %o", async (repeats) => {
  const { library, store } = await newLibrary(1);
  const before = await dumpStore(store);
  await using transaction = await library.begin("s");
  const committing = transaction.commit(() => textContent("five"), { repeats });
  await expect(committing).rejects.toSatisfy((error) =>
    isVersionStoreError(error, "invalid-argument"),
  );
  await transaction.abandon();
  expect(await dumpStore(store)).toEqual(before);
});
