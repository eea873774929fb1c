import type { Clock, Random } from "@foretile/resilience";
import { StorageError } from "../storage-error.ts";
import { isRead, type StoreOperation } from "./store-call.ts";

/**
 * What happens to a call.
 *
 * - `fail`: it fails before anything happened.
 * - `lose-reply`: it happens, and fails nevertheless.
 * - `delay`: it starts late.
 */
export type Fault =
  | { readonly type: "fail"; readonly error?: (() => Error) | undefined }
  | { readonly type: "lose-reply" }
  | { readonly type: "delay"; readonly delayMs: number };

/** Which calls are struck: those that every given condition selects. */
export interface FaultRule {
  /** `fail` without an error of its own and `lose-reply` give `unavailable` with honest advice on retrying. */
  readonly fault: Fault;
  /** Default: all. */
  readonly operations?: readonly StoreOperation[] | undefined;
  /** Of the key that an event of this call would name. Default: any, or none. */
  readonly keyPrefix?: string | undefined;
  /** Only the nth of the calls that the conditions above select, from 1. Default: each. */
  readonly nth?: number | undefined;
  /** How likely each of the remaining calls is struck, 0 to 1. Default 1. */
  readonly probability?: number | undefined;
}

/** The errors to raise around one call. */
interface Strike {
  readonly before?: Error;
  readonly after?: Error;
}

export interface FaultPlan {
  /** Decides about one call and waits out its delays. */
  strike(
    operation: StoreOperation,
    key: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Strike>;
}

/** Rules are asked in order; the first that fails the call, or loses its reply, is the last one asked. */
export function createFaultPlan(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly rules: readonly FaultRule[];
}): FaultPlan {
  const { clock, random } = options;
  const rules = options.rules.map((rule) => ({ rule, selected: 0 }));

  function strikes(
    entry: (typeof rules)[number],
    operation: StoreOperation,
    key: string | undefined,
  ): boolean {
    const { operations, keyPrefix, nth, probability = 1 } = entry.rule;
    if (operations !== undefined && !operations.includes(operation)) return false;
    if (keyPrefix !== undefined && key?.startsWith(keyPrefix) !== true) return false;
    entry.selected += 1;
    if (nth !== undefined && entry.selected !== nth) return false;
    return probability === 1 || random.nextUint32() < probability * 2 ** 32;
  }

  return {
    strike: async (operation, key, signal) => {
      for (const entry of rules) {
        if (!strikes(entry, operation, key)) continue;
        const { fault } = entry.rule;
        if (fault.type === "delay") {
          await clock.sleep(fault.delayMs, signal);
        } else if (fault.type === "fail") {
          return { before: fault.error?.() ?? injected("call failed", operation, "safe") };
        } else {
          const retry = isRead(operation) ? "safe" : "unknown-outcome";
          return { after: injected("reply was lost", operation, retry) };
        }
      }
      return {};
    },
  };
}

function injected(
  text: string,
  operation: StoreOperation,
  retry: "safe" | "unknown-outcome",
): StorageError {
  return new StorageError("unavailable", `${text} on purpose operation=${operation}`, { retry });
}
