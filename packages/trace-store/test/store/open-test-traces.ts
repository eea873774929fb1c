import type { Store } from "@foretile/storage";
import { createCallCounter, withObserver, type CallCounter } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createLibrary, openLibrary, type Library } from "@foretile/version-store";
import { openTraceStore, type TraceStore, type TraceValueType } from "../../src/index.ts";

export interface TestTraces<V extends TraceValueType> {
  readonly store: Store;
  readonly library: Library;
  readonly traces: TraceStore<V>;
  /** Counts the calls of this library. */
  readonly counter: CallCounter;
}

export interface TestTracesOptions<V extends TraceValueType> {
  readonly valueType: V;
  readonly tileSize?: number | undefined;
  /** An existing store to open instead of a fresh one. */
  readonly existing?: Store | undefined;
  readonly seed?: number | undefined;
}

export async function openTestTraces<V extends TraceValueType>({
  valueType,
  tileSize,
  existing,
  seed = 1,
}: TestTracesOptions<V>): Promise<TestTraces<V>> {
  const store = existing ?? openMemoryStore();
  const counter = createCallCounter();
  const clock = createInstantClock({ startMs: 1_512_561_600_000 });
  const libraryOptions = {
    store: withObserver(store, { clock, observe: counter.observe }),
    clock,
    random: createSeededRandom(seed),
    composition: { placement: "packs" },
    probe: false,
  } as const;
  const library =
    existing === undefined
      ? await createLibrary(libraryOptions)
      : await openLibrary(libraryOptions);
  const traces = await openTraceStore({ library, set: "test", valueType, tileSize });
  counter.reset();
  return { store, library, traces, counter };
}

/** Calls of all kinds, and the bytes that they moved. */
export function totalsOf(counter: CallCounter): {
  readonly calls: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
} {
  const totals = [...counter.totals().values()];
  return {
    calls: totals.reduce((sum, { calls }) => sum + calls, 0),
    bytesRead: totals.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    bytesWritten: totals.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
  };
}
