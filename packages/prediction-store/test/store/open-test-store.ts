import type { TileMode } from "@foretile/codecs";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { toKey, type BlobStore, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createLibrary, openLibrary, type Library } from "@foretile/version-store";
import {
  openPredictionStore,
  stepCount,
  type Answer,
  type ForecastRequest,
  type PredictionStore,
  type PublishedRequest,
} from "../../src/index.ts";

export interface TestStore {
  readonly store: Store;
  readonly library: Library;
  readonly predictions: PredictionStore;
}

export interface TestStoreOptions {
  readonly mode?: TileMode;
  /** Changes the blob store that the library works on. */
  readonly blobs?: (blobs: BlobStore) => BlobStore;
  /** An existing store to open instead of a fresh one. */
  readonly existing?: Store;
  readonly seed?: number;
}

export async function openTestStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const store = options.existing ?? openMemoryStore();
  const libraryOptions = {
    store: { blobs: options.blobs?.(store.blobs) ?? store.blobs, refs: store.refs },
    clock: createInstantClock({ startMs: 1_512_561_600_000 }),
    random: createSeededRandom(options.seed ?? 1),
  };
  const library =
    options.existing === undefined
      ? await createLibrary(libraryOptions)
      : await openLibrary(libraryOptions);
  const predictions = await openPredictionStore({ library, mode: options.mode });
  return { store, library, predictions };
}

/** Three panels, the last one short; a member count that no lane width divides. */
export const request: ForecastRequest = {
  label: "test",
  asset: "BTC",
  startUnixSeconds: 1_512_475_200,
  timeIncrementSeconds: 300,
  timeLengthSeconds: 300 * 69,
  simulations: 7,
};

/** A seeded random walk as a tile, step-major. */
export function walk(seed: number, of: ForecastRequest = request): Float32Array<ArrayBuffer> {
  const random = createSeededRandom(seed);
  const steps = stepCount(of);
  const tile = new Float32Array(of.simulations * steps);
  for (let simulation = 0; simulation < of.simulations; simulation += 1) {
    let price = 16_000;
    for (let step = 0; step < steps; step += 1) {
      tile[step * of.simulations + simulation] = price;
      price += ((random.nextUint32() % 2001) - 1000) / 100;
    }
  }
  return tile;
}

export function validAnswer(minerId: number, seed: number = minerId): Answer {
  return {
    minerUid: minerId % 256,
    minerId,
    processTimeSeconds: 1.5,
    outcome: { status: "valid", tile: walk(seed) },
  };
}

export function invalidAnswer(minerId: number): Answer {
  return {
    minerUid: minerId % 256,
    minerId,
    processTimeSeconds: undefined,
    outcome: { status: "invalid", reason: "no_process_time", message: "no answer in time" },
  };
}

export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Every tile of a request by miner id, and the errors of those that are damaged. */
export async function readAll(
  published: PublishedRequest,
): Promise<Map<number, Uint32Array | Error>> {
  const tiles = new Map<number, Uint32Array | Error>();
  for await (const { answer, values, error } of published.tiles()) {
    tiles.set(answer.minerId, values === undefined ? error : bitsOf(values).slice());
  }
  return tiles;
}

export async function blobKeys(store: Store, prefix = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of store.blobs.list({})) keys.push(...batch.map(({ key }) => key));
  return keys.filter((key) => key.startsWith(prefix));
}

/** Changes a stored blob behind the library's back. */
export async function tamper(
  store: Store,
  key: string,
  change: (bytes: Uint8Array) => Uint8Array | undefined,
): Promise<void> {
  const bytes = await store.blobs.get(toKey(key));
  const changed = change(bytes ?? new Uint8Array());
  await store.blobs.deleteMany([toKey(key)]);
  if (changed !== undefined) await store.blobs.putNew(toKey(key), changed);
}

export function flipByte(index: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const flipped = bytes.slice();
    flipped[index] = (flipped[index] ?? 0) ^ 0x10;
    return flipped;
  };
}
