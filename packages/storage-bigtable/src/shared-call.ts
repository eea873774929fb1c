import { abortedError } from "./errors.ts";

interface Running<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Lets callers that ask at the same time share one call. A caller whose signal is aborted leaves; the call is cancelled
 * when the last one has left.
 */
export function createSharedCall<T>(
  run: (signal: AbortSignal) => Promise<T>,
): (signal?: AbortSignal) => Promise<T> {
  let running: Running<T> | undefined;

  function begin(): Running<T> {
    const controller = new AbortController();
    const begun: Running<T> = {
      controller,
      waiting: 0,
      result: run(controller.signal).finally(() => {
        if (running === begun) running = undefined;
      }),
    };
    // Each caller hears of a failure by itself; one that left does not.
    begun.result.catch(() => {});
    return begun;
  }

  return (signal) => {
    const call = (running ??= begin());
    call.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(abortedError(signal));
        call.waiting -= 1;
        if (call.waiting > 0) return;
        if (running === call) running = undefined;
        call.controller.abort();
      };
      signal?.addEventListener("abort", leave, { once: true });
      call.result.then(resolve, reject).finally(() => signal?.removeEventListener("abort", leave));
    });
  };
}
