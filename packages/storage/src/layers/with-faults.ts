import type { Clock, Random } from "@foretile/resilience";
import type { RowMutation, RowStatus } from "../row-store.ts";
import type { Store } from "../store.ts";
import { applyLayer } from "./apply-layer.ts";
import { createFaultPlan, type FaultRule } from "./fault-plan.ts";

export interface WithFaultsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Each is asked about every call; see {@link FaultRule}. */
  readonly rules: readonly FaultRule[];
}

/**
 * Lets calls fail, lose their replies or take long, as the rules say and the random numbers decide: the same seed and
 * the same calls give the same faults. For tests and simulations.
 *
 * `mutateRows` is struck row by row, each batch of a listing by itself.
 */
export function withFaults(store: Store, options: WithFaultsOptions): Store {
  const plan = createFaultPlan(options);

  async function strikeRows(
    rows: readonly RowMutation[],
    signal: AbortSignal | undefined,
    proceed: (rows: readonly RowMutation[]) => Promise<readonly RowStatus[]>,
  ): Promise<readonly RowStatus[]> {
    const faults: { readonly row: RowMutation; readonly before?: Error; readonly after?: Error }[] =
      [];
    for (const row of rows) {
      faults.push({ row, ...(await plan.strike("rows.mutateRows", row.key, signal)) });
    }
    const sent = faults.filter(({ before }) => before === undefined).map(({ row }) => row);
    const answers = (sent.length === 0 ? [] : await proceed(sent)).values();
    return faults.map(({ row: { key }, before, after }) => {
      if (before !== undefined) return { key, ok: false, error: before };
      const answer = answers.next();
      if (after !== undefined || answer.done === true) {
        return { key, ok: false, error: after ?? new Error("no status for the row") };
      }
      return answer.value;
    });
  }

  return applyLayer(store, {
    around: async ({ operation, key, signal }, proceed) => {
      const { before, after } = await plan.strike(operation, key, signal);
      if (before !== undefined) throw before;
      const result = await proceed(signal);
      if (after !== undefined) throw after;
      return result;
    },
    aroundRows: strikeRows,
  });
}
