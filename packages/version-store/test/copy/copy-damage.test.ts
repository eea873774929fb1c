import type { Store } from "@foretile/storage";
import { expect, test } from "vitest";
import { segmentEntryKey, type Library } from "../../src/index.ts";
import { harmBlob, harmRef, harms } from "../collect/damaged-store.ts";
import { textContent, writeText } from "../open-test-library.ts";
import { fill, historyOf, newLibrary, openAgain } from "./copied-library.ts";

/** The key of the segment that version `version` of `frame` added. */
async function segmentOf(library: Library, version: number): Promise<string> {
  const { manifest } = await library.resolve("frame", { asOf: version });
  const last = manifest.segments.at(-1);
  if (last === undefined) throw new Error("the version has no segment");
  return segmentEntryKey(last);
}

/** The versions of `frame` that need a segment. */
async function versionsWith(library: Library, key: string): Promise<number[]> {
  const versions = [];
  for (const version of await numbersOf(library, "frame")) {
    const { manifest } = await library.resolve("frame", { asOf: version });
    if (manifest.segments.some((segment) => segmentEntryKey(segment) === key))
      versions.push(version);
  }
  return versions;
}

test.each(harms)("versions with a segment that is %s are told, the others copied", async (harm) => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  const key = await segmentOf(source.library, 2);
  const lost = await versionsWith(source.library, key);
  expect(lost).toContain(6);
  await harmBlob(source.store, key, harm);
  const { problems, versions } = await target.library.copyFrom(source.library, {
    versions: "all",
  });
  expect(problems).toMatchObject(
    lost.map((version) => ({ kind: "damaged", symbol: "frame", version })),
  );
  expect(versions.copied).toBe(8 - lost.length);
  const sound = (await numbersOf(source.library, "frame")).filter((n) => !lost.includes(n));
  expect(await numbersOf(target.library, "frame")).toEqual(sound);
  expect(await target.library.fsck({ level: 2 })).toMatchObject({ findings: [] });
});

test("a damaged version document costs its version alone", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  for await (const [entry] of source.library.listVersions("frame", { before: 4, limit: 1 })) {
    if (entry !== undefined) await harmBlob(source.store, entry.document.key, "flipped");
  }
  const { problems } = await target.library.copyFrom(source.library, { versions: "all" });
  expect(problems).toMatchObject([{ kind: "damaged", symbol: "frame", version: 3 }]);
  expect(await numbersOf(target.library, "frame")).toEqual([1, 2, 4, 5, 6]);
  expect((await historyOf(target.library, "frame")).at(-1)).toEqual(
    (await historyOf(await without(source.store, 3), "frame")).at(-1),
  );
});

/** The library once version `version` of `frame` is gone, so that its history can be listed with values. */
async function without(store: Store, version: number): Promise<Library> {
  const library = await openAgain(store, 9);
  await library.deleteVersion("frame", version);
  return library;
}

test("a damaged head is told by its key", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  await harmRef(source.store, "h/frame", "flipped");
  const { problems, symbols } = await target.library.copyFrom(source.library);
  expect(problems).toMatchObject([{ kind: "damaged", key: "h/frame" }]);
  expect(symbols).toEqual({ found: 1, copied: 1 });
});

test("only the first problems are kept, all are counted and told", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  await harmBlob(source.store, await segmentOf(source.library, 2), "missing");
  const told: unknown[] = [];
  const report = await target.library.copyFrom(source.library, {
    versions: "all",
    maxProblems: 1,
    onProblem: (problem) => told.push(problem),
  });
  expect(report).toMatchObject({ problemCount: 2, problems: told.slice(0, 1) });
  expect(told).toHaveLength(2);
});

test.each(harms)("verifying finds a segment at the target that is %s", async (harm) => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  await target.library.copyFrom(source.library, { versions: "all" });
  await harmBlob(target.store, await segmentOf(target.library, 5), harm);
  const options = { versions: "all", verify: true } as const;
  const { problems, versions } = await target.library.copyFrom(source.library, options);
  expect(problems).toMatchObject([{ kind: "different", symbol: "frame", version: 5 }]);
  expect(versions).toEqual({ copied: 0, present: 8, verified: 7 });
});

test.each([
  ["metadata", { metadata: "b" }, "other metadata"],
  ["content", { manifest: { handler: "text", body: "b", segments: [] } }, "another manifest"],
  ["size", { rawBytes: 7 }, "another rawBytes"],
])("verifying finds another %s under the same commit", async (_what, change, message) => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await writeText(source.library, "s", "a");
  const version = await source.library.resolve("s");
  await using transaction = await target.library.begin("s");
  await transaction.commit(() => ({ ...textContent("a"), ...change }), { repeats: version });
  const { problems } = await target.library.copyFrom(source.library, { verify: true });
  expect(problems).toMatchObject([
    { kind: "different", symbol: "s", version: 1, message: expect.stringContaining(message) },
  ]);
});

test("segments of a handler without a verifier are copied and counted", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await using transaction = await source.library.begin("own");
  const segment = await transaction.putSegment(Uint8Array.of(1), new Uint8Array(16));
  await transaction.commit(() => ({
    manifest: { handler: "mine", body: null, segments: [segment, segment] },
    identity: Uint8Array.of(1),
    rawBytes: 1,
  }));
  const known = new Map([["mine", () => undefined]]);
  const report = await target.library.copyFrom(source.library);
  expect(report).toMatchObject({ segments: { blobs: 1, bytes: 1 }, unverifiedSegments: 1 });
  const other = await newLibrary(3);
  expect(await other.library.copyFrom(source.library, { verifiers: known })).toMatchObject({
    unverifiedSegments: 0,
  });
});

async function numbersOf(library: Library, symbol: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const batch of library.listVersions(symbol)) {
    numbers.push(...batch.map(({ version }) => version));
  }
  return numbers.toReversed();
}
