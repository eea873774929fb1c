import { readdir, readFile } from "node:fs/promises";
import { openPredictionStore, SYNTH_HIGH, SYNTH_LOW } from "@foretile/prediction-store";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import {
  createInstantClock,
  createSeededRandom,
  dumpStore,
  loadStore,
  type StoreDump,
} from "@foretile/testkit";
import { openLibrary, type Library, type OpenLibraryOptions } from "@foretile/version-store";
import { describe, expect, test } from "vitest";
import { described } from "../golden/described.ts";
import type { ExpectedLibrary, ExpectedVersion } from "../golden/ledger.ts";
import { hashOfTile } from "../golden/write-requests.ts";
import { COMPOSITIONS, WRITTEN_AT_MS, writeStore } from "../golden/write-store.ts";

interface KeptStore {
  readonly expected: ExpectedLibrary;
  readonly store: StoreDump;
}

const folder = new URL("../../../../tooling/fixtures/stores/", import.meta.url);
const keptNames = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
/** What is kept, and what this build writes itself. */
const names = [...keptNames, ...Object.keys(COMPOSITIONS)];
const hour = 3_600_000;

describe.each(names)("the store %s", (name) => {
  test("opens, and gives every version back", async () => {
    const { expected } = await kept(name);
    const library = await open(name, { readOnly: true });
    expect(await symbolsOf(library)).toEqual(expected.symbols);
  });

  test("is sound to the last byte", async () => {
    const library = await open(name, { readOnly: true });
    const { healthy, findings, verified } = await library.fsck({ level: 2 });
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(healthy).toBe(true);
    expect(verified.blobs).toBeGreaterThan(10);
  });

  test("does not give removed versions and deleted symbols back", async () => {
    const { expected } = await kept(name);
    const library = await open(name, { readOnly: true });
    expect(expected.removed.length).toBeGreaterThan(0);
    for (const [symbol, asOf] of expected.removed) {
      await expect(library.read(symbol, { asOf })).rejects.toMatchObject({ code: "no-data-found" });
    }
    for (const symbol of Object.keys(expected.deleted)) {
      expect(await library.hasSymbol(symbol)).toBe(false);
    }
  });

  test("has its snapshots", async () => {
    const { expected } = await kept(name);
    const library = await open(name, { readOnly: true });
    expect(await snapshotsOf(library)).toEqual(expected.snapshots);
    for (const [snapshot, { pins }] of Object.entries(expected.snapshots)) {
      for (const [symbol, version] of Object.entries(pins)) {
        const { value } = await library.read(symbol, { asOf: { snapshot } });
        expect(described(value)).toEqual(expected.symbols[symbol]?.[version]?.value);
      }
    }
  });

  test("takes deletions back", async () => {
    const { expected } = await kept(name);
    const library = await open(name);
    for (const [symbol, versions] of Object.entries(expected.deleted)) {
      await library.undelete(symbol);
      expect(await versionsOf(library, symbol)).toEqual(versions);
    }
  });

  test("makes versions of what was staged", async () => {
    const { expected } = await kept(name);
    const library = await open(name);
    for (const { symbol, token, value } of expected.staged) {
      await library.finalize(symbol, [token], { mode: "append" });
      expect(described((await library.read(symbol)).value)).toEqual(value);
    }
  });

  test("has its labels and forecasts", async () => {
    const { expected } = await kept(name);
    const library = await open(name, { readOnly: true });
    const predictions = await openPredictionStore({ library });
    expect(await predictions.labels()).toEqual([SYNTH_LOW, SYNTH_HIGH]);
    const requests: ExpectedLibrary["requests"] = {};
    for (const key of Object.keys(expected.requests)) {
      const published = await predictions.read(key);
      const answers: Record<string, string> = {};
      for (const answer of published.answers) {
        answers[answer.minerId] =
          answer.status === "valid"
            ? hashOfTile(await published.readTile(answer.minerId))
            : answer.reason;
      }
      requests[key] = { version: published.version, answers };
    }
    expect(requests).toEqual(expected.requests);
  });

  test("loses nothing to a collection once all times are over, and can be written to", async () => {
    const { expected } = await kept(name);
    const store = await load(name);
    const library = await open(name, { store, hoursLater: 24 * 30 });
    const report = await library.collect({ waitMs: 0 });
    expect(report.versions).toBeGreaterThan(0);
    expect(report.stranded).toEqual([]);
    await library.append("arrays/cut", (await library.read("arrays/cut", { asOf: 1 })).value);
    const readers = await open(name, { store, readOnly: true });
    const { rows } = await readers.read("arrays/cut");
    expect(rows).toBe(29);
    const symbols = await symbolsOf(readers);
    delete symbols["arrays/cut"]?.[4];
    expect(symbols).toEqual(expected.symbols);
  });
});

