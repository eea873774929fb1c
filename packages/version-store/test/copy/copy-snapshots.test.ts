import { expect, test } from "vitest";
import type { Library } from "../../src/index.ts";
import { harmBlob, harmRef } from "../collect/damaged-store.ts";
import { blobKeys } from "../collect/store-contents.ts";
import { fill, newLibrary, rowsFrom, type OpenedCopy } from "./copied-library.ts";

async function pinsOf(library: Library, name: string): Promise<Record<string, number>> {
  const pins: Record<string, number> = {};
  for await (const batch of library.listSnapshotSymbols(name)) {
    for (const { symbol, entry } of batch) pins[symbol] = entry.version;
  }
  return pins;
}

async function withSnapshots(): Promise<OpenedCopy> {
  const source = await newLibrary(1);
  const { library } = source;
  await fill(library);
  await library.snapshot("early", { versions: { frame: 2 }, skipSymbols: ["value"] });
  await library.snapshot("late", { metadata: { why: "audit" }, immutable: true });
  await library.delete("value");
  await library.write("frame", rowsFrom(90));
  return source;
}

test("snapshots come with the versions that they pin, whatever else is copied", async () => {
  const source = await withSnapshots();
  const target = await newLibrary(2);
  await target.library.write("own", 1);
  const report = await target.library.copyFrom(source.library, { snapshots: true, verify: true });
  expect(report).toMatchObject({
    snapshots: { copied: 2, present: 0 },
    // 2, 6 and 7 of the frame; 2 of the value, and that it was deleted.
    versions: { copied: 5, verified: 5 },
    problemCount: 0,
  });
  for (const name of ["early", "late"]) {
    expect(await pinsOf(target.library, name)).toEqual(await pinsOf(source.library, name));
  }
  const infos = [];
  for await (const batch of target.library.listSnapshots()) infos.push(...batch);
  expect(infos).toMatchObject([
    { name: "early", metadata: null, immutable: false },
    { name: "late", metadata: { why: "audit" }, immutable: true },
  ]);
  expect(await target.library.hasSymbol("value")).toBe(false);
  const again = await target.library.copyFrom(source.library, { snapshots: true });
  expect(again).toMatchObject({ snapshots: { copied: 0, present: 2 }, versions: { copied: 0 } });
});

test("a snapshot that the target has with other pins is left alone", async () => {
  const source = await withSnapshots();
  const target = await newLibrary(2);
  await target.library.write("own", 1);
  await target.library.snapshot("early");
  await target.library.snapshot("burned", { immutable: true });
  await target.library.deleteSnapshot("burned");
  await source.library.snapshot("burned");
  const { problems, snapshots } = await target.library.copyFrom(source.library, {
    snapshots: true,
  });
  expect(problems).toMatchObject([
    { kind: "incomplete", snapshot: "burned" },
    { kind: "diverged", snapshot: "early" },
  ]);
  expect(snapshots).toEqual({ copied: 1, present: 0 });
  expect(await pinsOf(target.library, "early")).toEqual({ own: 1 });
});

test("a snapshot is not made without all that it pins", async () => {
  const source = await withSnapshots();
  const target = await newLibrary(2);
  const { document } = await source.library.resolve("frame", { asOf: 2 });
  await harmBlob(source.store, document.key, "missing");
  const { problems, snapshots } = await target.library.copyFrom(source.library, {
    snapshots: true,
  });
  expect(problems).toMatchObject([
    { kind: "damaged", symbol: "frame", version: 2 },
    { kind: "incomplete", snapshot: "early" },
  ]);
  expect(snapshots).toEqual({ copied: 1, present: 0 });
});

test("a snapshot is not made of other versions with the same numbers", async () => {
  const source = await withSnapshots();
  const target = await newLibrary(2);
  for (const value of [1, 2, 3, 4, 5, 6]) await target.library.write("frame", value);
  const { problems, snapshots } = await target.library.copyFrom(source.library, {
    snapshots: true,
  });
  expect(problems).toMatchObject([
    { kind: "diverged", symbol: "frame" },
    { kind: "incomplete", snapshot: "early" },
    { kind: "incomplete", snapshot: "late" },
  ]);
  expect(snapshots).toEqual({ copied: 0, present: 0 });
});

test("damaged snapshots are told, and the others copied", async () => {
  const source = await withSnapshots();
  const target = await newLibrary(2);
  await source.library.snapshot("third");
  await harmRef(source.store, "n/third", "truncated");
  const [page = ""] = await blobKeys(source.store, "x/");
  await harmBlob(source.store, page, "flipped");
  const { problems, snapshots } = await target.library.copyFrom(source.library, {
    snapshots: true,
  });
  expect(problems).toHaveLength(2);
  expect(problems).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ kind: "damaged", key: "n/third" }),
      expect.objectContaining({ kind: "damaged", snapshot: expect.any(String) }),
    ]),
  );
  expect(snapshots).toEqual({ copied: 1, present: 0 });
});
