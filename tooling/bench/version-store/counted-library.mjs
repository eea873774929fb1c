import { systemClock, systemRandom } from "@foretile/resilience/system";
import { createCallCounter, withFaults, withObserver } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createLibrary } from "@foretile/version-store";

/** A library over a memory store whose calls are counted. */
export async function createCountedLibrary({ latencyMs = 0, ...options } = {}) {
  const memory = openMemoryStore();
  const counter = createCallCounter();
  const slow =
    latencyMs === 0
      ? memory
      : withFaults(memory, {
          clock: systemClock,
          random: systemRandom,
          rules: [{ fault: { type: "delay", delayMs: latencyMs } }],
        });
  const store = withObserver(slow, { clock: systemClock, observe: counter.observe });
  const library = await createLibrary({ store, ...options });
  counter.reset();
  return { library, store, memory, counter };
}

/** Requests and bytes of what `action` does. */
export async function count(counter, action) {
  counter.reset();
  const startedMs = performance.now();
  await action();
  const durationMs = performance.now() - startedMs;
  const totals = [...counter.totals()];
  const sum = (field, wanted) =>
    totals
      .filter(([operation]) => wanted.test(operation))
      .reduce((total, [, calls]) => total + calls[field], 0);
  return {
    durationMs,
    reads: sum("calls", /\.(get|read|list)$/),
    gets: sum("calls", /^blobs\.get$/),
    lists: sum("calls", /\.list$/),
    writes: sum("calls", /\.(putNew|compareAndSet)$/),
    deletes: sum("calls", /\.deleteMany$/),
    bytesWritten: sum("bytesWritten", /./),
    blobBytesWritten: sum("bytesWritten", /^blobs/),
    bytesRead: sum("bytesRead", /./),
  };
}

export function round(value, digits = 1) {
  return Number(value.toFixed(digits));
}