test("every composition has a store of format 1 among them", () => {
  expect(keptNames).toEqual(
    expect.arrayContaining(Object.keys(COMPOSITIONS).map((name) => `${name}-v1.json`)),
  );
});

const stores = new Map<string, Promise<KeptStore>>();

/** A kept store, or one that is written just now, once. */
async function kept(name: string): Promise<KeptStore> {
  const known = stores.get(name) ?? (keptNames.includes(name) ? readKept(name) : writeNow(name));
  stores.set(name, known);
  return known;
}

async function readKept(name: string): Promise<KeptStore> {
  return JSON.parse(await readFile(new URL(name, folder), "utf8")) as KeptStore;
}

async function writeNow(name: string): Promise<KeptStore> {
  const { store, expected } = await writeStore(name);
  return { store: await dumpStore(store), expected };
}

async function load(name: string): Promise<Store> {
  const store = openMemoryStore();
  await loadStore((await kept(name)).store, store);
  return store;
}

async function open(
  name: string,
  {
    store,
    hoursLater = 1,
    ...options
  }: { store?: Store; hoursLater?: number } & Pick<OpenLibraryOptions, "readOnly"> = {},
): Promise<Library> {
  return openLibrary({
    ...options,
    store: store ?? (await load(name)),
    clock: createInstantClock({ startMs: WRITTEN_AT_MS + hoursLater * hour }),
    random: createSeededRandom(8),
  });
}

/** Every typed value of a library in every version. */
async function symbolsOf(library: Library): Promise<ExpectedLibrary["symbols"]> {
  const symbols: ExpectedLibrary["symbols"] = {};
  for await (const batch of library.listSymbols({ regex: /^(arrays|frames|values)\// })) {
    for (const { symbol = "" } of batch) symbols[symbol] = await versionsOf(library, symbol);
  }
  return symbols;
}

async function versionsOf(
  library: Library,
  symbol: string,
): Promise<Record<string, ExpectedVersion>> {
  const versions: Record<string, ExpectedVersion> = {};
  for await (const batch of library.listVersions(symbol)) {
    for (const { version, operation, user, message, committedAtMs, contentHash } of batch) {
      const { value, metadata } = await library.read(symbol, { asOf: version });
      versions[version] = {
        operation,
        metadata: described(metadata),
        user: user ?? null,
        message: message ?? null,
        committedAtMs,
        contentHash: Buffer.from(contentHash).toString("hex"),
        value: described(value),
      };
    }
  }
  return versions;
}

async function snapshotsOf(library: Library): Promise<ExpectedLibrary["snapshots"]> {
  const snapshots: ExpectedLibrary["snapshots"] = {};
  for await (const batch of library.listSnapshots()) {
    for (const listed of batch) {
      if (!("metadata" in listed)) throw listed.error;
      const pins: Record<string, number> = {};
      for await (const pinned of library.listSnapshotSymbols(listed.name)) {
        for (const { symbol, entry } of pinned) pins[symbol] = entry.version;
      }
      snapshots[listed.name] = { metadata: described(listed.metadata), pins };
    }
  }
  return snapshots;
}
