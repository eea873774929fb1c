import type { StoreOperation } from "@foretile/storage/layers";
import { checkProbability } from "./check-options.ts";
import type { Draw } from "./draw.ts";

/** What an actor does step by step. Each batch of a listing is a step of its own, and so is each sleep. */
export type SimulatedOperation = Exclude<StoreOperation, `rows.${string}`> | "sleep";

/**
 * What happens to a step.
 *
 * - `delay`: the request stays on its way while a drawn number of other steps happen. A `blobs.deleteMany` may have
 *   deleted some of its keys before.
 * - `crash`: the actor ends, before the request happened or after it. None of its calls settle any more.
 * - `fail`: the request fails and has not happened; repeating it is `safe`.
 * - `late`: the caller of a write is told of an unknown outcome at once. The request is still on its way: it happens
 *   later, or is lost.
 * - `lose-reply`: the request happens, of a `blobs.deleteMany` perhaps only for some keys, and fails nevertheless.
 * - `duplicate`: a write happens and succeeds, and happens once more later.
 */
export type FaultKind = (typeof faultKinds)[number];

/** How likely each kind strikes a step, 0 to 1; kinds that are missing never do. */
export type FaultProbabilities = Readonly<Partial<Record<FaultKind, number>>>;

/** One step of an actor, as {@link FaultRules.faultsFor} sees it. */
export interface SimulatedCall {
  /** The actor's name. */
  readonly actor: string;
  readonly operation: SimulatedOperation;
  /** The key; the first of several; the start of a range; `undefined` when there is none. */
  readonly key: string | undefined;
}

export interface FaultRules {
  /** For every step of every actor that has none of its own. Default: none. */
  readonly faults?: FaultProbabilities | undefined;
  /** Probabilities for one step; kinds that it does not name keep theirs. Must always answer the same. */
  readonly faultsFor?: ((call: SimulatedCall) => FaultProbabilities | undefined) | undefined;
}

/** In the order in which they are drawn; the first that strikes is the only one. */
const faultKinds = ["delay", "crash", "fail", "late", "lose-reply", "duplicate"] as const;

/** What can happen to a step, by what it does. */
const possible: Readonly<Record<"read" | "write" | "sleep", ReadonlySet<FaultKind>>> = {
  read: new Set<FaultKind>(["delay", "crash", "fail", "lose-reply"]),
  write: new Set<FaultKind>(faultKinds),
  sleep: new Set<FaultKind>(["crash"]),
};

/** Decides about one step. A request is delayed once at most. */
export function drawFault(
  draw: Draw,
  effect: keyof typeof possible,
  wasHeld: boolean,
  probabilities: readonly (FaultProbabilities | undefined)[],
): FaultKind | undefined {
  return faultKinds.find((kind) => {
    if (!possible[effect].has(kind) || (kind === "delay" && wasHeld)) return false;
    const named = probabilities.find((rule) => rule?.[kind] !== undefined);
    const probability = named?.[kind] ?? 0;
    return probability > 0 && draw.chance(probability);
  });
}

/** @throws {SimulationError} `invalid-argument` for a probability outside 0 to 1 */
export function checkFaults(faults: FaultProbabilities | undefined): void {
  for (const [kind, probability] of Object.entries(faults ?? {})) {
    checkProbability(`probability of ${kind}`, probability);
  }
}
