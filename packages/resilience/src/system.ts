/**
 * The one file that touches the machine's clock, timers and randomness.
 *
 * @module
 */
import type { Clock, Random } from "./clock.ts";
import { createIdSource, type IdSource } from "./id-source.ts";

/** The machine's clock and timers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (durationMs, signal) =>
    new Promise((resolve, reject) => {
      const fail = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", fail);
        resolve();
      }, durationMs);
      if (signal?.aborted === true) fail();
      else signal?.addEventListener("abort", fail, { once: true });
    }),
};

/** Cryptographically strong randomness of the platform. */
export const systemRandom: Random = {
  nextUint32: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
};

/** Ids from the machine's clock and randomness. */
export const systemIds: IdSource = createIdSource(systemClock, systemRandom);
