import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createLibrary } from "@foretile/version-store";
import { openTraceStore, type TraceEntry, type TraceValueType } from "../../src/index.ts";

/** Entries at one position: values, an invalid point, and things said about traces. */
export const goldenValues = {
  float32: [1.5, -0, 3.4028234663852886e38],
  float64: [0.1, -Infinity, 5e-324],
  digest: [
    Uint8Array.from({ length: 16 }, (_, index) => index),
    new Uint8Array(16),
    new Uint8Array(16).fill(0xff),
  ],
  bytes: [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(255).fill(7)],
} as const;

/** Positions of a tile: two lanes, the second one short. */
export const GOLDEN_TILE_SIZE = 70;

export function goldenEntries(type: TraceValueType): TraceEntry[] {
  const [first, second, third] = goldenValues[type];
  return [
    { params: { asset: "BTC", miner: "1" }, value: first, options: { unit: "%" } },
    { params: { asset: "BTC", miner: "2" }, value: second, options: {} },
    { params: { asset: "\u{1f600},=", "é": "" }, value: third },
    { params: { asset: "ETH" }, invalid: true },
  ] as TraceEntry[];
}

/**
 * For each type of values a set with a tile that was merged once and has a run of its own beside it: dense, sparse, with
 * invalid and deleted points, in both lanes. Nothing is packed, as what a compressor writes is up to its library.
 */
export async function writeGoldenStore(): Promise<Store> {
  const store = openMemoryStore();
  const library = await createLibrary({
    store,
    clock: createInstantClock({ startMs: 1_512_561_600_000 }),
    random: createSeededRandom(7),
    composition: { preset: "plain" },
    probe: false,
  });
  for (const valueType of Object.keys(goldenValues) as TraceValueType[]) {
    const tileSize = GOLDEN_TILE_SIZE;
    const traces = await openTraceStore({ library, set: `golden-${valueType}`, valueType, tileSize });
    const entries = goldenEntries(valueType);
    await traces.append(0, entries);
    await traces.append(2, entries.slice(0, 3));
    await traces.append(65, entries.slice(2));
    await traces.deletePoints(2, [",asset=BTC,miner=2,"]);
    await traces.append(69, entries.slice(0, 2));
  }
  return store;
}
