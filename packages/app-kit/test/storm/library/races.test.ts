import { setImmediate } from "node:timers/promises";

import { temporaryFolder } from "@foretile/testkit";
import { openLibrary, type Library } from "@foretile/version-store";
import { expect, test } from "vitest";

import { openStore } from "../../../src/store/open-store.ts";
import { contentOf } from "./named-segments.ts";
import { newLibrary } from "./new-library.ts";
import { WorkerProcess } from "./run-worker.ts";
import type { CommitLine } from "./told-lines.ts";

const ROUNDS = 40;

async function writeFirst(library: Library, symbol: string): Promise<void> {
  await using transaction = await library.begin(symbol);
  await transaction.commit(() => contentOf([]), { message: "first" });
}

/** Reads the newest version until `until` settles. @returns the messages it met */
async function watch(
  library: Library,
  symbol: string,
  until: Promise<unknown>,
): Promise<Set<string>> {
  const met = new Set<string>();
  const waiting = Symbol("waiting");
  do {
    met.add((await library.resolve(symbol)).message ?? "");
    // A turn of the event loop for every look: reads of this store alone would never let go of it.
  } while ((await Promise.race([until, setImmediate(waiting)])) === waiting);
  return met;
}

test("vector 94: of two processes that expect version 1 one succeeds, and the other is never seen", async () => {
  await using opened = await newLibrary();
  const { path, store, library } = opened;
  const symbols = Array.from({ length: ROUNDS }, (_, round) => `contended/${round}`);
  for (const symbol of symbols) await writeFirst(library, symbol);
  type Line = CommitLine | { readonly did: "prepared" };
  await using left = new WorkerProcess<Line>("contender", { path, contender: "l", symbols });
  await using right = new WorkerProcess<Line>("contender", { path, contender: "r", symbols });
  const both = [left, right];

  for (const [round, symbol] of symbols.entries()) {
    await Promise.all(both.map((worker) => worker.told(round * 2 + 1)));
    for (const worker of both) worker.letGo();
    const settled = Promise.all(both.map((worker) => worker.told(round * 2 + 2)));
    const met = await watch(library, symbol, settled);
    const outcomes = both.flatMap(({ lines }): CommitLine[] => {
      const line = lines[round * 2 + 1];
      return line === undefined || line.did === "prepared" ? [] : [line];
    });
    expect(outcomes.map(({ did }) => did).toSorted()).toEqual(["committed", "refused"]);
    const winner = outcomes.find(({ did }) => did === "committed")?.name ?? "";
    expect(outcomes).toContainEqual({
      did: "refused",
      name: winner.replace(/^./, (it) => (it === "l" ? "r" : "l")),
      symbol,
      code: "concurrent-modification",
    });
    expect(["first", winner]).toEqual(expect.arrayContaining([...met]));
    expect(await library.resolve(symbol)).toMatchObject({ version: 2, message: winner });
  }

  for (const worker of both) expect(await worker.ended).toMatchObject({ code: 0, errors: "" });
  const segments: string[] = [];
  for await (const batch of store.blobs.list({})) {
    segments.push(...batch.map(({ key }) => key).filter((key) => key.startsWith("s/")));
  }
  expect(segments).toHaveLength(ROUNDS);
});

test("of two processes that make a library in one store one succeeds", async () => {
  await using folder = await temporaryFolder();
  const paths = Array.from({ length: ROUNDS }, (_, round) => `${folder.path}/${round}`);
  for (const path of paths) await (await openStore(`lmdb:${path}`, "create")).close();
  interface Line {
    readonly did: "prepared" | "created" | "refused";
    readonly id?: string;
  }
  await using left = new WorkerProcess<Line>("creator", { paths });
  await using right = new WorkerProcess<Line>("creator", { paths });
  const both = [left, right];

  for (const [round, path] of paths.entries()) {
    await Promise.all(both.map((worker) => worker.told(round * 2 + 1)));
    for (const worker of both) worker.letGo();
    await Promise.all(both.map((worker) => worker.told(round * 2 + 2)));
    const outcomes = both.map(({ lines }) => lines[round * 2 + 1]);
    expect(outcomes).toContainEqual({ did: "refused", code: "library-exists" });
    await using store = await openStore(`lmdb:${path}`, "read");
    const { config } = await openLibrary({ store, readOnly: true });
    expect(outcomes).toContainEqual({ did: "created", id: config.id });
  }
  for (const worker of both) expect(await worker.ended).toMatchObject({ code: 0, errors: "" });
});
