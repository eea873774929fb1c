import { isStorageError, StorageError } from "@foretile/storage";
import type { ActorState } from "./actor-state.ts";
import type { RequestDescription } from "./actor-store.ts";
import type { Effect, InFlight, Network } from "./network.ts";

/** Puts a store call of an actor on its way; settles as the request is performed, or when its signal is aborted. */
export function sendRequest<T>(
  network: Network,
  actor: ActorState,
  call: RequestDescription<T>,
): Promise<T> {
  const { operation, key, writes, signal, happen, happenPartly, summary } = call;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      // The caller was answered, or is gone: nothing of an ended actor settles any more.
      if (request.orphan !== undefined) return;
      network.orphan(request, "aborted");
      reject(new StorageError("aborted", "call was aborted", { cause: signal?.reason }));
    };
    const settle = (answer: () => void): void => {
      signal?.removeEventListener("abort", abort);
      answer();
    };
    const perform = async (): Promise<Effect> => {
      try {
        const result = await happen();
        return { summary: summary(result), reply: () => settle(() => resolve(result)) };
      } catch (error) {
        return {
          summary: isStorageError(error) ? error.code : String(error),
          reply: () => settle(() => reject(error)),
        };
      }
    };
    const request: InFlight = {
      actor,
      operation,
      key,
      writes,
      happen: perform,
      happenPartly,
      fail: (error) => settle(() => reject(error)),
      orphan: undefined,
      wasHeld: false,
      heldUntil: 0,
    };
    signal?.addEventListener("abort", abort, { once: true });
    network.add(request);
  });
}
