import {
  createRetryPolicy,
  isRetryable,
  markGivenUp,
  type RetryPolicy,
  type RetryPolicyOptions,
} from "@foretile/resilience";
import type { RowMutation, RowStatus } from "../row-store.ts";
import type { Store } from "../store.ts";
import { applyLayer } from "./apply-layer.ts";
import { isRepeatable } from "./store-call.ts";

/**
 * Repeats failed calls: those that are `safe` to repeat, and after an unknown outcome also those that do no harm when
 * they happen twice. These are reads, `putNew`, `deleteMany`, `setFamily`, and `mutateRows`, of which only the failed
 * rows are sent again: their timestamps are explicit. `compareAndSet` and `checkAndMutateRow` are never repeated after
 * an unknown outcome: the caller has to read back. A listing goes on behind the last key it gave.
 *
 * An error that was retried in vain is rethrown as it is, and no retry layer above tries again.
 */
export function withRetry(store: Store, options: RetryPolicyOptions): Store {
  const policy = createRetryPolicy(options);
  return applyLayer(store, {
    around: (call, proceed) =>
      policy.run(() => proceed(call.signal), {
        idempotent: isRepeatable(call.operation),
        signal: call.signal,
      }),
    aroundRows: (rows, signal, proceed) => mutateRowsWithRetry(policy, rows, signal, proceed),
  });
}

async function mutateRowsWithRetry(
  policy: RetryPolicy,
  rows: readonly RowMutation[],
  signal: AbortSignal | undefined,
  proceed: (rows: readonly RowMutation[]) => Promise<readonly RowStatus[]>,
): Promise<readonly RowStatus[]> {
  const statuses: RowStatus[] = [];
  // Indices of the rows to send, and why they are to be sent again.
  let pending = rows.map((_, index) => index);
  let failures: readonly Error[] = [];

  async function attempt(): Promise<void> {
    const part = pending.flatMap((index) => rows[index] ?? []);
    for (const [position, status] of (await proceed(part)).entries()) {
      const index = pending[position];
      if (index !== undefined) statuses[index] = status;
    }
    const failed = pending.flatMap((index) => {
      const status = statuses[index];
      return status?.ok === false && isRetryable(status.error, true)
        ? [{ index, error: status.error }]
        : [];
    });
    pending = failed.map(({ index }) => index);
    failures = failed.map(({ error }) => error);
    const [failure] = failures;
    if (failure !== undefined) throw failure;
  }

  try {
    await policy.run(attempt, { idempotent: true, signal });
  } catch (error) {
    if (error !== failures[0]) throw error;
    for (const failure of failures) markGivenUp(failure);
  }
  return statuses;
}
