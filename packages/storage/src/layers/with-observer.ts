import type { Clock } from "@foretile/resilience";
import { isStorageError, type StorageErrorCode } from "../storage-error.ts";
import type { Store } from "../store.ts";
import { applyLayer } from "./apply-layer.ts";
import type { StoreOperation } from "./store-call.ts";

/** What became of one call, or of one batch of a listing. */
export interface StoreEvent {
  readonly operation: StoreOperation;
  /** The key of the record, blob or row; the first of several; the start of a range; `undefined` when there is none. */
  readonly key: string | undefined;
  /** Bytes of the values handed in. Keys do not count. */
  readonly bytesWritten: number;
  /** Bytes of the values in the result. */
  readonly bytesRead: number;
  readonly durationMs: number;
  /** `ok`, or the code of the failure; of `mutateRows` with failed rows, the code of the first. */
  readonly outcome: "ok" | StorageErrorCode;
}

export interface WithObserverOptions {
  readonly clock: Clock;
  /** Called when a call has ended, before its caller hears of it. Must not throw. */
  readonly observe: (event: StoreEvent) => void;
}

/** Tells of every call. What a layer below repeats or splits is one call here; put the observer below it to see each. */
export function withObserver(store: Store, options: WithObserverOptions): Store {
  const { clock, observe } = options;
  return applyLayer(store, {
    around: async (call, proceed) => {
      const { operation, key, signal, bytesWritten } = call;
      const startedMs = clock.monotonicMs();
      const tell = (bytesRead: number, outcome: StoreEvent["outcome"]): void => {
        const durationMs = clock.monotonicMs() - startedMs;
        observe({ operation, key, bytesWritten, bytesRead, durationMs, outcome });
      };
      try {
        const result = await proceed(signal);
        const failure = call.failure(result);
        tell(call.bytesRead(result), failure === undefined ? "ok" : codeOf(failure));
        return result;
      } catch (error) {
        tell(0, codeOf(error));
        throw error;
      }
    },
  });
}

function codeOf(error: unknown): StorageErrorCode {
  return isStorageError(error) ? error.code : "unknown";
}
