import { runWithDeadline, type Clock } from "@foretile/resilience";
import { StorageError } from "../storage-error.ts";
import type { Store } from "../store.ts";
import { applyLayer } from "./apply-layer.ts";
import { isRead } from "./store-call.ts";

export interface WithDeadlineOptions {
  readonly clock: Clock;
  /** How long one call, or one batch of a listing, may take, in milliseconds ≥ 0. */
  readonly timeoutMs: number;
}

/**
 * Ends calls that take too long with `timeout`: `safe` to repeat for reads, of unknown outcome for writes. The call
 * below is told by its signal and left behind, also when it does not listen.
 */
export function withDeadline(store: Store, options: WithDeadlineOptions): Store {
  const { clock, timeoutMs } = options;
  return applyLayer(store, {
    around: ({ operation, signal }, proceed) =>
      runWithDeadline(proceed, {
        clock,
        timeoutMs,
        signal,
        timeoutError: () =>
          new StorageError(
            "timeout",
            `no answer in time operation=${operation} timeoutMs=${timeoutMs}`,
            {
              retry: isRead(operation) ? "safe" : "unknown-outcome",
            },
          ),
      }),
  });
}
