import type { RunRecord } from "../run/run-record.ts";
import type { StoreContext } from "../store-context.ts";
import type { ChangeOptions } from "../trace-entry.ts";
import { becameFull, firstToMerge } from "./merge-plan.ts";
import { mergeRuns } from "./merge-runs.ts";

/**
 * Merges runs after a change, when there are enough of them. A change of its own: what was changed is there already, and
 * stays so when this fails.
 *
 * @param runs those of the tile after the change
 * @returns why it failed
 */
export async function mergeAfter(
  context: StoreContext,
  tile: number,
  runs: readonly RunRecord[],
  { signal }: ChangeOptions,
): Promise<Error | undefined> {
  const first = becameFull(runs, context.config.tileSize) ? 0 : firstToMerge(runs);
  // Somebody else in this process is at it; the next change looks again.
  if (first === undefined || context.merging.has(tile)) return undefined;
  context.merging.add(tile);
  try {
    await mergeRuns(context, tile, runs.slice(first), { signal });
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    context.merging.delete(tile);
  }
}
