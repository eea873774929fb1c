import type { StoreOperation } from "./store-call.ts";
import type { StoreEvent } from "./with-observer.ts";

/** Sums over the calls of one operation. */
export interface CallTotals {
  readonly calls: number;
  /** How many of the calls did not end with `ok`. */
  readonly failures: number;
  readonly bytesWritten: number;
  readonly bytesRead: number;
}

/** Sums up the events of an observer: what an operation of an engine costs in calls and bytes. */
export interface CallCounter {
  /** To be given to `withObserver`. */
  readonly observe: (event: StoreEvent) => void;
  /** The sums since the last reset; operations that were not called are missing. The map belongs to the caller. */
  totals(): ReadonlyMap<StoreOperation, CallTotals>;
  reset(): void;
}

const nothing: CallTotals = { calls: 0, failures: 0, bytesWritten: 0, bytesRead: 0 };

export function createCallCounter(): CallCounter {
  const totals = new Map<StoreOperation, CallTotals>();
  return {
    observe: ({ operation, outcome, bytesWritten, bytesRead }) => {
      const before = totals.get(operation) ?? nothing;
      totals.set(operation, {
        calls: before.calls + 1,
        failures: before.failures + (outcome === "ok" ? 0 : 1),
        bytesWritten: before.bytesWritten + bytesWritten,
        bytesRead: before.bytesRead + bytesRead,
      });
    },
    totals: () => new Map(totals),
    reset: () => totals.clear(),
  };
}
