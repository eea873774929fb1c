import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import type { RefStore, Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createLibrary, type Library, type VersionContent } from "../src/index.ts";
import { TEST_PLACEMENT } from "./test-placement.ts";

export interface TestLibrary {
  readonly store: Store;
  readonly library: Library;
}

/** A fresh library over a memory store, with a clock of its own and seeded ids. */
export async function openTestLibrary(
  options: { refs?: (refs: RefStore) => RefStore } = {},
): Promise<TestLibrary> {
  const store = openMemoryStore();
  const library = await createLibrary({
    store: { blobs: store.blobs, refs: options.refs?.(store.refs) ?? store.refs },
    clock: createInstantClock({ startMs: 1_500_000_000_000 }),
    random: createSeededRandom(1),
    probe: false,
    composition: TEST_PLACEMENT,
  });
  return { store, library };
}

/** Content without segments that is fully told by a text. */
export function textContent(text: string): VersionContent {
  const identity = new TextEncoder().encode(text);
  return {
    manifest: { handler: "text", body: text, segments: [] },
    identity,
    rawBytes: identity.length,
  };
}

export async function writeText(library: Library, symbol: string, text: string): Promise<number> {
  await using transaction = await library.begin(symbol);
  const { version } = await transaction.commit(() => textContent(text), { skipUnchanged: true });
  return version;
}

export async function readText(
  library: Library,
  symbol: string,
  version?: number,
): Promise<unknown> {
  return (await library.resolve(symbol, { asOf: version })).manifest.body;
}

/** Every blob of a store, by key. */
export async function allBlobs(store: Store): Promise<Map<string, Uint8Array>> {
  const blobs = new Map<string, Uint8Array>();
  for await (const batch of store.blobs.list({})) {
    for (const { key } of batch) blobs.set(key, (await store.blobs.get(key)) ?? new Uint8Array());
  }
  return blobs;
}

export async function refKeys(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of store.refs.list({})) keys.push(...batch.map(({ key }) => key));
  return keys;
}
