import type { RowMutation, RowStatus } from "../row-store.ts";
import type { StoreCall } from "./store-call.ts";

/** What a layer does with the calls of the store below it. */
export interface StoreLayer {
  /**
   * Surrounds a call. `proceed` makes it and may be called again after a failure: a listing then goes on behind what
   * it already gave.
   *
   * @param proceed takes the signal to use in the place of the call's own
   */
  around<T>(
    call: StoreCall<T>,
    proceed: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T>;

  /**
   * Surrounds `mutateRows` row by row, instead of `around`. The rows are known to be well-formed.
   *
   * @param proceed takes any part of the rows and always resolves with their statuses, unless the call as a whole is
   *   refused
   */
  aroundRows?(
    rows: readonly RowMutation[],
    signal: AbortSignal | undefined,
    proceed: (rows: readonly RowMutation[]) => Promise<readonly RowStatus[]>,
  ): Promise<readonly RowStatus[]>;
}
