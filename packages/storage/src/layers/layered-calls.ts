import { abortedError, type CallScope } from "../adapter/call-scope.ts";
import type { StoreCall } from "./store-call.ts";
import type { StoreLayer } from "./store-layer.ts";

/** A call with what does not apply to it left out. */
export type CallDescription<T> = Pick<StoreCall<T>, "operation" | "key" | "signal"> &
  Partial<StoreCall<T>>;

const emptyCall = { bytesWritten: 0, bytesRead: () => 0, failure: () => undefined };

/** Runs calls through one layer, within the life of the layered store. */
export interface LayeredCalls {
  readonly layer: StoreLayer;
  run<T>(
    call: CallDescription<T>,
    proceed: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T>;
  /** The same for what is more than one call of the layer. */
  within<T>(signal: AbortSignal | undefined, operation: () => Promise<T>): Promise<T>;
}

export function createLayeredCalls(scope: CallScope, layer: StoreLayer): LayeredCalls {
  async function within<T>(
    signal: AbortSignal | undefined,
    operation: () => Promise<T>,
  ): Promise<T> {
    try {
      return await scope.run(signal, operation);
    } catch (error) {
      // Clocks and limiters reject with the signal's own reason.
      if (signal?.aborted === true && error === signal.reason) throw abortedError(signal);
      throw error;
    }
  }

  return {
    layer,
    within,
    run: (call, proceed) =>
      within(call.signal, () => layer.around({ ...emptyCall, ...call }, proceed)),
  };
}
